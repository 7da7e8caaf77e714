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
from tests.integration.test_after_payment import balance
from tests.integration.test_outbox import fail_refund
from tests.integration.test_restore import backup, collected, restored

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.views.maintenance import BackupReport
    from tests.integration.conftest import Till

__all__ = ["backup"]

LOST = errors.OutcomeUnknownError("lost")
DOWN = errors.UnavailableError("down")


def paid(till: Till) -> str:
    payment_id = till.pay(till.shown(Method.UPI_INTENT))
    till.polling.run()
    return payment_id


def states(till: Till, payment_id: str) -> list[RefundState]:
    return [each.state for each in till.desk.refunds.of(payment_id)]


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
    till: Till, monkeypatch: pytest.MonkeyPatch, refusal: errors.RejectedError
) -> None:
    payment_id = paid(till)
    fail_refund(till, monkeypatch, LOST, refusal, is_done=True)
    with pytest.raises(errors.OutcomeUnknownError):
        till.desk.refunds.refund(payment_id, Money(400_000), "a part")
    assert states(till, payment_id) == [RefundState.UNKNOWN]
    left = till.desk.refunds.basis(payment_id).left
    assert left == Money(780_000), "what may be gone is not to be had"
    till.polling.reconcile()
    assert states(till, payment_id) == [RefundState.PROCESSED]
    assert len(till.gateway.refunds) == 1


