"""Refunds with lost answers, payments of unknown fees, and decisions that cross them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, restore
from desktop_app.bootstrap.restore import restore_backup
from desktop_app.domain.errors import InvalidInputError, InvalidMoneyError
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.ports.gateway import DisputeFact, RefundFact
from desktop_app.services.recovery import restore_recovery
from desktop_app.services.refunds import external
from desktop_app.storage import backup as backups
from desktop_app.storage.store import DATABASE, SqlStore
from tests.composed_desk import compose_desk
from tests.integration.reached import paid, shown
from tests.integration.test_after_payment import balance
from tests.integration.test_outbox import fail_refund
from tests.integration.test_restore import backup, collected, restored

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.views.maintenance import BackupReport
    from tests.integration.conftest import Counter

__all__ = ["backup"]

LOST = errors.OutcomeUnknownError("lost")
DOWN = errors.UnavailableError("down")


def states(counter: Counter, payment_id: str) -> list[RefundState]:
    return [each.state for each in counter.desk.refunds.of(payment_id)]


# --- a lost refund is settled by a fact, never by a refusal


@pytest.mark.parametrize(
    "refusal",
    [
        errors.RejectedError("bad request"),
        errors.NotFoundError("The id provided does not exist"),
        errors.FeatureOffError("The requested URL was not found on the server."),
    ],
)
def test_a_refused_look_for_a_lost_refund_is_no_answer(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, refusal: errors.RejectedError
) -> None:
    payment_id = paid(counter)
    fail_refund(counter, monkeypatch, LOST, refusal, is_done=True)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.desk.refunds.refund(payment_id, Money(400_000), "a part")
    assert states(counter, payment_id) == [RefundState.UNKNOWN]
    left = counter.desk.refunds.basis(payment_id).left
    assert left == Money(780_000), "what may be gone is not to be had"
    counter.polling.reconcile()
    assert states(counter, payment_id) == [RefundState.PROCESSED]
    assert len(counter.gateway.refunds) == 1


def test_a_refund_refused_because_an_earlier_try_made_it_is_made(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    # another window of the same folder delivers it between the check and the request here
    counter.gateway.trouble(
        "refund", errors.RejectedError("The payment has been fully refunded already"), is_done=True
    )
    counter.polling.reconcile()
    assert states(counter, payment_id) == [RefundState.PROCESSED]
    assert counter.desk.outbox.commands() == ()
    assert balance(counter) == {}


def test_a_lost_refund_waits_while_keys_of_another_account_are_set(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(counter)
    fail_refund(counter, monkeypatch, LOST, DOWN, is_done=True)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.desk.refunds.refund(payment_id, Money(400_000), "a part")
    counter.gateway.key_id = "rzp_live_other00000001"
    nobody = errors.NotFoundError("The id provided does not exist")
    counter.gateway.trouble("refunds_of", nobody, times=2)
    counter.gateway.trouble("refund", nobody, times=2)
    assert counter.desk.outbox.run(everything=True) == 0
    assert states(counter, payment_id) == [RefundState.UNKNOWN]
    counter.gateway.key_id = "rzp_live_fake000000001"
    counter.gateway.troubles.clear()
    assert counter.desk.outbox.run(everything=True) == 1
    assert states(counter, payment_id) == [RefundState.PROCESSED]


def twice(counter: Counter, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make another window of the folder run its commands while this one awaits an answer."""
    call = getattr(counter.gateway, name)
    waiting: list[bool] = []

    def slow(*args: object, **named: object) -> object:
        made = call(*args, **named)
        if not waiting:
            waiting.append(True)
            compose_desk(counter.context, counter.connection).outbox.run(everything=True)
        return made

    monkeypatch.setattr(counter.gateway, name, slow)


