"""Which days Indian banks work, and when Razorpay's settlements go out.

Sundays and the second and fourth Saturdays are off; the sandbox knows no other holidays. Days are
Indian days, instants are Unix seconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30))
SETTLES_AT = time(10, 0)
CYCLE_DAYS = 2
SATURDAY, SUNDAY = 5, 6
SATURDAYS_OFF = (2, 4)


def is_working(day: date) -> bool:
    """Tell whether banks work on that day."""
    if day.weekday() == SATURDAY:
        return (day.day + 6) // 7 not in SATURDAYS_OFF
    return day.weekday() != SUNDAY


def day_of(instant: int) -> date:
    """Give the day it is in India at that instant."""
    return datetime.fromtimestamp(instant, UTC).astimezone(INDIA).date()


def start_of(day: date) -> int:
    """Give the instant at which a day begins in India."""
    return int(datetime.combine(day, time(), INDIA).timestamp())


def _later(day: date, working_days: int) -> date:
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working(day)
    return day


def _moment(day: date) -> int:
    return int(datetime.combine(day, SETTLES_AT, INDIA).timestamp())


def settles_at(captured_at: int) -> int:
    """Give the instant at which a payment's money goes out: T + 2 working days."""
    return _moment(_later(day_of(captured_at), CYCLE_DAYS))


def next_moment(after: int) -> int:
    """Give the first instant after this one at which settlements go out."""
    today = day_of(after)
    if is_working(today) and _moment(today) > after:
        return _moment(today)
    return _moment(_later(today, 1))
