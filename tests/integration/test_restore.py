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
from tests.integration.test_after_payment import balance
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.bootstrap.restore import RestoreReport
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]


def collected(till: Till, roll_no: str, phone: str, method: Method) -> AttemptView:
    """Collect a fee of a student; leave it open if it is not paid in cash."""
    student = till.students.find(roll_no) if till_has(till, roll_no) else None
    student = student or till.student(roll_no, phone=phone)
    begun = till.payments.begin(student.uid, till.courses.find("PHY-11").uid, method)
    return till.payments.open(begun.uid)


def till_has(till: Till, roll_no: str) -> bool:
    return till.context.store.reader.students.has_roll_no(roll_no)


def restored(till: Till, backup: Path) -> RestoreReport:
    """Replace the open database by a backup, as a new start of the program would find it."""
    assert isinstance(till.context.store, SqlStore)
    till.context.store.close()
    report = restore_backup(
        Options(data_dir=till.context.folder), backup, till.context.now(), till.registry
    )
    till.restart()
    return report


@pytest.fixture
def backup(till: Till) -> Path:
    """Create a backup that contains the course, R001 and R002, and one receipt."""
    till.course()
    till.student("R001")
    till.student("R002", phone="9000000002")
    cash = till.student("R003", phone="9000000003")
    till.payments.begin(cash.uid, till.courses.find("PHY-11").uid, Method.CASH)
    path = till.context.folder / BACKUPS / "daily-1.sqlite3"
    till.context.store.backup(path)
    till.clock.advance(3_600)
    return path


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("is_booked_before", [True, False])
def test_a_fee_begun_after_the_backup_is_made_again_with_its_money(
    till: Till, backup: Path, method: Method, is_booked_before: bool
) -> None:
    view = collected(till, "R001", "9000000001", method)
    till.pay(view)
    if is_booked_before:
        till.polling.run()
        assert till.receipts.latest()
    restored(till, backup)
    assert len(till.ledger()["payments"]) == 1
    report = till.polling.reconcile()
    assert [(each.student_name, each.state.value) for each in report.changed] == [
        ("Student R001", "paid")
    ]
    ledger = till.ledger()
    assert [row["amount"] for row in ledger["payments"]] == [1_180_000] * 2
    assert {row["state"] for row in ledger["enrollments"]} == {"active"}
    assert till.polling.reconcile().changed == ()
    assert balance(till) == {"cash": 1_180_000, "gateway": 1_180_000, "fees": -2_360_000}
    assert AuditVerifier(till.context).verify() is None
    numbers = [str(row["number"]) for row in ledger["receipts"]]
    assert numbers == ["D1/26-27/000001", "D1/26-27/002001"], "no number is given twice"


@pytest.mark.parametrize("method", CHANNELS)
def test_money_of_a_student_the_book_lacks_waits_in_the_inbox(
    till: Till, backup: Path, method: Method
) -> None:
    view = collected(till, "R077", "9000000077", method)
    payment_id = till.pay(view)
    till.polling.run()
    restored(till, backup)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    assert (held.why, held.payment_id, held.can_enrol) == (Placement.UNKNOWN, payment_id, False)
    assert [row["attempt"] for row in till.ledger()["payments"] if row["payment_id"]] == [None]
    # staff add the student again, begin the fee, and apply the payment
    student = till.student("R077", phone="9000000077")
    till.payments.begin(student.uid, till.courses.find("PHY-11").uid, method)
    [due] = till.desk.unapplied.family_dues(held.uid)
    assert (due.roll_no, due.fits) == ("R077", True)
    till.desk.unapplied.put_against(held.uid, due.due_uid)
    assert till.desk.unapplied.held() == ()
    assert {row["state"] for row in till.ledger()["enrollments"]} == {"active"}
    assert balance(till) == {"cash": 1_180_000, "gateway": 1_180_000, "fees": -2_360_000}
    till.polling.reconcile()
    assert len(till.ledger()["payments"]) == 2
    assert AuditVerifier(till.context).verify() is None


