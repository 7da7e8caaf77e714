"""Fees that change between the tenders of a bill: its receipts still show what each tender paid."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.documents.paper_sheet import LANGUAGES, PAPERS
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import DomainError
from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanKind
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import ServiceError
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.storage.store import DATABASE
from tests.integration.test_carts import Family, family
from tests.integration.test_cheques import CHEQUE, FUNDS
from tests.integration.test_second_shape_attacks import adds_up, found
from tests.integration.test_several_dues import TUITION
from tests.integration.test_sittings import HOLD_S, receipts, text_of
from tests.proofs.fee_invariants import FEE_INVARIANTS, check_statement
from tests.proofs.ledger_audit import HALF_WRITTEN, query

if TYPE_CHECKING:
    from random import Random

    from PySide6.QtWidgets import QApplication

    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.views.bills import BillView
    from tests.integration.conftest import Counter

__all__ = ["adds_up", "family"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
SCHOLARSHIP = ConcessionWish(value=1_000, reason="scholarship", proof="letter 12")
TWO = FeePlan("TWO", "Two parts", PlanKind.EQUAL, 2)


def course_of(counter: Counter, code: str, fee: Money) -> str:
    made = make_course(code=code, title=code, fee=fee, gst_bp=1_800, tax_inclusive=True)
    return counter.courses.add(made).uid


def dues_of(counter: Counter, enrollment_uid: str) -> tuple[DueRecord, ...]:
    with counter.context.store.reading() as books:
        return books.enrollments.dues_of(enrollment_uid)


# --- the parts of a plan


@dataclass(frozen=True)
class InTwo:
    """A conceded course in two parts, both paid by the first tender of a bill."""

    family: Family
    enrollment: str
    paid: Money
    bill: BillView


@pytest.fixture
def in_two(counter: Counter, family: Family) -> InTwo:
    counter.desk.plans.add(family.chemistry, TWO)
    enrolment = counter.desk.enrolments.enrol(family.rohan, family.chemistry, plan_code="TWO")
    counter.desk.concessions.concede(enrolment.enrollment_uid, [SCHOLARSHIP])
    parts = [each for each in dues_of(counter, enrolment.enrollment_uid) if each.is_payable]
    assert len(parts) == 2
    lines = (
        *(CartLine(family.rohan, due_uid=each.uid) for each in parts),
        CartLine(family.asha, due_uid=family.tuition),
    )
    paid = total(each.balance for each in parts)
    bill = family.carts.offer(Cart(lines), Method.CASH, paid).bill
    return InTwo(family, enrolment.enrollment_uid, paid, bill)


@pytest.mark.parametrize("fee", [Money(118_00), Money(5_625_00), Money(9_000_00)])
def test_a_conceded_part_of_which_nothing_is_asked_any_more_is_on_its_receipt(
    qapp: QApplication, counter: Counter, in_two: InTwo, fee: Money
) -> None:
    cheaper = course_of(counter, "CHP", fee)
    counter.desk.changes.change(in_two.enrollment, cheaper, ChangeMode.DIFFERENCE, "cheaper")
    asked = [each.amount_asked for each in dues_of(counter, in_two.enrollment)]
    assert total(asked) == fee
    last = in_two.family.carts.tender(in_two.bill.uid, Method.CASH)
    of_rohan, of_asha = receipts(counter, last.bill)
    assert (of_rohan.amount, of_asha.amount) == (in_two.paid, TUITION)
    for receipt in (of_rohan, of_asha):
        assert total(each.amount for each in receipt.lines) == receipt.amount
        for paper in PAPERS:
            assert all(text_of(counter, receipt, paper, each) for each in LANGUAGES)


def test_a_part_keeps_its_share_of_the_concession_when_the_rest_moves_to_another_course(
    counter: Counter, family: Family
) -> None:
    lines = (
        CartLine(family.rohan, course_uid=family.chemistry, wishes=(SCHOLARSHIP,)),
        CartLine(family.asha, due_uid=family.tuition),
    )
    half = Money(5_625_00)
    bill = family.carts.offer(Cart(lines), Method.CASH, half).bill
    [enrollment] = query(
        counter.context.folder,
        f"SELECT uid FROM enrollments WHERE student_uid = '{family.rohan}'",
    )[0]
    dearer = course_of(counter, "DEAR", Money(20_000_00))
    counter.desk.changes.change(enrollment, dearer, ChangeMode.DIFFERENCE, "harder")
    [of_rohan] = receipts(counter, family.carts.end(bill.uid))
    assert [(each.label, each.amount.paise) for each in of_rohan.lines] == [
        ("CHE", 5_296_61), ("Concession: Other", -529_67), ("CGST 9 %", 429_03),
        ("SGST 9 %", 429_03),
    ]  # fmt: skip


def test_the_receipt_of_a_whole_fee_names_what_another_course_asks_since(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, TUITION).bill
    [enrollment] = query(
        counter.context.folder, f"SELECT enrollment_uid FROM dues WHERE uid = '{family.tuition}'"
    )[0]
    dearer = course_of(counter, "DEAR", TUITION + Money(1_000_00))
    counter.desk.changes.change(enrollment, dearer, ChangeMode.DIFFERENCE, "harder")
    [of_asha] = receipts(counter, family.carts.end(bill.uid))
    assert of_asha.left is not None
    assert of_asha.left.amount == Money(1_000_00)


# --- any change between any tenders


A_DAY = LateRule(LateKind.PER_DAY, amount=Money(20_00), grace_days=2, cap=Money(300_00))
WHY = "agreed with the family"
STUDENTS = "SELECT count(*) FROM students"
REFUSED = (DomainError, ServiceError)
"""The errors by which a service refuses; anything else is a fault."""


@dataclass
class Sitting:
    """A family that pays a bill by several tenders while its fees change.

    Attributes:
        enrollment: the elder's, in two parts; its first one is overdue.
        others: the courses that it may change to.
    """

    counter: Counter
    chance: Random
    students: tuple[str, str]
    enrollment: str
    others: tuple[str, ...]
    bill: BillView

    def rupees(self, most: Money) -> Money:
        return rupees(self.chance, most)

    def coin(self) -> bool:
        return self.chance.random() < 0.5

    def due(self) -> DueRecord:
        return self.chance.choice(dues_of(self.counter, self.enrollment))

    def payment(self) -> str:
        paid = [each for each in self.bill.tenders if each.verification is not None]
        attempt = self.chance.choice(paid).attempt_uid
        [(uid,)] = query(
            self.counter.context.folder,
            f"SELECT uid FROM payments WHERE attempt_uid = '{attempt}'",
        )
        return str(uid)

    def tender(self) -> None:
        """Pay a part of what is left, by cash, a code, or a transfer."""
        carts, method = self.counter.desk.carts, self.chance.choice(WAYS)
        part = self.rupees(self.bill.to_collect)
        if method is Method.NEFT:
            reference = f"SBINR5{self.counter.context.ids.new()[-10:]}"
            typed = TypedEvidence(amount=part, reference=reference)
            carts.tender(self.bill.uid, method, typed=typed)
            return
        begun = carts.tender(self.bill.uid, method, part)
        if method is Method.UPI_INTENT:
            self.counter.pay(self.counter.payments.open(begun.attempt.uid))
            self.counter.polling.run(asked=True)

    # --- the changes

    def change_course(self) -> None:
        other, mode = self.chance.choice(self.others), self.chance.choice(tuple(ChangeMode))
        self.counter.desk.changes.change(self.enrollment, other, mode, WHY)

    def replan(self) -> None:
        today = day_in_india(self.counter.clock.now())
        count = self.chance.randint(1, 3)
        days = [today + timedelta(days=30 * each) for each in range(count)]
        self.counter.desk.changes.replan(self.enrollment, days, WHY)

    def concede(self) -> None:
        value = self.rupees(Money(900_00)).paise
        wish = ConcessionWish(value=value, measure=ConcessionMeasure.AMOUNT, reason=WHY)
        self.counter.desk.concessions.concede(self.enrollment, [wish])

    def take_concession_back(self) -> None:
        given = self.counter.desk.concessions.of_enrollment(self.enrollment)
        if given:
            uid = self.chance.choice(given).uid
            self.counter.desk.concessions.take_back(uid, WHY)

    def waive(self) -> None:
        self.counter.desk.dues.waive(self.due().uid, None, WHY)

    def add_late_fee(self) -> None:
        self.counter.desk.dues.add_late_fee(self.due().uid, Money(50_00), WHY)

    def write_off(self) -> None:
        self.counter.desk.dues.write_off(self.due().uid, WHY)

    def restore(self) -> None:
        self.counter.desk.dues.restore(self.due().uid, WHY)

    def refund(self) -> None:
        self.counter.desk.refunds.refund(self.payment(), self.rupees(self.bill.paid), WHY)

    def refund_on_dashboard(self) -> None:
        made = [each.reference for each in self.bill.tenders if each.reference]
        ids = (
            [
                payment_id
                for (payment_id,) in query(
                    self.counter.context.folder,
                    "SELECT payment_id FROM payments WHERE payment_id IS NOT NULL"
                    f" AND (rrn IN ({', '.join(map(repr, made))}) OR 0)",
                )
            ]
            if made
            else []
        )
        if ids:
            self.counter.gateway.refund_on_dashboard(ids[0], self.rupees(self.bill.paid).paise)
            self.counter.polling.reconcile()

    def reverse_claim(self) -> None:
        self.counter.desk.claims.reverse(self.payment(), WHY)

    def pay_otherwise(self) -> None:
        due = self.due()
        self.counter.payments.begin_dues({due.uid: self.rupees(due.balance)}, Method.CASH)

    def use_credit(self) -> None:
        due = self.due()
        credit = self.counter.desk.credits.balance(self.students[0])
        if credit:
            amount = min(credit, due.balance)
            self.counter.payments.begin_dues({due.uid: amount}, Method.CREDIT)

    def move_credit(self) -> None:
        credit = self.counter.desk.credits.balance(self.students[0])
        self.counter.desk.credits.move(*self.students, self.rupees(credit), WHY)

    def leave_gst(self) -> None:
        per = self.chance.choice(("bill", "student"))
        with self.counter.context.store.writing() as work:
            work.put_setting("centre.gstin", "")
            work.put_setting("receipts.per", per)
            work.commit()

    # --- the ends

    def settle(self) -> None:
        self.counter.desk.carts.tender(self.bill.uid, Method.CASH)

    def end(self) -> None:
        self.counter.desk.carts.end(self.bill.uid)

    def hold_ends(self) -> None:
        self.counter.clock.advance(HOLD_S)
        self.counter.desk.carts.tidy()

    def cheque(self) -> None:
        number = f"{self.chance.randint(1, 999_999):06d}"
        typed = replace(CHEQUE, reference=number, dated=day_in_india(self.counter.clock.now()))
        given_in = self.counter.desk.carts.tender(self.bill.uid, Method.CHEQUE, typed=typed)
        cheque = self.counter.desk.cheques.one(given_in.attempt.uid)
        if self.coin():
            self.counter.desk.cheques.deposit([cheque.uid])
            step = self.chance.choice(("clear", "bounce"))
            if step == "clear":
                self.counter.desk.cheques.clear(cheque.uid)
            else:
                self.counter.desk.cheques.bounce(cheque.uid, FUNDS)

    def do(self, step: str) -> None:
        with suppress(*REFUSED):
            getattr(self, step)()
        self.bill = self.counter.desk.carts.view(self.bill.uid)


WAYS = (Method.CASH, Method.UPI_INTENT, Method.NEFT)
CHANGES = (
    "change_course", "replan", "concede", "take_concession_back", "waive", "add_late_fee",
    "write_off", "restore", "refund", "refund_on_dashboard", "reverse_claim", "pay_otherwise",
    "use_credit", "move_credit", "leave_gst",
)  # fmt: skip
ENDS = ("settle", "end", "hold_ends", "cheque")


def rupees(chance: Random, most: Money) -> Money:
    return Money(chance.randint(1, max(1, most.paise // 100)) * 100)


def begun(counter: Counter, chance: Random) -> Sitting | None:
    """Offer a family's bill, and pay a part of it; None where that part was refused."""
    uid = counter.context.ids.new()[-10:]
    phone = f"8{int(query(counter.context.folder, STUDENTS)[0][0]):09d}"
    students = [
        counter.student(f"{uid}{at}", guardian_phone=phone, guardian_name="Meera Rao", phone=phone)
        for at in range(2)
    ]
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "27AAPFU0939F1ZV")
        work.commit()
    fees = [Money(chance.randint(2_000_00, 30_000_00)) for _ in range(3)]
    first, *others = [course_of(counter, f"C{at}{uid}", fee) for at, fee in enumerate(fees)]
    counter.desk.plans.save_late_rule("DAY", "A day", A_DAY)
    counter.desk.plans.add(first, replace(TWO, late_rule_code="DAY"))
    since = day_in_india(counter.clock.now()) - timedelta(days=chance.choice((0, 9)))
    enrolled = counter.desk.enrolments.enrol(students[0].uid, first, since, "TWO")
    if chance.random() < 0.5:
        counter.desk.concessions.concede(enrolled.enrollment_uid, [SCHOLARSHIP])
    open_ = [each.uid for each in dues_of(counter, enrolled.enrollment_uid) if each.is_payable]
    late = counter.desk.dues.ask_late_fees(open_) if chance.random() < 0.5 else ()
    wishes = (SCHOLARSHIP,) if chance.random() < 0.5 else ()
    cart = Cart(
        (
            *(CartLine(students[0].uid, due_uid=each) for each in (*open_, *late)),
            CartLine(students[1].uid, course_uid=others[0], wishes=wishes),
        )
    )
    part = rupees(chance, counter.desk.carts.quote(cart).total)
    uids = (students[0].uid, students[1].uid)
    try:
        bill = counter.desk.carts.offer(cart, Method.CASH, part).bill
    except REFUSED:
        return None
    return Sitting(counter, chance, uids, enrolled.enrollment_uid, tuple(others), bill)


