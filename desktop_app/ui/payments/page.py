"""Payments of today and of all days: receipts to print again, refunds.

Widgets only. Nothing here changes a payment: money rows are append-only, a refund is a new one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import format_in, format_rupees, group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.payments import PaymentRow
from desktop_app.services.views.settings import Connectivity
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, moment_text
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.payments.presenter import PaymentsPresenter
from desktop_app.ui.payments.refunds_box import RefundsBox
from desktop_app.ui.payments.refunds_presenter import RefundsPresenter
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.tables.tags import (
    REFUND_NEXT,
    REFUNDS,
    TEST_MONEY,
    explained,
    is_held,
    payment_tag,
)
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, fill
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.services.views.payments import PaymentPage
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.payments.refund_dialog import RefundDialog

_FACTS = (
    N_("Roll no."), N_("Course"), N_("Received"), N_("Method"), N_("UTR / RRN"), N_("Payment id"),
    N_("Refunded"), N_("Receipt"),
)  # fmt: skip
_RECEIPT_MARKS = {
    "": N_("{number}, refunded"),
    "asked": N_("{number}, refund requested"),
    "sent": N_("{number}, refund on its way"),
}
_DAYS = (("today", N_("Today")), ("all", N_("All days")))
_METHODS = (
    (N_("All methods"), ""), (N_("UPI"), "upi"), (N_("Link"), "link"), (N_("Cash"), "cash"),
)  # fmt: skip
_STATES = (
    (N_("Any status"), ""), (N_("Paid late"), "late"), (N_("Held"), "held"),
    (N_("Refunded"), "refunded"), (N_("Test money"), "test"),
)  # fmt: skip


class PaymentsPage(ListPage[PaymentRow]):
    """Every payment, newest first, with details beside the list."""

    title = N_("Payments")
    kind = "payments"
    find_hint = N_("Name, roll number, receipt or UTR")
    reads = Changes(payments=True)
    presenter: PaymentsPresenter
    _slice: PaymentPage | None

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, PaymentsPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the sum, the filters and the details."""
        self.receipts = ReceiptsPresenter(self.context, self)
        self.refunds = RefundsPresenter(self.context.runner, self)
        self._dialog: RefundDialog | None = None
        self._build_tools()
        self._build_detail(column)
        self._connect()

    def _build_tools(self) -> None:
        self.sum = label("", "section", name="paymentsSum")
        bind_text(self.sum, "accessibleDescription", N_("Sum of the payments listed"))
        self.uncounted = label("", "small", name="paymentsUncounted", tone="attention")
        self.uncounted.hide()
        self.check_button = Button(
            N_("Check a receipt…"), icon="check", name="paymentsCheckButton",
            tip=N_("Tell whether a receipt that somebody brings is genuine"),
        )  # fmt: skip
        fill(self.action_row, label(N_("In all"), "secondary"), self.sum, self.uncounted)
        fill(self.action_row, self.check_button)
        self.add_export(N_("Save all payments as CSV or Excel"), "ledger")
        self.days = Choices("paymentsDays", N_("Days"), _DAYS)
        self.method = Select(_METHODS, name="paymentsMethod", title=N_("Method"))
        self.state = Select(_STATES, name="paymentsState", title=N_("Status"))
        fill(self.tool_row, self.days, self.method, self.state)

    def _build_detail(self, column: QVBoxLayout) -> None:
        self.amount = label("", "clock", name="paymentAmount")
        self.badge = StatusBadge(name="paymentBadge")
        self.student = ElidedLabel(role="strong", name="paymentStudent")
        self.facts = Facts(_FACTS)
        self.note = label("", "small", name="paymentNote", wrap=True, tone="attention")
        self.inbox_button = Button(N_("Open the Inbox"), icon="inbox", name="paymentInboxButton")
        tip = N_("Print the receipt (Ctrl+P)")
        self.print_button = Button(
            N_("Print again"), icon="print", name="paymentPrintButton", tip=tip
        )
        self.show_button = Button(
            N_("Show…"), name="paymentShowButton", tip=N_("Look at the receipt")
        )
        self.pdf_button = Button(N_("Save PDF…"), name="paymentPdfButton")
        self.refunds_box = RefundsBox()
        fill(column, flowing(self.amount, self.badge, spread=True), self.student, theme.GRID)
        fill(column, self.facts, self.note, (self.inbox_button, Qt.AlignmentFlag.AlignLeft))
        fill(column, theme.GAP, flowing(self.print_button, self.show_button, self.pdf_button))
        fill(column, theme.GAP, self.refunds_box, STRETCH)

    def _connect(self) -> None:
        self.days.chosen.connect(self._narrow)
        self.method.currentIndexChanged.connect(self._narrow)
        self.state.currentIndexChanged.connect(self._narrow)
        self.check_button.clicked.connect(self._check_receipt)
        self.print_button.clicked.connect(self.print_current)
        self.show_button.clicked.connect(self._show_receipt)
        self.pdf_button.clicked.connect(self._save_pdf)
        self.inbox_button.clicked.connect(self._show_inbox)
        self.refunds_box.button.clicked.connect(self.ask_refund)
        self.refunds.summarised.connect(self.refunds_box.show_summary)
        self.refunds.refunded.connect(self._refunded)
        self.refunds.refused.connect(self._refused)
        self.presenter.summed.connect(self._summed)

    def print_current(self) -> None:
        """Print the receipt of the payment that is shown."""
        if self._row is not None and self._row.receipt_uid:
            self.receipts.print_receipt(self._row.receipt_uid)

    def describe_empty(self, text: str) -> None:
        """Explain the empty list and suggest a wider filter."""
        is_narrow = text or self.method.value() or self.state.value()
        what, what_today = N_("No payments yet"), N_("No payments yet today")
        hint = N_("They appear here as soon as the first one is received.")
        if is_narrow:
            what, what_today = N_("No payment matches"), N_("No payment matches today")
            hint = N_("Try fewer words, or all methods and any status.")
        if self.presenter.is_today:
            self.empty.show_words(what_today, hint, N_("Show all days"))
        elif is_narrow:
            self.empty.show_words(what, hint, N_("Show everything"))
        else:
            self.empty.show_words(what, hint)

    def act_on_empty(self) -> None:
        """Show all days; where they are shown already, clear the filters."""
        if self.presenter.is_today:
            self.days.choose("all")
            self._narrow()
            return
        for filter_ in (self.method, self.state):
            filter_.choose("")
        self.finder.clear()

    def _narrow(self, _chosen: object = None) -> None:
        self.presenter.narrow(
            today=self.days.value() == "today", method=self.method.value(), state=self.state.value()
        )

    def _summed(self, page: PaymentPage) -> None:
        self._slice = page
        self.show_count()

    def show_count(self) -> None:
        """Show how many payments there are and what they sum to."""
        page = self._slice
        if page is not None:
            words = N_("1 payment") if page.total == 1 else N_("{count} payments")
            self.count.setText(tr(words, count=group_digits(str(page.total))))
            self.sum.setText("…" if page.sum is None else format_rupees(page.sum))
            self.uncounted.setVisible(bool(page.uncounted))
            if page.uncounted:
                amount = format_rupees(page.uncounted)
                self.uncounted.setText(tr(N_("without {amount} of test money"), amount=amount))

    def picked(self) -> None:
        """Show another payment, and follow its refunds."""
        row = self._row
        has_receipt = row is not None and row.receipt_uid is not None
        for button in (self.print_button, self.show_button, self.pdf_button):
            button.setEnabled(has_receipt)
            button.setVisible(row is not None)
        self.badge.setVisible(row is not None)
        self.amount.setVisible(row is not None)
        self.refunds_box.show_payment(row)
        self.refunds.watch(row.uid if row is not None else "")
        self.show_row()

    def show_row(self) -> None:
        """Show what is known of the payment."""
        row = self._row
        if row is None:
            self.student.show_text(tr(N_("No payment picked")))
            self.note.hide()
            self.inbox_button.hide()
            self.facts.show_values({})
            return
        self.amount.setText(format_in(row.amount, row.currency))
        self.student.show_text(row.student_name)
        tag = payment_tag(row)
        self.badge.show_state(tag.word, tag.icon, tag.tone)
        receipt, is_over = row.receipt_no or "", row.refunded and not row.refund_state
        if receipt and row.refunded:
            receipt = tr(_RECEIPT_MARKS[row.refund_state], number=receipt)
        self.facts.show_values(
            {
                "Roll no.": row.roll_no,
                "Course": row.course_label,
                "Received": moment_text(row.at),
                "Method": tr(METHODS[row.method].listed),
                "UTR / RRN": row.rrn or "",
                "Payment id": row.payment_id or "",
                "Refunded": format_in(row.refunded, row.currency) if is_over else "",
                "Receipt": receipt,
            }
        )
        marks = (TEST_MONEY if row.mode is MoneyMode.TEST else N_(""), explained(row))
        note = " ".join(tr(mark) for mark in marks if mark)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.inbox_button.setVisible(is_held(row))

    def open_row(self) -> None:
        """Show the receipt; without one, lead to the refund."""
        if self._row is not None and self._row.receipt_uid:
            self._show_receipt()
        elif self.refunds_box.button.isVisible():
            self.refunds_box.button.setFocus()

    # --- refunds

    def ask_refund(self) -> RefundDialog | None:
        """Open the dialog for a refund of the payment that is shown."""
        row, summary, desk = self._row, self.refunds_box.summary, self.context.runner.desk
        if row is None or summary is None or desk is None or not summary.basis.left:
            return None
        from desktop_app.ui.payments.refund_dialog import RefundDialog

        dialog = RefundDialog(
            self.context.runner,
            self.window(),
            row=row,
            left=summary.basis.left,
            offline=desk.connection.state().line is Connectivity.OFFLINE,
        )
        dialog.asked.connect(partial(self.refunds.send, row, summary.basis))
        dialog.destroyed.connect(self._forget_dialog)
        self._dialog = dialog
        dialog.open()
        return dialog

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _refunded(self, refund: RefundRecord) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.succeed()
        tag = REFUNDS[refund.state]
        is_wrong = tag.tone == "wrong"
        self.context.notices.note(
            N_("Refund of {amount}: {state}."),
            todo=REFUND_NEXT[refund.state],
            values={"amount": refund.amount, "state": tag.word},
            tone=Tone.ATTENTION if is_wrong else Tone.GOOD,
            key=f"refund {refund.uid}",
            stays=is_wrong,
        )

    def _refused(self, error: Exception) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.failed(error)
        else:
            self.context.notices.tell(error)

    def _show_inbox(self) -> None:
        self.context.calls.show_page.emit("inbox", None)

    # --- files

    def _show_receipt(self) -> None:
        if self._row is not None and self._row.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview

            open_preview(self.receipts, self._row.receipt_uid)

    def _check_receipt(self) -> None:
        from desktop_app.ui.receipts.check_receipt import open_check

        open_check(self.receipts)

    def _save_pdf(self) -> None:
        if self._row is not None and self._row.receipt_uid and self._row.receipt_no:
            from desktop_app.ui.receipts.save_receipt import ask_where

            ask_where(self.receipts, self._row.receipt_uid, self._row.receipt_no, "", self)
