"""What every channel shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context

from typing import TYPE_CHECKING

from desktop_app.domain.payment import UPI_CHANNELS, Attempt, Method

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork


def notes_of(context: Context, attempt: Attempt) -> dict[str, str]:
    """What is noted at the gateway: our own ids, no personal data.

    They let money be mapped again by a book that was restored from before it was asked for.
    """
    with context.store.reading() as work:
        enrollment = work.enrollments.get(attempt.enrollment_uid)
    return {
        "attempt": attempt.uid,
        "due": attempt.due_uid,
        "enrollment": enrollment.uid,
        "student": enrollment.student_uid,
        "course": enrollment.course_uid,
    }


def choose_channel(work: UnitOfWork, key_id: str, *, has_phone: bool) -> Method:
    """Pick the first channel the account is not known to lack; UPI intent needs a phone number."""
    for channel in UPI_CHANNELS:
        if channel is Method.UPI_INTENT and not has_phone:
            continue
        if work.capability(key_id, channel.value) is not False:
            return channel
    return Method.PAYMENT_LINK
