"""The column at the left: one button a screen, the current one marked by bar, colour and weight.

In a narrow window it has icons only; the words are in the tooltips and for screen readers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton

from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.boxes import fill, vbox
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

    from desktop_app.ui.core.page_spec import PageSpec

WIDTH = 92
HEIGHT = 56
"""The least of a button, at every text size: eight of them fit a screen of 1280 x 720."""
NARROW_WIDTH = 56
LEAST_HEIGHT = 40
"""The least of a button without words; eight of them fit beside a banner and the tray at 450 px."""
NARROW = 1200
"""Below this width of the window, at text of 100 %, there are icons only."""
ICON = 22
COUNT_PX = 11
MOST_COUNTED = 99


class NavButton(QToolButton):
    """Leads to one screen."""

    def __init__(self, name: str, icon: str, words: N_, key: str) -> None:
        super().__init__()
        self._icon_name = icon
        self._count = 0
        self._is_narrow, self._most = False, 0
        self._look = ""
        self.setObjectName(name)
        self.setProperty("kind", "nav")
        bind_text(self, "text", words)
        bind_text(self, "accessibleName", words)
        bind_text(self, "toolTip", N_("{words} ({key})"), words=words, key=key)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self._size()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._colour_icon)
        self._colour_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it by Enter, as by Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Colour the icon again when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._size()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._colour_icon()

    @property
    def count(self) -> int:
        """How much waits on the screen it leads to."""
        return self._count

    def show_count(self, count: int) -> None:
        """Show how much waits there, as a figure beside the icon; nothing for zero."""
        if count == self._count:
            return
        self._count = count
        words = N_("{count} needs attention", "{count} need attention")
        bind_text(self, "accessibleDescription", words if count else N_(""), count=count)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the figure over the corner of the icon."""
        super().paintEvent(event)
        if not self._count:
            return
        look = theme.tokens()
        text = str(self._count) if self._count <= MOST_COUNTED else f"{MOST_COUNTED}+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.sized(self.font(), COUNT_PX, bold=True)
        font.setPixelSize(round(COUNT_PX * self.iconSize().width() / ICON))
        painter.setFont(font)
        part = self.iconSize().width() / ICON  # of a button that is too low, the icon is smaller
        tall = round((COUNT_PX + 6) * part)
        wide = max(tall, painter.fontMetrics().horizontalAdvance(text) + round(8 * part))
        top = min(theme.px(6), (self.height() - self.iconSize().height()) // 2)
        pill = QRect(self.width() // 2 + round(4 * part), top, wide, tall)
        painter.setPen(QColor(look.surface))
        painter.setBrush(QColor(look.attention))
        painter.drawRoundedRect(pill, tall / 2, tall / 2)
        painter.setPen(QColor(look.attention_soft))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def full_height(self) -> int:
        """Return its height with the icon, in pixels."""
        text = self.fontMetrics().height()
        return max(HEIGHT, self.iconSize().height() + text + 3 * theme.GRID)

    def show_words(self, *, words: bool, icon: bool, narrow: bool, most: int) -> None:
        """Choose what is shown of it.

        Args:
            words: whether its words are shown; without them the icon is.
            icon: whether the icon is shown over the words.
            narrow: whether it is as narrow as an icon.
            most: the height that there is for it, in pixels.
        """
        style = Qt.ToolButtonStyle
        with_words = style.ToolButtonTextUnderIcon if icon else style.ToolButtonTextOnly
        self.setToolButtonStyle(with_words if words else style.ToolButtonIconOnly)
        self._is_narrow, self._most = narrow, most
        self._size()

    def _size(self) -> None:
        side = theme.px(ICON)
        if self._is_narrow and self._most:
            side = max(ICON, min(side, self._most - 2 * theme.GRID))
        self.setIconSize(QSize(side, side))
        self.setFixedWidth(theme.px(NARROW_WIDTH if self._is_narrow else WIDTH))
        least = max(LEAST_HEIGHT, side + 12)
        self.setMinimumHeight(min(least, max(self._most, ICON)) if self._is_narrow else HEIGHT)
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
        chosen: the name of the page whose button was pressed.
    """

    chosen = Signal(str)

    def __init__(self, pages: Sequence[PageSpec]) -> None:
        super().__init__()
        self.setObjectName("mainNavigation")
        self.setProperty("kind", "nav")
        self._room = NARROW
        self._group = QButtonGroup(self)
        self._buttons: dict[str, NavButton] = {}
        column = vbox(inside=self, gap=theme.GRID, margins=(0, theme.GROUP, 0, theme.GAP))
        self._brand = label(N_("Pravesh"), "brand")
        self._brand.setAlignment(Qt.AlignmentFlag.AlignCenter)
        fill(column, self._brand, theme.GROUP)
        for number, spec in enumerate(pages, 1):
            if spec is pages[-1]:
                column.addStretch(1)
            icon, key = spec.icon or spec.name, page_key(number)
            button = NavButton(f"{spec.name}Nav", icon, spec.title, key)
            button.clicked.connect(partial(self._choose, spec.name))
            self._group.addButton(button)
            self._buttons[spec.name] = button
            column.addWidget(button)
        self.mark(pages[0].name)
        self._fit()

    def fit(self, width: int) -> None:
        """Follow the width of the window, in pixels."""
        if width != self._room:
            self._room = width
            self._fit()

    def rescale(self) -> None:
        """Follow the text size."""
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the brand, then the icons, where the window is too low for the text."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        buttons = self._buttons.values()
        room = self.height() - 2 * theme.GROUP
        needed = sum(each.full_height() + theme.GRID for each in buttons)
        least = len(buttons) * (HEIGHT + theme.GRID)
        is_narrow = self._room < theme.px(NARROW) or least > room
        brand = self._brand.sizeHint().height() + 2 * theme.GROUP
        self._brand.setVisible(not is_narrow and needed + brand <= room)
        most = (room - theme.GAP) // len(buttons) - theme.GRID
        for each in buttons:
            each.show_words(words=not is_narrow, icon=needed <= room, narrow=is_narrow, most=most)
        self.setFixedWidth(theme.px(NARROW_WIDTH if is_narrow else WIDTH) + 1)

    def show_count(self, name: str, count: int) -> None:
        """Show on a page's button how many things wait there."""
        self._buttons[name].show_count(count)

    def _choose(self, name: str, _checked: object = None) -> None:
        self.chosen.emit(name)

    def mark(self, name: str) -> None:
        """Mark the screen that is shown."""
        self._buttons[name].setChecked(True)


def page_key(number: int) -> str:
    """Return the shortcut of a page by its place in the navigation, from 1."""
    return f"Ctrl+{number}"
