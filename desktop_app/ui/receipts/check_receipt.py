"""Checks whether a scanned or typed receipt was issued by this centre.

A USB scanner types the QR's text and Enter. Works offline; nothing is sent or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from desktop_app.domain.check_code import Verdict
from desktop_app.domain.errors import InvalidInputError
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.receipts.verification import CheckedReceipt
    from desktop_app.ui.receipts.presenter import ReceiptsPresenter

WIDTH = 560
LONGEST = 200
_Said = tuple[str, str, N_, N_]

_WORDS: Mapping[Verdict, _Said] = {
    Verdict.GENUINE: (
        "paid", "paid", N_("Genuine"),
        N_("This centre issued receipt {number} on {date} for {amount}."),
    ),
    Verdict.FORGED: (
        "wrong", "wrong", N_("Not genuine"),
        N_("The code doesn't match receipt {number} of {date} for {amount}. If you entered "
           "the code, compare every letter. If you scanned the QR, the receipt isn't genuine."),
    ),
    Verdict.FOREIGN: (
        "attention", "attention", N_("Made with another key"),
        N_("Receipt {number} is from another centre, or from before this centre changed its "
          "receipt key. Search for {number} in Payments."),
    ),
    Verdict.TRAINING: (
        "training", "attention", N_("From practice mode"),
        N_("Receipt {number} is from practice mode. You received no money."),
    ),
    Verdict.TEST: (
        "training", "attention", N_("Test money"),
        N_("Receipt {number} is for a test payment. You received no real money."),
    ),
    Verdict.NO_KEY: (
        "attention", "attention", N_("No receipt key"),
        N_("This PC has no receipt key, so we can't check this receipt. Search for {number} "
           "in Payments."),
    ),
}  # fmt: skip


def open_check(receipts: ReceiptsPresenter, parent: QWidget | None = None) -> CheckReceipt | None:
    """Open the dialog that checks a receipt; return None before the desk is open."""
    if receipts.context.runner.desk is None:
        return None
    dialog = CheckReceipt(receipts, parent or receipts.window)
    open_in_front(dialog)
    return dialog


class CheckReceipt(QDialog):
    """A line to scan into, and the answer."""

    def __init__(self, receipts: ReceiptsPresenter, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("checkReceipt")
        bind_text(self, "windowTitle", N_("Check a receipt"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._receipts = receipts
        self._answer: CheckedReceipt | Exception | None = None
        self.typed = QLineEdit(maxLength=LONGEST)
        self.typed.setObjectName("checkReceiptText")
        bind_text(
            self.typed, "placeholderText", N_("D1/26-27/000123 20-11-2026 11800.00 XXXX-XXXX-…")
        )
        bind_text(
            self.typed, "accessibleName", N_("The receipt's QR, or number, date, amount and code")
        )
        self.icon = IconLabel("", "ink_2", 28)
        self.verdict = label("", "section", name="checkReceiptVerdict", wrap=True)
        self.more = label("", "body", name="checkReceiptMore", wrap=True)
        self.check_button = Button(N_("C&heck"), kind="primary", name="checkReceiptButton")
        self.close_button = Button(N_("&Close"), name="checkReceiptCloseButton")
        self._lay_out()
        receipts.checked.connect(self._show)
        receipts.unreadable.connect(self._show)
        self.check_button.clicked.connect(self.check)
        self.close_button.clicked.connect(self.reject)
        self.typed.returnPressed.connect(self.check)
        self.typed.setFocus()

    def check(self) -> None:
        """Check the scanned or typed text; the line is ready for the next one."""
        typed = self.typed.text().strip()
        if typed:
            self._receipts.check(typed)
        self.typed.selectAll()
        self.typed.setFocus()

    def rescale(self) -> None:
        """Set the width for the text size."""
        self.setMinimumWidth(theme.px(WIDTH))

    def retranslate(self) -> None:
        """Show the answer in the present language."""
        if self._answer is not None:
            self._show(self._answer)

    def _show(self, answer: CheckedReceipt | Exception) -> None:
        self._answer = answer
        if isinstance(answer, Exception):
            self._show_unreadable(answer)
            return
        icon, tone, what, more = _WORDS[answer.verdict]
        stamp = answer.stamp
        self._put(
            icon,
            tone,
            tr(what),
            tr(
                more,
                number=stamp.number,
                date=day_text(stamp.on),
                amount=short_rupees(stamp.amount),
            ),
        )

    def _show_unreadable(self, error: Exception) -> None:
        if isinstance(error, InvalidInputError):
            more = tr(error.template, **error.values)
        else:
            from desktop_app.ui.core.error_notices import describe

            more = " ".join(part for part in describe(error).words() if part)
        self._put("attention", "attention", tr(N_("Couldn't read this receipt")), more)

    def _put(self, icon: str, tone: str, what: str, more: str) -> None:
        self.icon.show_icon(icon, tone)
        self.verdict.setText(what)
        set_tone(self.verdict, tone)
        self.more.setText(more)
        self.answer.setAccessibleName(f"{what}. {more}")
        self.answer.show()
        self.adjustSize()

    def _lay_out(self) -> None:
        self.setMinimumWidth(theme.px(WIDTH))
        column = vbox(inside=self, gap=theme.GROUP, margins=theme.MARGIN)
        ask = label(
            N_(
                "Scan the QR on the receipt, or enter the receipt's number, date, amount and "
                "check code."
            ),
            "body",
            wrap=True,
        )
        ask.setBuddy(self.typed)
        fill(column, ask, self.typed)
        self.answer = Card("well")
        self.answer.setObjectName("checkReceiptAnswer")
        fill(self.answer.column, hbox(self.icon, (self.verdict, 1), gap=12), self.more)
        self.answer.hide()
        fill(column, self.answer, STRETCH)
        column.addLayout(hbox(self.close_button, STRETCH, self.check_button))
