"""Payments inside a transaction: rows are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.ports.records import PaymentRecord
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from datetime import datetime

_BY_PAYMENT_ID = "SELECT * FROM payments WHERE payment_id = :reference"
_HAS_PAYMENT_ID = "SELECT 1 FROM payments WHERE payment_id = :reference"
_FIND = "SELECT * FROM payments WHERE payment_id = :reference OR uid = :reference"
_OF_ATTEMPT = "SELECT * FROM payments WHERE attempt_uid = :uid ORDER BY received_at, uid"
_ON_ORDER = """
    SELECT 1 FROM attempts a JOIN payments p ON p.attempt_uid = a.uid
    WHERE a.order_id = :order_id AND p.order_id = :order_id
"""
_PAID_DUES = """
    SELECT due_uid FROM allocations WHERE payment_uid = :uid
    GROUP BY due_uid HAVING sum(amount_paise) > 0 ORDER BY min(rowid)
"""


class SqlPaymentRepository(SqlRepository):
    """Payments, in one transaction."""

    def add(self, payment: PaymentRecord, at: datetime) -> None:
        """Add one."""
        self._add_record("payments", payment, recorded_at=instant(at))

    def by_payment_id(self, payment_id: str) -> PaymentRecord | None:
        """Return a payment by the gateway's id.

        Most are new: to look only for the id costs a third of looking for all columns.
        """
        if self._scalar(_HAS_PAYMENT_ID, reference=payment_id) is None:
            return None
        row = self._first(_BY_PAYMENT_ID, reference=payment_id)
        return None if row is None else record_of(PaymentRecord, row)

    def of_attempt(self, attempt_uid: str) -> tuple[PaymentRecord, ...]:
        """Return the payments that were made for an attempt, oldest first."""
        found = self._all(_OF_ATTEMPT, uid=attempt_uid)
        return tuple(record_of(PaymentRecord, row) for row in found)

    def find(self, reference: str) -> PaymentRecord | None:
        """Return a payment by the gateway's id or by our own."""
        row = self._first(_FIND, reference=reference)
        return None if row is None else record_of(PaymentRecord, row)

    def is_on_order(self, order_id: str) -> bool:
        """Return whether a payment on an order is posted, returned ones included."""
        return bool(self._scalar(_ON_ORDER, order_id=order_id))

    def dues_paid_by(self, payment: PaymentRecord) -> tuple[str, ...]:
        """Return the dues that a payment pays, in the order it came to pay them."""
        return tuple(row.due_uid for row in self._all(_PAID_DUES, uid=payment.uid))

    def due_paid_by(self, payment: PaymentRecord) -> str | None:
        """Return the due that a payment pays, the first of several; None for no due."""
        return next(iter(self.dues_paid_by(payment)), None)
