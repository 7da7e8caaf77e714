"""An icon beside words, in a colour token of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from desktop_app.ui import icons
from desktop_app.ui.core import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent


class IconLabel(QLabel):
    """One of our icons in a colour token; the words beside it carry the meaning."""

    def __init__(self, icon: str = "", colour: str = "ink_2", size: int = icons.SIZE) -> None:
        super().__init__()
        self._icon, self._colour, self._size = icon, colour, size
        self._drawn = ""
        self._take_room()

    def show_icon(self, icon: str, colour: str) -> None:
        """Set the icon and its colour."""
        if (icon, colour) != (self._icon, self._colour):
            self._icon, self._colour = icon, colour
            self._draw()

    def rescale(self) -> None:
        """Follow the theme and the size of the text."""
        self._take_room()
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the icon once it is visible: a start shows few of them."""
        super().showEvent(event)
        self._draw()

    def _take_room(self) -> None:
        side = theme.px(self._size)
        if self.minimumWidth() != side:
            self.setFixedSize(side, side)

    def _draw(self) -> None:
        colour = getattr(theme.tokens(), self._colour)
        side = self.width()
        wanted = f"{self._icon} {colour} {side}"
        if wanted == self._drawn or not self.isVisible():
            return
        self._drawn = wanted
        if self._icon:
            self.setPixmap(icons.pixmap(self._icon, colour, side, self.devicePixelRatioF()))
        else:
            self.clear()
