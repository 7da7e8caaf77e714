"""A question asked in place, beside what it concerns: the safe answer first and with the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping


class Question(Card):
    """Hidden until it asks.

    Signals:
        confirmed: the answer that does something was given; the question is closed.
        closed: it was not.

    Args:
        name: the first part of the object names, like `heldRefund`.
    """

    confirmed = Signal()
    closed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__("well", margin=12)
        self._asked: tuple[N_, N_, Mapping[str, object]] = (N_(""), N_(""), {})
        self.words = label("", "small", name=f"{name}Question", wrap=True)
        self.no = Button(N_("Keep it"), name=f"{name}KeepButton")
        self.yes = Button(kind="danger", name=f"{name}ConfirmButton")
        self.column.addWidget(self.words)
        self.column.addSpacing(theme.GRID)
        self.column.addWidget(flowing(self.no, self.yes))
        self.no.clicked.connect(self._keep)
        self.yes.clicked.connect(self._confirm)
        QWidget.setTabOrder(self.no, self.yes)
        self.hide()

    def ask(self, words: N_, *, yes: N_, no: N_, **values: object) -> None:
        """Ask; values stand in the braces of the question and of the answer that does it."""
        self._asked = (words, yes, values)
        self.no.show_text(no)
        self._say()
        self.show()
        self.no.setFocus()

    def close_up(self) -> None:
        """Ask no more."""
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()

    def _say(self) -> None:
        words, yes, values = self._asked
        self.words.setText(tr(words, **values) if words else "")
        self.yes.show_text(tr(yes, **values) if yes else "")

    def _keep(self) -> None:
        self.hide()
        self.closed.emit()

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit()
