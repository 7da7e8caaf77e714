"""Buckets of dues by the days since their date (R1.14)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desktop_app.domain.ageing import DAYS, Bucket, bucket_of

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
    assert bucket_of(due_on, TODAY) is bucket


def test_every_day_is_in_exactly_one_bucket() -> None:
    for days in range(-400, 400):
        found = [
            bucket for bucket, (fewest, most) in DAYS.items()
            if (fewest is None or days >= fewest) and (most is None or days <= most)
        ]  # fmt: skip
        assert found == [bucket_of(TODAY - timedelta(days=days), TODAY)]
