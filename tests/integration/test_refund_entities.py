"""Refunds made on the dashboard: one row each, followed to the end by the gateway's id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.isolation import stuck_subjects
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.ports.gateway import RefundFact
from desktop_app.services.ports.records import RefundRecord
from desktop_app.services.posting.refund_reading import read_refunds
from desktop_app.services.posting.refunds import post_return, settle_refund
from desktop_app.services.refunds.external import ExternalRefunds
from tests.integration.reached import paid, shown
from tests.integration.test_after_payment import balance
from tests.integration.test_money_rows import payment_of
from tests.integration.test_outbox import DOWN
from tests.integration.test_restore import collected, restored
from tests.integration.test_restored_money import FEE, details
from tests.integration.test_second_lines import backup as backup  # noqa: PLC0414 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from tests.integration.conftest import Counter

WHOLE = FEE.paise
PART = Money(400_000)
BANK_S = 5 * 86_400


def refunds(counter: Counter, payment_id: str) -> list[tuple[str, int, str]]:
    """Return the refunds of a payment: state, paise, and the gateway's id."""
    return [
        (each.state.value, each.amount.paise, each.refund_id or "")
        for each in counter.desk.refunds.of(payment_id)
    ]


def refund_id(counter: Counter, key: str | None) -> str:
    return counter.gateway.refunds[key or ""].refund_id


# --- followed to the end


def test_a_pending_refund_of_the_dashboard_is_pending_here_until_it_ends(counter: Counter) -> None:
    payment_id = paid(counter)
    key = counter.gateway.refund_on_dashboard(payment_id, WHOLE, "pending")
    counter.polling.reconcile()
    rfnd = refund_id(counter, key)
    assert refunds(counter, payment_id) == [("pending", WHOLE, rfnd)]
    [line] = counter.ledger()["refunds"]
    assert (line["refund_id"], line["state"], line["origin"]) == (rfnd, "pending", "gateway")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]
    counter.gateway.settle_refund(key or "", "processed")
    counter.polling.reconcile()
    assert refunds(counter, payment_id) == [("processed", WHOLE, rfnd)]


@pytest.mark.parametrize("was", ["pending", "processed"])
def test_a_refund_of_the_dashboard_that_fails_is_taken_back(counter: Counter, was: str) -> None:
    payment_id = paid(counter)
    key = counter.gateway.refund_on_dashboard(payment_id, WHOLE, was)
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()
    counter.clock.advance(10 * 86_400)
    counter.gateway.settle_refund(key or "", "failed")
    counter.polling.reconcile()
    assert refunds(counter, payment_id) == [("failed", WHOLE, refund_id(counter, key))]
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.amount, held.why) == (payment_id, FEE, Placement.APPLIED)
    assert balance(counter) == {"gateway": WHOLE, "to_return": -WHOLE}
    assert counter.desk.refunds.basis(payment_id).left == FEE
    assert AuditVerifier(counter.context).verify() is None


def test_a_refund_of_the_desk_that_fails_after_all_is_taken_back(counter: Counter) -> None:
    payment_id = paid(counter)
    made = counter.desk.refunds.refund(payment_id, PART, "leaves")
    assert made.state is RefundState.PROCESSED
    counter.clock.advance(12 * 86_400)
    counter.gateway.settle_refund(made.uid.replace("-", ""), "failed")
    counter.polling.reconcile()
    assert [state for state, _, _ in refunds(counter, payment_id)] == ["failed"]
    assert balance(counter) == {"gateway": WHOLE, "fees": -WHOLE}


def test_refunds_that_have_ended_cost_one_list_and_no_call_each(counter: Counter) -> None:
    payment_id = paid(counter)
    for _ in range(3):
        counter.gateway.refund_on_dashboard(payment_id, 10_000)
    watch = ExternalRefunds(counter.context)
    watch.notice()
    counter.gateway.calls.clear()
    assert ExternalRefunds(counter.context).notice() == 0
    assert counter.gateway.calls == ["refunds_since"]


