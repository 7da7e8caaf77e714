"""Posting, row by row: a payment, what it pays, what goes back, and what a look concludes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.refund import WATCHED_S, RefundState
from desktop_app.services import errors
from desktop_app.services.payments.status_check import StatusChecker
from desktop_app.services.ports.gateway import RefundFact
from desktop_app.services.posting.refunds import settle_refund
from desktop_app.services.refunds.external import (
    AT_FIRST_S,
    SEEN_UNTIL,
    ExternalRefunds,
)
from tests.integration.reached import paid, shown
from tests.integration.test_after_payment import balance
from tests.integration.test_money_rows import events, payment_of
from tests.integration.test_outbox import DOWN
from tests.integration.test_outbox_answers import audit
from tests.integration.test_restored_money import FEE, attempt_of, details

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]


# --- a payment


@pytest.mark.parametrize("method", CHANNELS)
def test_every_field_of_a_payment_is_kept(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    counter.clock.advance(30)
    payment_id = counter.pay(view)
    counter.gateway._set(payment_id, vpa="asha@okaxis", fee_paise=2_360, tax_paise=360)
    counter.polling.run()
    fact, attempt = counter.gateway.payments[payment_id], attempt_of(counter, view.uid)
    row = payment_of(counter, payment_id)
    assert (row.attempt_uid, row.enrollment_uid) == (view.uid, attempt.enrollment_uid)
    assert row.student_uid == counter.students.find("R001").uid
    assert (row.method, row.amount, row.is_late) == (method, FEE, False)
    assert row.received_at.timestamp() == fact.created_at
    assert (row.placement, row.rrn, row.vpa_masked) == (
        Placement.APPLIED,
        fact.rrn,
        "as••••@okaxis",
    )
    assert (row.fee_paise, row.tax_paise) == (2_360, 360)
    assert row.order_id == (fact.order_id or attempt.order_id)
    assert attempt.state is AttemptState.PAID
    assert events(counter, view.uid)[-1] == ("paid", payment_id)
    [noted] = details(counter, "payment.received")
    assert noted == {
        "attempt": view.uid, "amount": FEE.paise, "payment_id": payment_id, "placement": "applied",
    }  # fmt: skip


def test_every_field_of_cash_is_kept(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    begun = counter.payments.begin(student.uid, course.uid, Method.CASH)
    [row] = counter.ledger()["payments"]
    with counter.context.store.reading() as books:
        payment = books.payments.find(str(row["id"]))
    assert payment is not None
    assert (payment.method, payment.amount, payment.is_late) == (Method.CASH, FEE, False)
    assert (payment.placement, payment.payment_id) == (Placement.APPLIED, None)
    assert payment.received_at == counter.context.now()
    assert balance(counter) == {"cash": FEE.paise, "fees": -FEE.paise}
    assert events(counter, begun.uid)[-1] == ("paid", "cash")


@pytest.mark.parametrize("live", [True, False])
def test_a_payment_after_its_attempt_ended_is_late(counter: Counter, live: bool) -> None:
    view = shown(counter, Method.UPI_INTENT)
    if not live:
        counter.payments.expire(view.uid)
    counter.pay(view)
    counter.polling.reconcile()
    [row] = counter.ledger()["payments"]
    assert bool(row["late"]) is not live
    action = "payment.received" if live else "payment.late"
    assert len(details(counter, action)) == 1


def test_a_receipt_shows_what_was_true_when_it_was_issued(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    payment_id = counter.pay(view)
    counter.polling.run()
    receipt = counter.receipts.latest()
    assert receipt is not None
    fact = counter.gateway.payments[payment_id]
    assert (receipt.number, receipt.amount) == ("D1/26-27/000001", FEE)
    assert (receipt.student_name, receipt.roll_no) == ("Student R001", "R001")
    assert (receipt.course_code, receipt.course_label) == ("PHY-11", "Physics XI · Morning")
    assert (receipt.payment_id, receipt.rrn) == (payment_id, fact.rrn)
    assert receipt.order_id == fact.order_id
    assert (receipt.method, receipt.placement) == (Method.UPI_INTENT, Placement.APPLIED)
    assert (receipt.sac, receipt.gst_rate, receipt.is_training) == ("", "", False)
    assert receipt.words == "Eleven thousand eight hundred rupees only"


@pytest.mark.parametrize(("rate", "sac", "shown"), [(1_800, "999293", "18 %"), (0, "", "")])
def test_a_receipt_names_the_service_only_where_it_is_taxed(
    counter: Counter, rate: int, sac: str, shown: str
) -> None:
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "27AAPFU0939F1ZV")
        work.commit()
    course = counter.courses.add(
        make_course(code="X", title="X", batch="", fee=FEE, gst_bp=rate, seats=None)
    )
    counter.payments.begin(counter.student().uid, course.uid, Method.CASH)
    receipt = counter.receipts.latest()
    assert receipt is not None
    assert (receipt.sac, receipt.gst_rate) == (sac, shown)
    assert receipt.centre.gstin == "27AAPFU0939F1ZV"


def test_money_that_is_back_already_gets_no_receipt_and_pays_nothing(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    payment_id = counter.pay(view)
    key = counter.gateway.refund_on_dashboard(payment_id, FEE.paise)
    counter.polling.run()
    row = payment_of(counter, payment_id)
    assert row.placement is Placement.RETURNED
    assert counter.receipts.latest() is None
    assert balance(counter) == {}
    assert attempt_of(counter, view.uid).state is not AttemptState.PAID
    assert [each["state"] for each in counter.ledger()["enrollments"]] == ["pending"]
    assert counter.desk.unapplied.held() == ()
    [refund] = counter.desk.refunds.of(payment_id)
    assert (refund.amount, refund.state, refund.origin) == (FEE, RefundState.PROCESSED, "gateway")
    refund_id = counter.gateway.refunds[key or ""].refund_id
    assert refund.refund_id == refund_id
    assert details(counter, "refund.noticed") == [
        {
            "payment": row.uid,
            "amount": FEE.paise,
            "refund_id": refund_id,
            "state": "processed",
        }
    ]


def test_a_student_who_paid_is_served_last(counter: Counter) -> None:
    counter.student("R002", phone="9000000002")
    counter.course()
    view = counter.payments.open(
        counter.payments.begin(
            counter.student("R001").uid, counter.courses.find("PHY-11").uid, Method.UPI_INTENT
        ).uid
    )
    counter.pay(view)
    counter.polling.run()
    with counter.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        served = reading.execute("SELECT roll_no FROM students WHERE served_at IS NOT NULL").all()
    assert [row.roll_no for row in served] == ["R001"]


# --- what goes back


def test_a_part_that_goes_back_keeps_the_enrolment_and_the_rest_ends_it(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.desk.refunds.refund(payment_id, Money(FEE.paise - 1), "a part")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]
    counter.desk.refunds.refund(payment_id, Money(1), "the rest")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]
    assert len(details(counter, "enrollment.cancelled")) == 1
    assert details(counter, "enrollment.cancelled") == [{"why": "refunded"}]
    assert balance(counter) == {}
    assert details(counter, "refund.processed") == [{"amount": FEE.paise - 1}, {"amount": 1}]


def test_a_refund_that_is_only_asked_for_ends_nothing(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.desk.refunds.refund(payment_id, Money(FEE.paise - 100), "a part")
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, Money(100), "the rest")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]


@pytest.mark.parametrize("state", ["processed", "failed"])
def test_a_pending_refund_is_posted_once(counter: Counter, state: str) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    made = counter.desk.refunds.refund(payment_id, Money(500), "a part")
    assert balance(counter) == {"gateway": FEE.paise - 500, "fees": -(FEE.paise - 500)}
    counter.gateway.settle_refund(made.uid.replace("-", ""), state)
    counter.polling.reconcile()
    left = FEE.paise - (500 if state == "processed" else 0)
    assert balance(counter) == {"gateway": left, "fees": -left}
    counter.polling.reconcile()
    assert balance(counter) == {"gateway": left, "fees": -left}


def test_a_refund_that_failed_at_once_moves_nothing(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "failed"
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]


def test_an_answer_older_than_the_stored_one_changes_nothing(counter: Counter) -> None:
    payment_id = paid(counter)
    done = counter.desk.refunds.refund(payment_id, Money(500), "a part")
    paid_row = payment_of(counter, payment_id)
    with counter.context.store.writing() as work:
        late = settle_refund(
            counter.context, work, done, paid_row, RefundState.PENDING, done.refund_id
        )
        work.nothing_to_write()
    assert late == done
    assert late.state is RefundState.PROCESSED
    left = FEE.paise - 500
    assert balance(counter) == {"gateway": left, "fees": -left}


def test_what_a_refund_asks_for_is_written_before_it_is_sent(counter: Counter) -> None:
    payment_id = paid(counter)
    made = counter.desk.refunds.refund(payment_id, Money(500), "  leaves  early ")
    row = payment_of(counter, payment_id)
    assert (made.payment_uid, made.origin, made.reason) == (row.uid, "desk", "leaves early")
    assert details(counter, "refund.asked") == [
        {"payment": row.uid, "amount": 500, "reason": "leaves early"}
    ]
    with counter.context.store.reading() as books:
        command = books.outbox.get(made.uid)
    assert command is not None
    assert (command.remote_id, command.key_id) == (payment_id, counter.gateway.key_id)


def test_an_unknown_payment_has_no_refunds(counter: Counter) -> None:
    for ask in (counter.desk.refunds.of, counter.desk.refunds.basis):
        with pytest.raises(errors.UnknownPaymentError):
            ask("pay_another")


# --- refunds of the dashboard


def dashboard(counter: Counter, payment_id: str, paise: int, *, status: str = "processed") -> str:
    """Somebody refunds on Razorpay's dashboard."""
    return counter.gateway.refund_on_dashboard(payment_id, paise, status) or ""


