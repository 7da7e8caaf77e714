"""The bill: who pays what for, the total in figures and words, the way of paying, and Collect.

It shows a `Bill` and tells what was pressed. Nothing is sent to the gateway while it is filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.money import format_plain, format_rupees
from desktop_app.domain.payment import Method
from desktop_app.ui import theme
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.wording import METHODS

if TYPE_CHECKING:
    from desktop_app.services.views import Bill

LINE_PX = 30
MOST_LINES = 6
_NO_TOTAL = "₹ —"
_UPI_ONLY = (Method.AUTO, Method.UPI_INTENT, Method.QR_CODE)


class BillCard(QWidget):
    """What is to be paid.

    Signals:
        collect: collect the bill (the Collect button).
        keep: enrol now, collect later.
    """

    collect = Signal()
    keep = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._bill: Bill | None = None
        self._is_offline = False
        self._is_busy = False
        self._student = ElidedLabel("", "section")
        self._course = ElidedLabel("", "secondary")
        self.table = _cart_table()
        self.total = label(_NO_TOTAL, "total", name="totalLabel")
        self.total.setAccessibleName("Total to pay")
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._words = label("", "caption", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._warning, self._warning_words = _warning()
        self.method = _method_select()
        self.method.currentIndexChanged.connect(self._refresh)
        self.collect_button = Button("Collect", kind="primary", icon="qr", name="collectButton")
        self.collect_button.setToolTip("Collect this fee (F9)")
        self.collect_button.clicked.connect(self.collect)
        self.keep_button = Button(
            "Keep to collect", kind="primary", icon="late", name="keepToCollectButton"
        )
        self.keep_button.setToolTip("Enrol now and collect when the line is back (F9)")
        self.keep_button.clicked.connect(self.keep)
        self._lay_out()
        self.show_bill(None)

    def show_picked(self, student: str, course: str) -> None:
        """Show who and what was picked so far."""
        self._student.show_text(student or "Nobody picked yet")
        missing = "Find a student with F2, then a course with F3." if not student else ""
        self._course.show_text(course or missing or "Now pick a course with F3.")

    def show_bill(self, bill: Bill | None) -> None:
        """Show a bill, or that there is none."""
        self._bill = bill
        lines = bill.lines if bill else ()
        self.table.setRowCount(len(lines))
        for row, line in enumerate(lines):
            self.table.setItem(row, 0, QTableWidgetItem(line.label))
            amount = QTableWidgetItem(format_plain(line.amount))
            amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 1, amount)
        self.table.setFixedHeight(min(max(len(lines), 1), MOST_LINES) * LINE_PX + 2)
        self.total.setText(format_rupees(bill.total) if bill else _NO_TOTAL)
        self._words.setText(bill.words if bill else "")
        self._refresh()

    def show_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        """Show whether a payment is just being begun."""
        self._is_busy = busy
        self._refresh()

    def show_offline(self, *, offline: bool) -> None:
        """Offer to keep the fee to collect while the line is down."""
        self._is_offline = offline
        self._refresh()

    def start_over(self) -> None:
        """Forget the way of paying: cash is chosen for one parent, never for the next."""
        self.method.setCurrentIndex(0)

    def chosen_method(self) -> Method:
        """Tell the way of paying that is chosen."""
        return Method(str(self.method.currentData()))

    def warning(self) -> str:
        """Tell what speaks against collecting, empty when nothing does."""
        return self._warning_words.text()

    @property
    def is_keeping(self) -> bool:
        """Whether F9 keeps the fee to collect rather than collecting it."""
        return self._is_offline and self.chosen_method() is not Method.CASH

    def _refresh(self) -> None:
        bill, method = self._bill, self.chosen_method()
        can_begin = bill is not None and not bill.obstacle and not self._is_busy
        for button in (self.collect_button, self.keep_button):
            button.setEnabled(can_begin)
        self.keep_button.setVisible(self.is_keeping)
        self.collect_button.setVisible(not self.is_keeping)
        amount = f" {format_rupees(bill.total)}" if bill else ""
        is_cash = method is Method.CASH
        verb = "Take" if is_cash else "Collect"
        tail = " in cash" if is_cash else ""
        if bill and bill.open_attempt_uid:
            verb = "Go on with" if not is_cash else verb
        self.collect_button.show_icon("cash" if is_cash else "qr")
        offer, keep = f"{verb}{amount}{tail}   F9", f"Keep{amount} to collect   F9"
        self.collect_button.show_text("Writing it down…" if self._is_busy else offer)
        self.keep_button.show_text("Writing it down…" if self._is_busy else keep)
        self._warn(self._warning_for(bill, method))

    def _warning_for(self, bill: Bill | None, method: Method) -> str:
        if bill is None:
            return ""
        if bill.obstacle:
            return bill.obstacle
        if bill.over_upi_limit and method in _UPI_ONLY:
            limit = format_rupees(bill.upi_limit)
            return f"Over the UPI limit of {limit}: choose Payment link or Cash."
        if bill.open_attempt_uid:
            return "A payment for this is open already; Collect goes on with it."
        return "Enrolled earlier; the fee is still to be collected." if bill.is_kept else ""

    def _warn(self, words: str) -> None:
        self._warning.setVisible(bool(words))
        self._warning_words.setText(words)

    def _lay_out(self) -> None:
        method_label = label("Pay &by", "small")
        method_label.setBuddy(self.method)
        method_row = QHBoxLayout()
        method_row.addWidget(method_label)
        method_row.addWidget(self.method, 1)
        to_pay = QHBoxLayout()
        to_pay.addWidget(label("To pay", "section"))
        to_pay.addWidget(self.total, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(label("Bill", "caption"))
        column.addWidget(self._student)
        column.addWidget(self._course)
        column.addSpacing(theme.GAP)
        column.addWidget(self.table)
        column.addWidget(rule())
        column.addLayout(to_pay)
        column.addWidget(self._words)
        column.addWidget(self._warning)
        column.addSpacing(theme.GAP)
        column.addLayout(method_row)
        column.addSpacing(theme.GAP)
        column.addWidget(self.collect_button)
        column.addWidget(self.keep_button)
        column.addStretch(1)


def _cart_table() -> QTableWidget:
    table = QTableWidget(0, 2)
    table.setObjectName("cartTable")
    table.setAccessibleName("Lines of the bill")
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setProperty("kind", "bill")
    table.horizontalHeader().hide()
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(LINE_PX)
    table.verticalHeader().setMinimumSectionSize(LINE_PX)
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table


def _method_select() -> QComboBox:
    select = QComboBox()
    select.setObjectName("methodSelect")
    select.setAccessibleName("Way of paying")
    select.setToolTip("How the fee is paid")
    with QSignalBlocker(select):
        for method, words in METHODS.items():
            select.addItem(words, method.value)
    return select


def _warning() -> tuple[QWidget, QLabel]:
    frame = QWidget()
    words = label("", "small", wrap=True, tone="attention")
    row = QHBoxLayout(frame)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(IconLabel("attention", "attention", 18), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    return frame, words
