"""Held bills: today's drafts, bills that are not paid yet, and the search for any bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from desktop_app.domain.bills import BillState
from desktop_app.domain.money import format_rupees
from desktop_app.services.views.bills import BillSummary, bill_name
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.picker import MARGINS
from desktop_app.ui.widgets.result_list import Cell, ResultList, Row
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent

SHARES = (0.14, 0.40, 0.24, 0.22)
STATES = {
    BillState.DRAFT: (N_("held"), "ink_2"),
    BillState.OFFERED: (N_("not paid"), "attention"),
    BillState.PART_PAID: (N_("part paid"), "attention"),
    BillState.PAID: (N_("paid"), "paid"),
    BillState.ABANDONED: (N_("closed"), "ink_2"),
}
"""The word for each state of a bill, and its tone."""
_NONE = N_("No bills on hold. Bills you leave with Esc stay here until tomorrow.")
_NO_MATCH = N_("No bill has this number, UTR or phone.")


class BillList(ResultList):
    """The bills.

    Signals:
        ending: end the bill of this summary, or drop the draft.
    """

    ending = Signal(object)

    def __init__(self) -> None:
        super().__init__(
            "heldBills", N_("Held bills"), SHARES, _NO_MATCH, _NONE, takes_keys=True, spare=(0,)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Drop or end the selected bill by Del."""
        row = self.current()
        if row is not None and event.key() == Qt.Key.Key_Delete:
            self.ending.emit(row.payload)
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep the selection: the buttons under the list are about it."""
        QListView.focusOutEvent(self, event)


class HeldBills(QWidget):
    """The list with its search.

    Signals:
        asked: find bills by this text; all held ones for none.
        resumed: continue the bill of this summary.
        shown: show the bill of this summary as it is.
        ended: end the bill of this summary, or drop the draft.
    """

    asked = Signal(str)
    resumed = Signal(object)
    shown = Signal(object)
    ended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.box = SearchBox(name="billSearch", hint=N_("Bill number, UTR or phone"), key="Ctrl+H")
        self.list = BillList()
        self.open_button = Button(
            N_("Open   Enter"), kind="primary", icon="next", name="openBillButton",
            tip=N_("Open the selected bill (Enter)"),
        )  # fmt: skip
        self.end_button = Button(
            N_("Close bill   Del"), icon="cross", name="endBillButton",
            tip=N_("Close the selected bill (Del). Paid fees stay paid."),
        )  # fmt: skip
        self.open_button.clicked.connect(self._open_current)
        self.end_button.clicked.connect(self._end_current)
        self.box.textChanged.connect(self.asked)
        self.box.taken.connect(self._open_current)
        self.box.moved.connect(self.list.step)
        self.list.chosen.connect(self._open)
        self.list.ending.connect(self.ended)
        column = vbox(inside=self, gap=theme.GAP, margins=MARGINS)
        top = hbox((label(N_("Held bills"), "name"), 1), STRETCH)
        fill(column, top, self.box, (self.list, 1), flowing(self.open_button, self.end_button))

    def begin(self) -> None:
        """Show what is held, with the keyboard on the search."""
        self.box.clear()
        self.list.show_rows((), query=self.box.text(), count=0)
        self.asked.emit("")
        self.box.setFocus()

    def show_bills(self, bills: tuple[BillSummary, ...]) -> None:
        """Show bills."""
        text = self.box.text()
        self.list.show_rows(tuple(map(_row, bills)), query=text, count=len(bills))
        for button in (self.open_button, self.end_button):
            button.setEnabled(bool(bills))

    def _open_current(self) -> None:
        row = self.list.current()
        if row is not None:
            self._open(row.payload)

    def _end_current(self) -> None:
        row = self.list.current()
        if row is not None:
            self.ended.emit(row.payload)

    def _open(self, bill: object) -> None:
        if isinstance(bill, BillSummary):
            is_over = bill.state in (BillState.PAID, BillState.ABANDONED)
            (self.shown if is_over else self.resumed).emit(bill)


def _row(bill: BillSummary) -> Row:
    word, tone = STATES[bill.state]
    fees = tr(N_("{count} fee", "{count} fees"), count=bill.lines)
    name = bill_name(bill.number) or when_text(bill.at)
    amount = bill.rest if bill.rest else bill.total
    return Row(
        (
            Cell(name, "ink_2", is_whole=True),
            Cell(f"{one_line(bill.payer_name)} · {fees}", is_bold=True),
            Cell(tr(word), tone, is_whole=True),
            Cell(format_rupees(amount), is_right=True, is_whole=True),
        ),
        bill,
    )
