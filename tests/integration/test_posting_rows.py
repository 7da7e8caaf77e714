"""Posting, row by row: a payment, what it pays, what goes back, and what a look concludes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.payments.status_check import StatusChecker
from desktop_app.services.ports.gateway import RefundFact
from desktop_app.services.refunds.external import (
    AT_FIRST_S,
    OVERLAP_S,
    SEEN_UNTIL,
    ExternalRefunds,
)
from tests.integration.test_after_payment import balance
from tests.integration.test_money_rows import events, payment_of
from tests.integration.test_outbox import DOWN, paid
from tests.integration.test_outbox_answers import audit
from tests.integration.test_restored_money import FEE, attempt_of, details

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

pytestmark = pytest.mark.usefixtures("books_hold")
CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]


# --- a payment


@pytest.mark.parametrize("method", CHANNELS)
def test_every_field_of_a_payment_is_kept(till: Till, method: Method) -> None:
    view = till.shown(method)
    till.clock.advance(30)
    payment_id = till.pay(view)
    till.gateway._set(payment_id, vpa="asha@okaxis", fee_paise=2_360, tax_paise=360)
    till.polling.run()
    fact, attempt = till.gateway.payments[payment_id], attempt_of(till, view.uid)
    row = payment_of(till, payment_id)
    assert (row.attempt_uid, row.enrollment_uid) == (view.uid, attempt.enrollment_uid)
    assert row.student_uid == till.students.find("R001").uid
    assert (row.method, row.amount, row.is_late) == (method, FEE, False)
    assert row.received_at.timestamp() == fact.created_at
    assert (row.placement, row.rrn, row.vpa_masked) == (Placement.DUE, fact.rrn, "as••••@okaxis")
    assert (row.fee_paise, row.tax_paise) == (2_360, 360)
    assert row.order_id == (fact.order_id or attempt.order_id)
    assert attempt.state is AttemptState.PAID
    assert events(till, view.uid)[-1] == ("paid", payment_id)
    [noted] = details(till, "payment.received")
    assert noted == {
        "attempt": view.uid, "amount": FEE.paise, "payment_id": payment_id, "placement": "due",
    }  # fmt: skip


def test_every_field_of_cash_is_kept(till: Till) -> None:
    student, course = till.student(), till.course()
    begun = till.payments.begin(student.uid, course.uid, Method.CASH)
    [row] = till.ledger()["payments"]
    with till.context.store.reading() as books:
        payment = books.payments.find(str(row["id"]))
    assert payment is not None
    assert (payment.method, payment.amount, payment.is_late) == (Method.CASH, FEE, False)
    assert (payment.placement, payment.payment_id) == (Placement.DUE, None)
    assert payment.received_at == till.context.now()
    assert balance(till) == {"cash": FEE.paise, "fees": -FEE.paise}
    assert events(till, begun.uid)[-1] == ("paid", "cash")


@pytest.mark.parametrize("live", [True, False])
def test_a_payment_after_its_attempt_ended_is_late(till: Till, live: bool) -> None:
    view = till.shown(Method.UPI_INTENT)
    if not live:
        till.payments.expire(view.uid)
    till.pay(view)
    till.polling.reconcile()
    [row] = till.ledger()["payments"]
    assert bool(row["late"]) is not live
    action = "payment.received" if live else "payment.late"
    assert len(details(till, action)) == 1


def test_a_receipt_shows_what_was_true_when_it_was_issued(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    payment_id = till.pay(view)
    till.polling.run()
    receipt = till.receipts.latest()
    assert receipt is not None
    fact = till.gateway.payments[payment_id]
    assert (receipt.number, receipt.amount) == ("D1/26-27/000001", FEE)
    assert (receipt.student_name, receipt.roll_no) == ("Student R001", "R001")
    assert (receipt.course_code, receipt.course_label) == ("PHY-11", "Physics XI · Morning")
    assert (receipt.payment_id, receipt.rrn) == (payment_id, fact.rrn)
    assert receipt.order_id == fact.order_id
    assert (receipt.method, receipt.placement) == (Method.UPI_INTENT, Placement.DUE)
    assert (receipt.sac, receipt.gst_rate, receipt.is_training) == ("", "", False)
    assert receipt.words == "Eleven thousand eight hundred rupees only"


@pytest.mark.parametrize(("rate", "sac", "shown"), [(1_800, "999293", "18 %"), (0, "", "")])
def test_a_receipt_names_the_service_only_where_it_is_taxed(
    till: Till, rate: int, sac: str, shown: str
) -> None:
    with till.context.store.writing() as work:
        work.put_setting("centre.gstin", "27AAPFU0939F1ZV")
        work.commit()
    course = till.courses.add(
        make_course(code="X", title="X", batch="", fee=FEE, gst_bp=rate, seats=None)
    )
    till.payments.begin(till.student().uid, course.uid, Method.CASH)
    receipt = till.receipts.latest()
    assert receipt is not None
    assert (receipt.sac, receipt.gst_rate) == (sac, shown)
    assert receipt.centre.gstin == "27AAPFU0939F1ZV"


def test_money_that_is_back_already_gets_no_receipt_and_pays_nothing(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    payment_id = till.pay(view)
    till.gateway._set(payment_id, status="refunded", amount_refunded_paise=FEE.paise)
    till.polling.run()
    row = payment_of(till, payment_id)
    assert row.placement is Placement.RETURNED
    assert till.receipts.latest() is None
    assert balance(till) == {}
    assert attempt_of(till, view.uid).state is not AttemptState.PAID
    assert [each["state"] for each in till.ledger()["enrollments"]] == ["pending"]
    assert till.desk.unapplied.held() == ()
    [refund] = till.desk.refunds.of(payment_id)
    assert (refund.amount, refund.state, refund.origin) == (FEE, RefundState.PROCESSED, "gateway")
    assert details(till, "refund.noticed") == [{"payment": row.uid, "amount": FEE.paise}]


def test_a_student_who_paid_is_served_last(till: Till) -> None:
    till.student("R002", phone="9000000002")
    till.course()
    view = till.payments.open(
        till.payments.begin(
            till.student("R001").uid, till.courses.find("PHY-11").uid, Method.UPI_INTENT
        ).uid
    )
    till.pay(view)
    till.polling.run()
    with till.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        served = reading.execute("SELECT roll_no FROM students WHERE served_at IS NOT NULL").all()
    assert [row.roll_no for row in served] == ["R001"]


# --- what goes back


def test_a_part_that_goes_back_keeps_the_enrolment_and_the_rest_ends_it(till: Till) -> None:
    payment_id = paid(till)
    till.desk.refunds.refund(payment_id, Money(FEE.paise - 1), "a part")
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]
    till.desk.refunds.refund(payment_id, Money(1), "the rest")
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["cancelled"]
    assert len(details(till, "enrollment.cancelled")) == 1
    assert details(till, "enrollment.cancelled") == [{"why": "refunded"}]
    assert balance(till) == {}
    assert details(till, "refund.processed") == [{"amount": FEE.paise - 1}, {"amount": 1}]


def test_a_refund_that_is_only_asked_for_ends_nothing(till: Till) -> None:
    payment_id = paid(till)
    till.desk.refunds.refund(payment_id, Money(FEE.paise - 100), "a part")
    till.gateway.trouble("refund", DOWN)
    till.desk.refunds.refund(payment_id, Money(100), "the rest")
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]


@pytest.mark.parametrize("state", ["processed", "failed"])
def test_a_pending_refund_is_posted_once(till: Till, state: str) -> None:
    payment_id = paid(till)
    till.gateway.refund_status = "pending"
    made = till.desk.refunds.refund(payment_id, Money(500), "a part")
    assert balance(till) == {"gateway": FEE.paise - 500, "fees": -(FEE.paise - 500)}
    till.gateway.settle_refund(made.uid.replace("-", ""), state)
    till.polling.reconcile()
    left = FEE.paise - (500 if state == "processed" else 0)
    assert balance(till) == {"gateway": left, "fees": -left}
    till.polling.reconcile()
    assert balance(till) == {"gateway": left, "fees": -left}


def test_a_refund_that_failed_at_once_moves_nothing(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.refund_status = "failed"
    till.desk.refunds.refund(payment_id, None, "leaves")
    assert balance(till) == {"gateway": FEE.paise, "fees": -FEE.paise}
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]


def test_what_a_refund_asks_for_is_written_before_it_is_sent(till: Till) -> None:
    payment_id = paid(till)
    made = till.desk.refunds.refund(payment_id, Money(500), "  leaves  early ")
    row = payment_of(till, payment_id)
    assert (made.payment_uid, made.origin, made.reason) == (row.uid, "desk", "leaves early")
    assert details(till, "refund.asked") == [
        {"payment": row.uid, "amount": 500, "reason": "leaves early"}
    ]
    with till.context.store.reading() as books:
        command = books.outbox.get(made.uid)
    assert command is not None
    assert (command.remote_id, command.key_id) == (payment_id, till.gateway.key_id)


def test_an_unknown_payment_has_no_refunds(till: Till) -> None:
    for ask in (till.desk.refunds.of, till.desk.refunds.basis):
        with pytest.raises(errors.UnknownPaymentError):
            ask("pay_another")


# --- refunds of the dashboard


def dashboard(till: Till, payment_id: str, paise: int, *, status: str = "processed") -> str:
    """Somebody refunds on Razorpay's dashboard."""
    key = f"dashboard {len(till.gateway.refunds)}"
    till.gateway.refunds[key] = RefundFact(
        till.gateway._id("rfnd"), payment_id, paise, status, till.gateway._now(), None
    )
    back = till.gateway.payments[payment_id].amount_refunded_paise + paise
    till.gateway._set(payment_id, amount_refunded_paise=back)
    return key


