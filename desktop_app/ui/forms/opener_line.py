"""A line of text with something to choose from at its end: a click, F4 or Down opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

_OPENS = (Qt.Key.Key_F4, Qt.Key.Key_Down)


class OpenerLine(QLineEdit):
    """A line that can be typed, and filled from something that opens beside it.

    Args:
        icon: at its end.
        tip: what the icon opens.
    """

    def __init__(self, icon: str, tip: N_, *, longest: int) -> None:
        super().__init__()
        self.setMaxLength(longest)
        self._icon = icon
        self.opener = self.addAction(
            icons.icon(icon, theme.tokens().ink_2), QLineEdit.ActionPosition.TrailingPosition
        )
        bind_text(self.opener, "toolTip", tip)
        self.opener.triggered.connect(self.open_choice)

    def open_choice(self) -> None:
        """Open what the line is filled from."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open it by F4 or Down."""
        if event.key() in _OPENS and not event.isAutoRepeat():
            self.open_choice()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the icon in the theme's colour."""
        super().showEvent(event)
        self.rescale()

    def rescale(self) -> None:
        """Follow the theme."""
        ratio = self.devicePixelRatioF()
        self.opener.setIcon(icons.icon(self._icon, theme.tokens().ink_2, ratio=ratio))
