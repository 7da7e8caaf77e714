"""Families with their promises and contacts, inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.promises import MoneyIn, Promise, PromiseState
from desktop_app.services.ports.dues import LateFeeBasis, PromiseRecord
from desktop_app.storage.enrolment.late_fee_columns import ASKED, PAID_LATE, WAIVED
from desktop_app.storage.fees.families import FAMILY, principals_of
from desktop_app.storage.mapping import columns_of, read_instant, record_of, text_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from desktop_app.domain.defaulters import OpenPrincipal
    from desktop_app.services.ports.dues import ContactRecord

_FAMILY_OF = "SELECT family_uid FROM students WHERE uid = :student"
_OF_FAMILY = f"""
    SELECT * FROM promises WHERE student_uid IN ({FAMILY}) OR family_uid = ({_FAMILY_OF})
    ORDER BY noted_at
"""
_ADVANCE = """
    UPDATE promises SET state = :following, updated_at = :now
    WHERE uid = :uid AND state = 'open' RETURNING *
"""
_MONEY = f"""
    SELECT coalesce(p.received_at, a.created_at) AS at, sum(a.amount_paise) AS paise
    FROM due_balances b JOIN allocations a ON a.due_uid = b.due_uid
    LEFT JOIN payments p ON p.uid = a.payment_uid AND a.amount_paise > 0
    WHERE b.student_uid IN ({FAMILY}) GROUP BY a.movement_uid, a.payment_uid ORDER BY 1
"""
_OWED = f"""
    SELECT coalesce(sum(balance_paise), 0) FROM due_balances
    WHERE student_uid IN ({FAMILY}) AND state = 'open'
"""
_BASIS = f"""
    SELECT b.balance_paise + {PAID_LATE} AS balance, {ASKED} AS asked,
        {WAIVED} AS waived
    FROM due_balances b JOIN dues d ON d.uid = b.due_uid WHERE b.due_uid = :due
"""
_LATE_FEES = """
    SELECT f.uid FROM dues d JOIN dues f ON f.enrollment_uid = d.enrollment_uid
    WHERE d.uid = :due AND f.follows_due = d.uid AND f.state = 'open' ORDER BY f.sequence
"""
_WRITTEN_OFF = """
    SELECT coalesce(-sum(delta_paise), 0) FROM due_changes WHERE due_uid = :due
    AND kind = 'write_off' AND rowid > coalesce((
        SELECT max(rowid) FROM due_changes WHERE due_uid = :due AND kind = 'restore'), 0)
"""
_HAS_NEW_COURSE = """
    SELECT EXISTS (SELECT 1 FROM dues d
        JOIN enrollment_moves m ON m.enrollment_uid = d.enrollment_uid AND m.kind != 'batch'
        WHERE d.uid = :due AND m.created_at >= (SELECT max(x.created_at) FROM due_changes x
            WHERE x.due_uid = d.uid AND x.kind = 'write_off'))
"""


class SqlFamilyRepository(SqlRepository):
    """Families with their promises and contacts, in one transaction."""

    def family_of(self, student_uid: str) -> str | None:
        """Return the family of a student; None without one."""
        return self._scalar(_FAMILY_OF, student=student_uid)

    def add_promise(self, promise: PromiseRecord) -> None:
        """Add one."""
        self._add_sealed("promises", columns_of(promise), updated_at=self._stamp())

    def promise(self, uid: str) -> PromiseRecord | None:
        """Return one."""
        row = self._first("SELECT * FROM promises WHERE uid = :uid", uid=uid)
        return None if row is None else record_of(PromiseRecord, row)

    def promises_of(self, student_uid: str) -> tuple[Promise, ...]:
        """Return the promises of a student's family, oldest first."""
        rows = self._all(_OF_FAMILY, student=student_uid)
        return tuple(record_of(Promise, row) for row in rows)

    def open_promises(self) -> tuple[PromiseRecord, ...]:
        """Return every open promise."""
        rows = self._all("SELECT * FROM promises WHERE state = 'open' ORDER BY noted_at")
        return tuple(record_of(PromiseRecord, row) for row in rows)

    def advance_promise(self, uid: str, following: PromiseState) -> bool:
        """Change the state of an open promise; False when it was not open."""
        state = text_of(following)
        return self._change_sealed(
            "promises", _ADVANCE, uid=uid, following=state, now=self._stamp()
        )

    def money_of(self, student_uid: str) -> tuple[MoneyIn, ...]:
        """Return what came for the dues of a student's family, oldest first."""
        rows = self._all(_MONEY, student=student_uid)
        return tuple(MoneyIn(read_instant(row.at), Money(row.paise)) for row in rows)

    def principals_of(self, student_uid: str) -> tuple[OpenPrincipal, ...]:
        """Return the open fees of a student's family."""
        return principals_of(self._connection, student_uid)

    def owed_by(self, student_uid: str) -> Money:
        """Return all that is open of a student's family."""
        return Money(self._scalar(_OWED, student=student_uid) or 0)

    def add_contact(self, contact: ContactRecord) -> None:
        """Add one."""
        self._add_sealed("contacts", columns_of(contact))

    def late_fee_basis(self, due_uid: str) -> LateFeeBasis:
        """Return what the late fee of a due is calculated from. Raises KeyError."""
        row = self._first(_BASIS, due=due_uid)
        if row is None:
            raise KeyError(due_uid)
        return LateFeeBasis(Money(row.balance), Money(row.asked), Money(row.waived))

    def late_fees_of(self, due_uid: str) -> tuple[str, ...]:
        """Return the open late fees that follow a due, by uid."""
        return tuple(row.uid for row in self._all(_LATE_FEES, due=due_uid))

    def written_off(self, due_uid: str) -> Money:
        """Return what was written off of a due and not restored."""
        return Money(self._scalar(_WRITTEN_OFF, due=due_uid) or 0)

    def has_new_course(self, due_uid: str) -> bool:
        """Return whether the course was changed since a due was written off."""
        return bool(self._scalar(_HAS_NEW_COURSE, due=due_uid))