def test_the_first_look_goes_back_a_month_and_a_later_one_as_far_as_refunds_are_watched(
    counter: Counter,
) -> None:
    asked: list[int] = []
    real = counter.gateway.refunds_since

    def since(start: int, *, skip: int = 0) -> tuple[RefundFact, ...]:
        asked.append(start)
        return real(start, skip=skip)

    counter.gateway.refunds_since = since  # type: ignore[method-assign,assignment]
    watch = ExternalRefunds(counter.context)
    first = counter.gateway._now()
    counter.gateway.ping()
    assert watch.notice() == 0
    counter.clock.advance(5 * 86_400)
    assert watch.notice() == 0
    assert asked == [first - AT_FIRST_S, first - WATCHED_S]
    assert (AT_FIRST_S, WATCHED_S) == (30 * 86_400, 18 * 86_400)


def test_how_far_was_looked_is_stored_once_a_day(counter: Counter) -> None:
    watch = ExternalRefunds(counter.context)
    watch.notice()
    first = counter.context.store.reader.settings.all()[SEEN_UNTIL]
    counter.clock.advance(86_400 - 1)
    watch.notice()
    assert counter.context.store.reader.settings.all()[SEEN_UNTIL] == first
    counter.clock.advance(1)
    watch.notice()
    assert int(counter.context.store.reader.settings.all()[SEEN_UNTIL]) == int(first) + 86_400


