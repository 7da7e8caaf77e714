"""The price of a course for a student: as agreed at enrolment, else as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.fees import quote
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import UnknownCourseError, UnknownStudentError
from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
from desktop_app.services.views.enrolment import Bill, PaidFee

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.courses import Course
    from desktop_app.domain.fees import Quote
    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork


class EnrolmentStanding(NamedTuple):
    """A student's enrolment in a course, or its price before one, on one snapshot."""

    student_uid: str
    course_uid: str
    student: Student
    course: Course
    quote: Quote
    enrollment: EnrollmentRecord | None
    due_uid: str | None
    has_seat: bool
    still_due: Money

    @property
    def is_enrolled(self) -> bool:
        """Whether the fee is paid, at least in part, and the seat taken."""
        return self.enrollment is not None and self.enrollment.state is EnrollmentState.ACTIVE

    def refuse_enrolled(self) -> None:
        """Raise AlreadyEnrolledError where the seat is taken; it says what is still due."""
        if self.is_enrolled:
            words = "the student is already enrolled in this course."
            if self.still_due:
                words += f" Fee due: {self.still_due}. See `pravesh dues`."
            raise AlreadyEnrolledError(words)


def standing(work: Repositories, student_uid: str, course_uid: str) -> EnrolmentStanding:
    """Read a student's enrolment in a course and its price.

    Raises:
        UnknownStudentError, UnknownCourseError: one of them is gone.
    """
    student = work.students.get(student_uid)
    if student is None:
        raise UnknownStudentError("this student was archived")
    course = work.courses.get(course_uid)
    if course is None:
        raise UnknownCourseError("this course was archived")
    enrollment = work.enrollments.current(student_uid, course_uid)
    due = work.enrollments.due_of(enrollment.uid) if enrollment else None
    agreed = due.quote if due else quote(course, registered=bool(work.setting("centre.gstin")))
    return EnrolmentStanding(
        student_uid=student_uid,
        course_uid=course_uid,
        student=student,
        course=course,
        quote=agreed,
        enrollment=enrollment,
        due_uid=due.uid if due else None,
        still_due=due.balance if due else ZERO,
        has_seat=work.courses.has_free_seats(course_uid, [enrollment.uid] if enrollment else []),
    )


def enrol(
    work: UnitOfWork,
    found: EnrolmentStanding,
    *,
    uid: str,
    due_uid: str,
    at: datetime,
    due_on: date | None = None,
) -> None:
    """Write a pending enrolment and its open due, at the quoted price."""
    enrollment = EnrollmentRecord(
        uid=uid,
        student_uid=found.student_uid,
        course_uid=found.course_uid,
        course_code=found.course.code,
        course_label=found.quote.label,
        state=EnrollmentState.PENDING,
        amount=found.quote.total,
        created_at=at,
    )
    due = DueRecord(due_uid, uid, DueState.OPEN, found.quote, due_on=due_on)
    work.enrollments.add(enrollment, due)


def ensure_enrolled(
    context: Context, work: UnitOfWork, found: EnrolmentStanding, due_on: date | None = None
) -> str:
    """Return the uid of an enrolment's due; make both where there are none."""
    if found.due_uid is not None:
        return found.due_uid
    uid, due_uid = context.ids.new(), context.ids.new()
    enrol(work, found, uid=uid, due_uid=due_uid, at=context.now(), due_on=due_on)
    context.audit(work, "enrollment.made", uid, {"amount": found.quote.total.paise})
    return due_uid


def make_bill(context: Context, student_uid: str, course_uid: str) -> Bill:
    """Quote a course for a student. Writes and sends nothing."""
    with context.store.reading() as work:
        found = standing(work, student_uid, course_uid)
        live = [
            attempt
            for attempt in (work.attempts.of_due(found.due_uid) if found.due_uid else ())
            if attempt.is_live
        ]
    limit = Money(context.settings().upi_limit_paise)
    rest = found.still_due if found.is_enrolled else ZERO
    total = rest or found.quote.total
    obstacle = ""
    if found.is_enrolled and not rest:
        obstacle = f"{found.student.name} is already enrolled in this course."
    elif not found.has_seat and not rest:
        obstacle = "This course has no free seat."
    return Bill(
        student_uid=student_uid,
        student_name=found.student.name,
        roll_no=found.student.roll_no,
        course_uid=course_uid,
        course_label=found.quote.label,
        lines=found.quote.lines,
        total=total,
        words=amount_in_words(total),
        obstacle=obstacle,
        over_upi_limit=total > limit,
        upi_limit=limit,
        open_attempt_uid=live[0].uid if live else None,
        is_kept=found.enrollment is not None and not found.is_enrolled,
        is_enrolled=found.is_enrolled,
        paid=_receipt_of(context, found) if found.is_enrolled else None,
        still_due=rest,
    )


def _receipt_of(context: Context, found: EnrolmentStanding) -> PaidFee | None:
    """Return the first receipt of an enrolment; None where none was issued."""
    reader = context.store.reader
    detail = reader.students.detail(found.student_uid)
    uid = found.enrollment.uid if found.enrollment else ""
    for row in detail.history if detail else ():
        receipt = reader.receipts.get(row.receipt_uid or "") if row.uid == uid else None
        if receipt is not None:
            return PaidFee(receipt.number, receipt.uid, receipt.issued_at)
    return None
