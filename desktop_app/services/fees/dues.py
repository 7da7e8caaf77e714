"""The list of dues, the account of a family, and what a desk decides about a due.

A decision is a change that is added to the due; what was agreed stays as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueChangeKind, DueKind, DueState, EnrollmentState
from desktop_app.domain.money import ZERO
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.text import optional_line, require_reason
from desktop_app.services.errors import UnknownStudentError
from desktop_app.services.fees.due_checks import (
    find_due,
    is_uncollected,
    to_charge,
    to_move,
    to_restore,
    to_waive,
    to_write_off,
)
from desktop_app.services.ports.dues import ContactRecord
from desktop_app.services.ports.records import DueChange
from desktop_app.services.posting.bills import note_less_due
from desktop_app.services.posting.late_fees import ask_late_fee, ask_less, charge_late_fee
from desktop_app.services.posting.parts import fee_label
from desktop_app.services.views.dues import DueDecision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.views.dues import (
        Decision,
        DueChoice,
        DuePage,
        DueSums,
        FamilyAccount,
    )
    from desktop_app.services.views.enrolment_changes import DuesPreview

DEFAULTER_DAYS = "defaulter_days"
"""The setting with the overdue days, after grace, from which on a family is a defaulter."""


class DueService:
    """Lists open dues, and records decisions about them. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def page(
        self, which: DueChoice, as_of: date | None = None, *, offset: int = 0, limit: int = 100
    ) -> DuePage:
        """Return a page of open dues: what fell due first, of a day the largest balance.

        Args:
            which: which dues; an empty choice lists all.
            as_of: the day in India by which they are aged; None for today.
            offset: how many to skip.
            limit: the most rows.
        """
        return self._context.store.reader.due_list.page(
            which, as_of or self._today(), self._defaulter_days(), offset, limit
        )

    def sums(self, as_of: date | None = None) -> DueSums:
        """Return the sums of all open dues by bucket."""
        return self._context.store.reader.due_list.sums(as_of or self._today())

    def account(self, student_uid: str, as_of: date | None = None) -> FamilyAccount:
        """Return the account of a student's family. Raises UnknownStudentError."""
        day = as_of or self._today()
        queries = self._context.store.reader.due_list
        found = queries.account(student_uid, day, self._defaulter_days())
        if found is None:
            raise UnknownStudentError("this student was archived")
        return found

    def late_fees(self, due_uids: Sequence[str], on: date | None = None) -> Mapping[str, Money]:
        """Return the late fee of each of some dues, were it paid on a day, by uid."""
        return self._context.store.reader.due_list.late_fees(due_uids, on or self._today())

    def ask_late_fees(self, due_uids: Sequence[str]) -> tuple[str, ...]:
        """Ask for the late fees of dues that are put in a cart; return the late fees' uids.

        Late fees that were asked for before and are open are among them.
        """
        asked: list[str] = []
        with self._context.store.writing() as work:
            made = False
            for uid in due_uids:
                due = find_due(work, uid)
                made |= ask_late_fee(self._context, work, due, self._today()) is not None
                asked += work.families.late_fees_of(uid)
            if made:
                work.commit()
            else:
                work.nothing_to_write()
        return tuple(each for each in dict.fromkeys(asked) if each not in due_uids)

    def ask_family_late_fees(self, student_uid: str) -> tuple[str, ...]:
        """Ask for the late fees of all that is overdue of a student's family; return them."""
        late = [due.uid for due in self.account(student_uid).dues if due.late_fee]
        return self.ask_late_fees(late) if late else ()

    def waive(self, due_uid: str, amount: Money | None, reason: str) -> DueDecision:
        """Waive a late fee: of a late fee that is a due, or of a due that is late today.

        Args:
            due_uid: the late fee, or the fee that is late.
            amount: how much; None for all of it.
            reason: why.

        Raises:
            InvalidInputError: `field` is `amount` or `reason`; it is more than the late fee.
            UnknownDueError, DueClosedError, DueCoveredError: nothing was written.
        """
        reason = require_reason(reason)
        with self._context.store.writing() as work:
            due, _, part = to_waive(work, due_uid, amount, self._today())
            if due.kind is DueKind.LATE_FEE:
                part = ask_less(self._context, work, due, part, DueChangeKind.WAIVE, reason)
            else:
                self._change(work, due, DueChangeKind.WAIVE, -part, reason)
            return self._decided(work, due, "late_fee.waived", part, reason)

    def add_late_fee(self, due_uid: str, amount: Money, reason: str) -> DueDecision:
        """Ask for a late fee of an overdue fee by hand, beside what its plan asks for.

        It carries the rate of the fee, and includes its tax. No payment makes it less.

        Args:
            due_uid: the fee that is late.
            amount: the late fee.
            reason: why.

        Raises:
            InvalidInputError: the fee is not late, or the amount or the reason does not do.
            UnknownDueError, DueClosedError: nothing was written.
        """
        reason = require_reason(reason)
        with self._context.store.writing() as work:
            due = to_charge(work, due_uid, amount, self._today())
            charge_late_fee(self._context, work, due, amount, self._today())
            return self._decided(work, due, "late_fee.added", amount, reason)

    def preview(
        self,
        due_uid: str,
        decision: Decision,
        *,
        amount: Money | None = None,
        to: date | None = None,
    ) -> DuesPreview:
        """Return what a decision about a due would change. Writes nothing.

        Args:
            due_uid: the due.
            decision: what is decided.
            amount: of a late fee; None for all of it.
            to: the new date of a due that is moved.

        Raises:
            Like the decision itself.
        """
        from desktop_app.services.fees.due_previews import preview_decision

        with self._context.store.reading() as books:
            return preview_decision(books, due_uid, decision, amount, to, self._today())

    def write_off(self, due_uid: str, reason: str) -> DueDecision:
        """Write the balance of a due off: it leaves the list, and stays in the statement.

        A part-paid bill of which nothing is due any more is closed, with the receipts of what was
        paid. An enrolment that nobody paid anything for ends where nothing is left to collect: it
        never had a seat. Restoring the due brings it back.

        Raises:
            InvalidInputError: the reason says nothing.
            UnknownDueError, DueClosedError, DueCoveredError: nothing was written.
        """
        reason = require_reason(reason)
        with self._context.store.writing() as work:
            due = to_write_off(work, due_uid)
            self._change(work, due, DueChangeKind.WRITE_OFF, -due.balance, reason)
            work.enrollments.advance_due(due.uid, DueState.OPEN, DueState.WRITTEN_OFF)
            return self._decided(work, due, "due.written_off", due.balance, reason)

    def restore(self, due_uid: str, reason: str) -> DueDecision:
        """Restore a due that was written off, with what was open of it then.

        Raises:
            InvalidInputError: the reason says nothing, the due is not written off, the student is
                enrolled again since, or the price of another course took its place.
            UnknownDueError: nothing was written.
        """
        reason = require_reason(reason)
        with self._context.store.writing() as work:
            due, amount = to_restore(work, due_uid)
            self._change(work, due, DueChangeKind.RESTORE, amount, reason)
            work.enrollments.advance_due(due.uid, DueState.WRITTEN_OFF, DueState.OPEN)
            cancelled, pending = EnrollmentState.CANCELLED, EnrollmentState.PENDING
            work.enrollments.advance(due.enrollment_uid, cancelled, pending)
            return self._decided(work, due, "due.restored", amount, reason)

    def move_date(self, due_uid: str, to: date, reason: str) -> DueDecision:
        """Move the date of a due; its late fee counts from there.

        Raises:
            InvalidInputError: the reason says nothing, or the date has passed.
            UnknownDueError, DueClosedError: nothing was written.
        """
        reason = require_reason(reason)
        with self._context.store.writing() as work:
            due = to_move(work, due_uid, to, self._today())
            self._change(work, due, DueChangeKind.MOVE_DATE, ZERO, reason, to)
            return self._decided(work, due, "due.moved", ZERO, reason)

    def note_contact(self, student_uid: str, way: str, note: str = "") -> None:
        """Record that a family was written to or called about its dues.

        Args:
            student_uid: a student of the family.
            way: `whatsapp` or `call`.
            note: a few words about it.
        """
        note = optional_line("note", "Note", note)
        with self._context.store.writing() as work:
            family_uid = work.families.family_of(student_uid)
            work.families.add_contact(
                ContactRecord(
                    self._context.ids.new(),
                    student_uid,
                    family_uid,
                    way,
                    note,
                    self._context.now(),
                )
            )
            work.commit()

    def _today(self) -> date:
        return day_in_india(self._context.now())

    def _defaulter_days(self) -> int:
        return int(self._context.settings().texts[DEFAULTER_DAYS])

    def _change(
        self,
        work: UnitOfWork,
        due: DueRecord,
        kind: DueChangeKind,
        delta: Money,
        reason: str,
        new_due_on: date | None = None,
    ) -> None:
        now, uid = self._context.now(), self._context.ids.new()
        work.enrollments.change_due(DueChange(uid, due.uid, kind, delta, reason, now, new_due_on))

    def _decided(
        self, work: UnitOfWork, due: DueRecord, action: str, amount: Money, reason: str
    ) -> DueDecision:
        said: dict[str, str | int | None] = {"amount": amount.paise, "reason": reason}
        self._context.audit(work, action, due.uid, said)
        self._end_uncollected(work, due)
        note_less_due(self._context, work, due.enrollment_uid)
        student_uid = work.enrollments.get(due.enrollment_uid).student_uid
        about = fee_label(work, due.enrollment_uid)
        after = work.enrollments.due(due.uid)
        work.commit()
        return DueDecision(due.uid, student_uid, about, amount, after.balance, after.payable_on)

    def _end_uncollected(self, work: UnitOfWork, due: DueRecord) -> None:
        """End a pending enrolment of which nothing is left to collect after a write-off."""
        if is_uncollected(work, due, work.enrollments.due(due.uid).state):
            uid, pending = due.enrollment_uid, EnrollmentState.PENDING
            work.enrollments.advance(uid, pending, EnrollmentState.CANCELLED)
            self._context.audit(work, "enrollment.cancelled", uid, {"why": "written off"})