@pytest.mark.parametrize("status", ["processed", "pending", "failed"])
@pytest.mark.parametrize("is_ended_meanwhile", [True, False])
def test_two_windows_that_send_the_same_refund_book_it_once(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    is_ended_meanwhile: bool,
) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = status
    call = counter.gateway.refunds_of

    def later(wanted: str) -> tuple[RefundFact, ...]:
        shown = call(wanted)
        if is_ended_meanwhile:
            shown = tuple(replace(each, status="processed") for each in shown)
        return shown

    monkeypatch.setattr(counter.gateway, "refunds_of", later)
    twice(counter, monkeypatch, "refund")
    counter.desk.refunds.refund(payment_id, Money(400_000), "a part")
    assert counter.desk.outbox.commands() == ()
    assert len(counter.gateway.refunds) == 1
    ended = "processed" if is_ended_meanwhile and status == "pending" else status
    if status != "failed":
        assert [each.value for each in states(counter, payment_id)] == [ended]
    booked = 0 if states(counter, payment_id) == [RefundState.FAILED] else 400_000
    assert balance(counter) == {"gateway": 1_180_000 - booked, "fees": booked - 1_180_000}


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_two_windows_that_close_the_same_code_close_it_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, method: Method
) -> None:
    view = shown(counter, method)
    twice(counter, monkeypatch, "close_qr" if method is Method.QR_CODE else "cancel_link")
    counter.payments.cancel(view.uid)
    assert counter.desk.outbox.commands() == ()
    assert not counter.context.store.reader.attempts.get(view.uid)[0].is_remote_open


# --- payments of a fee missing in the database


def stray(counter: Counter, backup: Path) -> str:
    counter.pay(collected(counter, "R077", "9000000077", Method.QR_CODE))
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    return held.uid


def end_refund(counter: Counter, status: str) -> None:
    for key, made in counter.gateway.refunds.items():
        counter.gateway.refunds[key] = replace(made, status=status)
        if status == "failed":
            counter.gateway._set(made.payment_id, amount_refunded_paise=0, status="captured")


def test_money_of_an_unknown_fee_is_followed_until_it_went_back(
    counter: Counter, backup: Path
) -> None:
    uid = stray(counter, backup)
    counter.gateway.refund_status = "pending"
    assert counter.desk.unapplied.refund(uid).state is RefundState.PENDING
    assert counter.desk.unapplied.held() == ()
    counter.polling.reconcile()
    assert [each.state for each in counter.desk.outbox.commands()] == [CommandState.PENDING]
    end_refund(counter, "processed")
    counter.polling.reconcile()
    assert counter.desk.outbox.commands() == ()
    assert counter.desk.unapplied.held() == ()
    assert len(counter.gateway.refunds) == 1


def test_money_of_an_unknown_fee_is_held_again_when_its_refund_fails(
    counter: Counter, backup: Path
) -> None:
    uid = stray(counter, backup)
    counter.gateway.refund_status = "pending"
    counter.desk.unapplied.refund(uid)
    end_refund(counter, "failed")
    counter.polling.reconcile()
    assert [each.uid for each in counter.desk.unapplied.held()] == [uid]
    counter.gateway.refund_status = "processed"
    assert counter.desk.unapplied.refund(uid).state is RefundState.PROCESSED
    assert counter.desk.unapplied.held() == ()
    assert [each.status for each in counter.gateway.refunds.values()] == ["failed", "processed"]


def test_money_of_an_unknown_fee_is_refunded_again_after_its_refund_failed_in_the_end(
    counter: Counter, backup: Path
) -> None:
    uid = stray(counter, backup)
    assert counter.desk.unapplied.refund(uid).state is RefundState.PROCESSED
    end_refund(counter, "failed")
    counter.polling.reconcile()
    assert [each.uid for each in counter.desk.unapplied.held()] == [uid]
    assert counter.desk.unapplied.refund(uid).state is RefundState.PROCESSED
    assert counter.desk.unapplied.held() == ()
    assert [each.status for each in counter.gateway.refunds.values()] == ["failed", "processed"]


# --- decisions that cross a refund


def without_a_seat(counter: Counter) -> str:
    """Sell the only seat for cash before the first parent's payment arrives; then free it."""
    course = counter.course(seats=1)
    view = counter.payments.open(
        counter.payments.begin(counter.student().uid, course.uid, Method.UPI_INTENT).uid
    )
    counter.payments.cancel(view.uid)
    other = counter.student("R002", phone="9000000002")
    cash = counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [payment] = [row for row in counter.ledger()["payments"] if row["attempt"] == cash.uid]
    counter.desk.refunds.refund(str(payment["id"]), None, "leaves")
    [held] = counter.desk.unapplied.held()
    assert held.can_enrol
    return held.uid


