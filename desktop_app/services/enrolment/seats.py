"""Whether enrolments have their seats, or can obtain them together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import EnrollmentState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.services.ports.records import EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories


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
