"""Read models of students, courses and bills."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.ageing import Bucket
    from desktop_app.domain.courses import Course
    from desktop_app.domain.enrollment import EnrollmentState
    from desktop_app.domain.fees import QuoteLine
    from desktop_app.domain.instruments import InstrumentState
    from desktop_app.domain.money import Money
    from desktop_app.domain.student_matching import StudentMatch
    from desktop_app.domain.students import Student
    from desktop_app.domain.tender import InstrumentKind
    from desktop_app.services.views.plans import BillPlan


class NextDue(NamedTuple):
    """The amount that falls due next, and its day, which is after today."""

    on: date
    amount: Money


@dataclass(frozen=True)
class StudentSummary:
    """A student in a list or a search answer. Phones are masked to their last four digits.

    Attributes:
        note: the newest enrolment in words, like `Physics XI · active`; empty without one.
        due: what of all fees is due by now and not paid, in paise.
        next_due: what falls due next of all fees; None for nothing.
        is_enrolled: whether a fee is paid, at least in part, and its seat taken.
        match: what was found by; None where nothing was searched for.
    """

    uid: str
    roll_no: str
    name: str
    phone: str
    guardian_name: str
    guardian_phone: str
    state: str
    note: str
    due: Money = ZERO
    next_due: NextDue | None = None
    is_enrolled: bool = False
    match: StudentMatch | None = field(default=None, compare=False)


class StudentPage(NamedTuple):
    """One page of a list of students; `total` counts all that match."""

    rows: tuple[StudentSummary, ...]
    total: int


@dataclass(frozen=True)
class EnrollmentRow:
    """One enrolment in a student's history, newest first in lists.

    Attributes:
        receipt_no: that of its newest receipt, which was issued at `receipt_at`.
        mode: that of the money of its receipt; live without one.
        amount: what was asked when the student enrolled, and `asked` what is asked by now.
        due: what of its fees is due by now and not paid, in paise.
        due_on: the first day on which any of that was due; None where nothing is.
        is_free: whether concessions left nothing to pay, and the seat is taken.
        later: what falls due later; `later_on` is the first of these days.
    """

    uid: str
    course_uid: str
    course_code: str
    course_label: str
    state: EnrollmentState
    amount: Money
    created_at: datetime
    receipt_no: str | None
    receipt_uid: str | None
    mode: MoneyMode = MoneyMode.LIVE
    due: Money = ZERO
    due_on: date | None = None
    later: Money = ZERO
    later_on: date | None = None
    is_free: bool = False
    receipt_at: datetime | None = None
    asked: Money = ZERO


class StudentDetail(NamedTuple):
    """A student in full, for the edit form, with the history."""

    uid: str
    student: Student
    history: tuple[EnrollmentRow, ...]


class CourseRow(NamedTuple):
    """A course with its seats.

    Attributes:
        total: what a student pays, tax included, in paise.
        seats_left: None where seats are without limit.
        taxable: what of that is left without tax, in paise.
        plans: the titles of its fee plans, the one that is offered first at the beginning.
    """

    uid: str
    course: Course
    total: Money
    seats_taken: int
    seats_left: int | None
    taxable: Money = ZERO
    plans: tuple[str, ...] = ()


@dataclass(frozen=True)
class DueFilter:
    """Which open dues to list; every condition that is given holds.

    Attributes:
        student_uid: of one student.
        phone: of a family: the phone of students, of their guardians or of the family itself.
        batch: of the course with this code, or the courses of this batch.
        bucket: only what is overdue for so long.
    """

    student_uid: str = ""
    phone: str = ""
    batch: str = ""
    bucket: Bucket | None = None


@dataclass(frozen=True)
class DueRow:
    """An open due in a list.

    Attributes:
        label: its name, with its part of a plan: `Physics XI · 2/4`.
        head: the fee head's code.
        amount: what is asked in all.
        balance: what of it is not paid.
        covered: what of the balance is in a live payment.
        late_fee: what is added for being late.
    """

    uid: str
    student_uid: str
    student_name: str
    roll_no: str
    course_code: str
    course_label: str
    label: str
    head: str
    instalment: int
    due_on: date
    amount: Money
    balance: Money
    covered: Money
    bucket: Bucket
    late_fee: Money


@dataclass(frozen=True)
class EnrolledView:
    """A student enrolled in a course, with the open dues."""

    enrollment_uid: str
    dues: tuple[DueRow, ...]


class PaidFee(NamedTuple):
    """The receipt of a fee that was paid; `at` is when it was issued."""

    receipt_no: str
    receipt_uid: str
    at: datetime


class CoveringCheque(NamedTuple):
    """A cheque or demand draft that covers a fee until the bank has credited or returned it.

    Attributes:
        held_until: its date, where that is still to come.
        last_day: the last day on which the bank takes it.
    """

    kind: InstrumentKind
    state: InstrumentState
    amount: Money
    slip_no: str
    held_until: date | None
    last_day: date


class Bill(NamedTuple):
    """The bill of a course for a student, before anything is sent.

    Attributes:
        words: the total in words.
        obstacle: why it cannot be collected (already enrolled, no seat), empty when it can.
        over_upi_limit: whether the amount is over the limit for one UPI payment.
        upi_limit: that limit, in paise.
        open_attempt_uid: a live attempt of the same fee, to continue with; None without one.
        is_kept: whether it was enrolled earlier and the fee is still open.
        is_enrolled: whether the seat is taken: the fee is paid, at least in part.
        paid: the receipt of an enrolled student's fee; None where there is none.
        still_due: what is collected next of an enrolled student's fee.
        plan: how the fee is divided; None where it is one due.
        is_free: whether concessions leave nothing to pay, of all of it.
        late_fee: what is added for being late once the bill is paid today.
        dues: those that it collects; none before an enrolment.
        cheque: what covers the fee, so that nothing else is collected for it; None for nothing.
    """

    student_uid: str
    student_name: str
    roll_no: str
    course_uid: str
    course_label: str
    lines: tuple[QuoteLine, ...]
    total: Money
    words: str
    obstacle: str
    over_upi_limit: bool
    upi_limit: Money
    open_attempt_uid: str | None
    is_kept: bool
    is_enrolled: bool = False
    paid: PaidFee | None = None
    still_due: Money = ZERO
    plan: BillPlan | None = None
    is_free: bool = False
    late_fee: Money = ZERO
    dues: tuple[str, ...] = ()
    cheque: CoveringCheque | None = None

    @property
    def can_collect(self) -> bool:
        """Whether money can be collected for it."""
        return not self.obstacle and self.cheque is None

    @property
    def is_paid(self) -> bool:
        """Whether the student is enrolled and owes nothing."""
        return self.is_enrolled and not self.still_due
