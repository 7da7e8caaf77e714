"""Payments whose fee is missing from a restored database: staff place or return them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.channels import channel_of
from desktop_app.domain.errors import NoSeatError
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.payment import Attempt, AttemptState, PaymentFact, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services.errors import UnknownPaymentError
from desktop_app.services.ports.records import RefundRecord
from desktop_app.services.posting.payments import post_payment, refuse_during_capture
from desktop_app.services.refunds.earlier_decision import refusal_of_second
from desktop_app.services.unapplied.due_check import require_open_due, require_rupees
from desktop_app.services.views.unapplied import UnappliedPayment

if TYPE_CHECKING:
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.services.context import Context
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher
    from desktop_app.services.ports.records import DueRecord, OutboxCommand, UnmatchedRecord
    from desktop_app.services.ports.storage import UnitOfWork

REASON = "The fee isn't in the backup you restored."


def held_view(stray: UnmatchedRecord, mode: MoneyMode) -> UnappliedPayment:
    """Return it for the inbox: the payer is known by the masked phone or VPA at most."""
    return UnappliedPayment(
        uid=stray.uid,
        payment_id=stray.payment_id,
        student_name=stray.phone_masked or stray.vpa_masked or "",
        roll_no="",
        course_label="",
        amount=stray.amount,
        received_at=stray.received_at,
        reason=REASON,
        can_enrol=False,
        why=Placement.UNMATCHED,
        currency=stray.currency,
        mode=mode,
    )


def put_against(context: Context, work: UnitOfWork, stray: UnmatchedRecord, due: DueRecord) -> None:
    """Apply it to an open due of exactly its amount, in the given unit of work.

    Raises:
        FeePaidError: another payment paid the due.
        InvalidInputError: the due is of another amount, or the money is in another currency.
        NoSeatError: its course is full.
        CaptureUnderWayError: a payment of the due is being captured.
    """
    require_rupees(stray.currency)
    require_open_due(work, due, stray.amount)
    refuse_during_capture(context, work, due.uid)
    attempt = _attempt(context, work, stray, due)
    work.attempts.add(attempt, "placed by hand")
    work.unmatched.settle(stray.uid, "placed")
    booked = post_payment(context, work, attempt, _fact(stray))
    found = work.payments.by_payment_id(stray.payment_id)
    if not booked.is_new or found is None or found.placement is not Placement.APPLIED:
        raise NoSeatError("this course has no seats left")
    context.audit(work, "late.settled", stray.uid, {"how": "placed", "due": due.uid})


def _attempt(context: Context, work: UnitOfWork, stray: UnmatchedRecord, due: DueRecord) -> Attempt:
    channel = channel_of(stray.method)
    order_id = stray.order_id if channel is not None and channel.shares_order else None
    attempt = Attempt(
        uid=context.ids.new(),
        enrollment_uid=due.enrollment_uid,
        due_uid=due.uid,
        method=stray.method,
        state=AttemptState.CANCELLED,
        amount=stray.amount,
        reference=stray.reference,
        key_id=stray.key_id,
        created_at=stray.received_at,
        order_id=order_id,
        order_receipt=stray.reference if order_id else None,
        gateway_created_at=int(stray.received_at.timestamp()),
    )
    if order_id is not None:
        work.attempts.add_order(attempt, context.now())
    return attempt


def _fact(stray: UnmatchedRecord) -> PaymentFact:
    return PaymentFact(
        payment_id=stray.payment_id,
        order_id=stray.order_id,
        amount_paise=stray.amount.paise,
        currency=stray.currency,
        status="captured",
        captured=True,
        created_at=int(stray.received_at.timestamp()),
        rrn=stray.rrn,
    )


def give_back(context: Context, outbox: OutboxDispatcher, stray: UnmatchedRecord) -> RefundRecord:
    """Return it in full; without a connection it waits in the outbox.

    Raises:
        UnknownPaymentError: it is no longer held.
        RejectedError, UnauthorisedError: it is held as before.
        OutcomeUnknownError: it may or may not have been done; the outbox asks again.
    """
    with context.store.writing() as work:
        if stray not in work.unmatched.held():
            raise refusal_of_second(work, stray.uid)
        work.outbox.add(
            stray.uid, CommandKind.REFUND, remote_id=stray.payment_id, key_id=stray.key_id
        )
        work.outbox.revive(stray.uid)
        context.audit(work, "stray.refund_asked", stray.uid, {"amount": stray.amount.paise})
        work.commit()
    outbox.deliver_patiently(stray.uid)
    with context.store.reading() as work:
        now, command = work.unmatched.find(stray.uid), work.outbox.get(stray.uid)
    if now is None or command is None:
        raise UnknownPaymentError("the money's row is gone")
    return RefundRecord(
        uid=stray.uid,
        payment_uid=stray.uid,
        amount=stray.amount,
        state=_standing(now, command),
        origin="desk",
        reason=REASON,
        noticed_at=context.now(),
    )


def _standing(stray: UnmatchedRecord, command: OutboxCommand) -> RefundState:
    if stray.state == "returned":
        return RefundState.PROCESSED
    if command.state is CommandState.DEAD:
        return RefundState.FAILED
    return RefundState.INTENT if command.problem else RefundState.PENDING
