"""A damaged database and its newest backup: what is restored, found again and reported."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.bootstrap.restore import DatabaseRestore, restore_backup
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.storage.store import BACKUPS, DATABASE, SqlStore
from tests.integration.reached import reach
from tests.integration.test_after_payment import balance
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.bootstrap.restore import RestoreReport
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]


def collected(counter: Counter, roll_no: str, phone: str, method: Method) -> AttemptView:
    """Collect a fee of a student; leave it open if it is not paid in cash."""
    student = counter.students.find(roll_no) if counter_has(counter, roll_no) else None
    student = student or counter.student(roll_no, phone=phone)
    begun = counter.payments.begin(student.uid, counter.courses.find("PHY-11").uid, method)
    return counter.payments.open(begun.uid)


def counter_has(counter: Counter, roll_no: str) -> bool:
    return counter.context.store.reader.students.has_roll_no(roll_no)


def restored(counter: Counter, backup: Path) -> RestoreReport:
    """Replace the open database by a backup, as a new start of the program would find it."""
    assert isinstance(counter.context.store, SqlStore)
    counter.context.store.close()
    report = restore_backup(
        Options(data_dir=counter.context.folder), backup, counter.context.now(), counter.registry
    )
    counter.restart()
    return report


@pytest.fixture
def backup(counter: Counter) -> Path:
    """Create a backup that contains the course, R001 and R002, and one receipt."""
    reach(counter, back_up)
    return counter.context.folder / BACKUPS / "daily-1.sqlite3"


def back_up(counter: Counter) -> None:
    counter.course()
    counter.student("R001")
    counter.student("R002", phone="9000000002")
    cash = counter.student("R003", phone="9000000003")
    counter.payments.begin(cash.uid, counter.courses.find("PHY-11").uid, Method.CASH)
    counter.context.store.backup(counter.context.folder / BACKUPS / "daily-1.sqlite3")
    counter.clock.advance(3_600)


@pytest.mark.parametrize(
    ("method", "is_booked_before"),
    [(Method.UPI_INTENT, True), *((each, False) for each in CHANNELS)],
)
def test_a_fee_begun_after_the_backup_is_made_again_with_its_money(
    counter: Counter, backup: Path, method: Method, is_booked_before: bool
) -> None:
    view = collected(counter, "R001", "9000000001", method)
    counter.pay(view)
    if is_booked_before:
        counter.polling.run()
        assert counter.receipts.latest()
    restored(counter, backup)
    assert len(counter.ledger()["payments"]) == 1
    report = counter.polling.reconcile()
    assert [(each.student_name, each.state.value) for each in report.changed] == [
        ("Student R001", "paid")
    ]
    ledger = counter.ledger()
    assert [row["amount"] for row in ledger["payments"]] == [1_180_000] * 2
    assert {row["state"] for row in ledger["enrollments"]} == {"active"}
    assert counter.polling.reconcile().changed == ()
    assert balance(counter) == {"cash": 1_180_000, "gateway": 1_180_000, "fees": -2_360_000}
    assert AuditVerifier(counter.context).verify() is None
    numbers = [str(row["number"]) for row in ledger["receipts"]]
    assert numbers == ["D1/26-27/000001", "D1/26-27/002001"], "no number is given twice"


@pytest.mark.parametrize("method", CHANNELS)
def test_money_of_a_student_the_book_lacks_waits_in_the_inbox(
    counter: Counter, backup: Path, method: Method
) -> None:
    view = collected(counter, "R077", "9000000077", method)
    payment_id = counter.pay(view)
    counter.polling.run()
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.why, held.payment_id, held.can_enrol) == (Placement.UNMATCHED, payment_id, False)
    assert [row["attempt"] for row in counter.ledger()["payments"] if row["payment_id"]] == [None]
    # staff add the student again, begin the fee, and apply the payment
    student = counter.student("R077", phone="9000000077")
    counter.payments.begin(student.uid, counter.courses.find("PHY-11").uid, method)
    [due] = counter.desk.unapplied.family_dues(held.uid)
    assert (due.roll_no, due.fits) == ("R077", True)
    counter.desk.unapplied.put_against(held.uid, due.due_uid)
    assert counter.desk.unapplied.held() == ()
    assert {row["state"] for row in counter.ledger()["enrollments"]} == {"active"}
    assert balance(counter) == {"cash": 1_180_000, "gateway": 1_180_000, "fees": -2_360_000}
    counter.polling.reconcile()
    assert len(counter.ledger()["payments"]) == 2
    assert AuditVerifier(counter.context).verify() is None


def test_money_of_an_unknown_fee_can_go_back(counter: Counter, backup: Path) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.QR_CODE))
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    counter.gateway.trouble("refund", errors.RejectedError("not enough balance"))
    with pytest.raises(errors.RejectedError):
        counter.desk.unapplied.refund(held.uid)
    assert [each.uid for each in counter.desk.unapplied.held()] == [held.uid], (
        "refused, so it is held as before"
    )
    counter.gateway.trouble("refund", errors.UnavailableError("down"))
    assert counter.desk.unapplied.refund(held.uid).state is RefundState.INTENT
    assert counter.desk.unapplied.held() == ()
    counter.polling.reconcile()
    assert counter.gateway.payments[payment_id].status == "refunded"
    assert len(counter.gateway.refunds) == 1
    assert counter.desk.unapplied.held() == ()
    assert counter.desk.outbox.commands() == ()


def test_money_of_others_on_the_account_is_left_alone(counter: Counter, backup: Path) -> None:
    for method in CHANNELS:
        counter.pay(collected(counter, "R001", "9000000001", method))
        break
    from desktop_app.domain.money import Money

    foreign = counter.gateway.create_order(
        reference="D2-" + "a" * 32, amount=Money(500), notes={}, unique=False
    )
    web = counter.gateway.create_order(
        reference="shop-1", amount=Money(500), notes={}, unique=False
    )
    for order in (foreign, web):
        counter.gateway._captured(counter.gateway._new_payment(order.order_id, 500))
    restored(counter, backup)
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()
    assert len(counter.ledger()["payments"]) == 2


def test_unreachable_payments_are_reported_and_found_later(counter: Counter, backup: Path) -> None:
    counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    restored(counter, backup)
    counter.gateway.trouble("payments_between", errors.UnavailableError("down"))
    assert not counter.polling.reconcile().is_complete
    assert counter.polling.reconcile().is_complete
    assert len(counter.ledger()["payments"]) == 2
    counter.clock.advance(7 * 86_400)
    counter.gateway.calls.clear()
    counter.polling.reconcile()
    assert "payments_between" not in counter.gateway.calls, "six days later it is over"


def test_a_restore_reports_its_content_and_possible_losses(counter: Counter, backup: Path) -> None:
    report = restored(counter, backup)
    assert report.backup.students == 3
    assert report.kept is not None
    assert report.kept.exists()
    assert report.since < counter.clock.now() - timedelta(minutes=59)
    assert report.next_receipt == "D1/26-27/002001"
    links = list(counter.context.store.reader.audit.links())
    [entry] = [link.entry for link in links if link.entry.action == "database.restored"]
    assert (entry.detail["receipts_from"], entry.detail["receipts_to"]) == (2, 2_000)


# --- a damaged file at the start


def damage(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(b"not a database, but as long as one" * 500)


def test_a_damaged_file_at_start_names_the_newest_good_backup(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path)
    opened = open_desk(options)
    opened.back_up_today()
    opened.close()
    newer = tmp_path / BACKUPS / "zz-newer-but-bad.sqlite3"
    newer.write_bytes(b"rubbish")
    damage(tmp_path / DATABASE)
    with pytest.raises(errors.DatabaseCorruptError) as caught:
        open_desk(options)
    assert caught.value.backup is not None
    assert caught.value.backup.path.name.startswith("daily-")
    restore = DatabaseRestore(options)
    found = restore.newest()
    assert found is not None
    assert found == caught.value.backup
    report = restore.restore(found)
    assert report.kept is not None
    assert report.kept.read_bytes().startswith(b"not a database")
    again = open_desk(options)
    assert again.verify_trail() is None
    again.close()


def test_without_any_backup_a_damaged_file_is_left_as_it_is(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path)
    open_desk(options).close()
    damage(tmp_path / DATABASE)
    with pytest.raises(errors.DatabaseCorruptError) as caught:
        open_desk(options)
    assert caught.value.backup is None
    assert DatabaseRestore(options).newest() is None
    assert (tmp_path / DATABASE).read_bytes().startswith(b"not a database")


# --- the start of the day


def test_the_start_of_day_notices_an_edit_and_keeps_the_older_backups(counter: Counter) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    for _day in range(16):
        counter.desk.backups.make_daily()
        counter.clock.advance(86_400)
    folder = counter.context.folder / BACKUPS
    assert len(list(folder.glob("daily-*"))) == 14
    with sql_shell(counter.context.folder / DATABASE) as raw:
        raw.execute("UPDATE payments SET amount_paise = 100")
    with pytest.raises(errors.TamperedError, match="row of payments"):
        counter.desk.backups.make_daily()
    assert len(list(folder.glob("daily-*"))) == 15, "the good ones are not pushed out"
    assert counter.desk.backups.make_daily() is None, "it is said once a day"


def test_a_copy_of_a_damaged_database_is_not_a_backup(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app.storage import backup as copies

    def spoil(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"torn" * 4_000)

    monkeypatch.setattr(copies, "copy_online", spoil)
    with pytest.raises(errors.DatabaseCorruptError):
        counter.desk.backups.make_daily()
    assert list((counter.context.folder / BACKUPS).iterdir()) == []


@pytest.mark.parametrize("method", CHANNELS)
def test_an_older_file_put_in_place_is_noticed_and_its_money_found(
    counter: Counter, backup: Path, method: Method
) -> None:
    counter.pay(collected(counter, "R001", "9000000001", method))
    counter.polling.run()
    assert isinstance(counter.context.store, SqlStore)
    counter.context.store.close()
    for suffix in ("-wal", "-shm"):
        (counter.context.folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, counter.context.folder / DATABASE)
    counter.restart()
    assert "older file" in (AuditVerifier(counter.context).verify() or "")
    counter.polling.reconcile()
    assert [row["amount"] for row in counter.ledger()["payments"]] == [1_180_000] * 2
    numbers = [str(row["number"]) for row in counter.ledger()["receipts"]]
    assert numbers == ["D1/26-27/000001", "D1/26-27/002001"]
    assert "older file" in (AuditVerifier(counter.context).verify() or ""), (
        "it is told for some days"
    )
    counter.clock.advance(7 * 86_400)
    assert AuditVerifier(counter.context).verify() is None


def test_an_older_file_is_noticed_when_the_desk_is_opened(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path)
    opened = open_desk(options)
    opened.desk.settings.put("centre.name", "Pravesh Classes")
    opened.desk.backups.make(tmp_path / "kept.sqlite3")
    opened.desk.settings.put("centre.name", "Other Classes")
    opened.close()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "kept.sqlite3", tmp_path / DATABASE)
    again = open_desk(options)
    assert "older file" in (again.verify_trail() or "")
    assert again.store.reader.audit.newest_at("trail.rewound") is not None
    again.close()
    thrice = open_desk(options)
    actions = [link.entry.action for link in thrice.store.reader.audit.links()]
    assert actions.count("trail.rewound") == 1
    thrice.close()
