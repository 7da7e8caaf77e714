"""A short list in a section of the settings: rows of words, one of which is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW_PX = 32
MOST_ROWS = 8
FRAME_PX = 6


class TableList(QTableWidget):
    """A list without headings; more than a few rows scroll.

    Args:
        name: its object name.
        title: what is listed, for screen readers.
        columns: how many there are; the first takes the room that is left.
    """

    def __init__(self, name: str, title: N_, columns: int) -> None:
        super().__init__(0, columns)
        self.setObjectName(name)
        bind_text(self, "accessibleName", title)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show rows; the place that is selected stays."""
        at = self.currentRow()
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, words in enumerate(cells):
                self.setItem(row, column, QTableWidgetItem(words))
        if rows:
            self.setCurrentCell(min(max(at, 0), len(rows) - 1), 0)
        self.fit()

    def fit(self) -> None:
        """Follow the text size and the number of rows."""
        line = theme.px(ROW_PX)
        self.verticalHeader().setDefaultSectionSize(line)
        self.setFixedHeight(min(max(self.rowCount(), 1), MOST_ROWS) * line + FRAME_PX)
