"""Money found again after a restore, row by row: whose it is, how much, and who decides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.identity.book import KIND, TRAINING
from desktop_app.services.ports.gateway import RefundFact
from desktop_app.services.recovery.restore_recovery import MARGIN_S, RestoreRecovery
from desktop_app.services.refunds.external import ExternalRefunds
from tests.integration.test_after_payment import balance
from tests.integration.test_outbox_answers import audit
from tests.integration.test_restore import CHANNELS, backup, collected, restored

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import UnmatchedRecord
    from desktop_app.services.views.unapplied import UnappliedPayment
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

__all__ = ["backup"]
FEE = Money(1_180_000)


def attempt_of(counter: Counter, uid: str) -> Attempt:
    return counter.context.store.reader.attempts.get(uid)[0]


def details(counter: Counter, action: str) -> list[Any]:
    return [json.loads(row["detail"]) for row in audit(counter) if row["action"] == action]


def strays(counter: Counter) -> tuple[UnmatchedRecord, ...]:
    with counter.context.store.reading() as books:
        return books.unmatched.held()


def stray(counter: Counter, backup: Path, method: Method = Method.UPI_INTENT) -> UnappliedPayment:
    """Money of a student whom the restored book does not know."""
    payment_id = counter.pay(collected(counter, "R077", "9000000077", method))
    counter.gateway._set(payment_id, contact="+91 90000 00077", vpa="asha@okaxis")
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    return held


def due_of(
    counter: Counter, fee: Money = FEE, *, code: str = "PHY-11", roll_no: str = "R001"
) -> str:
    """Begin a fee, to be paid by something held."""
    course = counter.courses.find(code) if code == "PHY-11" else counter.course(code, fee=fee)
    student = counter.students.find(roll_no)
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    return attempt_of(counter, begun.uid).parts[0].due_uid


def recover(counter: Counter) -> tuple[tuple[str, ...], int]:
    """Make one pass over the account's payments."""
    return RestoreRecovery(counter.context, counter.payments.checker.channels).run()


# --- a fee that is made again


@pytest.mark.parametrize("method", CHANNELS)
def test_the_attempt_is_made_again_as_it_was(
    counter: Counter, backup: Path, method: Method
) -> None:
    view = collected(counter, "R001", "9000000001", method)
    before = attempt_of(counter, view.uid)
    payment_id = counter.pay(view)
    restored(counter, backup)
    counter.polling.reconcile()
    now = attempt_of(counter, view.uid)
    assert now.state is AttemptState.PAID
    kept = "uid enrollment_uid due_uid method amount reference key_id order_receipt"
    for name in kept.split():
        assert getattr(now, name) == getattr(before, name), name
    is_intent = method is Method.UPI_INTENT
    assert now.order_id == (before.order_id if is_intent else None)
    assert now.remote_id == (None if is_intent else before.remote_id)
    assert now.gateway_created_at is not None
    assert now.created_at.timestamp() == now.gateway_created_at
    assert details(counter, "attempt.recovered") == [{"due": before.due_uid}]
    assert len(details(counter, "enrollment.recovered")) == 1
    [payment] = [row for row in counter.ledger()["payments"] if row["payment_id"]]
    assert (payment["payment_id"], payment["late"]) == (payment_id, 1)
    with counter.context.store.reading() as books:
        found = books.enrollments.get(before.enrollment_uid or "")
        assert found.created_at.timestamp() == now.gateway_created_at


def test_a_fee_that_was_begun_again_takes_the_money(counter: Counter, backup: Path) -> None:
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    counter.pay(view)
    restored(counter, backup)
    again = due_of(counter)
    counter.polling.reconcile()
    assert attempt_of(counter, view.uid).due_uid == again
    assert details(counter, "enrollment.recovered") == []
    assert {row["state"] for row in counter.ledger()["enrollments"]} == {"active"}
    assert counter.desk.unapplied.held() == ()


