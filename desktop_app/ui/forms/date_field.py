"""A day chosen from a calendar, or typed."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit

from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import N_, bind_text


class DateField(QDateEdit):
    """A day; today at first.

    Signals:
        chosen: another day was chosen, and typing is over.

    Args:
        name: its object name.
        title: what it is, as tooltip and for screen readers.
    """

    chosen = Signal()

    def __init__(self, name: str, title: N_) -> None:
        super().__init__()
        self.setCalendarPopup(True)
        self.setObjectName(name)
        self.setDisplayFormat("dd-MM-yyyy")
        for each in ("toolTip", "accessibleName"):
            bind_text(self, each, title)
        self.choose(datetime.now(IST).date())
        self._said = self.day()
        self.setKeyboardTracking(False)
        self.dateChanged.connect(self._tell)

    def day(self) -> date:
        """Return the day."""
        shown = self.date()
        return date(shown.year(), shown.month(), shown.day())

    def choose(self, day: date) -> None:
        """Set the day."""
        self.setDate(QDate(day.year, day.month, day.day))

    def _tell(self) -> None:
        if self.day() != self._said:
            self._said = self.day()
            self.chosen.emit()
