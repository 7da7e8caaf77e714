"""Ways on from the counter: a family's phone, receipts on paper and on screen, other pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.core.desktop_services import chat_with
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page import HELD_BILLS, UNPAID
from desktop_app.ui.receipts.presenter import ReceiptsPresenter

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.bills import BillView
    from desktop_app.services.views.payments import AttemptView, PaymentRow
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.bill_card import BillCard
    from desktop_app.ui.counter.payment_panel import PaymentPanel
    from desktop_app.ui.counter.today_card import TodayCard
    from desktop_app.ui.widgets.result_list import ResultList


class WaysOn(QObject):
    """Follows what is pressed on the bill, the paid card, today's figures and newest payments."""

    def __init__(
        self,
        context: PageContext,
        page: QWidget,
        bill: BillCard,
        panel: PaymentPanel,
        today: TodayCard,
        recent: ResultList,
    ) -> None:
        super().__init__(page)
        self._context = context
        self._receipts = ReceiptsPresenter(context, page)
        today.pending_wanted.connect(self.show_pending)
        today.held_wanted.connect(self.show_held)
        today.print_wanted.connect(context.printer.print_receipt)
        bill.print_wanted.connect(context.printer.print_receipt)
        bill.copy_wanted.connect(self._copy_phone)
        bill.chat_wanted.connect(self._chat)
        bill.ways.set_up_wanted.connect(self._set_up_keys)
        panel.paid_card.send_wanted.connect(self._send)
        panel.paid_card.slip_wanted.connect(self._print_slip)
        panel.paid_card.bill_wanted.connect(self._read_bill)
        self._paid = panel.paid_card
        recent.chosen.connect(self._show_receipt)

    def print_receipts(self, view: AttemptView) -> None:
        """Print every receipt of a payment, or of its bill: each student has one.

        They are read now: what the card shows may be from before the bill was settled.
        """
        self._context.runner.local(
            partial(_receipts_of, view), self._context.printer.print_receipts, owner=self
        )

    def _send(self, view: AttemptView) -> None:
        self._context.runner.local(
            partial(_issued_for, view),
            lambda receipts: self._receipts.send_text(*receipts),
            owner=self,
        )

    def _read_bill(self, view: AttemptView) -> None:
        uid = view.uid
        self._context.runner.local(
            lambda desk: desk.carts.of_attempt(uid), self._paid.show_bill, owner=self
        )

    def _print_slip(self, view: AttemptView) -> None:
        uid = view.uid
        self._context.runner.local(
            lambda desk: desk.carts.of_attempt(uid), self._print_slip_of, owner=self
        )

    def _print_slip_of(self, bill: BillView | None) -> None:
        if bill is not None:
            from desktop_app.services.views.bills import bill_name  # not at a start

            self._context.printer.print_slip(bill.uid, bill_name(bill.number))

    def show_held(self) -> None:
        """List the bills that were left."""
        self._context.calls.show_page.emit("counter", HELD_BILLS)

    def show_pending(self) -> None:
        """List the students with a fee due."""
        self._context.calls.show_page.emit("students", UNPAID)

    def _copy_phone(self, number: str) -> None:
        self._context.printer.computer.copy(number)
        self._context.notices.say(N_("Phone number copied."))

    def _chat(self, number: str) -> None:
        if not self._context.printer.computer.open_address(chat_with(number)):
            self._copy_phone(number)

    def _set_up_keys(self) -> None:
        self._context.calls.show_page.emit("settings", "gateway")

    def _show_receipt(self, payment: PaymentRow) -> None:
        if payment.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview

            open_preview(self._receipts, payment.receipt_uid)


def _receipts_of(view: AttemptView, desk: Desk) -> list[str]:
    """Return the receipts of the bill of a payment that nobody has printed yet, else all of them.

    A payment without a bill has its own.
    """
    bill = desk.carts.of_attempt(view.uid)
    if bill is None and view.enrollment_uid is not None:
        return [view.receipt_uid or ""]
    receipts = desk.payments.outcome(view.uid).receipts if bill is None else bill.receipts
    waiting = [each.uid for each in receipts if bill is not None and not each.is_printed]
    return waiting or [each.uid for each in receipts]


def _issued_for(view: AttemptView, desk: Desk) -> list[ReceiptView]:
    """Return the receipts of a payment, one a student, with the others of its sitting."""
    issued = [each.uid for each in desk.payments.outcome(view.uid).receipts]
    return [desk.receipts.receipt(uid) for uid in issued or [view.receipt_uid or ""]]