def test_several_refunds_of_a_payment_are_rows_of_their_own(counter: Counter) -> None:
    payment_id = paid(counter)
    pending = counter.gateway.refund_on_dashboard(payment_id, 100_000, "pending")
    counter.gateway.refund_on_dashboard(payment_id, 300_000)
    counter.gateway.refund_on_dashboard(payment_id, 50_000, "failed")
    counter.polling.reconcile()
    assert sorted(each[:2] for each in refunds(counter, payment_id)) == [
        ("failed", 50_000), ("pending", 100_000), ("processed", 300_000),
    ]  # fmt: skip
    counter.gateway.settle_refund(pending or "", "failed")
    counter.gateway.refund_on_dashboard(payment_id, WHOLE - 300_000)
    counter.polling.reconcile()
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]
    assert balance(counter) == {}


# --- the desk's own


def test_a_refund_whose_answer_was_lost_is_the_desks_own_row(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN)
    asked = counter.desk.refunds.refund(payment_id, PART, "leaves")
    assert (asked.state, asked.refund_id) == (RefundState.INTENT, None)
    key = asked.uid.replace("-", "")
    counter.gateway._new_refund(key, payment_id, PART.paise, "processed", asked.uid)
    assert ExternalRefunds(counter.context).notice() == 0
    [made] = counter.desk.refunds.of(payment_id)
    assert (made.state, made.origin, made.reason) == (RefundState.PROCESSED, "desk", "leaves")
    counter.clock.advance(3_600)
    counter.polling.reconcile()
    assert len(counter.desk.refunds.of(payment_id)) == len(counter.gateway.refunds) == 1
    assert counter.desk.outbox.commands() == ()
    assert balance(counter) == {"gateway": WHOLE - PART.paise, "fees": PART.paise - WHOLE}


def test_a_second_refund_under_one_reference_is_a_row_of_its_own(counter: Counter) -> None:
    payment_id = paid(counter)
    made = counter.desk.refunds.refund(payment_id, PART, "leaves")
    counter.gateway._new_refund("again", payment_id, PART.paise, "processed", made.uid)
    counter.polling.reconcile()
    assert [each.origin for each in counter.desk.refunds.of(payment_id)] == ["desk", "gateway"]
    back = counter.gateway.payments[payment_id].amount_refunded_paise
    assert back == 2 * PART.paise
    assert balance(counter) == {"gateway": WHOLE - back, "fees": back - WHOLE}


