"""Enrolments without a payment, and the dues that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import NoSeatError
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.text import clean_line
from desktop_app.services.enrolment.quoting import ensure_enrolled, standing, with_plan
from desktop_app.services.errors import UnknownCourseError
from desktop_app.services.views.enrolment import DueFilter, EnrolledView

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.views.enrolment import DueRow


class EnrolmentService:
    """Enrols students, and lists their open dues. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def enrol(
        self,
        student_uid: str,
        course_uid: str,
        on: date | None = None,
        plan_code: str | None = None,
    ) -> EnrolledView:
        """Enrol a student in a course; no money moves. Enrolled and unpaid before: the same again.

        The seat is held from the moment a payment is offered, not before.

        Args:
            student_uid: the student.
            course_uid: the course, which has a free seat.
            on: the day in India on which the student joins: a fee without a plan is due then;
                None for today.
            plan_code: the plan; None for the course's default, if it has plans.

        Raises:
            AlreadyEnrolledError, NoSeatError, UnknownStudentError, UnknownCourseError.
            InvalidInputError: no such plan is offered on that day.
        """
        with self._context.store.writing() as work:
            found = standing(work, student_uid, course_uid, self._today())
            found.refuse_enrolled()
            if found.enrollment is None and not found.has_seat:
                raise NoSeatError("this course has no seats left")
            found = with_plan(work, found, on or self._today(), plan_code)
            due_uid = ensure_enrolled(self._context, work, found, on)[0]
            uid = work.enrollments.due(due_uid).enrollment_uid
            if found.enrollment is None:
                work.commit()
            else:
                work.nothing_to_write()
        dues = self._context.store.reader.dues.of_enrollment(uid, self._today())
        return EnrolledView(uid, dues)

    def of_enrollment(self, enrollment_uid: str) -> tuple[DueRow, ...]:
        """List the open dues of an enrolment."""
        return self._context.store.reader.dues.of_enrollment(enrollment_uid, self._today())

    def dues(self, which: DueFilter, as_of: date | None = None) -> tuple[DueRow, ...]:
        """List open dues, the one that fell due first at the beginning.

        Args:
            which: which ones; an empty filter lists all.
            as_of: the day by which they are aged, in India; None for today.

        Raises:
            UnknownCourseError: no course has the code or batch.
        """
        batch = clean_line(which.batch)
        if batch and not self._context.store.reader.dues.has_batch(batch):
            raise UnknownCourseError(f"no course has the code or batch “{batch}”")
        return self._context.store.reader.dues.listed(which, as_of or self._today())

    def _today(self) -> date:
        return day_in_india(self._context.now())
