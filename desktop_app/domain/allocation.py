"""Money on dues: in order, and never so that less than a rupee of a due stays open.

The least balance keeps the taxable value of the last part of a due from becoming negative, and the
gateway takes no order under one rupee.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

LEAST_DUE = Money(100)
"""The least amount of a due, and of what stays open of one."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The dues that an amount pays.

    Attributes:
        parts: the positive part of each due, by uid.
        rest: what pays no due: credit.
    """

    parts: Mapping[str, Money]
    rest: Money


class LateFeeOrder(StrEnum):
    """Whether money on no chosen line pays late fees first or last."""

    PRINCIPAL_FIRST = "principal_first"
    LATE_FEE_FIRST = "late_fee_first"


@dataclass(frozen=True, slots=True)
class OpenDue:
    """A due that money may pay without having been chosen.

    Attributes:
        priority: of its head; the lower is paid first.
        is_late_fee: whether it follows another due as its late fee.
    """

    uid: str
    due_on: date
    priority: int
    instalment_no: int
    balance: Money
    is_late_fee: bool = False


def in_order(
    dues: Iterable[OpenDue], late_fees: LateFeeOrder = LateFeeOrder.PRINCIPAL_FIRST
) -> Mapping[str, Money]:
    """Return balances by uid in the order in which money on no chosen line pays them.

    The due that fell due first comes first; of one day, by the priority of heads, then by
    instalment. Late fees of a student come after all principal, or before it.
    """
    is_first = late_fees is LateFeeOrder.LATE_FEE_FIRST
    ordered = sorted(
        dues,
        key=lambda due: (
            due.is_late_fee != is_first,
            due.due_on,
            due.priority,
            due.instalment_no,
            due.uid,
        ),
    )
    return {due.uid: due.balance for due in ordered}


def allocate(amount: Money, balances: Mapping[str, Money]) -> Allocation:
    """Return what an amount pays of dues, in their order.

    A part that would leave a balance below one rupee is less, so that one rupee stays; what it
    does not take passes to the next due.

    Args:
        amount: the money received.
        balances: what is open of each due, by uid; the first is paid first.
    """
    parts: dict[str, Money] = {}
    rest = amount
    for uid, balance in balances.items():
        most = balance if rest >= balance else max(ZERO, balance - LEAST_DUE)
        part = min(rest, most)
        if part:
            parts[uid] = part
            rest -= part
    return Allocation(parts, rest)


def leaves_enough(balance: Money, part: Money) -> bool:
    """Return whether a due takes a part: all that is open, or so that a rupee of it stays."""
    return part == balance or balance - part >= LEAST_DUE


def check_part(balance: Money, part: Money) -> None:
    """Check a typed part of a due's balance.

    Raises:
        InvalidInputError: it is nothing, more than the balance, or would leave less than a rupee.
    """
    if part <= ZERO:
        raise InvalidInputError("amount", "Enter an amount above ₹0.")
    if part > balance:
        raise InvalidInputError(
            "amount", "The fee due is {balance}. Enter that amount or less.", balance=balance
        )
    if leaves_enough(balance, part):
        return
    if balance <= LEAST_DUE:
        raise InvalidInputError(
            "amount", "This amount would leave less than ₹1 due. Enter {balance}.", balance=balance
        )
    raise InvalidInputError(
        "amount",
        "This amount would leave less than ₹1 due. Enter {balance}, or at most {most}.",
        balance=balance,
        most=balance - LEAST_DUE,
    )
