"""Holds the pages of the window: counter and inbox from the start, others when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from desktop_app.ui.core.i18n import T

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QStackedWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.core.page import Context, Page
    from desktop_app.ui.inbox.page import InboxPage

SCREENS = (
    ("counterNav", "counter", T("Counter")),
    ("studentsNav", "students", T("Students")),
    ("coursesNav", "courses", T("Courses")),
    ("paymentsNav", "payments", T("Payments")),
    ("inboxNav", "inbox", T("Inbox")),
    ("settingsNav", "settings", T("Settings")),
)
COUNTER, STUDENTS, COURSES, PAYMENTS, INBOX, SETTINGS = range(len(SCREENS))
_CLASSES = {
    STUDENTS: ("desktop_app.ui.students.page", "StudentsPage"),
    COURSES: ("desktop_app.ui.courses.page", "CoursesPage"),
    PAYMENTS: ("desktop_app.ui.payments.page", "PaymentsPage"),
    INBOX: ("desktop_app.ui.inbox.page", "InboxPage"),
    SETTINGS: ("desktop_app.ui.settings.page", "SettingsPage"),
}


class PageRoom:
    """The pages there are, by position.

    Args:
        stack: where they are shown.
        context: what every page is given.
        counter: the page that is there from the start.
        made: told of every page that is made later.
    """

    def __init__(
        self, stack: QStackedWidget, context: Context, counter: Page, made: Callable[[Page], None]
    ) -> None:
        self._stack = stack
        self._context = context
        self._made = made
        self._desk: Desk | None = None
        self._pages: dict[int, Page] = {COUNTER: counter}
        stack.addWidget(counter)
        self.inbox = cast("InboxPage", self._make(INBOX))
        self._pages[INBOX] = self.inbox

    def attach(self, desk: Desk) -> None:
        """Give the open desk to every page, also to those made later."""
        self._desk = desk
        for page in self._pages.values():
            page.attach(desk)

    def current(self) -> Page:
        """Tell the page in front."""
        return cast("Page", self._stack.currentWidget())

    def at(self) -> int:
        """Tell the position of the page in front."""
        current = self.current()
        return next(at for at, page in self._pages.items() if page is current)

    def go(self, at: int) -> Page:
        """Bring a page to the front, making it the first time."""
        if at not in self._pages:
            self._pages[at] = self._make(at)
        page = self._pages[at]
        self._stack.setCurrentWidget(page)
        page.arrive()
        return page

    def attempts_changed(self, changed: tuple[AttemptView, ...]) -> None:
        """Tell every page that attempts changed."""
        for page in self._pages.values():
            page.attempts_changed(changed)

    def _make(self, at: int) -> Page:
        module, name = _CLASSES[at]
        page = cast("Page", getattr(import_module(module), name)(self._context))
        self._stack.addWidget(page)
        self._made(page)
        if self._desk is not None:
            page.attach(self._desk)
        return page
