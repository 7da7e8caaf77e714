"""The price of a course for a student: as agreed at enrolment, else as it is now."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from desktop_app.domain.enrollment import DueKind, DueState, EnrollmentState
from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.fees import lines_of, quote
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import UnknownCourseError, UnknownStudentError
from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
from desktop_app.services.views.enrolment import Bill, CoveringCheque, PaidFee

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from desktop_app.domain.courses import Course
    from desktop_app.domain.fees import Quote, QuoteLine
    from desktop_app.domain.payment import Attempt
    from desktop_app.domain.plans import FeePlan, PlannedDue
    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.plans import BillPlan, LaterPart

Part = TypeVar("Part", "DueRecord", "PlannedDue")


class EnrolmentStanding(NamedTuple):
    """A student's enrolment in a course, or its price before one, on one snapshot.

    Attributes:
        quote: of the first due, or the whole price of the course.
        dues: of the enrolment; empty before one.
        due_now: those that are collected next: what is due, else the next instalment.
        has_plans: whether the course is paid by a plan, where the student is not enrolled yet.
        plans: the plans that may be chosen, and `plan` the one that is; see `with_plan`.
        planned: the dues that enrolling by the plan makes, and `planned_now` the first of them.
    """

    student_uid: str
    course_uid: str
    student: Student
    course: Course
    quote: Quote
    enrollment: EnrollmentRecord | None
    dues: tuple[DueRecord, ...]
    due_now: tuple[DueRecord, ...]
    has_seat: bool
    has_plans: bool
    plans: tuple[FeePlan, ...] = ()
    plan: FeePlan | None = None
    planned: tuple[PlannedDue, ...] = ()
    planned_now: tuple[PlannedDue, ...] = ()

    @property
    def is_enrolled(self) -> bool:
        """Whether the fee is paid, at least in part, and the seat taken."""
        return self.enrollment is not None and self.enrollment.state is EnrollmentState.ACTIVE

    @property
    def due_uid(self) -> str | None:
        """The first due of the enrolment."""
        return self.dues[0].uid if self.dues else None

    @property
    def still_due(self) -> Money:
        """The amount that is collected next of an enrolment."""
        return total(due.balance for due in self.due_now)

    @property
    def to_pay(self) -> Money:
        """The amount that is collected next, of an enrolment or of a new one."""
        if self.enrollment is not None:
            return self.still_due
        if self.planned:
            return total(due.amount for due in self.planned_now)
        return self.quote.total

    @property
    def price(self) -> Money:
        """The amount of a new enrolment, all instalments included."""
        return total(due.amount for due in self.planned) if self.planned else self.quote.total

    def refuse_enrolled(self) -> None:
        """Raise AlreadyEnrolledError where the seat is taken; it says what is still due."""
        if self.is_enrolled:
            words = "the student is already enrolled in this course."
            if self.still_due:
                words += f" Fee due: {self.still_due}. See `pravesh dues`."
            raise AlreadyEnrolledError(words)


def standing(
    work: Repositories,
    student_uid: str,
    course_uid: str,
    today: date | None = None,
    ahead: int = 0,
) -> EnrolmentStanding:
    """Read a student's enrolment in a course and its price.

    Args:
        work: the books.
        student_uid: the student.
        course_uid: the course.
        today: the day in India by which instalments are due; None for all.
        ahead: how many instalments are collected besides.

    Raises:
        UnknownStudentError, UnknownCourseError: one of them is gone. The fee of an archived course
            is still read for a student who is enrolled in it.
    """
    student = work.students.get(student_uid)
    if student is None:
        raise UnknownStudentError("this student was archived")
    enrollment = work.enrollments.current(student_uid, course_uid)
    course, has_plans = work.courses.on_offer(course_uid) or (None, False)
    if course is None and enrollment is not None:
        course = work.courses.archived(course_uid)
    if course is None:
        raise UnknownCourseError("this course was archived")
    dues = work.enrollments.dues_of(enrollment.uid) if enrollment else ()
    registered = bool(work.setting("centre.gstin"))
    return EnrolmentStanding(
        student_uid=student_uid,
        course_uid=course_uid,
        student=student,
        course=course,
        quote=dues[0].quote if dues else quote(course, registered=registered),
        enrollment=enrollment,
        dues=dues,
        due_now=_due_now(dues, today or date.max, ahead),
        has_seat=work.courses.has_free_seats(course_uid, [enrollment.uid] if enrollment else []),
        has_plans=has_plans and enrollment is None,
    )


def _due_now(dues: Sequence[DueRecord], today: date, ahead: int) -> tuple[DueRecord, ...]:
    """Return the open dues of a day, else the next instalment; deposits only when chosen."""
    chosen_only = (DueKind.DEPOSIT, DueKind.OTHER)
    left = [due for due in dues if due.is_payable and due.kind not in chosen_only]
    now = tuple(due for due in left if _day_of(due, today) <= today)
    return _and_next(now, left, ahead if now else ahead + 1, lambda due: _day_of(due, today))


def _and_next(
    now: tuple[Part, ...], left: Sequence[Part], ahead: int, day: Callable[[Part], date]
) -> tuple[Part, ...]:
    """Return dues with so many of the instalments that follow them."""
    for _ in range(ahead):
        rest = [due for due in left if due not in now]
        if not rest:
            break
        number = min(rest, key=day).instalment_no
        now += tuple(due for due in rest if due.instalment_no == number)
    return now


def _day_of(due: DueRecord, today: date) -> date:
    """Return the day on which a due is due now, after it was moved."""
    return due.payable_on or due.due_on or today


def with_plan(
    books: Repositories,
    found: EnrolmentStanding,
    on: date,
    code: str | None = None,
    ahead: int = 0,
) -> EnrolmentStanding:
    """Return a price divided by a plan of the course, where it has plans and nobody enrolled yet.

    Args:
        books: the books.
        found: the price before an enrolment.
        on: the day in India on which the student joins.
        code: the plan; None for the default.
        ahead: how many instalments are collected besides.

    Raises:
        InvalidInputError: no such plan is offered on that day, or it no longer fits the price.
    """
    if not found.has_plans and (not code or found.enrollment is not None):
        return found
    from desktop_app.domain.plans import due_first
    from desktop_app.services.enrolment.plan_quotes import choose_plan, planned_dues

    plans, plan = choose_plan(books.plans.of_course(found.course_uid), on, code)
    if plan is None:
        return found
    planned = planned_dues(books, found.course, plan, on)
    first = _and_next(due_first(planned, on), planned, ahead, lambda due: due.due_on)
    return found._replace(plans=plans, plan=plan, planned=planned, planned_now=first)


def enrol(
    work: UnitOfWork,
    found: EnrolmentStanding,
    *,
    uid: str,
    due_uid: str,
    at: datetime,
    due_on: date | None = None,
) -> None:
    """Write a pending enrolment and its only open due, at the quoted price."""
    due = DueRecord(due_uid, uid, DueState.OPEN, found.quote, due_on=due_on)
    work.enrollments.add(_pending(found, uid, at), due)


def _pending(found: EnrolmentStanding, uid: str, at: datetime) -> EnrollmentRecord:
    course = found.course
    return EnrollmentRecord(
        uid=uid,
        student_uid=found.student_uid,
        course_uid=found.course_uid,
        course_code=course.code,
        course_label=" · ".join(part for part in (course.title, course.batch) if part),
        state=EnrollmentState.PENDING,
        amount=found.price,
        created_at=at,
    )


def ensure_enrolled(
    context: Context, work: UnitOfWork, found: EnrolmentStanding, due_on: date | None = None
) -> tuple[str, ...]:
    """Return the dues of an enrolment that are collected next; make all of them where missing."""
    if found.enrollment is not None:
        return tuple(due.uid for due in found.due_now or found.dues[:1])
    uid, at = context.ids.new(), context.now()
    if found.planned:
        made = _enrol_by_plan(context, work, found, uid, at)
    else:
        made = (context.ids.new(),)
        enrol(work, found, uid=uid, due_uid=made[0], at=at, due_on=due_on)
    context.audit(work, "enrollment.made", uid, {"amount": found.price.paise})
    return made


def _enrol_by_plan(
    context: Context, work: UnitOfWork, found: EnrolmentStanding, uid: str, at: datetime
) -> tuple[str, ...]:
    """Write a pending enrolment with its terms and the dues of its plan; return the first ones."""
    from desktop_app.services.enrolment.plan_quotes import terms_for

    dues = {
        planned: DueRecord(
            uid=context.ids.new(),
            enrollment_uid=uid,
            state=DueState.OPEN,
            quote=planned.quote,
            sequence=sequence,
            due_on=planned.due_on,
            instalment_no=planned.instalment_no,
            head_code=planned.head.code,
            treatment=planned.head.treatment.value,
            sac=planned.head.sac,
        )
        for sequence, planned in enumerate(found.planned, start=1)
    }
    work.enrollments.add(_pending(found, uid, at), *dues.values())
    if found.plan is not None:
        work.enrollments.add_terms(terms_for(work, uid, found.course, found.plan, at))
    return tuple(dues[planned].uid for planned in found.planned_now)


def make_bill(
    context: Context,
    student_uid: str,
    course_uid: str,
    plan_code: str | None = None,
    ahead: int = 0,
) -> Bill:
    """Quote a course for a student. Writes and sends nothing.

    Args:
        context: the ports.
        student_uid: the student.
        course_uid: the course.
        plan_code: the plan; None for the default.
        ahead: how many instalments are collected besides what is due.
    """
    today = day_in_india(context.now())
    with context.store.reading() as work:
        found = standing(work, student_uid, course_uid, today, ahead)
        found = with_plan(work, found, today, plan_code, ahead)
        attempts = (each for due in found.due_now for each in work.attempts.of_due(due.uid))
        live = [attempt for attempt in attempts if attempt.is_live]
        cheque = _cheque_of(work, live, today)
        lines = _lines(work, found)
    limit = Money(context.settings().upi_limit_paise)
    rest = found.still_due if found.is_enrolled else ZERO
    shown = found.to_pay if rest or not found.is_enrolled else found.quote.total
    return Bill(
        student_uid=student_uid,
        student_name=found.student.name,
        roll_no=found.student.roll_no,
        course_uid=course_uid,
        course_label=_label(found),
        lines=lines,
        total=shown,
        words=amount_in_words(shown),
        obstacle=_obstacle(found, rest),
        over_upi_limit=shown > limit,
        upi_limit=limit,
        open_attempt_uid=live[0].uid if live and cheque is None else None,
        is_kept=found.enrollment is not None and not found.is_enrolled,
        is_enrolled=found.is_enrolled,
        paid=_receipt_of(context, found) if found.is_enrolled else None,
        still_due=rest,
        plan=_plan_of(found, today, ahead),
        late_fee=_late_fee(context, found, today),
        dues=tuple(due.uid for due in found.due_now or found.dues[:1]),
        cheque=cheque,
    )


def _cheque_of(books: Repositories, live: Sequence[Attempt], today: date) -> CoveringCheque | None:
    """Return the cheque or draft among live attempts."""
    handed_in = (each.uid for each in live if tender_of(each.method).instrument is not None)
    found = next(filter(None, map(books.instruments.of_attempt, handed_in)), None)
    if found is None:
        return None
    from desktop_app.domain.instruments import stale_from

    return CoveringCheque(
        kind=found.kind,
        state=found.state,
        amount=found.amount,
        slip_no=found.slip_no,
        held_until=found.dated_on if found.dated_on > today else None,
        last_day=stale_from(found.dated_on) - timedelta(days=1),
    )


def _obstacle(found: EnrolmentStanding, rest: Money) -> str:
    """Return why nothing can be collected; empty where something can."""
    if found.is_enrolled and not rest:
        return f"{found.student.name} is already enrolled in this course."
    return "" if found.has_seat or rest else "This course has no seats left."


def _label(found: EnrolmentStanding) -> str:
    return found.enrollment.course_label if found.enrollment else found.quote.label


def _lines(books: Repositories, found: EnrolmentStanding) -> tuple[QuoteLine, ...]:
    """Return the lines of what is collected next, or of what was paid."""
    if found.enrollment is not None:
        return lines_of(
            due.quoted(books.concessions.titles_of(due.uid)) if due.off else due.quoted()
            for due in found.due_now or found.dues[:1]
        )
    return lines_of(due.quote for due in found.planned_now) or found.quote.lines


def _late_fee(context: Context, found: EnrolmentStanding, today: date) -> Money:
    """Return the late fee that becomes due once all that is collected now is paid."""
    late = [due.uid for due in found.due_now if due.late_rule]
    return total(context.store.reader.due_list.late_fees(late, today).values()) if late else ZERO


def _plan_of(found: EnrolmentStanding, today: date, ahead: int) -> BillPlan | None:
    """Return how a fee is divided; None where it is one due."""
    if found.plan is None and len(found.dues) <= 1:
        return None
    from desktop_app.services.views.plans import BillPlan, PlanChoice

    if found.plan is not None:
        chosen = PlanChoice(found.plan.code, found.plan.title)
        now, everything = found.planned_now, found.planned
        return BillPlan(
            chosen=chosen,
            choices=tuple(PlanChoice(plan.code, plan.title) for plan in found.plans),
            whole=found.price,
            later=_later((each.due_on, each.amount) for each in everything if each not in now),
            first_due_on=min(each.due_on for each in now),
            ahead=ahead,
        )
    left = [due for due in found.dues if due.is_payable and due not in found.due_now]
    now_on = [_day_of(due, today) for due in found.due_now]
    return BillPlan(
        chosen=None,
        choices=(),
        whole=total(due.amount_asked for due in found.dues),
        later=_later((_day_of(due, today), due.balance) for due in left),
        first_due_on=min(now_on, default=today),
        ahead=ahead,
    )


def later_parts(found: EnrolmentStanding, today: date) -> tuple[LaterPart, ...]:
    """Return the instalments that follow what is collected next."""
    plan = _plan_of(found, today, 0)
    return plan.later if plan is not None else ()


def _later(parts: Iterable[tuple[date, Money]]) -> tuple[LaterPart, ...]:
    from desktop_app.services.views.plans import LaterPart

    by_day: dict[date, Money] = {}
    for day, amount in parts:
        by_day[day] = by_day.get(day, ZERO) + amount
    return tuple(LaterPart(day, by_day[day]) for day in sorted(by_day))


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
