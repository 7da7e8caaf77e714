"""Matching of a payment to an attempt, as a pure function.

Several attempts may share one order (a new QR is a new payment on the same order). A payment
belongs to the attempt that recorded its id; an unknown payment belongs to the newest attempt whose
own payment id was lost, else to the newest attempt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.payment import Attempt, PaymentFact


def match_attempt(payment: PaymentFact, attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt that a payment belongs to.

    Args:
        payment: a payment on the order that all attempts share.
        attempts: at least one attempt.

    Raises:
        ValueError: there are no attempts.
    """
    if not attempts:
        raise ValueError("a payment needs an attempt to belong to")
    for attempt in attempts:
        if attempt.remote_id == payment.payment_id:
            return attempt
    newest_first = sorted(attempts, key=lambda each: (each.created_at, each.uid), reverse=True)
    for attempt in newest_first:
        if attempt.remote_id is None:
            return attempt
    return newest_first[0]
