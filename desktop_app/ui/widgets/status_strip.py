"""The status bar: mode, line, last backup, how many wait. Words with colour, never colour alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStatusBar, QWidget

from desktop_app.ui import theme
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone
from desktop_app.ui.wording import ago

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QLabel

    from desktop_app.services.views import KeyMode, LineState

# Keyed by the values of `Line` and `KeyMode`: importing the views costs a start 15 ms.
_LINES: Mapping[str, tuple[str, str, str]] = {
    "unknown": ("Line not tried yet", "online", "quiet"),
    "online": ("Online", "online", "paid"),
    "offline": ("Offline", "offline", "attention"),
    "refused": ("Keys refused", "wrong", "wrong"),
    "no_keys": ("UPI waits for keys", "attention", "attention"),
}
_MODES: Mapping[str, tuple[str, str]] = {
    "none": ("NO KEYS", "attention"),
    "test": ("TEST KEYS", "attention"),
    "live": ("LIVE", "paid"),
    "sandbox": ("SANDBOX", "attention"),
}
_TOKEN = {"quiet": "ink_2"}


class StatusStrip(QStatusBar):
    """What one glance at the bottom tells."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Status")
        self._mode = self._item("statusMode", "", "Which of Razorpay's worlds is used")
        self._icon = IconLabel("online", "ink_2", 16)
        self._line = self._item("statusLine", "", "The connection to Razorpay", self._icon)
        self._backup = self._item(
            "statusBackup", "", "The newest good backup", IconLabel("backup", "ink_2", 16)
        )
        self._waiting = self._item(
            "statusWaiting", "", "Payments that still wait", IconLabel("waiting", "ink_2", 16)
        )
        keys = label("F1  help and keys", "caption", name="statusKeys")
        keys.setContentsMargins(0, 0, theme.GAP, 0)
        self.addPermanentWidget(keys)
        self.show_opening()

    def show_opening(self) -> None:
        """Say that the desk is being opened."""
        self._say(self._line, "Opening the desk…", "quiet")

    def show_closed(self) -> None:
        """Say that no desk is open."""
        self._say(self._line, "The desk is not open", "wrong")

    def show_mode(self, mode: KeyMode, *, training: bool) -> None:
        """Name the mode."""
        words, tone = ("TRAINING", "attention") if training else _MODES[mode.value]
        self._say(self._mode, words, tone)

    def show_line(self, state: LineState) -> None:
        """Name the line, and when it was last known."""
        words, icon, tone = _LINES[state.line.value]
        if state.checked_at is not None and state.line.value != "no_keys":
            seconds = (datetime.now(UTC) - state.checked_at).total_seconds()
            words = f"{words}, checked {ago(seconds)}"
        self._icon.show_icon(icon, _TOKEN.get(tone, tone))
        self._say(self._line, words, tone)

    def show_backup(self, words: str) -> None:
        """Say when the newest backup was made."""
        self._say(self._backup, words[:1].upper() + words[1:], "quiet")

    def backup_words(self) -> str:
        """Tell what it says of the newest backup."""
        return self._backup.text()

    def show_waiting(self, count: int) -> None:
        """Say how many payments wait."""
        self._say(self._waiting, f"{count} waiting" if count else "Nothing waiting", "quiet")

    def _item(self, name: str, text: str, tip: str, icon: IconLabel | None = None) -> QLabel:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(theme.GAP, 2, theme.GAP, 2)
        row.setSpacing(6)
        if icon is not None:
            row.addWidget(icon)
        made = label(text, "caption", name=name)
        made.setToolTip(tip)
        row.addWidget(made)
        box.setVisible(bool(text))
        self.addWidget(box)
        return made

    def _say(self, item: QLabel, words: str, tone: str) -> None:
        if item.text() == words:
            return
        item.setText(words)
        item.setAccessibleName(words)
        set_tone(item, tone)
        box = item.parentWidget()
        if box is not None:
            box.setVisible(bool(words))
