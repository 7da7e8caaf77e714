"""Collecting on a real database: paid, failed, late, lost answers, seats, one live per due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import AlreadyEnrolledError, NoSeatError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services import errors
from desktop_app.services.views.settings import Connectivity

if TYPE_CHECKING:
    from tests.integration.conftest import Till

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]


@pytest.mark.parametrize("method", [Method.AUTO, *CHANNELS])
def test_a_fee_is_shown_paid_and_booked_in_one_transaction(till: Till, method: Method) -> None:
    view = till.shown(method)
    till.pay(view)
    look = till.polling.run()
    assert look.succeeded
    assert look.next_in_s is None
    [paid] = look.changed
    assert (paid.state, paid.receipt_no) == (AttemptState.PAID, "D1/26-27/000001")
    ledger = till.ledger()
    assert [row["state"] for row in ledger["enrollments"]] == ["active"]
    assert [row["amount"] for row in ledger["payments"]] == [1_180_000]
    assert [row["number"] for row in ledger["receipts"]] == ["D1/26-27/000001"]
    assert paid.rrn is not None
    assert till.desk.connection.state().line is Connectivity.ONLINE


def test_repeated_polls_book_once(till: Till) -> None:
    till.pay(till.shown())
    for _ in range(3):
        till.polling.run()
        till.polling.reconcile()
    ledger = till.ledger()
    assert len(ledger["payments"]) == len(ledger["receipts"]) == 1
    with till.context.store.reading() as books:
        assert books.receipts.last_sequence("D1", "26-27") == 1


def test_nothing_is_sent_before_the_intent_is_written(till: Till) -> None:
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.AUTO)
    assert begun.state is AttemptState.INTENT
    assert till.gateway.calls == []
    assert [row["state"] for row in till.ledger()["attempts"]] == ["intent"]


def test_cash_needs_no_gateway(till: Till) -> None:
    paid = till.payments.begin(till.student().uid, till.course().uid, Method.CASH)
    assert (paid.state, paid.payment_id, paid.receipt_no) == (
        AttemptState.PAID, None, "D1/26-27/000001",
    )  # fmt: skip
    assert till.gateway.calls == []
    assert [row["payment_id"] for row in till.ledger()["receipts"]] == [None]


def test_a_failed_try_is_shown_and_the_next_one_pays(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view, "failure")
    look = till.polling.run()
    assert [(each.state, each.failure) for each in look.changed] == [
        (AttemptState.AWAITING, "Not enough money")
    ]
    assert till.polling.run().changed == ()
    till.pay(view)
    assert [each.state for each in till.polling.run().changed] == [AttemptState.PAID]


def test_an_authorised_payment_is_captured_by_the_desk(till: Till) -> None:
    till.gateway.auto_capture = False
    till.pay(till.shown(Method.UPI_INTENT))
    till.polling.run()
    assert "capture" in till.gateway.calls
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]


@pytest.mark.parametrize("method", CHANNELS)
def test_an_authorised_payment_is_said_to_be_seen_until_it_is_captured(
    till: Till, method: Method
) -> None:
    till.gateway.auto_capture = False
    view = till.shown(method)
    assert not view.is_seen
    till.pay(view)
    till.gateway.trouble("capture", errors.UnavailableError("no route"), is_done=False)
    look = till.polling.run(asked=True)
    assert [(each.state, each.is_seen) for each in look.waiting] == [(AttemptState.AWAITING, True)]
    assert [each.is_seen for each in look.changed] == [True]
    assert till.payments.view(view.uid).is_seen
    assert till.ledger()["payments"] == [], "seen is a word for the screen, not money"
    [paid] = till.polling.run(asked=True).changed
    assert (paid.state, paid.is_seen) == (AttemptState.PAID, False)


def test_a_payment_that_the_bank_takes_back_is_no_longer_seen(till: Till) -> None:
    till.gateway.auto_capture = False
    view = till.shown(Method.UPI_INTENT)
    till.pay(view)
    till.gateway.trouble("capture", errors.UnavailableError("no route"), is_done=False)
    till.polling.run()
    [payment_id] = [
        each.payment_id for each in till.gateway.payments.values() if each.status == "authorized"
    ]
    gone = replace(till.gateway.payments[payment_id], status="failed", error_reason="timed out")
    till.gateway.payments[payment_id] = gone
    [failed] = till.polling.run().changed
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
    till: Till, method: Method, call: str, is_done: bool
) -> None:
    till.gateway.unique_receipt = False
    till.gateway.trouble(call, errors.OutcomeUnknownError("lost"), is_done=is_done)
    view = till.shown(method)
    made: dict[str, list[Any]] = {
        "create_order": [each for each in till.gateway.orders.values() if each.receipt],
        "create_qr": list(till.gateway.codes.values()),
        "create_link": list(till.gateway.links.values()),
    }
    assert len(made[call]) == 1
    till.pay(view)
    assert [each.state for each in till.polling.run().changed] == [AttemptState.PAID]
    waited = sum(till.clock.slept)
    assert waited >= 10 if not is_done else waited < 10, "create again only after a read deadline"


def test_a_lost_intent_may_be_made_again_on_the_same_order(till: Till) -> None:
    till.gateway.trouble("create_intent", errors.OutcomeUnknownError("lost"), is_done=True)
    view = till.shown(Method.UPI_INTENT)
    assert len(till.gateway.orders) == 1
    till.pay(view)
    lost = next(text for text in till.gateway.payable if text != view.qr_text)
    till.gateway.pay(lost)
    till.polling.reconcile()
    payments = till.ledger()["payments"]
    assert sorted(str(row["state"]) for row in payments) == ["captured", "refunded"]
    assert len(till.ledger()["receipts"]) == 1


def test_an_answer_that_names_a_wrong_order_is_mended_by_our_own_reference(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = till.gateway.create_order
    monkeypatch.setattr(
        till.gateway,
        "create_order",
        lambda **asked: replace(create(**asked), order_id="order_00000000000099"),
    )
    view = till.shown(Method.UPI_INTENT)
    assert view.order_id in till.gateway.orders
    assert len(till.gateway.orders) == 1
    till.pay(view)
    assert [each.state for each in till.polling.run().changed] == [AttemptState.PAID]


def test_an_answer_lost_for_good_is_unknown_not_failed(till: Till) -> None:
    till.gateway.trouble("create_order", errors.OutcomeUnknownError("lost"), times=9)
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.OutcomeUnknownError):
        till.payments.open(begun.uid)
    assert till.payments.view(begun.uid).state is AttemptState.UNKNOWN


def test_an_interruption_after_the_order_is_recovered(till: Till) -> None:
    till.gateway.trouble("create_intent", errors.OutcomeUnknownError("lost"), times=9)
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.OutcomeUnknownError):
        till.payments.open(begun.uid)
    till.gateway.troubles.clear()
    till.restart()
    again = till.payments.begin(begun.student_uid, till.courses.find("PHY-11").uid, Method.AUTO)
    assert again.uid == begun.uid
    assert till.payments.open(again.uid).state is AttemptState.AWAITING
    assert len(till.gateway.orders) == 1


def test_without_a_connection_nothing_is_sent_and_the_fee_is_kept(till: Till) -> None:
    till.gateway.trouble("create_order", errors.UnavailableError("refused"))
    student, course = till.student(), till.course(seats=1)
    begun = till.payments.begin(student.uid, course.uid, Method.AUTO)
    with pytest.raises(errors.UnavailableError):
        till.payments.open(begun.uid)
    assert till.payments.view(begun.uid).state is AttemptState.CANCELLED
    assert till.desk.connection.state().line is Connectivity.OFFLINE
    bill = till.payments.quote(student.uid, course.uid)
    assert bill.is_kept
    assert not bill.obstacle
    assert till.courses.detail(course.uid).seats_left == 1
    again = till.payments.begin(student.uid, course.uid, Method.AUTO)
    till.pay(till.payments.open(again.uid))
    till.polling.run()
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]


# --- features of the account


def test_auto_goes_to_the_next_channel_and_remembers(till: Till) -> None:
    off = errors.FeatureOffError("The requested URL was not found on the server.")
    till.gateway.trouble("create_intent", off)
    till.gateway.trouble("create_qr", off)
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.AUTO)
    view = till.payments.open(begun.uid)
    assert view.method is Method.PAYMENT_LINK
    other = till.student("R002", phone="9000000002")
    nxt = till.payments.begin(other.uid, till.courses.find("PHY-11").uid, Method.AUTO)
    assert nxt.method is Method.PAYMENT_LINK


def test_a_channel_asked_for_and_switched_off_is_refused(till: Till) -> None:
    till.gateway.trouble("create_qr", errors.FeatureOffError("off"))
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.QR_CODE)
    with pytest.raises(errors.FeatureOffError):
        till.payments.open(begun.uid)
    assert not till.payments.waiting()


def test_an_account_without_unique_receipt_is_remembered(till: Till) -> None:
    till.gateway.unique_receipt = False
    till.shown(Method.UPI_INTENT)
    assert till.gateway.calls.count("create_order") == 2
    other = till.student("R002", phone="9000000002")
    begun = till.payments.begin(other.uid, till.courses.find("PHY-11").uid, Method.UPI_INTENT)
    till.payments.open(begun.uid)
    assert till.gateway.calls.count("create_order") == 3


def test_a_student_without_a_phone_gets_a_qr_code(till: Till) -> None:
    student, course = till.student(phone=""), till.course()
    assert till.payments.begin(student.uid, course.uid, Method.AUTO).method is Method.QR_CODE


def test_an_intent_without_a_phone_is_refused_before_anything_is_sent(till: Till) -> None:
    begun = till.payments.begin(till.student(phone="").uid, till.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.MissingPhoneError):
        till.payments.open(begun.uid)
    assert till.gateway.calls == []


def test_a_refusal_ends_the_attempt(till: Till) -> None:
    till.gateway.trouble(
        "create_order", errors.RejectedError("Amount exceeds maximum amount allowed.")
    )
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.UPI_INTENT)
    with pytest.raises(errors.RejectedError):
        till.payments.open(begun.uid)
    assert till.payments.view(begun.uid).state is AttemptState.REJECTED


# --- cancelled, late, changed


@pytest.mark.parametrize("method", CHANNELS)
def test_a_payment_after_cancelling_is_booked_as_late(till: Till, method: Method) -> None:
    view = till.shown(method)
    ended = till.payments.expire(view.uid)
    assert (ended.state, ended.is_sure) == (AttemptState.EXPIRED, True)
    if method is not Method.UPI_INTENT:
        assert {"close_qr", "cancel_link"} & set(till.gateway.calls)
    till.pay(view)
    till.clock.advance(2 * 86_400)
    report = till.polling.reconcile()
    is_returned = method is Method.QR_CODE  # Razorpay refunds payments on a closed code
    state = AttemptState.EXPIRED if is_returned else AttemptState.PAID
    assert [(each.state, each.was_late) for each in report.changed] == [(state, True)]
    ledger = till.ledger()
    assert [row["late"] for row in ledger["payments"]] == [True]
    assert [row["state"] for row in ledger["enrollments"]] == (
        ["pending"] if is_returned else ["active"]
    )
    assert len(ledger["refunds"]) == len(ledger["receipts"]) ^ 1


def test_cancelling_what_was_just_paid_says_paid(till: Till) -> None:
    view = till.shown(Method.PAYMENT_LINK)
    till.pay(view)
    assert till.payments.cancel(view.uid).state is AttemptState.PAID


def test_cancelling_without_a_connection_is_uncertain(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    for call in ("orders_since", "fetch_order"):
        till.gateway.trouble(call, errors.UnavailableError("down"), times=5)
    ended = till.payments.cancel(view.uid)
    assert (ended.state, ended.is_sure) == (AttemptState.CANCELLED, False)


def test_a_new_qr_goes_on_the_same_order_and_money_finds_its_attempt(till: Till) -> None:
    first = till.shown(Method.UPI_INTENT)
    till.payments.expire(first.uid)
    course = till.courses.find("PHY-11")
    begun = till.payments.begin(first.student_uid, course.uid, Method.UPI_INTENT)
    second = till.payments.open(begun.uid)
    assert (second.order_id, second.uid) != (None, first.uid)
    assert len(till.gateway.orders) == 1
    till.pay(first)
    till.polling.run()
    assert till.payments.view(first.uid).state is AttemptState.PAID
    assert till.payments.view(second.uid).state is AttemptState.CANCELLED


def test_changing_the_channel_closes_and_checks_first(till: Till) -> None:
    first = till.shown(Method.QR_CODE)
    course = till.courses.find("PHY-11")
    till.gateway.calls.clear()
    begun = till.payments.begin(first.student_uid, course.uid, Method.PAYMENT_LINK)
    till.payments.open(begun.uid)
    order = [call for call in till.gateway.calls if call in {"close_qr", "fetch_qr", "create_link"}]
    assert order == ["close_qr", "fetch_qr", "create_link"]


def test_a_payment_found_while_changing_the_channel_creates_no_second_code(till: Till) -> None:
    first = till.shown(Method.QR_CODE)
    till.pay(first)
    course = till.courses.find("PHY-11")
    begun = till.payments.begin(first.student_uid, course.uid, Method.PAYMENT_LINK)
    shown = till.payments.open(begun.uid)
    assert (shown.uid, shown.state) == (first.uid, AttemptState.PAID)
    assert not till.gateway.links


def test_a_failed_check_while_changing_the_channel_creates_no_second_code(till: Till) -> None:
    first = till.shown(Method.QR_CODE)
    till.gateway.trouble("fetch_qr", errors.UnavailableError("down"), times=9)
    course = till.courses.find("PHY-11")
    begun = till.payments.begin(first.student_uid, course.uid, Method.PAYMENT_LINK)
    with pytest.raises(errors.UnavailableError):
        till.payments.open(begun.uid)
    assert not till.gateway.links


def test_cash_while_a_qr_is_open_wants_it_cancelled_first(till: Till) -> None:
    first = till.shown(Method.UPI_INTENT)
    course = till.courses.find("PHY-11")
    with pytest.raises(errors.OpenAttemptError):
        till.payments.begin(first.student_uid, course.uid, Method.CASH)
    till.payments.cancel(first.uid)
    paid = till.payments.begin(first.student_uid, course.uid, Method.CASH)
    assert paid.state is AttemptState.PAID


def test_money_for_a_fee_paid_otherwise_is_kept_apart_with_a_receipt(till: Till) -> None:
    first = till.shown(Method.UPI_INTENT)
    till.payments.cancel(first.uid)
    course = till.courses.find("PHY-11")
    till.payments.begin(first.student_uid, course.uid, Method.CASH)
    till.pay(first)
    till.polling.reconcile()
    rows = till.receipts.recent(5)
    assert {row.placement for row in rows} == {Placement.DUE, Placement.SURPLUS}
    assert all(row.receipt_no for row in rows)
    assert len(till.ledger()["enrollments"]) == 1


# --- who may be asked to pay which amount


def test_a_student_is_enrolled_once(till: Till) -> None:
    student, course = till.student(), till.course()
    till.payments.begin(student.uid, course.uid, Method.CASH)
    with pytest.raises(AlreadyEnrolledError):
        till.payments.begin(student.uid, course.uid, Method.CASH)
    assert "already enrolled" in till.payments.quote(student.uid, course.uid).obstacle


def test_an_open_qr_holds_its_seat_and_an_expired_one_does_not(till: Till) -> None:
    course = till.course(seats=1)
    one, two = till.student("R001"), till.student("R002", phone="9000000002")
    begun = till.payments.begin(one.uid, course.uid, Method.UPI_INTENT)
    view = till.payments.open(begun.uid)
    calls = len(till.gateway.calls)
    with pytest.raises(NoSeatError):
        till.payments.begin(two.uid, course.uid, Method.UPI_INTENT)
    assert len(till.gateway.calls) == calls
    till.payments.expire(view.uid)
    till.payments.begin(two.uid, course.uid, Method.CASH)
    till.pay(view)
    till.polling.reconcile()
    assert {row.placement for row in till.receipts.recent()} == {Placement.DUE, Placement.NO_SEAT}
    states = sorted(str(row["state"]) for row in till.ledger()["enrollments"])
    assert states == ["active", "pending"]


def test_a_fee_that_changed_after_the_quote_is_said_not_charged(till: Till) -> None:
    student, row = till.student(), till.course()
    bill = till.payments.quote(student.uid, row.uid)
    till.courses.change(row.uid, replace(row.course, fee=Money(1_200_000)))
    with pytest.raises(errors.PriceChangedError) as caught:
        till.payments.begin(student.uid, row.uid, Method.AUTO, bill.total)
    assert caught.value.now == Money(1_200_000)
    assert till.ledger()["enrollments"] == []


def test_a_fee_agreed_stays_as_agreed(till: Till) -> None:
    view = till.shown()
    row = till.courses.find("PHY-11")
    till.courses.change(row.uid, replace(row.course, fee=Money(9_999_900)))
    assert till.payments.quote(view.student_uid, row.uid).total == view.amount


def test_a_course_withdrawn_while_quoted_is_refused_by_name(till: Till) -> None:
    student, row = till.student(), till.course()
    till.courses.withdraw(row.uid)
    with pytest.raises(errors.UnknownCourseError):
        till.payments.begin(student.uid, row.uid, Method.AUTO)


@pytest.mark.parametrize(
    ("fee", "error"),
    [
        (Money(0), errors.NothingToCollectError),
        (Money(99), errors.AmountTooSmallError),
        (Money(1_00_000_01), errors.OverLimitError),
    ],
)
def test_amounts_that_upi_does_not_take(
    till: Till, fee: Money, error: type[errors.ServiceError]
) -> None:
    student = till.student()
    row = till.courses.add(make_course(code="X", title="X", fee=fee))
    with pytest.raises(error):
        till.payments.begin(student.uid, row.uid, Method.AUTO)
    assert till.ledger()["enrollments"] == []


def test_an_account_verified_for_education_takes_five_lakh(till: Till) -> None:
    with till.context.store.writing() as work:
        work.put_setting("upi.limit_paise", str(5_00_000_00))
        work.commit()
    student = till.student()
    row = till.courses.add(make_course(code="X", title="X", fee=Money(5_00_000_00)))
    assert till.payments.begin(student.uid, row.uid, Method.AUTO).amount == Money(5_00_000_00)


def test_a_lapsed_attempt_is_no_longer_watched_but_paid_if_seen(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.payments.expire(view.uid)
    till.clock.advance(7 * 86_400)
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.LAPSED


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_without_a_first_answer_the_fee_is_kept(
    till: Till, method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till.gateway, "now", lambda: None)
    till.gateway.trouble("ping", errors.UnavailableError("refused"), times=9)
    begun = till.payments.begin(till.student().uid, till.course().uid, method)
    with pytest.raises(errors.UnavailableError):
        till.payments.open(begun.uid)
    assert till.payments.view(begun.uid).state is AttemptState.CANCELLED
    assert till.payments.waiting() == ()


def test_live_attempts_are_missed_under_test_keys_and_not_the_reverse(till: Till) -> None:
    till.shown(Method.UPI_INTENT)
    till.gateway.key_id = "rzp_live_fake0000000001"
    assert till.polling.reconcile().is_complete
    other = till.student("R002", phone="9000000002")
    begun = till.payments.begin(other.uid, till.courses.find("PHY-11").uid, Method.UPI_INTENT)
    till.payments.open(begun.uid)
    till.gateway.key_id = "rzp_test_fake0000000001"
    assert till.polling.reconcile().unreachable == 1


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_a_code_that_was_closed_elsewhere_is_not_shown_again(till: Till, method: Method) -> None:
    view = till.shown(method)
    remote_id = till.context.store.reader.attempts.get(view.uid)[0].remote_id or ""
    if method is Method.QR_CODE:
        till.gateway.close_qr(remote_id)
    else:
        till.gateway.cancel_link(remote_id)
        till.polling.run()
        till.clock.advance(30)  # a link is fetched now and then; QR codes are listed each time
    [ended] = till.polling.run().changed
    assert (ended.uid, ended.state) == (view.uid, AttemptState.CANCELLED)
    course = till.courses.find("PHY-11")
    again = till.payments.open(
        till.payments.begin(view.student_uid, course.uid, method).uid
    )  # fmt: skip
    assert (again.state, again.qr_text == view.qr_text) == (AttemptState.AWAITING, False)


def test_a_code_that_closed_because_it_was_paid_is_looked_at_until_its_payment_shows(
    till: Till,
) -> None:
    view = till.shown(Method.QR_CODE)
    [qr_id] = till.gateway.codes
    till.gateway.codes[qr_id] = replace(
        till.gateway.codes[qr_id], status="closed", close_reason="paid"
    )
    look = till.polling.run()
    assert (look.changed, look.succeeded) == ((), False)
    assert till.payments.view(view.uid).state is AttemptState.AWAITING


def test_the_upi_limit_does_not_bind_a_payment_link(till: Till) -> None:
    student = till.student()
    row = till.courses.add(make_course(code="X", title="X", fee=Money(1_45_000_00)))
    for method in (Method.AUTO, Method.UPI_INTENT, Method.QR_CODE):
        with pytest.raises(errors.OverLimitError):
            till.payments.begin(student.uid, row.uid, method)
    begun = till.payments.begin(student.uid, row.uid, Method.PAYMENT_LINK)
    view = till.payments.open(begun.uid)
    till.pay(view)
    till.polling.run()
    assert till.payments.view(view.uid).state is AttemptState.PAID
