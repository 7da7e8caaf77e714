"""Working days of Indian banks, and the hour at which Razorpay's settlements go out.

Sundays and the second and fourth Saturdays are off; other holidays are not modelled. Days are
Indian days, instants are Unix seconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30))
SETTLES_AT = time(10, 0)
SATURDAY, SUNDAY = 5, 6
SATURDAYS_OFF = (2, 4)


def is_working(day: date) -> bool:
    """Return whether banks work on a day."""
    if day.weekday() == SATURDAY:
        return (day.day + 6) // 7 not in SATURDAYS_OFF
    return day.weekday() != SUNDAY


def day_of(instant: int) -> date:
    """Return the day in India at an instant."""
    return datetime.fromtimestamp(instant, UTC).astimezone(INDIA).date()


def start_of(day: date) -> int:
    """Return the instant at which a day begins in India."""
    return int(datetime.combine(day, time(), INDIA).timestamp())


def _later(day: date, working_days: int) -> date:
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working(day)
    return day


def _moment(day: date) -> int:
    return int(datetime.combine(day, SETTLES_AT, INDIA).timestamp())


def settles_at(captured_at: int, working_days: int = 2) -> int:
    """Return the instant of a payment's settlement: working days after its capture."""
    return _moment(_later(day_of(captured_at), working_days))


def next_moment(after: int) -> int:
    """Return the next instant at which settlements go out."""
    today = day_of(after)
    if is_working(today) and _moment(today) > after:
        return _moment(today)
    return _moment(_later(today, 1))
