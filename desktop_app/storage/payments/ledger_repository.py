"""The ledger inside a transaction: entries are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.mapping import instant
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.payments import ledger_entries

if TYPE_CHECKING:
    from desktop_app.services.ports.records import Movement

_ADD = PreparedStatement(
    ledger_entries.insert().inline(),
    ("desk_id", "movement_uid", "at", "account", "amount_paise", "payment_uid"),
)


class SqlLedgerRepository(SqlRepository):
    """The ledger, in one transaction."""

    def add(self, movement: Movement) -> None:
        """Add ledger entries. Raises ValueError when they do not sum to nought."""
        if sum(entry.amount.paise for entry in movement.entries):
            raise ValueError("a movement of money sums to nought")
        self._seals.note("ledger_entries", movement.payment_uid, movement.uid)
        _ADD.run_each(
            self._connection,
            [
                {
                    "desk_id": self._desk_id,
                    "movement_uid": movement.uid,
                    "at": instant(movement.at),
                    "account": entry.account.value,
                    "amount_paise": entry.amount.paise,
                    "payment_uid": movement.payment_uid,
                }
                for entry in movement.entries
            ],
        )
