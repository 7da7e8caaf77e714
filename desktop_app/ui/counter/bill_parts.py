"""Parts of the bill: the table of its lines, the line of its warning, the family's contact."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableWidget, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.counter.student_fees import Contact
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label

_HALF = 5
"""Digits of a phone number before its space."""


def cart_table() -> QTableWidget:
    """Return the table of the lines."""
    table = QTableWidget(0, 2)
    table.setObjectName("cartTable")
    bind_text(table, "accessibleName", N_("Bill details"))
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setProperty("kind", "bill")
    table.horizontalHeader().hide()
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table


def warning_line() -> tuple[QWidget, QLabel]:
    """Return the line of a warning, and its words."""
    frame = QWidget()
    words = label("", "small", wrap=True, tone="attention", name="billWarning")
    row = hbox(inside=frame)
    fill(row, (IconLabel("attention", "attention", 18), Qt.AlignmentFlag.AlignTop), (words, 1))
    return frame, words


class ContactRow(QWidget):
    """The contact of the picked student.

    Signals:
        copy_wanted: copy this phone number.
        chat_wanted: open WhatsApp with this phone number.
    """

    copy_wanted = Signal(str)
    chat_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._contact = Contact()
        self._phone = label("", "small", name="studentPhone")
        self._guardian = ElidedLabel("", "caption")
        self.copy_phone = Button(
            kind="status", icon="copy", name="copyPhoneButton", tip=N_("Copy the phone number")
        )
        self.chat = Button(
            kind="status", icon="phone", name="chatButton",
            tip=N_("Message this number on WhatsApp"),
        )  # fmt: skip
        self.copy_phone.clicked.connect(self._copy)
        self.chat.clicked.connect(self._chat)
        row = hbox(inside=self, gap=theme.GRID)
        fill(row, self._phone, self.copy_phone, self.chat, theme.GRID, (self._guardian, 1))
        self.show_contact(Contact())

    def show_contact(self, contact: Contact, beside: str = "") -> None:
        """Show the phone number in full; of nobody, none.

        Args:
            contact: how the family is reached.
            beside: the name above it, which is not repeated.
        """
        self._contact = contact
        number = contact.number
        spaced = f"{number[:_HALF]} {number[_HALF:]}" if len(number) == 2 * _HALF else number
        guardian = ""
        if contact.guardian_name and contact.guardian_name.casefold() != beside.casefold():
            guardian = tr(N_("c/o {name}"), name=one_line(contact.guardian_name, 40))
        self._phone.setText(spaced)
        self._guardian.show_text(guardian)
        for each in (self._phone, self.copy_phone, self.chat):
            each.setVisible(bool(number))
        self.setVisible(bool(number or guardian))

    def _copy(self) -> None:
        self.copy_wanted.emit(self._contact.number)

    def _chat(self) -> None:
        self.chat_wanted.emit(self._contact.number)
