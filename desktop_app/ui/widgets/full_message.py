"""A message that takes the whole page: the desk could not be opened, or it is closing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.ui import theme
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

WIDTH = 560


class FullMessage(QWidget):
    """An icon, what happened, whether money moved, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fullMessage")
        self._icon = IconLabel("wrong", "wrong", 40)
        self._what = label("", "page", wrap=True)
        self._money = label("", wrap=True)
        self._todo = label("", wrap=True)
        self._detail = label("", "caption", wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = Button("Close Pravesh", name="closeDeskButton")
        card = Card(margin=theme.MARGIN)
        card.setFixedWidth(WIDTH)
        card.column.setSpacing(theme.GROUP)
        for part in (self._icon, self._what, self._money, self._todo, self._detail):
            card.column.addWidget(part)
        card.column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addLayout(middle)
        column.addStretch(2)

    def show_words(
        self, what: str, money: str = "", todo: str = "", *, icon: str = "wrong", detail: str = ""
    ) -> None:
        """Say it."""
        tone = icon if icon in {"wrong", "attention", "paid"} else "accent"
        self._icon.show_icon(icon, tone)
        for part, words in (
            (self._what, what),
            (self._money, money),
            (self._todo, todo),
            (self._detail, detail),
        ):
            part.setText(words)
            part.setVisible(bool(words))
        self.close_button.setVisible(icon == "wrong")
        self.setAccessibleName(" ".join(part for part in (what, money, todo) if part))
