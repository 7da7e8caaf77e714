"""The cash inside a student's credit: cash that became credit is still cash when it pays a fee.

Money on credit has no marks on it. Of what is used or moved, cash goes first: the careful reading
of the limit on cash (see `cash_limits`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable


class CreditCause(Enum):
    """Why credit of a student became more or less."""

    CASH = "cash"
    """A payment in cash brought it, or was returned."""
    OTHER = "other"
    """Another payment did, or an opening balance."""
    USED = "used"
    MOVED = "moved"
    """To a brother or sister: two steps of one movement, the giver's first."""
    BACK = "back"
    """A fee that it had paid is open again."""


class CreditStep(NamedTuple):
    """A row of credit: positive where it came, negative where it went."""

    uid: str
    student_uid: str
    movement_uid: str
    amount: Money
    cause: CreditCause


@dataclass
class CashInCredit:
    """The cash that credit had in it.

    Attributes:
        left: how much cash is in the credit of each student now.
        used: how much cash was in each use of credit, by the uid of its row.
    """

    left: dict[str, Money] = field(default_factory=dict)
    used: dict[str, Money] = field(default_factory=dict)


def cash_in_credit(steps: Iterable[CreditStep]) -> CashInCredit:
    """Follow the cash through rows of credit, the oldest first.

    Args:
        steps: all rows of the students, and of those who moved credit to them.
    """
    found = CashInCredit()
    balances: dict[str, Money] = {}
    gone: dict[str, Money] = {}
    moved: dict[str, Money] = {}
    for step in steps:
        student, cash = step.student_uid, found.left.get(step.student_uid, ZERO)
        balance = balances.get(student, ZERO)
        balances[student] = balance + step.amount
        if step.amount < ZERO:
            cash_first = step.cause is not CreditCause.OTHER
            part = _drawn(-step.amount, cash, balance, cash_first=cash_first)
            found.left[student] = cash - part
            if step.cause is CreditCause.MOVED:
                moved[step.movement_uid] = part
            elif step.cause is CreditCause.USED:
                found.used[step.uid] = part
                gone[student] = gone.get(student, ZERO) + part
            continue
        brought = _brought(step, moved, gone.get(student, ZERO))
        found.left[student] = cash + brought
        if step.cause is CreditCause.BACK:
            gone[student] = gone.get(student, ZERO) - brought
    return found


def _drawn(amount: Money, cash: Money, balance: Money, *, cash_first: bool) -> Money:
    """Return how much of an amount that leaves a balance is cash."""
    return min(amount, cash) if cash_first else min(cash, max(ZERO, amount - (balance - cash)))


def _brought(step: CreditStep, moved: dict[str, Money], gone: Money) -> Money:
    """Return how much of an amount that comes is cash."""
    if step.cause is CreditCause.CASH:
        return step.amount
    if step.cause is CreditCause.MOVED:
        return moved.pop(step.movement_uid, ZERO)
    return min(step.amount, gone) if step.cause is CreditCause.BACK else ZERO
