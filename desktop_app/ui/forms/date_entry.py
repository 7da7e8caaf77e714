"""A line for a date, typed as in India or chosen from a calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, QPoint, Qt
from PySide6.QtWidgets import QApplication, QCalendarWidget, QFrame

from desktop_app.domain.errors import InvalidInputError
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.forms.opener_line import OpenerLine
from desktop_app.ui.widgets.boxes import vbox

if TYPE_CHECKING:
    from collections.abc import Callable


class DateEntry(OpenerLine):
    """A date that can be typed, with a calendar at its end: a click, F4 or Down opens it.

    Args:
        first: returns the day that the calendar shows while nothing good is typed.
    """

    def __init__(self, first: Callable[[], date], *, longest: int) -> None:
        super().__init__("calendar", N_("Choose from a calendar (F4)"), longest=longest)
        self._first = first
        self.calendar: QCalendarWidget | None = None
        self._popup: QFrame | None = None

    def open_choice(self) -> None:
        """Open the calendar under the line, at the day that is typed."""
        popup, calendar = self._made()
        day = self._day()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        popup.adjustSize()
        below = self.mapToGlobal(QPoint(0, self.height()))
        room = self.screen().availableGeometry()
        left = min(below.x(), room.right() - popup.width())
        top = below.y()
        if top + popup.height() > room.bottom():
            top -= self.height() + popup.height()
        popup.move(max(room.left(), left), max(room.top(), top))
        popup.show()
        calendar.setFocus()

    def _day(self) -> date:
        try:
            return parse_day(self.text(), "") or self._first()
        except InvalidInputError:
            return self._first()

    def _made(self) -> tuple[QFrame, QCalendarWidget]:
        if self._popup is None or self.calendar is None:
            self._popup = QFrame(self, Qt.WindowType.Popup)
            self._popup.setProperty("kind", "card")
            self.calendar = QCalendarWidget()
            self.calendar.setObjectName("dateCalendar")
            bind_text(self.calendar, "accessibleName", N_("Calendar"))
            weeks = QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader
            self.calendar.setVerticalHeaderFormat(weeks)
            self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
            self.calendar.activated.connect(self._choose)
            self.calendar.clicked.connect(self._choose)
            vbox(self.calendar, inside=self._popup, margins=theme.GRID)
        app = QApplication.instance()
        spoken = i18n.current_language(app) if isinstance(app, QApplication) else "en"
        self.calendar.setLocale(QLocale(f"{spoken}_IN"))
        return self._popup, self.calendar

    def _choose(self, day: QDate) -> None:
        self.setText(day_typed(date(day.year(), day.month(), day.day())))
        if self._popup is not None:
            self._popup.hide()
        self.setFocus()