def test_an_answer_about_another_refund_changes_no_row(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    made = counter.desk.refunds.refund(payment_id, PART, "leaves")
    with counter.context.store.writing() as work:
        found = work.refunds.get(made.uid)
        assert found is not None
        row, payment = found
        settled = settle_refund(
            counter.context, work, row, payment, RefundState.FAILED, "rfnd_another"
        )
        work.nothing_to_write()
    assert settled is row


# --- what is not believed


def test_a_stale_look_after_a_refund_failed_books_nothing(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    made = counter.desk.refunds.refund(payment_id, PART, "leaves")
    stale = counter.gateway.payments[payment_id]
    counter.gateway.settle_refund(made.uid.replace("-", ""), "failed")
    counter.polling.reconcile()
    real = counter.gateway.payments[payment_id]
    counter.gateway.payments[payment_id] = stale
    counter.polling.reconcile()
    assert [state for state, _, _ in refunds(counter, payment_id)] == ["failed"]
    counter.gateway.payments[payment_id] = real
    assert counter.polling.reconcile().is_complete
    assert counter.desk.refunds.basis(payment_id).left == FEE


def test_a_sum_without_its_refunds_books_nothing_and_counts_as_unseen(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway._set(payment_id, amount_refunded_paise=PART.paise)
    assert counter.polling.reconcile().unreachable == 1
    assert refunds(counter, payment_id) == []
    [attempt] = counter.ledger()["attempts"]
    assert stuck_subjects(counter.context) == {attempt["id"]: "doubt"}
    counter.gateway._set(payment_id, amount_refunded_paise=0)
    assert counter.polling.reconcile().is_complete
    assert stuck_subjects(counter.context) == {}


def test_refunds_that_cannot_be_read_are_asked_for_again(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_on_dashboard(payment_id, PART.paise)
    counter.gateway.trouble("refunds_of", DOWN)
    assert not counter.polling.reconcile().is_complete
    assert refunds(counter, payment_id) == []
    assert counter.polling.reconcile().is_complete
    assert [state for state, _, _ in refunds(counter, payment_id)] == ["processed"]


def test_a_payment_is_posted_even_where_its_refunds_cannot_be_read(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    payment_id = counter.pay(view)
    counter.gateway.refund_on_dashboard(payment_id, PART.paise, "pending")
    counter.gateway.trouble("refunds_of", DOWN)
    counter.polling.run()
    assert [row["payment_id"] for row in counter.ledger()["payments"]] == [payment_id]
    assert refunds(counter, payment_id) == []
    counter.polling.reconcile()
    assert [state for state, _, _ in refunds(counter, payment_id)] == ["pending"]


def test_two_lists_that_differ_are_not_believed(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_on_dashboard(payment_id, PART.paise)
    fact = replace(counter.gateway.payments[payment_id], amount_refunded_paise=7)
    now = counter.gateway.refunds_of(payment_id)
    assert read_refunds(counter.context, fact).facts == now
    reading = read_refunds(counter.context, fact, shown=())
    assert (reading.facts, reading.is_even) == ((), False)


@pytest.mark.parametrize(
    "change", [{"payment_id": "pay_another"}, {"amount_paise": WHOLE + 1}], ids=str
)
def test_a_list_of_another_payment_or_of_more_than_was_paid_is_unreadable(
    counter: Counter, change: dict[str, object]
) -> None:
    payment_id = paid(counter)
    fact = RefundFact("rfnd_00000009", payment_id, 100, "processed", 1_800_000_000, None)
    wrong = replace(fact, **change)  # type: ignore[arg-type]
    counter.gateway.refunds_of = lambda _payment_id: (wrong,)  # type: ignore[method-assign,assignment]
    with pytest.raises(errors.UnreadableError):
        read_refunds(counter.context, counter.gateway.payments[payment_id])


# --- returned before the first look


def returned_first(counter: Counter, status: str) -> tuple[str, str]:
    """Pay a code, and return all of it before the desk looks; return the payment and the key."""
    payment_id = counter.pay(shown(counter, Method.QR_CODE))
    key = counter.gateway.refund_on_dashboard(payment_id, WHOLE, status)
    counter.polling.run()
    assert payment_of(counter, payment_id).placement is Placement.RETURNED
    return payment_id, key or ""


def test_money_returned_before_the_first_look_has_its_refund(counter: Counter) -> None:
    payment_id, key = returned_first(counter, "pending")
    assert refunds(counter, payment_id) == [("pending", WHOLE, refund_id(counter, key))]
    assert counter.desk.unapplied.held() == ()
    counter.gateway.settle_refund(key, "processed")
    counter.polling.reconcile()
    assert refunds(counter, payment_id) == [("processed", WHOLE, refund_id(counter, key))]
    assert balance(counter) == {}


def test_money_returned_before_the_first_look_is_held_when_that_fails(counter: Counter) -> None:
    payment_id, key = returned_first(counter, "processed")
    counter.gateway.settle_refund(key, "failed")
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.amount, held.can_enrol) == (payment_id, FEE, False)
    assert held.reason == "The bank couldn't refund this payment. Refund it again."
    assert counter.desk.unapplied.family_dues(held.uid) == ()
    with counter.context.store.reading() as books:
        due = books.enrollments.due_of(payment_of(counter, payment_id).enrollment_uid or "")
    with pytest.raises(InvalidInputError, match="Refund it again"):
        counter.desk.unapplied.enrol(held.uid)
    with pytest.raises(InvalidInputError, match="Refund it again"):
        counter.desk.unapplied.put_against(held.uid, due.uid)
    counter.desk.unapplied.refund(held.uid)
    assert counter.desk.unapplied.held() == ()
    assert balance(counter) == {}


# --- money whose fee is not in the book


def test_money_without_its_fee_is_held_again_when_its_refund_fails(
    counter: Counter, backup: Path
) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    restored(counter, backup)
    counter.polling.reconcile()
    watch = ExternalRefunds(counter.context)
    key = counter.gateway.refund_on_dashboard(payment_id, WHOLE, "pending") or ""
    assert watch.notice() == 0
    assert len(counter.desk.unapplied.held()) == 1, "it may still fail"
    counter.gateway.settle_refund(key, "processed")
    assert watch.notice() == 0
    assert counter.desk.unapplied.held() == ()
    counter.gateway.settle_refund(key, "failed")
    assert watch.notice() == 0
    assert [each.payment_id for each in counter.desk.unapplied.held()] == [payment_id]


# --- books of earlier versions


def booked_as_a_sum(counter: Counter, payment_id: str, paise: int) -> str:
    """Book a refund as earlier versions did: at once, by its amount alone."""
    payment = payment_of(counter, payment_id)
    noticed = RefundRecord(
        counter.context.ids.new(), payment.uid, Money(paise), RefundState.PROCESSED, "gateway", "",
        counter.context.now(),
    )  # fmt: skip
    with counter.context.store.writing() as work:
        work.refunds.add(noticed)
        post_return(counter.context, work, payment, noticed)
        work.commit()
    return noticed.uid


def test_a_sum_becomes_the_row_of_the_refund_of_its_amount(counter: Counter) -> None:
    payment_id = paid(counter)
    uid = booked_as_a_sum(counter, payment_id, PART.paise)
    key = counter.gateway.refund_on_dashboard(payment_id, PART.paise) or ""
    counter.clock.advance(60 * 86_400)
    counter.polling.reconcile()
    [row] = counter.desk.refunds.of(payment_id)
    assert (row.uid, row.refund_id) == (uid, refund_id(counter, key))
    assert details(counter, "refund.identified") == [{"refund_id": row.refund_id}]
    assert balance(counter) == {"gateway": WHOLE - PART.paise, "fees": PART.paise - WHOLE}
    counter.gateway.calls.clear()
    counter.polling.reconcile()
    assert "refunds_of" not in counter.gateway.calls
    assert AuditVerifier(counter.context).verify() is None


def test_a_sum_whose_refund_has_failed_since_is_taken_back(counter: Counter) -> None:
    payment_id = paid(counter)
    booked_as_a_sum(counter, payment_id, WHOLE)
    counter.gateway.refund_on_dashboard(payment_id, WHOLE, "failed")
    counter.polling.reconcile()
    [row] = counter.desk.refunds.of(payment_id)
    assert (row.state, row.refund_id is None) == (RefundState.FAILED, False)
    assert [each.amount for each in counter.desk.unapplied.held()] == [FEE]


def test_a_sum_of_two_refunds_gives_way_to_both(counter: Counter) -> None:
    payment_id = paid(counter)
    booked_as_a_sum(counter, payment_id, PART.paise)
    for paise in (100_000, PART.paise - 100_000):
        counter.gateway.refund_on_dashboard(payment_id, paise)
    counter.polling.reconcile()
    assert sorted(each[:2] for each in refunds(counter, payment_id)) == [
        ("failed", PART.paise), ("processed", 100_000), ("processed", PART.paise - 100_000),
    ]  # fmt: skip
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]
    assert balance(counter) == {"gateway": WHOLE - PART.paise, "fees": PART.paise - WHOLE}


def test_a_sum_that_the_gateway_never_refunded_is_taken_back(counter: Counter) -> None:
    payment_id = paid(counter)
    booked_as_a_sum(counter, payment_id, PART.paise)
    assert counter.desk.refunds.basis(payment_id).left == FEE - PART
    assert counter.polling.reconcile().is_complete
    assert counter.desk.refunds.basis(payment_id).left == FEE
    assert balance(counter) == {"gateway": WHOLE, "fees": -WHOLE}


def test_a_sum_is_left_alone_while_the_gateways_answers_differ(counter: Counter) -> None:
    payment_id = paid(counter)
    booked_as_a_sum(counter, payment_id, PART.paise)
    counter.gateway.refund_on_dashboard(payment_id, 100_000)
    counter.gateway._set(payment_id, amount_refunded_paise=PART.paise)
    assert not counter.polling.reconcile().is_complete
    assert [each[:2] for each in refunds(counter, payment_id)] == [("processed", PART.paise)]


def test_a_sum_of_another_account_stays_and_makes_no_look_incomplete(counter: Counter) -> None:
    payment_id = paid(counter)
    booked_as_a_sum(counter, payment_id, PART.paise)
    counter.gateway.payments.pop(payment_id)
    assert ExternalRefunds(counter.context).notice() == 0
    assert [each[:2] for each in refunds(counter, payment_id)] == [("processed", PART.paise)]
    counter.gateway.trouble("fetch_payment", DOWN)
    assert ExternalRefunds(counter.context).notice() == 1


# --- receipts


def test_a_receipt_is_marked_from_the_request_of_a_refund_to_its_end(counter: Counter) -> None:
    payment_id = paid(counter)
    [row] = counter.receipts.recent()
    uid = row.receipt_uid or ""
    counter.gateway.refund_status = "pending"
    counter.gateway.trouble("refund", DOWN)
    made = counter.desk.refunds.refund(payment_id, PART, "leaves")
    assert "REFUND REQUESTED ₹4,000.00" in counter.receipts.html(uid, "a5")
    assert [each.refund_state for each in counter.receipts.recent()] == ["asked"]
    counter.desk.outbox.run(everything=True)
    html = counter.receipts.html(uid, "roll58", "hi")
    assert "रिफ़ंड प्रोसेस में · REFUND ON ITS WAY ₹4,000.00" in html
    assert "REQUESTED" not in html
    assert [each.refund_state for each in counter.receipts.recent()] == ["sent"]
    key = made.uid.replace("-", "")
    counter.gateway.settle_refund(key, "processed")
    counter.polling.reconcile()
    assert "PARTLY REFUNDED ₹4,000.00" in counter.receipts.html(uid, "a5")
    assert [each.refund_state for each in counter.receipts.recent()] == [""]
    counter.gateway.settle_refund(key, "failed")
    counter.polling.reconcile()
    html = counter.receipts.html(uid, "a5")
    assert "REFUND FAILED, NOT RETURNED ₹4,000.00" in html
    assert "PARTLY" not in html
    counter.clock.advance(60)
    counter.desk.refunds.refund(payment_id, PART, "leaves")
    html = counter.receipts.html(uid, "a5")
    assert "REFUND ON ITS WAY ₹4,000.00" in html
    assert "FAILED" not in html


# --- a refund that follows one whose failure is not known yet


def settled(counter: Counter, work: UnitOfWork, payment: PaymentRecord, *ends: RefundState) -> str:
    """Ask for a refund in full, and let it reach some states."""
    refund = RefundRecord(
        counter.context.ids.new(), payment.uid, payment.amount, RefundState.INTENT, "desk", "asked",
        counter.context.now(),
    )  # fmt: skip
    work.refunds.add(refund)
    for state in ends:
        refund = settle_refund(
            counter.context, work, refund, payment, state, f"rfnd_{refund.uid[-8:]}"
        )
    return refund.uid


def test_money_that_seemed_to_be_gone_pays_no_refund_twice(counter: Counter) -> None:
    payment = payment_of(counter, paid(counter))
    assert returned_twice(counter, payment) == Money(0)
    assert balance(counter) == {}
    assert counter.context.store.reader.balances.differences() == ()


def returned_twice(counter: Counter, payment: PaymentRecord) -> Money:
    """Return a payment a second time before the first return is known to have failed.

    Returns what is owed of it afterwards.
    """
    with counter.context.store.writing() as work:
        first = settled(counter, work, payment, RefundState.PENDING)
        settled(counter, work, payment, RefundState.PROCESSED)
        refund, _ = work.refunds.get(first) or (None, None)
        assert refund is not None
        settle_refund(counter.context, work, refund, payment, RefundState.FAILED, refund.refund_id)
        held = work.ledger.held(payment.uid)
        work.commit()
    return held
