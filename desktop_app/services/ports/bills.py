"""Bills as use-cases write and read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.bills import BillState
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.views.bills import BillSummary, BillView, Family


@dataclass(frozen=True, slots=True)
class BillRecord:
    """A bill.

    Attributes:
        number: None for a draft.
        family_uid: None where its only student has no family.
        hold_until: until when the seats of unpaid lines are held; None where they are not.
    """

    uid: str
    state: BillState
    number: int | None
    family_uid: str | None
    payer_name: str
    payer_phone: str
    total: Money
    created_at: datetime
    offered_at: datetime | None = None
    hold_until: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of a bill: a due, or in a draft a course that becomes an enrolment.

    Attributes:
        wishes: concessions and codes of a course in a draft, as `wishes_text` wrote them.
        amount: what it asks for; None for the whole balance, in a draft.
        is_new: whether offering the bill enrolled the student.
        paid: what the bill's tenders have paid of it.
        balance: what is open of its due.
        is_covered: whether a cheque that the bank has not credited covers it.
        is_settled: whether its due is paid, by the bill or otherwise.
    """

    uid: str
    student_uid: str
    due_uid: str | None = None
    course_uid: str | None = None
    enrollment_uid: str | None = None
    plan_code: str = ""
    wishes: str = ""
    amount: Money | None = None
    is_new: bool = False
    paid: Money = ZERO
    balance: Money = ZERO
    is_covered: bool = False
    is_settled: bool = False

    @property
    def rest(self) -> Money:
        """The amount still to be paid on the bill; zero where the due was paid otherwise."""
        asked = self.balance if self.amount is None else self.amount
        return max(ZERO, min(asked - self.paid, self.balance))


class BillRepository(Protocol):
    """Bills with their lines and tenders."""

    def add(self, bill: BillRecord, lines: Sequence[BillLine]) -> None:
        """Add one."""

    def get(self, uid: str) -> BillRecord | None:
        """Return one."""

    def of_attempt(self, attempt_uid: str) -> BillRecord | None:
        """Return the bill that an attempt is a tender of."""

    def save(self, bill: BillRecord, expected: BillState) -> bool:
        """Store one if its state is still the expected one."""

    def replace_lines(self, bill_uid: str, lines: Sequence[BillLine]) -> None:
        """Replace the lines of a draft."""

    def lines(self, bill_uid: str) -> tuple[BillLine, ...]:
        """Return its lines, in their order, with what is paid of them."""

    def next_number(self) -> int:
        """Return the number of the next bill of this desk."""

    def add_tender(self, bill_uid: str, attempt: Attempt, uid: str) -> None:
        """Add an attempt as the next tender."""

    def attempts(self, bill_uid: str) -> tuple[Attempt, ...]:
        """Return the attempts of its tenders, in their order."""

    def drop(self, bill_uid: str) -> None:
        """Remove a draft."""

    def drafts_before(self, at: datetime) -> tuple[str, ...]:
        """Return the drafts that were put together before an instant."""

    def idle_before(self, at: datetime) -> tuple[BillRecord, ...]:
        """Return open bills without a live attempt that were offered before an instant."""

    def expired(self, at: datetime) -> tuple[BillRecord, ...]:
        """Return part-paid bills without a live attempt whose time is over."""

    def part_paid_of(self, enrollment_uid: str) -> tuple[BillRecord, ...]:
        """Return the part-paid bills with a line for a due of an enrolment, oldest first."""

    def without_receipt(self, bill_uid: str) -> tuple[PaymentRecord, ...]:
        """Return the payments of its tenders that pay dues and are on no receipt, oldest first.

        Those that never came after all are none of them.
        """

    def sittings_over(self, at: datetime) -> tuple[str, ...]:
        """Return the open bills with payments on no receipt whose sitting is over.

        Nobody pays in front of the desk any more; a link or a cheque may still be open.
        """

    def families_of(self, students: Sequence[str]) -> Mapping[str, str | None]:
        """Return the family of students, by uid; None for one without."""


class BillQueries(Protocol):
    """Queries of bills and families."""

    def get(self, uid: str) -> BillView | None:
        """Return a bill with its lines, tenders and receipts."""

    def held(self) -> tuple[BillSummary, ...]:
        """Return drafts and open bills, newest first."""

    def left_part_paid(self, student_uid: str) -> BillSummary | None:
        """Return the newest part-paid bill of a student that no payment is collected for."""

    def found(self, text: str, limit: int) -> tuple[BillSummary, ...]:
        """Return offered bills by number, UTR or the payer's phone, newest first; all for none."""

    def family(self, student_uid: str) -> Family | None:
        """Return the family of a student, or the student alone."""
