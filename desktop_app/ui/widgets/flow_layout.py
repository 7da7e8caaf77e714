"""A row of widgets that wraps where there is no room: for text at 200 %.

Layout only: it knows nothing of its widgets.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from desktop_app.ui.core import theme


class FlowLayout(QLayout):
    """Lays widgets out from left to right, line after line.

    Args:
        gap: in pixels, between widgets and between lines.
        spread: whether the last one is at the right end where one line is enough.

    Attributes:
        right_from: the place of the first widget of those that are at the right end of their
            line; None where only `spread` says so.
    """

    def __init__(self, gap: int = theme.GAP, *, spread: bool = False) -> None:
        super().__init__()
        self.right_from: int | None = None
        self._gap = gap
        self._is_spread = spread
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem:
        """Return an item by its place; None outside, as Qt expects."""
        return self._items[index] if 0 <= index < len(self._items) else None  # type: ignore[return-value]

    def takeAt(self, index: int) -> QLayoutItem:
        """Remove and return an item; None outside, as Qt expects."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None  # type: ignore[return-value]

    def expandingDirections(self) -> Qt.Orientation:
        """Return no direction: it asks for no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return True: a narrower row has more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        return self._place(QRect(0, 0, width, 0), is_real=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place all items."""
        super().setGeometry(rect)
        spare = max(0, rect.height() - self._place(rect, is_real=False))
        self._place(rect.adjusted(0, spare // 2, 0, 0), is_real=True)

    def sizeHint(self) -> QSize:
        """Return the size of one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        wide = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, is_real: bool) -> int:
        y = rect.y()
        for line in self._lines(rect.width()):
            tall = max(size.height() for _, size in line)
            if is_real:
                self._place_line(line, QRect(rect.x(), y, rect.width(), tall))
            y += tall + self._gap
        return max(0, y - self._gap - rect.y())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        left = -1
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if size.width() > width and item.hasHeightForWidth():
                size = QSize(width, item.heightForWidth(width))
            if not lines or size.width() > left:
                lines.append([])
                left = width
            lines[-1].append((item, size))
            left -= size.width() + self._gap
        return lines

    def _place_line(self, line: list[tuple[QLayoutItem, QSize]], room: QRect) -> None:
        x = room.x()
        pushed = self._pushed(line)
        for at, (item, size) in enumerate(line):
            if at == pushed:
                rest = [each.width() for _, each in line[at:]]
                x = max(x, room.right() + 1 - sum(rest) - self._gap * (len(rest) - 1))
            y = room.y() + (room.height() - size.height()) // 2
            item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap

    def _pushed(self, line: list[tuple[QLayoutItem, QSize]]) -> int | None:
        """Return the place in a line from which on its widgets are at the right end."""
        if self.right_from is not None:
            right = self._items[self.right_from :]
            return next((at for at, (item, _) in enumerate(line) if item in right), None)
        return len(line) - 1 if self._is_spread and len(line) > 1 else None


def flowing(*widgets: QWidget, spread: bool = False) -> QWidget:
    """Return a row of widgets that wraps; spread, the last one is at the right end."""
    made = QWidget()
    row = FlowLayout(spread=spread)
    for widget in widgets:
        row.addWidget(widget)
    fit_lines(made, row)
    return made


def fit_lines(widget: QWidget, row: FlowLayout) -> None:
    """Lay a widget out as a row that wraps, as tall as its lines are."""
    widget.setLayout(row)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)
