"""A question in place of a dialog, beside what it concerns: a safe answer and one that acts.

For what cannot be undone or loses typing: leaving a form, cancelling a payment, a refund.
What it is about stays in sight. The safe answer comes first and has the focus; what Esc does is up
to the owner.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import fill, hbox, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE = 1.5
"""From this text size on answers of full width are one above the other."""


class Answers(Enum):
    """Where the answers are."""

    BELOW = "under the words, as wide as their own"
    WIDE = "under the words, across the whole width"
    BESIDE = "in one row with the words"


class ConfirmStrip(QFrame):
    """Asks one question; hidden until then.

    Signals:
        confirmed: the answer that acts was given.
        refused: the safe answer was given.

    Args:
        no: the safe answer.
        yes: the answer that acts.
        answers: where they are.
        kind: the frame's look in the style sheet; empty for no frame.
        name: the object name of the words.
    """

    confirmed = Signal()
    refused = Signal()

    def __init__(
        self, no: Button, yes: Button, answers: Answers, *, kind: str = "", name: str = ""
    ) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.no, self.yes = no, yes
        self._yes: tuple[N_, Mapping[str, object]] | None = None
        self._row: QBoxLayout | None = None
        self.words = label("", "small", name=name, wrap=True)
        no.clicked.connect(self._refuse)
        yes.clicked.connect(self._confirm)
        if answers is Answers.BESIDE:
            self._lay_out_beside()
        else:
            self._lay_out_below(is_wide=answers is Answers.WIDE)
        self.setTabOrder(no, yes)
        self.hide()

    def ask(self, words: N_, *, yes: N_ | None = None, **values: object) -> None:
        """Ask; the safe answer gets the focus.

        Args:
            words: the question.
            yes: the words of the answer that acts; None leaves them.
            **values: fill the braces of both.
        """
        bind_text(self.words, "text", words, **values)
        self._yes = (yes, values) if yes is not None else None
        self.retranslate()
        self._show(asks=True)
        self.no.setFocus()

    def say(self, text: str) -> None:
        """Show a text that needs no answer."""
        bind_text(self.words, "text", text)
        self._show(asks=False)

    @property
    def is_asking(self) -> bool:
        """Whether the question is up."""
        return not self.isHidden() and not self.no.isHidden()

    def retranslate(self) -> None:
        """Set the answer that acts in the current language."""
        if self._yes is not None:
            self.yes.show_text(tr(self._yes[0], **self._yes[1]))

    def _show(self, *, asks: bool) -> None:
        self.no.setVisible(asks)
        self.yes.setVisible(asks)
        self.show()

    def _refuse(self) -> None:
        self.hide()
        self.refused.emit()

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit()

    def rescale(self) -> None:
        """Turn answers of full width at large text."""
        if self._row is not None:
            turn(self._row, is_upright=theme.scale() > LARGE)

    def _lay_out_beside(self) -> None:
        row = hbox(inside=self, gap=theme.GAP, margins=(theme.GROUP, theme.GAP))
        fill(row, (self.words, 1), self.no, self.yes)

    def _lay_out_below(self, *, is_wide: bool) -> None:
        margin = 0 if is_wide else 12
        column = vbox(
            self.words, inside=self, gap=theme.GRID if is_wide else theme.GAP, margins=margin
        )
        if is_wide:
            self._row = hbox((self.no, 1), (self.yes, 1), gap=theme.GAP)
            column.addLayout(self._row)
            self.rescale()
        else:
            fill(column, theme.GRID, flowing(self.no, self.yes))


def unsaved_strip() -> ConfirmStrip:
    """Make the line above a form's buttons that shows errors and asks before typing is lost."""
    stay = Button(N_("Keep editing"), name="keepEditingButton")
    leave = Button(N_("Discard"), kind="danger", name="throwAwayButton")
    return ConfirmStrip(stay, leave, Answers.BESIDE, kind="banner", name="formMessage")
