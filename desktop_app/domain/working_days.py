"""Working days of a bank: all but Saturdays and Sundays."""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5


def working_days_since(day: date, today: date) -> int:
    """Return how many working days have begun after a day, today included."""
    weeks, rest = divmod(max(0, (today - day).days), 7)
    begun = (day + timedelta(days=each) for each in range(1, rest + 1))
    return weeks * _SATURDAY + sum(each.weekday() < _SATURDAY for each in begun)
