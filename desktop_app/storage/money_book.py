"""Payments, refunds, receipts and ledger inside a writing transaction. Rows are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.money import Money
from desktop_app.storage.mapping import instant, payment_of
from desktop_app.storage.prepared import Prepared
from desktop_app.storage.tables import (
    ledger_entries,
    payments,
    receipt_prints,
    receipt_series,
    receipts,
    refunds,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.services.records import (
        Movement,
        PaymentRecord,
        ReceiptRecord,
        RefundRecord,
    )

_SERIES = insert(receipt_series).values(last=1)
_NEXT = Prepared(
    _SERIES.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": receipt_series.c.last + 1}
    ).returning(receipt_series.c.last),
    ("series", "year"),
)
_BY_PAYMENT_ID = Prepared(select(payments).where(payments.c.payment_id == bindparam("wanted")))
_REFUNDED = Prepared(
    select(func.coalesce(func.sum(refunds.c.amount_paise), 0).label("paise")).where(
        refunds.c.payment_uid == bindparam("wanted")
    )
)
_ADD_PAYMENT = Prepared(payments.insert().inline(), payments.c.keys())
_ADD_RECEIPT = Prepared(receipts.insert().inline(), receipts.c.keys())
_ADD_ENTRY = Prepared(
    ledger_entries.insert().inline(),
    ("desk_id", "movement_uid", "at", "account", "amount_paise", "payment_uid"),
)


class SqlMoney:
    """The money, in one transaction."""

    def __init__(self, connection: Connection, desk_id: str) -> None:
        self._connection = connection
        self._desk_id = desk_id

    def payment(self, payment_id: str) -> PaymentRecord | None:
        """A payment by the gateway's id."""
        row = _BY_PAYMENT_ID.first(self._connection, {"wanted": payment_id})
        return None if row is None else payment_of(row)

    def of_attempt(self, attempt_uid: str) -> tuple[PaymentRecord, ...]:
        """The payments of an attempt, oldest first."""
        rows = self._connection.execute(
            select(payments)
            .where(payments.c.attempt_uid == attempt_uid)
            .order_by(payments.c.recorded_at)
        )
        return tuple(payment_of(row) for row in rows)

    def add_payment(self, payment: PaymentRecord, at: datetime) -> None:
        """Add one."""
        _ADD_PAYMENT.run(
            self._connection,
            {
                "uid": payment.uid,
                "desk_id": self._desk_id,
                "attempt_uid": payment.attempt_uid,
                "enrollment_uid": payment.enrollment_uid,
                "student_uid": payment.student_uid,
                "method": payment.method.value,
                "payment_id": payment.payment_id,
                "order_id": payment.order_id,
                "rrn": payment.rrn,
                "vpa_masked": payment.vpa_masked,
                "amount_paise": payment.amount.paise,
                "fee_paise": payment.fee_paise,
                "tax_paise": payment.tax_paise,
                "is_late": int(payment.is_late),
                "placement": payment.placement.value,
                "received_at": instant(payment.received_at),
                "recorded_at": instant(at),
            },
        )

    def refunded(self, payment_uid: str) -> Money:
        """How much of a payment is booked as refunded."""
        (summed,) = _REFUNDED.rows(self._connection, {"wanted": payment_uid})
        return Money(int(summed.paise))

    def add_refund(self, refund: RefundRecord) -> None:
        """Add one."""
        self._connection.execute(
            refunds.insert(),
            {
                "uid": refund.uid,
                "desk_id": self._desk_id,
                "payment_uid": refund.payment_uid,
                "refund_id": refund.refund_id,
                "amount_paise": refund.amount.paise,
                "state": refund.state,
                "noticed_at": instant(refund.noticed_at),
            },
        )

    def next_sequence(self, series: str, year: str) -> int:
        """Take the next number of a receipt series; a rolled back transaction gives it back."""
        (taken,) = _NEXT.rows(self._connection, {"series": series, "year": year})
        return int(taken.last)

    def add_receipt(self, receipt: ReceiptRecord) -> None:
        """Add one."""
        _ADD_RECEIPT.run(
            self._connection,
            {
                "uid": receipt.uid,
                "desk_id": self._desk_id,
                "number": receipt.number,
                "series": receipt.series,
                "year": receipt.year,
                "sequence": receipt.sequence,
                "payment_uid": receipt.payment_uid,
                "amount_paise": receipt.amount.paise,
                "issued_at": instant(receipt.issued_at),
                "content": receipt.content,
            },
        )

    def add_movement(self, movement: Movement) -> None:
        """Add ledger entries. Raises ValueError when they do not sum to nought."""
        if sum(entry.amount.paise for entry in movement.entries):
            raise ValueError("a movement of money sums to nought")
        _ADD_ENTRY.run_each(
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

    def note_print(self, receipt_uid: str, paper: str, at: datetime) -> None:
        """Count one print of a receipt."""
        self._connection.execute(
            receipt_prints.insert(),
            {"receipt_uid": receipt_uid, "paper": paper, "at": instant(at)},
        )
