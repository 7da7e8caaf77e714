"""Read models of unapplied payments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.payment import Placement

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.domain.money import Money


class MoneyDecision(StrEnum):
    """The decision about a payment that was written first."""

    APPLIED = "applied"
    """It pays a fee now."""
    REFUND_ASKED = "refund_asked"
    """A refund was asked for and is not over."""
    REFUNDED = "refunded"
    """It went back."""
    HELD = "held"
    """It pays no fee any more and waits in the inbox."""
    DISPUTED = "disputed"
    """A lost dispute took it."""


@dataclass(frozen=True, slots=True)
class UnappliedPayment:
    """A payment that waits for a decision in the inbox.

    Attributes:
        reason: why it pays nothing, one sentence in English.
        why: the same as a kind, from which screens choose their words.
        can_enrol: whether the fee it was asked for is open and a seat is free.
    """

    uid: str
    payment_id: str | None
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    received_at: datetime
    reason: str
    can_enrol: bool
    why: Placement = Placement.SURPLUS
    mode: MoneyMode = MoneyMode.LIVE


@dataclass(frozen=True, slots=True)
class ReturningPayment:
    """An authorised payment of a fee that was not due: not captured, it returns by itself."""

    payment_id: str
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class FamilyDue:
    """An open due of somebody who shares a phone with the payer.

    Attributes:
        fits: whether the unapplied payment in question pays it exactly.
        has_seat: whether its enrolment holds a seat of its course, or could get one.
    """

    due_uid: str
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    fits: bool = False
    has_seat: bool = True