def test_a_refund_refused_because_an_earlier_try_made_it_is_made(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refund", DOWN)
    till.desk.refunds.refund(payment_id, None, "leaves")
    # another window of the same folder delivers it between the check and the request here
    till.gateway.trouble(
        "refund", errors.RejectedError("The payment has been fully refunded already"), is_done=True
    )
    till.polling.reconcile()
    assert states(till, payment_id) == [RefundState.PROCESSED]
    assert till.desk.outbox.commands() == ()
    assert balance(till) == {}


def test_a_lost_refund_waits_while_keys_of_another_account_are_set(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(till)
    fail_refund(till, monkeypatch, LOST, DOWN, is_done=True)
    with pytest.raises(errors.OutcomeUnknownError):
        till.desk.refunds.refund(payment_id, Money(400_000), "a part")
    till.gateway.key_id = "rzp_test_other00000001"
    nobody = errors.NotFoundError("The id provided does not exist")
    till.gateway.trouble("refunds_of", nobody, times=2)
    till.gateway.trouble("refund", nobody, times=2)
    assert till.desk.outbox.run(everything=True) == 0
    assert states(till, payment_id) == [RefundState.UNKNOWN]
    till.gateway.key_id = "rzp_test_fake000000001"
    till.gateway.troubles.clear()
    assert till.desk.outbox.run(everything=True) == 1
    assert states(till, payment_id) == [RefundState.PROCESSED]


def twice(till: Till, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make another window of the folder run its commands while this one awaits an answer."""
    call = getattr(till.gateway, name)
    waiting: list[bool] = []

    def slow(*args: object, **named: object) -> object:
        made = call(*args, **named)
        if not waiting:
            waiting.append(True)
            compose_desk(till.context, till.connection).outbox.run(everything=True)
        return made

    monkeypatch.setattr(till.gateway, name, slow)


@pytest.mark.parametrize("status", ["processed", "pending", "failed"])
@pytest.mark.parametrize("is_ended_meanwhile", [True, False])
def test_two_windows_that_send_the_same_refund_book_it_once(
    till: Till,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    is_ended_meanwhile: bool,
) -> None:
    payment_id = paid(till)
    till.gateway.refund_status = status
    call = till.gateway.refunds_of

    def later(wanted: str) -> tuple[RefundFact, ...]:
        shown = call(wanted)
        if is_ended_meanwhile:
            shown = tuple(replace(each, status="processed") for each in shown)
        return shown

    monkeypatch.setattr(till.gateway, "refunds_of", later)
    twice(till, monkeypatch, "refund")
    till.desk.refunds.refund(payment_id, Money(400_000), "a part")
    assert till.desk.outbox.commands() == ()
    assert len(till.gateway.refunds) == 1
    ended = "processed" if is_ended_meanwhile and status == "pending" else status
    if status != "failed":
        assert [each.value for each in states(till, payment_id)] == [ended]
    booked = 0 if states(till, payment_id) == [RefundState.FAILED] else 400_000
    assert balance(till) == {"gateway": 1_180_000 - booked, "fees": booked - 1_180_000}


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_two_windows_that_close_the_same_code_close_it_once(
    till: Till, monkeypatch: pytest.MonkeyPatch, method: Method
) -> None:
    view = till.shown(method)
    twice(till, monkeypatch, "close_qr" if method is Method.QR_CODE else "cancel_link")
    till.payments.cancel(view.uid)
    assert till.desk.outbox.commands() == ()
    assert not till.context.store.reader.attempts.get(view.uid)[0].is_remote_open


# --- payments of a fee missing in the database


def stray(till: Till, backup: Path) -> str:
    till.pay(collected(till, "R077", "9000000077", Method.QR_CODE))
    restored(till, backup)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    return held.uid


def end_refund(till: Till, status: str) -> None:
    for key, made in till.gateway.refunds.items():
        till.gateway.refunds[key] = replace(made, status=status)
        if status == "failed":
            till.gateway._set(made.payment_id, amount_refunded_paise=0, status="captured")


def test_money_of_an_unknown_fee_is_followed_until_it_went_back(till: Till, backup: Path) -> None:
    uid = stray(till, backup)
    till.gateway.refund_status = "pending"
    assert till.desk.unapplied.refund(uid).state is RefundState.PENDING
    assert till.desk.unapplied.held() == ()
    till.polling.reconcile()
    assert [each.state for each in till.desk.outbox.commands()] == [CommandState.PENDING]
    end_refund(till, "processed")
    till.polling.reconcile()
    assert till.desk.outbox.commands() == ()
    assert till.desk.unapplied.held() == ()
    assert len(till.gateway.refunds) == 1


def test_money_of_an_unknown_fee_is_held_again_when_its_refund_fails(
    till: Till, backup: Path
) -> None:
    uid = stray(till, backup)
    till.gateway.refund_status = "pending"
    till.desk.unapplied.refund(uid)
    end_refund(till, "failed")
    till.polling.reconcile()
    assert [each.uid for each in till.desk.unapplied.held()] == [uid]


# --- decisions that cross a refund


def without_a_seat(till: Till) -> str:
    """Sell the only seat for cash before the first parent's payment arrives; then free it."""
    course = till.course(seats=1)
    view = till.payments.open(
        till.payments.begin(till.student().uid, course.uid, Method.UPI_INTENT).uid
    )
    till.payments.cancel(view.uid)
    other = till.student("R002", phone="9000000002")
    cash = till.payments.begin(other.uid, course.uid, Method.CASH)
    till.pay(view)
    till.polling.reconcile()
    [payment] = [row for row in till.ledger()["payments"] if row["attempt"] == cash.uid]
    till.desk.refunds.refund(str(payment["id"]), None, "leaves")
    [held] = till.desk.unapplied.held()
    assert held.can_enrol
    return held.uid


def test_money_of_which_a_part_went_back_pays_no_whole_fee(till: Till) -> None:
    uid = without_a_seat(till)
    till.desk.refunds.refund(uid, Money(400_000), "a part")
    [held] = till.desk.unapplied.held()
    assert (held.amount, held.can_enrol) == (Money(780_000), False)
    with pytest.raises(InvalidInputError, match=r"is ₹11,800.00, and ₹7,800.00 of the payment"):
        till.desk.unapplied.enrol(uid)


def test_money_on_its_way_back_in_part_is_decided_on_when_that_is_known(till: Till) -> None:
    uid = without_a_seat(till)
    course = till.course("CHE-11", fee=Money(780_000))
    till.payments.begin(till.students.find("R001").uid, course.uid, Method.UPI_INTENT)
    till.gateway.refund_status = "pending"
    till.desk.refunds.refund(uid, Money(400_000), "a part")
    [due] = till.desk.unapplied.family_dues(uid)
    with pytest.raises(InvalidInputError):
        till.desk.unapplied.put_against(uid, due.due_uid)
    end_refund(till, "failed")
    till.polling.reconcile()
    assert [(each.amount, each.can_enrol) for each in till.desk.unapplied.held()] == [
        (Money(1_180_000), True)
    ]
    till.desk.unapplied.enrol(uid)
    assert balance(till) == {"gateway": 1_180_000, "fees": -1_180_000}


# --- finding payments again after a restore


@pytest.mark.parametrize("question", ["link_of_payment", "qr_of_payment"])
def test_an_account_without_a_feature_hides_nothing_of_what_came_before(
    till: Till, backup: Path, question: str
) -> None:
    till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    web = till.gateway.create_order(reference="shop-1", amount=Money(500), notes={}, unique=False)
    till.gateway._captured(till.gateway._new_payment(web.order_id, 500))
    restored(till, backup)
    off = errors.FeatureOffError("The requested URL was not found on the server.")
    till.gateway.trouble(question, off, times=9)
    assert till.polling.reconcile().is_complete
    assert len(till.ledger()["payments"]) == 2


def test_a_payment_that_cannot_be_traced_does_not_stand_before_others(
    till: Till, backup: Path
) -> None:
    till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    web = till.gateway.create_order(reference="shop-1", amount=Money(500), notes={}, unique=False)
    till.gateway._captured(till.gateway._new_payment(web.order_id, 500))
    restored(till, backup)
    till.gateway.trouble("qr_of_payment", errors.RejectedError("bad request"))
    assert not till.polling.reconcile().is_complete
    assert len(till.ledger()["payments"]) == 2
    assert till.polling.reconcile().is_complete


def test_more_payments_than_a_pass_reads_are_not_called_seen(
    till: Till, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_recovery, "MOST_PAGES", 1)
    till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    web = till.gateway.create_order(reference="shop-1", amount=Money(500), notes={}, unique=False)
    for _ in range(120):
        till.gateway._new_payment(web.order_id, 500)
    restored(till, backup)
    assert not till.polling.reconcile().is_complete


def test_a_database_written_with_a_clock_a_day_ahead_finds_its_payments(
    till: Till, backup: Path
) -> None:
    till.clock.advance(-82_800)
    till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    restored(till, backup)
    till.polling.reconcile()
    assert len(till.ledger()["payments"]) == 2


def test_a_restore_cut_off_before_its_note_is_noticed_at_the_next_start(
    till: Till, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    till.polling.run()

    def cut_off(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(restore, "record_rollback", cut_off)
        restored(till, backup)
    till.restart()
    till.polling.reconcile()
    assert len(till.ledger()["payments"]) == 2
    numbers = [str(row["number"]) for row in till.ledger()["receipts"]]
    assert len(set(numbers)) == 2
    assert "D1/26-27/000002" not in numbers, "it may be in a parent's hands"


def test_a_desk_that_opens_while_a_backup_is_copied_keeps_its_book(
    till: Till, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(till.context.store, SqlStore)
    till.context.store.close()
    opened: list[SqlStore] = []
    inspect = backups.inspect

    def slow(path: Path, made_at: datetime) -> BackupReport:
        if path.name.endswith(".restored") and not opened:
            opened.append(SqlStore(till.context.folder / DATABASE))
            opened[0].reader.settings.all()
            with opened[0].writing() as work:
                work.put_setting("centre.name", "Open")
                work.commit()
        return inspect(path, made_at)

    monkeypatch.setattr(backups, "inspect", slow)
    with pytest.raises(errors.DatabaseLockedError):
        restore_backup(Options(data_dir=till.context.folder), backup, till.clock.now())
    assert opened[0].reader.settings.all()["centre.name"] == "Open"
    opened[0].close()
    assert not list(till.context.folder.glob("*.restored"))


# --- disputes


def test_the_amount_of_a_lost_dispute_cannot_be_refunded_again(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.disputed["disp_1"] = DisputeFact(
        "disp_1", payment_id, 1_180_000, 400_000, "lost", "chargeback", "fraud", None
    )
    till.polling.reconcile()
    assert till.desk.refunds.basis(payment_id).left == Money(780_000)
    with pytest.raises(InvalidMoneyError):
        till.desk.refunds.refund(payment_id, Money(1_180_000), "leaves")
    assert till.desk.refunds.refund(payment_id, None, "leaves").amount == Money(780_000)
    assert balance(till) == {"disputed": 400_000, "fees": -400_000}


# --- refunds made on the dashboard


def on_the_dashboard(till: Till, payment_id: str, paise: int) -> None:
    till.gateway.refund(
        payment_id, Money(paise), key=f"dashboard-{till.gateway.count}", reference=""
    )


def test_a_refund_made_on_the_dashboard_weeks_later_is_booked_once(till: Till) -> None:
    payment_id = paid(till)
    till.polling.reconcile()
    till.clock.advance(40 * 86_400)
    on_the_dashboard(till, payment_id, 400_000)
    assert till.polling.reconcile().is_complete
    assert [(each.origin, each.amount) for each in till.desk.refunds.of(payment_id)] == [
        ("gateway", Money(400_000))
    ]
    till.restart()
    till.polling.reconcile()
    assert balance(till) == {"gateway": 780_000, "fees": -780_000}
    on_the_dashboard(till, payment_id, 780_000)
    till.clock.advance(2 * 86_400)
    till.polling.reconcile()
    assert balance(till) == {}
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["cancelled"]


def test_a_clock_days_ahead_hides_no_refund_of_the_dashboard(till: Till) -> None:
    payment_id = paid(till)
    till.clock.advance(40 * 86_400)
    till.polling.reconcile()
    till.clock.advance(30 * 86_400)
    till.polling.reconcile()
    till.clock.advance(-30 * 86_400)
    on_the_dashboard(till, payment_id, 400_000)
    till.polling.reconcile()
    assert [each.origin for each in till.desk.refunds.of(payment_id)] == ["gateway"]


def test_a_refund_of_the_dashboard_is_seen_behind_one_that_waits_here(till: Till) -> None:
    payment_id = paid(till)
    till.clock.advance(40 * 86_400)
    till.gateway.trouble("refund", DOWN, times=2)
    till.desk.refunds.refund(payment_id, Money(400_000), "a part")
    till.gateway.troubles.clear()
    on_the_dashboard(till, payment_id, 400_000)
    till.gateway.trouble("refund", DOWN)
    till.polling.reconcile()
    till.polling.reconcile()
    assert sorted(each.origin for each in till.desk.refunds.of(payment_id)) == ["desk", "gateway"]
    assert balance(till) == {"gateway": 380_000, "fees": -380_000}


def test_a_list_of_refunds_that_cannot_be_read_is_said(till: Till) -> None:
    payment_id = paid(till)
    till.clock.advance(40 * 86_400)
    on_the_dashboard(till, payment_id, 400_000)
    till.gateway.trouble("refunds_since", DOWN)
    assert not till.polling.reconcile().is_complete
    till.gateway.trouble("fetch_payment", DOWN)
    assert not till.polling.reconcile().is_complete
    assert till.polling.reconcile().is_complete
    assert balance(till) == {"gateway": 780_000, "fees": -780_000}


def test_more_refunds_than_a_pass_reads_are_not_called_seen(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external, "MOST_PAGES", 1)
    now = till.gateway.now() or 0
    for number in range(100):
        foreign = RefundFact(f"rfnd_{number}", f"pay_{number}", 500, "processed", now, None)
        till.gateway.refunds[f"foreign {number}"] = foreign
    assert not till.polling.reconcile().is_complete
    assert external.SEEN_UNTIL not in till.context.store.reader.settings.all()
    till.gateway.refunds.popitem()
    assert till.polling.reconcile().is_complete


def test_a_refund_of_after_the_backup_is_found_again(till: Till, tmp_path: Path) -> None:
    payment_id = paid(till)
    till.clock.advance(10 * 86_400)
    old = tmp_path / "old.sqlite3"
    till.context.store.backup(old)
    till.clock.advance(3_600)
    till.desk.refunds.refund(payment_id, None, "leaves")
    restored(till, old)
    till.polling.reconcile()
    assert balance(till) == {}
    assert [each.state for each in till.desk.refunds.of(payment_id)] == [RefundState.PROCESSED]


# --- keys of another account


def other_account(till: Till) -> None:
    till.gateway.key_id = "rzp_live_other00000001"
    till.gateway.orders.clear()
    till.gateway.payments.clear()
    till.restart()


def key_of(till: Till, uid: str) -> str:
    return till.context.store.reader.attempts.get(uid)[0].key_id


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK])
def test_new_resources_are_recorded_with_their_keys(till: Till, method: Method) -> None:
    student, course = till.student(), till.course()
    till.payments.begin(student.uid, course.uid, method)
    other_account(till)
    begun = till.payments.begin(student.uid, course.uid, method)
    view = till.payments.open(begun.uid)
    assert view.state is AttemptState.AWAITING
    assert key_of(till, view.uid) == till.gateway.key_id
    till.payments.cancel(view.uid)
    if method is Method.UPI_INTENT:
        till.pay(view)
        assert [each.uid for each in till.polling.reconcile().changed] == [view.uid]


def test_an_order_of_other_keys_that_nobody_was_shown_does_not_bar_the_fee(till: Till) -> None:
    student, course = till.student(), till.course()
    begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    till.gateway.trouble("create_intent", DOWN, times=9)
    with pytest.raises(errors.UnavailableError):
        till.payments.open(begun.uid)
    till.gateway.troubles.clear()
    assert till.payments.view(begun.uid).order_id
    other_account(till)
    again = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    view = till.payments.open(again.uid)
    assert view.state is AttemptState.AWAITING
    till.pay(view)
    till.polling.run()
    assert balance(till) == {"gateway": 1_180_000, "fees": -1_180_000}


def test_money_of_an_unknown_fee_returned_on_the_dashboard_leaves_the_inbox(
    till: Till, backup: Path
) -> None:
    uid = stray(till, backup)
    [held] = till.desk.unapplied.held()
    on_the_dashboard(till, held.payment_id or "", 400_000)
    till.polling.reconcile()
    assert [each.uid for each in till.desk.unapplied.held()] == [uid]
    on_the_dashboard(till, held.payment_id or "", 780_000)
    till.restart()
    till.polling.reconcile()
    assert till.desk.unapplied.held() == ()


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_a_close_that_was_refused_once_is_tried_again_when_the_fee_is_collected(
    till: Till, method: Method
) -> None:
    view = till.shown(method)
    call = "close_qr" if method is Method.QR_CODE else "cancel_link"
    till.gateway.trouble(call, errors.RejectedError("not now"))
    till.payments.cancel(view.uid)
    assert [each.state for each in till.desk.outbox.commands()] == [CommandState.DEAD]
    course = till.courses.find("PHY-11")
    again = till.payments.begin(view.student_uid, course.uid, method)
    assert till.payments.open(again.uid).state is AttemptState.AWAITING
    assert till.desk.outbox.commands() == ()
    open_ = [each for each in till.gateway.codes.values() if each.status == "active"]
    open_links = [each for each in till.gateway.links.values() if each.status == "created"]
    assert len([*open_, *open_links]) == 1
