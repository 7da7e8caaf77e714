"""The screen that faces the parent: amount, QR, countdown, thank you.

Never a phone number, dues, other students, errors or notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.words import amount_in_words
from desktop_app.ui import theme
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.qr_view import QrView
from desktop_app.ui.wording import clock

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from desktop_app.services.views import AttemptView
    from desktop_app.ui.presenters.payment import Code

THANKS_MS = 10_000
TICK_PX = 120
QR_PX = 360


class CustomerDisplay(QWidget):
    """The contents of the customer display: it follows the payment at the counter."""

    def __init__(self, *, training: bool) -> None:
        super().__init__()
        self._view: AttemptView | None = None
        self._centre = _middle("Welcome", "page")
        self._what = _middle("", "section")
        self._amount = _middle("", "display")
        self._words = _middle("", "secondary")
        self._below = _middle("", "section")
        self._training = _middle("TRAINING: no real money", "strong", tone="attention")
        if not training:
            self._training.hide()
        self._tick = IconLabel("paid", "paid", TICK_PX)
        self.qr = QrView("customerQr", QR_PX)
        self._thanks = QTimer(self)
        self._thanks.setSingleShot(True)
        self._thanks.setInterval(THANKS_MS)
        self._thanks.timeout.connect(self._idle)
        self._lay_out()
        self._idle()

    def show_centre(self, name: str) -> None:
        """Name the centre."""
        self._centre.setText(name or "Welcome")

    def show_view(self, view: AttemptView | None) -> None:
        """Follow the payment at the counter; None when there is none."""
        if view is None:
            if not self._thanks.isActive():
                self._idle()
            return
        self._view = view
        self._thanks.stop()
        self._what.setText(view.course_label)
        self._amount.setText(format_rupees(view.amount))
        self._words.setText(amount_in_words(view.amount))
        self._tick.hide()
        if view.state is AttemptState.PAID:
            self._thank(view)
        elif view.state is not AttemptState.AWAITING:
            self.qr.hide()
            ended = view.state in (AttemptState.EXPIRED, AttemptState.CANCELLED)
            self._below.setText("Expired · समय समाप्त" if ended else "One moment · एक क्षण")

    def show_code(self, code: Code) -> None:
        """Show the QR to scan."""
        self.qr.show_code(code.text, code.modules)
        self.qr.show()
        self._below.setText("Scan to pay · भुगतान के लिए स्कैन करें")

    def show_remaining(self, seconds: float | None) -> None:
        """Show the time left."""
        if seconds is None or not self.qr.isVisibleTo(self):
            return
        if seconds == 0:
            self.qr.hide()
            self._below.setText("Expired · समय समाप्त")
        else:
            self._below.setText(f"Scan to pay · भुगतान के लिए स्कैन करें   {clock(seconds)}")

    def sizeHint(self) -> QSize:
        """Ask for room for the QR and the amount in large figures."""
        return QSize(640, 800)

    def _thank(self, view: AttemptView) -> None:
        self.qr.show_words("")
        self.qr.hide()
        self._tick.show()
        receipt = f"\nReceipt · रसीद {view.receipt_no}" if view.receipt_no else ""
        self._below.setText(f"Paid. Thank you · धन्यवाद{receipt}")
        self._thanks.start()

    def _idle(self) -> None:
        self._view = None
        self.qr.show_words("")
        self.qr.hide()
        self._tick.hide()
        for part in (self._what, self._amount, self._words):
            part.setText("")
        self._below.setText("Welcome · स्वागत है")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        column.setSpacing(theme.GAP)
        column.addWidget(self._training)
        column.addWidget(self._centre)
        column.addStretch(1)
        column.addWidget(self._what)
        column.addWidget(self._amount)
        column.addWidget(self._words)
        column.addSpacing(theme.GROUP)
        column.addWidget(self.qr)
        column.addWidget(self._tick, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._below)
        column.addStretch(1)


def _middle(text: str, role: str, tone: str = "") -> QLabel:
    made = label(text, role, wrap=True, tone=tone)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made
