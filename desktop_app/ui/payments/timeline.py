"""The life of one payment, step by step: asked for, paid, printed, refunded. Widgets only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.domain.ledger import Account
from desktop_app.domain.money import INR
from desktop_app.domain.payment import Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, short_in, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.payments import PaymentEvent

ICON_PX = 16
KINDS: Mapping[str, tuple[N_, str, str]] = {
    "begun": (N_("Started: {method}"), "waiting", "ink_2"),
    "paid": (N_("Paid by {method}"), "paid", "paid"),
    "receipt": (N_("Receipt {number}"), "payments", "ink_2"),
    "printed": (N_("Printed once", "Printed {count} times"), "print", "ink_2"),
    "saved": (N_("Saved as PDF once", "Saved as PDF {count} times"), "export", "ink_2"),
    "decided": (N_("Decided in the Inbox"), "inbox", "ink_2"),
    "bank claimed": (N_("Reference number corrected"), "edit", "ink_2"),
    "bank matched": (N_("Matched with the bank"), "check", "paid"),
    "bank reversed": (N_("Removed: payment never arrived"), "wrong", "wrong"),
    "bank in_clearing": (N_("Cheque in clearing"), "waiting", "ink_2"),
    "bank realised": (N_("The bank credited the cheque"), "check", "paid"),
    "bank bounced": (N_("The bank returned the cheque"), "wrong", "wrong"),
    "refund intent": (N_("Refund of {amount} requested"), "refund", "attention"),
    "refund noticed": (
        N_("Refund of {amount} made on Razorpay's dashboard"), "refund", "attention"
    ),
    "refund unknown": (N_("Refund of {amount} not confirmed yet"), "refresh", "attention"),
    "refund pending": (N_("Refund of {amount} on its way"), "waiting", "accent"),
    "refund processed": (N_("{amount} refunded"), "check", "paid"),
    "refund failed": (N_("Refund of {amount} failed"), "wrong", "wrong"),
    "refund rejected": (N_("Refund of {amount} rejected"), "wrong", "wrong"),
}  # fmt: skip
"""The words, icon and colour of each kind of step."""
_IN_CASH = N_("Paid in cash")


class Step(QWidget):
    """One step: what happened, and when."""

    def __init__(self, event: PaymentEvent, currency: str) -> None:
        super().__init__()
        self.step, self._currency = event, currency
        _, icon, colour = KINDS[event.kind]
        self.words = label("", "small", name="paymentStep", wrap=True)
        self.when = label("", "caption", name="paymentStepTime")
        row = hbox(inside=self, gap=theme.GAP)
        top = Qt.AlignmentFlag.AlignTop
        fill(row, (IconLabel(icon, colour, ICON_PX), top), (self.words, 1), (self.when, top))
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        event = self.step
        said = [tr(self._what(), **self._values())]
        if event.kind.startswith("refund") and event.detail:
            said.append(event.detail)
        self.words.setText(" · ".join(said))
        self.when.setText(when_text(event.at))

    def _what(self) -> N_:
        event = self.step
        if event.kind == "paid" and tender_of(Method(event.detail)).account is Account.CASH:
            return _IN_CASH
        return KINDS[event.kind][0]

    def _values(self) -> dict[str, object]:
        event = self.step
        amount = short_in(event.amount, self._currency) if event.amount is not None else ""
        if event.kind in ("begun", "paid"):
            return {"amount": amount, "method": METHODS[Method(event.detail)].short}
        return {"amount": amount, "number": event.detail, "count": event.detail}


class Timeline(QWidget):
    """The steps of the payment that is shown, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paymentTimeline")
        self.steps: list[Step] = []
        self._column = vbox(inside=self, gap=theme.GAP)

    def words(self) -> list[str]:
        """Return what the steps say."""
        return [step.words.text() for step in self.steps]

    def show_steps(self, events: tuple[PaymentEvent, ...], currency: str = INR) -> None:
        """Show other steps."""
        if [each.step for each in self.steps] == list(events):
            return
        for step in self.steps:
            self._column.removeWidget(step)
            step.hide()
            step.deleteLater()
        self.steps = [Step(event, currency) for event in events]
        for step in self.steps:
            self._column.addWidget(step)