def test_the_first_look_goes_back_a_month_and_a_later_one_three_days(till: Till) -> None:
    asked: list[int] = []
    real = till.gateway.refunds_since

    def since(start: int, *, skip: int = 0) -> tuple[RefundFact, ...]:
        asked.append(start)
        return real(start, skip=skip)

    till.gateway.refunds_since = since  # type: ignore[method-assign,assignment]
    watch = ExternalRefunds(till.context)
    first = till.gateway._now()
    till.gateway.ping()
    assert watch.notice() == 0
    till.clock.advance(5 * 86_400)
    assert watch.notice() == 0
    assert asked == [first - AT_FIRST_S, first - OVERLAP_S]
    assert (AT_FIRST_S, OVERLAP_S) == (30 * 86_400, 3 * 86_400)


def test_how_far_was_looked_is_stored_once_a_day(till: Till) -> None:
    watch = ExternalRefunds(till.context)
    watch.notice()
    first = till.context.store.reader.settings.all()[SEEN_UNTIL]
    till.clock.advance(86_400 - 1)
    watch.notice()
    assert till.context.store.reader.settings.all()[SEEN_UNTIL] == first
    till.clock.advance(1)
    watch.notice()
    assert int(till.context.store.reader.settings.all()[SEEN_UNTIL]) == int(first) + 86_400


