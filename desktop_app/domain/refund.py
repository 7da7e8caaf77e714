"""Refunds: requested once, followed to a final state, never more than was captured."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping


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

RETURNED_STATES = frozenset({_R.PENDING, _R.PROCESSED})
"""States in which the gateway has agreed to return the money, or has returned it."""

OPEN_REFUNDS = (_R.INTENT, _R.UNKNOWN, _R.PENDING)
"""States that must still be followed."""

WATCHED_S = 18 * 86_400
"""Seconds after its creation in which a refund that counts as processed is looked at again.

Razorpay pays within 5 to 7 working days (razorpay.com/docs/payments/refunds/normal): eleven days
with two weekends and two holidays. A week is added for what the payer's bank sends back.
"""


def refundable(captured: Money, counted: Money) -> Money:
    """Return the refundable amount: captured, less refunded and pending."""
    return Money(max(0, captured.paise - counted.paise))


def checked_amount(asked: Money | None, left: Money) -> Money:
    """Return the amount to refund; everything that is left if none was given.

    Raises:
        InvalidMoneyError: nothing is left, or the amount is zero, negative or more than is left.
    """
    if not left:
        raise InvalidMoneyError("You already refunded this payment in full.")
    if asked is None:
        return left
    if asked.paise <= 0:
        raise InvalidMoneyError("Enter a refund above ₹0.")
    if asked > left:
        raise InvalidMoneyError("You can refund at most {left} of this payment.", left=left)
    return asked


def adds_up(amount_refunded_paise: int, *, live_paise: int, failed_paise: int) -> bool:
    """Return whether a payment's refunded sum, read separately, confirms a list of its refunds.

    Razorpay's samples do not show whether the sum falls when a refund fails: either is accepted.

    Args:
        amount_refunded_paise: the payment's own `amount_refunded`.
        live_paise: the sum of its pending and processed refunds.
        failed_paise: the sum of its failed ones.
    """
    return amount_refunded_paise in {live_paise, live_paise + failed_paise}
