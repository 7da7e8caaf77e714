"""Posts refunds: the row, the ledger, and the enrolment once everything went back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.ledger import Entry, returning
from desktop_app.domain.refund import REFUND_TABLE, RefundState
from desktop_app.domain.state_machine import may_advance
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.ports.records import Movement

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord, RefundRecord
    from desktop_app.services.ports.storage import UnitOfWork


ENDINGS = {
    "pending": RefundState.PENDING,
    "processed": RefundState.PROCESSED,
    "failed": RefundState.FAILED,
}
"""The state by the gateway's word for it."""


def settle_refund(
    context: Context,
    work: UnitOfWork,
    refund: RefundRecord,
    paid: PaymentRecord,
    state: RefundState,
    refund_id: str | None,
) -> RefundRecord:
    """Store the state of a refund; post the money when it is accepted, reverse it when it failed.

    An answer older than the stored one, from another window or a slow connection, changes nothing.
    """
    if not may_advance(REFUND_TABLE, refund.state, state):
        return refund
    settled = replace(refund, state=state, refund_id=refund_id)
    if not work.refunds.save(settled, refund.state):
        return settled
    was_booked = refund.state in {RefundState.PENDING, RefundState.PROCESSED}
    if state is RefundState.FAILED:
        if was_booked:
            post_failed_return(context, work, paid, refund.amount)
    elif not was_booked:
        post_return(context, work, paid, refund.amount)
    context.audit(work, f"refund.{state.value}", refund.uid, {"amount": refund.amount.paise})
    return settled


def post_return(context: Context, work: UnitOfWork, payment: PaymentRecord, amount: Money) -> None:
    """Post money that goes back; a fee returned in full ends its enrolment.

    Call it after the refund's row counts in `work.refunds.returned`. A refund that was only asked
    for ends no enrolment: it may still be refused, and until it is accepted the rest is a fee.
    """
    due_uid = work.payments.due_paid_by(payment)
    entries = returning(amount, tender_of(payment.method).account, was_fees=due_uid is not None)
    _move(context, work, payment, entries)
    if due_uid is None or work.refunds.returned(payment.uid) < payment.amount:
        return
    ended = work.enrollments.due(due_uid).enrollment_uid
    work.enrollments.advance_due(due_uid, DueState.PAID, DueState.CANCELLED)
    if work.enrollments.advance(ended, EnrollmentState.ACTIVE, EnrollmentState.CANCELLED):
        context.audit(work, "enrollment.cancelled", ended, {"why": "refunded"})


def post_failed_return(
    context: Context, work: UnitOfWork, payment: PaymentRecord, amount: Money
) -> None:
    """Reverse a posted return: the gateway could not deliver it, the money is still here.

    Where it had ended an enrolment, the money is owed back again and waits for a decision.
    """
    was_fees = work.payments.due_paid_by(payment) is not None
    out, back = returning(amount, tender_of(payment.method).account, was_fees=was_fees)
    reversed_ = (Entry(out.account, -out.amount), Entry(back.account, -back.amount))
    _move(context, work, payment, reversed_)


def _move(
    context: Context, work: UnitOfWork, payment: PaymentRecord, entries: tuple[Entry, Entry]
) -> None:
    work.ledger.add(Movement(context.ids.new(), context.now(), payment.uid, entries))
