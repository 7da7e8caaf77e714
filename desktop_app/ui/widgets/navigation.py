"""The column at the left: one button a screen, the current one marked by bar, colour and weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout

from desktop_app.ui import icons, theme
from desktop_app.ui.language import T, say
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

WIDTH = 92
ICON = 22


class NavButton(QToolButton):
    """Leads to one screen."""

    def __init__(self, name: str, icon: str, words: T) -> None:
        super().__init__()
        self._icon_name = icon
        self.setObjectName(name)
        self.setProperty("kind", "nav")
        say(self, "text", words)
        say(self, "accessibleName", words)
        say(self, "toolTip", T("Go to {screen}"), screen=words)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self._size()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._look = ""
        self.toggled.connect(self._toggled)
        self._colour_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Colour the icon anew when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._size()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._colour_icon()

    def _size(self) -> None:
        side = theme.px(ICON)
        self.setIconSize(QSize(side, side))
        self.setFixedWidth(theme.px(WIDTH))

    def _toggled(self, _checked: object) -> None:
        self._colour_icon()

    def _colour_icon(self) -> None:
        look = theme.tokens()
        colour = look.accent if self.isChecked() else look.ink_2
        side = self.iconSize().width()
        if f"{colour} {side}" != self._look:
            self._look = f"{colour} {side}"
            ratio = self.devicePixelRatioF()
            self.setIcon(icons.icon(self._icon_name, colour, ratio=ratio, size=side))


class Navigation(QFrame):
    """The screens to go to.

    Signals:
        chosen: the position of the screen that was pressed.
    """

    chosen = Signal(int)

    def __init__(self, screens: Sequence[tuple[str, str, T]]) -> None:
        super().__init__()
        self.setProperty("kind", "nav")
        self.setFixedWidth(theme.px(WIDTH) + 1)
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GROUP, 0, theme.GAP)
        column.setSpacing(theme.GRID)
        brand = label(T("Pravesh"), "brand")
        brand.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(brand)
        column.addSpacing(theme.GROUP)
        for at, (name, icon, words) in enumerate(screens):
            if at == len(screens) - 1:
                column.addStretch(1)
            button = NavButton(name, icon, words)
            self._group.addButton(button, at)
            column.addWidget(button)
        self._group.idClicked.connect(self.chosen)
        self.mark(0)

    def changeEvent(self, event: QEvent) -> None:
        """Make room for text of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedWidth(theme.px(WIDTH) + 1)

    def mark(self, at: int) -> None:
        """Mark the screen that is shown."""
        self._group.button(at).setChecked(True)
