"""Finds out what another window or command decided about a payment, for the one that came second.

Called inside the transaction that would have written the second decision. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.outbox import CommandState
from desktop_app.domain.refund import OPEN_REFUNDS, RefundState
from desktop_app.services.errors import AlreadyDecidedError, UnknownPaymentError
from desktop_app.services.posting.parts import fee_label
from desktop_app.services.views.refunds import RefundBasis
from desktop_app.services.views.unapplied import MoneyDecision

if TYPE_CHECKING:
    from desktop_app.services.ports.records import PaymentRecord, UnmatchedRecord
    from desktop_app.services.ports.storage import Repositories


def refund_basis(work: Repositories, payment: PaymentRecord) -> RefundBasis:
    """Return the present basis of a refund of a payment."""
    left = work.refunds.refundable(payment)
    return RefundBasis(left, work.payments.dues_paid_by(payment))


def require_basis(work: Repositories, payment: PaymentRecord, basis: RefundBasis) -> None:
    """Check that a payment is still what a refund was decided on.

    Raises:
        AlreadyDecidedError: less is left than was shown, or it pays another fee, or none.
    """
    now = refund_basis(work, payment)
    if now.left < basis.left:
        raise AlreadyDecidedError(_return_of(work, payment))
    if now.pays != basis.pays:
        raise _applied(work, now.pays[-1]) if now.pays else AlreadyDecidedError(MoneyDecision.HELD)


def refusal_of_second(work: Repositories, reference: str) -> UnknownPaymentError:
    """Return the error for a decision about money that is not held.

    Args:
        work: the books, under the lock.
        reference: the gateway's payment id, or our own.
    """
    stray = work.unmatched.find(reference)
    payment = work.payments.find(reference if stray is None else stray.payment_id)
    if payment is not None:
        now = refund_basis(work, payment)
        if not now.left:
            return AlreadyDecidedError(_return_of(work, payment))
        if now.pays:
            return _applied(work, now.pays[-1])
        if work.refunds.refunded(payment.uid):
            return AlreadyDecidedError(_return_of(work, payment))
    elif stray is not None and stray.state == "returned":
        return AlreadyDecidedError(MoneyDecision.REFUNDED)
    elif stray is not None and _is_going_back(work, stray):
        return AlreadyDecidedError(MoneyDecision.REFUND_ASKED)
    return UnknownPaymentError("The inbox has no payment with this id. See `pravesh inbox`.")


def _applied(work: Repositories, due_uid: str) -> AlreadyDecidedError:
    about = fee_label(work, work.enrollments.due(due_uid).enrollment_uid)
    return AlreadyDecidedError(MoneyDecision.APPLIED, about)


def _return_of(work: Repositories, payment: PaymentRecord) -> MoneyDecision:
    """Return how money left a payment: by a refund, else by a lost dispute."""
    states = {each.state for each in work.refunds.of_payment(payment.uid)}
    if states.intersection(OPEN_REFUNDS):
        return MoneyDecision.REFUND_ASKED
    return MoneyDecision.REFUNDED if RefundState.PROCESSED in states else MoneyDecision.DISPUTED


def _is_going_back(work: Repositories, stray: UnmatchedRecord) -> bool:
    command = work.outbox.get(stray.uid)
    return command is not None and command.state is not CommandState.DEAD