def test_every_page_of_refunds_is_read(till: Till) -> None:
    payment_id = paid(till)
    dashboard(till, payment_id, 500)
    now = till.gateway._now()
    for number in range(150):
        till.gateway.refunds[f"shop {number}"] = RefundFact(
            f"rfnd_{number}", "pay_of_a_shop", 1, "processed", now, None
        )
    till.gateway.calls.clear()
    assert ExternalRefunds(till.context).notice() == 0
    assert till.gateway.calls.count("refunds_since") == 2
    assert [each.amount for each in till.desk.refunds.of(payment_id)] == [Money(500)]


def test_a_refund_is_asked_about_once(till: Till) -> None:
    payment_id = paid(till)
    dashboard(till, payment_id, 500)
    watch = ExternalRefunds(till.context)
    watch.notice()
    till.gateway.calls.clear()
    watch.notice()
    assert "fetch_payment" not in till.gateway.calls


def test_a_refund_that_was_asked_for_here_is_followed_by_its_own_row(till: Till) -> None:
    payment_id = paid(till)
    till.desk.refunds.refund(payment_id, Money(500), "a part")
    till.gateway.calls.clear()
    assert ExternalRefunds(till.context).notice() == 0
    assert "fetch_payment" not in till.gateway.calls


def test_a_look_that_is_refused_sees_nothing_and_one_that_fails_is_unseen(till: Till) -> None:
    watch = ExternalRefunds(till.context)
    till.gateway.trouble("refunds_since", errors.RejectedError("feature off"))
    assert watch.notice() == 0
    till.gateway.trouble("refunds_since", DOWN)
    assert watch.notice() == 1
    assert SEEN_UNTIL not in till.context.store.reader.settings.all()


