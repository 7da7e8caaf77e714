"""A short list of answers in columns, moved through from a search box, painted literally.

It never takes the keyboard: the search box above it does, and a click chooses a row at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate

from desktop_app.ui import icons, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

ROW = 36
PAD = 12
AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row.

    Attributes:
        tone: a colour token; `ink` by default.
        is_right: whether it ends at the right edge, as amounts do.
    """

    text: str
    tone: str = "ink"
    is_bold: bool = False
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: what is shown, and what it stands for."""

    cells: tuple[Cell, ...]
    payload: object
    icon: str = ""
    icon_tone: str = "accent"

    def spoken(self) -> str:
        """Everything it shows, for screen readers."""
        return ", ".join(cell.text for cell in self.cells if cell.text)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def replace(self, rows: tuple[Row, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _TOP) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        return self.rows[index.row()].spoken() if role in spoken else None


class _Painter(QStyledItemDelegate):
    def __init__(self, view: ResultList, shares: Sequence[float]) -> None:
        super().__init__(view)
        self._view = view
        self._shares = shares

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        from PySide6.QtWidgets import QStyle  # noqa: PLC0415 - its enums cost a start 8 ms

        look = theme.tokens()
        row = self._view.row_at(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(look.accent_soft))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(look.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(look.raised))
        painter.setPen(QColor(look.line))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        self._cells(painter, rect.adjusted(PAD, 0, -PAD, 0), row, look)
        painter.restore()

    def _cells(self, painter: QPainter, rect: QRect, row: Row, look: theme.Tokens) -> None:
        left, width = rect.left(), rect.width()
        if row.icon:
            drawn = icons.pixmap(
                row.icon, getattr(look, row.icon_tone), 18, painter.device().devicePixelRatioF()
            )
            painter.drawPixmap(left, rect.center().y() - 8, drawn)
            left, width = left + 26, width - 26
        shares = self._shares if len(row.cells) == len(self._shares) else (0.8, 0.2)
        for cell, share in zip(row.cells, shares, strict=False):
            span = int(width * share)
            _draw(painter, QRect(left, rect.top(), span - 8 * (not cell.is_right), ROW), cell, look)
            left += span


def _draw(painter: QPainter, rect: QRect, cell: Cell, look: theme.Tokens) -> None:
    painter.setFont(theme.sized(painter.font(), theme.TABLE_PX, bold=cell.is_bold))
    painter.setPen(QColor(getattr(look, cell.tone)))
    shown = painter.fontMetrics().elidedText(
        cell.text.replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width()
    )
    side = Qt.AlignmentFlag.AlignRight if cell.is_right else Qt.AlignmentFlag.AlignLeft
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(rect, int(flags.value), shown)


class ResultList(QListView):
    """The answers to a search.

    Signals:
        chosen: a click on a row, with its payload.

    Args:
        name: its object name.
        label: its accessible name.
        shares: how the columns divide the width.
        empty: what it says while there is nothing to show.
        nothing_at_all: the same where nothing was typed, if that differs.
    """

    chosen = QtSignal(object)

    def __init__(
        self,
        name: str,
        label: str,
        shares: Sequence[float],
        empty: str = "",
        nothing_at_all: str = "",
    ) -> None:
        super().__init__()
        self._nothing_at_all = nothing_at_all
        self._empty = empty
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setProperty("query", None)
        self.setProperty("count", 0)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(self, shares))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.clicked.connect(self._clicked)

    def show_rows(self, rows: tuple[Row, ...], *, query: str, count: int) -> None:
        """Show the answers to a text and select the first.

        Args:
            rows: the answers, perhaps with an offer at the end.
            query: the text they answer.
            count: how many answers there are, offers not counted.
        """
        self._rows.replace(rows)
        self.setProperty("query", query)
        self.setProperty("count", count)
        self.select(0 if rows else -1)

    def row_at(self, row: int) -> Row:
        """Tell a row by its position."""
        return self._rows.rows[row]

    def rows(self) -> tuple[Row, ...]:
        """Everything it shows."""
        return self._rows.rows

    def current(self) -> Row | None:
        """Tell the selected row."""
        row = self.currentIndex().row()
        return self._rows.rows[row] if 0 <= row < len(self._rows.rows) else None

    def step(self, by: int) -> None:
        """Select another row, as many further as told, without leaving the list."""
        if self._rows.rows:
            at = min(max(self.currentIndex().row() + by, 0), len(self._rows.rows) - 1)
            self.select(at)

    def select(self, row: int) -> None:
        """Select a row; -1 is none."""
        index = self._rows.index(row, 0) if row >= 0 else QModelIndex()
        self.setCurrentIndex(index)
        if row >= 0:
            self.scrollTo(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say why it is empty."""
        super().paintEvent(event)
        if self._rows.rows or not self._empty:
            return
        painter = QPainter(self.viewport())
        painter.setFont(theme.sized(self.font(), theme.TABLE_PX))
        painter.setPen(QColor(theme.tokens().ink_2))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = self.viewport().rect().adjusted(PAD, 0, -PAD, 0)
        painter.drawText(room, int(flags.value), self.empty_words())

    def empty_words(self) -> str:
        """Tell why there is nothing to show."""
        query = self.property("query")
        if query is None:
            return "Opening the desk…"
        return self._empty if query else self._nothing_at_all or self._empty

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._rows.rows[index.row()].payload)
