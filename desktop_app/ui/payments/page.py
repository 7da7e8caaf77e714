"""Payments of today and of all days: receipts to print again, refunds.

Widgets only. Nothing here changes a payment: money rows are append-only, a refund is a new one.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import INR, ZERO, format_in, group_digits
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import AWAITING_BANK, NEVER_CAME, ReturnPath
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.payments import PaymentRow
from desktop_app.services.views.settings import Connectivity
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, day_text, local_time, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.date_field import DateField
from desktop_app.ui.payments.head_filter import HeadFilter
from desktop_app.ui.payments.presenter import PaymentsPresenter, Span
from desktop_app.ui.payments.refunds_presenter import KEPT, RefundsPresenter
from desktop_app.ui.payments.sums_band import SumsBand, unsure_texts
from desktop_app.ui.payments.timeline import Timeline
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
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.payments.presenter import Summary
    from desktop_app.ui.payments.refund_dialog import RefundDialog
    from desktop_app.ui.payments.refunds_presenter import MadeRefund, RefundSummary
    from desktop_app.ui.tables.import_export import Write
    from desktop_app.ui.tables.pager import Slice

_FACTS = (
    N_("Course"), N_("Received"), N_("UTR / RRN"), N_("Payment ID"), N_("Refunded"), N_("Receipt"),
)  # fmt: skip
_RECEIPT_MARKS = {
    "": N_("{number}, refunded"),
    "asked": N_("{number}, refund requested"),
    "sent": N_("{number}, refund on its way"),
}
_DAYS = (
    ("today", N_("Today")), ("yesterday", N_("Yesterday")), ("month", N_("This month")),
    ("all", N_("All days")), ("range", N_("Dates…")),
)  # fmt: skip
_METHODS = (
    (N_("All methods"), ""), (N_("UPI"), "upi"), (N_("Link"), "link"),
    (N_("Online"), "checkout"), (N_("Cash"), "cash"), (N_("Cheque"), "cheque"),
    (N_("Demand draft"), "draft"), (N_("Card machine"), "card_machine"),
    (N_("NEFT"), "neft"), (N_("RTGS"), "rtgs"), (N_("IMPS"), "imps"),
    (N_("QR on the wall"), "upi_static"),
)  # fmt: skip
_STATES = (
    (N_("All statuses"), ""), (N_("Paid late"), "late"), (N_("Held"), "held"),
    (N_("Refunded"), "refunded"), (N_("Not verified"), "claimed"),
    (N_("In clearing"), "in_clearing"), (N_("Not received"), "never_came"),
    (N_("Test money"), "test"),
)  # fmt: skip
_LEFT: Mapping[ReturnPath, N_] = {
    ReturnPath.GATEWAY: N_("You can refund {amount}."),
    ReturnPath.DRAWER: N_("You can refund {amount} in cash."),
    ReturnPath.BANK: N_("You can refund {amount} from the bank account."),
    ReturnPath.BOOKS: N_("You can't refund credit."),
}
ROOMY = (720, 560)
"""Width and height of the page, at 100 %, from which on the sums show their parts."""


class PaymentsPage(ListPage[PaymentRow]):
    """Every payment, newest first, with details beside the list."""

    title = N_("Payments")
    kind = "payments"
    find_hint = N_("Name, roll number, receipt or UTR")
    detail_px = 352
    reads = Changes(payments=True)
    presenter: PaymentsPresenter

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, PaymentsPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the sums, the filters and the details."""
        self.receipts = ReceiptsPresenter(self.context, self)
        self.refunds = RefundsPresenter(self.context.runner, self)
        self._dialog: RefundDialog | None = None
        self._summary: Summary | None = None
        self._build_tools()
        self._build_detail(column)
        self._connect()

    def _build_tools(self) -> None:
        self.sums = SumsBand()
        self.sum = self.sums.collected.amount
        self.band.addWidget(self.sums)
        self.check_button = Button(
            N_("Check a receipt…"), icon="check", name="paymentsCheckButton",
            tip=N_("Check whether a receipt is genuine"),
        )  # fmt: skip
        self.head.addWidget(self.check_button)
        self.add_export(N_("Export the listed payments as CSV or Excel"), "ledger")
        self.days = Choices("paymentsDays", N_("Days"), _DAYS)
        self.method = Select(_METHODS, name="paymentsMethod", title=N_("Method"))
        self.state = Select(_STATES, name="paymentsState", title=N_("Status"))
        self.fee_head = HeadFilter()
        self.first, self.last = (
            DateField(f"payments{name}", title)
            for name, title in (("From", N_("From")), ("To", N_("To")))
        )
        for each in (self.days, self.first, self.last, self.method, self.state, self.fee_head):
            self.tools.addWidget(each)

    def _build_detail(self, column: QVBoxLayout) -> None:
        self.amount = label("", "clock", name="paymentAmount")
        self.badge = StatusBadge(name="paymentBadge")
        self.student = ElidedLabel(role="strong", name="paymentStudent")
        self.facts = Facts(_FACTS)
        self.note = label("", "small", name="paymentNote", wrap=True, tone="attention")
        self.inbox_button = Button(N_("Open the Inbox"), icon="inbox", name="paymentInboxButton")
        self.timeline = Timeline()
        self.refundable = label("", "small", name="refundable", wrap=True)
        fill(column, flowing(self.amount, self.badge, spread=True), self.student, theme.GRID)
        fill(column, self.facts, self.note, (self.inbox_button, Qt.AlignmentFlag.AlignLeft))
        fill(column, theme.GRID, rule(), self.timeline, self.refundable, STRETCH)
        self._build_foot()

    def _build_foot(self) -> None:
        self.print_button = Button(
            N_("Print again"), icon="print", name="paymentPrintButton",
            tip=N_("Print the receipt (Ctrl+P)"),
        )  # fmt: skip
        self.show_button = Button(
            N_("Receipt…"), name="paymentShowButton", tip=N_("Show the receipt")
        )
        self.pdf_button = Button(N_("Save PDF…"), name="paymentPdfButton")
        self.refund_button = Button(
            N_("Re&fund…"), icon="refund", name="paymentRefundButton",
            tip=N_("Refund this payment, in full or in part"),
        )  # fmt: skip
        self.detail.add_foot(
            self.print_button, self.show_button, self.pdf_button, self.refund_button
        )

    def _connect(self) -> None:
        self.days.chosen.connect(self._choose_days)
        for each in (self.first, self.last):
            each.chosen.connect(self._narrow)
        self.method.currentIndexChanged.connect(self._narrow)
        self.state.currentIndexChanged.connect(self._narrow)
        self.fee_head.currentIndexChanged.connect(self._narrow)
        self.check_button.clicked.connect(self._check_receipt)
        self.print_button.clicked.connect(self.print_current)
        self.show_button.clicked.connect(self._show_receipt)
        self.pdf_button.clicked.connect(self._save_pdf)
        self.inbox_button.clicked.connect(self._show_inbox)
        self.refund_button.clicked.connect(self.ask_refund)
        self.refunds.summarised.connect(self._show_refunds)
        self.refunds.refunded.connect(self._refunded)
        self.refunds.refused.connect(self._refused)
        self.presenter.summed.connect(self._summed)
        self._show_dates()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the parts of the sums where there is room for them."""
        super().resizeEvent(event)
        wide, tall = (theme.px(each) for each in ROOMY)
        self.sums.show_parts(has_room=self.width() >= wide and self.height() >= tall)

    def print_current(self) -> None:
        """Print the receipt of the payment that is shown."""
        if self._row is not None and self._row.receipt_uid:
            self.receipts.print_receipt(self._row.receipt_uid)

    def describe_empty(self, text: str) -> None:
        """Explain the empty list and suggest a wider filter."""
        del text
        if self.presenter.is_narrow:
            words = (
                N_("No matching payments"),
                N_("Try fewer words, or show all methods and statuses."),
            )
        else:
            words = N_("No payments yet"), N_("Payments appear here as soon as you collect them.")
        is_all = self.presenter.days == "all"
        if is_all and not self.presenter.is_narrow:
            self.empty.show_words(*words)
            return
        if not self.presenter.is_narrow:
            is_today = self.presenter.days == "today"
            none = N_("No payments today") if is_today else N_("No payments on these days")
            words = none, words[1]
        self.empty.show_words(*words, N_("Clear filters") if is_all else N_("Show all days"))

    def act_on_empty(self) -> None:
        """Show all days; where they are shown already, clear the filters."""
        if self.presenter.days != "all":
            self.days.choose("all")
            self._choose_days()
            return
        for filter_ in (self.method, self.state, self.fee_head):
            filter_.choose("")
        self.finder.clear()

    def _choose_days(self, _chosen: object = None) -> None:
        self._show_dates()
        self._narrow()

    def _show_dates(self) -> None:
        for each in (self.first, self.last):
            each.setVisible(self.days.value() == "range")

    def _narrow(self, _chosen: object = None) -> None:
        self.presenter.narrow(
            days=self.days.value(),
            method=self.method.value(),
            state=self.state.value(),
            head=self.fee_head.value(),
            chosen=Span(*sorted((self.first.day(), self.last.day()))),
        )

    def _summed(self, summary: Summary) -> None:
        self._summary = summary
        self.sums.show_totals(summary.totals)
        self.show_count()

    def arrive(self) -> None:
        """Read the list again, and the fee heads of the centre for their filter."""
        super().arrive()
        self.context.runner.local(
            lambda desk: [row.head for row in desk.plans.all_heads()],
            self.fee_head.show_heads,
            owner=self,
            replaces="heads",
        )

    def _listed(self, rows: Slice) -> None:
        self._summary = None
        super()._listed(rows)

    def show_count(self) -> None:
        """Show how many payments are listed, and what they sum to where they are a part."""
        if self._slice is None:
            return
        count = group_digits(str(self._slice.total))
        words = tr(N_("{count} payment", "{count} payments"), count=count)
        summary = self._summary
        if self.presenter.is_narrow and summary is not None and summary.listed.sum is not None:
            words = f"{words} · {short_rupees(summary.listed.sum)}"
            unsure = ", ".join(unsure_texts(dict(summary.listed.unsure)))
            words = f"{words} ({unsure})" if unsure else words
        self.count.setText(words)

    def written(self, kind: str) -> Write:
        """Return what writes the payments that are listed, with what narrows them."""
        from desktop_app.ui.tables.import_export import about_shown

        del kind
        which = self.presenter.wanted()
        narrow = (each for each in (self.method, self.state, self.fee_head) if each.value())
        shown = (self._days_shown(), *(each.currentText() for each in narrow), which.text)
        about = about_shown(N_("Payments"), " · ".join(filter(None, shown)))
        return lambda desk, path, watch: desk.exports.payments(which, about, path, watch)

    def _days_shown(self) -> str:
        """Return the days that are listed, in words."""
        span = self.presenter.span()
        if span.first is None:
            return tr(N_("All days"))
        last = span.last or datetime.now(IST).date()
        if span.first == last:
            return day_text(last)
        return f"{day_text(span.first)} - {day_text(last)}"

    def picked(self) -> None:
        """Show another payment, and follow its refunds."""
        row = self._row
        has_receipt = row is not None and row.receipt_uid is not None
        for button in (self.print_button, self.show_button, self.pdf_button):
            button.setEnabled(has_receipt)
        uid = row.uid if row is not None else ""
        if uid != self.refunds.uid:
            self.timeline.show_steps(())
            self._show_refundable(None)
        self.refunds.watch(uid)
        self.show_row()

    def _show_refunds(self, summary: RefundSummary) -> None:
        row = self._row
        if row is not None:
            self.timeline.show_steps(summary.steps, row.currency)
            self._show_refundable(summary)

    def _show_refundable(self, summary: RefundSummary | None) -> None:
        """Show what may still be refunded."""
        self._refund_summary, row = summary, self._row
        left = summary.basis.left if summary is not None else None
        is_own = row is not None and row.currency == INR  # others go back whole, from the inbox
        self.refund_button.setVisible(is_own)
        is_here = row is not None and row.verification not in {*AWAITING_BANK, *NEVER_CAME}
        left = left if left is None or is_here else ZERO
        self.refund_button.setEnabled(bool(left))
        self.refundable.setVisible(left is not None)
        if left is None or row is None:
            return
        if not left:
            self.refundable.setText(tr(N_("Nothing left to refund.")))
        else:
            can = _LEFT[tender_of(row.method).return_path]
            self.refundable.setText(tr(can, amount=format_in(left, row.currency)))

    def show_row(self) -> None:
        """Show what is known of the payment."""
        row = self._row
        if row is None:
            return
        self._show_refundable(self._refund_summary)
        self.amount.setText(format_in(row.amount, row.currency))
        self.student.show_text(f"{row.student_name} · {row.roll_no}")
        tag = payment_tag(row)
        self.badge.show_state(tag.word, tag.icon, tag.tone)
        receipt, is_over = row.receipt_no or "", row.refunded and not row.refund_state
        if receipt and row.refunded:
            receipt = tr(_RECEIPT_MARKS[row.refund_state], number=receipt)
        when = f"{day_text(row.at.astimezone(IST))}, {local_time(row.at)}"
        self.facts.show_values(
            {
                "Course": row.course_label,
                "Received": " · ".join((when, tr(METHODS[row.method].listed))),
                "UTR / RRN": row.rrn or "",
                "Payment ID": row.payment_id or "",
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
        elif self.refund_button.isEnabled():
            self.refund_button.setFocus()

    # --- refunds

    def ask_refund(self) -> RefundDialog | None:
        """Open the dialog for a refund of the payment that is shown."""
        row, summary, desk = self._row, self._refund_summary, self.context.runner.desk
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
        open_in_front(dialog)
        return dialog

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _refunded(self, made: MadeRefund) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.succeed()
        refund, tag = made.refund, REFUNDS[made.refund.state]
        is_wrong = tag.tone == "wrong"
        self.context.notices.note(
            N_("Refund of {amount}: {state}."),
            money=KEPT.get(made.kept, ""),
            todo=REFUND_NEXT[refund.state],
            values={
                "amount": short_rupees(refund.amount), "state": tag.word, "names": made.names,
            },
            tone=Tone.ATTENTION if is_wrong else Tone.GOOD,
            key=f"refund {refund.uid}",
            stays=is_wrong,
        )  # fmt: skip

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