def test_money_of_a_fee_that_costs_something_else_now_is_held(
    counter: Counter, backup: Path
) -> None:
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    payment_id = counter.pay(view)
    order_id = counter.gateway.payments[payment_id].order_id or ""
    restored(counter, backup)
    counter.gateway._set(payment_id, amount_paise=900_000)
    counter.gateway.orders[order_id] = replace(
        counter.gateway.orders[order_id], amount_paise=900_000
    )
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.amount) == (payment_id, Money(900_000))
    assert details(counter, "attempt.recovered") == []


def test_money_that_is_not_what_its_order_asked_for_is_held(counter: Counter, backup: Path) -> None:
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    payment_id = counter.pay(view)
    restored(counter, backup)
    counter.gateway._set(payment_id, amount_paise=900_000)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert held.amount == Money(900_000)
    assert len(counter.ledger()["payments"]) == 2, "cash, and the one that is held"


@pytest.mark.parametrize("note", ["attempt", "due", "enrollment", "student", "course"])
def test_money_without_one_of_our_notes_is_held(counter: Counter, backup: Path, note: str) -> None:
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    payment_id = counter.pay(view)
    order_id = counter.gateway.payments[payment_id].order_id or ""
    order = counter.gateway.orders[order_id]
    notes = {name: value for name, value in (order.notes or {}).items() if name != note}
    counter.gateway.orders[order_id] = replace(order, notes=notes)
    restored(counter, backup)
    counter.polling.reconcile()
    assert [each.payment_id for each in counter.desk.unapplied.held()] == [payment_id]
    counter.polling.reconcile()
    assert len(counter.desk.unapplied.held()) == 1, "once"


def test_the_notes_of_older_versions_are_enough(counter: Counter, backup: Path) -> None:
    payment_id = counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    order_id = counter.gateway.payments[payment_id].order_id or ""
    order = counter.gateway.orders[order_id]
    needed = ("attempt", "due", "enrollment", "student", "course")
    notes = {name: (order.notes or {})[name] for name in needed}
    counter.gateway.orders[order_id] = replace(order, notes=notes)
    restored(counter, backup)
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()
    assert payment_id in {row["payment_id"] for row in counter.ledger()["payments"]}


# --- money of an unknown fee


def test_money_of_an_unknown_fee_has_a_mode(counter: Counter, backup: Path) -> None:
    held = stray(counter, backup, Method.UPI_INTENT)
    assert held.mode is MoneyMode.LIVE
    assert mode_of(counter, held.uid) == "live"
    with counter.context.store.writing() as work:
        work.put_setting(KIND, TRAINING)
        work.commit()
    assert mode_of(counter, held.uid) == "training"


def mode_of(counter: Counter, uid: str) -> str:
    [found] = [row["mode"] for row in counter.ledger()["payments"] if row["id"] == uid]
    return str(found)


@pytest.mark.parametrize("method", CHANNELS)
def test_what_is_kept_of_money_of_an_unknown_fee(
    counter: Counter, backup: Path, method: Method
) -> None:
    held = stray(counter, backup, method)
    [kept] = strays(counter)
    fact = counter.gateway.payments[held.payment_id or ""]
    assert kept.payment_id == fact.payment_id
    assert kept.order_id == fact.order_id
    assert kept.key_id == counter.gateway.key_id
    assert (kept.rrn, kept.vpa_masked) == (fact.rrn, "as••••@okaxis")
    assert kept.phone_masked == "••••••0077"
    assert (kept.method, kept.amount, kept.state) == (method, FEE, "held")
    assert kept.received_at.timestamp() == fact.created_at
    assert kept.reference.startswith("D1-")
    assert details(counter, "stray.noticed") == [
        {"payment_id": fact.payment_id, "amount": FEE.paise}
    ]
    assert (held.student_name, held.roll_no, held.course_label) == ("••••••0077", "", "")
    assert (held.why, held.can_enrol) == (Placement.UNMATCHED, False)
    assert held.reason == "The fee isn't in the backup you restored."


def test_without_a_phone_the_vpa_names_the_payer(counter: Counter, backup: Path) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    counter.gateway._set(payment_id, contact=None, vpa="asha@okaxis")
    restored(counter, backup)
    counter.polling.reconcile()
    assert [each.student_name for each in counter.desk.unapplied.held()] == ["as••••@okaxis"]
    assert [each.phone_masked for each in strays(counter)] == [""]


