"""The sums of the listed days: collected, refunded and net, each by way of paying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.domain.payment import Method
from desktop_app.domain.tender import Verification
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import fill, vbox
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.flow_layout import FlowLayout, fit_lines
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop_app.domain.money import Money
    from desktop_app.services.views.payments import MethodTotals, PaymentTotals

BETWEEN_PX = 48
_UNSURE = {
    Verification.CLAIMED: N_("{amount} not verified yet"),
    Verification.IN_CLEARING: N_("{amount} in clearing"),
    Verification.REVERSED: N_("{amount} never arrived, not counted"),
    Verification.BOUNCED: N_("{amount} in returned cheques, not counted"),
}
"""The sums that are not sure, or not in the totals."""
_NAMES = {"upi": N_("UPI"), "link": N_("Link")}


class Sum(QWidget):
    """One sum with its parts."""

    def __init__(self, title: N_, name: str, of: Callable[[MethodTotals], Money]) -> None:
        super().__init__()
        self._of = of
        self.amount = label("", "section", name=f"payments{name}")
        self.parts = label("", "caption", name=f"payments{name}Parts")
        bind_text(self.amount, "accessibleDescription", title)
        vbox(label(title, "caption"), self.amount, self.parts, inside=self, gap=2)

    def show_totals(self, totals: PaymentTotals) -> None:
        """Show the sum, and what of it is of each way of paying."""
        self.amount.setText(short_rupees(self._of(totals.all)))
        parts = ((kind, self._of(part)) for kind, part in totals.by_kind.items())
        said = [f"{kind_name(kind)} {short_rupees(amount)}" for kind, amount in parts if amount]
        self.parts.setText(" · ".join(said))


class SumsBand(Card):
    """The sums of the days that are listed."""

    def __init__(self) -> None:
        super().__init__(margin=12)
        self.setObjectName("paymentsBand")
        self._totals: PaymentTotals | None = None
        self.collected = Sum(N_("Collected"), "Sum", lambda part: part.collected)
        self.refunded = Sum(N_("Refunds"), "Refunded", lambda part: part.refunded)
        self.net = Sum(N_("Net"), "Net", lambda part: part.net)
        self.uncounted = label("", "small", name="paymentsUncounted", tone="attention")
        self.uncounted.hide()
        self.unsure = label("", "small", name="paymentsNotVerified", tone="attention")
        self.unsure.hide()
        row, flow = QWidget(), FlowLayout(theme.GROUP + BETWEEN_PX)
        for each in self.sums:
            flow.addWidget(each)
        fit_lines(row, flow)
        fill(self.column, row, self.unsure, self.uncounted)
        tip = N_("A refund counts on the day you request it.")
        bind_text(self.refunded, "toolTip", tip)

    @property
    def sums(self) -> tuple[Sum, Sum, Sum]:
        """The sums, in the order shown."""
        return self.collected, self.refunded, self.net

    def show_totals(self, totals: PaymentTotals | None) -> None:
        """Show the sums; None while they are being read."""
        self._totals = totals
        for each in self.sums:
            if totals is None:
                each.amount.setText("…")
            else:
                each.show_totals(totals)
        self._show_unsure(totals)
        self.uncounted.setVisible(totals is not None and bool(totals.uncounted))
        if totals is not None and totals.uncounted:
            amount = short_rupees(totals.uncounted)
            self.uncounted.setText(tr(N_("{amount} in test payments, not counted"), amount=amount))

    def _show_unsure(self, totals: PaymentTotals | None) -> None:
        """Show what the bank has not confirmed, and what never came, each by itself."""
        said = unsure_texts(totals.by_verification if totals is not None else {})
        self.unsure.setText(" · ".join(said))
        self.unsure.setVisible(bool(said))

    def show_parts(self, *, has_room: bool) -> None:
        """Show the parts of each sum where there is room for them."""
        for each in self.sums:
            each.parts.setVisible(has_room)

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        if self._totals is not None:
            self.show_totals(self._totals)


def unsure_texts(found: Mapping[Verification, Money]) -> list[str]:
    """Return the sums that are not sure, in words."""
    return [
        tr(words, amount=short_rupees(found[each]))
        for each, words in _UNSURE.items()
        if each in found
    ]


def kind_name(kind: str) -> str:
    """Return the name of a way of paying: `upi`, `link`, or a tender's."""
    return tr(_NAMES[kind] if kind in _NAMES else METHODS[Method(kind)].short)
