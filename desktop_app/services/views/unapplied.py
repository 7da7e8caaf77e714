"""Read models of unapplied payments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import INR
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
class OfferedFee:
    """One of several fees that a payment was asked for.

    Attributes:
        is_open: whether it still takes this amount; else it was paid otherwise, or has ended.
    """

    about: str
    amount: Money
    is_open: bool


@dataclass(frozen=True, slots=True)
class UnappliedPayment:
    """A payment that waits for a decision in the inbox.

    Attributes:
        reason: why it pays nothing, one sentence in English.
        why: the same as a kind, from which screens choose their words.
        amount: what is held of it, in its currency's smallest unit.
        can_enrol: whether the fee it was asked for is open and a seat is free.
        asked: what was asked for; None where that is not known.
        came: the whole payment; None where only what is held is known.
        currency: three letters.
        applicable: how much of its fees it would pay as a part, together with the other parts of
            its link; None where it cannot.
        due_after: what would stay due of its fee then; None where it cannot.
        parts: how many payments would be applied together.
        offered: what it was asked for, where that is several fees.
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
    asked: Money | None = None
    came: Money | None = None
    currency: str = INR
    applicable: Money | None = None
    due_after: Money | None = None
    parts: int = 1
    offered: tuple[OfferedFee, ...] = ()


@dataclass(frozen=True, slots=True)
class AppliedMoney:
    """Money of another amount after it was applied to its fee.

    Attributes:
        paid: what of the payments pays now.
        due: what is still due of the fee.
        held: what of the payments stays held.
    """

    paid: Money
    due: Money
    held: Money


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
