"""The parts of a payment: a due each, with its enrolment and the share of the tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import leaves_enough
from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.enrollment import DueState, EnrollmentState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt
    from desktop_app.domain.tax import Tax
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories


@quickly_made
@dataclass(frozen=True, slots=True)
class Part:
    """The part of a payment that is for a due, as these books have it.

    Attributes:
        tax: the share of each component; None before it is allocated, and where it pays nothing.
    """

    due: DueRecord
    enrollment: EnrollmentRecord
    amount: Money
    tax: Tax | None = None

    def taxed(self, tax: Tax) -> Part:
        """Return it with its share of the tax."""
        return Part(self.due, self.enrollment, self.amount, tax)

    @property
    def is_open(self) -> bool:
        """Whether the due still takes this much."""
        is_cancelled = self.enrollment.state is EnrollmentState.CANCELLED
        return self.due.state is DueState.OPEN and self._fits and not is_cancelled

    @property
    def settles(self) -> bool:
        """Whether it pays all that is left of the due."""
        return self.amount == self.due.balance

    @property
    def is_partly_paid(self) -> bool:
        """Whether the due is open for less than this."""
        return self.due.state is DueState.OPEN and not self._fits

    @property
    def _fits(self) -> bool:
        balance = self.due.balance
        return self.amount <= balance and leaves_enough(balance, self.amount)


def parts_of(books: Repositories, attempt: Attempt) -> tuple[Part, ...]:
    """Read the dues of an attempt and their enrolments."""
    parts = attempt.parts
    found = books.enrollments.dues_with_enrollments([each.due_uid for each in parts])
    return tuple([Part(*read, each.amount) for read, each in zip(found, parts, strict=True)])


def fee_label(work: Repositories, enrollment_uid: str) -> str:
    """Return the student and the course of a fee, for a sentence about it."""
    enrollment = work.enrollments.get(enrollment_uid)
    student = work.students.get(enrollment.student_uid)
    name = student.name if student is not None else ""
    return " · ".join(part for part in (name, enrollment.course_label) if part)


def have_seats(books: Repositories, enrollments: Iterable[EnrollmentRecord]) -> bool:
    """Return whether all of some enrolments can have a seat at once."""
    return full_course(books, enrollments) is None


def full_course(books: Repositories, enrollments: Iterable[EnrollmentRecord]) -> str | None:
    """Return the label of a course that has too few seats for all; None where all can have one."""
    found = {each.uid: each for each in enrollments}.values()
    waiting: dict[str, list[EnrollmentRecord]] = {}
    for each in found:
        if each.state is not EnrollmentState.ACTIVE:
            waiting.setdefault(each.course_uid, []).append(each)
    return next(
        (
            of_course[0].course_label
            for course_uid, of_course in waiting.items()
            if not books.courses.has_free_seats(course_uid, [each.uid for each in of_course])
        ),
        None,
    )
