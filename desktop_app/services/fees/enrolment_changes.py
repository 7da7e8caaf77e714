"""Changes of an enrolment: other instalments, another batch, another course.

The enrolment keeps its uid, and what was paid stays paid. Each change is one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.course_change import (
    ChangeMode,
    CourseTerm,
    Position,
    added_to_parts,
    by_difference,
    check_term,
    owed_parts,
    prorated,
    without_least,
)
from desktop_app.domain.enrollment import DueChangeKind, DueState, EnrollmentState
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError, NoSeatError
from desktop_app.domain.fee_heads import TUITION
from desktop_app.domain.fees import quote
from desktop_app.domain.ledger import Account, Entry, MovementKind
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.replanning import HeadKey, NewPart, replan
from desktop_app.domain.text import require_reason
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
from desktop_app.services.posting.bills import note_less_due
from desktop_app.services.posting.credits import CHANGED, add_credit
from desktop_app.services.views.enrolment_changes import (
    ChangedEnrolment,
    ChangeQuote,
    DuesPreview,
)
from desktop_app.services.views.plans import LaterPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from desktop_app.domain.courses import Course
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.enrolment import CourseRow

BATCH = "batch"
MOST_COURSES = 1_000
"""The courses that are offered to move to; a centre has a few dozen."""


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
        with self._context.store.writing() as work:
            enrollment, dues = _enrolment(work, enrollment_uid)
            old, parts = self._replanned(work, dues, dates)
            close(self._context, work, old, reason)
            ask(self._context, work, dues, parts, enrollment.course_label)
            detail: dict[str, str | int | None] = {"parts": len(dates), "reason": reason}
            self._context.audit(work, "enrollment.replanned", enrollment_uid, detail)
            note_less_due(self._context, work, enrollment_uid)
            work.commit()
        return self._changed(enrollment_uid)

    def preview_replan(self, enrollment_uid: str, dates: Sequence[date]) -> DuesPreview:
        """Return the open dues before and after. Writes nothing; raises like `replan`."""
        with self._context.store.reading() as books:
            _, dues = _enrolment(books, enrollment_uid)
            old, parts = self._replanned(books, dues, dates)
        return DuesPreview(self._listed(old), _by_day((part.due_on, part.amount) for part in parts))

    def _replanned(
        self, books: Repositories, dues: Sequence[DueRecord], dates: Sequence[date]
    ) -> tuple[Sequence[DueRecord], list[NewPart]]:
        """Return the dues that other dates replace, and those that take their place."""
        if dates and min(dates) < self._today():
            raise InvalidInputError("dates", "This date has passed. Enter today or a later date.")
        old = replaceable(books, dues)
        require_open(old)
        return old, replan([as_part(due, self._today()) for due in old], dates, self._unit())

    def courses_for(self, enrollment_uid: str, *, is_batch: bool) -> tuple[CourseRow, ...]:
        """Return the courses that an enrolment may move to, by code.

        Args:
            enrollment_uid: the enrolment.
            is_batch: whether only those of the same price are meant: other batches.
        """
        with self._context.store.reading() as books:
            enrollment, _ = _enrolment(books, enrollment_uid)
            left = books.courses.get(enrollment.course_uid) or books.courses.archived(
                enrollment.course_uid
            )
        rows = self._context.store.reader.courses.search("", MOST_COURSES)
        found = [row for row in rows if row.uid != enrollment.course_uid]
        if is_batch:
            price = _price_of(left) if left is not None else None
            found = [row for row in found if _price_of(row.course) == price]
        return tuple(sorted(found, key=lambda row: row.course.code))

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
            new, moved = self._transferred(
                work, enrollment, dues, course_uid, shifts_dates=shifts_dates
            )
            self._shift(work, moved, reason)
            self._move(work, enrollment, course_uid, new, BATCH, self._today(), ZERO, ZERO, reason)
            work.commit()
        return self._changed(enrollment_uid)

    def preview_transfer(
        self, enrollment_uid: str, course_uid: str, *, shifts_dates: bool = False
    ) -> DuesPreview:
        """Return the open dues before and after. Writes nothing; raises like `transfer`."""
        with self._context.store.reading() as books:
            enrollment, dues = _enrolment(books, enrollment_uid)
            _, moved = self._transferred(
                books, enrollment, dues, course_uid, shifts_dates=shifts_dates
            )
            open_ = [due for due in dues if due.is_payable]
        after = ((moved.get(due.uid) or day_of(due, self._today()), due.balance) for due in open_)
        return DuesPreview(self._listed(open_), _by_day(after))

    def _transferred(
        self,
        books: Repositories,
        enrollment: EnrollmentRecord,
        dues: Sequence[DueRecord],
        course_uid: str,
        *,
        shifts_dates: bool,
    ) -> tuple[Course, dict[str, date]]:
        """Return the other batch, and the new day of each due that moves, by its uid."""
        new = _target(books, enrollment, course_uid)
        old = _course(books, enrollment.course_uid)
        if _price_of(old) != _price_of(new):
            raise InvalidInputError(
                "course",
                "{code} has a different fee. Change the course instead of the batch.",
                code=new.code,
            )
        return new, self._shifted(dues, old, new) if shifts_dates else {}

    def quote(
        self, enrollment_uid: str, course_uid: str, mode: ChangeMode, on: date | None = None
    ) -> ChangeQuote:
        """Return what a change of course would cost. Writes nothing; raises like `change`."""
        with self._context.store.reading() as books:
            enrollment, dues = _enrolment(books, enrollment_uid)
            new = _course(books, course_uid)
            position, parts = self._computed(books, enrollment, dues, new, mode, on)
            before = [due for due in replaceable(books, dues) if due.head_code == TUITION]
        return ChangeQuote(
            position.keep, position.charge, position.paid, position.owed, position.credit,
            tuple(LaterPart(part.due_on, part.amount) for part in parts), self._listed(before),
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
            note_less_due(self._context, work, enrollment_uid)
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
            amounts = without_least(amounts, LEAST_DUE)
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
                "You used credit for part of this fee. Choose “By the difference in fees” instead.",
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

    def _shifted(self, dues: Sequence[DueRecord], old: Course, new: Course) -> dict[str, date]:
        if old.starts_on is None or new.starts_on is None:
            raise InvalidInputError("course", "Add each batch's first day in Courses.")
        by, today = new.starts_on - old.starts_on, self._today()
        return {
            due.uid: max(day_of(due, today) + by, today)
            for due in dues
            if due.state is DueState.OPEN and by
        }

    def _shift(self, work: UnitOfWork, moved: Mapping[str, date], reason: str) -> None:
        now = self._context.now()
        for due_uid, to in moved.items():
            uid = self._context.ids.new()
            change = DueChange(uid, due_uid, DueChangeKind.MOVE_DATE, ZERO, reason, now, to)
            work.enrollments.change_due(change)

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

    def _listed(self, dues: Iterable[DueRecord]) -> tuple[LaterPart, ...]:
        today = self._today()
        return _by_day((day_of(due, today), due.balance) for due in dues)

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


def _by_day(parts: Iterable[tuple[date, Money]]) -> tuple[LaterPart, ...]:
    """Return what is open by its day; parents pay instalments, whatever heads they have."""
    sums: dict[date, Money] = {}
    for day, amount in parts:
        sums[day] = sums.get(day, ZERO) + amount
    return tuple(LaterPart(day, sums[day]) for day in sorted(sums))


def _price_of(course: Course) -> tuple[Money, int, bool]:
    return course.fee, course.gst_bp, course.tax_inclusive


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
        raise InvalidInputError("course", "Add each course's first and last day in Courses.")
    return check_term(CourseTerm(fee, starts_on, ends_on))


def _key(sample: DueRecord, course: Course, *, registered: bool) -> HeadKey:
    """Return the head and rate of what is asked from now on: the rate of the new course."""
    return HeadKey(TUITION, course.gst_bp if registered else 0, sample.treatment, registered)


def _label(course: Course) -> str:
    return " · ".join(part for part in (course.title, course.batch) if part)
