"""The refunds of a payment among its details: refunds made, the amount left, and the button.

Widgets only; the presenter reads, the dialog asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.domain.money import INR, format_in
from desktop_app.domain.tender import ReturnPath
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import moment_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.tags import REFUNDS
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.ui.payments.refunds_presenter import RefundSummary

_LEFT: Mapping[ReturnPath, N_] = {
    ReturnPath.GATEWAY: N_("{amount} can be refunded."),
    ReturnPath.DRAWER: N_("{amount} can be given back in cash."),
}


class RefundLine(QWidget):
    """One refund: amount, state, when and why."""

    def __init__(self, refund: RefundRecord, currency: str) -> None:
        super().__init__()
        self.refund = refund
        amount = label(format_in(refund.amount, currency), "strong")
        self.badge = StatusBadge(name="refundState")
        self.when = ElidedLabel(role="caption")
        vbox(flowing(amount, self.badge, spread=True), self.when, inside=self, gap=2)
        self.retranslate()

    def retranslate(self) -> None:
        """Show the refund's state, time and reason in the present language."""
        refund, tag = self.refund, REFUNDS[self.refund.state]
        self.badge.show_state(tr(tag.word), tag.icon, tag.tone)
        where = "" if refund.origin == "desk" else tr(N_("made on Razorpay's dashboard"))
        parts = (moment_text(refund.noticed_at), refund.reason, where)
        self.when.show_text(" · ".join(part for part in parts if part))


class RefundsBox(QWidget):
    """Refunds of one payment and the button for another."""

    def __init__(self) -> None:
        super().__init__()
        self._row: PaymentRow | None = None
        self._summary: RefundSummary | None = None
        self.lines: list[RefundLine] = []
        self.left = label("", "small", name="refundable", wrap=True)
        tip = N_("Give this payment back, in full or in part")
        self.button = Button(N_("Re&fund…"), icon="refund", name="paymentRefundButton", tip=tip)
        self._list = vbox(gap=theme.GAP)
        column = vbox(rule(), label(N_("Refunds"), "strong"), inside=self, gap=theme.GAP)
        fill(column, self._list, self.left, (self.button, Qt.AlignmentFlag.AlignLeft))
        self.hide()

    def show_payment(self, row: PaymentRow | None) -> None:
        """Set the payment; for another one its refunds are unknown yet."""
        if row is None or self._row is None or row.uid != self._row.uid:
            self._summary = None
            self._show_lines(())
        self._row = row
        self.retranslate()

    def show_summary(self, summary: RefundSummary) -> None:
        """Show the refunds of the payment."""
        self._summary = summary
        self._show_lines(summary.refunds)
        self.retranslate()

    @property
    def summary(self) -> RefundSummary | None:
        """The refunds of the payment that is shown; None while unknown."""
        return self._summary

    def _show_lines(self, refunds: tuple[RefundRecord, ...]) -> None:
        for line in self.lines:
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        currency = self._row.currency if self._row is not None else INR
        self.lines = [RefundLine(refund, currency) for refund in refunds]
        for line in self.lines:
            self._list.addWidget(line)

    def retranslate(self) -> None:
        """Show what may still be refunded, in the present language."""
        summary = self._summary
        self.setVisible(summary is not None)
        if summary is None or self._row is None:
            return
        self.button.setEnabled(bool(summary.basis.left))
        self.button.setVisible(self._row.currency == INR)  # others go back whole, from the inbox
        if not summary.basis.left:
            words = tr(N_("Nothing is left to refund."))
        else:
            can = _LEFT[tender_of(self._row.method).return_path]
            words = tr(can, amount=format_in(summary.basis.left, self._row.currency))
        self.left.setText(words)
