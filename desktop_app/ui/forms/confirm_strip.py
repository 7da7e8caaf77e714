"""A strip above a form's buttons with one message or question, instead of a second dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label


class ConfirmStrip(QFrame):
    """A message or question above the buttons; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self.words = label("", "small", name="formMessage", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.GAP)
        row.setSpacing(theme.GAP)
        row.addWidget(self.words, 1)
        self.stay = Button(N_("Keep editing"), name="keepEditingButton")
        self.leave = Button(N_("Throw away"), kind="danger", name="throwAwayButton")
        for button in (self.stay, self.leave):
            row.addWidget(button)
        self.hide()

    def say(self, words: str) -> None:
        """Show a message that needs no answer."""
        self._show(words, asks=False)

    def ask(self, words: str) -> None:
        """Ask whether to discard the typing; the safe answer has the focus."""
        self._show(words, asks=True)
        self.stay.setFocus()

    @property
    def is_asking(self) -> bool:
        """Whether the question is shown."""
        return not self.isHidden() and not self.stay.isHidden()

    def _show(self, words: str, *, asks: bool) -> None:
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self.stay.setVisible(asks)
        self.leave.setVisible(asks)
        self.show()
