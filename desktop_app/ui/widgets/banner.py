"""Banners across the top: striped where money is not real, plain for a lost connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDynamicPropertyChangeEvent, QEvent, QPoint
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QFrame, QSizePolicy

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

Words = tuple[N_, N_]
"""The words of a banner, and more in smaller letters."""

MODE = "moneyMode"
"""The property of the main window that holds the value of its `MoneyMode`: dialogs read it."""
_DIALOG: Mapping[str, Words] = {
    "training": (N_("PRACTICE MODE"), N_("No real money")),
    "test": (N_("TEST MONEY"), N_("UPI payments aren't real")),
}

STRIPE = 14
ENDS = 64


class Banner(QFrame):
    """An icon and words across the window, with room for a button.

    Args:
        name: its object name.
        icon: the icon beside the words.
        height: in pixels.
    """

    def __init__(self, name: str, icon: str, height: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "banner")
        self._height = height
        self.rescale()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.words = label("", "strong", tone="attention")
        self.more = ElidedLabel("", "small")
        self.row = hbox(inside=self, gap=theme.GAP, margins=(theme.GROUP, 0))
        fill(self.row, IconLabel(icon, "attention", 18), self.words, (self.more, 1))

    def show_words(self, words: str, more: str = "") -> None:
        """Show what is the matter, and more in smaller letters."""
        self.words.setText(words)
        self.more.show_text(more)
        self.setAccessibleName(f"{words} {more}".strip())

    def rescale(self) -> None:
        """Set the size for the text size."""
        self.setFixedHeight(theme.px(self._height))

    def add(self, widget: QWidget) -> None:
        """Add a button at the right end."""
        self.row.addWidget(widget)


class StripedBanner(Banner):
    """A banner over money that is not real: slanted stripes at its ends show it without reading.

    Args:
        name: its object name.
        words: by the values of `MoneyMode`; hidden in a mode without.
        mode: the first one.
    """

    def __init__(self, name: str, words: Mapping[str, Words], mode: str = "training") -> None:
        super().__init__(name, "training", theme.BANNER)
        self.row.setContentsMargins(ENDS + theme.GAP, 0, ENDS + theme.GAP, 0)
        self._by_mode = words
        self._mode = mode
        if mode not in words:
            self.hide()  # to show it would open a window: nothing holds it yet
        self.retranslate()

    def show_mode(self, mode: str) -> None:
        """Show the words of a mode, or hide."""
        self._mode = mode
        self.setVisible(mode in self._by_mode)
        self.retranslate()

    def retranslate(self) -> None:
        """Show the words in the present language."""
        if self._mode in self._by_mode:
            self.show_words(*(tr(each) for each in self._by_mode[self._mode]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stripes at both ends."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(theme.tokens().attention))
        height = self.height() - 1
        for start in (0, self.width() - ENDS):
            painter.setClipRect(start, 0, ENDS, height)
            for left in range(start - height, start + ENDS, 2 * STRIPE):
                painter.drawPolygon(
                    QPolygon(
                        [
                            QPoint(left, height),
                            QPoint(left + STRIPE, height),
                            QPoint(left + STRIPE + height, 0),
                            QPoint(left + height, 0),
                        ]
                    )
                )


class DialogBanner(StripedBanner):
    """The striped banner of a dialog: it follows the main window, also while the dialog is open.

    Args:
        dialog: the dialog that holds it.
    """

    def __init__(self, dialog: QWidget) -> None:
        window = dialog
        while window.property(MODE) is None and (above := window.parentWidget()) is not None:
            window = above
        super().__init__("dialogTrainingBanner", _DIALOG, str(window.property(MODE) or ""))
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show another mode as soon as the window has it."""
        if isinstance(event, QDynamicPropertyChangeEvent) and event.propertyName() == MODE:
            self.show_mode(str(watched.property(MODE)))
        return super().eventFilter(watched, event)
