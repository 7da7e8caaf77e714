"""The desk captures, creates and reuses only what is due at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from tests.composed_desk import compose_desk

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

UNAVAILABLE = errors.UnavailableError("no line")
CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)


def open_for(till: Till, roll_no: str, method: Method, code: str = "PHY-11") -> AttemptView:
    begun = till.payments.begin(
        till.students.find(roll_no).uid, till.courses.find(code).uid, method
    )
    return till.payments.open(begun.uid)


def cancelled_then_cash(till: Till, method: Method) -> AttemptView:
    """Cancel a code, and take the same fee in cash."""
    till.gateway.auto_capture = False
    view = till.shown(method)
    till.payments.cancel(view.uid)
    till.payments.begin(view.student_uid, till.courses.find("PHY-11").uid, Method.CASH)
    return view


def placements(till: Till) -> list[str]:
    return sorted(row.placement.value for row in till.context.store.reader.payments.recent(20))


# --- capture


@pytest.mark.parametrize("method", CHANNELS)
def test_a_slow_payment_of_a_fee_paid_in_cash_is_not_captured(till: Till, method: Method) -> None:
    view = cancelled_then_cash(till, method)
    slow = till.gateway.authorise_slowly(view.qr_text or "")
    for _look in range(3):
        assert till.polling.reconcile().is_complete
        till.polling.run(asked=True)
    assert not till.gateway.payments[slow].captured
    assert "capture" not in till.gateway.calls
    assert placements(till) == ["due"]
    assert till.payments.view(view.uid).will_return
    assert not till.payments.view(view.uid).is_seen


def test_a_left_payment_is_listed_until_it_went_back(till: Till) -> None:
    view = cancelled_then_cash(till, Method.QR_CODE)
    slow = till.gateway.authorise_slowly(view.qr_text or "")
    till.polling.reconcile()
    till.restart()
    [returning] = till.desk.unapplied.returning()
    assert (returning.payment_id, returning.amount) == (slow, view.amount)
    assert returning.student_name == view.student_name
    till.gateway.return_uncaptured(slow)
    till.polling.reconcile()
    assert till.desk.unapplied.returning() == ()
    assert not till.payments.view(view.uid).will_return
    assert placements(till) == ["due"]


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_a_slow_payment_of_an_ended_code_whose_fee_is_open_is_captured(
    till: Till, method: Method, end: str
) -> None:
    till.gateway.auto_capture = False
    view = till.shown(method)
    getattr(till.payments, end)(view.uid)
    slow = till.gateway.authorise_slowly(view.qr_text or "")
    till.polling.reconcile()
    assert till.gateway.payments[slow].captured
    assert till.payments.view(view.uid).state is AttemptState.PAID
    assert placements(till) == ["due"]


def test_a_slow_payment_without_a_seat_is_left_and_captured_once_a_seat_is_free(till: Till) -> None:
    till.gateway.auto_capture = False
    till.student()
    other = till.student("R002", phone="9000000002")
    course = till.course(seats=1)
    view = open_for(till, "R001", Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    cash = till.payments.begin(other.uid, course.uid, Method.CASH)
    slow = till.gateway.authorise_slowly(view.qr_text or "")
    till.polling.reconcile()
    assert not till.gateway.payments[slow].captured
    assert [each.payment_id for each in till.desk.unapplied.returning()] == [slow]
    assert till.desk.unapplied.held() == ()
    [payment] = [row for row in till.ledger()["payments"] if row["attempt"] == cash.uid]
    till.desk.refunds.refund(str(payment["id"]), None, "leaves")
    till.polling.reconcile()
    assert till.gateway.payments[slow].captured
    assert till.payments.view(view.uid).state is AttemptState.PAID
    assert till.desk.unapplied.returning() == ()


def test_of_two_slow_payments_of_one_fee_one_is_captured(till: Till) -> None:
    """The first capture is not booked yet when the second payment is looked at."""
    till.gateway.auto_capture = False
    first = till.shown(Method.QR_CODE)
    till.payments.cancel(first.uid)
    second = open_for(till, "R001", Method.PAYMENT_LINK)
    till.payments.cancel(second.uid)
    slow = [till.gateway.authorise_slowly(each.qr_text or "") for each in (first, second)]
    till.gateway.trouble("capture", errors.OutcomeUnknownError("lost"), is_done=True)
    till.gateway.trouble("fetch_payment", UNAVAILABLE, times=4)
    till.polling.reconcile()
    till.gateway.troubles.clear()
    for _look in range(3):
        till.polling.reconcile()
    assert [till.gateway.payments[each].captured for each in slow].count(True) == 1
    assert till.gateway.calls.count("capture") == 1
    assert placements(till) == ["due"]


def in_the_other_window(till: Till, monkeypatch: pytest.MonkeyPatch, what: Any) -> list[Exception]:
    """Do something in another window of the folder while a capture is on its way."""
    raised: list[Exception] = []
    capture = till.gateway.capture

    def slowly(payment_id: str, amount: Money) -> object:
        monkeypatch.setattr(till.gateway, "capture", capture)
        try:
            what(compose_desk(till.context, till.connection))
        except errors.ServiceError as error:
            raised.append(error)
        return capture(payment_id, amount)

    monkeypatch.setattr(till.gateway, "capture", slowly)
    return raised


def test_cash_waits_while_a_capture_of_its_fee_is_under_way(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.gateway.auto_capture = False
    view = till.shown(Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    till.gateway.authorise_slowly(view.qr_text or "")
    course = till.courses.find("PHY-11").uid
    raised = in_the_other_window(
        till, monkeypatch,
        lambda desk: desk.payments.begin(view.student_uid, course, Method.CASH),
    )  # fmt: skip
    till.polling.reconcile()
    assert [type(each) for each in raised] == [errors.CaptureUnderWayError]
    assert placements(till) == ["due"]
    assert till.payments.view(view.uid).state is AttemptState.PAID


def test_cash_waits_a_minute_at_most_for_a_capture_that_never_ends(till: Till) -> None:
    till.gateway.auto_capture = False
    view = till.shown(Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    slow = till.gateway.authorise_slowly(view.qr_text or "")
    till.gateway.trouble("capture", UNAVAILABLE, times=9)
    till.polling.reconcile()
    course = till.courses.find("PHY-11").uid
    with pytest.raises(errors.CaptureUnderWayError):
        till.payments.begin(view.student_uid, course, Method.CASH)
    till.clock.advance(61)
    assert till.payments.begin(view.student_uid, course, Method.CASH).state is AttemptState.PAID
    till.gateway.troubles.clear()
    till.polling.reconcile()
    assert not till.gateway.payments[slow].captured, "it is not due any more"


def test_another_window_captures_no_second_payment_of_the_fee(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.gateway.auto_capture = False
    first = till.shown(Method.QR_CODE)
    till.payments.cancel(first.uid)
    second = open_for(till, "R001", Method.PAYMENT_LINK)
    till.payments.cancel(second.uid)
    slow = [till.gateway.authorise_slowly(each.qr_text or "") for each in (first, second)]
    in_the_other_window(till, monkeypatch, lambda desk: desk.polling.reconcile())
    till.polling.reconcile()
    till.polling.reconcile()
    assert [till.gateway.payments[each].captured for each in slow].count(True) == 1
    assert placements(till) == ["due"]


def test_no_code_is_made_beside_a_payment_that_waits_for_its_capture(till: Till) -> None:
    till.gateway.auto_capture = False
    view = till.shown(Method.QR_CODE)
    till.payments.cancel(view.uid)
    till.gateway.authorise_slowly(view.qr_text or "")
    till.gateway.trouble("capture", UNAVAILABLE, times=9)
    with pytest.raises(errors.StillOpenError):
        open_for(till, "R001", Method.PAYMENT_LINK)
    assert till.gateway.links == {}
    till.gateway.troubles.clear()
    assert open_for(till, "R001", Method.PAYMENT_LINK).state is AttemptState.PAID
    assert till.gateway.links == {}


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_ending_a_code_whose_payment_waits_for_its_capture_is_not_sure(
    till: Till, end: str
) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view, "authorized")
    till.gateway.trouble("capture", UNAVAILABLE, times=9)
    ended = getattr(till.payments, end)(view.uid)
    assert (ended.is_sure, ended.is_seen) == (False, True)
    till.gateway.troubles.clear()
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.PAID


# --- an order that was paid takes no second payment


def without_a_seat(till: Till) -> AttemptView:
    """Return late money without a seat to its parent; then a seat is free again."""
    till.student()
    other = till.student("R002", phone="9000000002")
    course = till.course(seats=1)
    view = open_for(till, "R001", Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    cash = till.payments.begin(other.uid, course.uid, Method.CASH)
    till.pay(view)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    till.desk.unapplied.refund(held.uid)
    [payment] = [row for row in till.ledger()["payments"] if row["attempt"] == cash.uid]
    till.desk.refunds.refund(str(payment["id"]), None, "leaves")
    return view


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.AUTO])
def test_after_a_return_the_same_student_pays_by_upi_on_a_fresh_order(
    till: Till, method: Method
) -> None:
    before = without_a_seat(till)
    again = open_for(till, "R001", method)
    assert again.state is AttemptState.AWAITING
    assert again.order_id != before.order_id
    till.pay(again)
    till.polling.run()
    assert till.payments.view(again.uid).state is AttemptState.PAID


def test_an_order_paid_and_returned_before_the_first_look_is_left_for_a_fresh_one(
    till: Till,
) -> None:
    """Nothing of it is booked when the attempt begins; the gateway refuses the paid order."""
    view = till.shown(Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    paid = till.pay(view)
    till.gateway._set(paid, status="refunded", amount_refunded_paise=view.amount.paise)
    begun = till.payments.begin(
        view.student_uid, till.courses.find("PHY-11").uid, Method.UPI_INTENT
    )
    again = till.payments.open(begun.uid)
    assert again.state is AttemptState.AWAITING
    assert again.order_id != view.order_id
    assert till.payments.waiting() == (again,), "one live attempt for a due"
    till.pay(again)
    till.polling.run()
    assert till.payments.view(again.uid).state is AttemptState.PAID
    assert placements(till) == ["due", "returned"]


def test_a_gateway_that_calls_every_order_paid_ends_in_an_error(till: Till) -> None:
    till.student()
    till.course()
    refusal = errors.RejectedError("paid", reason="order_already_paid")
    till.gateway.trouble("create_intent", refusal, times=50)
    with pytest.raises(errors.OutcomeUnknownError):
        open_for(till, "R001", Method.UPI_INTENT)
    assert len(till.gateway.orders) <= 4
    assert len(till.payments.waiting()) <= 1
