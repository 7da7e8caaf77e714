"""Changes of an enrolment: other instalments, another batch, another course.

The enrolment keeps its uid, and what was paid stays paid. Each change is one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.concession_kinds import require_reason
from desktop_app.domain.course_change import (
    ChangeMode,
    CourseTerm,
    Position,
    added_to_parts,
    by_difference,
    check_term,
    owed_parts,
    prorated,
)
from desktop_app.domain.enrollment import DueChangeKind, DueState, EnrollmentState
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError, NoSeatError
from desktop_app.domain.fee_heads import TUITION
from desktop_app.domain.fees import quote
from desktop_app.domain.ledger import Account, Entry, MovementKind
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.replanning import HeadKey, NewPart, replan
from desktop_app.services.errors import UnknownCourseError, UnknownDueError
from desktop_app.services.fees.open_dues import (
    as_part,
    ask,
    close,
    day_of,
    replaceable,
    require_open,
)
from desktop_app.services.ports.records import DueChange, EnrollmentMove, Movement
from desktop_app.services.posting.allocations import paid_by, take_from_dues
from desktop_app.services.posting.credits import add_credit
from desktop_app.services.views.enrolment_changes import ChangedEnrolment, ChangeQuote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from desktop_app.domain.courses import Course
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

BATCH = "batch"
CHANGED = "course changed"


class EnrolmentChanges:
    """Changes enrolments that are there already. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def replan(self, enrollment_uid: str, dates: Sequence[date], reason: str) -> ChangedEnrolment:
        """Divide what is open over other dates; how much is open stays the same.

        Args:
            enrollment_uid: the enrolment.
            dates: the new due dates, ascending.
            reason: why.

        Raises:
            UnknownDueError: there is no such enrolment.
            InvalidInputError: nothing is open, or a value does not fit.
            OpenAttemptError: a payment of one of the dues is under way.
        """
        reason = require_reason(reason)
        if dates and min(dates) < self._today():
            raise InvalidInputError("dates", "This date has passed. Enter today or a later date.")
        with self._context.store.writing() as work:
            enrollment, dues = _enrolment(work, enrollment_uid)
            old = replaceable(work, dues)
            require_open(old)
            parts = replan([as_part(due, self._today()) for due in old], dates, self._unit())
            close(self._context, work, old, reason)
            ask(self._context, work, dues, parts, enrollment.course_label)
            detail: dict[str, str | int | None] = {"parts": len(dates), "reason": reason}
            self._context.audit(work, "enrollment.replanned", enrollment_uid, detail)
            work.commit()
        return self._changed(enrollment_uid)

    def transfer(
        self, enrollment_uid: str, course_uid: str, reason: str, *, shifts_dates: bool = False
    ) -> ChangedEnrolment:
        """Move an enrolment to another batch of the same price; its dues stay.

        Args:
            enrollment_uid: the enrolment.
            course_uid: the course of the other batch, which has a free seat.
            reason: why.
            shifts_dates: whether open dues move by the difference of the two start dates.

        Raises:
            UnknownDueError, UnknownCourseError: one of them is gone.
            NoSeatError, AlreadyEnrolledError: the other batch does not take the student.
            InvalidInputError: the price is another one, or a start date is missing.
        """
        reason = require_reason(reason)
        with self._context.store.writing() as work:
            enrollment, dues = _enrolment(work, enrollment_uid)
            new = _target(work, enrollment, course_uid)
            old = _course(work, enrollment.course_uid)
            if (old.fee, old.gst_bp, old.tax_inclusive) != (new.fee, new.gst_bp, new.tax_inclusive):
                raise InvalidInputError(
                    "course",
                    "{code} has a different fee. Change the course instead.",
                    code=new.code,
                )
            if shifts_dates:
                self._shift(work, dues, old, new, reason)
            self._move(work, enrollment, course_uid, new, BATCH, self._today(), ZERO, ZERO, reason)
            work.commit()
        return self._changed(enrollment_uid)

    def quote(
        self, enrollment_uid: str, course_uid: str, mode: ChangeMode, on: date | None = None
    ) -> ChangeQuote:
        """Return what a change of course would cost. Writes nothing; raises like `change`."""
        with self._context.store.reading() as books:
            enrollment, dues = _enrolment(books, enrollment_uid)
            new = _course(books, course_uid)
            position, parts = self._computed(books, enrollment, dues, new, mode, on)
        return ChangeQuote(
            position.keep, position.charge, position.paid, position.owed, position.credit,
            tuple((part.due_on, part.amount) for part in parts),
        )  # fmt: skip

    def change(
        self,
        enrollment_uid: str,
        course_uid: str,
        mode: ChangeMode,
        reason: str,
        on: date | None = None,
    ) -> ChangedEnrolment:
        """Move an enrolment to another course; what was paid too much becomes credit.

        Args:
            enrollment_uid: the enrolment, whose fee is paid at least in part.
            course_uid: the new course, which has a free seat.
            mode: how the two fees are set against each other.
            reason: why.
            on: the first day in the new course; None for today.

        Raises:
            UnknownDueError, UnknownCourseError: one of them is gone.
            NoSeatError, AlreadyEnrolledError: the other course does not take the student.
            OpenAttemptError: a payment of one of the dues is under way.
            InvalidInputError: a first or last day is missing.
        """
        reason = require_reason(reason)
        day = on or self._today()
        with self._context.store.writing() as work:
            enrollment, dues = _enrolment(work, enrollment_uid)
            new = _target(work, enrollment, course_uid)
            position, parts = self._computed(work, enrollment, dues, new, mode, day)
            tuition = [due for due in dues if due.head_code == TUITION]
            close(self._context, work, replaceable(work, tuition), reason)
            self._give_credit(work, enrollment, tuition, position.credit)
            ask(self._context, work, dues, parts, _label(new))
            figures = (position.keep, position.charge, reason)
            self._move(work, enrollment, course_uid, new, mode.value, day, *figures)
            work.commit()
        return self._changed(enrollment_uid, position.credit)

    # --- the figures

    def _computed(
        self,
        books: Repositories,
        enrollment: EnrollmentRecord,
        dues: Sequence[DueRecord],
        new: Course,
        mode: ChangeMode,
        on: date | None,
    ) -> tuple[Position, list[NewPart]]:
        """Return the position after a change, and the dues that take the place of open ones."""
        if enrollment.state is not EnrollmentState.ACTIVE:
            raise InvalidInputError("enrollment", "Collect a fee first, then change the course.")
        day = on or self._today()
        tuition = [due for due in dues if due.head_code == TUITION]
        left = sorted(replaceable(books, tuition), key=lambda due: day_of(due, day))
        old_fee = total(due.amount_asked for due in tuition)
        paid = total(due.paid for due in tuition)
        new_fee = quote(new, registered=bool(books.setting("centre.gstin"))).total
        if mode is ChangeMode.PRORATE:
            old = _term(books, enrollment, old_fee)
            position = prorated(old, _term_of(new, new_fee), paid, day)
            owed = position.owed if position.owed >= LEAST_DUE else ZERO
            amounts = owed_parts(owed, max(len(left), 1), self._unit()) if owed else ()
        else:
            given = [due.balance for due in left] or [ZERO]
            amounts, _ = added_to_parts(given, new_fee - old_fee, self._unit())
            position = by_difference(old_fee, new_fee, paid)
        days = [max(day_of(due, day), self._today()) for due in left] or [day]
        key = _key(tuition[0], new, registered=bool(books.setting("centre.gstin")))
        return position, [
            NewPart(key, number, each, amount)
            for number, (each, amount) in enumerate(zip(days, amounts, strict=False), start=1)
            if amount
        ]

    # --- what is written

    def _give_credit(
        self,
        work: UnitOfWork,
        enrollment: EnrollmentRecord,
        dues: Sequence[DueRecord],
        credit: Money,
    ) -> None:
        """Move what was paid too much from the dues to the student's credit, the latest first."""
        left = credit
        taken: dict[str, dict[str, Money]] = {}
        for due in reversed(dues):
            for payment_uid, paid in paid_by(work, due.uid).items():
                part = min(left, paid)
                if part > ZERO:
                    taken.setdefault(payment_uid, {})[due.uid] = part
                    left -= part
        if left > ZERO:
            raise InvalidInputError(
                "credit",
                "Credit paid part of this fee. Change the course by the difference in fees "
                "instead.",
            )
        for payment_uid, amounts in taken.items():
            amount = total(amounts.values())
            movement = Movement(
                uid=self._context.ids.new(),
                at=self._context.now(),
                kind=MovementKind.CREDIT,
                source_uid=enrollment.uid,
                payment_uid=payment_uid,
                entries=(Entry(Account.FEES, amount), Entry(Account.CREDIT, -amount)),
            )
            work.ledger.add(movement)
            given = (self._context, work, movement.uid)
            take_from_dues(*given, payment_uid, amounts, CHANGED)
            add_credit(*given, enrollment.student_uid, amount, CHANGED, payment_uid)

    def _shift(
        self, work: UnitOfWork, dues: Sequence[DueRecord], old: Course, new: Course, reason: str
    ) -> None:
        if old.starts_on is None or new.starts_on is None:
            raise InvalidInputError("course", "Enter the first day of both batches first.")
        by, now = new.starts_on - old.starts_on, self._context.now()
        for due in dues:
            if due.state is not DueState.OPEN or not by:
                continue
            to = max(day_of(due, self._today()) + by, self._today())
            uid = self._context.ids.new()
            moved = DueChange(uid, due.uid, DueChangeKind.MOVE_DATE, ZERO, reason, now, to)
            work.enrollments.change_due(moved)

    def _move(
        self,
        work: UnitOfWork,
        enrollment: EnrollmentRecord,
        course_uid: str,
        course: Course,
        kind: str,
        on: date,
        keep: Money,
        charge: Money,
        reason: str,
    ) -> None:
        now = self._context.now()
        move = EnrollmentMove(
            self._context.ids.new(), enrollment.uid, kind, enrollment.course_uid, course_uid, on,
            keep, charge, reason, now,
        )  # fmt: skip
        if not work.enrollments.move(move, course, now):
            raise UnknownDueError("this enrolment has ended")
        self._context.audit(
            work, "enrollment.moved", enrollment.uid,
            {"from": enrollment.course_code, "to": course.code, "kind": kind, "reason": reason},
        )  # fmt: skip

    def _changed(self, enrollment_uid: str, credit: Money = ZERO) -> ChangedEnrolment:
        dues = self._context.store.reader.dues.of_enrollment(enrollment_uid, self._today())
        return ChangedEnrolment(enrollment_uid, dues, credit)

    def _unit(self) -> Money:
        return Money(int(self._context.settings().texts["plans.unit_paise"]))

    def _today(self) -> date:
        return day_in_india(self._context.now())


