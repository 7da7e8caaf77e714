"""Payments that pay no due, and what was decided about them, inside a transaction."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from desktop_app.services.errors import DuplicateError
from desktop_app.services.ports.records import PaymentRecord
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.payments.payment_queries import HELD
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from datetime import datetime

_HELD = f"SELECT * FROM payments WHERE rowid IN ({HELD}) ORDER BY recorded_at"


class SqlUnappliedRepository(SqlRepository):
    """Unapplied payments, in one transaction."""

    def held(self) -> tuple[PaymentRecord, ...]:
        """Return payments that pay no due, undecided and not refunded, oldest first.

        They came late without a seat, or twice, or a refund in full failed after all.
        """
        return tuple(record_of(PaymentRecord, row) for row in self._all(_HELD))

    def decide(self, payment_uid: str, decision: str, due_uid: str, at: datetime) -> None:
        """Record a decision, once. Raises DuplicateError."""
        self._seals.add("late_decisions", payment_uid)
        decided = {"payment_uid": payment_uid, "decision": decision, "due_uid": due_uid}
        try:
            self._add("late_decisions", decided, at=instant(at))
        except sqlite3.IntegrityError as error:
            raise DuplicateError("this was decided already") from error
