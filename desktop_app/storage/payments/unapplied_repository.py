"""Payments that pay no due, and what was decided about them, inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from desktop_app.domain.enrollment import DueState
from desktop_app.domain.payment import Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services.errors import DuplicateError
from desktop_app.storage.mapping import instant, payment_of
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.enrolment import dues
from desktop_app.storage.schema.payments import late_decisions, payments, refunds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.storage.payments.refund_repository import SqlRefundRepository
    from desktop_app.storage.row_seals import RowSeals


class SqlUnappliedRepository(SqlRepository):
    """Unapplied payments, in one transaction."""

    def __init__(
        self,
        connection: Connection,
        desk_id: str,
        now: Callable[[], datetime],
        seals: RowSeals,
        refunds: SqlRefundRepository,
    ) -> None:
        super().__init__(connection, desk_id, now, seals)
        self._refunds = refunds

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
        return tuple(each for each in held if self._refunds.refundable(each))

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
