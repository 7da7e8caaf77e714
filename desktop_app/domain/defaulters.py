"""Defaulters: families with a fee that is overdue for too long and that no promise covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.promises import covered_dues

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from desktop_app.domain.money import Money

DEFAULTER_DAYS = 7
"""Overdue days, after those of grace, that a family may have."""


@dataclass(frozen=True, slots=True)
class OpenPrincipal:
    """An open fee and its balance; late fees are not counted.

    Attributes:
        grace_days: of the late-fee rule of its enrolment.
    """

    uid: str
    due_on: date
    balance: Money
    grace_days: int = 0


def is_defaulter(
    principals: Iterable[OpenPrincipal],
    promised: Money,
    as_of: date,
    days: int = DEFAULTER_DAYS,
) -> bool:
    """Return whether a family is a defaulter.

    Args:
        principals: the open fees of the family.
        promised: the sum of its open promises; they cover what fell due first.
        as_of: the day in India.
        days: overdue days that are allowed, after those of grace.
    """
    ordered = sorted(principals, key=lambda each: (each.due_on, each.uid))
    covered = covered_dues(promised, {each.uid: each.balance for each in ordered})
    return any(
        (as_of - each.due_on).days - each.grace_days > days
        for each in ordered
        if each.uid not in covered
    )
