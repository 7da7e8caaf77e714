"""Refunds as the gateway shows them: noticed, booked once, never more than was captured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from desktop_app.domain.payment import PaymentFact


def newly_refunded(payment: PaymentFact, booked: Money) -> Money:
    """Tell how much of a payment was refunded beyond what is booked already, never negative."""
    seen = min(payment.amount_refunded_paise, payment.amount_paise)
    return Money(max(0, seen - booked.paise))
