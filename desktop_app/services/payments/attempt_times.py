"""The times of an attempt: how long it is shown yet, and how long it was. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.connectivity import gateway_now

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context


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
