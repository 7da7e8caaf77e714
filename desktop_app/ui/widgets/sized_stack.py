"""Stacked pages of which only the visible one asks for room.

Qt's own stack is as high as its highest page, at every width.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.ui.widgets.boxes import vbox


class SizedStack(QWidget):
    """Shows one of its pages; hidden pages take no room."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: list[QWidget] = []
        self._current: QWidget | None = None
        self._column = vbox(inside=self, gap=0)

    def add(self, page: QWidget) -> None:
        """Add a page, hidden; one that was added before is left as it is."""
        if page not in self._pages:
            self._pages.append(page)
            self._column.addWidget(page)
            page.hide()

    def bring(self, shown: QWidget) -> None:
        """Show one page instead of the others."""
        self._current = shown
        for page in self._pages:
            if page is not shown:
                page.hide()
        shown.show()

    def current(self) -> QWidget | None:
        """Return the visible page."""
        return self._current
