"""Refunds inside a transaction: a row each, whose state changes."""

from __future__ import annotations

from typing import Any

from desktop_app.domain.money import Money
from desktop_app.domain.refund import REFUND_TABLE, RefundState, refundable
from desktop_app.domain.state_machine import advance
from desktop_app.services.ports.records import PaymentRecord, RefundRecord
from desktop_app.storage.mapping import columns_of, record_of
from desktop_app.storage.repository import SqlRepository

_OPEN = """
    SELECT * FROM refunds WHERE state IN ('intent','unknown','pending') ORDER BY noticed_at
"""
_OF_PAYMENT = "SELECT * FROM refunds WHERE payment_uid = :uid ORDER BY noticed_at, uid"
_SAVE = """
    UPDATE refunds SET state = :state, refund_id = :refund_id, updated_at = :now
    WHERE uid = :uid AND state = :expected
"""
_IDENTIFY = """
    UPDATE refunds SET refund_id = :refund_id, updated_at = :now
    WHERE uid = :uid AND refund_id IS NULL
"""
_UNIDENTIFIED = """
    SELECT * FROM payments WHERE payment_id IS NOT NULL AND uid IN (
        SELECT payment_uid FROM refunds WHERE origin = 'gateway' AND refund_id IS NULL
        AND state IN ('pending', 'processed'))
    ORDER BY random() LIMIT :most
"""
_SUM = "SELECT coalesce(sum(amount_paise), 0) FROM refunds WHERE payment_uid = :uid AND state"
_REFUNDED = f"{_SUM} NOT IN ('failed', 'rejected')"
_RETURNED = f"{_SUM} IN ('pending', 'processed')"
_DEDUCTED = "SELECT coalesce(sum(deducted_paise), 0) FROM disputes WHERE payment_uid = :uid"


class SqlRefundRepository(SqlRepository):
    """Refunds, in one transaction."""

    def add(self, refund: RefundRecord) -> None:
        """Add one."""
        self._add_sealed("refunds", columns_of(refund), updated_at=self._stamp())

    def save(self, refund: RefundRecord, expected: RefundState) -> bool:
        """Store state and gateway id if the state is still the expected one."""
        advance(REFUND_TABLE, expected, refund.state)
        self._seals.add("refunds", refund.uid)
        columns = columns_of(refund)
        return self._change(_SAVE, **columns, expected=expected.value, now=self._stamp())

    def get(self, uid: str) -> tuple[RefundRecord, PaymentRecord] | None:
        """Return a refund with its payment."""
        row = self._first("SELECT * FROM refunds WHERE uid = :uid", uid=uid)
        return None if row is None else self._with_payment(row)

    def of_payment(self, payment_uid: str) -> tuple[RefundRecord, ...]:
        """Return every refund of a payment, oldest first."""
        return tuple(
            record_of(RefundRecord, row) for row in self._all(_OF_PAYMENT, uid=payment_uid)
        )

    def identify(self, uid: str, refund_id: str) -> None:
        """Store the gateway's id of a refund that was booked without one."""
        self._seals.add("refunds", uid)
        self._change(_IDENTIFY, uid=uid, refund_id=refund_id, now=self._stamp())

    def unidentified(self, most: int) -> tuple[PaymentRecord, ...]:
        """Return payments with a refund of the gateway that was booked without its id, any few."""
        return tuple(record_of(PaymentRecord, row) for row in self._all(_UNIDENTIFIED, most=most))

    def all_open(self) -> tuple[tuple[RefundRecord, PaymentRecord], ...]:
        """Return refunds that are not final, with their payments, oldest first."""
        return tuple(self._with_payment(row) for row in self._all(_OPEN))

    def _with_payment(self, row: Any) -> tuple[RefundRecord, PaymentRecord]:
        payment = self._first("SELECT * FROM payments WHERE uid = :uid", uid=row.payment_uid)
        return record_of(RefundRecord, row), record_of(PaymentRecord, payment)

    def refunded(self, payment_uid: str) -> Money:
        """Return how much of a payment was refunded or is being refunded."""
        return self._sum(_REFUNDED, payment_uid)

    def returned(self, payment_uid: str) -> Money:
        """Return how much of a payment the gateway has agreed to refund, or refunded."""
        return self._sum(_RETURNED, payment_uid)

    def refundable(self, payment: PaymentRecord) -> Money:
        """Return a payment's amount less its refunds and what lost disputes took."""
        gone = self.refunded(payment.uid) + self._sum(_DEDUCTED, payment.uid)
        return refundable(payment.amount, gone)

    def _sum(self, sql: str, payment_uid: str) -> Money:
        return Money(int(self._scalar(sql, uid=payment_uid) or 0))
