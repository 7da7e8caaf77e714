"""The cart of a family before anything is written: its order, its labels, its instalments."""

from __future__ import annotations

from datetime import date

import pytest

from desktop_app.domain.ageing import Bucket
from desktop_app.domain.fees import QuoteLine
from desktop_app.domain.money import ZERO, Money
from desktop_app.services.views.bills import Family, Member, QuotedCart
from desktop_app.services.views.enrolment import Bill, DueRow
from desktop_app.services.views.fees import ConcessionPreview, ConcessionWish
from desktop_app.services.views.plans import BillPlan, LaterPart, PlanChoice
from desktop_app.ui.counter.family_cart import FamilyCart

PART, WHOLE = Money(8_850_00), Money(35_400_00)
ROHAN, KARAN = Member("rohan", "Rohan Zutshi", "R201"), Member("karan", "Karan Zutshi", "R202")
LATER = (LaterPart(date(2026, 12, 30), PART), LaterPart(date(2027, 1, 30), PART))
LESS = (LaterPart(date(2026, 12, 30), Money(7_965_00)),)


def due(student: Member, part: int, on: date) -> DueRow:
    return DueRow(
        uid=f"{student.uid}{part}", student_uid=student.uid, student_name=student.name,
        roll_no=student.roll_no, course_code="JEE-F", course_label="JEE Foundation · Weekend",
        label=f"JEE Foundation · Weekend · {part}/4", head="tuition", instalment=part, due_on=on,
        amount=PART, balance=PART, covered=ZERO, bucket=Bucket.TODAY, late_fee=ZERO,
    )  # fmt: skip


def bill(student: Member, course: str = "bio") -> Bill:
    plan = BillPlan(
        chosen=PlanChoice("FOUR", "4 instalments"), choices=(PlanChoice("FOUR", "4 instalments"),),
        whole=WHOLE, first_due_on=date(2026, 11, 30), later=LATER, can_add=True,
    )  # fmt: skip
    return Bill(
        student_uid=student.uid, student_name=student.name, roll_no=student.roll_no,
        course_uid=course, course_label="Biology XI", lines=(QuoteLine("Biology XI", PART),),
        total=PART, words="", obstacle="", over_upi_limit=False, upi_limit=WHOLE,
        open_attempt_uid=None, is_kept=False, plan=plan,
    )  # fmt: skip


@pytest.fixture
def cart() -> FamilyCart:
    """Karan's instalment is the oldest; then one of Rohan, then another one of Karan."""
    dues = (
        due(KARAN, 2, date(2027, 1, 30)),
        due(ROHAN, 3, date(2027, 2, 28)),
        due(KARAN, 3, date(2027, 2, 28)),
    )
    return FamilyCart.of(Family("f", "Meera Zutshi", "", (ROHAN, KARAN), dues))


def test_the_bill_follows_the_list_whose_first_student_has_the_oldest_fee(cart: FamilyCart) -> None:
    assert cart.students == ["karan", "rohan"]
    assert [line.due_uid for line in cart.cart.lines] == ["karan2", "karan3", "rohan3"]


def test_every_instalment_has_its_number(cart: FamilyCart) -> None:
    labels = [entry.label for entry in cart.entries]
    assert labels == [f"JEE Foundation · Weekend · {part}/4" for part in (2, 3, 3)]


def test_a_course_that_begins_comes_after_the_fees_of_its_student(cart: FamilyCart) -> None:
    assert cart.add(bill(KARAN)) == 2
    assert cart.add(bill(KARAN)) is None, "it is on the bill already"
    assert cart.add(bill(ROHAN)) == 4
    assert [entry.student_uid for entry in cart.entries] == ["karan"] * 3 + ["rohan"] * 2


def test_with_a_concession_the_later_instalments_are_those_that_are_left(cart: FamilyCart) -> None:
    at = cart.add(bill(KARAN))
    assert at is not None
    planned = cart.entries[at].planned
    assert planned is not None
    assert planned.plan is not None
    assert (planned.plan.whole, planned.plan.later, planned.plan.can_add) == (WHOLE, LATER, False)
    wish = ConcessionWish("sibling", reason="brothers")
    cart.set_wishes(at, (wish,))
    assert cart.entries[at].conceded is None, "its price is not known yet"
    amounts = tuple(each.amount for each in cart.entries)
    less = Money(7_965_00)
    given = ConcessionPreview(
        price=WHOLE, is_net=False, asked=ZERO, given=ZERO, parts=(), listed=WHOLE,
        off=Money(3_540_00), paid=ZERO, now=less, lines=(), later=LESS, cap_bp=0,
    )  # fmt: skip
    quoted = QuotedCart(
        cart.cart, (*amounts[:at], less, *amounts[at + 1 :]),
        tuple(given if place == at else None for place in range(len(amounts))), (),
    )  # fmt: skip
    assert cart.take_quote(quoted)
    planned = cart.entries[at].planned
    assert planned is not None
    assert planned.plan is not None
    assert planned.total == less
    assert (planned.plan.whole, planned.plan.later) == (WHOLE - Money(3_540_00), LESS)
    cart.set_wishes(at, ())
    assert cart.entries[at].amount == PART
