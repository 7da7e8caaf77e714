"""The parent's phone, in training: a small window that scans the counter's QR and pays, or not.

It exists in training only and moves no real money.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.ui import theme
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card, rule
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.services.views import PhoneSees
    from desktop_app.ui.presenters.phone import PhonePresenter

WIDTH = 320
LATE_S = 60

_OTHERS = (
    ("phoneDeclineButton", "Decline", "failure", "Declined. The QR can still be paid.", 0, 1),
    ("phoneTimeoutButton", "Let it time out", "timeout", "The phone does not answer.", 0, 1),
    ("phoneLateButton", "Pay a minute late", "late", "It comes a minute later.", LATE_S, 1),
    ("phoneTwiceButton", "Pay twice", "success", "Paid twice.", 0, 2),
)


class PhonePanel(QWidget):
    """What the parent sees and can do."""

    def __init__(self, presenter: PhonePresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._payee = label("", "section", wrap=True)
        self._amount = label("", "total")
        self._note = label("", "caption", wrap=True)
        self._said = label("", "small", wrap=True)
        self.pay_button = Button("Pay", kind="primary", icon="phone", name="phonePayButton")
        self.pay_button.setToolTip("Pay as the parent would")
        self.pay_button.clicked.connect(partial(presenter.pay, "success", "Paid."))
        self._others: list[Button] = []
        self._lay_out()
        presenter.sees.connect(self.show_seen)
        presenter.working.connect(self._show_working)
        presenter.done.connect(self._said.setText)
        presenter.failed.connect(self._show_failure)
        self.show_seen(None)

    def show_seen(self, seen: PhoneSees | None) -> None:
        """Show what the phone makes of the QR on screen."""
        can_pay = seen is not None and seen.is_payable
        for button in (self.pay_button, *self._others):
            button.setEnabled(can_pay)
        if seen is None:
            self._payee.setText("No QR in front of the camera")
            self._amount.setText("")
            self._note.setText("Collect a fee at the counter; this phone scans it by itself.")
            return
        self._payee.setText(seen.payee or "Unknown payee")
        self._amount.setText(format_rupees(seen.amount) if seen.amount else "")
        self._note.setText(seen.note if seen.is_payable else seen.reason)
        if can_pay:
            self._said.setText("")

    def _show_working(self, working: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        for button in (self.pay_button, *self._others):
            button.setEnabled(not working)

    def _show_failure(self, error: Exception) -> None:
        from desktop_app.ui.notices import describe  # noqa: PLC0415 - not needed to start

        self._said.setText(describe(error).what)

    def _lay_out(self) -> None:
        card = Card("well")
        for part in (label("Pay to", "caption"), self._payee, self._amount, self._note):
            card.column.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.GROUP)
        column.addWidget(StripedBanner("phoneTrainingBanner", "TRAINING", ""))
        inside = QVBoxLayout()
        inside.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, 0)
        inside.setSpacing(theme.GAP)
        inside.addWidget(card)
        inside.addWidget(self.pay_button)
        inside.addWidget(self._said)
        inside.addWidget(rule())
        for name, words, outcome, said, after_s, times in _OTHERS:
            button = Button(words, name=name, tip=f"{words}, as a parent might")
            button.clicked.connect(partial(self._presenter.pay, outcome, said, after_s, times))
            self._others.append(button)
            inside.addWidget(button)
        inside.addStretch(1)
        column.addLayout(inside)
        self.setFixedWidth(WIDTH)
