"""Days as the counter shows them in a line: 29 Nov, with the year where it is another one."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QApplication

from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import current_language

NEAR_DAYS = 300
"""A date so near is plain without its year."""


def short_date(on: date) -> str:
    """Return a date in the current language, with its year where that is not plain."""
    now = datetime.now(IST).date()
    return _spelled(on, has_year=not -NEAR_DAYS <= (on - now).days <= NEAR_DAYS)


def short_day(at: datetime | None) -> str:
    """Return a day in India in the current language; today for None."""
    now = datetime.now(IST)
    day = (at or now).astimezone(IST).date()
    return _spelled(day, has_year=day.year != now.year)


def _spelled(day: date, *, has_year: bool) -> str:
    app = QApplication.instance()
    language = current_language(app) if isinstance(app, QApplication) else "en"
    pattern = "d MMM yyyy" if has_year else "d MMM"
    return QLocale(f"{language}_IN").toString(QDate(day.year, day.month, day.day), pattern)
