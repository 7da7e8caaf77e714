"""A state as a word with an icon and a colour: no meaning by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = {"quiet": "ink_2", "plain": "ink_2"}

STATES: Mapping[AttemptState, tuple[str, str, str]] = {
    AttemptState.INTENT: ("Preparing", "waiting", "accent"),
    AttemptState.UNKNOWN: ("Checking", "refresh", "attention"),
    AttemptState.ORDERED: ("Preparing", "waiting", "accent"),
    AttemptState.AWAITING: ("Waiting", "waiting", "accent"),
    AttemptState.EXPIRED: ("Expired", "attention", "attention"),
    AttemptState.CANCELLED: ("Cancelled", "cross", "quiet"),
    AttemptState.PAID: ("Paid", "paid", "paid"),
    AttemptState.REJECTED: ("Refused", "wrong", "wrong"),
    AttemptState.LAPSED: ("Not paid", "cross", "quiet"),
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
        self.setFixedHeight(28)
        self._icon = IconLabel(size=16)
        self.word = label(role="small", name=name)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self.word)
        self.show_state(word, icon, tone)

    def show_state(self, word: str, icon: str, tone: str, *, is_plain: bool = False) -> None:
        """Show a word with its icon in a tone (`paid`, `attention`, `wrong`, `accent`, `quiet`).

        Where it is plain there is only the word, small: something larger says it already.
        """
        tone, icon = ("plain", "") if is_plain else (tone, icon)
        self.word.setText(word)
        self.word.setAccessibleName(word)
        self._icon.setVisible(bool(icon))
        self._icon.show_icon(icon, _TOKEN.get(tone, tone))
        set_tone(self, tone)
        set_tone(self.word, tone)

    def show_attempt(self, state: AttemptState) -> None:
        """Show the word of an attempt's state."""
        self.show_state(*STATES[state])

    def show_plainly(self, state: AttemptState) -> None:
        """Show the word of an attempt's state where a large one stands above it."""
        self.show_state(*STATES[state], is_plain=True)
