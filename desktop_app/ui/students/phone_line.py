"""A phone number in full, with what calling a parent needs: copy it, or write by WhatsApp.

Only where one student is shown: lists mask every number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.boxes import fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import FlowLayout, fit_lines
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.ui.core.desktop_services import DesktopServices

INDIA = "91"
_GROUP = 5


class PhoneLine(QWidget):
    """One phone number; hidden while there is none.

    Args:
        computer: opens WhatsApp and holds the clipboard.
        title: whose number it is.
        name: the first part of its object names.
    """

    def __init__(self, computer: DesktopServices, title: N_, name: str) -> None:
        super().__init__()
        self._computer = computer
        self._number = ""
        self.number = label("", "body", name=name)
        self.copy_button = Button(
            N_("Copy"), kind="compact", icon="copy", name=f"{name}CopyButton",
            tip=N_("Copy this number"),
        )  # fmt: skip
        self.chat_button = Button(
            N_("WhatsApp"), kind="compact", icon="phone", name=f"{name}WhatsAppButton",
            tip=N_("Open a WhatsApp chat with this number"),
        )  # fmt: skip
        row, flow = QWidget(), FlowLayout()
        for each in (self.number, self.copy_button, self.chat_button):
            flow.addWidget(each)
        fit_lines(row, flow)
        column = vbox(inside=self, gap=theme.GRID)
        fill(column, label(title, "caption"), row)
        self.copy_button.clicked.connect(self._copy)
        self.chat_button.clicked.connect(self._chat)
        self.hide()

    def show_number(self, number: str) -> None:
        """Show a number of ten digits; none hides the line."""
        self._number = number
        self.number.setText(f"{number[:_GROUP]} {number[_GROUP:]}".strip())
        self.setVisible(bool(number))

    def _copy(self) -> None:
        self._computer.copy(self._number)

    def _chat(self) -> None:
        if not self._computer.open_address(QUrl(f"https://wa.me/{INDIA}{self._number}")):
            self._copy()
