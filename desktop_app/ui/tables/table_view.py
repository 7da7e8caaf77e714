"""The look of all tables: whole rows, no grid, states as tags, cheap at a million rows."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.tables.columns import Order
from desktop_app.ui.tables.paged_table import LEVEL_ROLE, ROW_ROLE, TAG_ROLE, PagedTable
from desktop_app.ui.widgets.boxes import viewport

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection, QObject
    from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent

    from desktop_app.ui.tables.columns import Column, Level, Tag

ROW_PX = 40
_TAG_PX = 24
_ICON_PX = 16
_PAD = 8
_BAR_PX, _BAR_TALL_PX = 48, 6
_ROWS_SEEN = 3
"""Rows that have room at the least."""
_HEAD = "QHeaderView::section { padding: 8px 11px; }"
"""Aligns headings with the cells' texts, which the style indents by 3 px more."""
_SOFT = {"quiet": "canvas", "accent": "accent_soft"}


class TagDelegate(QStyledItemDelegate):
    """Paints a state as a rounded tag, and a level as a bar; other cells unchanged."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._icons: dict[tuple[str, str, int, float], QPixmap] = {}

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        tag, level = index.data(TAG_ROLE), index.data(LEVEL_ROLE)
        if tag is None and level is None:
            super().paint(painter, option, index)
            return
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        words, bare.text = bare.text, ""
        style = bare.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, bare.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if tag is None:
            self._paint_level(painter, option.rect, level, words)
        else:
            self._paint_tag(painter, option.rect, tag, bare)
        painter.restore()

    def _paint_level(self, painter: QPainter, room: QRect, level: Level, words: str) -> None:
        look = theme.tokens()
        wide, tall = theme.px(_BAR_PX), theme.px(_BAR_TALL_PX)
        bar = QRect(room.x() + _PAD + 3, room.center().y() - tall // 2, wide, tall)
        painter.setPen(QColor(look.edge) if look.border > 1 else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.line))
        painter.drawRoundedRect(bar, tall / 2, tall / 2)
        if level.part > 0:
            bar.setWidth(max(tall, round(wide * min(1.0, level.part))))
            painter.setBrush(QColor(getattr(look, level.tone)))
            painter.drawRoundedRect(bar, tall / 2, tall / 2)
        painter.setPen(QColor(look.ink if level.tone == "accent" else getattr(look, level.tone)))
        beside = room.adjusted(2 * _PAD + 3 + wide, 0, -4, 0)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, words)

    def _icon(self, name: str, ink: str, size: int, ratio: float) -> QPixmap:
        key = (name, ink, size, ratio)
        if key not in self._icons:
            self._icons[key] = icons.pixmap(name, ink, size, ratio)
        return self._icons[key]

    def _paint_tag(
        self, painter: QPainter, room: QRect, tag: Tag, option: QStyleOptionViewItem
    ) -> None:
        look = theme.tokens()
        ink = getattr(look, {"quiet": "ink_2"}.get(tag.tone, tag.tone))
        word = tr(tag.word)
        word_px = option.fontMetrics.horizontalAdvance(word)
        tall, icon_px = theme.px(_TAG_PX), theme.px(_ICON_PX)
        wide = min(room.width() - _PAD, 2 * _PAD + icon_px + 6 + word_px)
        pill = QRect(room.x() + 4, room.center().y() - tall // 2, wide, tall)
        painter.setBrush(QColor(getattr(look, _SOFT.get(tag.tone, f"{tag.tone}_soft"))))
        painter.setPen(QColor(ink) if look.border > 1 else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(pill, tall / 2, tall / 2)
        drawn = self._icon(tag.icon, ink, icon_px, option.widget.devicePixelRatioF())
        painter.drawPixmap(pill.x() + _PAD, pill.center().y() - icon_px // 2 + 1, drawn)
        painter.setPen(QColor(ink))
        words = pill.adjusted(_PAD + icon_px + 6, 0, -4, 0)
        shown = option.fontMetrics.elidedText(word, Qt.TextElideMode.ElideRight, words.width() + 2)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)


class TableView(QTableView):
    """A table of whole rows.

    Signals:
        picked: the row that is current now, a frozen view, or None.
        opened: a row that was double-clicked or on which Enter was pressed.
        ordered: the order that a press on a heading asks for (`Order`).

    Args:
        model: what it shows.
        name: its object name.
        title: its accessible name.
    """

    picked = Signal(object)
    opened = Signal(object)
    ordered = Signal(object)

    def __init__(self, model: PagedTable[Any], *, name: str, title: N_) -> None:
        super().__init__()
        self._table = model
        self.setObjectName(name)
        bind_text(self, "accessibleName", title)
        self.setModel(model)
        self.setItemDelegate(TagDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self._lay_out_headers()
        model.dataChanged.connect(self._tell_again)
        self.doubleClicked.connect(self._open_index)

    def _lay_out_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads = self.horizontalHeader()
        heads.setHighlightSections(False)
        can_order = any(column.key for column in self._table.columns)
        heads.setSectionsClickable(can_order)
        heads.setProperty("orders", can_order)
        if can_order:  # only such headings look as if they could be pressed
            heads.setCursor(Qt.CursorShape.PointingHandCursor)
        heads.setMinimumSectionSize(40)
        heads.setStyleSheet(_HEAD)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        heads.sectionClicked.connect(self._order)
        self.rescale()

    def _order(self, at: int) -> None:
        """Order by a column; by the same one the other way round."""
        if self._table.columns[at].key is None:
            return
        heads = self.horizontalHeader()
        is_same = heads.isSortIndicatorShown() and heads.sortIndicatorSection() == at
        rising = Qt.SortOrder.AscendingOrder
        is_descending = is_same and heads.sortIndicatorOrder() == rising
        heads.setSortIndicator(at, Qt.SortOrder.DescendingOrder if is_descending else rising)
        heads.setSortIndicatorShown(True)
        self.ordered.emit(Order(at, is_descending))

    @property
    def least(self) -> int:
        """The width at which all columns fit but those of a rank higher than the first."""
        kept = sum(theme.px(each.least) for each in self._table.columns if each.spare <= 1)
        return kept + self.verticalScrollBar().sizeHint().width() + 4

    def rescale(self) -> None:
        """Set the size for the text size."""
        tall = theme.px(ROW_PX)
        self.verticalHeader().setDefaultSectionSize(tall)
        self.setMinimumHeight((_ROWS_SEEN + 1) * tall)
        self._fit()

    def _fit(self) -> None:
        """Show as many columns as there is room for, and share out what is left over."""
        columns, room = self._table.columns, viewport(self).width()
        room -= sum(theme.px(column.least) for column in columns if not column.spare)
        shown = [column for column in columns if not column.spare]
        for column in sorted(columns, key=lambda each: each.spare):
            if column.spare:
                room -= theme.px(column.least)
                self.setColumnHidden(columns.index(column), room < 0)
                shown += [column] if room >= 0 else []
        self._share_out(shown, viewport(self).width())

    def _share_out(self, shown: list[Column[Any]], room: int) -> None:
        left = max(0, room - sum(theme.px(column.least) for column in shown))
        weights = sum(column.weight for column in shown)
        for at, column in enumerate(self._table.columns):
            if column in shown:
                more = left * column.weight // weights if weights else 0
                self.setColumnWidth(at, theme.px(column.least) + more)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as fit."""
        super().resizeEvent(event)
        self._fit()

    def retranslate(self) -> None:
        """Show headings and cells in the present language."""
        self._table.retranslate()

    def current(self) -> Any:
        """Return the current row, or None."""
        index = self.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    def selected(self, most: int) -> list[Any]:
        """Return the selected rows from the top; at most so many, and none that is still read."""
        ranges = self.selectionModel().selection().toList()
        spans = sorted((each.top(), each.bottom() + 1) for each in ranges)
        places = chain.from_iterable(range(*span) for span in spans)
        rows = (self._table.index(at, 0).data(ROW_ROLE) for at in islice(places, most))
        return [row for row in rows if row is not None]

    def pick_row(self, at: int) -> None:
        """Make a row current; without a row at that place, nothing is picked."""
        if 0 <= at < self._table.rowCount():
            self.setCurrentIndex(self._table.index(at, 0))
        else:
            self.picked.emit(None)

    def pick_again(self, uid: str) -> None:
        """Pick the row of a uid after the list changed, else the first."""
        places = (at for at, row in self._table.loaded() if getattr(row, "uid", "") == uid)
        self.pick_row(next(places, 0))

    def step(self, rows: int) -> None:
        """Move the current row by some rows."""
        last = self._table.rowCount() - 1
        self.pick_row(min(max(self.currentIndex().row() + rows, 0), last))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Emit which row is picked."""
        super().selectionChanged(selected, deselected)
        if not (selected.isEmpty() and deselected.isEmpty()):
            self.picked.emit(self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current row with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_index(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _open_index(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE) if index.isValid() else None
        if row is not None:
            self.opened.emit(row)

    def _tell_again(self, first: QModelIndex, last: QModelIndex) -> None:
        """Emit the current row again if a new page has it."""
        if first.row() <= self.currentIndex().row() <= last.row():
            self.picked.emit(self.current())