def test_money_of_an_unknown_fee_can_go_back(till: Till, backup: Path) -> None:
    payment_id = till.pay(collected(till, "R077", "9000000077", Method.QR_CODE))
    restored(till, backup)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    till.gateway.trouble("refund", errors.RejectedError("not enough balance"))
    with pytest.raises(errors.RejectedError):
        till.desk.unapplied.refund(held.uid)
    assert [each.uid for each in till.desk.unapplied.held()] == [held.uid], (
        "refused, so it is held as before"
    )
    till.gateway.trouble("refund", errors.UnavailableError("down"))
    assert till.desk.unapplied.refund(held.uid).state is RefundState.INTENT
    assert till.desk.unapplied.held() == ()
    till.polling.reconcile()
    assert till.gateway.payments[payment_id].status == "refunded"
    assert len(till.gateway.refunds) == 1
    assert till.desk.unapplied.held() == ()
    assert till.desk.outbox.commands() == ()


def test_money_of_others_on_the_account_is_left_alone(till: Till, backup: Path) -> None:
    for method in CHANNELS:
        till.pay(collected(till, "R001", "9000000001", method))
        break
    from desktop_app.domain.money import Money

    foreign = till.gateway.create_order(
        reference="D2-" + "a" * 32, amount=Money(500), notes={}, unique=False
    )
    web = till.gateway.create_order(reference="shop-1", amount=Money(500), notes={}, unique=False)
    for order in (foreign, web):
        till.gateway._captured(till.gateway._new_payment(order.order_id, 500))
    restored(till, backup)
    till.polling.reconcile()
    assert till.desk.unapplied.held() == ()
    assert len(till.ledger()["payments"]) == 2


def test_unreachable_payments_are_reported_and_found_later(till: Till, backup: Path) -> None:
    till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    restored(till, backup)
    till.gateway.trouble("payments_between", errors.UnavailableError("down"))
    assert not till.polling.reconcile().is_complete
    assert till.polling.reconcile().is_complete
    assert len(till.ledger()["payments"]) == 2
    till.clock.advance(7 * 86_400)
    till.gateway.calls.clear()
    till.polling.reconcile()
    assert "payments_between" not in till.gateway.calls, "six days later it is over"


def test_a_restore_reports_its_content_and_possible_losses(till: Till, backup: Path) -> None:
    report = restored(till, backup)
    assert report.backup.students == 3
    assert report.kept is not None
    assert report.kept.exists()
    assert report.since < till.clock.now() - timedelta(minutes=59)
    assert report.next_receipt == "D1/26-27/002001"
    links = list(till.context.store.reader.audit.links())
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


def test_the_start_of_day_notices_an_edit_and_keeps_the_older_backups(till: Till) -> None:
    till.payments.begin(till.student().uid, till.course().uid, Method.CASH)
    for _day in range(16):
        till.desk.backups.make_daily()
        till.clock.advance(86_400)
    folder = till.context.folder / BACKUPS
    assert len(list(folder.glob("daily-*"))) == 14
    with sql_shell(till.context.folder / DATABASE) as raw:
        raw.execute("UPDATE payments SET amount_paise = 100")
    with pytest.raises(errors.TamperedError, match="row of payments"):
        till.desk.backups.make_daily()
    assert len(list(folder.glob("daily-*"))) == 15, "the good ones are not pushed out"
    assert till.desk.backups.make_daily() is None, "it is said once a day"


def test_a_copy_of_a_damaged_database_is_not_a_backup(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app.storage import backup as copies

    def spoil(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"torn" * 4_000)

    monkeypatch.setattr(copies, "copy_online", spoil)
    with pytest.raises(errors.DatabaseCorruptError):
        till.desk.backups.make_daily()
    assert list((till.context.folder / BACKUPS).iterdir()) == []


@pytest.mark.parametrize("method", CHANNELS)
def test_an_older_file_put_in_place_is_noticed_and_its_money_found(
    till: Till, backup: Path, method: Method
) -> None:
    till.pay(collected(till, "R001", "9000000001", method))
    till.polling.run()
    assert isinstance(till.context.store, SqlStore)
    till.context.store.close()
    for suffix in ("-wal", "-shm"):
        (till.context.folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, till.context.folder / DATABASE)
    till.restart()
    assert "older file" in (AuditVerifier(till.context).verify() or "")
    till.polling.reconcile()
    assert [row["amount"] for row in till.ledger()["payments"]] == [1_180_000] * 2
    numbers = [str(row["number"]) for row in till.ledger()["receipts"]]
    assert numbers == ["D1/26-27/000001", "D1/26-27/002001"]
    assert "older file" in (AuditVerifier(till.context).verify() or ""), "it is told for some days"
    till.clock.advance(7 * 86_400)
    assert AuditVerifier(till.context).verify() is None


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
