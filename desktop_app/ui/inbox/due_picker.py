"""Open dues of a family to choose one of: those that fit first, the others to be seen only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.views.unapplied import FamilyDue


class DuePicker(Card):
    """Hidden until there is something to choose, or to say that there is nothing.

    Signals:
        chosen: the uid of the due to pay.
        closed: none was chosen.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__("well", margin=12)
        self.words = label("", "small", name="familyDuesWords", wrap=True)
        self.close_button = Button(N_("Close"), name="familyDuesCloseButton")
        self.close_button.clicked.connect(self._close)
        self.buttons: list[Button] = []
        self._rows: list[QWidget] = []
        fill(self.column, self.words, hbox(self.close_button, STRETCH))
        self.hide()

    def show_dues(self, dues: tuple[FamilyDue, ...]) -> None:
        """Offer dues, in the order given."""
        self._clear()
        words = N_("This family has no other fee due.")
        if any(due.fits for due in dues):
            words = N_("Choose a fee with the same amount.")
        elif dues:
            words = N_("This family's other fees have different amounts.")
        bind_text(self.words, "text", words)
        for at, due in enumerate(dues):
            self._rows.append(self._row(due))
            self.column.insertWidget(1 + at, self._rows[-1])
        self.show()
        (self.buttons[0] if self.buttons else self.close_button).setFocus()

    def close_up(self) -> None:
        """Offer nothing any more."""
        self.hide()

    def _row(self, due: FamilyDue) -> QWidget:
        made = QWidget()
        row = hbox(inside=made, gap=theme.GAP)
        who = f"{due.student_name} · {due.roll_no} · {due.course_label}"
        fill(row, (ElidedLabel(who, "small"), 1), label(format_rupees(due.amount), "small"))
        if due.fits:
            button = Button(N_("Use for this fee"), name="familyDueButton")
            button.setAccessibleDescription(who)
            button.setProperty("due", due.due_uid)
            button.clicked.connect(partial(self._choose, due.due_uid))
            self.buttons.append(button)
            row.addWidget(button)
        else:
            row.addWidget(label(N_("different amount"), "caption"))
        return made

    def _clear(self) -> None:
        for row in self._rows:
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.buttons = [], []

    def _choose(self, due_uid: str, _checked: object = None) -> None:
        self.chosen.emit(due_uid)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
