"""Read models of refunds and disputes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.money import Money


class RefundBasis(NamedTuple):
    """The state of a payment on which a person decides about a refund, as one reading shows it.

    Attributes:
        left: the amount that may still be refunded.
        pays: the dues that the payment pays, the newest last; none for money that pays nothing.
    """

    left: Money
    pays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndingEnrolment:
    """An enrolment that a refund would end."""

    uid: str
    student_name: str
    course_label: str


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute (chargeback) noticed at the gateway.

    Attributes:
        status: Razorpay's word: `open`, `under_review`, `won`, `lost`, `closed`.
        respond_by: the day by which evidence is due, None where Razorpay names none.
    """

    uid: str
    dispute_id: str
    payment_id: str
    student_name: str
    amount: Money
    status: str
    respond_by: date | None
    noticed_at: datetime