def test_money_of_which_a_part_went_back_pays_no_whole_fee(counter: Counter) -> None:
    uid = without_a_seat(counter)
    counter.desk.refunds.refund(uid, Money(400_000), "a part")
    [held] = counter.desk.unapplied.held()
    assert (held.amount, held.can_enrol) == (Money(780_000), False)
    with pytest.raises(
        InvalidInputError, match=r"₹11,800.00, but this payment has only ₹7,800.00 left"
    ):
        counter.desk.unapplied.enrol(uid)


def test_money_on_its_way_back_in_part_is_decided_on_when_that_is_known(counter: Counter) -> None:
    uid = without_a_seat(counter)
    course = counter.course("CHE-11", fee=Money(780_000))
    counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.UPI_INTENT)
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(uid, Money(400_000), "a part")
    [due] = counter.desk.unapplied.family_dues(uid)
    with pytest.raises(InvalidInputError):
        counter.desk.unapplied.put_against(uid, due.due_uid)
    end_refund(counter, "failed")
    counter.polling.reconcile()
    assert [(each.amount, each.can_enrol) for each in counter.desk.unapplied.held()] == [
        (Money(1_180_000), True)
    ]
    counter.desk.unapplied.enrol(uid)
    assert balance(counter) == {"gateway": 1_180_000, "fees": -1_180_000}


# --- finding payments again after a restore


@pytest.mark.parametrize("question", ["link_of_payment", "qr_of_payment"])
def test_an_account_without_a_feature_hides_nothing_of_what_came_before(
    counter: Counter, backup: Path, question: str
) -> None:
    counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    web = counter.gateway.create_order(
        reference="shop-1", amount=Money(500), notes={}, unique=False
    )
    counter.gateway._captured(counter.gateway._new_payment(web.order_id, 500))
    restored(counter, backup)
    off = errors.FeatureOffError("The requested URL was not found on the server.")
    counter.gateway.trouble(question, off, times=9)
    assert counter.polling.reconcile().is_complete
    assert len(counter.ledger()["payments"]) == 2


def test_a_payment_that_cannot_be_traced_does_not_stand_before_others(
    counter: Counter, backup: Path
) -> None:
    counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    web = counter.gateway.create_order(
        reference="shop-1", amount=Money(500), notes={}, unique=False
    )
    counter.gateway._captured(counter.gateway._new_payment(web.order_id, 500))
    restored(counter, backup)
    counter.gateway.trouble("qr_of_payment", errors.RejectedError("bad request"))
    assert not counter.polling.reconcile().is_complete
    assert len(counter.ledger()["payments"]) == 2
    assert counter.polling.reconcile().is_complete


def test_more_payments_than_a_pass_reads_are_not_called_seen(
    counter: Counter, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_recovery, "MOST_PAGES", 1)
    counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    web = counter.gateway.create_order(
        reference="shop-1", amount=Money(500), notes={}, unique=False
    )
    for _ in range(120):
        counter.gateway._new_payment(web.order_id, 500)
    restored(counter, backup)
    assert not counter.polling.reconcile().is_complete


def test_a_database_written_with_a_clock_a_day_ahead_finds_its_payments(
    counter: Counter, backup: Path
) -> None:
    counter.clock.advance(-82_800)
    counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    restored(counter, backup)
    counter.polling.reconcile()
    assert len(counter.ledger()["payments"]) == 2


