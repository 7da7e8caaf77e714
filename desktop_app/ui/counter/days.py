"""Days as the counter shows them in a line: 29 Nov, with the year where it is another one."""

from __future__ import annotations

from datetime import date, datetime, time

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QApplication

from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import current_language


def short_day(at: datetime | None) -> str:
    """Return a day in India in the current language; today for None."""
    now = datetime.now(IST)
    day = (at or now).astimezone(IST)
    app = QApplication.instance()
    language = current_language(app) if isinstance(app, QApplication) else "en"
    locale = QLocale(f"{language}_IN")
    pattern = "d MMM" if day.year == now.year else "d MMM yyyy"
    return locale.toString(QDate(day.year, day.month, day.day), pattern)


def short_date(on: date) -> str:
    """Return a calendar day in the current language."""
    return short_day(datetime.combine(on, time(), IST))
