"""Ageing of dues: how many days the due date of an open balance has passed, in buckets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.money import Money


class Bucket(StrEnum):
    """How long a due is overdue, in days."""

    NOT_DUE = "not_due"
    TODAY = "today"
    WEEK = "1-7"
    FORTNIGHT = "8-15"
    MONTH = "16-30"
    TWO_MONTHS = "31-60"
    THREE_MONTHS = "61-90"
    OLDER = "over_90"


DAYS: Mapping[Bucket, tuple[int | None, int | None]] = {
    Bucket.NOT_DUE: (None, -1),
    Bucket.TODAY: (0, 0),
    Bucket.WEEK: (1, 7),
    Bucket.FORTNIGHT: (8, 15),
    Bucket.MONTH: (16, 30),
    Bucket.TWO_MONTHS: (31, 60),
    Bucket.THREE_MONTHS: (61, 90),
    Bucket.OLDER: (91, None),
}
"""The fewest and the most days overdue; None without such an end."""


def bucket_of(due_on: date, as_of: date) -> Bucket:
    """Return the bucket of a due on a day; both are days in India."""
    days = (as_of - due_on).days
    return next(bucket for bucket, (_, most) in DAYS.items() if most is None or days <= most)


def span_of(bucket: Bucket | None, as_of: date) -> tuple[date, date]:
    """Return the first and the last due date of a bucket on a day; of all dues without one."""
    fewest, most = (None, None) if bucket is None else DAYS[bucket]
    first = date.min if most is None else as_of - timedelta(days=most)
    last = date.max if fewest is None else as_of - timedelta(days=fewest)
    return first, last


def month_of(day: date, ahead: int = 0) -> tuple[date, date]:
    """Return the first and the last day of a day's month, or of one that is so many ahead."""
    first = day.replace(day=1)
    for _ in range(ahead):
        first = _next_month(first)
    return first, _next_month(first) - timedelta(days=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A balance by what has to be done about it: the three parts sum to it.

    Attributes:
        overdue: due today or earlier, and covered by nothing.
        covered: in a live payment, or in a cheque that the bank has.
        not_due: of dues that fall due later.
    """

    overdue: Money = ZERO
    covered: Money = ZERO
    not_due: Money = ZERO

    @property
    def balance(self) -> Money:
        """The whole balance."""
        return self.overdue + self.covered + self.not_due

    def __add__(self, other: Standing) -> Standing:
        return Standing(
            self.overdue + other.overdue,
            self.covered + other.covered,
            self.not_due + other.not_due,
        )


def standing_of(balance: Money, covered: Money, due_on: date, as_of: date) -> Standing:
    """Return the parts of a due's balance on a day.

    Args:
        balance: what is open of the due.
        covered: what of it is in payments that are under way; at most the balance counts.
        due_on: the day on which it falls due.
        as_of: the day in India.
    """
    covered = min(balance, covered)
    rest = balance - covered
    return Standing(ZERO, covered, rest) if due_on > as_of else Standing(rest, covered, ZERO)
