"""The order page: a bill with its state, lines, payments and receipts. It changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop_app.domain.bills import TenderState
from desktop_app.domain.money import format_rupees
from desktop_app.domain.tender import NEVER_CAME
from desktop_app.services.views.bills import bill_name
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, one_line, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.held_bills import STATES
from desktop_app.ui.tables.tags import BANK_TAGS
from desktop_app.ui.widgets.boxes import STRETCH, fill, gridbox, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.labels import ElidedLabel, label, set_tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.services.views.bills import BillView

TENDERS = {
    TenderState.PLANNED: N_("not started"),
    TenderState.LIVE: N_("payment pending"),
    TenderState.PAID: N_("paid"),
    TenderState.ENDED: N_("not paid"),
}


class OrderPage(QWidget):
    """One bill.

    Signals:
        closed: back to the counter.
        print_wanted: print the receipt of this uid.
        slip_wanted: print the family slip of the bill of this uid; the second is its name.
    """

    closed = Signal()
    print_wanted = Signal(str)
    slip_wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("orderPage")
        self._bill: BillView | None = None
        self.title = ElidedLabel("", "name", name="orderTitle")
        self.state = label("", "strong", name="orderState")
        self.about = label("", "caption", wrap=True)
        self._rows = QWidget()
        self._grid = gridbox(theme.GAP, theme.GRID, inside=self._rows)
        self.print_button = Button(
            N_("&Print receipts"), kind="primary", icon="print", name="printOrderButton",
            tip=N_("Print every receipt for this bill"),
        )  # fmt: skip
        self.print_button.clicked.connect(self._print)
        self.slip_button = Button(
            N_("Family &slip"), icon="print", name="printSlipButton",
            tip=N_("Print one slip with all fees and receipts on this bill"),
        )  # fmt: skip
        self.slip_button.clicked.connect(self._print_slip)
        self.close_button = Button(N_("Back   Esc"), name="closeOrderButton")
        self.close_button.clicked.connect(self.closed)
        column = vbox(inside=self, gap=theme.GAP)
        fill(column, hbox((self.title, 1), self.state), self.about, rule(), self._rows, STRETCH)
        fill(column, hbox(self.print_button, self.slip_button, STRETCH, self.close_button))

    def show_bill(self, bill: BillView) -> None:
        """Show a bill."""
        self._bill = bill
        self.retranslate()
        self.print_button.setVisible(bool(bill.receipts))
        self.slip_button.setVisible(bool(bill.receipts) or bill.awaits_receipts)

    def focus(self) -> None:
        """Put the keyboard on the next thing to do."""
        (self.close_button if self.print_button.isHidden() else self.print_button).setFocus()

    def retranslate(self) -> None:
        """Show the bill in the current language."""
        bill = self._bill
        if bill is None:
            return
        word, tone = STATES[bill.state]
        name = bill_name(bill.number) or tr(N_("Held bill"))
        self.title.show_text(f"{name} · {one_line(bill.payer_name)}")
        self.state.setText(tr(word))
        set_tone(self.state, "" if tone == "ink_2" else tone)
        self.about.setText(when_text(bill.offered_at or bill.created_at))
        _empty(self._grid)
        at = self._section(0, N_("Fees"), _lines(bill))
        total = (tr(N_("Total")), "", format_rupees(bill.total))
        at = self._add(at, total, role="strong")
        if bill.rest and bill.rest != bill.total:
            at = self._add(at, (tr(N_("Still due")), "", format_rupees(bill.rest)), role="strong")
        at = self._section(at, N_("Payments"), _tenders(bill))
        self._section(at, N_("Receipts"), _receipts(bill))

    def _section(self, at: int, title: N_, rows: Iterable[tuple[str, str, str]]) -> int:
        found = list(rows)
        if not found:
            return at
        heading = label(tr(title), "section")
        self._grid.addWidget(heading, at, 0, 1, 3)
        at += 1
        for row in found:
            at = self._add(at, row)
        return at

    def _add(self, at: int, row: tuple[str, str, str], role: str = "small") -> int:
        for column, words in enumerate(row):
            made = label("", role, wrap=column == 0)
            made.setText(words)
            if column == len(row) - 1:
                made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(made, at, column)
        self._grid.setColumnStretch(0, 1)
        return at + 1

    def _print_slip(self) -> None:
        if self._bill is not None:
            self.slip_wanted.emit(self._bill.uid, bill_name(self._bill.number))

    def _print(self) -> None:
        for receipt in self._bill.receipts if self._bill is not None else ():
            self.print_wanted.emit(receipt.uid)


def _lines(bill: BillView) -> Iterable[tuple[str, str, str]]:
    for line in bill.lines:
        name = line.student_name.split()[0] if line.student_name.split() else line.roll_no
        words = tr(N_("paid")) if line.is_paid and bill.number else ""
        if line.is_ended:
            words = tr(N_("no longer due"))
        if line.paid and line.rest:
            words = tr(N_("due {amount}"), amount=format_rupees(line.rest))
        yield f"{one_line(name)} · {one_line(line.label)}", words, format_rupees(line.amount)


def _tenders(bill: BillView) -> Iterable[tuple[str, str, str]]:
    for tender in bill.tenders:
        words = f"{tr(METHODS[tender.method].listed)} · {when_text(tender.at)}"
        if tender.reference:
            words = f"{words} · {tender.reference}"
        is_gone = tender.verification in NEVER_CAME
        state = tr(BANK_TAGS[tender.verification].word if is_gone else TENDERS[tender.state])
        yield words, state, format_rupees(tender.amount)


def _receipts(bill: BillView) -> Iterable[tuple[str, str, str]]:
    if bill.awaits_receipts:
        yield tr(N_("You get the receipts once the bill is fully paid or closed.")), "", ""
    for receipt in bill.receipts:
        yield receipt.number, receipt.roll_no, format_rupees(receipt.amount)


def _empty(grid: QGridLayout) -> None:
    while grid.count():
        item = grid.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.deleteLater()