def violations(counter: Counter) -> list[str]:
    """Return what the books break: every payment on receipts, sums, taxes, credit."""
    rules = {**HALF_WRITTEN, **FEE_INVARIANTS}
    del rules["a receipt of two students"]  # a centre without GST may choose one a bill
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        return [words for words, sql in rules.items() if raw.execute(sql).fetchone()]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chance=st.randoms(use_true_random=True))
def test_receipts_hold_whatever_changes_between_the_tenders(
    counter: Counter, chance: Random
) -> None:
    sitting = begun(counter, chance)
    if sitting is None:
        return
    for _ in range(chance.randint(1, 6)):
        sitting.do(chance.choice((*CHANGES, "tender", "tender")))
    sitting.do(chance.choice(ENDS))
    if sitting.bill.awaits_receipts:
        sitting.do("hold_ends")
    assert not sitting.bill.awaits_receipts
    assert violations(counter) == []
    assert found(counter) == ""
    shown_as_paid(counter, sitting)
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        check_statement(counter, raw, sitting.students[0])  # type: ignore[arg-type]


def shown_as_paid(counter: Counter, sitting: Sitting) -> None:
    """Check the lines of each receipt of a bill, its tax, what it says is left, and the slip."""
    if sitting.bill.receipts:
        assert counter.receipts.slip_html(sitting.bill.uid)
    for receipt in receipts(counter, sitting.bill):
        assert counter.receipts.html(receipt.uid, "a4", "hi")
        assert total(each.amount for each in receipt.lines) == receipt.amount
        assert total(each.amount for each in receipt.tenders) in {ZERO, receipt.amount}
        for line in receipt.lines:
            assert (line.amount <= ZERO) == line.label.startswith("Concession"), receipt.lines
            assert abs(line.amount.paise) <= 2 * receipt.amount.paise
        taxed = [
            json.loads(row[0])
            for row in query(
                counter.context.folder,
                "SELECT json_array(sum(a.cgst_paise), sum(a.sgst_paise)) FROM receipt_lines l"
                " JOIN allocations a ON a.payment_uid = l.payment_uid AND a.due_uid = l.due_uid"
                f" AND a.reverses_uid IS NULL WHERE l.receipt_uid = '{receipt.uid}'",
            )
        ]
        tax = {
            kind: sum(each.amount.paise for each in receipt.lines if each.label.startswith(kind))
            for kind in ("CGST", "SGST")
        }
        assert [tax["CGST"], tax["SGST"]] == [each or 0 for each in taxed[0]]
        assert receipt.left is None or receipt.left.due_now <= receipt.left.amount
