"""Payments inside a transaction: rows are only added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from desktop_app.domain.enrollment import DueState
from desktop_app.domain.payment import Placement
from desktop_app.storage.mapping import instant, payment_of
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.enrolment import dues
from desktop_app.storage.schema.payments import late_decisions, payments

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.ports.records import PaymentRecord

_BY_PAYMENT_ID = PreparedStatement(
    select(payments).where(payments.c.payment_id == bindparam("wanted"))
)
_ADD = PreparedStatement(payments.insert().inline(), payments.c.keys())


class SqlPaymentRepository(SqlRepository):
    """Payments, in one transaction."""

    def add(self, payment: PaymentRecord, at: datetime) -> None:
        """Add one."""
        self._seals.note("payments", payment.uid)
        _ADD.run(
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

    def by_payment_id(self, payment_id: str) -> PaymentRecord | None:
        """A payment by the gateway's id."""
        row = _BY_PAYMENT_ID.first(self._connection, {"wanted": payment_id})
        return None if row is None else payment_of(row)

    def find(self, reference: str) -> PaymentRecord | None:
        """A payment by the gateway's id or by our own."""
        row = self._connection.execute(
            select(payments).where(
                (payments.c.payment_id == reference) | (payments.c.uid == reference)
            )
        ).first()
        return None if row is None else payment_of(row)

    def due_paid_by(self, payment: PaymentRecord) -> str | None:
        """The due that a payment pays, at once or by a decision; None where it pays none."""
        decided = select(late_decisions.c.due_uid).where(
            late_decisions.c.payment_uid == payment.uid
        )
        asked_for = select(dues.c.uid).where(dues.c.enrollment_uid == payment.enrollment_uid)
        uid = self._connection.execute(decided).scalar()
        if uid is None and payment.placement is Placement.DUE:
            uid = self._connection.execute(asked_for).scalar()
        is_paid = select(dues.c.uid).where(dues.c.uid == uid, dues.c.state == DueState.PAID.value)
        return self._connection.execute(is_paid).scalar()
