"""Refunds inside a transaction: a row each, whose state goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from desktop_app.domain.money import Money
from desktop_app.domain.refund import OPEN_REFUNDS, REFUND_TABLE, RefundState, refundable
from desktop_app.domain.state_machine import advance
from desktop_app.storage.mapping import instant, payment_of, refund_of
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.payments import disputes, payments, refunds

if TYPE_CHECKING:
    from sqlalchemy import Row

    from desktop_app.services.ports.records import PaymentRecord, RefundRecord

_REFUNDED = PreparedStatement(
    select(func.coalesce(func.sum(refunds.c.amount_paise), 0).label("paise")).where(
        refunds.c.payment_uid == bindparam("wanted"),
        refunds.c.state != RefundState.FAILED.value,
        refunds.c.state != RefundState.REJECTED.value,
    )
)
_RETURNED = PreparedStatement(
    select(func.coalesce(func.sum(refunds.c.amount_paise), 0).label("paise")).where(
        refunds.c.payment_uid == bindparam("wanted"),
        (refunds.c.state == RefundState.PENDING.value)
        | (refunds.c.state == RefundState.PROCESSED.value),
    )
)


class SqlRefundRepository(SqlRepository):
    """Refunds, in one transaction."""

    def add(self, refund: RefundRecord) -> None:
        """Add one."""
        self._seals.note("refunds", refund.uid)
        self._connection.execute(
            refunds.insert(),
            {
                "uid": refund.uid,
                "desk_id": self._desk_id,
                "payment_uid": refund.payment_uid,
                "refund_id": refund.refund_id,
                "amount_paise": refund.amount.paise,
                "state": refund.state.value,
                "origin": refund.origin,
                "reason": refund.reason,
                "noticed_at": instant(refund.noticed_at),
                "updated_at": instant(self._now()),
            },
        )

    def save(self, refund: RefundRecord, expected: RefundState) -> bool:
        """Store state and gateway id if the state is still the expected one."""
        advance(REFUND_TABLE, expected, refund.state)
        self._seals.note("refunds", refund.uid)
        done = self._connection.execute(
            update(refunds)
            .where(refunds.c.uid == refund.uid, refunds.c.state == expected.value)
            .values(
                state=refund.state.value,
                refund_id=refund.refund_id,
                updated_at=instant(self._now()),
            )
        )
        return bool(done.rowcount)

    def get(self, uid: str) -> tuple[RefundRecord, PaymentRecord] | None:
        """A refund with its payment."""
        row = self._connection.execute(select(refunds).where(refunds.c.uid == uid)).first()
        return None if row is None else self._with_payment(row)

    def of_payment(self, payment_uid: str) -> tuple[RefundRecord, ...]:
        """Every refund of a payment, oldest first."""
        rows = self._connection.execute(
            select(refunds)
            .where(refunds.c.payment_uid == payment_uid)
            .order_by(refunds.c.noticed_at, refunds.c.uid)
        )
        return tuple(refund_of(row) for row in rows)

    def all_open(self) -> tuple[tuple[RefundRecord, PaymentRecord], ...]:
        """Refunds that have not come to their end, with their payments, oldest first."""
        rows = self._connection.execute(
            select(refunds)
            .where(refunds.c.state.in_([state.value for state in OPEN_REFUNDS]))
            .order_by(refunds.c.noticed_at)
        )
        return tuple(self._with_payment(row) for row in rows.all())

    def _with_payment(self, row: Row[Any]) -> tuple[RefundRecord, PaymentRecord]:
        payment = select(payments).where(payments.c.uid == row.payment_uid)
        return refund_of(row), payment_of(self._connection.execute(payment).one())

    def refunded(self, payment_uid: str) -> Money:
        """How much of a payment went back or is on its way back."""
        (summed,) = _REFUNDED.rows(self._connection, {"wanted": payment_uid})
        return Money(int(summed.paise))

    def returned(self, payment_uid: str) -> Money:
        """How much of a payment the gateway has taken on to give back, or gave back."""
        (summed,) = _RETURNED.rows(self._connection, {"wanted": payment_uid})
        return Money(int(summed.paise))

    def refundable(self, payment: PaymentRecord) -> Money:
        """What of a payment may still go back: less refunds, and what lost disputes took."""
        taken = self._connection.execute(
            select(func.coalesce(func.sum(disputes.c.deducted_paise), 0)).where(
                disputes.c.payment_uid == payment.uid
            )
        )
        gone = self.refunded(payment.uid) + Money(int(taken.scalar_one()))
        return refundable(payment.amount, gone)
