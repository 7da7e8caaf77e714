"""What came in: today's payments and all others, their receipts to print again, their refunds.

Widgets only. Nothing here changes a payment: money rows are append-only, a refund is a new one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_app.domain.money import format_rupees, group_digits
from desktop_app.services.views.settings import Connectivity
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import moment_text
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.core.page import Changes
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.payments.presenter import PaymentsPresenter
from desktop_app.ui.payments.refunds_box import RefundsBox
from desktop_app.ui.payments.refunds_presenter import RefundsPresenter
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.tables.tags import (
    METHODS,
    REFUND_NEXT,
    REFUNDS,
    explained,
    is_held,
    payment_tag,
)
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView, PaymentPage, PaymentRow
    from desktop_app.services.views.refunds import RefundView
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.payments.refund_dialog import RefundDialog

_FACTS = (
    N_("Roll no."), N_("Course"), N_("Received"), N_("Method"), N_("UTR / RRN"), N_("Payment id"),
    N_("Refunded"), N_("Receipt"),
)  # fmt: skip
_DAYS = (("today", N_("Today")), ("all", N_("All days")))
_METHODS = ((N_("All methods"), ""), (N_("UPI and links"), "upi"), (N_("Cash"), "cash"))
_STATES = (
    (N_("Any status"), ""), (N_("Paid late"), "late"), (N_("Held"), "held"),
    (N_("Refunded"), "refunded"),
)  # fmt: skip


class PaymentsPage(ListPage):
    """Every payment, newest first, with details beside the list."""

    title = N_("Payments")

    def __init__(self, context: PageContext) -> None:
        self.presenter = PaymentsPresenter(context.runner, context.calls)
        super().__init__(
            context,
            name="payments",
            find_hint=N_("Name, roll number, receipt or UTR"),
            model=self.presenter.model,
        )
        self.presenter.setParent(self)
        self.receipts = ReceiptsPresenter(context, self)
        self.refunds = RefundsPresenter(context.runner, self)
        self._row: PaymentRow | None = None
        self._page: PaymentPage | None = None
        self._dialog: RefundDialog | None = None
        self._picked = ""
        self._build_tools()
        self._build_detail()
        self._connect()
        self._pick(None)

    def _build_tools(self) -> None:
        self.sum = label("", "section", name="paymentsSum")
        bind_text(self.sum, "accessibleDescription", N_("Sum of the payments listed"))
        self.export_button = Button(
            N_("E&xport…"), icon="export", name="paymentsExportButton",
            tip=N_("Save all payments as CSV or Excel"),
        )  # fmt: skip
        self.action_row.addWidget(label(N_("In all"), "secondary"))
        self.action_row.addWidget(self.sum)
        self.check_button = Button(
            N_("Check a receipt…"), icon="check", name="paymentsCheckButton",
            tip=N_("Tell whether a receipt that somebody brings is genuine"),
        )  # fmt: skip
        self.action_row.addWidget(self.check_button)
        self.action_row.addWidget(self.export_button)
        self.days = Choices("paymentsDays", N_("Days"), _DAYS)
        self.method = Select(_METHODS, name="paymentsMethod", title=N_("Method"))
        self.state = Select(_STATES, name="paymentsState", title=N_("Status"))
        for tool in (self.days, self.method, self.state):
            self.tool_row.addWidget(tool)

    def _build_detail(self) -> None:
        column = self.detail.column
        self.amount = label("", "clock", name="paymentAmount")
        self.badge = StatusBadge(name="paymentBadge")
        self.student = ElidedLabel(role="strong", name="paymentStudent")
        self.facts = Facts(_FACTS)
        self.note = label("", "small", name="paymentNote", wrap=True, tone="attention")
        self.inbox_button = Button(N_("Open the Inbox"), icon="inbox", name="paymentInboxButton")
        self.print_button = Button(
            N_("Print again"),
            icon="print",
            name="paymentPrintButton",
            tip=N_("Print the receipt (Ctrl+P)"),
        )
        self.show_button = Button(
            N_("Show…"), name="paymentShowButton", tip=N_("Look at the receipt")
        )
        self.pdf_button = Button(N_("Save PDF…"), name="paymentPdfButton")
        self.returns = RefundsBox()
        column.addWidget(flowing(self.amount, self.badge, spread=True))
        column.addWidget(self.student)
        column.addSpacing(theme.GRID)
        column.addWidget(self.facts)
        column.addWidget(self.note)
        column.addWidget(self.inbox_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(theme.GAP)
        column.addWidget(flowing(self.print_button, self.show_button, self.pdf_button))
        column.addSpacing(theme.GAP)
        column.addWidget(self.returns)
        column.addStretch(1)

    def _connect(self) -> None:
        self.days.chosen.connect(self._narrow_day)
        self.method.currentIndexChanged.connect(self._narrow_method)
        self.state.currentIndexChanged.connect(self._narrow_state)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self._open)
        self.check_button.clicked.connect(self._check_receipt)
        self.export_button.clicked.connect(self._export)
        self.print_button.clicked.connect(self.print_current)
        self.show_button.clicked.connect(self._show_receipt)
        self.pdf_button.clicked.connect(self._save_pdf)
        self.inbox_button.clicked.connect(self._show_inbox)
        self.returns.button.clicked.connect(self.ask_refund)
        self.refunds.told.connect(self.returns.show_returns)
        self.refunds.refunded.connect(self._refunded)
        self.refunds.refused.connect(self._refused)
        self.refunds.failed.connect(self.tell)
        self.presenter.listed.connect(self._listed)
        self.presenter.summed.connect(self._summed)
        self.presenter.failed.connect(self.tell)

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self.receipts.attach(desk)
        self.refunds.affairs = desk.affairs
        self.presenter.attach(desk)

    def search(self, text: str) -> None:
        """List what matches."""
        self.presenter.narrow(text=text)

    def print_current(self) -> None:
        """Print the receipt of the payment that is shown."""
        if self._row is not None and self._row.receipt_uid:
            self.receipts.print_receipt(self._row.receipt_uid)

    def attempts_changed(self, changed: tuple[AttemptView, ...]) -> None:
        """Read the list anew when money came in while it is on screen."""
        if self.isVisible() and any(view.receipt_uid for view in changed):
            self.presenter.refresh()

    def describe_empty(self, text: str) -> None:
        """Say why there is nothing, and where there may be more."""
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
        """Look at all days; where that is done already, take the filters away."""
        if self.presenter.is_today:
            self.days.choose("all")
            self.presenter.narrow(today=False)
            return
        for filter_ in (self.method, self.state):
            filter_.choose("")
        self.finder.clear()

    def _narrow_day(self, days: str) -> None:
        self.presenter.narrow(today=days == "today")

    def _narrow_method(self) -> None:
        self.presenter.narrow(method=self.method.value())

    def _narrow_state(self) -> None:
        self.presenter.narrow(state=self.state.value())

    def _listed(self, page: PaymentPage) -> None:
        self._page = page
        self.retell()
        self.show_rows(page.total, self._picked)

    def _summed(self, page: PaymentPage) -> None:
        self._page = page
        self.retell()

    def retell(self) -> None:
        """Say how many there are and what they sum to; and the details."""
        if self._page is not None:
            counted = group_digits(str(self._page.total))
            words = N_("1 payment") if self._page.total == 1 else N_("{count} payments")
            self.count.setText(tr(words, count=counted))
            self.sum.setText("…" if self._page.sum is None else format_rupees(self._page.sum))
        if self._row is None:
            self.student.show_text(tr(N_("No payment picked")))
        else:
            self._show_facts(self._row)

    def _pick(self, row: PaymentRow | None) -> None:
        is_other = self._row is None or row is None or row.uid != self._row.uid
        self._row = row
        has_receipt = row is not None and row.receipt_uid is not None
        for button in (self.print_button, self.show_button, self.pdf_button):
            button.setEnabled(has_receipt)
            button.setVisible(row is not None)
        self.badge.setVisible(row is not None)
        self.amount.setVisible(row is not None)
        self.returns.show_payment(row)
        if is_other:
            self.refunds.watch(row.uid if row is not None else "")
        if row is None:
            self.student.show_text(tr(N_("No payment picked")))
            self.note.hide()
            self.inbox_button.hide()
            self.facts.show_values({})
            return
        self._picked = row.uid
        self.amount.setText(format_rupees(row.amount))
        self.student.show_text(row.student_name)
        self._show_facts(row)

    def _show_facts(self, row: PaymentRow) -> None:
        tag = payment_tag(row)
        self.badge.show_state(tag.word, tag.icon, tag.tone)
        receipt = row.receipt_no or ""
        if receipt and row.refunded:
            receipt = tr(N_("{number}, refunded"), number=receipt)
        self.facts.show_values(
            {
                "Roll no.": row.roll_no,
                "Course": row.course_label,
                "Received": moment_text(row.at),
                "Method": tr(METHODS[row.method]),
                "UTR / RRN": row.rrn or "",
                "Payment id": row.payment_id or "",
                "Refunded": format_rupees(row.refunded) if row.refunded else "",
                "Receipt": receipt,
            }
        )
        note = tr(explained(row))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.inbox_button.setVisible(is_held(row))

    def _open(self) -> None:
        """Enter: the receipt; where there is none, the details beside the list."""
        if self._row is not None and self._row.receipt_uid:
            self._show_receipt()
        elif self.returns.button.isVisible():
            self.returns.button.setFocus()

    # --- refunds

    def ask_refund(self) -> RefundDialog | None:
        """Open the dialog for a refund of the payment that is shown."""
        row, returns, desk = self._row, self.returns.returns, self.presenter.desk
        if row is None or returns is None or desk is None or not returns.left:
            return None
        from desktop_app.ui.payments.refund_dialog import RefundDialog  # noqa: PLC0415 - when used

        dialog = RefundDialog(
            desk,
            self.context.runner,
            self.window(),
            row=row,
            left=returns.left,
            offline=desk.connection.state().line is Connectivity.OFFLINE,
        )
        dialog.asked.connect(partial(self.refunds.send, row))
        dialog.destroyed.connect(self._forget_dialog)
        self._dialog = dialog
        dialog.open()
        return dialog

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _refunded(self, refund: RefundView) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.succeed()
        tag = REFUNDS[refund.state]
        is_wrong = tag.tone == "wrong"
        self.context.notices.post(
            Notice(
                what=N_("Refund of {amount}: {state}."),
                todo=REFUND_NEXT[refund.state],
                values={"amount": refund.amount, "state": tag.word},
                tone=Tone.ATTENTION if is_wrong else Tone.GOOD,
                key=f"refund {refund.uid}",
                stays=is_wrong,
            )
        )
        self.context.calls.changed.emit(Changes(payments=True))

    def _refused(self, error: Exception) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.failed(error)
        else:
            self.tell(error)
        self.context.calls.changed.emit(Changes(payments=True))

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again."""
        if changes.payments:
            self.presenter.refresh()

    def _show_inbox(self) -> None:
        self.context.calls.show_page.emit("inbox", None)

    # --- files

    def _export(self) -> None:
        from desktop_app.ui.forms.import_export import export_sheet  # noqa: PLC0415 - when used

        if self.presenter.desk is not None:
            export_sheet(self.context, self.presenter.desk, "ledger", self)

    def _show_receipt(self) -> None:
        if self._row is not None and self._row.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview  # noqa: PLC0415 - seldom

            open_preview(self.receipts, self._row.receipt_uid)

    def _check_receipt(self) -> None:
        from desktop_app.ui.receipts.check_receipt import open_check  # noqa: PLC0415 - seldom

        open_check(self.receipts)

    def _save_pdf(self) -> None:
        if self._row is not None and self._row.receipt_uid and self._row.receipt_no:
            from desktop_app.ui.receipts.save_receipt import ask_where  # noqa: PLC0415 - when used

            ask_where(self.receipts, self._row.receipt_uid, self._row.receipt_no, "", self)
