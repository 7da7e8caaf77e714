"""The ledger inside a transaction: movements and their entries are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.ledger import MovementKind
from desktop_app.domain.money import Money
from desktop_app.storage.mapping import instant, text_of
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.row_seals import Columns

if TYPE_CHECKING:
    from desktop_app.services.ports.records import Movement

_MOVEMENT = Columns("movements", ("uid", "kind", "source_kind", "source_uid", "at", "desk_id"))
_ENTRY = Columns(
    "ledger_entries", ("desk_id", "movement_uid", "at", "payment_uid", "account", "amount_paise")
)
_HELD = """
    SELECT coalesce(-sum(amount_paise), 0) FROM ledger_entries
    WHERE payment_uid = :uid AND account IN ('to_return','foreign_to_return')
"""
OVERDRAWN = """
    SELECT p.uid, sum(l.amount_paise) - max(0, (
            SELECT coalesce(sum(f.amount_paise), 0) FROM refunds f
            WHERE f.payment_uid = p.uid AND f.state IN ('pending', 'processed'))
        + (SELECT coalesce(sum(x.deducted_paise), 0) FROM disputes x WHERE x.payment_uid = p.uid)
        - p.amount_paise) AS paise
    FROM ledger_entries l INDEXED BY ix_ledger_entries_to_return
    JOIN payments p ON p.uid = l.payment_uid
    WHERE l.account IN ('to_return','foreign_to_return')
    GROUP BY p.uid HAVING sum(l.amount_paise) > 0 AND paise > 0
"""
"""Payments of which more went back than the books took back from fees and credit, and how much.

Where more goes back than came, an earlier refund has failed, which is not known yet.
"""
_MOVEMENT_OF = """
    SELECT uid FROM movements WHERE source_uid = :source AND kind = :kind
    ORDER BY rowid DESC LIMIT 1
"""
_SOURCES = {
    MovementKind.PAYMENT: "payment",
    MovementKind.REFUND: "refund",
    MovementKind.REFUND_FAILED: "refund",
    MovementKind.DECISION: "payment",
    MovementKind.DISPUTE: "dispute",
    MovementKind.CREDIT: "credit",
    MovementKind.REVERSAL: "payment",
    MovementKind.BANKED: "payment",
}
"""The subject of the row that causes a movement."""


class SqlLedgerRepository(SqlRepository):
    """The ledger, in one transaction."""

    def add(self, movement: Movement) -> None:
        """Add a movement with its entries. Raises ValueError when they do not sum to zero."""
        if sum([entry.amount.paise for entry in movement.entries]):
            raise ValueError("the entries of a movement do not sum to zero")
        uid, payment_uid, at = movement.uid, movement.payment_uid, instant(movement.at)
        desk_id, kind = self._desk_id, movement.kind
        row = (uid, text_of(kind), _SOURCES[kind], movement.source_uid, at, desk_id)
        self._insert_sealed(_MOVEMENT, (uid,), row)
        rows = [
            (desk_id, uid, at, payment_uid, text_of(each.account), each.amount.paise)
            for each in movement.entries
        ]
        self._add_numbered(_ENTRY, (payment_uid or "", uid), rows)

    def held(self, payment_uid: str) -> Money:
        """Return how much of a payment is owed to the payer."""
        return Money(int(self._scalar(_HELD, uid=payment_uid) or 0))

    def overdrawn(self) -> dict[str, Money]:
        """Return payments of which more went back than was taken from what they paid, by uid."""
        return {row.uid: Money(row.paise) for row in self._all(OVERDRAWN)}

    def movement_of(self, source_uid: str, kind: MovementKind) -> str | None:
        """Return the newest movement of a kind that something caused; None for none."""
        return self._scalar(_MOVEMENT_OF, source=source_uid, kind=kind.value)
