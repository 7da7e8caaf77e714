"""The channel `checkout`: an order made first, a proof that books nothing, a fetch that does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.checkout import MOST_FALSE, ProofState, is_genuine, signature_of
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.domain.students import make_student
from desktop_app.services import errors
from desktop_app.services.ports.gateway import CheckoutProof
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.storage.store import DATABASE
from tests.integration.conftest import FEE, counter

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

__all__ = ["counter"]
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("books_hold")]
CHECKOUT = Method.CHECKOUT


def order_of(view: AttemptView) -> str:
    assert view.order_id is not None
    return view.order_id


def look(counter: Counter, view: AttemptView) -> AttemptView:
    counter.polling.run(asked=True)
    return counter.payments.view(view.uid)


def rows(counter: Counter, sql: str, uid: str) -> list[str]:
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as database:
        return [value for (value,) in database.execute(sql, (uid,))]


def events(counter: Counter, view: AttemptView) -> list[str]:
    sql = "SELECT note FROM attempt_events WHERE attempt_uid = ? AND note != ''"
    return rows(counter, sql, view.uid)


# --- the order


def test_the_order_is_made_first_and_of_what_the_dues_ask(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    order = counter.gateway.orders[order_of(view)]
    assert (order.amount_paise, order.status, view.qr_text) == (FEE.paise, "created", None)
    assert counter.gateway.calls.count("create_order") == 1
    assert "create_intent" not in counter.gateway.calls
    assert set(order.notes or {}) == {
        "book", "attempt", "due", "enrollment", "student", "course", "by",
    }  # fmt: skip
    assert (order.notes or {})["by"] == "checkout"


def test_a_lost_answer_is_found_and_not_sent_again(counter: Counter) -> None:
    counter.gateway.trouble("create_order", errors.OutcomeUnknownError("lost"), is_done=True)
    view = counter.shown(CHECKOUT)
    assert len(counter.gateway.orders) == 1
    assert order_of(view) in counter.gateway.orders


def test_another_way_of_the_same_fee_uses_the_same_order(counter: Counter) -> None:
    first = counter.shown(Method.UPI_INTENT)
    counter.payments.cancel(first.uid)
    begun = counter.payments.begin_again(first.uid, CHECKOUT)
    page = counter.payments.open(begun.uid)
    assert (page.state, page.order_id) == (AttemptState.AWAITING, first.order_id)
    counter.gateway.pay_order(order_of(page))
    paid = look(counter, page)
    assert (paid.state, paid.method) == (AttemptState.PAID, CHECKOUT)
    [row] = counter.context.store.reader.payments.page(PaymentFilter(method="checkout"), 0, 9).rows
    assert row.method is CHECKOUT


def test_a_payment_on_the_page_is_not_taken_for_the_later_qr(counter: Counter) -> None:
    page = counter.shown(CHECKOUT)
    counter.payments.cancel(page.uid)
    code = counter.payments.open(counter.payments.begin_again(page.uid, Method.UPI_INTENT).uid)
    assert code.order_id == page.order_id
    counter.gateway.pay_order(order_of(page))
    counter.polling.run(asked=True)
    [row] = counter.context.store.reader.payments.page(PaymentFilter(), 0, 9).rows
    assert row.method is CHECKOUT
    assert counter.payments.view(code.uid).state is not AttemptState.AWAITING


def test_an_order_that_was_paid_with_another_amount_is_not_offered_again(counter: Counter) -> None:
    page = counter.shown(CHECKOUT)
    counter.gateway.pay_order(order_of(page), paise=FEE.paise - 100)
    look(counter, page)
    again = counter.payments.open(counter.payments.begin_again(page.uid, CHECKOUT).uid)
    assert again.order_id != page.order_id


def test_nobody_needs_a_phone_number_for_it(counter: Counter) -> None:
    student = counter.students.add(make_student(roll_no="R009", name="Nina Rao", phone=""))
    begun = counter.payments.begin(student.uid, counter.course().uid, CHECKOUT)
    view = counter.payments.open(begun.uid)
    page = counter.desk.checkout.page(view.uid)
    assert (page.contact, page.email) == ("", "")


# --- what the page shows


def test_the_page_names_no_more_of_a_student_than_the_first_name(counter: Counter) -> None:
    student = counter.student(name="Asha Rao", guardian_phone="9845012345")
    begun = counter.payments.begin(student.uid, counter.course().uid, CHECKOUT)
    page = counter.desk.checkout.page(counter.payments.open(begun.uid).uid)
    assert (page.students, page.contact) == ("Asha", "+919845012345")
    assert [line.amount for line in page.lines] == [FEE]
    assert page.attempt.amount == FEE
    assert page.reference.startswith("D1-")
    assert page.key_id == counter.gateway.key_id


def test_a_surname_before_a_comma_is_one_name(counter: Counter) -> None:
    student = counter.student(name="Rao, Asha")
    begun = counter.payments.begin(student.uid, counter.course().uid, CHECKOUT)
    assert counter.desk.checkout.page(counter.payments.open(begun.uid).uid).students == "Rao"


def test_a_hindi_course_is_described_with_its_vowels(counter: Counter) -> None:
    course = counter.courses.add(
        make_course(code="H", title="भौतिकी <b>", batch="सुबह", fee=FEE, gst_bp=0, seats=9)
    )
    begun = counter.payments.begin(counter.student().uid, course.uid, CHECKOUT)
    page = counter.desk.checkout.page(counter.payments.open(begun.uid).uid)
    assert page.description == "Fee भौतिकी b सुबह R001"


# --- the proof


def test_the_signature_is_that_of_the_sdk() -> None:
    known = "b2335e3b0801106b84a7faff035df56ecffde06918c9ddd1f0fafbb37a51cc89"
    assert signature_of("fake_order_id", "fake_payment_id", "key_secret") == known
    good = signature_of("order_1", "pay_1", "s")
    assert is_genuine("order_1", "pay_1", good, "s")
    for order, payment, signature, secret in (
        ("order_2", "pay_1", good, "s"),
        ("order_1", "pay_2", good, "s"),
        ("order_1", "pay_1", good.upper(), "s"),
        ("order_1", "pay_1", good[:-1], "s"),
        ("order_1", "pay_1", good, "t"),
        ("order_1", "pay_1", "é" * 64, "s"),
        ("order_1", "pay_1|x", good, "s"),
        ("order_1", "pay_1", "", "s"),
        ("order_1", "pay_1", signature_of("order_1", "pay_1", ""), ""),
    ):
        assert not is_genuine(order, payment, signature, secret)


def test_a_genuine_proof_books_nothing_and_the_fetch_does(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    payment_id = counter.gateway.pay_order(order_of(view))
    proof = counter.gateway.proof_of(payment_id)
    calls = list(counter.gateway.calls)
    for _ in range(3):
        assert counter.desk.checkout.take(view.uid, proof) is ProofState.GENUINE
    assert counter.gateway.calls == calls
    kept = counter.payments.view(view.uid)
    assert (kept.state, kept.has_proof, kept.has_false_proof) == (
        AttemptState.AWAITING, True, False,
    )  # fmt: skip
    assert events(counter, view).count(f"proof of {payment_id}") == 1
    paid = look(counter, view)
    assert (paid.state, paid.receipt_no) == (AttemptState.PAID, "D1/26-27/000001")
    page = counter.desk.checkout.page(view.uid)
    assert (page.receipts, page.is_held) == (("D1/26-27/000001",), False)


def test_a_proof_of_nothing_books_nothing(counter: Counter) -> None:
    """Razorpay never signs a payment that is not there; if it did, the fetch would not show it."""
    view = counter.shown(CHECKOUT)
    signed = signature_of(order_of(view), "pay_Nothing", counter.gateway.secret)
    counter.desk.checkout.take(view.uid, CheckoutProof("pay_Nothing", signed))
    assert look(counter, view).state is AttemptState.AWAITING
    assert counter.ledger()["payments"] == []


@pytest.mark.parametrize("kind", ["forged", "of another order", "of another key", "garbage"])
def test_a_false_proof_is_kept_and_books_nothing(counter: Counter, kind: str) -> None:
    view = counter.shown(CHECKOUT)
    payment_id = "pay_00000000000042"
    order_id, secret = order_of(view), counter.gateway.secret
    proof = {
        "forged": CheckoutProof(payment_id, "a" * 64),
        "of another order": CheckoutProof(payment_id, signature_of("order_X", payment_id, secret)),
        "of another key": CheckoutProof(payment_id, signature_of(order_id, payment_id, "other")),
        "garbage": CheckoutProof("'; DROP TABLE payments; --" * 9, "\x00é" * 99),
    }[kind]
    assert counter.desk.checkout.take(view.uid, proof) is ProofState.FALSE
    kept = look(counter, view)
    assert (kept.state, kept.has_proof, kept.has_false_proof) == (
        AttemptState.AWAITING, False, True,
    )  # fmt: skip
    [note] = [each for each in events(counter, view) if each.startswith("not genuine")]
    assert len(note) < 160
    assert note.isascii()
    assert counter.ledger()["payments"] == []
    assert rows(counter, "SELECT action FROM audit_entries WHERE subject = ?", view.uid)[-1] == (
        "checkout.not_genuine"
    )


def test_a_flood_of_false_proofs_is_kept_a_few_times(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    for number in range(3 * MOST_FALSE):
        counter.desk.checkout.take(view.uid, CheckoutProof(f"pay_{number}", "0" * 64))
    notes = [each for each in events(counter, view) if each.startswith("not genuine")]
    assert len(notes) == MOST_FALSE
    counter.gateway.pay_order(order_of(view))
    assert look(counter, view).state is AttemptState.PAID


def test_a_proof_under_other_keys_is_not_judged(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.gateway.key_id = "rzp_live_other00000001"
    taken = counter.desk.checkout.take(view.uid, CheckoutProof("pay_1", "0" * 64))
    assert taken is ProofState.UNKNOWN
    assert not counter.payments.view(view.uid).has_false_proof


def test_proofs_can_be_neither_changed_nor_removed(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.desk.checkout.take(view.uid, CheckoutProof("pay_1", "0" * 64))
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as database:
        for sql in ("UPDATE attempt_events SET note = ''", "DELETE FROM attempt_events"):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(sql)


# --- money


def test_money_that_the_browser_never_told_is_found(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.gateway.pay_order(order_of(view))
    assert look(counter, view).state is AttemptState.PAID
    assert len(counter.ledger()["payments"]) == 1


def test_a_failed_try_is_named_and_the_same_order_is_paid(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.gateway.pay_order(order_of(view), "failure")
    failed = look(counter, view)
    assert (failed.state, failed.failure) == (AttemptState.AWAITING, "Not enough money")
    counter.gateway.pay_order(order_of(view))
    paid = look(counter, view)
    assert (paid.state, paid.order_id) == (AttemptState.PAID, view.order_id)
    assert counter.gateway.calls.count("create_order") == 1


@pytest.mark.parametrize("restarts", [True, False])
@pytest.mark.parametrize("step", ["shown", "paid", "proof taken", "cancelled", "expired"])
def test_killed_at_any_step_the_money_is_found_once(
    counter: Counter, step: str, restarts: bool
) -> None:
    view = counter.shown(CHECKOUT)
    if step == "cancelled":
        counter.payments.cancel(view.uid)
    if step == "expired":
        counter.payments.expire(view.uid)
    if step == "shown" and restarts:
        counter.restart()
    payment_id = counter.gateway.pay_order(order_of(view))
    if step == "paid" and restarts:
        counter.restart()
    counter.desk.checkout.take(view.uid, counter.gateway.proof_of(payment_id))
    if restarts:
        counter.restart()
    for _ in range(2):
        counter.polling.reconcile()
    paid = counter.payments.view(view.uid)
    assert (paid.state, paid.was_late) == (AttemptState.PAID, step in ("cancelled", "expired"))
    assert [row["amount"] for row in counter.ledger()["payments"]] == [FEE.paise]


def test_an_order_whose_answer_never_came_is_found_after_a_kill(counter: Counter) -> None:
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, CHECKOUT)
    lost = errors.OutcomeUnknownError("killed")
    counter.gateway.trouble("create_order", lost, is_done=True)
    counter.gateway.down = None
    counter.gateway.trouble("find_order", errors.UnavailableError("down"), times=9)
    with pytest.raises(errors.GatewayError):
        counter.payments.open(begun.uid)
    counter.restart()
    counter.gateway.troubles.clear()
    view = counter.payments.open(begun.uid)
    assert (view.state, len(counter.gateway.orders)) == (AttemptState.AWAITING, 1)


def test_another_amount_waits_for_a_decision(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.gateway.pay_order(order_of(view), paise=100)
    look(counter, view)
    [row] = counter.context.store.reader.payments.page(PaymentFilter(), 0, 9).rows
    assert (row.placement, row.amount) == (Placement.MISFIT, Money(100))


def test_a_proof_is_confirmed_no_more_once_its_payment_waits_for_a_decision(
    counter: Counter,
) -> None:
    view = counter.shown(CHECKOUT)
    payment_id = counter.gateway.pay_order(order_of(view), paise=100)
    counter.desk.checkout.take(view.uid, counter.gateway.proof_of(payment_id))
    assert counter.payments.view(view.uid).has_proof
    assert not look(counter, view).has_proof


def test_it_is_refunded_as_every_payment(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.gateway.pay_order(order_of(view))
    look(counter, view)
    [row] = counter.context.store.reader.payments.page(PaymentFilter(), 0, 9).rows
    refund = counter.desk.refunds.refund(row.uid, Money(100_000), "left the course")
    assert refund.state is RefundState.PROCESSED


def test_it_is_summed_up_by_itself_as_verified_money(counter: Counter) -> None:
    view = counter.shown(CHECKOUT)
    counter.gateway.pay_order(order_of(view))
    look(counter, view)
    totals = counter.context.store.reader.payments.totals(None, None)
    assert totals.by_kind["checkout"].collected == FEE
    assert list(totals.by_verification.values()) == [FEE]


def test_its_channel_survives_a_restore(counter: Counter) -> None:
    """The order's notes name the channel, for a book that does not know the attempt."""
    view = counter.shown(CHECKOUT)
    payment_id = counter.gateway.pay_order(order_of(view))
    channels = counter.payments.checker.channels
    origin = channels[Method.UPI_INTENT].trace(counter.gateway.payments[payment_id])
    assert origin is not None
    assert (origin.method, origin.order_id) == (CHECKOUT, view.order_id)


def test_a_bill_of_several_students_has_a_line_for_each(counter: Counter) -> None:
    dues: dict[str, Money | None] = {}
    for roll_no, name in (("R001", "Asha Rao"), ("R002", "Rohan Rao")):
        student, course = counter.student(roll_no, name=name), counter.course(f"C-{roll_no}")
        [due] = counter.desk.enrolments.enrol(student.uid, course.uid).dues
        dues[due.uid] = None
    begun = counter.payments.begin_dues(dues, CHECKOUT)
    view = counter.payments.open(begun.uid)
    page = counter.desk.checkout.page(view.uid)
    assert (page.students, [(line.label, line.amount) for line in page.lines]) == (
        "Asha, Rohan",
        [("Asha · Physics XI · Morning", FEE), ("Rohan · Physics XI · Morning", FEE)],
    )
    counter.gateway.pay_order(order_of(view))
    look(counter, view)
    assert len(counter.desk.checkout.page(view.uid).receipts) == 2


def test_a_page_without_an_order_shows_nothing(counter: Counter) -> None:
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, CHECKOUT)
    with pytest.raises(errors.NothingToCollectError):
        counter.desk.checkout.page(begun.uid)
