"""A state as a word with an icon and a colour: no meaning by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QSizePolicy

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import hbox
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

HEIGHT = 28
_TOKEN = {"quiet": "ink_2", "plain": "ink_2"}

STATES: Mapping[AttemptState, tuple[N_, str, str]] = {
    AttemptState.INTENT: (N_("Preparing"), "waiting", "accent"),
    AttemptState.UNKNOWN: (N_("Checking"), "refresh", "attention"),
    AttemptState.ORDERED: (N_("Preparing"), "waiting", "accent"),
    AttemptState.AWAITING: (N_("Not paid yet"), "waiting", "accent"),
    AttemptState.EXPIRED: (N_("Expired"), "attention", "attention"),
    AttemptState.CANCELLED: (N_("Cancelled"), "cross", "quiet"),
    AttemptState.PAID: (N_("Paid"), "paid", "paid"),
    AttemptState.REJECTED: (N_("Rejected"), "wrong", "wrong"),
    AttemptState.LAPSED: (N_("Not paid"), "cross", "quiet"),
}
"""Attempt state → its word, icon and tone."""


class StatusBadge(QFrame):
    """A rounded tag with an icon and a word.

    Args:
        name: object name of the label inside that holds the word.
    """

    def __init__(self, word: str = "", icon: str = "", tone: str = "quiet", name: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "badge")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._shown: tuple[str, str, str] = (word, icon, tone)
        self._icon = IconLabel(size=16)
        self.word = label(role="small", name=name)
        hbox(self._icon, self.word, inside=self, gap=6, margins=(8, 0, 12, 0))
        self.rescale()
        self.show_state(word, icon, tone)

    def show_state(self, word: str, icon: str, tone: str) -> None:
        """Show a word with its icon in a tone (`paid`, `attention`, `wrong`, `accent`, `quiet`).

        A word marked with `N_` follows the language.
        """
        self._shown = (word, icon, tone)
        said = tr(word) if isinstance(word, N_) else word
        self.word.setText(said)
        self.word.setAccessibleName(said)
        self._icon.setVisible(bool(icon))
        self._icon.show_icon(icon, _TOKEN.get(tone, tone))
        set_tone(self, tone)
        set_tone(self.word, tone)

    def show_attempt(self, state: AttemptState) -> None:
        """Show the word of an attempt's state."""
        self.show_state(*STATES[state])

    def retranslate(self) -> None:
        """Show the word in the present language."""
        self.show_state(*self._shown)

    def rescale(self) -> None:
        """Set the size for the text size."""
        self.setFixedHeight(theme.px(HEIGHT))
