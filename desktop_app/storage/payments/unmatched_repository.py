"""Captured payments whose fee is not in this database, inside a transaction."""

from __future__ import annotations

from desktop_app.services.ports.records import UnmatchedRecord
from desktop_app.storage.mapping import columns_of, record_of
from desktop_app.storage.repository import SqlRepository

_FIND = "SELECT * FROM strays WHERE uid = :reference OR payment_id = :reference"
_HELD = """
    SELECT * FROM strays y WHERE y.state = 'held'
    AND NOT EXISTS (
        SELECT 1 FROM errands x WHERE x.uid = y.uid AND x.state NOT IN ('dead', 'done'))
    ORDER BY y.received_at
"""
_SETTLE = "UPDATE strays SET state = :state, updated_at = :now WHERE uid = :uid AND state = 'held'"

_REOPEN = """
    UPDATE strays SET state = 'held', updated_at = :now WHERE uid = :uid AND state = 'returned'
"""


class SqlUnmatchedRepository(SqlRepository):
    """Unmatched payments, in one transaction."""

    def add(self, stray: UnmatchedRecord) -> None:
        """Add one. Raises sqlite3.IntegrityError for a payment that is there already."""
        now = self._stamp()
        self._add_sealed("strays", columns_of(stray), noticed_at=now, updated_at=now)

    def find(self, reference: str) -> UnmatchedRecord | None:
        """Return one by our own id or the gateway's payment id."""
        row = self._first(_FIND, reference=reference)
        return None if row is None else record_of(UnmatchedRecord, row)

    def held(self) -> tuple[UnmatchedRecord, ...]:
        """Return those that wait for a decision and are not being refunded, oldest first."""
        return tuple(record_of(UnmatchedRecord, row) for row in self._all(_HELD))

    def settle(self, uid: str, state: str) -> bool:
        """Record a decision; False when it was decided before."""
        self._seals.add("strays", uid)
        return self._change(_SETTLE, uid=uid, state=state, now=self._stamp())

    def reopen(self, uid: str) -> bool:
        """Hold one again that was returned, where its refund failed; False where it was not."""
        self._seals.add("strays", uid)
        return self._change(_REOPEN, uid=uid, now=self._stamp())
