"""Payments that pay no due, and what was decided about them, inside a transaction."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from desktop_app.services.errors import DuplicateError
from desktop_app.services.ports.records import PaymentRecord
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desktop_app.storage.payments.refund_repository import SqlRefundRepository
    from desktop_app.storage.row_seals import RowSeals

_UNDECIDED = """NOT EXISTS (SELECT 1 FROM late_decisions k
    WHERE k.payment_uid = p.uid AND k.decision != 'refund')"""
_FAILED = "p.uid IN (SELECT payment_uid FROM refunds WHERE state = 'failed')"
_HELD = f"""
    SELECT * FROM payments p WHERE p.placement IN ('surplus','no_seat') AND {_UNDECIDED}
    UNION ALL SELECT * FROM payments p
        WHERE {_FAILED} AND p.placement = 'due' AND {_UNDECIDED} AND EXISTS (
            SELECT 1 FROM dues d WHERE d.enrollment_uid = p.enrollment_uid
            AND d.state = 'cancelled')
    UNION ALL SELECT * FROM payments p
        WHERE {_FAILED} AND EXISTS (
            SELECT 1 FROM late_decisions k JOIN dues d ON d.uid = k.due_uid
            WHERE k.payment_uid = p.uid AND d.state = 'cancelled')
    ORDER BY recorded_at
"""


class SqlUnappliedRepository(SqlRepository):
    """Unapplied payments, in one transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        desk_id: str,
        now: Callable[[], datetime],
        seals: RowSeals,
        refunds: SqlRefundRepository,
    ) -> None:
        super().__init__(connection, desk_id, now, seals)
        self._refunds = refunds

    def held(self) -> tuple[PaymentRecord, ...]:
        """Return payments that pay no due, undecided and not refunded, oldest first.

        They came late without a seat, or twice, or a refund in full failed after all.
        """
        found = (record_of(PaymentRecord, row) for row in self._all(_HELD))
        return tuple(each for each in found if self._refunds.refundable(each))

    def decide(self, payment_uid: str, decision: str, due_uid: str, at: datetime) -> None:
        """Record a decision, once. Raises DuplicateError."""
        self._seals.note("late_decisions", payment_uid)
        decided = {"payment_uid": payment_uid, "decision": decision, "due_uid": due_uid}
        try:
            self._add("late_decisions", decided, at=instant(at))
        except sqlite3.IntegrityError as error:
            raise DuplicateError("this was decided already") from error
