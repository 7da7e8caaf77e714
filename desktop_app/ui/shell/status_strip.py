"""The status bar: mode, line, last backup, what waits, what needs a look.

Each is a button with an icon and a coloured word, never a colour alone; a press asks the window to
explain it and to lead there. Decides nothing itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStatusBar, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import ago, backup_words
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.settings import ConnectionState, KeyMode
    from desktop_app.ui.shell.health_presenter import HealthView

# Keyed by the values of `Line` and `KeyMode`: importing the views costs a start 15 ms.
_LINES: Mapping[str, tuple[N_, N_, str, str]] = {
    "unknown": (N_("Line not tried yet"), N_("Line not tried yet"), "online", "quiet"),
    "online": (N_("Online"), N_("Online, checked {ago}"), "online", "paid"),
    "offline": (N_("Offline"), N_("Offline, checked {ago}"), "offline", "attention"),
    "refused": (N_("Keys refused"), N_("Keys refused, checked {ago}"), "wrong", "wrong"),
    "no_keys": (N_("UPI waits for keys"), N_("UPI waits for keys"), "attention", "attention"),
}
_MODES: Mapping[str, tuple[N_, str, str]] = {
    "none": (N_("NO KEYS"), "attention", "attention"),
    "test": (N_("TEST KEYS"), "attention", "attention"),
    "live": (N_("LIVE"), "check", "paid"),
    "sandbox": (N_("SANDBOX"), "training", "attention"),
    "training": (N_("TRAINING"), "training", "attention"),
}
ICON = 16


class StatusItem(Button):
    """One item of the bar; hidden while it is empty."""

    def __init__(self, name: str, tip: N_) -> None:
        super().__init__(kind="status", name=name, tip=tip)
        self.size_icon(ICON)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def tell(self, words: str, icon: str, tone: str) -> None:
        """Show words, an icon and the colour of a state."""
        set_tone(self, tone)
        self.show_icon(icon)
        self.show_text(words)
        self.recolour()
        self.setVisible(bool(words))


class StatusStrip(QStatusBar):
    """The status bar.

    Signals:
        asked: one of `mode`, `line`, `backup`, `waiting`, `look`, `keys` was pressed.
    """

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        bind_text(self, "accessibleName", N_("Status"))
        self._mode: str = ""
        self._state: ConnectionState | None = None
        self._is_closed = False
        self._health: HealthView | None = None
        self._count: int | None = None
        box = self._box = QWidget()
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = hbox(inside=box, gap=theme.GRID, margins=(theme.GRID, 0))
        tips = {
            "mode": N_("Which of Razorpay's worlds is used"),
            "line": N_("The connection to Razorpay"),
            "backup": N_("The newest good backup"),
            "waiting": N_("Payments that still wait"),
            "look": N_("What needs somebody's look"),
        }
        self.items = {key: self._item(key, tip) for key, tip in tips.items()}
        self._row.addStretch(1)
        self.addWidget(box, 1)
        self.keys = Button(N_("F1  help and keys"), kind="status", name="statusKeys")
        self.keys.clicked.connect(partial(self._pressed, "keys"))
        self.addPermanentWidget(self.keys)
        self.retranslate()

    def show_opening(self) -> None:
        """Show that the desk is being opened."""
        self._is_closed = False
        self.retranslate()

    def show_closed(self) -> None:
        """Show that no desk is open."""
        self._is_closed = True
        self.retranslate()

    def show_mode(self, mode: KeyMode, *, training: bool) -> None:
        """Name the mode."""
        self._mode = "training" if training else mode.value
        self.retranslate()

    def show_line(self, state: ConnectionState) -> None:
        """Name the line, and when it was last known."""
        self._state = state
        self.retranslate()

    def show_health(self, view: HealthView) -> None:
        """Show when the newest backup was made, and what needs a look."""
        self._health = view
        self._count = self._count or 0
        self.retranslate()

    def backup_words(self) -> str:
        """Return its text about the newest backup."""
        return self.items["backup"].accessibleName()

    def show_waiting(self, count: int) -> None:
        """Show how many payments wait."""
        self._count = count
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the F1 hint when large text needs the space."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wanted = self._row.sizeHint().width() + self.keys.sizeHint().width() + theme.MARGIN
        self.keys.setVisible(wanted <= self.width())

    def retranslate(self) -> None:
        """Set every item's words in the current language."""
        if self._mode:
            words, icon, tone = _MODES[self._mode]
            self.items["mode"].tell(tr(words), icon, tone)
        self._say_line()
        self._say_health()
        if self._count is not None:
            words = N_("{count} waiting") if self._count else N_("Nothing waiting")
            self.items["waiting"].tell(tr(words, count=self._count), "waiting", "quiet")
        self._fit()

    def _say_line(self) -> None:
        item = self.items["line"]
        if self._is_closed:
            item.tell(tr(N_("The desk is not open")), "wrong", "wrong")
        elif self._state is None:
            item.tell(tr(N_("Opening the desk…")), "online", "quiet")
        else:
            bare, checked, icon, tone = _LINES[self._state.line.value]
            at = self._state.checked_at
            seconds = (datetime.now(UTC) - at).total_seconds() if at else 0.0
            item.tell(tr(checked, ago=ago(seconds)) if at else tr(bare), icon, tone)

    def _say_health(self) -> None:
        view = self._health
        if view is None:
            return
        tone = "attention" if view.has_old_backup else "quiet"
        icon = "attention" if view.has_old_backup else "backup"
        self.items["backup"].tell(backup_words(view.backup_at), icon, tone)
        look = self.items["look"]
        if view.needs_look:
            words = N_("1 needs a look") if view.needs_look == 1 else N_("{count} need a look")
            look.tell(tr(words, count=view.needs_look), "attention", "wrong")
        elif view.unsaid:
            look.tell(tr(N_("{count} to send"), count=view.unsaid), "waiting", "quiet")
        else:
            look.tell(tr(N_("All in order")), "check", "quiet")

    def _item(self, key: str, tip: N_) -> StatusItem:
        made = StatusItem(f"status{key.title()}", tip)
        made.clicked.connect(partial(self._pressed, key))
        self._row.addWidget(made)
        return made

    def _pressed(self, key: str, _checked: object = None) -> None:
        self.asked.emit(key)
