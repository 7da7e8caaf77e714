"""Checks, inside the transaction that applies it, whether held money may pay a due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.errors import FeePaidError
from desktop_app.services.refunds.earlier_decision import fee_label

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.ports.storage import Repositories


def require_open_due(work: Repositories, due: DueRecord, left: Money) -> None:
    """Check that a due is open and of exactly the amount that is left of a payment.

    Raises:
        FeePaidError: another payment paid it first.
        InvalidInputError: it was cancelled, or is of another amount.
    """
    if due.state is DueState.PAID:
        raise FeePaidError(fee_label(work, due.enrollment_uid))
    if due.state is not DueState.OPEN:
        raise InvalidInputError("due", "This fee is not due any more: its enrolment has ended.")
    if due.quote.total != left:
        raise InvalidInputError(
            "due", "This fee is {fee}, and {left} of the payment is left.", fee=due.quote.total,
            left=left,
        )  # fmt: skip
