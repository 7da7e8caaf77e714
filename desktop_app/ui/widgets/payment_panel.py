"""The payment on screen: QR, amount, countdown and state in words; then the tick and the receipt.

It shows what it is given and tells what was pressed. Only a view that says so makes it say Paid.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.words import amount_in_words
from desktop_app.ui import theme
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import ElidedLabel, label, set_tone
from desktop_app.ui.widgets.paid_card import PaidCard
from desktop_app.ui.widgets.payment_buttons import PaymentButtons
from desktop_app.ui.widgets.qr_view import QrView
from desktop_app.ui.wording import ago, clock

if TYPE_CHECKING:
    from desktop_app.services.views import AttemptView, ReceiptView
    from desktop_app.ui.presenters.payment import Code

SOON_S = 60
ROOMY_PX = 616
_S = AttemptState

_WORDS = {
    _S.INTENT: "Kept to collect.\nThere is no QR yet.",
    _S.UNKNOWN: "The answer was lost.\nIt is being looked up.",
    _S.ORDERED: "The order is made,\nbut there is no QR yet.",
    _S.EXPIRED: "Expired",
    _S.CANCELLED: "Cancelled",
    _S.REJECTED: "Razorpay refused this payment.",
    _S.LAPSED: "No money came.",
}
_HINTS = {
    _S.AWAITING: "Scan with any UPI app",
    _S.EXPIRED: "Money that still comes is found and booked.",
    _S.CANCELLED: "Money that still comes is found and booked.",
    _S.REJECTED: "No money has moved. Choose another way of paying.",
    _S.UNKNOWN: "It is never made twice.",
}
_CAN_OPEN = {_S.INTENT: "Get the QR now", _S.ORDERED: "Get the QR now", _S.UNKNOWN: "Go on"}

_CAN_RENEW = {_S.EXPIRED: "New QR", _S.REJECTED: "Try again", _S.LAPSED: "New QR"}


class PaymentPanel(QWidget):
    """Everything about one payment.

    Signals:
        open_wanted: make it payable (again).
        renew_wanted: it has ended; begin a new one for the same fee.
    """

    open_wanted = Signal()
    renew_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: AttemptView | None = None
        self._work = ""
        self._can_renew = False
        self._is_roomy = True
        self._checked_at: float | None = None
        self._who = ElidedLabel("", "strong")
        self._what = ElidedLabel("", "caption")
        self._what.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.amount = label("", "total", name="amountLabel")
        self.amount.setAccessibleName("Amount to pay")
        self._words = label("", "caption", wrap=True)
        self.badge = StatusBadge(name="paymentState")
        self.state = self.badge.word
        self.state.setProperty("state", "")
        self.countdown = label("", "clock", name="countdownLabel")
        self.countdown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Time left to pay")
        self._hint = ElidedLabel("", "small")
        self.note = label("", "small", wrap=True, tone="attention", name="failureNote")
        self.note.hide()
        self.checked = label("", "caption", name="checkedLabel")
        self.qr = QrView()
        self.open_button = Button(kind="primary", icon="qr", name="openPaymentButton")
        self.open_button.clicked.connect(self.press_open)
        self.paid_card = PaidCard()
        self.buttons = PaymentButtons()
        self._middle = QStackedWidget()
        self._lay_out()

    def show_view(self, view: AttemptView) -> None:
        """Show an attempt as it stands."""
        is_other = self._view is None or self._view.uid != view.uid
        self._view = view
        if is_other:
            self.qr.show_words("")
            self._checked_at = None
            self.buttons.ask_nothing()
        self._who.show_text(f"{view.student_name} · {view.roll_no}")
        self._what.show_text(view.course_label)
        self.amount.setText(format_rupees(view.amount))
        self.amount.setAccessibleName(f"Amount {format_rupees(view.amount)}")
        self._words.setText(amount_in_words(view.amount))
        self._show_badge(view)
        self.state.setProperty("state", view.state.value)
        is_paid = view.state is _S.PAID
        self._middle.setCurrentIndex(1 if is_paid else 0)
        if is_paid:
            self.paid_card.show_view(view)
            self.qr.show_words("")
            self.show_remaining(None, None)
        elif view.state is not _S.AWAITING:
            self.show_remaining(None, None)
        self._show_code_or_words(view)
        self._show_hint(view)
        self.buttons.show_for(view, is_working=bool(self._work))
        self.checked.setVisible(view.state is _S.AWAITING)
        self._show_checked()

    def allow_renewal(self, *, allowed: bool) -> None:
        """Say whether a new payment for the same fee can be begun from here."""
        self._can_renew = allowed

    def press_open(self) -> None:
        """Do what the large button under the QR offers."""
        if self._view is not None and self._view.state in _CAN_RENEW:
            self.renew_wanted.emit()
        else:
            self.open_wanted.emit()

    def clear(self) -> None:
        """Show no payment: nothing stays that could be scanned."""
        self._view = None
        self.qr.show_words("")
        self.state.setProperty("state", "")

    def show_code(self, code: Code) -> None:
        """Draw the code to scan."""
        self.qr.show_code(code.text, code.modules)

    def show_receipt(self, receipt: ReceiptView) -> None:
        """Show the receipt of what was paid."""
        self.paid_card.show_receipt(receipt)

    def show_working(self, words: str) -> None:
        """Show what is being done at this moment; empty when nothing is."""
        self._work = words
        if self._view is not None:
            self._show_badge(self._view)
            self._show_code_or_words(self._view)
            self._show_hint(self._view)
            self.buttons.show_for(self._view, is_working=bool(words))

    def show_remaining(self, seconds: float | None, lifetime: float | None) -> None:
        """Show the time left, in figures, as a bar, and in words when it is nearly over."""
        is_shown = seconds is not None
        self.countdown.setText(clock(seconds) if seconds is not None else "")
        self.progress.setVisible(is_shown)
        if seconds is None:
            return
        is_soon = seconds <= SOON_S
        tone = "attention" if is_soon else ""
        set_tone(self.countdown, tone)
        set_tone(self.progress, tone)
        self.countdown.setAccessibleName(f"{clock(seconds)} left")
        self.progress.setMaximum(1000)
        self.progress.setValue(int(1000 * seconds / lifetime) if lifetime else 0)
        if self._view is not None and self._view.state is _S.AWAITING:
            word = "Expires soon" if is_soon else "Waiting"
            self.badge.show_state(word, "attention" if is_soon else "waiting", tone or "accent")
        self._show_checked()
        if seconds == 0 and self.qr.has_code:
            self.qr.show_words("Expired")

    def note_checked(self) -> None:
        """Note that the gateway has just answered."""
        self._checked_at = time.monotonic()
        self._show_checked()

    def _show_checked(self) -> None:
        since = None if self._checked_at is None else time.monotonic() - self._checked_at
        self.checked.setText("" if since is None else f"checked {ago(since)}")

    def _show_badge(self, view: AttemptView) -> None:
        if view.state is _S.INTENT and not self._work:
            self.badge.show_state("To collect", "late", "quiet")
        elif view.state is _S.PAID:
            self.badge.show_plainly(view.state)
        else:
            self.badge.show_attempt(view.state)

    def _show_code_or_words(self, view: AttemptView) -> None:
        offers = _CAN_OPEN | (_CAN_RENEW if self._can_renew else {})
        self.open_button.setVisible(view.state in offers and not self._work)
        self.open_button.show_text(f"{offers.get(view.state, '')}   F9")
        if view.state is _S.AWAITING:
            if view.qr_text is None and view.image_path is not None:
                self.qr.show_picture(view.image_path)
            elif not self.qr.has_code:
                self.qr.show_words("Drawing the QR…")
        elif view.state is not _S.PAID:
            low = self.open_button.isVisibleTo(self)
            self.qr.show_words(self._work or _WORDS[view.state], low=low)

    def _show_hint(self, view: AttemptView) -> None:
        words = self._work or _HINTS.get(view.state, "")
        if view.method is Method.PAYMENT_LINK and view.state is _S.AWAITING and not self._work:
            words = "Scan with the phone's camera to open the payment page"
        tone = "quiet"
        if not view.is_sure and not self._work:
            words, tone = "The last look failed: money may have come. F5 asks again.", "attention"
        has_failed = bool(view.failure) and view.state is _S.AWAITING and not self._work
        failure = (view.failure or "").rstrip(".")
        self.note.setText(f"The last try failed: {failure}. The same QR can be paid again.")
        self.note.setVisible(has_failed)
        self._words.setVisible(self._is_roomy and not has_failed)
        self._hint.show_text(words)
        set_tone(self._hint, tone)

    def fit(self, height: int) -> None:
        """Give up what can be given up where there is little height, in pixels."""
        self._is_roomy = height >= ROOMY_PX
        self._words.setVisible(self._is_roomy and self.note.isHidden())

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.amount, 1)
        top.addWidget(self.countdown, 0)
        bottom = QHBoxLayout()
        bottom.addWidget(self.badge)
        bottom.addWidget(self._hint, 1)
        bottom.addWidget(self.checked)
        waiting = QWidget()
        inside = QVBoxLayout(waiting)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.GAP)
        inside.addWidget(self.progress)
        inside.addWidget(self.qr)
        inside.addWidget(self.open_button)
        inside.addStretch(1)
        self._middle.addWidget(waiting)
        self._middle.addWidget(self.paid_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP - 2)
        header = QHBoxLayout()
        header.addWidget(self._who, 3)
        header.addWidget(self._what, 2)
        column.addLayout(header)
        column.addLayout(top)
        column.addWidget(self._words)
        column.addWidget(self._middle, 1)
        column.addWidget(self.note)
        column.addLayout(bottom)
        column.addWidget(self.buttons)