def test_every_page_of_refunds_is_read(counter: Counter) -> None:
    payment_id = paid(counter)
    dashboard(counter, payment_id, 500)
    now = counter.gateway._now()
    for number in range(150):
        counter.gateway.refunds[f"shop {number}"] = RefundFact(
            f"rfnd_{number}", "pay_of_a_shop", 1, "processed", now, None
        )
    counter.gateway.calls.clear()
    assert ExternalRefunds(counter.context).notice() == 0
    assert counter.gateway.calls.count("refunds_since") == 2
    assert [each.amount for each in counter.desk.refunds.of(payment_id)] == [Money(500)]


def test_a_refund_is_asked_about_once(counter: Counter) -> None:
    payment_id = paid(counter)
    dashboard(counter, payment_id, 500)
    watch = ExternalRefunds(counter.context)
    watch.notice()
    counter.gateway.calls.clear()
    watch.notice()
    assert "fetch_payment" not in counter.gateway.calls


def test_a_refund_that_was_asked_for_here_is_followed_by_its_own_row(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.desk.refunds.refund(payment_id, Money(500), "a part")
    counter.gateway.calls.clear()
    assert ExternalRefunds(counter.context).notice() == 0
    assert "fetch_payment" not in counter.gateway.calls


def test_a_look_that_is_refused_sees_nothing_and_one_that_fails_is_unseen(counter: Counter) -> None:
    watch = ExternalRefunds(counter.context)
    counter.gateway.trouble("refunds_since", errors.RejectedError("feature off"))
    assert watch.notice() == 0
    counter.gateway.trouble("refunds_since", DOWN)
    assert watch.notice() == 1
    assert SEEN_UNTIL not in counter.context.store.reader.settings.all()


def test_a_refund_beside_one_in_doubt_is_told_from_it_by_its_id(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, Money(500), "a part")
    dashboard(counter, payment_id, 500)
    watch = ExternalRefunds(counter.context)
    assert watch.notice() == 0
    intent, noticed = counter.desk.refunds.of(payment_id)
    assert (intent.state, noticed.state) == (RefundState.INTENT, RefundState.PROCESSED)
    counter.desk.outbox.run(everything=True)
    assert watch.notice() == 0
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [
        RefundState.PROCESSED, RefundState.PROCESSED,
    ]  # fmt: skip


def test_a_payment_of_another_amount_is_not_believed(counter: Counter) -> None:
    payment_id = paid(counter)
    dashboard(counter, payment_id, 500)
    counter.gateway._set(payment_id, amount_paise=FEE.paise + 1)
    assert ExternalRefunds(counter.context).notice() == 1
    assert counter.desk.refunds.of(payment_id) == ()


def test_a_refund_that_had_failed_when_it_was_noticed_moves_nothing(counter: Counter) -> None:
    payment_id = paid(counter)
    dashboard(counter, payment_id, 500, status="failed")
    for _again in range(2):
        assert ExternalRefunds(counter.context).notice() == 0
    [refund] = counter.desk.refunds.of(payment_id)
    assert (refund.state, refund.amount) == (RefundState.FAILED, Money(500))
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}


