"""Begin to collect: enrolment, due and intent in one local transaction, before any call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.channels import takes_only_upi
from desktop_app.domain.errors import AlreadyEnrolledError, NoSeatError
from desktop_app.domain.key_mode import money_mode
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Attempt, AttemptState, Method
from desktop_app.domain.tender import Beginning
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services import errors
from desktop_app.services.enrolment.quoting import enrol, standing
from desktop_app.services.identity.book import reference_of
from desktop_app.services.payments.attempt_times import seconds_left
from desktop_app.services.payments.channels.base import choose_channel
from desktop_app.services.posting.payments import post_cash
from desktop_app.services.posting.receipts import require_receipt_number

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.enrolment.quoting import EnrolmentStanding
    from desktop_app.services.ports.storage import UnitOfWork


def begin(
    context: Context, student_uid: str, course_uid: str, method: Method, quoted: Money | None
) -> tuple[Attempt, bool]:
    """Enrol and write the intent; cash is posted at once.

    Returns:
        The attempt, and whether it is new: an old one may have reached the gateway before.

    Raises:
        AlreadyEnrolledError, NoSeatError, PriceChangedError, OverLimitError,
        NothingToCollectError, AmountTooSmallError, OpenAttemptError, ReceiptSeriesFullError:
            nothing was written.
    """
    with context.store.writing() as work:
        found = standing(work, student_uid, course_uid)
        _check(context, found, method, quoted)
        going_on = _end_or_keep_live(context, work, found, method)
        if going_on is not None:
            work.nothing_to_write()
            return going_on, False
        if not found.has_seat:
            raise NoSeatError("the course has no free seat")
        key_id = context.gateway().key_id if tender_of(method).needs_gateway else ""
        require_receipt_number(context, work, money_mode(key_id, is_training=context.is_training))
        enrollment_uid, due_uid = _enrolled(context, work, found)
        attempt = _intent(context, work, found, enrollment_uid, due_uid, method)
        work.attempts.add(attempt)
        work.students.mark_served(student_uid, context.now())
        context.audit(
            work,
            "attempt.begun",
            attempt.uid,
            {"amount": attempt.amount.paise, "method": attempt.method.value},
        )
        match tender_of(method).beginning:
            case Beginning.POSTED:
                post_cash(context, work, attempt)
                attempt = work.attempts.get(attempt.uid)
            case Beginning.ASKED:
                pass
            case other:
                assert_never(other)
        work.commit()
    return attempt, True


def _check(
    context: Context, found: EnrolmentStanding, method: Method, quoted: Money | None
) -> None:
    if found.is_enrolled:
        raise AlreadyEnrolledError("the student is already enrolled in this course")
    amount = found.quote.total
    if quoted is not None and quoted != amount:
        raise errors.PriceChangedError(quoted, amount)
    if not amount:
        raise errors.NothingToCollectError("the fee is nought")
    if amount < tender_of(method).smallest:
        raise errors.AmountTooSmallError("UPI takes no less than one rupee")
    limit = Money(context.settings().upi_limit_paise)
    if amount > limit and takes_only_upi(method):
        raise errors.OverLimitError(amount, limit)


def _end_or_keep_live(
    context: Context, work: UnitOfWork, found: EnrolmentStanding, method: Method
) -> Attempt | None:
    """Return the live attempt to continue with, or end it so that another may begin.

    An attempt that was payable stays watched; it is closed and checked before a new one is created.
    """
    if found.due_uid is None:
        return None
    for attempt in work.attempts.of_due(found.due_uid):
        if not attempt.is_live:
            continue
        left = seconds_left(context, attempt)
        is_over = attempt.state is AttemptState.AWAITING and left is not None and left <= 0
        if not is_over and method in {attempt.method, Method.AUTO}:
            return attempt
        if not tender_of(method).needs_gateway and attempt.state is AttemptState.AWAITING:
            raise errors.OpenAttemptError("a QR for this fee is still open; cancel it first")
        ended = AttemptState.EXPIRED if is_over else AttemptState.CANCELLED
        work.attempts.save(replace(attempt, state=ended), attempt.state, "begun anew")
    return None


def _enrolled(context: Context, work: UnitOfWork, found: EnrolmentStanding) -> tuple[str, str]:
    """Return the uids of the enrolment and its due; make them where there are none."""
    if found.enrollment is not None and found.due_uid is not None:
        return found.enrollment.uid, found.due_uid
    uid, due_uid = context.ids.new(), context.ids.new()
    enrol(work, found, uid=uid, due_uid=due_uid, at=context.now())
    context.audit(work, "enrollment.made", uid, {"amount": found.quote.total.paise})
    return uid, due_uid


def _intent(
    context: Context,
    work: UnitOfWork,
    found: EnrolmentStanding,
    enrollment_uid: str,
    due_uid: str,
    method: Method,
) -> Attempt:
    """Return the intent; a new QR by UPI intent uses the unpaid order that its due already has."""
    uid = context.ids.new()
    is_sent = tender_of(method).needs_gateway
    key_id = context.gateway().key_id if is_sent else ""
    channel = method
    if method is Method.AUTO:
        channel = choose_channel(work, key_id, has_phone=_has_phone(found))
    attempt = Attempt(
        uid=uid,
        enrollment_uid=enrollment_uid,
        due_uid=due_uid,
        method=channel,
        state=AttemptState.INTENT,
        amount=found.quote.total,
        reference=reference_of(context, work, uid),
        key_id=key_id,
        created_at=context.now(),
        sent=is_sent,
        chosen_by_auto=method is Method.AUTO,
    )
    if not attempt.shares_order:
        return attempt
    for earlier in reversed(work.attempts.of_due(due_uid)):
        if earlier.order_id is None or earlier.key_id != key_id or not earlier.sent:
            continue
        if not work.payments.is_on_order(earlier.order_id):  # a paid order takes no other payment
            return replace(
                attempt,
                order_id=earlier.order_id,
                order_receipt=earlier.order_receipt,
                gateway_created_at=earlier.gateway_created_at,
            )
    return attempt


def _has_phone(found: EnrolmentStanding) -> bool:
    return bool(found.student.guardian_phone or found.student.phone)
