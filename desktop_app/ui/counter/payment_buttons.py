"""The buttons of the payment on screen; what cannot be undone asks once, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from desktop_app.domain.channels import is_link, is_page
from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.confirm_strip import Answers, ConfirmStrip
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.sized_stack import SizedStack

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView

_CANCEL = N_(
    "Cancel this {amount} payment for {name}? If the parent still pays, we'll record the payment."
)
_LINK = N_(
    "Send {name} a payment link for {amount} instead? We'll close the QR first, so the parent "
    "can only pay with the link."
)
_OVER = (AttemptState.EXPIRED, AttemptState.CANCELLED, AttemptState.LAPSED, AttemptState.REJECTED)


class PaymentButtons(SizedStack):
    """The buttons under a payment, and the questions they ask.

    Signals:
        renewed: close this QR and make a new one.
        copy_wanted: copy the payment link.
        chat_wanted: write the payment link into WhatsApp.
        link_wanted: show the ways to send the payment link.
        changed_to_link: close this QR and make a payment link, after the question.
        cancelled: cancel the payment, after the question.
        other_way: back to the bill, to choose another way of paying.
        asking: whether a question is up.
    """

    renewed = Signal()
    copy_wanted = Signal()
    chat_wanted = Signal()
    link_wanted = Signal()
    changed_to_link = Signal()
    cancelled = Signal()
    other_way = Signal()
    asking = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._view: AttemptView | None = None
        self.new_qr = _button(
            N_("New &QR"), "qr", "newQrButton",
            N_("Close this QR, check once more for a payment, and create a new QR"),
            self.renewed.emit,
        )  # fmt: skip
        self.send_link = _button(
            N_("Send &link"), "link", "sendLinkButton",
            N_("Send a payment link by WhatsApp or email, or copy it"), self._send_link,
        )  # fmt: skip
        self.copy_link = _button(
            N_("Copy"), "copy", "copyLinkButton", N_("Copy the payment link"),
            self.copy_wanted.emit,
        )  # fmt: skip
        self.chat_link = _button(
            N_("WhatsApp"), "phone", "chatLinkButton",
            N_("Send the payment link on WhatsApp. You choose the recipient."),
            self.chat_wanted.emit,
        )  # fmt: skip
        self.another = _button(
            N_("&Another way to pay"), "arrow", "anotherWayButton",
            N_("Go back to the bill and choose another payment method"), self.other_way.emit,
        )  # fmt: skip
        self.cancel = _button(
            N_("&Cancel"), "cross", "cancelPaymentButton",
            N_("Cancel this payment"), self.ask_to_cancel,
        )  # fmt: skip
        self._cancelling = ConfirmStrip(
            Button(N_("Keep waiting"), name="keepWaitingButton"),
            Button(N_("Cancel payment"), kind="danger", icon="cross", name="reallyCancelButton"),
            Answers.WIDE,
        )
        self._linking = ConfirmStrip(
            Button(N_("Keep the QR"), name="keepQrButton"),
            Button(N_("Send a link"), icon="link", name="changeToLinkButton"),
            Answers.WIDE,
        )
        self._buttons = flowing(
            self.new_qr, self.copy_link, self.chat_link, self.send_link, self.another, self.cancel
        )
        self.add(self._buttons)
        for question in (self._cancelling, self._linking):
            self.add(question)
            question.refused.connect(self.ask_nothing)
            question.confirmed.connect(self.ask_nothing)
        self._cancelling.confirmed.connect(self.cancelled)
        self._linking.confirmed.connect(self.changed_to_link)
        self.bring(self._buttons)

    def show_for(self, view: AttemptView, *, is_working: bool) -> None:
        """Offer what makes sense for an attempt."""
        self._view = view
        is_live = view.state in LIVE_STATES
        is_awaiting = view.state is AttemptState.AWAITING
        is_by_link = is_link(view.method)
        is_on_page = is_page(view.method)
        self.new_qr.setVisible(is_awaiting and not is_by_link and not is_on_page)
        for button in (self.copy_link, self.chat_link):
            button.setVisible(is_awaiting and is_by_link)
        self.send_link.setVisible(is_awaiting and not is_on_page)
        self.another.setVisible(view.state in _OVER)
        self.cancel.setVisible(is_live)
        for button in self._buttons.findChildren(Button):
            button.setEnabled(not is_working)
        self.setVisible(view.state is not AttemptState.PAID)
        if not is_live or (is_working and self.is_asking):
            self.ask_nothing()

    def ask_to_cancel(self) -> None:
        """Ask once whether to cancel the payment."""
        self._ask(self._cancelling, _CANCEL)

    def ask_for_link(self) -> None:
        """Ask once whether to close the QR and make a link."""
        self._ask(self._linking, _LINK)

    def ask_nothing(self) -> None:
        """Withdraw the question."""
        if self.is_asking:
            self.bring(self._buttons)
            self.asking.emit(self.is_asking)

    @property
    def is_asking(self) -> bool:
        """Whether a question is up."""
        return self.current() is not self._buttons

    def question(self) -> str:
        """Return the question; empty when none is asked."""
        page = self.current()
        return page.words.text() if isinstance(page, ConfirmStrip) else ""

    def _ask(self, question: ConfirmStrip, words: N_) -> None:
        if self._view is None:
            return
        name = one_line(self._view.student_name, 40)
        self.bring(question)
        question.ask(words, amount=short_rupees(self._view.amount), name=name)
        self.asking.emit(self.is_asking)

    def _send_link(self) -> None:
        if self._view is not None and is_link(self._view.method):
            self.link_wanted.emit()
        else:
            self.ask_for_link()


def _button(words: N_, icon: str, name: str, tip: N_, press: Callable[[], None]) -> Button:
    made = Button(words, kind="compact", icon=icon, name=name, tip=tip)
    made.clicked.connect(press)
    return made
