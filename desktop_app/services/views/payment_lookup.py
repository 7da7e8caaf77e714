"""Read models of a payment enquiry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.money import Money


class LookupAnswer(StrEnum):
    """The state of a reported payment, as far as it is proven."""

    CREDITED = "credited"
    """It is recorded, and identified by UTR, full VPA, phone, or the code on screen."""
    IN_PROGRESS = "in_progress"
    """Razorpay shows it authorised, or begun by a payer, and not captured yet."""
    FAILED = "failed"
    NOT_FOUND = "not_found"
    AWAITING = "awaiting"
    """Nothing was received on the QR or link of the fee; it can still be paid."""
    POSSIBLE = "possible"
    """A payment fits, but only by amount, time or masked VPA, or several fit."""
    ELSEWHERE = "elsewhere"
    """Razorpay captured such a payment; it is not recorded at this desk."""
    UNCHECKED = "unchecked"
    """Not everything could be checked; what was checked does not decide it."""


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The answer to “the parent says paid”.

    Attributes:
        back_by: the day by which the bank returns a failed payment (T+5).
        likely: for a possible payment, its state, were it the one.
        missing: the field of the query that no payment has; empty where none is to blame.
        is_open: whether the QR or link of the fee can still be paid.
    """

    answer: LookupAnswer
    payment_id: str | None = None
    amount: Money | None = None
    at: datetime | None = None
    back_by: date | None = None
    receipt_no: str | None = None
    receipt_uid: str | None = None
    student_name: str = ""
    likely: LookupAnswer | None = None
    missing: str = ""
    is_open: bool = False
