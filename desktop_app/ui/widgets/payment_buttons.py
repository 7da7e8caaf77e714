"""What can be done with the payment on screen; cancelling asks once, in place, by the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.ui import theme
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.services.views import AttemptView


class PaymentButtons(QStackedWidget):
    """The buttons under a payment, and the question that cancelling asks.

    Signals:
        asked: ask the gateway now (the parent says it is paid).
        left: go on to the next student; a payment that waits goes to the tray.
        cancelled: give the payment up, after the question.
    """

    asked = Signal()
    left = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.says_paid = Button(
            "Parent says paid   F5",
            icon="refresh",
            name="parentSaysPaidButton",
            tip="Ask Razorpay now (F5)",
        )
        self.says_paid.clicked.connect(self.asked)
        self.new_payment = Button(
            "New payment   Esc",
            icon="arrow",
            name="newPaymentButton",
            tip="Go on to the next student; this one goes on waiting in the tray (Esc)",
        )
        self.new_payment.clicked.connect(self.left)
        self.cancel = Button(
            "Cancel payment…",
            kind="quiet",
            icon="cross",
            name="cancelPaymentButton",
            tip="Give this payment up, after one question",
        )
        self.cancel.clicked.connect(self.ask_to_cancel)
        self._question = label("", "small", wrap=True)
        self.keep_waiting = Button("Keep waiting", name="keepWaitingButton")
        self.keep_waiting.clicked.connect(self.ask_nothing)
        self.really_cancel = Button(
            "Cancel payment", kind="danger", icon="cross", name="reallyCancelButton"
        )
        self.really_cancel.clicked.connect(self._confirmed)
        self._amount = ""
        self.addWidget(self._actions())
        self.addWidget(self._confirmation())

    def show_for(self, view: AttemptView, *, is_working: bool) -> None:
        """Offer what makes sense for an attempt."""
        self._amount = format_rupees(view.amount)
        is_live = view.state in LIVE_STATES
        is_paid = view.state is AttemptState.PAID
        self.says_paid.setVisible(not is_paid and view.state is not AttemptState.REJECTED)
        self.cancel.setVisible(is_live)
        self.cancel.setEnabled(not is_working)
        self.new_payment.show_text("Next student   Esc" if not is_live else "New payment   Esc")
        if not is_live:
            self.ask_nothing()

    def show_asking(self, *, asking: bool) -> None:
        """Show that the gateway is being asked."""
        self.says_paid.setEnabled(not asking)
        self.says_paid.show_text("Asking…" if asking else "Parent says paid   F5")

    def ask_to_cancel(self) -> None:
        """Ask once whether the payment is to be given up; the safe answer has the focus."""
        self._question.setText(
            f"Cancel the payment of {self._amount}? If the parent pays all the same, "
            "the money is found and booked."
        )
        self.setCurrentIndex(1)
        self.keep_waiting.setFocus()

    def ask_nothing(self) -> None:
        """Take the question back."""
        if self.currentIndex() == 1:
            self.setCurrentIndex(0)

    @property
    def is_asking_to_cancel(self) -> bool:
        """Whether the question is up."""
        return self.currentIndex() == 1

    def question(self) -> str:
        """Tell what is asked before a payment is given up."""
        return self._question.text()

    def _confirmed(self) -> None:
        self.ask_nothing()
        self.cancelled.emit()

    def _actions(self) -> QWidget:
        box = QWidget()
        first = QHBoxLayout()
        first.setSpacing(theme.GAP)
        first.addWidget(self.says_paid, 1)
        first.addWidget(self.new_payment, 1)
        second = QHBoxLayout()
        second.addStretch(1)
        second.addWidget(self.cancel)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(first)
        column.addLayout(second)
        return box

    def _confirmation(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.keep_waiting, 1)
        row.addWidget(self.really_cancel, 1)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self._question)
        column.addLayout(row)
        return box
