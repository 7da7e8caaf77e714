"""The desk captures, creates and reuses only what is due at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.errors import NoSeatError
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.payments.capture import CaptureResult, PaymentCapture
from tests.composed_desk import compose_desk
from tests.integration.reached import shown

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

UNAVAILABLE = errors.UnavailableError("no line")
CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)


def open_for(counter: Counter, roll_no: str, method: Method, code: str = "PHY-11") -> AttemptView:
    begun = counter.payments.begin(
        counter.students.find(roll_no).uid, counter.courses.find(code).uid, method
    )
    return counter.payments.open(begun.uid)


def cancelled_then_cash(counter: Counter, method: Method) -> AttemptView:
    """Cancel a code, and take the same fee in cash."""
    counter.gateway.auto_capture = False
    view = shown(counter, method)
    counter.payments.cancel(view.uid)
    counter.payments.begin(view.student_uid, counter.courses.find("PHY-11").uid, Method.CASH)
    return view


def placements(counter: Counter) -> list[str]:
    return sorted(row.placement.value for row in counter.context.store.reader.payments.recent(20))


# --- capture


@pytest.mark.parametrize("method", CHANNELS)
def test_a_slow_payment_of_a_fee_paid_in_cash_is_not_captured(
    counter: Counter, method: Method
) -> None:
    view = cancelled_then_cash(counter, method)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    for _look in range(3):
        assert counter.polling.reconcile().is_complete
        counter.polling.run(asked=True)
    assert not counter.gateway.payments[slow].captured
    assert "capture" not in counter.gateway.calls
    assert placements(counter) == ["applied"]
    assert counter.payments.view(view.uid).will_return
    assert not counter.payments.view(view.uid).is_seen


def test_a_left_payment_is_listed_until_it_went_back(counter: Counter) -> None:
    view = cancelled_then_cash(counter, Method.QR_CODE)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.polling.reconcile()
    counter.restart()
    [returning] = counter.desk.unapplied.returning()
    assert (returning.payment_id, returning.amount) == (slow, view.amount)
    assert returning.student_name == view.student_name
    counter.gateway.return_uncaptured(slow)
    counter.polling.reconcile()
    assert counter.desk.unapplied.returning() == ()
    assert not counter.payments.view(view.uid).will_return
    assert placements(counter) == ["applied"]


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_a_slow_payment_of_an_ended_code_whose_fee_is_open_is_captured(
    counter: Counter, method: Method, end: str
) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, method)
    getattr(counter.payments, end)(view.uid)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.polling.reconcile()
    assert counter.gateway.payments[slow].captured
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    assert placements(counter) == ["applied"]


def test_a_slow_payment_without_a_seat_is_left_and_captured_once_a_seat_is_free(
    counter: Counter,
) -> None:
    counter.gateway.auto_capture = False
    counter.student()
    other = counter.student("R002", phone="9000000002")
    course = counter.course(seats=1)
    view = open_for(counter, "R001", Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    cash = counter.payments.begin(other.uid, course.uid, Method.CASH)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.polling.reconcile()
    assert not counter.gateway.payments[slow].captured
    assert [each.payment_id for each in counter.desk.unapplied.returning()] == [slow]
    assert counter.desk.unapplied.held() == ()
    [payment] = [row for row in counter.ledger()["payments"] if row["attempt"] == cash.uid]
    counter.desk.refunds.refund(str(payment["id"]), None, "leaves")
    counter.polling.reconcile()
    assert counter.gateway.payments[slow].captured
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    assert counter.desk.unapplied.returning() == ()


def test_of_two_slow_payments_of_one_fee_one_is_captured(counter: Counter) -> None:
    """The first capture is not booked yet when the second payment is looked at."""
    counter.gateway.auto_capture = False
    first = shown(counter, Method.QR_CODE)
    counter.payments.cancel(first.uid)
    second = open_for(counter, "R001", Method.PAYMENT_LINK)
    counter.payments.cancel(second.uid)
    slow = [counter.gateway.authorise_slowly(each.qr_text or "") for each in (first, second)]
    counter.gateway.trouble("capture", errors.OutcomeUnknownError("lost"), is_done=True)
    counter.gateway.trouble("fetch_payment", UNAVAILABLE, times=4)
    counter.polling.reconcile()
    counter.gateway.troubles.clear()
    for _look in range(3):
        counter.polling.reconcile()
    assert [counter.gateway.payments[each].captured for each in slow].count(True) == 1
    assert counter.gateway.calls.count("capture") == 1
    assert placements(counter) == ["applied"]


def in_the_other_window(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, what: Any
) -> list[Exception]:
    """Do something in another window of the folder while a capture is on its way."""
    raised: list[Exception] = []
    capture = counter.gateway.capture

    def slowly(payment_id: str, amount: Money) -> object:
        monkeypatch.setattr(counter.gateway, "capture", capture)
        try:
            what(compose_desk(counter.context, counter.connection))
        except errors.ServiceError as error:
            raised.append(error)
        return capture(payment_id, amount)

    monkeypatch.setattr(counter.gateway, "capture", slowly)
    return raised


def test_cash_waits_while_a_capture_of_its_fee_is_under_way(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    counter.gateway.authorise_slowly(view.qr_text or "")
    course = counter.courses.find("PHY-11").uid
    raised = in_the_other_window(
        counter, monkeypatch,
        lambda desk: desk.payments.begin(view.student_uid, course, Method.CASH),
    )  # fmt: skip
    counter.polling.reconcile()
    assert [type(each) for each in raised] == [errors.CaptureUnderWayError]
    assert placements(counter) == ["applied"]
    assert counter.payments.view(view.uid).state is AttemptState.PAID


def test_cash_waits_a_minute_at_most_for_a_capture_that_never_ends(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.gateway.trouble("capture", UNAVAILABLE, times=9)
    counter.polling.reconcile()
    course = counter.courses.find("PHY-11").uid
    with pytest.raises(errors.CaptureUnderWayError):
        counter.payments.begin(view.student_uid, course, Method.CASH)
    counter.clock.advance(61)
    assert counter.payments.begin(view.student_uid, course, Method.CASH).state is AttemptState.PAID
    counter.gateway.troubles.clear()
    counter.polling.reconcile()
    assert not counter.gateway.payments[slow].captured, "it is not due any more"


def test_another_window_captures_no_second_payment_of_the_fee(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.gateway.auto_capture = False
    first = shown(counter, Method.QR_CODE)
    counter.payments.cancel(first.uid)
    second = open_for(counter, "R001", Method.PAYMENT_LINK)
    counter.payments.cancel(second.uid)
    slow = [counter.gateway.authorise_slowly(each.qr_text or "") for each in (first, second)]
    in_the_other_window(counter, monkeypatch, lambda desk: desk.polling.reconcile())
    counter.polling.reconcile()
    counter.polling.reconcile()
    assert [counter.gateway.payments[each].captured for each in slow].count(True) == 1
    assert placements(counter) == ["applied"]


def test_no_code_is_made_beside_a_payment_that_waits_for_its_capture(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, Method.QR_CODE)
    counter.payments.cancel(view.uid)
    counter.gateway.authorise_slowly(view.qr_text or "")
    counter.gateway.trouble("capture", UNAVAILABLE, times=9)
    with pytest.raises(errors.StillOpenError):
        open_for(counter, "R001", Method.PAYMENT_LINK)
    assert counter.gateway.links == {}
    counter.gateway.troubles.clear()
    assert open_for(counter, "R001", Method.PAYMENT_LINK).state is AttemptState.PAID
    assert counter.gateway.links == {}


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_ending_a_code_whose_payment_waits_for_its_capture_is_not_sure(
    counter: Counter, end: str
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.pay(view, "authorized")
    counter.gateway.trouble("capture", UNAVAILABLE, times=9)
    ended = getattr(counter.payments, end)(view.uid)
    assert (ended.is_sure, ended.is_seen) == (False, True)
    counter.gateway.troubles.clear()
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.PAID


# --- an order that was paid takes no second payment


def without_a_seat(counter: Counter) -> AttemptView:
    """Return late money without a seat to its parent; then a seat is free again."""
    counter.student()
    other = counter.student("R002", phone="9000000002")
    course = counter.course(seats=1)
    view = open_for(counter, "R001", Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    cash = counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    counter.desk.unapplied.refund(held.uid)
    [payment] = [row for row in counter.ledger()["payments"] if row["attempt"] == cash.uid]
    counter.desk.refunds.refund(str(payment["id"]), None, "leaves")
    return view


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.AUTO])
def test_after_a_return_the_same_student_pays_by_upi_on_a_fresh_order(
    counter: Counter, method: Method
) -> None:
    before = without_a_seat(counter)
    again = open_for(counter, "R001", method)
    assert again.state is AttemptState.AWAITING
    assert again.order_id != before.order_id
    counter.pay(again)
    counter.polling.run()
    assert counter.payments.view(again.uid).state is AttemptState.PAID


def test_an_order_paid_and_returned_before_the_first_look_is_left_for_a_fresh_one(
    counter: Counter,
) -> None:
    """Nothing of it is booked when the attempt begins; the gateway refuses the paid order."""
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    paid = counter.pay(view)
    counter.gateway.refund_on_dashboard(paid, view.amount.paise)
    begun = counter.payments.begin(
        view.student_uid, counter.courses.find("PHY-11").uid, Method.UPI_INTENT
    )
    again = counter.payments.open(begun.uid)
    assert again.state is AttemptState.AWAITING
    assert again.order_id != view.order_id
    assert counter.payments.waiting() == (again,), "one live attempt for a due"
    counter.pay(again)
    counter.polling.run()
    assert counter.payments.view(again.uid).state is AttemptState.PAID
    assert placements(counter) == ["applied", "returned"]


def test_a_gateway_that_calls_every_order_paid_ends_in_an_error(counter: Counter) -> None:
    counter.student()
    counter.course()
    refusal = errors.RejectedError("paid", reason="order_already_paid")
    counter.gateway.trouble("create_intent", refusal, times=50)
    with pytest.raises(errors.OutcomeUnknownError):
        open_for(counter, "R001", Method.UPI_INTENT)
    assert len(counter.gateway.orders) <= 4
    assert len(counter.payments.waiting()) <= 1


# --- what is written down about it


def notes_of(counter: Counter) -> list[str]:
    with counter.context.store.reader.audit._connections.reading() as reading:  # type: ignore[attr-defined]
        found = reading.execute("SELECT note FROM attempt_events ORDER BY id", {})
        return [row.note for row in found if "pay_" in row.note]


def test_the_trail_names_what_was_asked_and_what_was_left(counter: Counter) -> None:
    left = cancelled_then_cash(counter, Method.QR_CODE)
    slow = counter.gateway.authorise_slowly(left.qr_text or "")
    counter.polling.reconcile()
    counter.student("R002", phone="9000000002")
    asked = open_for(counter, "R002", Method.QR_CODE)
    taken = counter.gateway.authorise_slowly(asked.qr_text or "")
    counter.polling.run(asked=True)
    entries = [
        (entry.action, entry.subject, dict(entry.detail))
        for entry in (link.entry for link in counter.context.store.reader.audit.links())
        if entry.action.startswith("capture.")
    ]
    paise = left.amount.paise
    assert entries == [
        ("capture.left", left.uid, {"payment_id": slow, "amount": paise}),
        ("capture.asked", asked.uid, {"payment_id": taken, "amount": paise}),
    ]


def test_a_captured_payment_that_is_refunded_is_not_noted_as_gone_back(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, Method.QR_CODE)
    taken = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.polling.run(asked=True)
    counter.polling.run(asked=True)
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    amount = view.amount.paise
    counter.gateway.refund_on_dashboard(taken, amount)
    counter.polling.reconcile()
    assert notes_of(counter) == [f"capture {taken}", taken], "asked for, and paid"


def test_a_decision_that_another_window_noted_first_is_noted_once(counter: Counter) -> None:
    view = cancelled_then_cash(counter, Method.QR_CODE)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    capture = PaymentCapture(counter.context)
    note = capture._note

    def beaten(attempt: Attempt, payment: PaymentFact) -> object:
        PaymentCapture(counter.context).take(attempt, payment)
        return note(attempt, payment)

    capture._note = beaten  # type: ignore[method-assign,assignment]
    attempt = counter.context.store.reader.attempts.get(view.uid)[0]
    assert capture.take(attempt, counter.gateway.payments[slow]) is CaptureResult.LEFT
    assert notes_of(counter) == [f"left {slow}"]


def test_a_failed_try_on_an_ended_code_changes_nothing(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    counter.gateway.pay(view.qr_text or "", "failure")
    counter.polling.reconcile()
    assert counter.context.store.reader.attempts.get(view.uid)[1] == ""


def test_the_seat_of_a_payment_that_is_being_captured_is_taken(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    course = counter.course(seats=1)
    counter.student()
    view = counter.payments.open(
        counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.QR_CODE).uid
    )
    counter.payments.cancel(view.uid)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.gateway.trouble("capture", UNAVAILABLE)
    counter.polling.reconcile()
    other = counter.student("R002", phone="9000000002")
    with pytest.raises(NoSeatError):
        counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.polling.reconcile()
    counter.polling.reconcile()
    assert counter.gateway.payments[slow].captured
    assert placements(counter) == ["applied"]


def test_a_seat_is_free_again_once_its_payment_went_back(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    course = counter.course(seats=1)
    counter.student()
    view = counter.payments.open(
        counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.QR_CODE).uid
    )
    counter.payments.cancel(view.uid)
    slow = counter.gateway.authorise_slowly(view.qr_text or "")
    counter.gateway.trouble("capture", UNAVAILABLE)
    counter.polling.reconcile()
    counter.gateway.return_uncaptured(slow)
    counter.polling.reconcile()
    other = counter.student("R002", phone="9000000002")
    counter.payments.begin(other.uid, course.uid, Method.CASH)
    assert placements(counter) == ["applied"]
