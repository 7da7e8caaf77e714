"""Refunds: requested once, followed to a final state, never more than was captured."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.payment import PaymentFact


class RefundState(StrEnum):
    """The state of a refund."""

    INTENT = "intent"
    """Row committed; the gateway may or may not know."""
    UNKNOWN = "unknown"
    """The answer was lost; retried with the same key."""
    PENDING = "pending"
    """Accepted; on its way to the payer."""
    PROCESSED = "processed"
    """Paid to the payer's bank."""
    FAILED = "failed"
    """The gateway could not return it; the money is still held."""
    REJECTED = "rejected"
    """Refused, or never sent."""


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
"""States that must still be followed."""


def refundable(captured: Money, counted: Money) -> Money:
    """Return the refundable amount: captured, less refunded and pending."""
    return Money(max(0, captured.paise - counted.paise))


def checked_amount(asked: Money | None, left: Money) -> Money:
    """Return the amount to refund; everything that is left if none was given.

    Raises:
        InvalidMoneyError: nothing is left, or the amount is zero, negative or more than is left.
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
    """Return how much was refunded beyond the booked refunds, never negative."""
    seen = min(payment.amount_refunded_paise, payment.amount_paise)
    return Money(max(0, seen - booked.paise))
