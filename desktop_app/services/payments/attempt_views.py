"""Attempts as screens show them: names, countdown, receipt. Reads only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.views.payments import AttemptView

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context


def view_of(
    context: Context,
    uid: str,
    *,
    is_sure: bool = True,
    is_seen: bool = False,
    will_return: bool = False,
) -> AttemptView:
    """Return an attempt as stored, for screens."""
    reader = context.store.reader
    attempt, failure, was_late = reader.attempts.get(uid)
    student_uid, name, roll_no, label = reader.attempts.names_of(attempt.uid)
    is_paid = attempt.state is AttemptState.PAID
    receipt = reader.receipts.of_attempt(attempt.uid) if is_paid else None
    return AttemptView(
        uid=attempt.uid,
        enrollment_uid=attempt.enrollment_uid,
        student_uid=student_uid,
        student_name=name,
        roll_no=roll_no,
        course_label=label,
        method=attempt.method,
        state=attempt.state,
        amount=attempt.amount,
        created_at=attempt.created_at,
        qr_text=attempt.qr_text,
        image_path=Path(attempt.image_path) if attempt.image_path else None,
        expires_at=attempt.expires_at,
        expires_in_s=seconds_left(context, attempt),
        lifetime_s=float(context.settings().expiry_s) if attempt.expires_at else None,
        order_id=receipt.order_id if receipt else attempt.order_id,
        payment_id=receipt.payment_id if receipt else None,
        rrn=receipt.rrn if receipt else None,
        receipt_no=receipt.number if receipt else None,
        receipt_uid=receipt.uid if receipt else None,
        was_late=was_late,
        failure=failure,
        is_sure=is_sure,
        is_seen=is_seen and not is_paid,
        will_return=will_return,
    )


def seconds_left(context: Context, attempt: Attempt) -> float | None:
    """Return the seconds until a code is no longer shown, at least zero; None without an end."""
    if attempt.expires_at is None:
        return None
    return max(0.0, attempt.expires_at.timestamp() - gateway_now(context))


def age_s(context: Context, attempt: Attempt) -> float:
    """Return the seconds since a code was shown, by the gateway's clock where known."""
    if attempt.expires_at is None:
        return max(0.0, (context.now() - attempt.created_at).total_seconds())
    shown_at = attempt.expires_at.timestamp() - context.settings().expiry_s
    return max(0.0, gateway_now(context) - shown_at)
