"""Allocations inside a transaction: rows are only added, negative ones take others back."""

from __future__ import annotations

from typing import Any

from desktop_app.services.ports.records import AllocationRecord
from desktop_app.storage.mapping import record_of, writing
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.row_seals import Columns
from desktop_app.storage.tax_columns import TAX_COLUMNS, tax_of, tax_values

_NAMES, _values_of = writing(AllocationRecord, ("desk_id", *TAX_COLUMNS))
_COLUMNS = Columns("allocations", _NAMES)
_SELECT = """
    SELECT a.*, d.gst_bp FROM allocations a JOIN dues d ON d.uid = a.due_uid
"""
_OF_PAYMENT = f"{_SELECT} WHERE a.payment_uid = :uid ORDER BY a.rowid"
_OF_DUE = f"{_SELECT} WHERE a.due_uid = :uid ORDER BY a.rowid"
_FROM_CREDIT = f"""
    {_SELECT} JOIN credits c ON c.uid = a.from_credit
    WHERE c.student_uid = :student AND a.reverses_uid IS NULL
    AND NOT EXISTS (SELECT 1 FROM allocations r WHERE r.due_uid = a.due_uid
                    AND r.reverses_uid = a.uid)
    ORDER BY a.rowid DESC
"""


class SqlAllocationRepository(SqlRepository):
    """Allocations, in one transaction."""

    def add(self, allocation: AllocationRecord) -> None:
        """Add one. Raises sqlite3.IntegrityError where a due would be paid more than is asked."""
        row = _values_of(allocation, self._desk_id, *tax_values(allocation.tax))
        self._cursor.execute(_COLUMNS.insert, row)
        self._seals.append_row(_COLUMNS, (allocation.movement_uid,), row)

    def of_payment(self, payment_uid: str) -> tuple[AllocationRecord, ...]:
        """Return every allocation of a payment, oldest first."""
        return tuple(map(_allocation_of, self._all(_OF_PAYMENT, uid=payment_uid)))

    def of_due(self, due_uid: str) -> tuple[AllocationRecord, ...]:
        """Return every allocation to a due, oldest first."""
        return tuple(map(_allocation_of, self._all(_OF_DUE, uid=due_uid)))

    def from_credit(self, student_uid: str) -> tuple[AllocationRecord, ...]:
        """Return what a student's credit pays and was not taken back, the latest first."""
        return tuple(map(_allocation_of, self._all(_FROM_CREDIT, student=student_uid)))


def _allocation_of(row: Any) -> AllocationRecord:
    return record_of(AllocationRecord, row, tax=tax_of(row))
