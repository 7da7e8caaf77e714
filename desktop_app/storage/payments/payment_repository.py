"""Payments, refunds, receipts and ledger inside a writing transaction.

Rows are only added; of a refund the state goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from desktop_app.domain.enrollment import DueState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Placement
from desktop_app.domain.refund import OPEN_REFUNDS, REFUND_TABLE, RefundState, refundable
from desktop_app.domain.state_machine import advance
from desktop_app.services.errors import DuplicateError
from desktop_app.storage.mapping import instant, payment_of, refund_of
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.schema.enrolment import dues
from desktop_app.storage.schema.payments import (
    disputes,
    late_decisions,
    ledger_entries,
    payments,
    refunds,
)
from desktop_app.storage.schema.receipts import receipt_prints, receipt_series, receipts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.services.ports.records import (
        Movement,
        PaymentRecord,
        ReceiptRecord,
        RefundRecord,
    )
    from desktop_app.storage.row_seals import RowSeals

_SERIES = insert(receipt_series).values(last=1)
_NEXT = PreparedStatement(
    _SERIES.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": receipt_series.c.last + 1}
    ).returning(receipt_series.c.last),
    ("series", "year"),
)
_BY_PAYMENT_ID = PreparedStatement(
    select(payments).where(payments.c.payment_id == bindparam("wanted"))
)
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
_ADD_PAYMENT = PreparedStatement(payments.insert().inline(), payments.c.keys())
_ADD_RECEIPT = PreparedStatement(receipts.insert().inline(), receipts.c.keys())
_ADD_ENTRY = PreparedStatement(
    ledger_entries.insert().inline(),
    ("desk_id", "movement_uid", "at", "account", "amount_paise", "payment_uid"),
)


class SqlPaymentRepository:
    """The money, in one transaction."""

    def __init__(
        self, connection: Connection, desk_id: str, now: Callable[[], datetime], seals: RowSeals
    ) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now
        self._seals = seals

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
        self._seals.note("payments", payment.uid)
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

    def find_payment(self, reference: str) -> PaymentRecord | None:
        """A payment by the gateway's id or by our own."""
        row = self._connection.execute(
            select(payments).where(
                (payments.c.payment_id == reference) | (payments.c.uid == reference)
            )
        ).first()
        return None if row is None else payment_of(row)

    def returned(self, payment_uid: str) -> Money:
        """How much of a payment the gateway has taken on to give back, or gave back."""
        (summed,) = _RETURNED.rows(self._connection, {"wanted": payment_uid})
        return Money(int(summed.paise))

    def refunded(self, payment_uid: str) -> Money:
        """How much of a payment went back or is on its way back."""
        (summed,) = _REFUNDED.rows(self._connection, {"wanted": payment_uid})
        return Money(int(summed.paise))

    def left_of(self, payment: PaymentRecord) -> Money:
        """What of a payment may still go back: less refunds, and what lost disputes took."""
        taken = self._connection.execute(
            select(func.coalesce(func.sum(disputes.c.deducted_paise), 0)).where(
                disputes.c.payment_uid == payment.uid
            )
        )
        return refundable(
            payment.amount, self.refunded(payment.uid) + Money(int(taken.scalar_one()))
        )

    def add_refund(self, refund: RefundRecord) -> None:
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

    def save_refund(self, refund: RefundRecord, expected: RefundState) -> bool:
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

    def refund(self, uid: str) -> tuple[RefundRecord, PaymentRecord] | None:
        """A refund with its payment."""
        row = self._connection.execute(select(refunds).where(refunds.c.uid == uid)).first()
        paid = None if row is None else self.find_payment(row.payment_uid)
        return None if row is None or paid is None else (refund_of(row), paid)

    def refunds_of(self, payment_uid: str) -> tuple[RefundRecord, ...]:
        """Every refund of a payment, oldest first."""
        rows = self._connection.execute(
            select(refunds)
            .where(refunds.c.payment_uid == payment_uid)
            .order_by(refunds.c.noticed_at, refunds.c.uid)
        )
        return tuple(refund_of(row) for row in rows)

    def open_refunds(self) -> tuple[tuple[RefundRecord, PaymentRecord], ...]:
        """Refunds that have not come to their end, with their payments, oldest first."""
        open_ = [
            refund_of(row)
            for row in self._connection.execute(
                select(refunds)
                .where(refunds.c.state.in_([state.value for state in OPEN_REFUNDS]))
                .order_by(refunds.c.noticed_at)
            )
        ]
        found = ((refund, self.find_payment(refund.payment_uid)) for refund in open_)
        return tuple((refund, payment) for refund, payment in found if payment is not None)

    def held(self) -> tuple[PaymentRecord, ...]:
        """Money that pays nothing, undecided and not returned.

        It came late without a seat, or twice, or a refund in full failed after all.
        """
        undecided = (
            ~select(late_decisions.c.payment_uid)
            .where(
                late_decisions.c.payment_uid == payments.c.uid,
                late_decisions.c.decision != "refund",
            )
            .exists()
        )
        failed = select(refunds.c.payment_uid).where(refunds.c.state == RefundState.FAILED.value)
        is_over = (
            select(dues.c.uid)
            .where(
                dues.c.enrollment_uid == payments.c.enrollment_uid,
                dues.c.state == DueState.CANCELLED.value,
            )
            .exists()
        )
        came_back = (
            payments.c.uid.in_(failed) & (payments.c.placement == Placement.DUE.value) & is_over
        )
        given_a_due_that_is_over = (
            select(late_decisions.c.payment_uid)
            .join(dues, dues.c.uid == late_decisions.c.due_uid)
            .where(
                late_decisions.c.payment_uid == payments.c.uid,
                dues.c.state == DueState.CANCELLED.value,
            )
            .exists()
        )
        pays_nothing = payments.c.placement.in_([Placement.SURPLUS.value, Placement.NO_SEAT.value])
        found = [
            *self._connection.execute(select(payments).where(pays_nothing, undecided)),
            *self._connection.execute(select(payments).where(came_back, undecided)),
            *self._connection.execute(
                select(payments).where(payments.c.uid.in_(failed), given_a_due_that_is_over)
            ),
        ]
        held = (payment_of(row) for row in sorted(found, key=lambda row: row.recorded_at))
        return tuple(each for each in held if self.left_of(each))

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

    def decide(self, payment_uid: str, decision: str, due_uid: str, at: datetime) -> None:
        """Note what was decided about held money, once. Raises DuplicateError."""
        self._seals.note("late_decisions", payment_uid)
        try:
            self._connection.execute(
                late_decisions.insert(),
                {
                    "payment_uid": payment_uid,
                    "desk_id": self._desk_id,
                    "decision": decision,
                    "at": instant(at),
                    "due_uid": due_uid,
                },
            )
        except IntegrityError as error:
            raise DuplicateError("this was decided already") from error

    def next_sequence(self, series: str, year: str) -> int:
        """Take the next number of a receipt series; a rolled back transaction gives it back."""
        self._seals.note("receipt_series", series, year)
        (taken,) = _NEXT.rows(self._connection, {"series": series, "year": year})
        return int(taken.last)

    def skip_receipts(self, series: str, year: str, upto: int) -> int:
        """Let a series go on after a number at least; return the number it goes on after."""
        self._seals.note("receipt_series", series, year)
        skipped = insert(receipt_series).values(series=series, year=year, last=upto)
        self._connection.execute(
            skipped.on_conflict_do_update(
                index_elements=["series", "year"],
                set_={"last": func.max(receipt_series.c.last, upto)},
            )
        )
        found = self._connection.execute(
            select(receipt_series.c.last).where(
                receipt_series.c.series == series, receipt_series.c.year == year
            )
        )
        return int(found.scalar_one())

    def receipts_upto(self, series: str, year: str) -> int:
        """The last number of a series that was taken, 0 before the first."""
        found = self._connection.execute(
            select(receipt_series.c.last).where(
                receipt_series.c.series == series, receipt_series.c.year == year
            )
        )
        return int(found.scalar() or 0)

    def add_receipt(self, receipt: ReceiptRecord) -> None:
        """Add one."""
        self._seals.note("receipts", receipt.uid)
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
        self._seals.note("ledger_entries", movement.payment_uid, movement.uid)
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
        self._seals.note("receipt_prints", receipt_uid)
        self._connection.execute(
            receipt_prints.insert(),
            {"receipt_uid": receipt_uid, "paper": paper, "at": instant(at)},
        )
