"""The payment on screen: QR, amount, countdown and one line of its state; then the receipt.

It shows views and emits what was pressed. Only a view in state PAID makes it show Paid. What must
stay in sight is in `foot`, which its owner pins below it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QProgressBar, QWidget

from desktop_app.domain.channels import is_link, is_page
from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import ago, amount_words, clock, one_line
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.counter.paid_card import PaidCard
from desktop_app.ui.counter.payment_buttons import PaymentButtons
from desktop_app.ui.counter.payment_texts import (
    CAN_RENEW,
    COVER,
    cover,
    failure_detail,
    note,
    offer,
)
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, Stretch, fill, hbox, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import AmountLabel, ElidedLabel, label, set_tone
from desktop_app.ui.widgets.qr_view import QrView
from desktop_app.ui.widgets.sized_stack import SizedStack

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.ui.core.attempts import Code

SOON_S = 60
LARGE = 1.5
"""From this text size on the time left is below the amount."""
_S = AttemptState


class PaymentPanel(QWidget):
    """Everything about one payment.

    Signals:
        open_wanted: make it payable (again).
        page_wanted: open its page in the browser (again).
        renew_wanted: it has ended; begin a new one for the same fee.
        asked: check with the gateway now.
        changed: another state is shown.
    """

    open_wanted = Signal()
    page_wanted = Signal()
    renew_wanted = Signal()
    asked = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: AttemptView | None = None
        self._receipt: ReceiptView | None = None
        self._work = ""
        self._is_offline = self._is_asking = False
        self._left: tuple[float | None, float | None] = (None, None)
        self._checked_at: float | None = None
        self._who = ElidedLabel("", "strong")
        self._what = ElidedLabel("", "caption")
        self.amount = AmountLabel("amountLabel")
        self._words = label("", "caption", wrap=True)
        self.badge = StatusBadge(name="paymentState")
        self.state = self.badge.word
        self.state.setProperty("state", "")
        self.soon = IconLabel("attention", "attention", 22)
        self.soon.hide()
        self.countdown = label("", "clock", name="countdownLabel")
        self.progress = QProgressBar(textVisible=False)
        bind_text(self.progress, "accessibleName", N_("Time left to pay"))
        self.note = label("", "small", wrap=True, name="failureNote")
        self.note.hide()
        self.since = label("", "caption", name="checkedLabel")
        tip = N_("Check with Razorpay now (F5)")
        self.checked = Button(kind="status", icon="refresh", name="checkedButton", tip=tip)
        self.checked.clicked.connect(self.asked)
        self.qr = QrView()
        self.open_button = Button(kind="primary", icon="qr", name="openPaymentButton")
        self.open_button.clicked.connect(self.press_open)
        self.paid_card = PaidCard()
        self.buttons = PaymentButtons()
        self.link = ElidedLabel("", "small", name="linkText")
        self.foot = QWidget()
        self._waiting = QWidget()
        self._middle = SizedStack()
        self._lay_out()
        self.rescale()

    def show_view(self, view: AttemptView | None) -> None:
        """Show an attempt; of none, nothing stays that could be scanned."""
        if view is None:
            self._clear()
            return
        is_other = self._view is None or self._view.uid != view.uid
        self._view = view
        if is_other:
            self.qr.show_words("")
            self._receipt = None
            self._checked_at = None
            self.buttons.ask_nothing()
        if view.state is not _S.AWAITING:
            self.show_remaining(None, None)
        self._show_facts(view)
        self._show_state()

    def press_open(self) -> None:
        """Do what the large button under the QR offers."""
        if self._view is not None and self._view.state in CAN_RENEW:
            self.renew_wanted.emit()
        elif self._view is not None and self._view.state is _S.AWAITING:
            self.page_wanted.emit()
        else:
            self.open_wanted.emit()

    def _clear(self) -> None:
        self._view = self._receipt = None
        self.qr.show_words("")
        self.state.setProperty("state", "")
        self.changed.emit()

    def show_code(self, code: Code) -> None:
        """Draw the code to scan."""
        self.qr.show_code(code.text, code.modules)
        self.changed.emit()

    @property
    def is_paid(self) -> bool:
        """Whether the payment it shows is paid."""
        return self._view is not None and self._view.state is _S.PAID

    def show_receipt(self, receipt: ReceiptView) -> None:
        """Show the receipt of what was paid."""
        self._receipt = receipt
        self.paid_card.show_receipt(receipt)

    def show_working(self, words: str) -> None:
        """Show what is being done; empty when nothing is.

        The keyboard goes where a stray Enter only asks: buttons are disabled until then.
        """
        self._work = words
        focused = QApplication.focusWidget()
        parts = (self, self.foot)
        if words and focused is not None and any(each.isAncestorOf(focused) for each in parts):
            self.checked.setFocus()
        self._show_state()

    def show_offline(self, *, offline: bool) -> None:
        """Show, beside a QR that is up, that the connection is down."""
        if offline != self._is_offline:
            self._is_offline = offline
            self._show_state()

    def show_asking(self, *, asking: bool) -> None:
        """Show that the gateway is being asked."""
        self._is_asking = asking  # never disabled: Enter would go to the next button
        self._show_checked()

    def show_remaining(self, seconds: float | None, lifetime: float | None) -> None:
        """Show the time left, in figures, as a bar, and in words when it is nearly over."""
        self._left = (seconds, lifetime)
        self.countdown.setText(clock(seconds) if seconds is not None else "")
        self.progress.setVisible(seconds is not None)
        is_soon = seconds is not None and seconds <= SOON_S
        self.soon.setVisible(is_soon)
        if seconds is None:
            self.countdown.setAccessibleName("")
            return
        tone = "attention" if is_soon else ""
        set_tone(self.countdown, tone)
        set_tone(self.progress, tone)
        self.countdown.setAccessibleName(tr(N_("{time} left"), time=clock(seconds)))
        self.progress.setMaximum(1000)
        self.progress.setValue(int(1000 * seconds / lifetime) if lifetime else 0)
        if self._view is not None and self._view.state is _S.AWAITING:
            word = N_("Expires soon") if is_soon else N_("Waiting for payment")
            self.badge.show_state(word, "attention" if is_soon else "waiting", tone or "accent")
        self._show_checked()
        if seconds == 0 and self.qr.has_code:
            self.qr.show_words(tr(COVER[_S.EXPIRED]))

    def note_checked(self) -> None:
        """Note that the gateway has just answered."""
        is_first = self._checked_at is None
        self._checked_at = time.monotonic()
        self._show_checked()
        if is_first:
            self.changed.emit()  # its line is longer from now on

    def height_besides(self) -> int:
        """Return the height of all above the QR, in pixels; the amount in words is left out."""
        self.note.ensurePolished()  # another font has other lines
        self._words.hide()
        return self._head.sizeHint().height() + theme.GAP

    def show_words(self, *, shown: bool) -> None:
        """Show the amount in words, where there is room for them."""
        self._words.setVisible(shown)

    def take_qr_back(self) -> None:
        """Put the QR between the facts and the state again."""
        if self._code_column.indexOf(self.qr) < 0:
            self._code_column.insertWidget(0, self.qr)

    def retranslate(self) -> None:
        """Show everything in the current language."""
        self._show_checked()
        if self._view is not None:
            self._show_facts(self._view)
            self.show_remaining(*self._left)
            self._show_state()

    def rescale(self) -> None:
        """Put the time left under the amount where the text is large."""
        turn(self._top, is_upright=theme.scale() > LARGE)

    def _show_facts(self, view: AttemptView) -> None:
        self._who.show_text(f"{one_line(view.student_name)} · {one_line(view.roll_no)}")
        self._what.show_text(one_line(view.course_label))
        amount = format_rupees(view.amount)
        self.amount.setText(amount)
        self.amount.setAccessibleName(tr(N_("Amount {amount}"), amount=amount))
        self._words.setText(amount_words(view.amount))
        if view.state is _S.PAID:
            self.paid_card.show_view(view)
            if self._receipt is not None:
                self.paid_card.show_receipt(self._receipt)

    def _show_state(self) -> None:
        """Show the state in every place, and what is being done."""
        view = self._view
        if view is None:
            return
        is_paid = view.state is _S.PAID
        self._show_badge(view)
        self.state.setProperty("state", view.state.value)
        self._middle.bring(self.paid_card if is_paid else self._waiting)
        self._head.setHidden(is_paid)
        self._standing.setHidden(is_paid)
        self._show_code_or_words(view)
        self._show_note(view)
        self.buttons.show_for(view, is_working=bool(self._work))
        link = view.qr_text if is_link(view.method) and view.state is _S.AWAITING else None
        self.link.show_text(link or "")
        self.link.setHidden(link is None)
        self.checked.setVisible(not is_paid and view.state is not _S.REJECTED)
        self._show_checked()
        self.changed.emit()

    def _show_checked(self) -> None:
        since = None if self._checked_at is None else time.monotonic() - self._checked_at
        self.since.setText("" if since is None else tr(N_("checked {ago}"), ago=ago(since)))
        self.since.setHidden(since is None or self.checked.isHidden())
        words = tr(N_("Checking…")) if self._is_asking else f"{tr(N_('Check now'))}   F5"
        self.checked.show_text(words)

    def _show_badge(self, view: AttemptView) -> None:
        if view.state is _S.INTENT and not self._work:
            words = N_("Pending") if is_page(view.method) else N_("No QR yet")
            self.badge.show_state(words, "late", "quiet")
        elif view.state is not _S.AWAITING or self._left[0] is None:
            self.badge.show_attempt(view.state)

    def _show_code_or_words(self, view: AttemptView) -> None:
        words = offer(view)
        self.open_button.setVisible(bool(words) and not self._work)
        self.open_button.show_text(f"{words}   F9")
        self.open_button.show_icon("payments" if is_page(view.method) else "qr")
        if view.state is _S.AWAITING and not self._work and not is_page(view.method):
            if view.qr_text is None and view.image_path is not None:
                self.qr.show_picture(view.image_path)
            elif not self.qr.has_code:
                self.qr.show_words(tr(COVER[_S.AWAITING]))
        elif view.state is _S.PAID:
            self.qr.show_words("")
        else:
            self.qr.show_words(self._work or cover(view), low=bool(words))

    def _show_note(self, view: AttemptView) -> None:
        words, tone = note(view, is_offline=self._is_offline)
        if self._work or view.state is _S.PAID:
            words = ""
        self.note.ensurePolished()  # its height is asked for before it is shown
        self.note.setText(words)
        self.note.setToolTip(failure_detail(view))
        set_tone(self.note, tone)
        self.note.setVisible(bool(words))

    def _lay_out(self) -> None:
        clock_row = hbox(self.soon, self.countdown, Stretch(0), gap=6)
        self._top = hbox((self.amount, 1), clock_row, gap=6)
        self._head = QWidget()
        fill(
            vbox(inside=self._head, gap=theme.GRID),
            hbox((self._who, 3), (self._what, 2)), self._top, self._words, self.progress,
        )  # fmt: skip
        self._code_column = vbox(self.qr, STRETCH, inside=self._waiting, gap=0)
        self._middle.add(self._waiting)
        self._middle.add(self.paid_card)
        fill(vbox(inside=self, gap=theme.GAP), self._head, (self._middle, 1))
        self._standing = flowing(self.badge, self.since, self.checked, spread=True)
        foot = vbox(inside=self.foot, gap=theme.GAP)
        fill(foot, self.note, self._standing, self.open_button, self.link, self.buttons)
        self._what.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
