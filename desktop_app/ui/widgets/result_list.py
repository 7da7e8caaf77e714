"""A short list of search results in columns, controlled from a search box, painted literally.

The focus stays in the search box above it, and a click chooses a row at once; a list without a box
may have the focus itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate

from desktop_app.ui import icons
from desktop_app.ui.core import design_tokens, theme
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import viewport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

ROW = 36
PAD = 12
BETWEEN = 12
ICON = 18
PILL, PILL_TALL = 10, 24
"""The padding and the height of a pill, in pixels at 100 %."""
LEAST = 104
"""A column that may be elided is dropped below this width."""
AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Cell(NamedTuple):
    """One column of a row.

    Attributes:
        tone: a colour token; `ink` by default.
        is_right: whether it ends at the right edge, as amounts do.
        is_whole: whether it must not be elided, as amounts and receipt numbers.
        icon: one of our icons before the words, in the same tone.
        found: the letters that matched what was typed, by first and after last; drawn bold.
        is_pill: whether it is drawn on a rounded ground of its tone, which has a soft one.
    """

    text: str
    tone: str = "ink"
    is_bold: bool = False
    is_right: bool = False
    is_whole: bool = False
    icon: str = ""
    found: tuple[tuple[int, int], ...] = ()
    is_pill: bool = False


class Row(NamedTuple):
    """One result: its cells, and its payload.

    Attributes:
        is_certain: whether Enter takes it at once; otherwise somebody has to select it.
        is_offered: whether Enter takes it where nothing was typed.
    """

    cells: tuple[Cell, ...]
    payload: object
    icon: str = ""
    icon_tone: str = "accent"
    is_certain: bool = True
    is_offered: bool = False

    def spoken(self) -> str:
        """Return its whole text, for screen readers."""
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
    def __init__(self, view: ResultList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(100, theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        from PySide6.QtWidgets import QStyle

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

    def _cells(self, painter: QPainter, rect: QRect, row: Row, look: design_tokens.Tokens) -> None:
        left, width = rect.left(), rect.width()
        if row.icon:
            taken = _draw_icon(painter, row.icon, getattr(look, row.icon_tone), left, rect)
            left, width = left + taken, width - taken
        for cell, span in zip(row.cells, self._view.spans(row, width), strict=True):
            if span > 0:
                room = QRect(left, rect.top(), span - (0 if cell.is_right else BETWEEN), 0)
                room.setHeight(rect.height())
                _draw(painter, room, cell, look)
            left += span


def _draw(painter: QPainter, rect: QRect, cell: Cell, look: design_tokens.Tokens) -> None:
    colour = getattr(look, cell.tone)
    painter.setFont(_font(painter.font(), cell))
    if cell.is_pill and cell.text:
        _draw_pill(painter, rect, cell, look)
        rect.adjust(PILL, 0, -PILL, 0)
    if cell.icon:
        rect.setLeft(rect.left() + _draw_icon(painter, cell.icon, colour, rect.left(), rect))
    painter.setPen(QColor(colour))
    shown = painter.fontMetrics().elidedText(
        one_line(cell.text), Qt.TextElideMode.ElideRight, rect.width()
    )
    left = float(rect.left())
    if cell.is_right:
        left = rect.right() + 1 - painter.fontMetrics().horizontalAdvance(shown)
    if cell.found:
        _draw_found(painter, QPointF(left, _baseline(painter, rect)), shown, cell.found)
    else:
        painter.drawText(QPointF(left, _baseline(painter, rect)), shown)


def _draw_pill(painter: QPainter, rect: QRect, cell: Cell, look: design_tokens.Tokens) -> None:
    """Draw the ground of a cell's words, at its right end; with high contrast its edge too."""
    tall = theme.px(PILL_TALL)
    words = painter.fontMetrics().horizontalAdvance(one_line(cell.text))
    wide = min(rect.width(), words + 2 * PILL)
    ground = QRect(rect.right() + 1 - wide, rect.center().y() - tall // 2, wide, tall)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(getattr(look, f"{cell.tone}_soft")))
    painter.setPen(QColor(getattr(look, cell.tone)) if look.border > 1 else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(ground, tall / 2, tall / 2)


def _baseline(painter: QPainter, rect: QRect) -> float:
    """Return the line under the letters, the same for both scripts whatever their height."""
    metrics = painter.fontMetrics()
    return rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent()


def _font(base: QFont, cell: Cell) -> QFont:
    """Return the font in which a cell is measured: bold letters are the widest."""
    return theme.sized(base, theme.TABLE_PX, bold=cell.is_bold or bool(cell.found))


def _draw_found(
    painter: QPainter, at: QPointF, shown: str, found: tuple[tuple[int, int], ...]
) -> None:
    """Draw a text from the left end of its baseline, with the letters that were found in bold."""
    from PySide6.QtGui import QTextCharFormat, QTextLayout  # 155 members of enumerations

    strong = QTextCharFormat()
    strong.setFont(painter.font())
    strong.setForeground(QColor(theme.tokens().ink))
    ranges = []
    for start, end in found:
        each = QTextLayout.FormatRange()
        each.start, each.length, each.format = start, max(0, min(end, len(shown)) - start), strong
        ranges.append(each)
    layout = QTextLayout(shown, theme.sized(painter.font(), theme.TABLE_PX))
    layout.setFormats(ranges)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    layout.draw(painter, at - QPointF(0, line.ascent()))


def _draw_icon(painter: QPainter, name: str, colour: str, left: int, rect: QRect) -> int:
    """Draw an icon and return its width."""
    side = theme.px(ICON)
    drawn = icons.pixmap(name, colour, side, painter.device().devicePixelRatioF())
    painter.drawPixmap(left, rect.center().y() - side // 2 + 1, drawn)
    return side + 6


class ResultList(QListView):
    """The results of a search.

    Signals:
        chosen: a click on a row, or Enter, with its payload.

    Args:
        name: its object name.
        label: its accessible name; texts marked with `N_` follow the language.
        shares: how the columns divide the width left by whole cells.
        spare: the columns that are dropped first where there is little room.
        empty: the text while there is nothing to show.
        nothing_at_all: the same where nothing was typed, if that differs.
        takes_keys: whether it can have the focus.
    """

    chosen = QtSignal(object)

    def __init__(
        self,
        name: str,
        label: N_,
        shares: Sequence[float],
        empty: str = "",
        nothing_at_all: str = "",
        *,
        spare: Sequence[int] = (),
        takes_keys: bool = False,
    ) -> None:
        super().__init__()
        self._shares, self._spare = shares, spare
        self._nothing_at_all, self._empty = nothing_at_all, empty
        self._whole: tuple[float, tuple[int, ...]] | None = None
        self.setObjectName(name)
        bind_text(self, "accessibleName", label)
        self.setProperty("query", None)
        self.setProperty("count", 0)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(self))
        self._takes_keys = takes_keys
        keys = Qt.FocusPolicy.StrongFocus if takes_keys else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(keys)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.clicked.connect(self._clicked)

    def show_rows(self, rows: tuple[Row, ...], *, query: str, count: int) -> None:
        """Show the results of a text and select the first.

        Args:
            rows: the results, perhaps with an offer at the end.
            query: the text searched for.
            count: the number of results, without offers.
        """
        self._whole = None
        self._rows.replace(rows)
        self.setProperty("query", query)
        self.setProperty("count", count)
        self.select(0 if rows else -1)

    def row_at(self, row: int) -> Row:
        """Return a row by its position."""
        return self._rows.rows[row]

    def rows(self) -> tuple[Row, ...]:
        """Return all rows."""
        return self._rows.rows

    def current(self) -> Row | None:
        """Return the selected row."""
        row = self.currentIndex().row()
        return self._rows.rows[row] if 0 <= row < len(self._rows.rows) else None

    def step(self, by: int) -> None:
        """Move the selection by some rows, within the list."""
        if self._rows.rows:
            at = min(max(self.currentIndex().row() + by, 0), len(self._rows.rows) - 1)
            self.select(at)

    def select(self, row: int) -> None:
        """Select a row; -1 is none."""
        index = self._rows.index(row, 0) if row >= 0 else QModelIndex()
        self.setCurrentIndex(index)
        if row >= 0:
            self.scrollTo(index)

    def spans(self, row: Row, width: int) -> tuple[int, ...]:
        """Return the widths of a row's cells; 0 for a dropped column."""
        if len(row.cells) != len(self._shares):
            *others, last = (min(self._wanted(cell), width // 2) for cell in row.cells[1:])
            return (max(0, width - sum(others) - last), *others, last)
        dropped: list[int] = []
        for spare in (*self._spare, None):
            spans = self._divide(width, dropped)
            whole = self._is_whole()
            flexible = [
                span for at, span in enumerate(spans) if at not in dropped and not whole[at]
            ]
            if spare is None or min(flexible, default=width) >= theme.px(LEAST):
                return spans
            dropped.append(spare)
        return self._divide(width, dropped)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Explain an empty list."""
        super().paintEvent(event)
        if self._rows.rows or not self._empty:
            return
        inside = viewport(self)
        painter = QPainter(inside)
        painter.setFont(theme.sized(self.font(), theme.TABLE_PX))
        painter.setPen(QColor(theme.tokens().ink_2))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = inside.rect().adjusted(PAD, 0, -PAD, 0)
        painter.drawText(room, int(flags.value), self.empty_words())

    def empty_words(self) -> str:
        """Return why there is nothing to show."""
        query = self.property("query")
        if query is None:
            return tr(N_("Opening the desk…"))
        return tr(self._empty if query else self._nothing_at_all or self._empty)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the selected row on Enter."""
        row = self.current()
        if event.key() in _ENTER and row is not None:
            if not event.isAutoRepeat():
                self.chosen.emit(row.payload)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the first row."""
        super().focusInEvent(event)
        if self.current() is None and self._rows.rows:
            self.select(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Clear the selection."""
        super().focusOutEvent(event)
        if self._takes_keys:
            self.select(-1)

    def rescale(self) -> None:
        """Measure the columns again for another text size."""
        self._whole = None
        self.doItemsLayout()

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._rows.rows[index.row()].payload)

    def _divide(self, width: int, dropped: Sequence[int]) -> tuple[int, ...]:
        whole = [0 if at in dropped else each for at, each in enumerate(self._whole_spans())]
        flexible = [
            0.0 if at in dropped or self._is_whole()[at] else share
            for at, share in enumerate(self._shares)
        ]
        left = max(0, width - sum(whole))
        total = sum(flexible) or 1.0
        return tuple(
            span or int(left * share / total) for span, share in zip(whole, flexible, strict=True)
        )

    def _is_whole(self) -> tuple[bool, ...]:
        return tuple(span > 0 for span in self._whole_spans())

    def _whole_spans(self) -> tuple[int, ...]:
        """Return the widths of columns that must not be elided; 0 for the others."""
        scale = theme.scale()
        if self._whole is None or self._whole[0] != scale:
            spans = [0] * len(self._shares)
            for row in self._rows.rows:
                if len(row.cells) == len(spans):
                    for at, cell in enumerate(row.cells):
                        if cell.is_whole:
                            spans[at] = max(spans[at], self._wanted(cell))
            self._whole = (scale, tuple(spans))
        return self._whole[1]

    def _wanted(self, cell: Cell) -> int:
        metrics = QFontMetrics(_font(self.font(), cell))
        icon = theme.px(ICON) + 6 if cell.icon else 0
        pill = 2 * PILL if cell.is_pill and cell.text else 0
        return metrics.horizontalAdvance(one_line(cell.text)) + icon + pill + BETWEEN + 2
