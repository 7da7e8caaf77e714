"""An area that scrolls a page only where it is lower than the least height of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QScrollArea

from desktop_app.ui.widgets.boxes import scrolling, viewport

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget


class PageArea(QScrollArea):
    """Scrolls a page.

    A scroll area by itself gives a page with lines that wrap the height it would like, so that
    what should stay in sight is scrolled away long before that is needed.
    """

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        scrolling(inside, is_clear=True, area=self)
        self.setWidgetResizable(False)
        inside.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the page."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what the page needs."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        room, layout = viewport(self).size(), self._inside.layout()
        if layout is not None:
            least = layout.totalMinimumHeightForWidth(room.width())
            self._inside.resize(room.width(), max(room.height(), least))
