"""F1: the keys of the window, listed from its QActions so that the list cannot go stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout

from desktop_app.ui import theme
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

_SCREENS = {
    "Counter": "Find the student, pick the course, press F9; the parent scans; print the receipt.",
    "Students": "Everybody on the roll: find, add, change, and what each has paid.",
    "Courses": "What is on offer, in which batch, at what fee, with how many seats.",
    "Payments": "Everything received, newest first; open one for its receipt.",
    "Settings": "How this desk is set up.",
}


class HelpPanel(QDialog):
    """The help of one screen. Shown with `open()`, never with a nested loop."""

    def __init__(self, parent: QWidget, screen: str, actions: Iterable[QAction]) -> None:
        super().__init__(parent)
        self.setObjectName("helpPanel")
        self.setWindowTitle(f"Help: {screen}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        column.setSpacing(theme.GROUP)
        column.addWidget(label(screen, "page"))
        column.addWidget(label(_SCREENS.get(screen, ""), "secondary", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GROUP)
        grid.setColumnStretch(1, 1)
        for row, action in enumerate(actions):
            key = label(action.shortcut().toString(), "key")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(key, row, 0)
            grid.addWidget(label(action.text()), row, 1)
        column.addLayout(grid)
        close = Button("Close", name="closeHelpButton")
        close.clicked.connect(self.accept)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(close)
        column.addLayout(bottom)
        self.setMinimumWidth(480)
        close.setFocus()
