"""One question in place of the buttons it is about: a safe answer, which has the focus, and a yes.

It is no dialog: the payment stays in sight, and Esc takes the question back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.ui.widgets.buttons import Button

LARGE = 1.5
"""From this text size on the answers stand one above the other."""


class PaymentQuestion(QWidget):
    """Asks once.

    Signals:
        confirmed: yes.
        refused: no, leave everything as it is.

    Args:
        text: what is asked, with braces for values.
        safe: the button that changes nothing.
        sure: the button that does it.
    """

    confirmed = Signal()
    refused = Signal()

    def __init__(self, text: N_, safe: Button, sure: Button) -> None:
        super().__init__()
        self._text = text
        self._values: Mapping[str, object] = {}
        self.safe, self.sure = safe, sure
        self._words = label("", "small", wrap=True)
        safe.clicked.connect(self.refused)
        sure.clicked.connect(self.confirmed)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(theme.GAP)
        row.addWidget(safe, 1)
        row.addWidget(sure, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self._words)
        column.addLayout(row)
        self._arrange()

    def ask(self, **values: object) -> None:
        """Put the question; the safe answer gets the focus once it is in sight."""
        self._values = values
        self._say()

    def text(self) -> str:
        """Tell what is asked."""
        return self._words.text()

    def changeEvent(self, event: QEvent) -> None:
        """Ask in another language; let large answers stand one above the other."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._arrange()
        if event.type() == QEvent.Type.LanguageChange and self._values:
            self._say()

    def _arrange(self) -> None:
        way = QBoxLayout.Direction
        is_large = theme.scale() > LARGE
        self._row.setDirection(way.TopToBottom if is_large else way.LeftToRight)

    def _say(self) -> None:
        self._words.setText(tr(self._text, **self._values))
