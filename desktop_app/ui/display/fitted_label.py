"""Text as large as its room allows: smaller first, then cut with an ellipsis; never wider.

For screens that are read from across a counter. Shows text literally.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QSizePolicy

_STEP = 0.92
_ELLIPSIS = "…"


class FittedLabel(QLabel):
    """A label that its owner fits into a width.

    Args:
        bold: how heavy it is set.
        name: its object name.
        tone: the colour of a state, as for `labels.label`.
    """

    def __init__(self, *, bold: bool = False, name: str = "", tone: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if tone:
            self.setProperty("tone", tone)
        self.setObjectName(name)
        self._bold = bold
        self._full = ""

    def say(self, text: str) -> None:
        """Keep a text for the next `fit`; the screen reader has all of it."""
        self._full = text
        self.setAccessibleName(text)

    def full_text(self) -> str:
        """Return the full, unshortened text."""
        return self._full

    def fit(self, width: int, largest: int, *, least: int, lines: int = 1) -> int:
        """Choose size and text for a width; return the height taken.

        Args:
            width: in pixels.
            largest: the size to begin with, in pixels.
            least: the smallest size.
            lines: how many lines it may take.
        """
        size = max(largest, least)
        while not self._fits(self._full, size, width, lines) and size > least:
            size = max(least, int(size * _STEP))
        shown = self._full
        if not self._fits(shown, size, width, lines):
            shown = self._cut(size, width, lines)
        self.setFont(self._font(size))
        self.setText(shown)
        height = self._bounds(shown, size, width).height() if shown else 0
        self.setFixedHeight(height)
        self.setVisible(bool(shown))
        return height

    def _font(self, size: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setBold(self._bold)
        return font

    def _bounds(self, text: str, size: int, width: int) -> QRect:
        flags = int((self.alignment() | Qt.TextFlag.TextWordWrap).value)
        return QFontMetrics(self._font(size)).boundingRect(QRect(0, 0, width, 10_000), flags, text)

    def _fits(self, text: str, size: int, width: int, lines: int) -> bool:
        bounds = self._bounds(text, size, width)
        # Devanagari is higher than the face whose line spacing is measured.
        tall = QFontMetrics(self._font(size)).lineSpacing() * (lines + 0.6)
        return bounds.width() <= width and bounds.height() <= tall

    def _cut(self, size: int, width: int, lines: int) -> str:
        low, high = 0, len(self._full)
        while low < high:
            middle = (low + high + 1) // 2
            if self._fits(self._full[:middle].rstrip() + _ELLIPSIS, size, width, lines):
                low = middle
            else:
                high = middle - 1
        return self._full[:low].rstrip() + _ELLIPSIS
