"""Replanning: other dates and parts for what is open, which never changes how much that is.

Money that was paid stays where it is. A due in a live payment, or with an invoice, stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, total
from desktop_app.domain.plans import MOST_PARTS, equal_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


class HeadKey(NamedTuple):
    """The head and rate of a due; dues of one key may be divided together."""

    head_code: str
    rate_bp: int
    treatment: str
    registered: bool


@dataclass(frozen=True, slots=True)
class OpenPart:
    """An open due that replanning may replace.

    Attributes:
        amount: its balance.
    """

    uid: str
    key: HeadKey
    instalment_no: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class NewPart:
    """A due that takes the place of replaced ones.

    Attributes:
        number: its instalment, counted from 1 among the new ones.
    """

    key: HeadKey
    number: int
    due_on: date
    amount: Money


def replan(open_parts: Sequence[OpenPart], dates: Sequence[date], unit: Money) -> list[NewPart]:
    """Return the parts that replace open ones: each head by itself, in equal parts.

    Args:
        open_parts: what is replaced, of one enrolment.
        dates: of the new parts, ascending.
        unit: every part but the last is a multiple of it.

    Raises:
        InvalidInputError: there is nothing to replace, or a part would be less than a rupee.
    """
    if not open_parts:
        raise InvalidInputError("parts", "There's no instalment left to change.")
    if not 1 <= len(dates) <= MOST_PARTS:
        raise InvalidInputError("parts", "Enter 1 to {most} instalments.", most=MOST_PARTS)
    if sorted(set(dates)) != list(dates):
        raise InvalidInputError("dates", "Enter the dates in order, earliest first.")
    by_key: dict[HeadKey, list[Money]] = {}
    for each in open_parts:
        by_key.setdefault(each.key, []).append(each.amount)
    made = [
        NewPart(key, number, day, amount)
        for key, amounts in by_key.items()
        for number, (day, amount) in enumerate(
            zip(dates, equal_parts(total(amounts), len(dates), unit), strict=True), start=1
        )
    ]
    refuse_small(made)
    return sorted(made, key=lambda part: part.number)


def refuse_small(parts: Iterable[NewPart]) -> None:
    """Raise InvalidInputError where a part is less than a due may be."""
    if any(part.amount < LEAST_DUE for part in parts):
        raise InvalidInputError(
            "parts", "An instalment would be less than ₹1. Use fewer instalments."
        )
