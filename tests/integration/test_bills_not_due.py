"""Bills of which nothing is due any more, though not all was paid: they end with their receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.bills import BillState
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.errors import ReceiptSeriesFullError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.refund import RefundState
from desktop_app.services.errors import BillEndedError, DueCoveredError
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.fees import ConcessionWish
from tests.integration.test_carts import CASH, Family, family
from tests.integration.test_changed_sittings import course_of
from tests.integration.test_cheques import CHEQUE
from tests.integration.test_second_shape_attacks import adds_up, found
from tests.integration.test_several_dues import BOOKS, OTHER, TUITION
from tests.integration.test_sitting_attacks import amounts, other
from tests.integration.test_sittings import HOLD_S, OF_ASHA, receipts
from tests.proofs.ledger_audit import query

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.bills import BillView
    from tests.integration.conftest import Counter
    from tests.proofs.proof_desk import DeskServices

__all__ = ["adds_up", "family", "other"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
WHY = "left for another town"
LEFT = TUITION - CASH


def write_off(counter: Counter, bill: BillView, *lines: int) -> BillView:
    for at in lines:
        counter.desk.dues.write_off(str(bill.lines[at].due_uid), WHY)
    return counter.desk.carts.view(bill.uid)


def enrollment_of(counter: Counter, due_uid: str | None) -> str:
    sql = f"SELECT enrollment_uid FROM dues WHERE uid = '{due_uid}'"
    return str(query(counter.context.folder, sql)[0][0])


def alone(family: Family, method: Method = Method.CASH) -> BillView:
    """Offer the tuition alone, and pay a part of it."""
    return family.carts.offer(Cart(family.cart.lines[:1]), method, CASH).bill


# --- written off


def test_the_last_line_that_is_written_off_ends_the_bill_with_its_receipt(
    counter: Counter, family: Family
) -> None:
    bill = write_off(counter, family.offer(Method.CASH, OF_ASHA).bill, 1)
    assert (bill.state, bill.rest, bill.receipts) == (BillState.PART_PAID, BOOKS, ())
    bill = write_off(counter, bill, 2)
    assert (bill.state, bill.hold_until, bill.awaits_receipts) == (BillState.PAID, None, False)
    [receipt] = receipts(counter, bill)
    assert (receipt.roll_no, receipt.amount, receipt.left) == ("R001", OF_ASHA, None)
    [tender] = bill.tenders
    assert tender.has_receipt
    assert counter.payments.view(tender.attempt_uid).receipt_no == receipt.number


def test_the_receipt_of_a_part_whose_rest_is_written_off_says_that_nothing_is_left(
    counter: Counter, family: Family
) -> None:
    bill = write_off(counter, alone(family), 0)
    assert (bill.state, bill.closed_at) == (BillState.PAID, counter.clock.now())
    [receipt] = receipts(counter, bill)
    assert receipt.amount == CASH
    assert receipt.left is None or receipt.left.amount == ZERO


def test_a_write_off_whose_receipt_cannot_be_written_does_not_happen(
    counter: Counter, family: Family
) -> None:
    bill = alone(family)
    with counter.context.store.writing() as work:
        work.receipts.advance_series("D1", "26-27", 9_999_999)
        work.commit()
    with pytest.raises(ReceiptSeriesFullError):
        write_off(counter, bill, 0)
    bill = family.carts.view(bill.uid)
    assert (bill.state, bill.rest) == (BillState.PART_PAID, LEFT)


def test_what_is_paid_of_no_line_gets_no_receipt(counter: Counter, family: Family) -> None:
    offered = family.offer()
    counter.payments.open(offered.attempt.uid)
    counter.payments.cancel(offered.attempt.uid)
    bill = write_off(counter, offered.bill, 0, 1, 2)
    assert (bill.state, bill.receipts) == (BillState.OFFERED, ())
    counter.clock.advance(86_400)
    assert [each.uid for each in family.carts.tidy()] == [bill.uid]
    bill = family.carts.view(bill.uid)
    assert (bill.state, bill.receipts) == (BillState.ABANDONED, ()), "nothing of it was paid"


def test_a_bill_whose_fees_were_paid_otherwise_ends_as_paid(
    counter: Counter, family: Family
) -> None:
    offered = family.carts.offer(Cart(family.cart.lines[:1]), Method.UPI_INTENT)
    counter.payments.open(offered.attempt.uid)
    counter.payments.cancel(offered.attempt.uid)
    counter.payments.begin_dues({family.tuition: TUITION}, Method.CASH)
    counter.clock.advance(86_400)
    family.carts.tidy()
    bill = family.carts.view(offered.bill.uid)
    assert (bill.state, bill.paid) == (BillState.PAID, ZERO)


def test_a_fee_that_is_restored_is_due_beside_the_bill_that_has_ended(
    counter: Counter, family: Family
) -> None:
    bill = write_off(counter, alone(family), 0)
    counter.desk.dues.restore(family.tuition, "it was a mistake")
    with pytest.raises(BillEndedError):
        family.carts.tender(bill.uid, Method.CASH)
    last = family.carts.offer(Cart(family.cart.lines[:1]), Method.CASH).bill
    assert (last.total, amounts(counter, last)) == (LEFT, [LEFT])
    assert amounts(counter, bill) == [CASH]


# --- asked less for otherwise


def conceded(counter: Counter, bill: BillView) -> None:
    counter.desk.settings.put("concessions.cap_bp", "10000")
    wish = ConcessionWish(value=LEFT.paise, measure=ConcessionMeasure.AMOUNT, reason=WHY)
    counter.desk.concessions.concede(enrollment_of(counter, bill.lines[0].due_uid), [wish])


def replanned(counter: Counter, bill: BillView) -> None:
    day = day_in_india(counter.clock.now()) + timedelta(days=30)
    counter.desk.changes.replan(enrollment_of(counter, bill.lines[0].due_uid), [day], WHY)


def moved_to_another_course(counter: Counter, bill: BillView) -> None:
    cheaper = course_of(counter, "CHP", CASH)
    counter.desk.changes.change(
        enrollment_of(counter, bill.lines[0].due_uid), cheaper, ChangeMode.DIFFERENCE, WHY
    )


def refunded(counter: Counter, _bill: BillView) -> None:
    [payment] = counter.ledger()["payments"]
    counter.desk.refunds.refund(payment["id"], CASH, WHY)


@pytest.mark.parametrize("change", [conceded, replanned, moved_to_another_course])
def test_a_bill_ends_with_its_receipt_once_nothing_else_is_asked_of_it(
    counter: Counter, family: Family, change: Callable[[Counter, BillView], None]
) -> None:
    bill = alone(family)
    change(counter, bill)
    bill = family.carts.view(bill.uid)
    assert (bill.state, bill.rest, bill.awaits_receipts) == (BillState.PAID, ZERO, False)
    assert amounts(counter, bill) == [CASH]


def test_a_bill_whose_only_money_is_refunded_ends_with_its_receipt_and_is_not_paid(
    counter: Counter, family: Family
) -> None:
    bill = alone(family)
    refunded(counter, bill)
    bill = family.carts.view(bill.uid)
    assert (bill.state, bill.paid, bill.rest) == (BillState.ABANDONED, ZERO, ZERO)
    assert amounts(counter, bill) == [CASH]


def test_a_late_fee_that_is_waived_ends_the_bill(counter: Counter, family: Family) -> None:
    counter.clock.advance(86_400)
    day = day_in_india(counter.clock.now())
    counter.desk.dues.move_date(family.tuition, day, WHY)
    counter.clock.advance(86_400)
    counter.desk.dues.add_late_fee(family.tuition, Money(50_00), WHY)
    [fee] = {each.uid for each in family.carts.family(family.asha).dues} - {family.tuition}
    lines = (*family.cart.lines[:1], CartLine(family.asha, due_uid=fee))
    bill = family.carts.offer(Cart(lines), Method.CASH, TUITION).bill
    assert bill.state is BillState.PART_PAID
    counter.desk.dues.waive(fee, None, WHY)
    bill = family.carts.view(bill.uid)
    assert (bill.state, amounts(counter, bill)) == (BillState.PAID, [TUITION])


# --- payments that are open


def test_a_code_that_is_up_takes_its_money_before_the_bill_ends(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    view = counter.payments.open(family.carts.tender(bill.uid, Method.UPI_INTENT, LEFT).attempt.uid)
    with pytest.raises(DueCoveredError):
        write_off(counter, bill, 0)
    bill = write_off(counter, bill, 1, 2)
    assert (bill.state, bill.receipts) == (BillState.PART_PAID, ())
    counter.pay(view)
    counter.polling.run()
    bill = family.carts.view(bill.uid)
    assert (bill.state, amounts(counter, bill)) == (BillState.PAID, [OF_ASHA])


def test_a_code_that_is_paid_after_the_bill_ended_repeats_no_receipt(
    counter: Counter, family: Family
) -> None:
    bill = alone(family)
    view = counter.payments.open(family.carts.tender(bill.uid, Method.UPI_INTENT).attempt.uid)
    counter.payments.cancel(view.uid)
    bill = write_off(counter, bill, 0)
    assert amounts(counter, bill) == [CASH]
    counter.gateway.pay(view.qr_text or "")
    counter.polling.reconcile()
    assert family.carts.view(bill.uid).state is BillState.PAID
    assert [each.amount for each in counter.desk.unapplied.held()] == [LEFT]
    written = query(counter.context.folder, "SELECT amount_paise FROM receipts ORDER BY rowid")
    assert written == [(CASH.paise,), (LEFT.paise,)], "each payment is on one"


def test_a_bill_whose_rest_a_cheque_covers_has_its_receipt_and_waits_for_the_bank(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    typed = replace(CHEQUE, amount=OTHER)
    cheque = family.carts.tender(bill.uid, Method.CHEQUE, typed=typed)
    assert cheque.bill.receipts == ()
    bill = write_off(counter, bill, 2)
    assert (bill.state, bill.to_collect, bill.rest) == (BillState.PART_PAID, ZERO, OTHER)
    assert amounts(counter, bill) == [OF_ASHA]
    handed_in = counter.desk.cheques.one(cheque.attempt.uid)
    counter.desk.cheques.deposit([handed_in.uid])
    counter.desk.cheques.clear(handed_in.uid)
    bill = family.carts.view(bill.uid)
    assert (bill.state, amounts(counter, bill)) == (BillState.PAID, [OF_ASHA, OTHER])


# --- another window, the dashboard, the end of the hold


def test_another_window_finds_the_bill_ended(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    for line in bill.lines[1:]:
        other.desk.dues.write_off(str(line.due_uid), WHY)
    with pytest.raises(BillEndedError):
        family.carts.tender(bill.uid, Method.CASH)
    assert family.carts.end(bill.uid).state is BillState.PAID
    counter.clock.advance(HOLD_S)
    assert family.carts.tidy() == other.carts.tidy() == ()
    assert amounts(counter, bill) == [OF_ASHA]


def test_a_refund_on_the_dashboard_marks_the_receipt_of_a_bill_written_off(
    counter: Counter, family: Family
) -> None:
    begun = family.offer(Method.UPI_INTENT, OF_ASHA)
    payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    bill = write_off(counter, begun.bill, 1, 2)
    counter.gateway.refund_on_dashboard(payment_id, OF_ASHA.paise)
    counter.polling.reconcile()
    [receipt] = receipts(counter, family.carts.view(bill.uid))
    assert (receipt.amount, receipt.refunded) == (OF_ASHA, OF_ASHA)
    assert found(counter) == ""


def test_a_refund_on_the_dashboard_of_all_that_was_paid_ends_the_bill(
    counter: Counter, family: Family
) -> None:
    begun = family.carts.offer(Cart(family.cart.lines[:1]), Method.UPI_INTENT, CASH)
    payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    counter.gateway.refund_on_dashboard(payment_id, CASH.paise)
    counter.polling.reconcile()
    bill = family.carts.view(begun.bill.uid)
    assert (bill.is_open, bill.rest, bill.awaits_receipts) == (False, ZERO, False)
    [receipt] = receipts(counter, bill)
    assert (receipt.amount, receipt.refunded) == (CASH, CASH)


@pytest.mark.parametrize("last", [9_999_999, 9_999_998])
def test_a_refund_on_the_dashboard_is_booked_though_no_receipt_can_be_numbered(
    counter: Counter, family: Family, last: int
) -> None:
    amount = OF_ASHA + CASH  # of both children: it needs two numbers
    begun = family.carts.offer(Cart(family.cart.lines[:2]), Method.UPI_INTENT, amount)
    payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    with counter.context.store.writing() as work:
        work.receipts.advance_series("D1", "26-27", last)
        work.commit()
    counter.gateway.refund_on_dashboard(payment_id, amount.paise)
    assert counter.polling.reconcile().is_complete
    [refund] = counter.desk.refunds.of(payment_id)
    assert refund.state is RefundState.PROCESSED
    bill = family.carts.view(begun.bill.uid)
    assert (bill.state, bill.receipts, bill.awaits_receipts) == (BillState.PART_PAID, (), True)
    with counter.context.store.writing() as work:
        work.put_setting("desk.id", "E1")
        work.commit()
    counter.clock.advance(HOLD_S)
    assert [each.uid for each in family.carts.tidy()] == [bill.uid]
    assert amounts(counter, bill) == [OF_ASHA, CASH]


def test_a_bill_whose_receipts_have_no_number_does_not_keep_others_from_ending(
    counter: Counter, family: Family
) -> None:
    amount = OF_ASHA + CASH  # of both children: it needs two numbers
    part = Money(1_000_00)
    begun = family.carts.offer(Cart(family.cart.lines[:2]), Method.UPI_INTENT, amount)
    payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    ready = family.carts.offer(Cart(family.cart.lines[2:]), Method.CASH, part).bill
    with counter.context.store.writing() as work:
        work.receipts.advance_series("D1", "26-27", 9_999_998)
        work.commit()
    counter.gateway.refund_on_dashboard(payment_id, amount.paise)
    assert counter.polling.reconcile().is_complete
    counter.clock.advance(HOLD_S)
    assert [each.uid for each in family.carts.tidy()] == [ready.uid]
    assert amounts(counter, ready) == [part]
    waiting = family.carts.view(begun.bill.uid)
    assert (waiting.state, waiting.awaits_receipts) == (BillState.PART_PAID, True)
    assert family.carts.tidy() == ()
    with counter.context.store.writing() as work:
        work.put_setting("desk.id", "E1")
        work.commit()
    assert [each.uid for each in family.carts.tidy()] == [waiting.uid]
    assert amounts(counter, waiting) == [OF_ASHA, CASH]


def test_a_bill_whose_receipts_have_no_number_does_not_keep_others_from_being_offered(
    counter: Counter, family: Family
) -> None:
    begun = family.carts.offer(Cart(family.cart.lines[:2]), Method.UPI_INTENT, OF_ASHA + CASH)
    payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    with counter.context.store.writing() as work:
        work.receipts.advance_series("D1", "26-27", 9_999_998)
        work.commit()
    counter.gateway.refund_on_dashboard(payment_id, (OF_ASHA + CASH).paise)
    assert counter.polling.reconcile().is_complete
    counter.clock.advance(HOLD_S)
    bill = family.carts.offer(Cart(family.cart.lines[2:]), Method.CASH).bill
    assert (bill.state, amounts(counter, bill)) == (BillState.PAID, [BOOKS])
    assert family.carts.view(begun.bill.uid).awaits_receipts
