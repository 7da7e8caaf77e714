"""What came in: today's payments and all others, with their receipts to print again.

Widgets only. Nothing here changes a payment: money rows are append-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from desktop_app.domain.money import format_rupees, group_digits
from desktop_app.ui import theme
from desktop_app.ui.dialogs.choices import Choices
from desktop_app.ui.models.tables import moment_text
from desktop_app.ui.models.tags import HELD, METHODS, payment_tag
from desktop_app.ui.pages.list_page import Facts, ListPage
from desktop_app.ui.presenters.payments import PaymentsPresenter
from desktop_app.ui.presenters.receipts import ReceiptsPresenter
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.api import Desk
    from desktop_app.services.views import AttemptView, PaymentPage, PaymentRow
    from desktop_app.ui.context import Context

_FACTS = (
    "Roll no.", "Course", "Received", "Method", "UTR / RRN", "Payment id", "Refunded", "Receipt",
)  # fmt: skip


class PaymentsPage(ListPage):
    """Every payment, newest first, with details beside the list."""

    title = "Payments"

    def __init__(self, context: Context) -> None:
        self.presenter = PaymentsPresenter(context.runner, context.calls)
        super().__init__(
            context,
            name="payments",
            find_hint="Name, roll number, receipt or UTR",
            model=self.presenter.model,
        )
        self.presenter.setParent(self)
        self.receipts = ReceiptsPresenter(context, self)
        self._row: PaymentRow | None = None
        self._picked = ""
        self._build_tools()
        self._build_detail()
        self._connect()
        self._pick(None)

    def _build_tools(self) -> None:
        self.sum = label("", "section", name="paymentsSum")
        self.sum.setAccessibleName("Sum of the payments listed")
        self.action_row.addWidget(label("In all", "secondary"))
        self.action_row.addWidget(self.sum)
        self.days = Choices("paymentsDays", "Days", (("today", "Today"), ("all", "All days")))
        self.tool_row.addWidget(self.days)
        self.method = QComboBox()
        self.method.setObjectName("paymentsMethod")
        self.method.setAccessibleName("Method")
        for words, value in (("All methods", ""), ("UPI and links", "upi"), ("Cash", "cash")):
            self.method.addItem(words, value)
        self.method.setMinimumWidth(150)
        self.tool_row.addWidget(self.method)

    def _build_detail(self) -> None:
        column = self.detail.column
        self.amount = label("", "clock", name="paymentAmount")
        self.badge = StatusBadge(name="paymentBadge")
        self.student = ElidedLabel(role="strong", name="paymentStudent")
        self.facts = Facts(_FACTS)
        self.note = label("", "small", name="paymentNote", wrap=True, tone="attention")
        self.print_button = Button(
            "Print again", icon="print", name="paymentPrintButton", tip="Print the receipt (Ctrl+P)"
        )
        self.show_button = Button("Show…", name="paymentShowButton", tip="Look at the receipt")
        self.pdf_button = Button("Save PDF…", name="paymentPdfButton")
        top = QHBoxLayout()
        top.addWidget(self.amount)
        top.addStretch(1)
        top.addWidget(self.badge)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        for button in (self.print_button, self.show_button, self.pdf_button):
            buttons.addWidget(button)
        column.addLayout(top)
        column.addWidget(self.student)
        column.addSpacing(theme.GRID)
        column.addWidget(self.facts)
        column.addWidget(self.note)
        column.addSpacing(theme.GAP)
        column.addLayout(buttons)
        column.addStretch(1)

    def _connect(self) -> None:
        self.days.chosen.connect(self._narrow_day)
        self.method.currentIndexChanged.connect(self._narrow_method)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self._show_receipt)
        self.print_button.clicked.connect(self.print_current)
        self.show_button.clicked.connect(self._show_receipt)
        self.pdf_button.clicked.connect(self._save_pdf)
        self.presenter.listed.connect(self._listed)
        self.presenter.failed.connect(self.tell)
        self.context.calls.money_changed.connect(self.presenter.refresh)

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self.receipts.attach(desk)
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
        if text or self.method.currentData():
            what, hint = "No payment matches", "Try fewer words, or all methods."
        else:
            what, hint = "No payments yet", "They appear here as soon as the first one is received."
        if self.presenter.is_today:
            what = f"{what} today"
            self.empty.show_words(what, hint, "Show all days")
        else:
            self.empty.show_words(what, hint)

    def act_on_empty(self) -> None:
        """Look at all days."""
        self.days.choose("all")
        self.presenter.narrow(today=False)

    def _narrow_day(self, days: str) -> None:
        self.presenter.narrow(today=days == "today")

    def _narrow_method(self) -> None:
        self.presenter.narrow(method=str(self.method.currentData()))

    def _listed(self, page: PaymentPage) -> None:
        noun = "payment" if page.total == 1 else "payments"
        self.count.setText(f"{group_digits(str(page.total))} {noun}")
        self.sum.setText(f"{format_rupees(page.sum)}")
        self.show_rows(page.total, self._picked)

    def _pick(self, row: PaymentRow | None) -> None:
        self._row = row
        has_receipt = row is not None and row.receipt_uid is not None
        for button in (self.print_button, self.show_button, self.pdf_button):
            button.setEnabled(has_receipt)
            button.setVisible(row is not None)
        self.badge.setVisible(row is not None)
        self.amount.setVisible(row is not None)
        if row is None:
            self.student.show_text("No payment picked")
            self.note.hide()
            self.facts.show_values({})
            return
        self._picked = row.uid
        tag = payment_tag(row)
        self.amount.setText(format_rupees(row.amount))
        self.badge.show_state(tag.word, tag.icon, tag.tone)
        self.student.show_text(row.student_name)
        self._show_facts(row)

    def _show_facts(self, row: PaymentRow) -> None:
        self.facts.show_values(
            {
                "Roll no.": row.roll_no,
                "Course": row.course_label,
                "Received": moment_text(row.at),
                "Method": METHODS[row.method],
                "UTR / RRN": row.rrn or "",
                "Payment id": row.payment_id or "",
                "Refunded": format_rupees(row.refunded) if row.refunded else "",
                "Receipt": row.receipt_no or "",
            }
        )
        note = HELD.get(row.placement, "")
        if not note and row.is_late:
            note = "Paid after its QR had expired or was cancelled."
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _show_receipt(self) -> None:
        if self._row is not None and self._row.receipt_uid:
            self.receipts.show(self._row.receipt_uid)

    def _save_pdf(self) -> None:
        if self._row is not None and self._row.receipt_uid and self._row.receipt_no:
            from desktop_app.ui.dialogs.save_receipt import ask_where  # noqa: PLC0415 - when used

            ask_where(self.receipts, self._row.receipt_uid, self._row.receipt_no, "", self)
