"""How the picked student's family is reached, and what the student owes or has paid.

Read in a worker, a few rows of one student. Never touches widgets.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.money import Money
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.bills import BillSummary
    from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow, PaidFee


class Contact(NamedTuple):
    """How the picked student's family is reached, in full."""

    phone: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""

    @property
    def number(self) -> str:
        """The number to call: the guardian's, else the student's."""
        return self.guardian_phone or self.phone


class StudentFee(NamedTuple):
    """A fee of an enrolment.

    Attributes:
        course: the course, archived or not.
        due: what is due by now and not paid of it.
        later: what falls due later; `later_on` is the first of these days.
    """

    course: CourseRow
    label: str
    due: Money
    later: Money = ZERO
    later_on: date | None = None


class StudentFees(NamedTuple):
    """The fees of a student, due and paid.

    Attributes:
        due: the fees of which something is due, the one that fell due first at the beginning.
        paid: the fees of which nothing is, the newest enrolment first.
        receipt: the newest of these; None where none was issued.
        bill: a bill with a fee of the student that was left when a part of it was paid.
        credit: what the student has paid and no fee has used.
    """

    student_uid: str = ""
    contact: Contact = Contact()
    due: tuple[StudentFee, ...] = ()
    paid: tuple[StudentFee, ...] = ()
    receipt: PaidFee | None = None
    bill: BillSummary | None = None
    credit: Money = ZERO

    @property
    def is_settled(self) -> bool:
        """Whether the student is enrolled and owes nothing."""
        return bool(self.paid) and not self.due and self.bill is None

    def collectable(self) -> tuple[tuple[CourseRow, Money], ...]:
        """Return the courses that something can be collected for, and how much is due."""
        return tuple((fee.course, fee.due) for fee in self.due)

    def paid_courses(self) -> Mapping[CourseRow, date | None]:
        """Return the courses of which nothing is due, and when the next instalment is."""
        return {fee.course: fee.later_on for fee in self.paid}


def read_fees(uid: str, desk: Desk) -> StudentFees:
    """Read the fees of a student. Raises UnknownStudentError."""
    from desktop_app.domain.enrollment import EnrollmentState

    found = desk.students.detail(uid)
    student = found.student
    rows = [row for row in found.history if row.state is not EnrollmentState.CANCELLED]
    due = sorted((row for row in rows if row.due), key=lambda row: row.due_on or date.max)
    paid = [row for row in rows if not row.due and row.state is EnrollmentState.ACTIVE]
    return StudentFees(
        uid,
        Contact(student.phone, student.guardian_name, student.guardian_phone),
        tuple(_fee_of(row, desk) for row in due),
        tuple(_fee_of(row, desk) for row in paid),
        _newest_receipt(paid, desk) if not due else None,
        desk.carts.left_part_paid(uid),
        desk.credits.spendable(uid),
    )


def _fee_of(row: EnrollmentRow, desk: Desk) -> StudentFee:
    course = desk.courses.detail(row.course_uid)
    return StudentFee(course, row.course_label, row.due, row.later, row.later_on)


def _newest_receipt(rows: list[EnrollmentRow], desk: Desk) -> PaidFee | None:
    issued = [(row.receipt_at, row.receipt_uid) for row in rows if row.receipt_at]
    _, uid = max(issued, default=(None, None))
    if uid is None:
        return None
    from desktop_app.services.views.enrolment import PaidFee

    receipt = desk.receipts.receipt(uid)
    return PaidFee(receipt.number, uid, receipt.issued_at)
