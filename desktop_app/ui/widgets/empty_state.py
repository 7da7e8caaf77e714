"""The contents of an empty list: why it is empty, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import bind_text
from desktop_app.ui.widgets.boxes import STRETCH, fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label


class EmptyState(QWidget):
    """An icon, a sentence, a hint and, where there is something to do, a button.

    Texts marked with `N_` follow the language.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(self, icon: str, title: str, hint: str = "", action: str = "") -> None:
        super().__init__()
        column = vbox(inside=self, gap=theme.GAP, margins=(2 * theme.MARGIN, theme.GAP))
        fill(column, STRETCH, (IconLabel(icon, "ink_2", 32), Qt.AlignmentFlag.AlignHCenter))
        self.title = label(title, "strong", wrap=True)
        self.hint = label(hint, "secondary", wrap=True)
        for each in (self.title, self.hint):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(each)
        self.hint.setVisible(bool(hint))
        self.button = Button(action)
        self.button.clicked.connect(self.acted)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.setVisible(bool(action))  # only with a parent: it would be a window
        column.addStretch(1)

    def add_action(self, button: Button) -> None:
        """Add a second button under the first."""
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(column.count() - 1, button, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_words(self, title: str, hint: str = "", action: str = "") -> None:
        """Set the texts."""
        for part, words in ((self.title, title), (self.hint, hint)):
            bind_text(part, "text", words)
        self.hint.setVisible(bool(hint))
        self.button.show_text(action)
        self.button.setVisible(bool(action))
