"""A table model of any length that holds only pages that were looked at.

It never reads by itself: it emits `wanted` for a missing page and gets its rows by `fill`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop_app.ui.core.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtCore import QObject

    from desktop_app.ui.tables.columns import Column

    Index = QModelIndex | QPersistentModelIndex

Row = TypeVar("Row")

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The whole row, a frozen view; None while its page is being read."""
TAG_ROLE = ROW_ROLE + 1
"""The `Tag` of a state column."""
LEVEL_ROLE = ROW_ROLE + 2
"""The `Level` of a column with a bar."""
PAGE_ROWS = 100
MOST_PAGES = 20
"""Pages kept; the least recently used are dropped first."""

_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SAID = (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole))


class PagedTable(QAbstractTableModel, Generic[Row]):
    """Rows by page, read only.

    Signals:
        wanted: the number of a page that is looked at and missing.
    """

    wanted = Signal(int)

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._total = 0

    def restart(self, rows: tuple[Row, ...], total: int) -> None:
        """Show another list: its first page, and how many rows it has in all."""
        self.beginResetModel()
        self._pages.clear()
        if rows:
            self._pages[0] = rows
        self._total = total
        self.endResetModel()

    def fill(self, page: int, rows: tuple[Row, ...]) -> None:
        """Add a page that was wanted."""
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        first = page * PAGE_ROWS
        last = min(first + PAGE_ROWS, self._total) - 1
        if last >= first:
            corner = self.index(last, len(self.columns) - 1)
            self.dataChanged.emit(self.index(first, 0), corner)

    def retranslate(self) -> None:
        """Announce headings and cells as changed, so that they are asked for again."""
        last = len(self.columns) - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        if self._total:
            self.dataChanged.emit(self.index(0, 0), self.index(self._total - 1, last))

    def row(self, at: int) -> Row | None:
        """Return a row; None while it is missing, and its page is then wanted."""
        if not 0 <= at < self._total:
            return None
        page, place = divmod(at, PAGE_ROWS)
        rows = self._pages.get(page)
        if rows is None:
            self.wanted.emit(page)
            return None
        self._pages.move_to_end(page)
        return rows[place] if place < len(rows) else None

    def loaded(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows that were read, with their places."""
        for page, rows in list(self._pages.items()):
            for place, row in enumerate(rows):
                yield page * PAGE_ROWS + place, row

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of all rows, read or not."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return what a cell shows."""
        column = self.columns[index.column()]
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return _NUMBER if column.is_number else _TEXT
        if role not in (*_SAID, ROW_ROLE, TAG_ROLE, LEVEL_ROLE):
            return None
        row = self.row(index.row())
        if row is None:
            return "…" if role in _SAID and index.column() == 0 else None
        if role == ROW_ROLE:
            return row
        if role in _SAID:
            return column.text(row)
        look = column.tag if role == TAG_ROLE else column.level
        return look(row) if look else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Return a column's heading."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role in _SAID:
            return tr(self.columns[section].title)
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return _NUMBER if self.columns[section].is_number else _TEXT
        return None
