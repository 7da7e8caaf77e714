"""Course changes: what stays of the old course's fee, and what the new one costs.

The day of the change belongs to the new course: the old one is used up to the day before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.plans import equal_parts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


class ChangeMode(StrEnum):
    """How the fees of two courses are set against each other."""

    PRORATE = "prorate"
    """By days: the used days of the old course and the remaining days of the new one."""
    DIFFERENCE = "difference"
    """The difference between the two fees, whatever was used."""


@dataclass(frozen=True, slots=True)
class CourseTerm:
    """The price of a course for a student, net of concessions, and its first and last day."""

    fee: Money
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days it has, the first and the last included."""
        return (self.ends_on - self.starts_on).days + 1

    def used(self, on: date) -> int:
        """Return how many days were used before a day."""
        return min(max((on - self.starts_on).days, 0), self.days)


@dataclass(frozen=True, slots=True)
class Position:
    """The amount that a student owes after a change of course.

    Attributes:
        keep: what of the old course's fee stays.
        charge: what the new course costs.
        paid: what was paid for the old one.
    """

    keep: Money
    charge: Money
    paid: Money

    @property
    def owed(self) -> Money:
        """The amount still to be paid; zero where more was paid."""
        return max(self.keep + self.charge - self.paid, ZERO)

    @property
    def credit(self) -> Money:
        """The amount paid too much; it becomes credit."""
        return max(self.paid - self.keep - self.charge, ZERO)


def check_term(term: CourseTerm) -> CourseTerm:
    """Return a term that can be divided. Raises InvalidInputError where it ends too early."""
    if term.ends_on < term.starts_on:
        raise InvalidInputError("ends_on", "The last day of the course can't be before the first.")
    return term


def prorated(old: CourseTerm, new: CourseTerm, paid: Money, on: date) -> Position:
    """Return the position after a change by days.

    Both shares are rounded down to the paisa, in the student's favour.

    Args:
        old: the course that ends.
        new: the course that begins.
        paid: what was paid for the old one.
        on: the first day in the new one.
    """
    used, remaining = old.used(on), new.days - new.used(on)
    return Position(
        keep=Money(old.fee.paise * used // old.days),
        charge=Money(new.fee.paise * remaining // new.days),
        paid=paid,
    )


def by_difference(old_fee: Money, new_fee: Money, paid: Money) -> Position:
    """Return the position after a change that ignores what was used: the new fee is owed."""
    return Position(keep=old_fee, charge=new_fee - old_fee, paid=paid)


def owed_parts(owed: Money, parts: int, unit: Money) -> tuple[Money, ...]:
    """Return what is owed after a change over the parts that remain."""
    return equal_parts(owed, parts, unit)


def added_to_parts(
    open_parts: Sequence[Money], difference: Money, unit: Money
) -> tuple[tuple[Money, ...], Money]:
    """Return open parts with the difference of two fees, and what of it becomes credit.

    A higher fee is added to the parts equally. A lower one is taken off from the last part
    backwards, so that what is due next stays as it was agreed.

    Args:
        open_parts: the balances of the parts that remain, in order of their dates.
        difference: the new fee less the old one.
        unit: every addition but the last is a multiple of it.
    """
    if difference >= ZERO and open_parts:
        added = equal_parts(difference, len(open_parts), unit)
        return tuple(map(Money.__add__, open_parts, added)), ZERO
    left = -difference
    kept: list[Money] = []
    for part in reversed(open_parts):
        taken = min(left, part)
        kept.insert(0, part - taken)
        left -= taken
    return tuple(kept), max(left, ZERO)


def without_least(parts: Sequence[Money], least: Money) -> tuple[Money, ...]:
    """Return parts of which none is less than can be paid, and above nothing.

    A smaller one is paid with the part before it, the first with the next; alone it is not asked.
    """
    kept = list(parts)
    for at in reversed(range(len(kept))):
        if ZERO < kept[at] < least:
            before, after = reversed(range(at)), range(at + 1, len(kept))
            for other in [each for each in (*before, *after) if kept[each]][:1]:
                kept[other] += kept[at]
            kept[at] = ZERO
    return tuple(kept)
