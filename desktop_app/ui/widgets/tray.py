"""The waiting tray: every payment that still waits, and those that have just ended, as chips."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop_app.domain.payment import LIVE_STATES
from desktop_app.ui import theme
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label, set_tone

MOST = 7
LONGEST_NAME = 14
_WAITING = {state.value for state in LIVE_STATES}


@dataclass(frozen=True, slots=True)
class Chip:
    """One attempt in the tray.

    Attributes:
        state: the attempt's state, for the dynamic property.
        more: the countdown, or the state in a word.
    """

    uid: str
    state: str
    name: str
    amount: str
    more: str
    icon: str
    tone: str

    def words(self) -> str:
        """What the chip says."""
        name = self.name if len(self.name) <= LONGEST_NAME else f"{self.name[: LONGEST_NAME - 1]}…"
        return f"{name}  {self.amount}  {self.more}".strip()


class WaitingTray(QFrame):
    """A row of chips; hidden while there are none.

    Signals:
        chosen: the uid of an attempt whose chip was pressed.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("waitingTray")
        self.setAccessibleName("Waiting payments")
        self.setProperty("kind", "tray")
        self._buttons: dict[str, Button] = {}
        self._caption = label("Waiting", "caption")
        self._overflow = label("", "caption")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.GROUP, 5, theme.GROUP, 5)
        self._row.setSpacing(theme.GAP)
        self._row.addWidget(self._caption)
        self._row.addWidget(self._overflow)
        self._row.addStretch(1)
        self.hide()

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show these chips, newest last; what does not fit is counted."""
        shown = chips[-MOST:]
        for uid in [uid for uid in self._buttons if uid not in {chip.uid for chip in shown}]:
            button = self._buttons.pop(uid)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        for chip in shown:
            self._show(chip)
        hidden = len(chips) - len(shown)
        self._overflow.setText(f"+{hidden} more" if hidden else "")
        self._overflow.setVisible(hidden > 0)
        is_waiting = any(chip.state in _WAITING for chip in chips)
        self._caption.setText("Waiting" if is_waiting else "Just ended")
        self.setVisible(bool(chips))

    def chips(self) -> tuple[Button, ...]:
        """Tell the chips on screen."""
        return tuple(self._buttons.values())

    def _show(self, chip: Chip) -> None:
        button = self._buttons.get(chip.uid)
        if button is None:
            button = Button(kind="chip", icon=chip.icon, tip="Show this payment")
            button.setProperty("attempt", chip.uid)
            button.clicked.connect(partial(self.chosen.emit, chip.uid))
            self._buttons[chip.uid] = button
            self._row.insertWidget(len(self._buttons) + 1, button)
        button.setProperty("state", chip.state)
        set_tone(button, chip.tone)
        button.show_icon(chip.icon)
        button.show_text(chip.words())
        button.setAccessibleName(f"{chip.name}, {chip.amount}, {chip.more or chip.state}")
