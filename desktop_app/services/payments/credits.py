"""Credit of students, as staff see and move it. All local."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, total
from desktop_app.domain.text import require_reason
from desktop_app.services.errors import UnknownStudentError
from desktop_app.services.posting.credits import move_credit, require_spendable, spendable
from desktop_app.services.views.bills import by_student
from desktop_app.services.views.tenders import UsableCredit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.views.enrolment import DueRow


class CreditHolder(NamedTuple):
    """A student and the credit that the student has."""

    name: str
    credit: Money


class CreditService:
    """Credit: money of a student that pays no due yet."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def balance(self, student_uid: str) -> Money:
        """Return the credit of a student."""
        return self._context.store.reader.tenders.credit_of(student_uid)

    def spendable(self, student_uid: str) -> Money:
        """Return the credit of a student that may pay fees or be moved."""
        if not self.balance(student_uid):
            return ZERO
        with self._context.store.reading() as books:
            return spendable(self._context, books, student_uid)

    def preview_move(
        self, giver_uid: str, taker_uid: str, amount: Money
    ) -> tuple[CreditHolder, CreditHolder]:
        """Return both students with the credit that they have after a move. Writes nothing.

        Raises:
            UnknownStudentError, InvalidInputError: it cannot be moved, see `move`.
        """
        with self._context.store.reading() as books:
            names = self._names(books, giver_uid, taker_uid)
            require_spendable(self._context, books, giver_uid, amount)
            left = books.credits.balance(giver_uid) - amount
            grown = books.credits.balance(taker_uid) + amount
        return CreditHolder(names[0], left), CreditHolder(names[1], grown)

    def usable(self, asked: Mapping[str, Money]) -> UsableCredit:
        """Return the credit of students, and what of it can pay what each is asked for."""
        held = {uid: self.spendable(uid) for uid in asked}
        usable = total(min(credit, asked[uid]) for uid, credit in held.items())
        return UsableCredit(total(held.values()), usable)

    def others(self, students: Collection[str], chosen: Collection[str]) -> tuple[DueRow, ...]:
        """Return the dues that the rest of a payment may pay instead, in their order.

        Args:
            students: the students of the payment.
            chosen: the dues that it is for.
        """
        from desktop_app.services.payments.other_dues import other_dues

        return other_dues(self._context, students, chosen)

    def asked_of(self, dues: Collection[str]) -> Mapping[str, Money]:
        """Return what dues ask of each student. Raises UnknownDueError, DueClosedError."""
        from desktop_app.services.payments.begin import due_parts

        with self._context.store.reading() as books:
            parts = due_parts(books, dict.fromkeys(dues))
        return by_student((each.enrollment.student_uid, each.amount) for each in parts)

    def move(self, giver_uid: str, taker_uid: str, amount: Money, reason: str) -> None:
        """Move credit to a brother or sister.

        Raises:
            UnknownStudentError: one of them is gone.
            InvalidInputError: they are of two families, or less credit may be spent.
        """
        why = require_reason(reason)
        with self._context.store.writing() as work:
            self._names(work, giver_uid, taker_uid)
            require_spendable(self._context, work, giver_uid, amount)
            move_credit(self._context, work, giver_uid, taker_uid, amount, why)
            work.commit()

    def _names(self, books: Repositories, giver_uid: str, taker_uid: str) -> tuple[str, ...]:
        """Return the names of two students of one family."""
        found = [books.students.get(uid) for uid in (giver_uid, taker_uid)]
        names = tuple(each.name for each in found if each is not None)
        if len(names) < len(found):
            raise UnknownStudentError("this student was archived")
        is_one_family = self._context.store.reader.tenders.is_one_family
        if giver_uid == taker_uid or not is_one_family(giver_uid, taker_uid):
            raise InvalidInputError("student", "You can only move credit within a family.")
        return names