def test_a_restore_cut_off_before_its_note_is_noticed_at_the_next_start(
    counter: Counter, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    counter.polling.run()

    def cut_off(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(restore, "record_restore", cut_off)
        restored(counter, backup)
    counter.restart()
    counter.polling.reconcile()
    assert len(counter.ledger()["payments"]) == 2
    numbers = [str(row["number"]) for row in counter.ledger()["receipts"]]
    assert len(set(numbers)) == 2
    assert "D1/26-27/000002" not in numbers, "it may be in a parent's hands"


def test_a_desk_that_opens_while_a_backup_is_copied_keeps_its_book(
    counter: Counter, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(counter.context.store, SqlStore)
    counter.context.store.close()
    opened: list[SqlStore] = []
    inspect = backups.inspect

    def slow(path: Path, made_at: datetime) -> BackupReport:
        if ".restored" in path.name and not opened:
            opened.append(SqlStore(counter.context.folder / DATABASE))
            opened[0].reader.settings.all()
            with opened[0].writing() as work:
                work.put_setting("centre.name", "Open")
                work.commit()
        return inspect(path, made_at)

    monkeypatch.setattr("desktop_app.storage.database_restore.inspect", slow)
    with pytest.raises(errors.DatabaseLockedError):
        restore_backup(Options(data_dir=counter.context.folder), backup, counter.clock.now())
    assert opened[0].reader.settings.all()["centre.name"] == "Open"
    opened[0].close()
    assert not list(counter.context.folder.glob("*.restored*"))


# --- disputes


def test_the_amount_of_a_lost_dispute_cannot_be_refunded_again(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.disputed["disp_1"] = DisputeFact(
        "disp_1", payment_id, 1_180_000, 400_000, "lost", "chargeback", "fraud", None
    )
    counter.polling.reconcile()
    assert counter.desk.refunds.basis(payment_id).left == Money(780_000)
    with pytest.raises(InvalidMoneyError):
        counter.desk.refunds.refund(payment_id, Money(1_180_000), "leaves")
    assert counter.desk.refunds.refund(payment_id, None, "leaves").amount == Money(780_000)
    assert balance(counter) == {"disputed": 400_000, "fees": -400_000}


# --- refunds made on the dashboard


def on_the_dashboard(counter: Counter, payment_id: str, paise: int) -> None:
    counter.gateway.refund(
        payment_id, Money(paise), key=f"dashboard-{counter.gateway.count}", reference=""
    )


def test_a_refund_made_on_the_dashboard_weeks_later_is_booked_once(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.polling.reconcile()
    counter.clock.advance(40 * 86_400)
    on_the_dashboard(counter, payment_id, 400_000)
    assert counter.polling.reconcile().is_complete
    assert [(each.origin, each.amount) for each in counter.desk.refunds.of(payment_id)] == [
        ("gateway", Money(400_000))
    ]
    counter.restart()
    counter.polling.reconcile()
    assert balance(counter) == {"gateway": 780_000, "fees": -780_000}
    on_the_dashboard(counter, payment_id, 780_000)
    counter.clock.advance(2 * 86_400)
    counter.polling.reconcile()
    assert balance(counter) == {}
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]


def test_a_clock_days_ahead_hides_no_refund_of_the_dashboard(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.clock.advance(40 * 86_400)
    counter.polling.reconcile()
    counter.clock.advance(30 * 86_400)
    counter.polling.reconcile()
    counter.clock.advance(-30 * 86_400)
    on_the_dashboard(counter, payment_id, 400_000)
    counter.polling.reconcile()
    assert [each.origin for each in counter.desk.refunds.of(payment_id)] == ["gateway"]


def test_a_refund_of_the_dashboard_is_seen_behind_one_that_waits_here(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.clock.advance(40 * 86_400)
    counter.gateway.trouble("refund", DOWN, times=2)
    counter.desk.refunds.refund(payment_id, Money(400_000), "a part")
    counter.gateway.troubles.clear()
    on_the_dashboard(counter, payment_id, 400_000)
    counter.gateway.trouble("refund", DOWN)
    counter.polling.reconcile()
    counter.polling.reconcile()
    assert sorted(each.origin for each in counter.desk.refunds.of(payment_id)) == [
        "desk",
        "gateway",
    ]
    assert balance(counter) == {"gateway": 380_000, "fees": -380_000}


def test_a_list_of_refunds_that_cannot_be_read_is_said(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.clock.advance(40 * 86_400)
    on_the_dashboard(counter, payment_id, 400_000)
    counter.gateway.trouble("refunds_since", DOWN)
    assert not counter.polling.reconcile().is_complete
    counter.gateway.trouble("fetch_payment", DOWN)
    assert not counter.polling.reconcile().is_complete
    assert counter.polling.reconcile().is_complete
    assert balance(counter) == {"gateway": 780_000, "fees": -780_000}


def test_more_refunds_than_a_pass_reads_are_not_called_seen(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external, "MOST_PAGES", 1)
    now = counter.gateway.now() or 0
    for number in range(100):
        foreign = RefundFact(f"rfnd_{number}", f"pay_{number}", 500, "processed", now, None)
        counter.gateway.refunds[f"foreign {number}"] = foreign
    assert not counter.polling.reconcile().is_complete
    assert external.SEEN_UNTIL not in counter.context.store.reader.settings.all()
    counter.gateway.refunds.popitem()
    assert counter.polling.reconcile().is_complete


def test_a_refund_of_after_the_backup_is_found_again(counter: Counter, tmp_path: Path) -> None:
    payment_id = paid(counter)
    counter.clock.advance(10 * 86_400)
    old = tmp_path / "old.sqlite3"
    counter.context.store.backup(old)
    counter.clock.advance(3_600)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    restored(counter, old)
    counter.polling.reconcile()
    assert balance(counter) == {}
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [RefundState.PROCESSED]


# --- keys of another account


def other_account(counter: Counter) -> None:
    counter.gateway.key_id = "rzp_live_other00000001"
    counter.gateway.orders.clear()
    counter.gateway.payments.clear()
    counter.restart()


def key_of(counter: Counter, uid: str) -> str:
    return counter.context.store.reader.attempts.get(uid)[0].key_id


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK])
def test_new_resources_are_recorded_with_their_keys(counter: Counter, method: Method) -> None:
    student, course = counter.student(), counter.course()
    counter.payments.begin(student.uid, course.uid, method)
    other_account(counter)
    begun = counter.payments.begin(student.uid, course.uid, method)
    view = counter.payments.open(begun.uid)
    assert view.state is AttemptState.AWAITING
    assert key_of(counter, view.uid) == counter.gateway.key_id
    counter.payments.cancel(view.uid)
    if method is Method.UPI_INTENT:
        counter.pay(view)
        assert [each.uid for each in counter.polling.reconcile().changed] == [view.uid]


def test_an_order_of_other_keys_that_nobody_was_shown_does_not_bar_the_fee(
    counter: Counter,
) -> None:
    student, course = counter.student(), counter.course()
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    counter.gateway.trouble("create_intent", DOWN, times=9)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    counter.gateway.troubles.clear()
    assert counter.payments.view(begun.uid).order_id
    other_account(counter)
    again = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    view = counter.payments.open(again.uid)
    assert view.state is AttemptState.AWAITING
    counter.pay(view)
    counter.polling.run()
    assert balance(counter) == {"gateway": 1_180_000, "fees": -1_180_000}


def test_money_of_an_unknown_fee_returned_on_the_dashboard_leaves_the_inbox(
    counter: Counter, backup: Path
) -> None:
    uid = stray(counter, backup)
    [held] = counter.desk.unapplied.held()
    on_the_dashboard(counter, held.payment_id or "", 400_000)
    counter.polling.reconcile()
    assert [each.uid for each in counter.desk.unapplied.held()] == [uid]
    on_the_dashboard(counter, held.payment_id or "", 780_000)
    counter.restart()
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_a_close_that_was_refused_once_is_tried_again_when_the_fee_is_collected(
    counter: Counter, method: Method
) -> None:
    view = shown(counter, method)
    call = "close_qr" if method is Method.QR_CODE else "cancel_link"
    counter.gateway.trouble(call, errors.RejectedError("not now"))
    counter.payments.cancel(view.uid)
    assert [each.state for each in counter.desk.outbox.commands()] == [CommandState.DEAD]
    course = counter.courses.find("PHY-11")
    again = counter.payments.begin(view.student_uid, course.uid, method)
    assert counter.payments.open(again.uid).state is AttemptState.AWAITING
    assert counter.desk.outbox.commands() == ()
    open_ = [each for each in counter.gateway.codes.values() if each.status == "active"]
    open_links = [each for each in counter.gateway.links.values() if each.status == "created"]
    assert len([*open_, *open_links]) == 1
