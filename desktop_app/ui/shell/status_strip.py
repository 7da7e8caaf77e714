"""The status bar: mode, connection, last backup, open payments, what needs attention.

Each is a button with an icon and a coloured word, never a colour alone; a press asks the window to
explain it and to lead there. While Razorpay can't be used, a banner takes the place of most.
Decides nothing itself.
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
    "unknown": (N_("Not checked yet"), N_("Not checked yet"), "online", "quiet"),
    "online": (N_("Online"), N_("Online, checked {ago}"), "online", "paid"),
    "offline": (N_("Offline"), N_("Offline, checked {ago}"), "offline", "attention"),
    "refused": (N_("API keys rejected"), N_("API keys rejected, checked {ago}"), "wrong", "wrong"),
    "no_keys": (N_("UPI not set up"), N_("UPI not set up"), "attention", "attention"),
}
_MODES: Mapping[str, tuple[N_, str, str]] = {
    "none": (N_("NO API KEYS"), "attention", "attention"),
    "test": (N_("TEST KEYS"), "attention", "attention"),
    "live": (N_("LIVE"), "check", "paid"),
    "sandbox": (N_("SANDBOX"), "training", "attention"),
    "training": (N_("PRACTICE"), "training", "attention"),
}
ICON = 16
HEIGHT = 34
BANNER = 30
"""Of a banner in the bar, between its borders."""


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

    def __init__(self, banner: QWidget) -> None:
        super().__init__()
        self.setObjectName("statusStrip")
        self._banner = banner
        self.setSizeGripEnabled(False)
        bind_text(self, "accessibleName", N_("Status"))
        self._mode: str = ""
        self._state: ConnectionState | None = None
        self._is_closed = False
        self._health: HealthView | None = None
        self._count: int | None = None
        self._has_question = False
        box = self._box = QWidget()
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = hbox(inside=box, gap=theme.GRID, margins=(theme.GRID, 0))
        tips = {
            "mode": N_("Mode: live, test or practice"),
            "line": N_("Connection to Razorpay"),
            "backup": N_("Latest good backup"),
            "waiting": N_("Pending payments"),
            "look": N_("What needs attention"),
        }
        self.items = {key: self._item(key, tip) for key, tip in tips.items()}
        self._row.insertWidget(1, banner, 1)
        self._row.addStretch(0)
        self.addWidget(box, 1)
        self.keys = Button(
            N_("F1  Help"), kind="status", name="statusKeys", tip=N_("Help and shortcuts (F1)")
        )
        self.keys.clicked.connect(partial(self._pressed, "keys"))
        self.addPermanentWidget(self.keys)
        self.rescale()
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

    @property
    def has_question(self) -> bool:
        """Whether it names an open question instead of what needs attention."""
        return self._has_question

    def show_question(self, *, stands: bool) -> None:
        """Show whether it is open what the data folder is: nothing is recorded until then."""
        self._has_question = stands
        self.retranslate()

    def show_health(self, view: HealthView) -> None:
        """Show when the newest backup was made, and what needs attention."""
        self._health = view
        self._count = self._count or 0
        self.retranslate()

    def backup_words(self) -> str:
        """Return its text about the newest backup."""
        return self.items["backup"].accessibleName()

    def show_waiting(self, count: int) -> None:
        """Show how many payments are pending."""
        self._count = count
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room, what matters least first."""
        super().resizeEvent(event)
        self._fit()

    def rescale(self) -> None:
        """Keep one height, with the banner and without."""
        self.setFixedHeight(theme.px(HEIGHT))

    def _fit(self) -> None:
        """Show what has room; a banner needs all of it besides the mode and what is wrong."""
        has_banner = not self._banner.isHidden()
        items = self.items
        wanted: list[Button] = [items["look"]]
        if not self._banner_names_mode():
            wanted.insert(0, items["mode"])
        if not has_banner:
            wanted += [items["line"], items["backup"], items["waiting"], self.keys]
        left = self.width() - theme.MARGIN
        for part in (*items.values(), self.keys):
            part.setVisible(part is wanted[0] and bool(part.text()))
        for part in wanted:
            left -= part.sizeHint().width() + theme.GRID
            part.setVisible(bool(part.text()) and (left >= 0 or part is items["mode"]))

    def _banner_names_mode(self) -> bool:
        """Return whether the banner says already that there are no API keys."""
        is_said = self._state is not None and self._state.line.value == "no_keys"
        return self._mode == "none" and is_said and not self._banner.isHidden()

    def retranslate(self) -> None:
        """Set every item's words in the current language."""
        if self._mode:
            words, icon, tone = _MODES[self._mode]
            self.items["mode"].tell(tr(words), icon, tone)
        self._say_line()
        self._say_health()
        if self._count is not None:
            words = N_("{count} pending") if self._count else N_("Nothing pending")
            self.items["waiting"].tell(tr(words, count=self._count), "waiting", "quiet")
        self._fit()

    def _say_line(self) -> None:
        item = self.items["line"]
        if self._is_closed:
            item.tell(tr(N_("Couldn't open")), "wrong", "wrong")
        elif self._state is None:
            item.tell(tr(N_("Opening…")), "online", "quiet")
        else:
            bare, checked, icon, tone = _LINES[self._state.line.value]
            at = self._state.checked_at
            seconds = (datetime.now(UTC) - at).total_seconds() if at else 0.0
            item.tell(tr(checked, ago=ago(seconds)) if at else tr(bare), icon, tone)

    def _say_health(self) -> None:
        view = self._health
        if self._has_question:
            self.items["look"].tell(tr(N_("Moved or copied?")), "attention", "attention")
        if view is None:
            return
        tone = "attention" if view.has_old_backup else "quiet"
        icon = "attention" if view.has_old_backup else "backup"
        self.items["backup"].tell(backup_words(view.backup_at), icon, tone)
        look = self.items["look"]
        if self._has_question:
            return
        if view.needs_look:
            words = N_("{count} needs attention", "{count} need attention")
            look.tell(tr(words, count=view.needs_look), "attention", "wrong")
        elif view.unsaid:
            look.tell(tr(N_("{count} to send"), count=view.unsaid), "waiting", "quiet")
        else:
            look.tell(tr(N_("No issues")), "check", "quiet")

    def _item(self, key: str, tip: N_) -> StatusItem:
        made = StatusItem(f"status{key.title()}", tip)
        made.clicked.connect(partial(self._pressed, key))
        self._row.addWidget(made)
        return made

    def _pressed(self, key: str, _checked: object = None) -> None:
        self.asked.emit(key)
