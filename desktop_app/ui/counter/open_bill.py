"""A bill of the picked student that was left when a part of it was paid; a press continues it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.views.bills import bill_name
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import set_tone

if TYPE_CHECKING:
    from desktop_app.services.views.bills import BillSummary


class OpenBillButton(Button):
    """Names the bill, and how much of it is still due."""

    def __init__(self) -> None:
        super().__init__(
            kind="compact", icon="waiting", name="continueBillButton",
            tip=N_("Open this partly paid bill (F12)"),
        )  # fmt: skip
        set_tone(self, "attention")
        self._bill: BillSummary | None = None

    def show_left(self, bill: BillSummary | None) -> None:
        """Show a bill; None hides it."""
        self._bill = bill
        self.setVisible(bill is not None)
        self.retranslate()

    def retranslate(self) -> None:
        """Name the bill in the current language."""
        bill = self._bill
        if bill is not None:
            words = N_("Bill {number}: {amount} still due   F12")
            name, amount = bill_name(bill.number), short_rupees(bill.rest)
            self.show_text(tr(words, number=name, amount=amount))
