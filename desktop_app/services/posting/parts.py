"""The parts of a payment: a due each, with its enrolment and the share of the tax."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueState, EnrollmentState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt
    from desktop_app.domain.tax import Tax
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories


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

    @property
    def is_open(self) -> bool:
        """Whether the due still takes this much."""
        return (
            self.due.state is DueState.OPEN
            and self.amount <= self.due.balance
            and self.enrollment.state is not EnrollmentState.CANCELLED
        )

    @property
    def is_partly_paid(self) -> bool:
        """Whether the due is open for less than this."""
        return self.due.state is DueState.OPEN and self.amount > self.due.balance


def parts_of(books: Repositories, attempt: Attempt) -> tuple[Part, ...]:
    """Read the dues of an attempt and their enrolments."""
    found = []
    for each in attempt.parts:
        due = books.enrollments.due(each.due_uid)
        found.append(Part(due, books.enrollments.get(due.enrollment_uid), each.amount))
    return tuple(found)


def have_seats(books: Repositories, enrollments: Iterable[EnrollmentRecord]) -> bool:
    """Return whether all of some enrolments can have a seat at once."""
    found = {each.uid: each for each in enrollments}.values()
    waiting = [each for each in found if each.state is not EnrollmentState.ACTIVE]
    wanted = Counter(each.course_uid for each in waiting)
    return all(
        books.courses.has_free_seat(
            each.course_uid, besides=each.uid, wanted=wanted[each.course_uid]
        )
        for each in waiting
    )
