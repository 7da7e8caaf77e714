"""Payments that pay no due, and what was decided about them, inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.errors import DuplicateError
from desktop_app.services.ports.records import PaymentRecord
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.payments.payment_queries import HELD
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from datetime import datetime

_HELD = f"SELECT * FROM payments WHERE rowid IN ({HELD}) ORDER BY recorded_at"
_DECIDE = f"""
    INSERT INTO late_decisions (payment_uid, number, desk_id, decision, at, due_uid)
    SELECT uid, (SELECT count(*) + 1 FROM late_decisions WHERE payment_uid = :payment),
           :desk_id, :decision, :at, :due
    FROM payments WHERE uid = :payment AND rowid IN ({HELD})
"""


class SqlUnappliedRepository(SqlRepository):
    """Unapplied payments, in one transaction."""

    def held(self) -> tuple[PaymentRecord, ...]:
        """Return payments that pay no due, undecided and not refunded, oldest first.

        They came late without a seat, or twice, or a refund in full failed after all.
        """
        return tuple(record_of(PaymentRecord, row) for row in self._all(_HELD))

    def decide(self, payment_uid: str, decision: str, due_uid: str | None, at: datetime) -> None:
        """Record a decision about money that is held. Raises DuplicateError when it is not."""
        self._seals.add("late_decisions", payment_uid)
        if not self._change(
            _DECIDE, payment=payment_uid, desk_id=self._desk_id, decision=decision,
            at=instant(at), due=due_uid,
        ):  # fmt: skip
            raise DuplicateError("this was decided already")
