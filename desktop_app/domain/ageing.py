"""Ageing of dues: how many days the due date of an open balance has passed, in buckets."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


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
