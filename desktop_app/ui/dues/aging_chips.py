"""Chips of the buckets with their sums; pressing one lists what is in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from desktop_app.domain.ageing import Bucket
from desktop_app.ui.accounts.texts import BUCKETS
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import FlowLayout, fit_lines

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from desktop_app.services.views.dues import DueSums

ALL, TO_CALL, THIS_MONTH, NEXT_MONTH = "all", "call", "month", "next_month"
_MONTHS = {THIS_MONTH: 0, NEXT_MONTH: 1}
_OTHERS = {ALL, TO_CALL, *_MONTHS}
_NAMES: dict[str, N_] = {
    ALL: N_("All dues"),
    TO_CALL: N_("To call"),
    THIS_MONTH: N_("This month"),
    NEXT_MONTH: N_("Next month"),
    **{bucket.value: words for bucket, words in BUCKETS.items()},
}
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ONWARDS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}


class _Chip(Button):
    """A chip that hands the keys on which choose another one, or go on to the list.

    Signals:
        stepped: choose the chip so many places on.
        left: go on to the list.
    """

    stepped = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with Left and Right; leave with Enter and Down."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in _ONWARDS:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class AgingChips(QWidget):
    """One chip a bucket, one for all dues, for the families to call, for this month and the next.

    Left and Right choose another chip; Enter and Down go on to the list.

    Signals:
        chosen: another chip was pressed.
        left: Enter or Down on a chip.
    """

    chosen = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("agingChips")
        bind_text(self, "accessibleName", N_("Days overdue"))
        self.buttons: dict[str, Button] = {}
        self._sums: DueSums | None = None
        group = QButtonGroup(self)
        row = FlowLayout(theme.GRID)
        for value, words in _NAMES.items():
            button = _Chip(words, kind="filter", name=f"agingChip{_id_of(value)}")
            button.setCheckable(True)
            button.stepped.connect(self._step)
            button.left.connect(self.left)
            button.clicked.connect(partial(self._press, value))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[value] = button
        fit_lines(self, row)
        self.buttons[ALL].setChecked(True)
        self.setFocusProxy(self.buttons[ALL])

    @property
    def value(self) -> str:
        """The chip that is down: a bucket, `all`, `call`, `month` or `next_month`."""
        return next(value for value, button in self.buttons.items() if button.isChecked())

    @property
    def name(self) -> str:
        """The words of the chip that is down, without its sum."""
        return tr(_NAMES[self.value])

    @property
    def bucket(self) -> Bucket | None:
        """The bucket that is down; None for all."""
        value = self.value
        return None if value in _OTHERS else Bucket(value)

    @property
    def month(self) -> int | None:
        """How many months after the present one the month is that is down; None for none."""
        return _MONTHS.get(self.value)

    def choose(self, value: str) -> None:
        """Put a chip down, as a press does."""
        self.buttons[value].setChecked(True)
        self.chosen.emit()

    def show_sums(self, sums: DueSums) -> None:
        """Show the sum of each bucket; one without dues is hidden unless it is down."""
        self._sums = sums
        self.retranslate()

    def retranslate(self) -> None:
        """Set the words in the present language."""
        for value, button in self.buttons.items():
            words = tr(_NAMES[value])
            amount = self._amount(value)
            shown = f"{words}  {amount}" if amount else words
            if button.text().replace("&&", "&") != shown:
                button.show_text(shown)
            is_empty = self._sums is not None and not amount and value not in _OTHERS
            button.setVisible(not is_empty or button.isChecked())

    def _amount(self, value: str) -> str:
        if self._sums is None or value == TO_CALL:
            return ""
        if value == ALL:
            balance = self._sums.standing.balance
        elif value in _MONTHS:
            balance = self._sums.months[_MONTHS[value]].balance
        else:
            balance = self._sums.buckets[Bucket(value)].balance
        return short_rupees(balance) if balance else ""

    def _step(self, steps: int) -> None:
        """Choose the chip so many places on, of those that are shown."""
        shown = [value for value, button in self.buttons.items() if not button.isHidden()]
        at = shown.index(self.value) + steps
        if 0 <= at < len(shown):
            self.buttons[shown[at]].setFocus(Qt.FocusReason.TabFocusReason)
            self.choose(shown[at])

    def _press(self, _value: str, _checked: object = None) -> None:
        self.chosen.emit()


def _id_of(value: str) -> str:
    """Return the last part of a chip's object name, like `16To30` or `NotDue`."""
    return "".join(part.title() for part in value.replace("-", "_to_").split("_"))
