"""Days as the counter shows them in a line: 29 Nov, with the year where it is another one."""

from __future__ import annotations

from datetime import date, datetime

from desktop_app.domain.receipt import IST
from desktop_app.ui.core.formatting import day_text, local_time

NEAR_DAYS = 300
"""A date so near is plain without its year."""


def short_date(on: date) -> str:
    """Return a date in the current language, with its year where that is not plain."""
    now = datetime.now(IST).date()
    return day_text(on, has_year=not -NEAR_DAYS <= (on - now).days <= NEAR_DAYS)


def dated(on: date) -> str:
    """Return a date in the current language, with its year where it is not this one."""
    return day_text(on, has_year=on.year != datetime.now(IST).year)


def short_day(at: datetime | None) -> str:
    """Return a day in India in the current language; today for None."""
    now = datetime.now(IST)
    day = (at or now).astimezone(IST).date()
    return day_text(day, has_year=day.year != now.year)


def time_or_day(at: datetime) -> str:
    """Return the time of an instant of today, and the day of another one."""
    now = datetime.now(IST).date()
    return local_time(at) if at.astimezone(IST).date() == now else short_day(at)
