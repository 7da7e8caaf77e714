"""The tray: every pending payment, and those that have just ended, as chips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QMenu

from desktop_app.domain.payment import LIVE_STATES
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import held_words, one_line
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.payments import HeldCount

LONGEST_NAME = 14
CHIPS, FIRST_KEY = 6, 4
"""So many chips have a shortcut; the first is Alt+4, after the three methods."""
_PENDING = {state.value for state in LIVE_STATES}


class Chip(NamedTuple):
    """One attempt in the tray.

    Attributes:
        state: the attempt's state, for the dynamic property.
        word: the state in a word.
        left: the countdown, empty where there is none.
    """

    uid: str
    state: str
    name: str
    amount: str
    word: N_
    icon: str
    tone: str
    left: str = ""

    def words(self) -> str:
        """Return the chip's text."""
        name = one_line(self.name, LONGEST_NAME)
        return f"{name}  {self.amount}  {self.left or tr(self.word)}".strip()

    def spoken(self) -> str:
        """Return the text for a screen reader."""
        left = tr(N_("{time} left"), time=self.left) if self.left else ""
        parts = (one_line(self.name), self.amount, tr(self.word), left)
        return ", ".join(part for part in parts if part)


class PaymentTray(QFrame):
    """A row of chips; hidden while there are none. What does not fit is in a menu at its end.

    The payment on screen has no chip beside it; it keeps its place and its shortcut.

    Signals:
        chosen: the uid of an attempt whose chip was pressed.
        pending_wanted: list the students with a fee due.
        held_wanted: list the bills that were left.
    """

    chosen = Signal(str)
    pending_wanted = Signal()
    held_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("waitingTray")
        bind_text(self, "accessibleName", N_("Pending payments"))
        self.setProperty("kind", "tray")
        self._chips: tuple[Chip, ...] = ()
        self._on_screen = ""
        self._buttons: dict[str, Button] = {}
        self._caption = label(N_("Pending"), "caption")
        self.overflow = Button(kind="chip", icon="next", name="moreWaitingButton")
        self.overflow.clicked.connect(self._open_menu)
        self.overflow.hide()
        self._pending_count = 0
        self._held: HeldCount | None = None
        tip = N_("Show the students with a fee due")
        self.pending = Button(kind="chip", icon="late", name="pendingChip", tip=tip)
        self.pending.clicked.connect(self.pending_wanted)
        self.pending.hide()
        tip = N_("Show held bills (Ctrl+H)")
        self.held = Button(kind="chip", icon="waiting", name="heldChip", tip=tip)
        self.held.clicked.connect(self.held_wanted)
        self.held.hide()
        self._row = hbox(inside=self, gap=theme.GAP, margins=(theme.GROUP, 5))
        fill(self._row, self._caption, STRETCH, self.overflow, self.held, self.pending)
        self.hide()

    @property
    def _has_held(self) -> bool:
        """Whether a bill was left."""
        return self._held is not None and self._held.bills > 0

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show these chips, the oldest first."""
        self._chips = chips
        wanted = {chip.uid for chip in chips}
        for uid in [uid for uid in self._buttons if uid not in wanted]:
            button = self._buttons.pop(uid)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        for number, chip in enumerate(chips, 1):
            self._show(chip)
            self._name_key(self._buttons[chip.uid], number)
        self._show_or_hide()

    def show_on_screen(self, uid: str) -> None:
        """Leave out the chip of an attempt that is on screen; empty for none."""
        if uid != self._on_screen:
            self._on_screen = uid
            self._show_or_hide()

    @property
    def _others(self) -> tuple[Chip, ...]:
        """The chips of what is not on screen."""
        return tuple(chip for chip in self._chips if chip.uid != self._on_screen)

    def show_pending(self, count: int, held: HeldCount | None = None) -> None:
        """Show how many fees are due that are in no pending payment, and how many bills were left.

        A bill of which a part is paid has its own colour: its student looks served.
        """
        self._pending_count, self._held = count, held
        if held is not None:
            self.held.show_text(held_words(held))
            set_tone(self.held, "attention" if held.part_paid else "")
        self.held.setVisible(self._has_held)
        self.pending.show_text(tr(N_("{count} fee due", "{count} fees due"), count=count))
        self.pending.setVisible(count > 0)
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        others = self._others
        is_pending = any(chip.state in _PENDING for chip in others or self._chips)
        bind_text(self._caption, "text", N_("Pending") if is_pending else N_("Just ended"))
        self._caption.setVisible(bool(others))
        self.rescale()
        self.setVisible(bool(others or self._pending_count or self._has_held))

    def chips(self) -> tuple[Button, ...]:
        """Return the chips, oldest first."""
        return tuple(self._buttons[chip.uid] for chip in self._chips)

    def press(self, number: int) -> None:
        """Go to a payment by its place in the tray, from 1; nothing where there are fewer."""
        for chip in self._chips[number - 1 : number]:
            self.chosen.emit(chip.uid)

    def minimumSizeHint(self) -> QSize:
        """Never keep the window from being narrow."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as have room."""
        super().resizeEvent(event)
        self.rescale()

    def retranslate(self) -> None:
        """Set the chips' words in the current language."""
        self.show_chips(self._chips)
        self.show_pending(self._pending_count, self._held)

    def _show(self, chip: Chip) -> None:
        button = self._buttons.get(chip.uid)
        if button is None:
            button = Button(kind="chip", icon=chip.icon)
            button.setProperty("attempt", chip.uid)
            button.clicked.connect(partial(self.chosen.emit, chip.uid))
            self._buttons[chip.uid] = button
            self._row.insertWidget(self._row.indexOf(self.overflow) - 1, button)
        button.setProperty("state", chip.state)
        set_tone(button, chip.tone)
        button.show_icon(chip.icon)
        if button.text() != f" {chip.words()}":
            button.show_text(chip.words())
        button.setAccessibleName(chip.spoken())

    def _name_key(self, button: Button, number: int) -> None:
        """Show the shortcut of a chip, which changes with its place."""
        tip, key = N_("Show this payment"), ""
        if number <= CHIPS:
            tip, key = N_("Show this payment ({key})"), f"Alt+{FIRST_KEY + number - 1}"
        for name in ("toolTip", "accessibleDescription"):
            bind_text(button, name, tip, key=key)

    def rescale(self) -> None:
        """Hide what has no room, the newest last, and count it."""
        for chip in self._chips:
            self._buttons[chip.uid].setHidden(chip.uid == self._on_screen)
        buttons = [self._buttons[chip.uid] for chip in self._others]
        gap = self._row.spacing()
        margins = self._row.contentsMargins()
        taken = margins.left() + margins.right() + self._caption.sizeHint().width() + gap
        for fixed, is_shown in ((self.held, self._has_held), (self.pending, self._pending_count)):
            taken += fixed.sizeHint().width() + gap if is_shown else 0
        room = (self.width() if self.isVisible() else self.window().width()) - taken
        widths = [button.sizeHint().width() + gap for button in buttons]
        if sum(widths) > room:
            room -= self.overflow.sizeHint().width() + gap
        hidden = 0
        for button, width in zip(buttons, widths, strict=True):
            room -= width
            button.setVisible(room >= 0)
            hidden += room < 0
        self.overflow.show_text(tr(N_("+{count} more"), count=hidden))
        self.overflow.setVisible(hidden > 0)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("moreWaitingMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        for chip in self._others:
            if self._buttons[chip.uid].isHidden():
                action = menu.addAction(chip.words().replace("&", "&&"))
                action.triggered.connect(partial(self._choose, chip.uid))
        menu.popup(self.overflow.mapToGlobal(self.overflow.rect().topLeft()))

    def _choose(self, uid: str, _checked: object = None) -> None:
        self.chosen.emit(uid)
