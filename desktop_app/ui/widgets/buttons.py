"""Buttons that answer Enter as well as Space, with icons that follow the theme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.labels import restyle

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

_ICON_TOKEN = {"primary": "on_accent", "danger": "wrong", "quiet": "ink_2", "link": "ink_2",
               "status": "ink_2"}  # fmt: skip


class Button(QPushButton):
    """A push button.

    Args:
        text: its text; in one marked with `N_`, which follows the language, an ampersand marks
            the access key.
        kind: `primary`, `danger`, `quiet`, `link`, `chip`, `segment`, `status` or empty for a plain
            one.
        icon: the name of one of our icons, or empty.
        name: its object name.
        tip: its tooltip and accessible description (never user text: tooltips render markup).
    """

    def __init__(
        self, text: str = "", *, kind: str = "", icon: str = "", name: str = "", tip: str = ""
    ) -> None:
        super().__init__()
        self._icon_name = icon
        self._icon_px = icons.SIZE
        self._coloured = ""
        self._source: N_ | None = None
        self.setProperty("kind", kind)
        if name:
            self.setObjectName(name)
        if tip:
            for each in ("toolTip", "accessibleDescription"):
                bind_text(self, each, tip)
        self.show_text(text)
        if not text:
            bind_text(self, "accessibleName", tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self._size_icon()

    def show_text(self, text: str) -> None:
        """Change the text, for the screen reader too; ampersands are shown as they are.

        A text marked with `N_` follows the language, and its ampersand marks the access key.
        """
        self._source = text if isinstance(text, N_) and text else None
        shown = tr(text) if self._source else text.replace("&", "&&")
        self.setText(f" {shown}" if self._icon_name and shown else shown)
        bind_text(self, "accessibleName", without_key(shown) if self._source else text)

    def show_icon(self, icon: str) -> None:
        """Set the icon."""
        if icon != self._icon_name:
            self._icon_name = icon
            self._colour_icon()

    def set_kind(self, kind: str) -> None:
        """Set the kind and restyle it."""
        if kind != self.property("kind"):
            self.setProperty("kind", kind)
            restyle(self)
            self._colour_icon()

    def recolour(self) -> None:
        """Colour the icon again after its state has changed."""
        self._colour_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button on Enter, as on Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def rescale(self) -> None:
        """Follow the theme and the size of the text."""
        self._size_icon()
        self._colour_icon()

    def retranslate(self) -> None:
        """Show a marked text in the present language."""
        if self._source is not None:
            self.show_text(self._source)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the icon once it is visible."""
        super().showEvent(event)
        self._colour_icon()

    def size_icon(self, pixels: int) -> None:
        """Show the icon in another size, in pixels at 100 %."""
        self._icon_px = pixels
        self._size_icon()

    def _size_icon(self) -> None:
        side = theme.px(self._icon_px)
        if self.iconSize().width() != side:
            self.setIconSize(QSize(side, side))

    def _colour_icon(self) -> None:
        if not self._icon_name or not self.isVisible():
            return
        look = theme.tokens()
        tone = str(self.property("tone") or "")
        token = tone if hasattr(look, tone) else _ICON_TOKEN.get(self.property("kind"), "ink")
        side = self.iconSize().width()
        wanted = f"{self._icon_name} {token} {look.name} {side}"
        if wanted == self._coloured:
            return
        self._coloured = wanted
        colour, ratio = getattr(look, token), self.devicePixelRatioF()
        self.setIcon(
            icons.icon(self._icon_name, colour, disabled=look.ink_2, ratio=ratio, size=side)
        )


def without_key(text: str) -> str:
    """Return a text without its access key: `&Save` and `सहेजें (&S)` alike."""
    return re.sub(r"\s*\(&\w\)", "", text).replace("&", "")
