"""Receipts of one sitting: the tenders of a bill that end together are on the same receipts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from desktop_app.documents.paper_sheet import LANGUAGES, PAPERS
from desktop_app.domain.allocation import allocate
from desktop_app.domain.bills import BillState
from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import ReceiptSeriesFullError
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.tender import Verification
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from tests.integration.test_carts import CASH, REST, Family, family
from tests.integration.test_cheques import CHEQUE, DAY
from tests.integration.test_counter_tenders import NEFT
from tests.integration.test_second_shape_attacks import adds_up, found
from tests.integration.test_several_dues import BOOKS, OTHER, TOTAL, TUITION, enrolled
from tests.proofs.ledger_audit import query

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop_app.services.views.bills import BillView
    from desktop_app.services.views.receipts import ReceiptView
    from tests.integration.conftest import Counter

__all__ = ["adds_up", "family"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
HOLD_S = 30 * 60 + 1
OF_ASHA, OF_ROHAN = TUITION, OTHER + BOOKS
LEFT = TUITION - CASH


def paid_by_code(counter: Counter, family: Family, bill: BillView) -> BillView:
    begun = family.carts.tender(bill.uid, Method.UPI_INTENT)
    counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    return family.carts.view(bill.uid)


def receipts(counter: Counter, bill: BillView) -> list[ReceiptView]:
    return [counter.receipts.receipt(each.uid) for each in bill.receipts]


def ways(receipt: ReceiptView) -> list[tuple[Method, Money]]:
    return [(each.method, each.amount) for each in receipt.tenders]


def text_of(counter: Counter, receipt: ReceiptView, paper: str = "a4", language: str = "en") -> str:
    document = QTextDocument()
    document.setHtml(counter.receipts.html(receipt.uid, paper, language))
    return document.toPlainText()


# --- settled in one sitting


def test_cash_and_a_code_are_on_the_same_receipts(counter: Counter, family: Family) -> None:
    begun = family.offer(Method.CASH, CASH)  # V3.2
    assert (begun.attempt.receipt_no, begun.bill.receipts) == (None, ())
    assert begun.bill.awaits_receipts
    assert counter.payments.outcome(begun.attempt.uid).receipts == ()
    bill = paid_by_code(counter, family, begun.bill)
    assert not bill.awaits_receipts
    asha, rohan = receipts(counter, bill)
    assert [(each.roll_no, each.amount) for each in (asha, rohan)] == [
        ("R001", OF_ASHA), ("R002", OF_ROHAN),
    ]  # fmt: skip
    assert ways(asha) == [(Method.CASH, CASH), (Method.UPI_INTENT, LEFT)]
    assert (rohan.method, rohan.tenders) == (Method.UPI_INTENT, ())
    assert [(each.label, each.amount.paise) for each in asha.lines] == [
        ("PHY", 12_000_00), ("CGST 9 %", 1_080_00), ("SGST 9 %", 1_080_00),
    ]  # fmt: skip
    assert [each.number for each in bill.receipts] == ["D1/26-27/000001", "D1/26-27/000002"]
    upi = counter.payments.view(bill.tenders[1].attempt_uid)
    assert upi.rrn == asha.tenders[1].rrn == bill.tenders[1].reference
    assert upi.receipt_no == asha.number
    for tender in bill.tenders:
        shown = counter.payments.outcome(tender.attempt_uid).receipts
        assert [each.number for each in shown] == [asha.number, rohan.number]


def test_a_student_paid_by_the_first_tender_gets_the_receipt_with_the_last(
    counter: Counter, family: Family
) -> None:
    begun = family.offer(Method.CASH, OF_ASHA)
    bill = paid_by_code(counter, family, begun.bill)
    asha, rohan = receipts(counter, bill)
    assert (asha.method, asha.tenders, rohan.method) == (Method.CASH, (), Method.UPI_INTENT)
    shown = counter.payments.outcome(bill.tenders[1].attempt_uid).receipts
    assert [each.number for each in shown] == [asha.number, rohan.number], "both are printed"


def test_a_whole_bill_has_one_receipt_with_every_tender(counter: Counter, family: Family) -> None:
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "")
        work.put_setting("receipts.per", "bill")
        work.commit()
    bill = paid_by_code(counter, family, family.offer(Method.CASH, CASH).bill)
    [receipt] = receipts(counter, bill)
    assert (receipt.amount, receipt.student_name) == (TOTAL, "Asha Rao, Rohan Rao")
    assert ways(receipt) == [(Method.CASH, CASH), (Method.UPI_INTENT, REST)]


@pytest.mark.parametrize("per", ["student", "bill"])
def test_cash_and_test_money_share_no_receipt(counter: Counter, family: Family, per: str) -> None:
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "")
        work.put_setting("receipts.per", per)
        work.commit()
    counter.gateway.key_id = "rzp_test_fake000000001"
    bill = paid_by_code(counter, family, family.offer(Method.CASH, CASH).bill)
    issued = receipts(counter, bill)
    [real] = [each for each in issued if not each.is_test]
    assert (real.number, real.amount, real.method) == ("D1/26-27/000001", CASH, Method.CASH)
    tests = [each for each in issued if each.is_test]
    assert [each.number for each in tests] == [
        f"D1T/26-27/{at:06}" for at in range(1, len(tests) + 1)
    ]
    assert total(each.amount for each in tests) == REST
    assert {each.method for each in tests} == {Method.UPI_INTENT}
    assert len(tests) == (1 if per == "bill" else 2)
    assert counter.context.store.reader.balances.differences() == ()


def test_one_tender_is_written_as_ever(counter: Counter, family: Family) -> None:
    family.offer(Method.CASH)
    contents = query(counter.context.folder, "SELECT content FROM receipts")
    assert len(contents) == 2
    assert not any("tenders" in json.loads(content) for (content,) in contents)


def test_credit_that_pays_the_rest_ends_the_sitting(counter: Counter, family: Family) -> None:
    over = TypedEvidence(amount=TUITION + LEFT, reference=NEFT.reference, dated=NEFT.dated)
    alone = family.carts.offer(Cart(family.cart.lines[:1]), Method.NEFT, typed=over)
    assert len(alone.bill.receipts) == 1
    counter.courses.add(
        make_course(code="ART", title="ART", fee=TUITION, gst_bp=1_800, tax_inclusive=True)
    )
    second = enrolled(counter, "R001", "ART")
    begun = family.carts.offer(Cart((CartLine(family.asha, due_uid=second),)), Method.CASH, CASH)
    assert begun.bill.receipts == ()
    last = family.carts.tender(begun.bill.uid, Method.CREDIT)
    assert last.bill.state is BillState.PAID
    [receipt] = receipts(counter, last.bill)
    assert (receipt.amount, receipt.method) == (CASH, Method.CASH)
    shown = counter.payments.outcome(last.attempt.uid).receipts
    assert [each.number for each in shown] == [receipt.number]


# --- a sitting that ends otherwise


def test_the_hold_ends_the_sitting(counter: Counter, family: Family) -> None:  # V3.3
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(HOLD_S)
    [ended] = family.carts.tidy()
    [receipt] = receipts(counter, ended)
    assert (ended.state, receipt.amount, receipt.tenders) == (BillState.ABANDONED, CASH, ())
    assert receipt.left is not None
    assert receipt.left.amount == LEFT
    assert family.carts.tidy() == ()
    assert family.carts.view(bill.uid).receipts == ended.receipts


def test_a_person_ends_the_sitting_with_the_bill(counter: Counter, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    assert [each.amount for each in family.carts.end(bill.uid).receipts] == [CASH]
    assert [each.amount for each in family.carts.end(bill.uid).receipts] == [CASH], "once"


def test_money_of_an_earlier_day_shows_its_day(counter: Counter, family: Family) -> None:
    family.offer(Method.CASH, CASH)
    counter.clock.advance(DAY)
    [ended] = family.carts.tidy()
    [receipt] = receipts(counter, ended)
    assert [(each.method, each.on) for each in receipt.tenders] == [
        (Method.CASH, date(2026, 11, 20))
    ]
    assert "20-11-2026" in text_of(counter, receipt)
    assert "21-11-2026" in text_of(counter, receipt)


def test_a_cheque_for_the_rest_ends_the_sitting(counter: Counter, family: Family) -> None:
    begun = family.offer(Method.CASH, OF_ASHA)
    assert begun.bill.receipts == ()
    given_in = family.carts.tender(begun.bill.uid, Method.CHEQUE, typed=CHEQUE)
    assert [each.amount for each in given_in.bill.receipts] == [OF_ASHA], "nothing else comes now"
    cheque = counter.desk.cheques.one(given_in.attempt.uid)
    counter.desk.cheques.deposit([cheque.uid], "HDFC 4321")
    counter.desk.cheques.clear(cheque.uid, date(2026, 11, 20))
    bill = family.carts.view(begun.bill.uid)
    assert bill.state is BillState.PAID
    assert [(each.method, each.amount) for each in receipts(counter, bill)] == [
        (Method.CASH, OF_ASHA), (Method.CHEQUE, OF_ROHAN),
    ]  # fmt: skip


def test_cash_beside_a_cheque_has_its_receipt_at_once(counter: Counter, family: Family) -> None:
    part = replace(CHEQUE, amount=OF_ASHA)
    begun = family.carts.offer(family.cart, Method.CHEQUE, quoted=TOTAL, typed=part)
    last = family.carts.tender(begun.bill.uid, Method.CASH)
    assert [each.amount for each in last.bill.receipts] == [OF_ROHAN]


def test_a_link_that_stays_open_does_not_keep_the_receipts(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    link = counter.payments.open(family.carts.tender(bill.uid, Method.PAYMENT_LINK).attempt.uid)
    assert family.carts.tidy() == ()
    counter.clock.advance(HOLD_S)
    [seen] = family.carts.tidy()
    assert (seen.state, [each.amount for each in seen.receipts]) == (BillState.PART_PAID, [CASH])
    assert family.carts.tidy() == ()
    counter.pay(link)
    counter.polling.run()
    bill = family.carts.view(bill.uid)
    assert bill.state is BillState.PAID
    assert [each.amount for each in bill.receipts] == [CASH, LEFT, OF_ROHAN]


def test_a_code_on_screen_keeps_the_sitting(counter: Counter, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(HOLD_S - 60)
    view = counter.payments.open(family.carts.tender(bill.uid, Method.UPI_INTENT).attempt.uid)
    counter.clock.advance(120)
    assert family.carts.tidy() == ()
    counter.pay(view)
    counter.polling.run()
    assert len(family.carts.view(bill.uid).receipts) == 2


def test_late_money_of_an_ended_bill_has_its_own_receipts(counter: Counter, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    view = counter.payments.open(family.carts.tender(bill.uid, Method.UPI_INTENT).attempt.uid)
    counter.payments.cancel(view.uid)
    family.carts.end(bill.uid)
    counter.clock.advance(60)
    counter.pay(view)
    counter.polling.reconcile()
    amounts = [each.amount for each in family.carts.view(bill.uid).receipts]
    assert amounts == [CASH, LEFT, OF_ROHAN]
    shown = counter.payments.outcome(view.uid).receipts
    assert [each.amount for each in shown] == [LEFT, OF_ROHAN]


# --- what is known of each tender


def test_a_claim_beside_cash_is_said_until_the_bank_shows_it(
    qapp: QApplication, counter: Counter, family: Family
) -> None:
    begun = family.carts.offer(family.cart, Method.CASH, CASH, TOTAL)
    last = family.carts.tender(begun.bill.uid, Method.NEFT, typed=NEFT)
    asha, rohan = receipts(counter, last.bill)
    assert [each.verification for each in asha.tenders] == [None, Verification.CLAIMED]
    assert rohan.verification is Verification.CLAIMED
    for paper in PAPERS:
        for language in LANGUAGES:
            text = text_of(counter, asha, paper, language)
            for part in ("10,000.00", "4,160.00", "14,160.00", NEFT.reference):
                assert part in text, (paper, language, part)
            unsure = "Not verified yet" if language == "en" else "वेरिफ़िकेशन बाक़ी"
            assert unsure in text
    assert "Part of this amount is subject to verification" in text_of(counter, asha)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.match(claimed.uid, date(2026, 11, 20), "statement")
    text = text_of(counter, counter.receipts.receipt(asha.uid))
    assert "verif" not in text


def test_what_never_came_is_cancelled_on_the_receipt_alone(
    qapp: QApplication, counter: Counter, family: Family
) -> None:
    begun = family.carts.offer(family.cart, Method.CASH, CASH, TOTAL)
    last = family.carts.tender(begun.bill.uid, Method.NEFT, typed=NEFT)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "no such transfer")
    text = text_of(counter, receipts(counter, last.bill)[0])
    assert "PARTLY CANCELLED" in text
    assert found(counter) == ""


def test_what_never_came_before_the_end_is_on_no_receipt(counter: Counter, family: Family) -> None:
    typed = TypedEvidence(amount=CASH, reference=NEFT.reference, dated=NEFT.dated)
    begun = family.carts.offer(family.cart, Method.NEFT, quoted=TOTAL, typed=typed)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "no such transfer")
    last = family.carts.tender(begun.bill.uid, Method.CASH)
    assert [(each.method, each.amount) for each in receipts(counter, last.bill)] == [
        (Method.CASH, OF_ASHA), (Method.CASH, OF_ROHAN),
    ]  # fmt: skip


def test_a_refund_marks_the_receipt_of_its_tender(
    qapp: QApplication, counter: Counter, family: Family
) -> None:
    bill = paid_by_code(counter, family, family.offer(Method.CASH, CASH).bill)
    [cash] = [row for row in counter.ledger()["payments"] if row["tender"] == "cash"]
    counter.desk.refunds.refund(cash["id"], CASH, "moved away")
    asha, rohan = receipts(counter, bill)
    assert (asha.refunded, rohan.refunded) == (CASH, None)
    assert "PARTLY REFUNDED ₹10,000.00" in text_of(counter, asha)


# --- numbers


def test_a_bill_begins_no_tender_that_its_receipts_would_have_no_number_for(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    with counter.context.store.writing() as work:
        work.receipts.advance_series("D1", "26-27", 9_999_998)
        work.commit()
    with pytest.raises(ReceiptSeriesFullError):
        family.carts.tender(bill.uid, Method.CASH)
    assert family.carts.view(bill.uid).paid == OF_ASHA


# --- any tenders


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_tenders_of_any_sitting_sum_to_its_receipts(counter: Counter, data: st.DataObject) -> None:
    uid = counter.context.ids.new()[-10:]
    phone = f"9{sum(uid.encode()) * 7_919_993 % 10**9:09d}"
    students = [
        counter.student(f"{uid}{at}", guardian_phone=phone, guardian_name="Meera Rao", phone=phone)
        for at in range(2)
    ]
    fees = data.draw(st.lists(st.integers(100, 30_000_00), min_size=2, max_size=4))
    lines = []
    for at, fee in enumerate(fees):
        course = counter.course(f"C{at}{uid}", fee=Money(fee))
        lines.append(CartLine(students[at % 2].uid, course_uid=course.uid))
    rest = family_total = None
    bill = None
    for _ in range(8):
        if bill is not None and bill.state is BillState.PAID:
            break
        if bill is None:
            quoted = counter.desk.carts.quote(Cart(tuple(lines)))
            rest = family_total = quoted.total
        assert rest is not None
        part = _part(data, [each.rest for each in bill.lines] if bill else [*map(Money, fees)])
        offered = (
            counter.desk.carts.offer(Cart(tuple(lines)), Method.CASH, part)
            if bill is None
            else counter.desk.carts.tender(bill.uid, Method.CASH, part)
        )
        bill, rest = offered.bill, offered.bill.rest
    assert bill is not None
    if bill.state is not BillState.PAID:
        bill = counter.desk.carts.end(bill.uid)
    issued = receipts(counter, bill)
    assert total(each.amount for each in issued) == bill.paid
    assert len({each.roll_no for each in issued}) == len(issued), "one a student"
    for receipt in issued:
        assert total(each.amount for each in receipt.lines) == receipt.amount
        assert total(each.amount for each in receipt.tenders) in {Money(0), receipt.amount}
    assert family_total is not None
    if bill.state is BillState.PAID:
        assert bill.paid == family_total


def _part(data: st.DataObject, rests: list[Money]) -> Money | None:
    """Draw a part that leaves nothing of any fee under one rupee; None for all."""
    most = total(rests).paise // 100 - 1
    if most < 1 or data.draw(st.booleans()):
        return None
    part = Money(data.draw(st.integers(1, most)) * 100)
    left = allocate(part, {str(at): rest for at, rest in enumerate(rests)}).rest
    return None if left else part


# --- a fee that changes during the sitting


@pytest.mark.parametrize("fee", [Money(118_00), OTHER - Money(118_00)])
def test_a_fee_that_becomes_less_during_the_sitting_keeps_its_part(
    qapp: QApplication, counter: Counter, family: Family, fee: Money
) -> None:
    wish = ConcessionWish(value=1000, reason="scholarship", proof="letter 12")
    lines = (
        CartLine(family.rohan, course_uid=family.chemistry, wishes=(wish,)),
        CartLine(family.asha, due_uid=family.tuition),
    )
    price = family.carts.quote(Cart(lines)).total - TUITION
    bill = family.carts.offer(Cart(lines), Method.CASH, price).bill
    cheaper = make_course(
        code="CHP", title="CHP", fee=fee, gst_bp=1_800, tax_inclusive=True, seats=2
    )
    counter.courses.add(cheaper)
    with counter.context.store.reading() as books:
        [line] = [each for each in books.bills.lines(bill.uid) if each.student_uid == family.rohan]
        _, enrollment = books.enrollments.due_with_enrollment(str(line.due_uid))
    counter.desk.changes.change(
        enrollment.uid, counter.courses.find("CHP").uid, ChangeMode.DIFFERENCE, "cheaper"
    )
    last = family.carts.tender(bill.uid, Method.CASH)
    assert last.bill.state is BillState.PAID
    issued = receipts(counter, last.bill)
    assert total(each.amount for each in issued) == price + TUITION
    for receipt in issued:
        assert total(each.amount for each in receipt.lines) == receipt.amount
        assert all(abs(each.amount.paise) <= TOTAL.paise for each in receipt.lines)


# --- credit on a bill


def test_credit_counts_as_paid_of_the_parts_a_bill_asks_for(
    counter: Counter, family: Family
) -> None:
    over = TypedEvidence(amount=TUITION + CASH, reference=NEFT.reference, dated=NEFT.dated)
    family.carts.offer(Cart(family.cart.lines[:1]), Method.NEFT, typed=over)
    counter.courses.add(
        make_course(code="ART", title="ART", fee=TUITION, gst_bp=1_800, tax_inclusive=True)
    )
    due = enrolled(counter, "R001", "ART")
    part = CartLine(family.asha, due_uid=due, amount=CASH + BOOKS)
    begun = family.carts.offer(Cart((part,)), Method.CREDIT)
    [line] = begun.bill.lines
    assert (line.amount, line.paid, line.rest) == (CASH + BOOKS, CASH, BOOKS)
    last = family.carts.tender(begun.bill.uid, Method.CASH)
    assert (last.bill.state, last.attempt.amount) == (BillState.PAID, BOOKS)