@pytest.mark.parametrize(("back", "kept"), [(0, FEE), (500, Money(1_179_500)), (FEE.paise, None)])
def test_only_what_did_not_go_back_is_kept(
    counter: Counter, backup: Path, back: int, kept: Money | None
) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    if back:
        counter.gateway.refund_on_dashboard(payment_id, back)
    restored(counter, backup)
    report = counter.polling.reconcile()
    assert report.changed == ()
    assert [each.amount for each in counter.desk.unapplied.held()] == (
        [] if kept is None else [kept]
    )


def test_what_is_no_captured_money_of_ours_is_left_alone(counter: Counter, backup: Path) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    counter.gateway._set(payment_id, captured=False, status="authorized")
    restored(counter, backup)
    counter.polling.reconcile()
    assert strays(counter) == ()


def test_money_of_others_is_traced_once(counter: Counter, backup: Path) -> None:
    web = counter.gateway.create_order(reference="shop-1", amount=FEE, notes={}, unique=False)
    counter.gateway._captured(counter.gateway._new_payment(web.order_id, FEE.paise))
    restored(counter, backup)
    counter.gateway.calls.clear()
    counter.polling.reconcile()
    traced = counter.gateway.calls.count("fetch_order")
    assert traced == 1
    counter.polling.reconcile()
    assert counter.gateway.calls.count("fetch_order") == traced


# --- the pass


