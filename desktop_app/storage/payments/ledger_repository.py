"""The ledger inside a transaction: entries are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.mapping import instant
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from desktop_app.services.ports.records import Movement

_ADD = """
    INSERT INTO ledger_entries (desk_id, movement_uid, at, payment_uid, account, amount_paise)
    VALUES (?, ?, ?, ?, ?, ?)
"""


class SqlLedgerRepository(SqlRepository):
    """The ledger, in one transaction."""

    def add(self, movement: Movement) -> None:
        """Add the entries of a movement. Raises ValueError when they do not sum to zero."""
        if sum(entry.amount.paise for entry in movement.entries):
            raise ValueError("the entries of a movement do not sum to zero")
        self._seals.add("ledger_entries", movement.payment_uid, movement.uid)
        at = instant(movement.at)
        rows = [
            (self._desk_id, movement.uid, at, movement.payment_uid, each.account, each.amount.paise)
            for each in movement.entries
        ]
        self._connection.executemany(_ADD, rows)