def _enrolment(books: Repositories, uid: str) -> tuple[EnrollmentRecord, tuple[DueRecord, ...]]:
    try:
        enrollment = books.enrollments.get(uid)
    except (KeyError, AttributeError) as error:
        raise UnknownDueError(f"no enrolment has the id “{uid}”") from error
    if enrollment.state is EnrollmentState.CANCELLED:
        raise UnknownDueError("this enrolment has ended")
    return enrollment, books.enrollments.dues_of(uid)


def _course(books: Repositories, uid: str) -> Course:
    course = books.courses.get(uid)
    if course is None:
        raise UnknownCourseError("this course was archived")
    return course


def _target(books: Repositories, enrollment: EnrollmentRecord, course_uid: str) -> Course:
    """Return the course to move to, where it takes the student."""
    course = _course(books, course_uid)
    if books.enrollments.current(enrollment.student_uid, course_uid) is not None:
        raise AlreadyEnrolledError("the student is already enrolled in this course.")
    if not books.courses.has_free_seats(course_uid, []):
        raise NoSeatError("this course has no seats left")
    return course


def _term(books: Repositories, enrollment: EnrollmentRecord, fee: Money) -> CourseTerm:
    """Return the term of the course that ends: as agreed, else as the course has it now."""
    terms = books.enrollments.terms_of(enrollment.uid)
    course = books.courses.get(enrollment.course_uid)
    starts = (course.starts_on if course else None) or (terms.starts_on if terms else None)
    ends = (course.ends_on if course else None) or (terms.ends_on if terms else None)
    return _dated(fee, starts, ends)


def _term_of(course: Course, fee: Money) -> CourseTerm:
    return _dated(fee, course.starts_on, course.ends_on)


def _dated(fee: Money, starts_on: date | None, ends_on: date | None) -> CourseTerm:
    if starts_on is None or ends_on is None:
        raise InvalidInputError("course", "Enter the first and last day of both courses first.")
    return check_term(CourseTerm(fee, starts_on, ends_on))


def _key(sample: DueRecord, course: Course, *, registered: bool) -> HeadKey:
    """Return the head and rate of what is asked from now on: the rate of the new course."""
    return HeadKey(TUITION, course.gst_bp if registered else 0, sample.treatment, registered)


def _label(course: Course) -> str:
    return " · ".join(part for part in (course.title, course.batch) if part)
