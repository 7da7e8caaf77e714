"""Collecting on a real database: paid, failed, late, lost answers, seats, one live per due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import AlreadyEnrolledError, NoSeatError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services import errors
from desktop_app.services.views.settings import Connectivity

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]


@pytest.mark.parametrize("method", [Method.AUTO, *CHANNELS])
def test_a_fee_is_shown_paid_and_booked_in_one_transaction(
    counter: Counter, method: Method
) -> None:
    view = counter.shown(method)
    counter.pay(view)
    look = counter.polling.run()
    assert look.succeeded
    assert look.next_in_s is None
    [paid] = look.changed
    assert (paid.state, paid.receipt_no) == (AttemptState.PAID, "D1/26-27/000001")
    ledger = counter.ledger()
    assert [row["state"] for row in ledger["enrollments"]] == ["active"]
    assert [row["amount"] for row in ledger["payments"]] == [1_180_000]
    assert [row["number"] for row in ledger["receipts"]] == ["D1/26-27/000001"]
    assert paid.rrn is not None
    assert counter.desk.connection.state().line is Connectivity.ONLINE


def test_repeated_polls_book_once(counter: Counter) -> None:
    counter.pay(counter.shown())
    for _ in range(3):
        counter.polling.run()
        counter.polling.reconcile()
    ledger = counter.ledger()
    assert len(ledger["payments"]) == len(ledger["receipts"]) == 1
    with counter.context.store.reading() as books:
        assert books.receipts.last_sequence("D1", "26-27") == 1


def test_nothing_is_sent_before_the_intent_is_written(counter: Counter) -> None:
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.AUTO)
    assert begun.state is AttemptState.INTENT
    assert counter.gateway.calls == []
    assert [row["state"] for row in counter.ledger()["attempts"]] == ["intent"]


def test_cash_needs_no_gateway(counter: Counter) -> None:
    paid = counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    assert (paid.state, paid.payment_id, paid.receipt_no) == (
        AttemptState.PAID, None, "D1/26-27/000001",
    )  # fmt: skip
    assert counter.gateway.calls == []
    assert [row["payment_id"] for row in counter.ledger()["receipts"]] == [None]


def test_a_failed_try_is_shown_and_the_next_one_pays(counter: Counter) -> None:
    view = counter.shown(Method.UPI_INTENT)
    counter.pay(view, "failure")
    look = counter.polling.run()
    assert [(each.state, each.failure) for each in look.changed] == [
        (AttemptState.AWAITING, "Not enough money")
    ]
    assert counter.polling.run().changed == ()
    counter.pay(view)
    assert [each.state for each in counter.polling.run().changed] == [AttemptState.PAID]


def test_an_authorised_payment_is_captured_by_the_desk(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    counter.pay(counter.shown(Method.UPI_INTENT))
    counter.polling.run()
    assert "capture" in counter.gateway.calls
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]


@pytest.mark.parametrize("method", CHANNELS)
def test_an_authorised_payment_is_said_to_be_seen_until_it_is_captured(
    counter: Counter, method: Method
) -> None:
    counter.gateway.auto_capture = False
    view = counter.shown(method)
    assert not view.is_seen
    counter.pay(view)
    counter.gateway.trouble("capture", errors.UnavailableError("no route"), is_done=False)
    look = counter.polling.run(asked=True)
    assert [(each.state, each.is_seen) for each in look.waiting] == [(AttemptState.AWAITING, True)]
    assert [each.is_seen for each in look.changed] == [True]
    assert counter.payments.view(view.uid).is_seen
    assert counter.ledger()["payments"] == [], "seen is a word for the screen, not money"
    [paid] = counter.polling.run(asked=True).changed
    assert (paid.state, paid.is_seen) == (AttemptState.PAID, False)


def test_a_payment_that_the_bank_takes_back_is_no_longer_seen(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    view = counter.shown(Method.UPI_INTENT)
    counter.pay(view)
    counter.gateway.trouble("capture", errors.UnavailableError("no route"), is_done=False)
    counter.polling.run()
    [payment_id] = [
        each.payment_id for each in counter.gateway.payments.values() if each.status == "authorized"
    ]
    gone = replace(counter.gateway.payments[payment_id], status="failed", error_reason="timed out")
    counter.gateway.payments[payment_id] = gone
    [failed] = counter.polling.run().changed
    assert (failed.state, failed.is_seen) == (AttemptState.AWAITING, False)
    assert failed.failure


# --- lost answers


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize(
    ("method", "call"),
    [
        (Method.UPI_INTENT, "create_order"),
        (Method.QR_CODE, "create_qr"),
        (Method.PAYMENT_LINK, "create_link"),
    ],
)
def test_a_lost_answer_creates_no_second_resource(
    counter: Counter, method: Method, call: str, is_done: bool
) -> None:
    counter.gateway.unique_receipt = False
    counter.gateway.trouble(call, errors.OutcomeUnknownError("lost"), is_done=is_done)
    view = counter.shown(method)
    made: dict[str, list[Any]] = {
        "create_order": [each for each in counter.gateway.orders.values() if each.receipt],
        "create_qr": list(counter.gateway.codes.values()),
        "create_link": list(counter.gateway.links.values()),
    }
    assert len(made[call]) == 1
    counter.pay(view)
    assert [each.state for each in counter.polling.run().changed] == [AttemptState.PAID]
    waited = sum(counter.clock.slept)
    assert waited >= 10 if not is_done else waited < 10, "create again only after a read deadline"


def test_a_lost_intent_may_be_made_again_on_the_same_order(counter: Counter) -> None:
    counter.gateway.trouble("create_intent", errors.OutcomeUnknownError("lost"), is_done=True)
    view = counter.shown(Method.UPI_INTENT)
    assert len(counter.gateway.orders) == 1
    counter.pay(view)
    lost = next(text for text in counter.gateway.payable if text != view.qr_text)
    counter.gateway.pay(lost)
    counter.polling.reconcile()
    payments = counter.ledger()["payments"]
    assert sorted(str(row["state"]) for row in payments) == ["captured", "refunded"]
    assert len(counter.ledger()["receipts"]) == 1


def test_an_answer_that_names_a_wrong_order_is_mended_by_our_own_reference(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = counter.gateway.create_order
    monkeypatch.setattr(
        counter.gateway,
        "create_order",
        lambda **asked: replace(create(**asked), order_id="order_00000000000099"),
    )
    view = counter.shown(Method.UPI_INTENT)
    assert view.order_id in counter.gateway.orders
    assert len(counter.gateway.orders) == 1
    counter.pay(view)
    assert [each.state for each in counter.polling.run().changed] == [AttemptState.PAID]


def test_an_answer_lost_for_good_is_unknown_not_failed(counter: Counter) -> None:
    counter.gateway.trouble("create_order", errors.OutcomeUnknownError("lost"), times=9)
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.payments.open(begun.uid)
    assert counter.payments.view(begun.uid).state is AttemptState.UNKNOWN


def test_an_interruption_after_the_order_is_recovered(counter: Counter) -> None:
    counter.gateway.trouble("create_intent", errors.OutcomeUnknownError("lost"), times=9)
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.payments.open(begun.uid)
    counter.gateway.troubles.clear()
    counter.restart()
    again = counter.payments.begin(
        begun.student_uid, counter.courses.find("PHY-11").uid, Method.AUTO
    )
    assert again.uid == begun.uid
    assert counter.payments.open(again.uid).state is AttemptState.AWAITING
    assert len(counter.gateway.orders) == 1


def test_without_a_connection_nothing_is_sent_and_the_fee_is_kept(counter: Counter) -> None:
    counter.gateway.trouble("create_order", errors.UnavailableError("refused"))
    student, course = counter.student(), counter.course(seats=1)
    begun = counter.payments.begin(student.uid, course.uid, Method.AUTO)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    assert counter.payments.view(begun.uid).state is AttemptState.CANCELLED
    assert counter.desk.connection.state().line is Connectivity.OFFLINE
    bill = counter.payments.quote(student.uid, course.uid)
    assert bill.is_kept
    assert not bill.obstacle
    assert counter.courses.detail(course.uid).seats_left == 1
    again = counter.payments.begin(student.uid, course.uid, Method.AUTO)
    counter.pay(counter.payments.open(again.uid))
    counter.polling.run()
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]


# --- features of the account


def test_auto_goes_to_the_next_channel_and_remembers(counter: Counter) -> None:
    off = errors.FeatureOffError("The requested URL was not found on the server.")
    counter.gateway.trouble("create_intent", off)
    counter.gateway.trouble("create_qr", off)
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.AUTO)
    view = counter.payments.open(begun.uid)
    assert view.method is Method.PAYMENT_LINK
    other = counter.student("R002", phone="9000000002")
    nxt = counter.payments.begin(other.uid, counter.courses.find("PHY-11").uid, Method.AUTO)
    assert nxt.method is Method.PAYMENT_LINK


def test_a_channel_asked_for_and_switched_off_is_refused(counter: Counter) -> None:
    counter.gateway.trouble("create_qr", errors.FeatureOffError("off"))
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.QR_CODE)
    with pytest.raises(errors.FeatureOffError):
        counter.payments.open(begun.uid)
    assert not counter.payments.waiting()


def test_an_account_without_unique_receipt_is_remembered(counter: Counter) -> None:
    counter.gateway.unique_receipt = False
    counter.shown(Method.UPI_INTENT)
    assert counter.gateway.calls.count("create_order") == 2
    other = counter.student("R002", phone="9000000002")
    begun = counter.payments.begin(other.uid, counter.courses.find("PHY-11").uid, Method.UPI_INTENT)
    counter.payments.open(begun.uid)
    assert counter.gateway.calls.count("create_order") == 3


def test_a_student_without_a_phone_gets_a_qr_code(counter: Counter) -> None:
    student, course = counter.student(phone=""), counter.course()
    assert counter.payments.begin(student.uid, course.uid, Method.AUTO).method is Method.QR_CODE


def test_an_intent_without_a_phone_is_refused_before_anything_is_sent(counter: Counter) -> None:
    begun = counter.payments.begin(
        counter.student(phone="").uid, counter.course().uid, Method.UPI_INTENT
    )
    with pytest.raises(errors.MissingPhoneError):
        counter.payments.open(begun.uid)
    assert counter.gateway.calls == []


def test_a_refusal_ends_the_attempt(counter: Counter) -> None:
    counter.gateway.trouble(
        "create_order", errors.RejectedError("Amount exceeds maximum amount allowed.")
    )
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.RejectedError):
        counter.payments.open(begun.uid)
    assert counter.payments.view(begun.uid).state is AttemptState.REJECTED


# --- cancelled, late, changed


@pytest.mark.parametrize("method", CHANNELS)
def test_a_payment_after_cancelling_is_booked_as_late(counter: Counter, method: Method) -> None:
    view = counter.shown(method)
    ended = counter.payments.expire(view.uid)
    assert (ended.state, ended.is_sure) == (AttemptState.EXPIRED, True)
    if method is not Method.UPI_INTENT:
        assert {"close_qr", "cancel_link"} & set(counter.gateway.calls)
    counter.pay(view)
    counter.clock.advance(2 * 86_400)
    report = counter.polling.reconcile()
    is_returned = method is Method.QR_CODE  # Razorpay refunds payments on a closed code
    state = AttemptState.EXPIRED if is_returned else AttemptState.PAID
    assert [(each.state, each.was_late) for each in report.changed] == [(state, True)]
    ledger = counter.ledger()
    assert [row["late"] for row in ledger["payments"]] == [True]
    assert [row["state"] for row in ledger["enrollments"]] == (
        ["pending"] if is_returned else ["active"]
    )
    assert len(ledger["refunds"]) == len(ledger["receipts"]) ^ 1


def test_cancelling_what_was_just_paid_says_paid(counter: Counter) -> None:
    view = counter.shown(Method.PAYMENT_LINK)
    counter.pay(view)
    assert counter.payments.cancel(view.uid).state is AttemptState.PAID


def test_cancelling_without_a_connection_is_uncertain(counter: Counter) -> None:
    view = counter.shown(Method.UPI_INTENT)
    for call in ("orders_since", "fetch_order"):
        counter.gateway.trouble(call, errors.UnavailableError("down"), times=5)
    ended = counter.payments.cancel(view.uid)
    assert (ended.state, ended.is_sure) == (AttemptState.CANCELLED, False)


def test_a_new_qr_goes_on_the_same_order_and_money_finds_its_attempt(counter: Counter) -> None:
    first = counter.shown(Method.UPI_INTENT)
    counter.payments.expire(first.uid)
    course = counter.courses.find("PHY-11")
    begun = counter.payments.begin(first.student_uid, course.uid, Method.UPI_INTENT)
    second = counter.payments.open(begun.uid)
    assert (second.order_id, second.uid) != (None, first.uid)
    assert len(counter.gateway.orders) == 1
    counter.pay(first)
    counter.polling.run()
    assert counter.payments.view(first.uid).state is AttemptState.PAID
    assert counter.payments.view(second.uid).state is AttemptState.CANCELLED


def test_changing_the_channel_closes_and_checks_first(counter: Counter) -> None:
    first = counter.shown(Method.QR_CODE)
    course = counter.courses.find("PHY-11")
    counter.gateway.calls.clear()
    begun = counter.payments.begin(first.student_uid, course.uid, Method.PAYMENT_LINK)
    counter.payments.open(begun.uid)
    order = [
        call for call in counter.gateway.calls if call in {"close_qr", "fetch_qr", "create_link"}
    ]
    assert order == ["close_qr", "fetch_qr", "create_link"]


def test_a_payment_found_while_changing_the_channel_creates_no_second_code(
    counter: Counter,
) -> None:
    first = counter.shown(Method.QR_CODE)
    counter.pay(first)
    course = counter.courses.find("PHY-11")
    begun = counter.payments.begin(first.student_uid, course.uid, Method.PAYMENT_LINK)
    shown = counter.payments.open(begun.uid)
    assert (shown.uid, shown.state) == (first.uid, AttemptState.PAID)
    assert not counter.gateway.links


def test_a_failed_check_while_changing_the_channel_creates_no_second_code(counter: Counter) -> None:
    first = counter.shown(Method.QR_CODE)
    counter.gateway.trouble("fetch_qr", errors.UnavailableError("down"), times=9)
    course = counter.courses.find("PHY-11")
    begun = counter.payments.begin(first.student_uid, course.uid, Method.PAYMENT_LINK)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    assert not counter.gateway.links


def test_cash_while_a_qr_is_open_wants_it_cancelled_first(counter: Counter) -> None:
    first = counter.shown(Method.UPI_INTENT)
    course = counter.courses.find("PHY-11")
    with pytest.raises(errors.OpenAttemptError):
        counter.payments.begin(first.student_uid, course.uid, Method.CASH)
    counter.payments.cancel(first.uid)
    paid = counter.payments.begin(first.student_uid, course.uid, Method.CASH)
    assert paid.state is AttemptState.PAID


def test_money_for_a_fee_paid_otherwise_is_kept_apart_with_a_receipt(counter: Counter) -> None:
    first = counter.shown(Method.UPI_INTENT)
    counter.payments.cancel(first.uid)
    course = counter.courses.find("PHY-11")
    counter.payments.begin(first.student_uid, course.uid, Method.CASH)
    counter.pay(first)
    counter.polling.reconcile()
    rows = counter.receipts.recent(5)
    assert {row.placement for row in rows} == {Placement.APPLIED, Placement.SURPLUS}
    assert all(row.receipt_no for row in rows)
    assert len(counter.ledger()["enrollments"]) == 1


# --- who may be asked to pay which amount


def test_a_student_is_enrolled_once(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    with pytest.raises(AlreadyEnrolledError):
        counter.payments.begin(student.uid, course.uid, Method.CASH)
    assert "already enrolled" in counter.payments.quote(student.uid, course.uid).obstacle


def test_an_open_qr_holds_its_seat_and_an_expired_one_does_not(counter: Counter) -> None:
    course = counter.course(seats=1)
    one, two = counter.student("R001"), counter.student("R002", phone="9000000002")
    begun = counter.payments.begin(one.uid, course.uid, Method.UPI_INTENT)
    view = counter.payments.open(begun.uid)
    calls = len(counter.gateway.calls)
    with pytest.raises(NoSeatError):
        counter.payments.begin(two.uid, course.uid, Method.UPI_INTENT)
    assert len(counter.gateway.calls) == calls
    counter.payments.expire(view.uid)
    counter.payments.begin(two.uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    assert {row.placement for row in counter.receipts.recent()} == {
        Placement.APPLIED,
        Placement.NO_SEAT,
    }
    states = sorted(str(row["state"]) for row in counter.ledger()["enrollments"])
    assert states == ["active", "pending"]


def test_a_fee_that_changed_after_the_quote_is_said_not_charged(counter: Counter) -> None:
    student, row = counter.student(), counter.course()
    bill = counter.payments.quote(student.uid, row.uid)
    counter.courses.change(row.uid, replace(row.course, fee=Money(1_200_000)))
    with pytest.raises(errors.PriceChangedError) as caught:
        counter.payments.begin(student.uid, row.uid, Method.AUTO, bill.total)
    assert caught.value.now == Money(1_200_000)
    assert counter.ledger()["enrollments"] == []


def test_a_fee_agreed_stays_as_agreed(counter: Counter) -> None:
    view = counter.shown()
    row = counter.courses.find("PHY-11")
    counter.courses.change(row.uid, replace(row.course, fee=Money(9_999_900)))
    assert counter.payments.quote(view.student_uid, row.uid).total == view.amount


def test_a_course_withdrawn_while_quoted_is_refused_by_name(counter: Counter) -> None:
    student, row = counter.student(), counter.course()
    counter.courses.withdraw(row.uid)
    with pytest.raises(errors.UnknownCourseError):
        counter.payments.begin(student.uid, row.uid, Method.AUTO)


@pytest.mark.parametrize(
    ("fee", "error"),
    [
        (Money(0), errors.NothingToCollectError),
        (Money(99), errors.AmountTooSmallError),
        (Money(1_00_000_01), errors.OverLimitError),
    ],
)
def test_amounts_that_upi_does_not_take(
    counter: Counter, fee: Money, error: type[errors.ServiceError]
) -> None:
    student = counter.student()
    # A course under ₹1 can only be an old one.
    row = counter.courses.add(replace(make_course(code="X", title="X", fee=ZERO), fee=fee))
    with pytest.raises(error):
        counter.payments.begin(student.uid, row.uid, Method.AUTO)
    assert counter.ledger()["enrollments"] == []


def test_an_account_verified_for_education_takes_five_lakh(counter: Counter) -> None:
    with counter.context.store.writing() as work:
        work.put_setting("upi.limit_paise", str(5_00_000_00))
        work.commit()
    student = counter.student()
    row = counter.courses.add(make_course(code="X", title="X", fee=Money(5_00_000_00)))
    assert counter.payments.begin(student.uid, row.uid, Method.AUTO).amount == Money(5_00_000_00)


def test_a_lapsed_attempt_is_no_longer_watched_but_paid_if_seen(counter: Counter) -> None:
    view = counter.shown(Method.UPI_INTENT)
    counter.payments.expire(view.uid)
    counter.clock.advance(7 * 86_400)
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.LAPSED


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_without_a_first_answer_the_fee_is_kept(
    counter: Counter, method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter.gateway, "now", lambda: None)
    counter.gateway.trouble("ping", errors.UnavailableError("refused"), times=9)
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, method)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    assert counter.payments.view(begun.uid).state is AttemptState.CANCELLED
    assert counter.payments.waiting() == ()


def test_live_attempts_are_missed_under_test_keys_and_not_the_reverse(counter: Counter) -> None:
    counter.gateway.key_id = "rzp_test_fake0000000001"
    counter.shown(Method.UPI_INTENT)
    counter.gateway.key_id = "rzp_live_fake0000000001"
    assert counter.polling.reconcile().is_complete
    other = counter.student("R002", phone="9000000002")
    begun = counter.payments.begin(other.uid, counter.courses.find("PHY-11").uid, Method.UPI_INTENT)
    counter.payments.open(begun.uid)
    counter.gateway.key_id = "rzp_test_fake0000000001"
    assert counter.polling.reconcile().unreachable == 1


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_a_code_that_was_closed_elsewhere_is_not_shown_again(
    counter: Counter, method: Method
) -> None:
    view = counter.shown(method)
    remote_id = counter.context.store.reader.attempts.get(view.uid)[0].remote_id or ""
    if method is Method.QR_CODE:
        counter.gateway.close_qr(remote_id)
    else:
        counter.gateway.cancel_link(remote_id)
        counter.polling.run()
        counter.clock.advance(30)  # a link is fetched now and then; QR codes are listed each time
    [ended] = counter.polling.run().changed
    assert (ended.uid, ended.state) == (view.uid, AttemptState.CANCELLED)
    course = counter.courses.find("PHY-11")
    again = counter.payments.open(
        counter.payments.begin(view.student_uid, course.uid, method).uid
    )  # fmt: skip
    assert (again.state, again.qr_text == view.qr_text) == (AttemptState.AWAITING, False)


def test_a_code_that_closed_because_it_was_paid_is_looked_at_until_its_payment_shows(
    counter: Counter,
) -> None:
    view = counter.shown(Method.QR_CODE)
    [qr_id] = counter.gateway.codes
    counter.gateway.codes[qr_id] = replace(
        counter.gateway.codes[qr_id], status="closed", close_reason="paid"
    )
    look = counter.polling.run()
    assert (look.changed, look.succeeded) == ((), False)
    assert counter.payments.view(view.uid).state is AttemptState.AWAITING


def test_the_upi_limit_does_not_bind_a_payment_link(counter: Counter) -> None:
    student = counter.student()
    row = counter.courses.add(make_course(code="X", title="X", fee=Money(1_45_000_00)))
    for method in (Method.AUTO, Method.UPI_INTENT, Method.QR_CODE):
        with pytest.raises(errors.OverLimitError):
            counter.payments.begin(student.uid, row.uid, method)
    begun = counter.payments.begin(student.uid, row.uid, Method.PAYMENT_LINK)
    view = counter.payments.open(begun.uid)
    counter.pay(view)
    counter.polling.run()
    assert counter.payments.view(view.uid).state is AttemptState.PAID


def test_a_fee_of_an_archived_course_can_still_be_collected(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    counter.desk.enrolments.enrol(student.uid, course.uid)
    counter.courses.withdraw(course.uid)
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.total, bill.obstacle) == (course.total, "")
    assert counter.courses.detail(course.uid).course.code == course.course.code
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total)
    assert paid.state is AttemptState.PAID
    other = counter.student("R002", phone="9000000002")
    with pytest.raises(errors.UnknownCourseError):
        counter.payments.quote(other.uid, course.uid)
