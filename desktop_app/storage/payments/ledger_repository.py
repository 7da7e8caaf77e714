"""The ledger inside a transaction: entries are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.mapping import instant
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from desktop_app.services.ports.records import Movement


class SqlLedgerRepository(SqlRepository):
    """The ledger, in one transaction."""

    def add(self, movement: Movement) -> None:
        """Add the entries of a movement. Raises ValueError when they do not sum to zero."""
        if sum(entry.amount.paise for entry in movement.entries):
            raise ValueError("the entries of a movement do not sum to zero")
        self._seals.add("ledger_entries", movement.payment_uid, movement.uid)
        at = instant(movement.at)
        for entry in movement.entries:
            columns = {"account": entry.account.value, "amount_paise": entry.amount.paise}
            self._add(
                "ledger_entries",
                columns,
                movement_uid=movement.uid,
                at=at,
                payment_uid=movement.payment_uid,
            )
