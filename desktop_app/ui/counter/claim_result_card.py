"""The state of a payment that a parent claims, as far as it is proven, or that it is unknown.

Each answer has what is known, whether money moved, and what to do; no claim counts as paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text, local_time, one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.payment_lookup import LookupResult

Answer = tuple[N_, N_, str, str]
_NO_PROOF = N_("A possible match isn't proof. Ask for the 12-digit UTR, then search again.")
_ASK_BANK = N_(
    "Ask for the bank's SMS, not the app's screen. The SMS shows the 12-digit UTR. Then "
    "search again."
)
_QR_OPEN = N_("The QR is still active.")
# Keyed by the values of `LookupAnswer`, then by what it is about: importing the views costs a
# start 15 ms.
ANSWERS: Mapping[tuple[str, str], Answer] = {
    ("credited", ""): (
        N_("Payment received: {amount} for {name}, {time}."),
        N_("Receipt {number}. There's nothing more to pay."),
        "paid",
        "paid",
    ),
    ("in_progress", ""): (
        N_("The bank is processing this payment: {amount}, started at {time}."),
        N_("This usually takes up to 10 minutes. Don't collect again yet."),
        "waiting",
        "accent",
    ),
    ("failed", ""): (
        N_("The payment failed: {amount} at {time}."),
        N_("The fee isn't paid. If money left the parent's account, the bank should return it "
           "by {day}."),
        "wrong",
        "wrong",
    ),
    ("not_found", ""): (N_("We found no matching payment."), _ASK_BANK, "search", "attention"),
    ("not_found", "utr"): (
        N_("We found no payment with this UTR."), _ASK_BANK, "search", "attention",
    ),
    ("not_found", "vpa"): (
        N_("We found no payment from this UPI ID."), _ASK_BANK, "search", "attention",
    ),
    ("not_found", "phone"): (
        N_("We found no payment from this phone number."), _ASK_BANK, "search", "attention",
    ),
    ("awaiting", ""): (
        N_("No payment received yet. The QR is still active."),
        N_("If the parent has paid, ask for the 12-digit UTR in the bank's SMS and search for it."),
        "waiting",
        "attention",
    ),
    ("possible", "credited"): (
        N_("We received a payment that may match: {amount}, {time}."),
        _NO_PROOF,
        "attention",
        "attention",
    ),
    ("possible", "in_progress"): (
        N_("The bank is processing a payment that may match: {amount}, started at {time}."),
        _NO_PROOF,
        "attention",
        "attention",
    ),
    ("possible", "failed"): (
        N_("This failed payment may be the one: {amount} at {time}."),
        _NO_PROOF,
        "attention",
        "attention",
    ),
    ("elsewhere", ""): (
        N_("Razorpay has a matching payment that this desk didn't record: {amount}, {time}."),
        N_(
            "The payment may belong to another desk or to your website. Check the Inbox, or "
            "ask the other desk."
        ),
        "attention",
        "attention",
    ),
    ("unchecked", ""): (
        N_("We couldn't check every payment with Razorpay."),
        N_("Wait a minute, enter roughly when the parent paid, then search again."),
        "attention",
        "attention",
    ),
}  # fmt: skip
_UNASKED: Answer = (
    N_("We found no matching payment on this desk. We couldn't check with Razorpay."),
    N_("Search again once you're online. If the parent has paid, we'll find the payment."),
    "offline",
    "attention",
)


class ClaimResultCard(Card):
    """Shows the answer.

    Signals:
        print_wanted: print the receipt of this uid.
    """

    print_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("well", margin=12)
        self.setObjectName("foundCard")
        self._found: LookupResult | None = None
        self._icon = IconLabel(size=24)
        self._what = label("", "strong", wrap=True, name="foundWhat")
        self._todo = label("", "small", wrap=True, name="foundTodo")
        self.print_button = Button(N_("P&rint its receipt"), icon="print", name="printFoundButton")
        self.print_button.clicked.connect(self._print)
        words = vbox(self._what, self._todo, self.print_button, gap=theme.GRID)
        row = hbox((self._icon, Qt.AlignmentFlag.AlignTop), (words, 1), gap=12)
        self.column.addLayout(row)
        self.hide()

    def show_found(self, found: LookupResult | None) -> None:
        """Show an answer; None where Razorpay could not be asked and the books know nothing."""
        self._found = found
        self.retranslate()
        self.show()

    def text(self) -> str:
        """Return the text."""
        return f"{self._what.text()} {self._todo.text()}"

    def retranslate(self) -> None:
        """Set the answer in the current language."""
        found = self._found
        is_printable = found is not None and bool(found.receipt_uid)
        what, todo, icon, tone = _UNASKED if found is None else ANSWERS[_key(found)]
        values = _values(found)
        is_open = found is not None and found.is_open and found.answer.value != "awaiting"
        also = f" {tr(_QR_OPEN)}" if is_open else ""
        self._what.setText(f"{tr(what, **values)}{also}")
        self._todo.setText(tr(todo, **values))
        self._icon.show_icon(icon, tone)
        set_tone(self._what, tone)
        self.print_button.setVisible(is_printable)
        self.setAccessibleName(self.text())

    def _print(self) -> None:
        if self._found is not None and self._found.receipt_uid:
            self.print_wanted.emit(self._found.receipt_uid)


def _key(found: LookupResult) -> tuple[str, str]:
    """Return the key of an answer's texts: the answer, and the clue or the state it is about."""
    about = found.likely.value if found.likely is not None else found.missing
    return found.answer.value, about


def _values(found: LookupResult | None) -> dict[str, str]:
    if found is None:
        return {}
    return {
        "amount": short_rupees(found.amount) if found.amount is not None else "₹ ?",
        "name": one_line(found.student_name, 60) or "?",
        "time": local_time(found.at) if found.at is not None else "?",
        "number": found.receipt_no or "",
        "day": day_text(found.back_by) if found.back_by is not None else "?",
    }
