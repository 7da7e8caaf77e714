"""The state of a payment that a parent claims: one of four answers, or that it is unknown.

Each answer has what is known, whether money moved, and what to do; no claim counts as paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from desktop_app.domain.money import format_rupees
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day, local_time, one_line
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
# Keyed by the values of `Answer`: importing the views costs a start 15 ms.
_ANSWERS: Mapping[str, Answer] = {
    "credited": (
        N_("It is here: {amount} from {name}, {time}."),
        N_("Receipt {number}. Nothing more is to be paid."),
        "paid",
        "paid",
    ),
    "in_progress": (
        N_("The bank is still working on it: {amount}, begun at {time}."),
        N_("It is watched here and usually comes within 10 minutes. Do not let them pay again."),
        "waiting",
        "accent",
    ),
    "failed": (
        N_("It failed: {amount}, at {time}."),
        N_("The fee is not paid. If the money left the account, the bank returns it by {day}."),
        "wrong",
        "wrong",
    ),
    "not_found": (
        N_("Razorpay has no such payment."),
        N_(
            "Ask for the bank's SMS, not the app's screen: it has the 12 digits of the UTR. "
            "Then look again."
        ),
        "search",
        "attention",
    ),
}
_UNBOOKED: Answer = (
    N_("Razorpay has it: {amount}, {time}."),
    N_("It belongs to no fee of this desk. Look in the inbox, or ask the other desk."),
    "attention",
    "attention",
)
_UNASKED: Answer = (
    N_("It is not in this desk's own books, and Razorpay cannot be asked now."),
    N_("No money is lost: what came is found when the line is back. Look again then."),
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
        answer = _UNASKED if found is None else _ANSWERS[found.answer.value]
        if found is not None and found.answer.value == "credited" and not found.receipt_no:
            answer = _UNBOOKED
        what, todo, icon, tone = answer
        values = _values(found)
        self._what.setText(tr(what, **values))
        self._todo.setText(tr(todo, **values))
        self._icon.show_icon(icon, tone)
        set_tone(self._what, tone)
        self.print_button.setVisible(is_printable)
        self.setAccessibleName(self.text())

    def _print(self) -> None:
        if self._found is not None and self._found.receipt_uid:
            self.print_wanted.emit(self._found.receipt_uid)


def _values(found: LookupResult | None) -> dict[str, str]:
    if found is None:
        return {}
    return {
        "amount": format_rupees(found.amount) if found.amount is not None else "₹ ?",
        "name": one_line(found.student_name, 60) or "?",
        "time": local_time(found.at) if found.at is not None else "?",
        "number": found.receipt_no or "",
        "day": day(found.back_by) if found.back_by is not None else "?",
    }
