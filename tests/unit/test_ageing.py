"""Buckets of dues by the days since their date (R1.14)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.ageing import (
    DAYS,
    Bucket,
    Standing,
    bucket_of,
    month_of,
    span_of,
    standing_of,
)
from desktop_app.domain.money import ZERO, Money

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("due_on", "bucket"),
    [
        (date(2026, 11, 30), Bucket.NOT_DUE),
        (date(2026, 11, 29), Bucket.TODAY),
        (date(2026, 11, 28), Bucket.WEEK),
        (date(2026, 11, 22), Bucket.WEEK),
        (date(2026, 11, 21), Bucket.FORTNIGHT),
        (date(2026, 11, 14), Bucket.FORTNIGHT),
        (date(2026, 11, 13), Bucket.MONTH),
        (date(2026, 10, 30), Bucket.MONTH),
        (date(2026, 10, 29), Bucket.TWO_MONTHS),
        (date(2026, 8, 31), Bucket.THREE_MONTHS),
        (date(2026, 8, 30), Bucket.OLDER),
    ],
)
def test_a_due_is_in_the_bucket_of_its_days(due_on: date, bucket: Bucket) -> None:
    assert bucket_of(due_on, TODAY) is bucket  # V1.20
    first, last = span_of(bucket, TODAY)
    assert first <= due_on <= last


def test_every_day_is_in_exactly_one_bucket() -> None:
    for days in range(-400, 400):
        found = [
            bucket for bucket, (fewest, most) in DAYS.items()
            if (fewest is None or days >= fewest) and (most is None or days <= most)
        ]  # fmt: skip
        assert found == [bucket_of(TODAY - timedelta(days=days), TODAY)]


def test_the_spans_of_the_buckets_are_neighbours() -> None:
    spans = [span_of(bucket, TODAY) for bucket in Bucket]
    assert spans[0][1] == span_of(None, TODAY)[1] == date.max
    assert spans[-1][0] == span_of(None, TODAY)[0] == date.min
    for (first, _), (_, last) in pairwise(spans):
        assert last == first - timedelta(days=1)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(-100, 100))
def test_a_balance_is_overdue_covered_or_not_due(balance: int, covered: int, days: int) -> None:
    due_on = TODAY - timedelta(days=days)
    found = standing_of(Money(balance), Money(covered), due_on, TODAY)  # R1.17
    assert found.balance == Money(balance)
    assert found.covered == Money(min(balance, covered))
    assert (found.overdue if days < 0 else found.not_due) == ZERO
    assert (found + found).balance == Money(2 * balance)
    assert found + Standing() == found


@pytest.mark.parametrize(
    ("day", "last"),
    [(date(2026, 11, 30), 30), (date(2026, 12, 31), 31), (date(2028, 2, 1), 29),
     (date(2027, 2, 28), 28), (date(2027, 1, 1), 31)],
)  # fmt: skip
def test_a_month_has_its_first_and_last_day(day: date, last: int) -> None:
    assert month_of(day) == (day.replace(day=1), day.replace(day=last))
