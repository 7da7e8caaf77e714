"""Cash that a centre may take: under two lakh rupees of a payer in a day, and for one enrolment.

Income-tax Act 2025 s.186 (until 31 March 2026 Act of 1961 s.269ST) bars ₹2,00,000 or more in cash
from one person in a day, for one transaction, and for transactions of one event; the penalty is the
whole sum, on the receiver (s.451). The payer is a family; one enrolment is one transaction, however
many instalments it has: the careful reading. Deposits of ₹20,000 or more, all of a person together,
are neither taken nor returned in cash (ss.185 and 188).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from desktop_app.domain.cash_law import MOST_CASH, MOST_DEPOSITS, WARN_FROM
from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.money import ZERO, Money, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class CashBarrier(Enum):
    """The sum that more cash would bring over its limit."""

    DAY = "day"
    """Of the family, today."""
    ENROLLMENT = "enrollment"
    """For one enrolment, ever."""
    DEPOSITS = "deposits"
    """Deposits of the family."""


@dataclass(frozen=True, slots=True)
class CashLimits:
    """The limits of one centre.

    Attributes:
        day: the most of a family in a day.
        enrollment: the most for an enrolment.
        stops_enrollment: whether cash over the limit of an enrolment is refused, or warned of.
        deposits: the most of deposits.
        warn_from: the sum of a day, or of an enrolment, from which a warning is shown.
    """

    day: Money = MOST_CASH
    enrollment: Money = MOST_CASH
    stops_enrollment: bool = True
    deposits: Money = MOST_DEPOSITS
    warn_from: Money = WARN_FROM


@dataclass(frozen=True, slots=True)
class CashTaken:
    """Cash and deposits taken before. Refunds do not lower them.

    Attributes:
        day: the cash of the family today, on credit or on fees.
        enrollments: the cash for each enrolment, ever, by uid.
        deposits: the deposits that the family has paid, however they were paid.
    """

    day: Money = ZERO
    enrollments: Mapping[str, Money] | None = None
    deposits: Money = ZERO

    def of(self, enrollment_uid: str) -> Money:
        """Return the cash for an enrolment."""
        return (self.enrollments or {}).get(enrollment_uid, ZERO)


@dataclass(frozen=True, slots=True)
class CashPart:
    """A part of a payment in cash, for a due of an enrolment."""

    enrollment_uid: str
    amount: Money
    is_deposit: bool = False


@dataclass(frozen=True, slots=True)
class CashRoom:
    """How much more cash may be taken.

    Attributes:
        most: zero or more.
        barrier: the limit that is reached first.
        is_stopped: whether more than that is refused.
    """

    most: Money
    barrier: CashBarrier
    is_stopped: bool = True


class CashLimitError(InvalidInputError):
    """An amount in cash is over what the law allows.

    Attributes:
        room: how much may be taken.
    """

    def __init__(self, room: CashRoom, template: str) -> None:
        super().__init__("amount", template, most=room.most)
        self.room = room


_REFUSALS: Mapping[CashBarrier, str] = {
    CashBarrier.DAY: rule_text(
        "The law doesn't allow ₹2,00,000 or more in cash from one family in a day. "
        "You can take at most {most} more in cash today. "
        "Take the rest by UPI, bank transfer or cheque."
    ),
    CashBarrier.ENROLLMENT: rule_text(
        "The law doesn't allow ₹2,00,000 or more in cash for one course. "
        "You can take at most {most} more in cash for this course. "
        "Take the rest by UPI, bank transfer or cheque."
    ),
    CashBarrier.DEPOSITS: rule_text(
        "The law doesn't allow deposits of ₹20,000 or more in cash. "
        "You can take at most {most} more in cash for deposits. "
        "Take the rest by UPI, bank transfer or cheque."
    ),
}


def room(limits: CashLimits, taken: CashTaken, barrier: CashBarrier, uid: str = "") -> CashRoom:
    """Return how much more cash one limit allows."""
    if barrier is CashBarrier.DAY:
        return CashRoom(_left(limits.day, taken.day), barrier)
    if barrier is CashBarrier.DEPOSITS:
        return CashRoom(_left(limits.deposits, taken.deposits), barrier)
    left = _left(limits.enrollment, taken.of(uid))
    return CashRoom(left, barrier, is_stopped=limits.stops_enrollment)


def check_cash(
    limits: CashLimits, taken: CashTaken, amount: Money, parts: Iterable[CashPart]
) -> tuple[CashRoom, ...]:
    """Return the limits that cash comes near to, or is over where they only warn.

    Args:
        limits: the limits.
        taken: what was taken before.
        amount: all the cash that stays, also what goes to credit.
        parts: what of it is for which enrolment.

    Raises:
        CashLimitError: it is over a limit that stops it.
    """
    warned = []
    for more, found in _asked(limits, taken, amount, tuple(parts)):
        if more > found.most and found.is_stopped:
            raise CashLimitError(found, _REFUSALS[found.barrier])
        if found.barrier is not CashBarrier.DEPOSITS and _is_near(limits, found, more):
            warned.append(CashRoom(_left(found.most, more), found.barrier, found.is_stopped))
    return tuple(warned)


_OF_CREDIT = rule_text(
    "The parent paid this credit in cash. The law doesn't allow ₹2,00,000 or more in cash for one "
    "course. You can use at most {most} of the credit for this course."
)


def check_cash_credit(limits: CashLimits, taken: CashTaken, parts: Iterable[CashPart]) -> None:
    """Check the cash in credit that pays fees: it came on another day, and counts for its course.

    Raises:
        CashLimitError: it is over a limit that stops it.
    """
    for more, found in _of_enrollments(limits, taken, parts):
        if more > found.most and found.is_stopped:
            raise CashLimitError(found, _OF_CREDIT)


def _asked(
    limits: CashLimits, taken: CashTaken, amount: Money, parts: tuple[CashPart, ...]
) -> Iterable[tuple[Money, CashRoom]]:
    """Yield what is added to each limit with the room it has."""
    yield amount, room(limits, taken, CashBarrier.DAY)
    yield from _of_enrollments(limits, taken, parts)
    deposits = total(part.amount for part in parts if part.is_deposit)
    if deposits:
        yield deposits, room(limits, taken, CashBarrier.DEPOSITS)


def _of_enrollments(
    limits: CashLimits, taken: CashTaken, parts: Iterable[CashPart]
) -> Iterable[tuple[Money, CashRoom]]:
    """Yield what is added to each enrolment with the room it has."""
    sums: dict[str, Money] = {}
    for part in parts:
        sums[part.enrollment_uid] = sums.get(part.enrollment_uid, ZERO) + part.amount
    for uid, more in sums.items():
        yield more, room(limits, taken, CashBarrier.ENROLLMENT, uid)


def _is_near(limits: CashLimits, found: CashRoom, more: Money) -> bool:
    """Whether a sum reaches the amount from which a warning is shown."""
    limit = limits.day if found.barrier is CashBarrier.DAY else limits.enrollment
    return limit - found.most + more >= limits.warn_from


def _left(limit: Money, taken: Money) -> Money:
    return max(ZERO, limit - taken)