def test_a_refund_beside_one_in_doubt_is_looked_at_again(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refund", DOWN)
    till.desk.refunds.refund(payment_id, Money(100), "a part")
    dashboard(till, payment_id, 500)
    watch = ExternalRefunds(till.context)
    assert watch.notice() == 1
    till.desk.outbox.run(everything=True)
    assert watch.notice() == 0


def test_a_payment_of_another_amount_is_not_believed(till: Till) -> None:
    payment_id = paid(till)
    dashboard(till, payment_id, 500)
    till.gateway._set(payment_id, amount_paise=FEE.paise + 1)
    assert ExternalRefunds(till.context).notice() == 1
    assert till.desk.refunds.of(payment_id) == ()


# --- what a look concludes


def looked(till: Till, view: AttemptView, **how: Any) -> Any:
    return StatusChecker(till.context).check([attempt_of(till, view.uid)], **how)


@pytest.mark.parametrize("method", CHANNELS)
def test_a_look_tells_what_changed_and_what_was_not_seen(till: Till, method: Method) -> None:
    view = till.shown(method)
    quiet = looked(till, view)
    assert (quiet.changed, quiet.unseen, quiet.problem) == (set(), set(), "")
    till.gateway.down = DOWN
    failed = looked(till, view)
    assert (failed.changed, failed.unseen) == (set(), {view.uid})
    assert failed.problem == "UnavailableError"
    till.gateway.down = None
    till.pay(view)
    found = looked(till, view)
    assert (found.changed, found.unseen) == ({view.uid}, set())
    assert looked(till, view).changed == set()


@pytest.mark.parametrize("method", CHANNELS)
def test_looking_first_fails_where_nothing_was_seen(till: Till, method: Method) -> None:
    view = till.shown(method)
    checker = StatusChecker(till.context)
    checker.look_first(attempt_of(till, view.uid))
    till.gateway.down = DOWN
    with pytest.raises(errors.UnavailableError):
        checker.look_first(attempt_of(till, view.uid))


def test_after_a_failure_of_the_line_the_rest_is_not_asked(till: Till) -> None:
    course = till.course()
    views = []
    for number in range(3):
        student = till.student(f"R00{number}", phone=f"900000000{number}")
        begun = till.payments.begin(student.uid, course.uid, Method.QR_CODE)
        views.append(till.payments.open(begun.uid))
    till.gateway.calls.clear()
    for failure, calls in ((DOWN, 1), (errors.RateLimitedError("x"), 3)):
        till.gateway.calls.clear()
        till.gateway.trouble("fetch_qr", failure, times=calls)
        seen = StatusChecker(till.context).check([attempt_of(till, each.uid) for each in views])
        assert till.gateway.calls.count("fetch_qr") == calls
        assert seen.unseen == {each.uid for each in views}
        till.gateway.troubles.clear()


def test_an_authorised_payment_is_a_hint_until_it_ends(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    checker = StatusChecker(till.context)
    till.gateway.trouble("capture", DOWN, times=9)
    payment_id = till.pay(view, "authorized")
    first = checker.check([attempt_of(till, view.uid)])
    assert first.changed == {view.uid}
    assert checker.has_seen(view.uid)
    assert checker.check([attempt_of(till, view.uid)]).changed == set()
    till.gateway._set(payment_id, status="failed")
    assert view.uid in checker.check([attempt_of(till, view.uid)]).changed
    assert not checker.has_seen(view.uid)


@pytest.mark.parametrize(
    ("failure", "is_unseen"),
    [
        (None, True),
        (DOWN, False),
        (errors.UnauthorisedError("no"), False),
        (errors.OutcomeUnknownError("lost"), True),
    ],
)
def test_a_capture_makes_another_look_worth_it(
    till: Till, failure: errors.GatewayError | None, is_unseen: bool
) -> None:
    view = till.shown(Method.QR_CODE)
    till.pay(view, "authorized")
    till.gateway.calls.clear()
    if failure is not None:
        till.gateway.trouble("capture", failure, times=2)
    looked(till, view)
    fetches = till.gateway.calls.count("fetch_qr")
    assert fetches == (2 if is_unseen else 1)


def test_a_refused_capture_is_looked_at_once_more_only_the_first_time(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    till.pay(view, "authorized")
    till.gateway.trouble("capture", errors.RejectedError("captured already"), times=9)
    checker = StatusChecker(till.context)
    till.gateway.calls.clear()
    checker.check([attempt_of(till, view.uid)])
    assert till.gateway.calls.count("fetch_qr") == 2
    till.gateway.calls.clear()
    checker.check([attempt_of(till, view.uid)])
    assert till.gateway.calls.count("fetch_qr") == 1


def test_a_failed_try_is_news_once_and_keeps_its_first_300_letters(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    payment_id = till.pay(view, "failure")
    till.gateway._set(payment_id, error_description="x" * 400)
    assert looked(till, view).changed == {view.uid}
    assert looked(till, view).changed == set()
    with till.context.store.reading() as books:
        assert books.attempts.failure(view.uid) == "x" * 300
    till.gateway._set(payment_id, error_description=None, error_reason="payment_timed_out")
    looked(till, view)
    with till.context.store.reading() as books:
        assert books.attempts.failure(view.uid) == "payment_timed_out"


@pytest.mark.parametrize("ends_closed", [True, False])
def test_a_code_that_is_found_closed_ends_where_that_is_wanted(
    till: Till, ends_closed: bool
) -> None:
    view = till.shown(Method.QR_CODE)
    attempt = attempt_of(till, view.uid)
    till.gateway.codes[attempt.remote_id or ""] = replace(
        till.gateway.codes[attempt.remote_id or ""], status="closed"
    )
    seen = looked(till, view, ends_closed=ends_closed)
    now = attempt_of(till, view.uid)
    assert seen.changed == ({view.uid} if ends_closed else set())
    assert now.state is (AttemptState.CANCELLED if ends_closed else AttemptState.AWAITING)
    assert now.is_remote_open is not ends_closed
    assert details(till, "attempt.cancelled") == ([{"why": "closed"}] if ends_closed else [])


def test_a_code_that_closed_at_its_end_has_expired(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    attempt = attempt_of(till, view.uid)
    till.gateway.codes[attempt.remote_id or ""] = replace(
        till.gateway.codes[attempt.remote_id or ""], status="closed"
    )
    till.clock.advance(3_600)
    assert looked(till, view).changed == {view.uid}
    assert attempt_of(till, view.uid).state is AttemptState.EXPIRED
    assert events(till, view.uid)[-1] == ("expired", "closed at the gateway")


def test_an_order_that_is_gone_is_found_again_by_our_reference(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    attempt = attempt_of(till, view.uid)
    wrong = attempt.order_id or ""
    order = till.gateway.orders.pop(wrong)
    till.gateway.orders["order_right"] = replace(order, order_id="order_right")
    seen = looked(till, view, pages=0)
    assert seen.unseen == {view.uid}
    assert attempt_of(till, view.uid).order_id == "order_right"
    assert details(till, "order.corrected") == [{"order": "order_right"}]
    assert looked(till, view, pages=0).unseen == set()


@pytest.mark.parametrize(
    "wrong", [{"amount_paise": 1}, {"currency": "USD"}, {"receipt": "D1-another"}]
)
def test_an_order_that_does_not_fit_is_not_taken_for_ours(
    till: Till, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = till.shown(Method.UPI_INTENT)
    before = attempt_of(till, view.uid).order_id or ""
    order = till.gateway.orders.pop(before)
    other = replace(order, order_id="order_wrong", **wrong)
    till.gateway.orders["order_wrong"] = other
    monkeypatch.setattr(till.gateway, "find_order", lambda *_: other)
    assert looked(till, view, pages=0).unseen == {view.uid}
    assert attempt_of(till, view.uid).order_id == before


def test_the_order_list_is_read_page_by_page_until_all_are_found(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    for number in range(120):
        till.gateway.create_order(reference=f"shop-{number}", amount=FEE, notes={}, unique=False)
    till.gateway.calls.clear()
    assert looked(till, view, pages=1).unseen == set()
    assert till.gateway.calls.count("orders_since") == 1
    assert till.gateway.calls.count("fetch_order") == 1, "it is on the second page"
    till.gateway.calls.clear()
    assert looked(till, view, pages=9).unseen == set()
    assert till.gateway.calls.count("orders_since") == 2
    assert till.gateway.calls.count("fetch_order") == 0
    till.gateway.calls.clear()
    looked(till, view, pages=0)
    assert till.gateway.calls == ["fetch_order"]


def test_what_the_books_say_is_one_story(till: Till) -> None:
    payment_id = paid(till)
    till.desk.refunds.refund(payment_id, None, "leaves")
    actions = [row["action"] for row in audit(till) if row["action"] != "rows.sealed"]
    assert actions.index("payment.received") < actions.index("refund.asked")
    assert actions.index("refund.asked") < actions.index("refund.processed")
    sealed = [json.loads(row["detail"]) for row in audit(till) if row["action"] == "rows.sealed"]
    tables = {name.partition(":")[0] for each in sealed for name in each}
    assert {"payments", "receipts", "ledger_entries", "refunds", "errands", "dues"} <= tables
