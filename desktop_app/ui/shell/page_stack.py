"""Holds the window's pages by name; each is made when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from desktop_app.ui.shell.pages import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QStackedWidget

    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.page import Page, PageContext


class PageStack:
    """The pages made so far.

    Args:
        stack: where they are shown.
        context: what every page is given.
        made: called with every page once it is made.
    """

    def __init__(
        self, stack: QStackedWidget, context: PageContext, made: Callable[[str, Page], None]
    ) -> None:
        self._stack = stack
        self._context = context
        self._made = made
        self._settings: SettingsView | None = None
        self._pages: dict[str, Page] = {}
        self._specs = {spec.name: spec for spec in PAGES}

    def add(self, name: str, page: Page) -> None:
        """Add a page that was made elsewhere."""
        self._pages[name] = page
        self._stack.addWidget(page)
        self._made(name, page)
        if self._settings is not None:
            page.apply_settings(self._settings)

    def apply_settings(self, settings: SettingsView) -> None:
        """Hand the settings to every page, also to those made later."""
        self._settings = settings
        for page in self._pages.values():
            page.apply_settings(settings)

    def page(self, name: str) -> Page:
        """Return the page of a name, made when needed. Raises KeyError for an unknown name."""
        if name not in self._pages:
            make = self._specs[name].make
            if make is None:
                raise KeyError(name)
            self.add(name, make(self._context))
        return self._pages[name]

    def current(self) -> Page:
        """Return the page in front."""
        return cast("Page", self._stack.currentWidget())

    def current_name(self) -> str:
        """Return the name of the page in front."""
        current = self.current()
        return next(name for name, page in self._pages.items() if page is current)

    def show(self, name: str) -> Page:
        """Bring a page to the front."""
        page = self.page(name)
        self._stack.setCurrentWidget(page)
        page.arrive()
        return page
