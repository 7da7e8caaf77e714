"""Checks, inside the transaction that applies it, whether held money may pay a due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import leaves_enough
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import INR, total
from desktop_app.services.errors import FeePaidError
from desktop_app.services.posting.parts import fee_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.money import Money
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.posting.parts import Part


TOO_LITTLE_DUE = "This amount would leave less than ₹1 due. Refund the payment instead."


def require_open_due(work: Repositories, due: DueRecord, left: Money) -> None:
    """Check that a due is open and of exactly the amount that is left of a payment.

    Raises:
        FeePaidError: another payment paid it first.
        InvalidInputError: it was cancelled, or is of another amount.
    """
    if due.state is DueState.PAID:
        raise FeePaidError(fee_label(work, due.enrollment_uid))
    if due.state is not DueState.OPEN:
        raise InvalidInputError("due", "This fee isn't due any more. The enrolment has ended.")
    _require_same(due.balance, left)


def require_open_dues(work: Repositories, parts: Sequence[Part], left: Money) -> None:
    """Check that dues still take what was asked for of each, which is exactly what is left.

    Raises:
        FeePaidError, InvalidInputError: see `require_open_due`; or less than a rupee would be due.
    """
    for each in parts:
        require_open_due(work, each.due, max(each.amount, each.due.balance))
        if not leaves_enough(each.due.balance, each.amount):
            raise InvalidInputError("amount", TOO_LITTLE_DUE)
    _require_same(total(each.amount for each in parts), left)


def require_rupees(currency: str) -> None:
    """Check that money may pay a fee. Raises InvalidInputError for another currency."""
    if currency != INR:
        raise InvalidInputError(
            "payment", "This payment is in {currency}. You can only refund it.", currency=currency
        )


def _require_same(asked: Money, left: Money) -> None:
    if asked != left:
        raise InvalidInputError(
            "due",
            "The fee is {fee}, but this payment has only {left} left.",
            fee=asked,
            left=left,
        )
