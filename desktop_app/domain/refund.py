"""Refunds: asked for once, followed to their end, never more than was captured."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.payment import PaymentFact


class RefundState(StrEnum):
    """Where a refund stands."""

    INTENT = "intent"
    """Row committed; the gateway may or may not know."""
    UNKNOWN = "unknown"
    """The answer was lost; asked again with the same key."""
    PENDING = "pending"
    """Accepted; on its way to the payer."""
    PROCESSED = "processed"
    """Given to the payer's bank."""
    FAILED = "failed"
    """The gateway could not return it; the money is still held."""
    REJECTED = "rejected"
    """Refused, or nothing was sent."""


_R = RefundState
REFUND_TABLE: Mapping[RefundState, frozenset[RefundState]] = {
    _R.INTENT: frozenset({_R.UNKNOWN, _R.PENDING, _R.PROCESSED, _R.FAILED, _R.REJECTED}),
    _R.UNKNOWN: frozenset({_R.PENDING, _R.PROCESSED, _R.FAILED, _R.REJECTED}),
    _R.PENDING: frozenset({_R.PROCESSED, _R.FAILED}),
    _R.PROCESSED: frozenset({_R.FAILED}),
    _R.FAILED: frozenset(),
    _R.REJECTED: frozenset(),
}

OPEN_REFUNDS = (_R.INTENT, _R.UNKNOWN, _R.PENDING)
"""Those still to be followed."""


def refundable(captured: Money, counted: Money) -> Money:
    """What may still go back: captured, less what went back or is on its way."""
    return Money(max(0, captured.paise - counted.paise))


def checked_amount(asked: Money | None, left: Money) -> Money:
    """The amount of a refund; all that is left where none was named.

    Raises:
        InvalidMoneyError: nothing is left, or it is nought, negative or more than is left.
    """
    if not left:
        raise InvalidMoneyError("This payment is refunded in full already.")
    if asked is None:
        return left
    if asked.paise <= 0:
        raise InvalidMoneyError("A refund is more than zero.")
    if asked > left:
        raise InvalidMoneyError("At most {left} of this payment can still be refunded.", left=left)
    return asked


def newly_refunded(payment: PaymentFact, booked: Money) -> Money:
    """Tell how much of a payment was refunded beyond what is booked already, never negative."""
    seen = min(payment.amount_refunded_paise, payment.amount_paise)
    return Money(max(0, seen - booked.paise))