def test_pages_without_sense_end_a_look(counter: Counter) -> None:
    counter.gateway.trouble("refunds_since", errors.UnreadableError("no sense"), times=30)
    counter.gateway.calls.clear()
    assert ExternalRefunds(counter.context).notice() == 21
    assert counter.gateway.calls.count("refunds_since") == 21


# --- what a look concludes


def looked(counter: Counter, view: AttemptView, **how: Any) -> Any:
    return StatusChecker(counter.context).check([attempt_of(counter, view.uid)], **how)


@pytest.mark.parametrize("method", CHANNELS)
def test_a_look_tells_what_changed_and_what_was_not_seen(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    quiet = looked(counter, view)
    assert (quiet.changed, quiet.unseen, quiet.problem) == (set(), set(), "")
    counter.gateway.down = DOWN
    failed = looked(counter, view)
    assert (failed.changed, failed.unseen) == (set(), {view.uid})
    assert failed.problem == "UnavailableError"
    counter.gateway.down = None
    counter.pay(view)
    found = looked(counter, view)
    assert (found.changed, found.unseen) == ({view.uid}, set())
    assert looked(counter, view).changed == set()


@pytest.mark.parametrize("method", CHANNELS)
def test_looking_first_fails_where_nothing_was_seen(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    checker = StatusChecker(counter.context)
    checker.look_first(attempt_of(counter, view.uid))
    counter.gateway.down = DOWN
    with pytest.raises(errors.UnavailableError):
        checker.look_first(attempt_of(counter, view.uid))


def test_after_a_failure_of_the_line_the_rest_is_not_asked(counter: Counter) -> None:
    course = counter.course()
    views = []
    for number in range(3):
        student = counter.student(f"R00{number}", phone=f"900000000{number}")
        begun = counter.payments.begin(student.uid, course.uid, Method.QR_CODE)
        views.append(counter.payments.open(begun.uid))
    counter.gateway.calls.clear()
    for failure, calls in ((DOWN, 1), (errors.RateLimitedError("x"), 3)):
        counter.gateway.calls.clear()
        counter.gateway.trouble("fetch_qr", failure, times=calls)
        seen = StatusChecker(counter.context).check(
            [attempt_of(counter, each.uid) for each in views]
        )
        assert counter.gateway.calls.count("fetch_qr") == calls
        assert seen.unseen == {each.uid for each in views}
        counter.gateway.troubles.clear()


def test_an_authorised_payment_is_a_hint_until_it_ends(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    checker = StatusChecker(counter.context)
    counter.gateway.trouble("capture", DOWN, times=9)
    payment_id = counter.pay(view, "authorized")
    first = checker.check([attempt_of(counter, view.uid)])
    assert first.changed == {view.uid}
    assert checker.has_seen(view.uid)
    assert checker.check([attempt_of(counter, view.uid)]).changed == set()
    counter.gateway._set(payment_id, status="failed")
    assert view.uid in checker.check([attempt_of(counter, view.uid)]).changed
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
    counter: Counter, failure: errors.GatewayError | None, is_unseen: bool
) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.pay(view, "authorized")
    counter.gateway.calls.clear()
    if failure is not None:
        counter.gateway.trouble("capture", failure, times=2)
    looked(counter, view)
    fetches = counter.gateway.calls.count("fetch_qr")
    assert fetches == (2 if is_unseen else 1)


def test_a_refused_capture_is_looked_at_once_more_only_the_first_time(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.pay(view, "authorized")
    counter.gateway.trouble("capture", errors.RejectedError("captured already"), times=9)
    checker = StatusChecker(counter.context)
    counter.gateway.calls.clear()
    checker.check([attempt_of(counter, view.uid)])
    assert counter.gateway.calls.count("fetch_qr") == 2
    counter.gateway.calls.clear()
    checker.check([attempt_of(counter, view.uid)])
    assert counter.gateway.calls.count("fetch_qr") == 1


def test_a_failed_try_is_news_once_and_keeps_its_first_300_letters(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    payment_id = counter.pay(view, "failure")
    counter.gateway._set(payment_id, error_description="x" * 400)
    assert looked(counter, view).changed == {view.uid}
    assert looked(counter, view).changed == set()
    with counter.context.store.reading() as books:
        assert books.attempts.failure(view.uid) == "x" * 300
    counter.gateway._set(payment_id, error_description=None, error_reason="payment_timed_out")
    looked(counter, view)
    with counter.context.store.reading() as books:
        assert books.attempts.failure(view.uid) == "payment_timed_out"
    counter.gateway._set(payment_id, error_description="Too late.")
    looked(counter, view)
    with counter.context.store.reading() as books:
        assert books.attempts.failure(view.uid) == "payment_timed_out: Too late."


@pytest.mark.parametrize("ends_closed", [True, False])
def test_a_code_that_is_found_closed_ends_where_that_is_wanted(
    counter: Counter, ends_closed: bool
) -> None:
    view = shown(counter, Method.QR_CODE)
    attempt = attempt_of(counter, view.uid)
    counter.gateway.codes[attempt.remote_id or ""] = replace(
        counter.gateway.codes[attempt.remote_id or ""], status="closed"
    )
    seen = looked(counter, view, ends_closed=ends_closed)
    now = attempt_of(counter, view.uid)
    assert seen.changed == ({view.uid} if ends_closed else set())
    assert now.state is (AttemptState.CANCELLED if ends_closed else AttemptState.AWAITING)
    assert now.is_remote_open is not ends_closed
    assert details(counter, "attempt.cancelled") == ([{"why": "closed"}] if ends_closed else [])


def test_a_code_that_closed_at_its_end_has_expired(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    attempt = attempt_of(counter, view.uid)
    counter.gateway.codes[attempt.remote_id or ""] = replace(
        counter.gateway.codes[attempt.remote_id or ""], status="closed"
    )
    counter.clock.advance(3_600)
    assert looked(counter, view).changed == {view.uid}
    assert attempt_of(counter, view.uid).state is AttemptState.EXPIRED
    assert events(counter, view.uid)[-1] == ("expired", "closed at the gateway")


def test_an_order_that_is_gone_is_found_again_by_our_reference(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    attempt = attempt_of(counter, view.uid)
    wrong = attempt.order_id or ""
    order = counter.gateway.orders.pop(wrong)
    counter.gateway.orders["order_right"] = replace(order, order_id="order_right")
    seen = looked(counter, view, pages=0)
    assert seen.unseen == {view.uid}
    assert attempt_of(counter, view.uid).order_id == "order_right"
    assert details(counter, "order.corrected") == [{"order": "order_right"}]
    assert looked(counter, view, pages=0).unseen == set()


@pytest.mark.parametrize(
    "wrong", [{"amount_paise": 1}, {"currency": "USD"}, {"receipt": "D1-another"}]
)
def test_an_order_that_does_not_fit_is_not_taken_for_ours(
    counter: Counter, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    before = attempt_of(counter, view.uid).order_id or ""
    order = counter.gateway.orders.pop(before)
    other = replace(order, order_id="order_wrong", **wrong)
    counter.gateway.orders["order_wrong"] = other
    monkeypatch.setattr(counter.gateway, "find_order", lambda *_: other)
    assert looked(counter, view, pages=0).unseen == {view.uid}
    assert attempt_of(counter, view.uid).order_id == before


def test_the_order_list_is_read_page_by_page_until_all_are_found(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    for number in range(120):
        counter.gateway.create_order(reference=f"shop-{number}", amount=FEE, notes={}, unique=False)
    counter.gateway.calls.clear()
    assert looked(counter, view, pages=1).unseen == set()
    assert counter.gateway.calls.count("orders_since") == 1
    assert counter.gateway.calls.count("fetch_order") == 1, "it is on the second page"
    counter.gateway.calls.clear()
    assert looked(counter, view, pages=9).unseen == set()
    assert counter.gateway.calls.count("orders_since") == 2
    assert counter.gateway.calls.count("fetch_order") == 0
    counter.gateway.calls.clear()
    looked(counter, view, pages=0)
    assert counter.gateway.calls == ["fetch_order"]


def test_what_the_books_say_is_one_story(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    actions = [row["action"] for row in audit(counter) if row["action"] != "rows.sealed"]
    assert actions.index("payment.received") < actions.index("refund.asked")
    assert actions.index("refund.asked") < actions.index("refund.processed")
    sealed = [json.loads(row["detail"]) for row in audit(counter) if row["action"] == "rows.sealed"]
    tables = {name.partition(":")[0] for each in sealed for name in each}
    assert {"payments", "receipts", "ledger_entries", "refunds", "errands", "dues"} <= tables
