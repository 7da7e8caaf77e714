"""Read models of the list of dues and of a family's account."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.ageing import Standing, standing_of
from desktop_app.domain.money import ZERO

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.ageing import Bucket
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.money import Money
    from desktop_app.domain.promises import PromiseState
    from desktop_app.domain.tender import Verification


@dataclass(frozen=True, slots=True)
class DueChoice:
    """Which open dues to list; every condition that is given holds.

    Attributes:
        text: a student, a phone, or the code or batch of a course.
        bucket: only what is overdue for so long.
        to_call: only those of defaulters; broken promises come first.
        month: only what falls due in the month that is so many after the present one.
    """

    text: str = ""
    bucket: Bucket | None = None
    to_call: bool = False
    month: int | None = None


@dataclass(frozen=True, slots=True)
class PromiseMark:
    """The newest promise of a family that is open or broken.

    Attributes:
        is_shared: whether the family has other students, whose fees it is for too.
    """

    amount: Money
    by_on: date
    state: PromiseState
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class ListedDue:
    """An open due in the list, with its family. Phones are masked to their last four digits.

    Attributes:
        family: the name of the parent; empty where none is known.
        phone: the parent's, else the student's.
        label: what the due is for, as agreed.
        days: since the due date; negative before it.
        covered: what of the balance is in a payment that is under way.
        late_fee: what would be added for being late, were it paid today.
        contacted_at: when the family was last written to, called, or promised something.
    """

    uid: str
    enrollment_uid: str
    student_uid: str
    student_name: str
    roll_no: str
    family: str
    phone: str
    course_code: str
    course_label: str
    head: str
    kind: str
    label: str
    instalment: int
    due_on: date
    days: int
    bucket: Bucket
    amount: Money
    balance: Money
    covered: Money
    late_fee: Money
    promise: PromiseMark | None = None
    contacted_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """The balance by what has to be done about it."""
        from datetime import timedelta

        return standing_of(
            self.balance, self.covered, self.due_on, self.due_on + timedelta(days=self.days)
        )


class DuePage(NamedTuple):
    """One page of the list; `total` counts all that match."""

    rows: tuple[ListedDue, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DueDecision:
    """A decision about a due.

    Attributes:
        about: its student and course.
        amount: what was waived, written off or restored; zero where the date moved.
        balance: what is open of the due now.
    """

    due_uid: str
    student_uid: str
    about: str
    amount: Money
    balance: Money
    due_on: date | None


class Decision(StrEnum):
    """A decision about a due."""

    WAIVE = "waive"
    LATE_FEE = "late_fee"
    MOVE_DATE = "move_date"
    WRITE_OFF = "write_off"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class WrittenOffDue:
    """A due that was written off and may be restored."""

    uid: str
    student_name: str
    course_label: str
    label: str
    due_on: date
    amount: Money


class BucketSum(NamedTuple):
    """How many dues are in a bucket, and their balance."""

    dues: int
    balance: Money


@dataclass(frozen=True, slots=True)
class DueSums:
    """The sums of all open dues.

    Attributes:
        buckets: every bucket, in its order.
        standing: what of the whole balance is overdue, covered, or not due.
        months: what falls due in the present month, and in the next.
    """

    buckets: dict[Bucket, BucketSum]
    standing: Standing
    months: tuple[BucketSum, BucketSum]

    @property
    def count(self) -> int:
        """How many dues are open."""
        return sum(each.dues for each in self.buckets.values())


class LineKind(StrEnum):
    """The kind of a line of a statement."""

    ASKED = "asked"
    LATE_FEE = "late_fee"
    CONCESSION = "concession"
    WAIVE = "waive"
    REPRICE = "reprice"
    CANCEL = "cancel"
    WRITE_OFF = "write_off"
    RESTORE = "restore"
    PAID = "paid"
    TAKEN_BACK = "taken_back"
    KEPT = "kept"
    """Money that stays as credit, because its fee became less."""
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a family's statement.

    Attributes:
        about: the fee, or the reason.
        reference: the receipt's number; empty for what has none.
        amount: added to the balance; negative where it lessens it.
        balance: of the family, after this line.
        verification: how sure the money of a payment is now; None for other lines.
        mode: of the money of a payment; None for other lines.
    """

    at: datetime
    kind: LineKind
    student_name: str
    about: str
    reference: str
    amount: Money
    balance: Money = ZERO
    verification: Verification | None = None
    mode: MoneyMode | None = None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise of a family."""

    uid: str
    amount: Money
    by_on: date
    note: str
    state: PromiseState
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A student of a family."""

    uid: str
    name: str
    roll_no: str


@dataclass(frozen=True, slots=True)
class FamilyAccount:
    """The account of a family: what is open, what was promised, and every line so far.

    Attributes:
        family: the name of the parent; empty where none is known.
        phone: in full, to write to; empty where none is known.
        lines: oldest first; the balance of the last is that of the account.
        credit: money of the family that pays no due.
        is_defaulter: whether a fee is overdue for too long, and no promise covers it.
    """

    student_uid: str
    family: str
    phone: str
    members: tuple[Member, ...]
    dues: tuple[ListedDue, ...]
    promises: tuple[PromiseRow, ...]
    lines: tuple[StatementLine, ...]
    standing: Standing = field(default_factory=Standing)
    credit: Money = ZERO
    is_defaulter: bool = False
    contacted_at: datetime | None = None
    written_off: tuple[WrittenOffDue, ...] = ()

    @property
    def balance(self) -> Money:
        """The dues of the family that are open, less its credit."""
        return self.lines[-1].balance if self.lines else ZERO