def test_a_pass_reads_a_day_more_at_both_ends(
    counter: Counter, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = counter.context.store.reader.audit.last_at(counter.clock.now())
    assert written is not None
    restored(counter, backup)
    spans: list[tuple[int, int, int]] = []

    def between(since: int, until: int, *, skip: int = 0, asked: bool = True) -> tuple[()]:
        spans.append((since, until, skip))
        return ()

    monkeypatch.setattr(counter.gateway, "payments_between", between)
    assert recover(counter) == ((), 0)
    now = int(counter.context.now().timestamp())
    assert spans == [(int(written.timestamp()) - MARGIN_S, now + MARGIN_S, 0)]
    assert MARGIN_S == 90_000


def test_a_pass_reads_every_page_to_the_first_that_is_not_full(
    counter: Counter, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    payment_id = counter.pay(view)
    fact = counter.gateway.payments[payment_id]
    restored(counter, backup)
    unpaid = replace(fact, payment_id="pay_none", captured=False, status="failed")
    pages = {0: (unpaid,) * 100, 100: (unpaid,) * 99 + (fact,), 200: (unpaid,) * 99}
    skips: list[int] = []

    def between(since: int, until: int, *, skip: int = 0, asked: bool = True) -> tuple[Any, ...]:
        skips.append(skip)
        return pages[skip]

    monkeypatch.setattr(counter.gateway, "payments_between", between)
    assert recover(counter) == (
        (view.uid,),
        0,
    )
    assert skips == [0, 100, 200]


def test_a_page_that_fails_keeps_what_came_before_it(
    counter: Counter, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    fact = counter.gateway.payments[counter.pay(view)]
    restored(counter, backup)

    def between(since: int, until: int, *, skip: int = 0, asked: bool = True) -> tuple[Any, ...]:
        if skip:
            raise errors.UnavailableError("down")
        return (fact,) * 100

    monkeypatch.setattr(counter.gateway, "payments_between", between)
    assert recover(counter) == (
        (view.uid,),
        1,
    )


def test_pages_without_sense_end_a_pass(counter: Counter, backup: Path) -> None:
    restored(counter, backup)
    counter.gateway.trouble("payments_between", errors.UnreadableError("no sense"), times=30)
    counter.gateway.calls.clear()
    assert recover(counter) == ((), 21)
    assert counter.gateway.calls.count("payments_between") == 21


def test_a_refund_of_money_without_its_fee_is_noticed_on_the_dashboard(
    counter: Counter, backup: Path
) -> None:
    payment_id = stray(counter, backup).payment_id or ""
    counter.gateway.refunds["dashboard"] = RefundFact(
        "rfnd_00000077", payment_id, FEE.paise, "processed", counter.gateway._now(), None
    )
    counter.gateway._set(payment_id, amount_refunded_paise=FEE.paise, status="refunded")
    assert ExternalRefunds(counter.context).notice() == 0
    assert counter.desk.unapplied.held() == ()


def test_a_refund_that_was_seen_before_its_money_was_placed_is_booked_with_it(
    counter: Counter, backup: Path
) -> None:
    held = stray(counter, backup)
    counter.clock.advance(7 * 86_400)
    payment_id = held.payment_id or ""
    counter.gateway.refund_on_dashboard(payment_id, 50_000, "processed")
    watch = ExternalRefunds(counter.context)
    assert watch.notice() == 0
    counter.gateway.calls.clear()
    assert watch.notice() == 0
    assert "fetch_payment" not in counter.gateway.calls
    counter.desk.unapplied.put_against(payment_id, due_of(counter))
    assert watch.notice() == 0
    [refund] = counter.desk.refunds.of(payment_id)
    assert (refund.state, refund.amount) == (RefundState.PROCESSED, Money(50_000))
    left = FEE.paise - 50_000
    cash = FEE.paise  # of the student in the backup
    assert balance(counter) == {"gateway": left, "cash": cash, "fees": -left - cash}


def test_money_that_was_partly_refunded_before_it_was_held_is_followed_after_it_was_placed(
    counter: Counter, backup: Path
) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    counter.gateway._set(payment_id, contact="+91 90000 00077", vpa="asha@okaxis")
    first = counter.gateway.refund_on_dashboard(payment_id, 50_000, "processed")
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    left = Money(FEE.paise - 50_000)
    assert held.amount == left
    counter.desk.unapplied.put_against(payment_id, due_of(counter, left, code="CHE-11"))
    watch = ExternalRefunds(counter.context)
    assert watch.notice() == 0
    assert counter.desk.refunds.of(payment_id) == ()
    counter.gateway.refund_on_dashboard(payment_id, 30_000, "processed")
    assert watch.notice() == 0
    [refund] = counter.desk.refunds.of(payment_id)
    assert (refund.state, refund.amount) == (RefundState.PROCESSED, Money(30_000))
    cash = FEE.paise  # of the student in the backup
    now = left.paise - 30_000
    assert balance(counter) == {"gateway": now, "cash": cash, "fees": -now - cash}
    counter.gateway.settle_refund(str(first), "failed")  # of money that these books never had
    assert watch.notice() == 1
    assert counter.desk.refunds.of(payment_id) == (refund,)


def test_each_payment_that_cannot_be_traced_is_counted(counter: Counter, backup: Path) -> None:
    for roll_no in ("R001", "R002"):
        counter.pay(collected(counter, roll_no, "9000000001", Method.UPI_INTENT))
    restored(counter, backup)
    counter.gateway.trouble("fetch_order", errors.RejectedError("bad request"), times=2)
    assert recover(counter) == ((), 2)


# --- decisions about it


def test_it_pays_a_due_of_exactly_its_amount(counter: Counter, backup: Path) -> None:
    held = stray(counter, backup)
    other = due_of(counter, Money(500_000), code="CHE-11", roll_no="R002")
    with pytest.raises(InvalidInputError):
        counter.desk.unapplied.put_against(held.uid, other)
    due = due_of(counter)
    assert [each.due_uid for each in counter.desk.unapplied.family_dues(held.uid)] == [due]
    counter.desk.unapplied.put_against(held.payment_id or "", due)
    assert counter.desk.unapplied.held() == ()
    with counter.context.store.reading() as books:
        kept = books.unmatched.find(held.uid)
        payment = books.payments.by_payment_id(held.payment_id or "")
        assert kept is not None
        assert payment is not None
        attempt = books.attempts.get(payment.attempt_uid or "")
    assert kept.state == "placed"
    assert (payment.amount, payment.placement, payment.rrn) == (FEE, Placement.APPLIED, kept.rrn)
    assert payment.received_at == kept.received_at
    assert payment.is_late
    assert (attempt.reference, attempt.key_id) == (kept.reference, kept.key_id)
    assert (attempt.order_id, attempt.order_receipt) == (kept.order_id, kept.reference)
    assert (attempt.created_at, attempt.amount) == (kept.received_at, FEE)
    assert attempt.gateway_created_at == int(kept.received_at.timestamp())
    assert attempt.state is AttemptState.PAID
    assert details(counter, "late.settled") == [{"how": "placed", "due": due}]


def test_a_paid_due_takes_no_money_of_an_unknown_fee(counter: Counter, backup: Path) -> None:
    held = stray(counter, backup)
    due = due_of(counter)
    course = counter.courses.find("PHY-11")
    counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.CASH)
    with pytest.raises(errors.FeePaidError):
        counter.desk.unapplied.put_against(held.uid, due)
    assert [each.uid for each in counter.desk.unapplied.held()] == [held.uid]


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_money_of_a_code_or_link_gets_no_order(
    counter: Counter, backup: Path, method: Method
) -> None:
    held = stray(counter, backup, method)
    counter.desk.unapplied.put_against(held.uid, due_of(counter))
    with counter.context.store.reading() as books:
        payment = books.payments.by_payment_id(held.payment_id or "")
        assert payment is not None
        attempt = books.attempts.get(payment.attempt_uid or "")
    assert (attempt.method, attempt.order_id, attempt.order_receipt) == (method, None, None)


def test_a_full_course_takes_no_money_of_an_unknown_fee(counter: Counter, backup: Path) -> None:
    held = stray(counter, backup)
    course = counter.course("ONE-1", seats=1)
    first = counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.UPI_INTENT)
    due = attempt_of(counter, first.uid).parts[0].due_uid
    counter.payments.cancel(first.uid)
    counter.payments.begin(counter.students.find("R002").uid, course.uid, Method.CASH)
    with pytest.raises(NoSeatError):
        counter.desk.unapplied.put_against(held.uid, due)
    assert [each.uid for each in counter.desk.unapplied.held()] == [held.uid], "nothing was written"
    assert all(each.has_seat for each in counter.desk.unapplied.family_dues(held.uid))


@pytest.mark.parametrize("status", ["processed", "pending", "failed"])
def test_the_state_of_its_refund_is_the_gateways(
    counter: Counter, backup: Path, status: str
) -> None:
    held = stray(counter, backup)
    counter.gateway.refund_status = status
    made = counter.desk.unapplied.refund(held.uid)
    assert made.state.value == status
    assert (made.amount, made.origin, made.payment_uid) == (FEE, "desk", held.uid)
    is_held = status == "failed"
    assert [each.uid for each in counter.desk.unapplied.held()] == ([held.uid] if is_held else [])
    with counter.context.store.reading() as books:
        kept = books.unmatched.find(held.uid)
    assert kept is not None
    assert kept.state == ("returned" if status == "processed" else "held")
    assert details(counter, "stray.refund_asked") == [{"amount": FEE.paise}]
    assert len(details(counter, "stray.returned")) == (status == "processed")
    assert len(details(counter, "stray.refund_failed")) == (status == "failed")


def test_its_refund_waits_without_a_connection(counter: Counter, backup: Path) -> None:
    held = stray(counter, backup)
    counter.gateway.trouble("refund", errors.UnavailableError("down"))
    assert counter.desk.unapplied.refund(held.uid).state is RefundState.INTENT
    [waiting] = counter.desk.outbox.commands()
    assert (waiting.kind, waiting.amount) == (CommandKind.REFUND, FEE)
    assert counter.desk.unapplied.held() == ()


def test_what_is_not_held_is_not_given_back(counter: Counter, backup: Path) -> None:
    held = stray(counter, backup)
    counter.desk.unapplied.refund(held.uid)
    for uid in (held.uid, "no payment with this id"):
        with pytest.raises(errors.UnknownPaymentError):
            counter.desk.unapplied.refund(uid)
        with pytest.raises(errors.UnknownPaymentError):
            counter.desk.unapplied.family_dues(uid)
        with pytest.raises(errors.UnknownPaymentError):
            counter.desk.unapplied.enrol(uid)
