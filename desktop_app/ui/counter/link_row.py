"""The payment link in letters, with the two ways in which it is handed over most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.channels import is_link
from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView


class LinkRow(QWidget):
    """The link and its buttons; hidden for every other way of paying.

    Signals:
        copy_wanted: copy the link.
        chat_wanted: write the message with the link into WhatsApp.
    """

    copy_wanted = Signal()
    chat_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = ElidedLabel("", "small", name="linkText")
        self.copy = Button(
            N_("Copy"), kind="compact", icon="copy", name="copyLinkButton",
            tip=N_("Copy the payment link"),
        )  # fmt: skip
        self.chat = Button(
            N_("WhatsApp"), kind="compact", icon="phone", name="chatLinkButton",
            tip=N_("Send the payment link by WhatsApp. You choose the recipient."),
        )  # fmt: skip
        self.copy.clicked.connect(self.copy_wanted)
        self.chat.clicked.connect(self.chat_wanted)
        fill(hbox(inside=self, gap=theme.GAP), (self.text, 1), self.copy, self.chat)
        self.hide()

    def show_for(self, view: AttemptView, *, is_working: bool) -> None:
        """Show the link of an attempt that waits for one."""
        link = view.qr_text if is_link(view.method) else ""
        self.text.show_text(link or "")
        for button in (self.copy, self.chat):
            button.setEnabled(not is_working)
        self.setVisible(bool(link) and view.state is AttemptState.AWAITING)
