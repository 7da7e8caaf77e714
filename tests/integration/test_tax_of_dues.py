"""Tax of dues and receipts: equal halves for new ones, their own split for those of version 0.1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.tax import SplitRule, Tax, tax_of_gross
from desktop_app.services.enrolment.quoting import enrol, standing

if TYPE_CHECKING:
    from desktop_app.services.views.enrolment import CourseRow
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
ODD_FEE = Money(100_00)
# Version 0.1 split ₹100 so.
OLD = Tax(
    Money(84_75), Money(7_62), Money(7_63), rate_bp=1_800, split_rule=SplitRule.RESIDUAL
)  # fmt: skip


@pytest.fixture
def course(counter: Counter) -> CourseRow:
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "27AAPFU0939F1ZV")
        work.commit()
    return counter.courses.add(make_course(code="X", title="X", fee=ODD_FEE, gst_bp=1_800))


def receipt_lines(counter: Counter) -> list[tuple[str, int]]:
    receipt = counter.receipts.latest()
    assert receipt is not None
    return [(line.label, line.amount.paise) for line in receipt.lines]


def test_cgst_and_sgst_of_a_receipt_are_equal(counter: Counter, course: CourseRow) -> None:
    student = counter.student()
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    assert receipt_lines(counter) == [("X", 84_74), ("CGST 9 %", 7_63), ("SGST 9 %", 7_63)]
    with counter.context.store.reading() as books:
        agreed = standing(books, student.uid, course.uid)
    assert agreed.is_enrolled
    assert agreed.quote.tax == tax_of_gross(ODD_FEE, 1_800)


def test_a_due_of_version_01_is_paid_with_its_own_split(
    counter: Counter, course: CourseRow
) -> None:
    student = counter.student()
    with counter.context.store.writing() as work:
        found = standing(work, student.uid, course.uid)
        found = found._replace(quote=replace(found.quote, tax=OLD))
        enrol(work, found, uid="e-old", due_uid="d-old", at=counter.context.now())
        work.commit()
    with counter.context.store.reading() as books:
        assert books.enrollments.due("d-old").quote.tax == OLD
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    assert receipt_lines(counter) == [("X", 84_75), ("CGST 9 %", 7_62), ("SGST 9 %", 7_63)]


def test_an_old_course_under_a_rupee_is_paid_in_cash(counter: Counter, course: CourseRow) -> None:
    free = make_course(code="Y", title="Y", fee=ZERO, gst_bp=1_800)
    row = counter.courses.add(replace(free, fee=Money(50)))
    paid = counter.payments.begin(counter.student().uid, row.uid, Method.CASH)
    assert paid.state is AttemptState.PAID
    assert receipt_lines(counter) == [("Y", 42), ("CGST 9 %", 4), ("SGST 9 %", 4)]
