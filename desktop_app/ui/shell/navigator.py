"""Brings pages to the front, and shows on them what somebody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.shell.pages import FIRST, PAGES

if TYPE_CHECKING:
    from desktop_app.ui.shell.parts import Parts

NOT_AT_START = "settings"
"""The page where nobody begins a day."""


class Navigator(QObject):
    """Goes from page to page."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._parts = parts
        parts.navigation.chosen.connect(self.go)
        parts.calls.show_page.connect(self.go)

    def go(self, name: str, argument: object = None) -> None:
        """Bring a page to the front; passing good news about the one before is cleared.

        Args:
            name: the page's name, as in its `PageSpec`.
            argument: handed to the page's `open`; None opens nothing.
        """
        parts = self._parts
        if name != parts.pages.current_name():
            parts.notices.clear_good_news()
        parts.navigation.mark(name)
        page = parts.pages.show(name)
        if argument is not None:
            page.open(argument)

    def return_to(self, name: str) -> None:
        """Open the page of the last run."""
        names = {spec.name for spec in PAGES} - {FIRST, NOT_AT_START}
        if name in names:
            self.go(name)

    def to_counter(self) -> None:
        """Bring the counter to the front, unless it is there."""
        if self._parts.page() is not self._parts.counter:
            self.go(FIRST)

    def show_attempt(self, uid: str) -> None:
        """Bring a payment back to the counter."""
        view = self._parts.attempts.view(uid)
        if view is not None:
            self.to_counter()
            self._parts.counter.show_attempt(view)
            self._parts.tray_presenter.forget(uid)
