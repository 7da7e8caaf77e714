"""Parts of the bill: the table of its lines, and the line of its warning."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableWidget, QWidget

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label


def cart_table() -> QTableWidget:
    """Return the table of the lines."""
    table = QTableWidget(0, 2)
    table.setObjectName("cartTable")
    bind_text(table, "accessibleName", N_("Bill details"))
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setProperty("kind", "bill")
    table.horizontalHeader().hide()
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table


def warning_line() -> tuple[QWidget, QLabel]:
    """Return the line of a warning, and its words."""
    frame = QWidget()
    words = label("", "small", wrap=True, tone="attention")
    row = hbox(inside=frame)
    fill(row, (IconLabel("attention", "attention", 18), Qt.AlignmentFlag.AlignTop), (words, 1))
    return frame, words
