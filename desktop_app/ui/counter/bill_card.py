"""The bill: who pays what for, the total in figures and words, the way of paying, and Collect.

It shows a `Bill` and emits what was pressed. Nothing is sent to the gateway while it is filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.domain.channels import takes_only_upi
from desktop_app.domain.money import format_plain, format_rupees
from desktop_app.domain.tender import Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, amount_words, one_line
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import AmountLabel, ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.views.enrolment import Bill

LINE_PX = 30
MOST_LINES = 6
LARGE = 1.5
"""From this text size on the total and the way of paying are below their labels."""
_NO_TOTAL = "₹ —"


class BillCard(QWidget):
    """The fee to pay.

    Signals:
        collect: collect the bill (the Collect button).
        keep: enrol now, collect later.
    """

    collect = Signal()
    keep = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._bill: Bill | None = None
        self._picked = ("", "")
        self._is_offline = False
        self._is_busy = False
        self._student = ElidedLabel("", "section")
        self._course = ElidedLabel("", "secondary")
        self.table = _cart_table()
        self.total = AmountLabel("totalLabel")
        bind_text(self.total, "accessibleName", N_("Total to pay"))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._words = label("", "caption", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._warning, self._warning_words = _warning()
        self.link_button = Button(
            N_("Send a payment lin&k"),
            kind="compact",
            icon="link",
            name="linkInsteadButton",
            tip=N_("Collect by a payment link, which has no UPI limit"),
        )
        self.link_button.clicked.connect(self._choose_link)
        self.method = _method_select()
        self.method.currentIndexChanged.connect(self._refresh)
        self.summary = ElidedLabel("", "caption", name="summaryLabel")
        self.collect_button = Button(
            kind="primary", icon="qr", name="collectButton", tip=N_("Collect this fee (F9)")
        )
        self.collect_button.clicked.connect(self.collect)
        tip = N_("Enrol now and collect when the line is back (F9)")
        self.keep_button = Button(kind="primary", icon="late", name="keepToCollectButton", tip=tip)
        self.keep_button.clicked.connect(self.keep)
        self._lay_out()
        self.show_bill(None)

    def show_picked(self, student: str, course: str) -> None:
        """Show who and what was picked so far."""
        self._picked = (student, course)
        self._student.show_text(one_line(student) or tr(N_("Nobody picked yet")))
        missing = tr(N_("Find a student with F2, then a course with F3.")) if not student else ""
        self._course.show_text(one_line(course) or missing or tr(N_("Now pick a course with F3.")))

    def show_bill(self, bill: Bill | None) -> None:
        """Show a bill, or that there is none."""
        self._bill = bill
        lines = bill.lines if bill else ()
        self.table.setRowCount(len(lines))
        for row, line in enumerate(lines):
            self.table.setItem(row, 0, QTableWidgetItem(one_line(line.label)))
            amount = QTableWidgetItem(format_plain(line.amount))
            amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 1, amount)
        self.total.setText(format_rupees(bill.total) if bill else _NO_TOTAL)
        self._words.setText(amount_words(bill.total) if bill else "")
        self.rescale()
        self._refresh()

    def show_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        """Show whether a payment is just being begun; a second Enter then presses nothing."""
        self._is_busy = busy
        if busy and (self.collect_button.hasFocus() or self.keep_button.hasFocus()):
            self.method.setFocus()
        self._refresh()

    def show_offline(self, *, offline: bool) -> None:
        """Offer to keep the fee to collect while the line is down."""
        if offline != self._is_offline:
            self._is_offline = offline
            self._refresh()

    def start_over(self) -> None:
        """Forget the way of paying: cash is chosen for one parent, never for the next."""
        self.method.setCurrentIndex(0)

    def chosen_method(self) -> Method:
        """Return the way of paying that is chosen."""
        return Method(str(self.method.currentData()))

    def warning(self) -> str:
        """Return the warning against collecting; empty for none."""
        return self._warning_words.text()

    def point_at_link(self) -> None:
        """Lead to the way of paying that takes this amount."""
        self.link_button.setFocus()

    @property
    def is_keeping(self) -> bool:
        """Whether F9 keeps the fee to collect rather than collecting it."""
        return self._is_offline and tender_of(self.chosen_method()).needs_gateway

    @property
    def is_over_limit(self) -> bool:
        """Whether UPI does not take this amount in one payment, and UPI is chosen."""
        bill = self._bill
        is_over = bill is not None and bill.over_upi_limit and not bill.obstacle
        return is_over and takes_only_upi(self.chosen_method())

    def retranslate(self) -> None:
        """Show the bill in the current language."""
        for at, words in enumerate(METHODS.values()):
            self.method.setItemText(at, tr(words.choice))
        self.show_picked(*self._picked)
        self.show_bill(self._bill)

    def rescale(self) -> None:
        """Follow the text size and the number of lines."""
        line = theme.px(LINE_PX)
        header = self.table.verticalHeader()
        header.setMinimumSectionSize(line)
        header.setDefaultSectionSize(line)
        for each in (self._method_row, self._total_row):
            turn(each, is_upright=theme.scale() > LARGE)
        rows = min(max(self.table.rowCount(), 1), MOST_LINES)
        self.table.setFixedHeight(rows * line + 2)

    def choose_method(self, method: Method) -> None:
        """Choose a way of paying; the keyboard goes there."""
        self.method.setCurrentIndex(self.method.findData(method.value))
        self.method.setFocus()

    def _choose_link(self) -> None:
        self.choose_method(Method.PAYMENT_LINK)

    def _refresh(self) -> None:
        bill = self._bill
        can_begin = bill is not None and not bill.obstacle and not self._is_busy
        can_begin = can_begin and not self.is_over_limit
        for button in (self.collect_button, self.keep_button):
            button.setEnabled(can_begin)
        self.keep_button.setVisible(self.is_keeping)
        self.collect_button.setVisible(not self.is_keeping)
        self.link_button.setVisible(self.is_over_limit)
        self._show_offers(bill)
        self.summary.show_text(self._summary(bill))
        self._warn(self._warning_for(bill))

    def _show_offers(self, bill: Bill | None) -> None:
        method = self.chosen_method()
        named = METHODS[method]
        self.collect_button.show_icon(named.icon)
        if self._is_busy:
            offer = keep = tr(N_("Writing it down…"))
        elif bill is None:
            offer = tr(named.take)
            keep = tr(N_("Keep to collect"))
        else:
            goes_on = bill.open_attempt_uid and tender_of(method).needs_gateway
            words = N_("Go on with {amount}") if goes_on else named.take_amount
            offer = tr(words, amount=format_rupees(bill.total))
            keep = tr(N_("Keep {amount} to collect"), amount=format_rupees(bill.total))
        key = "" if self._is_busy else "   F9"
        self.collect_button.show_text(f"{offer}{key}")
        self.keep_button.show_text(f"{keep}{key}")

    def _summary(self, bill: Bill | None) -> str:
        """Return in one line what the button does."""
        if bill is None:
            return ""
        parts = (
            tr(METHODS[self.chosen_method()].short),
            format_rupees(bill.total),
            one_line(bill.student_name, 40),
            one_line(bill.course_label),
        )
        return " · ".join(parts)

    def _warning_for(self, bill: Bill | None) -> str:
        if bill is None:
            return ""
        if bill.obstacle:
            return _obstacle(bill)
        if self.is_over_limit:
            return tr(
                N_("Over the UPI limit of {limit}: choose Payment link or Cash."),
                limit=format_rupees(bill.upi_limit),
            )
        if bill.open_attempt_uid:
            return tr(N_("A payment for this is open already; Collect goes on with it."))
        return tr(N_("Enrolled earlier; the fee is still to be collected.")) if bill.is_kept else ""

    def _warn(self, words: str) -> None:
        self._warning.setVisible(bool(words))
        self._warning_words.setText(words)

    def _lay_out(self) -> None:
        method_label = label(N_("Pay &by"), "small")
        method_label.setBuddy(self.method)
        self._method_row = method_row = hbox(method_label, (self.method, 1))
        self._total_row = to_pay = hbox(label(N_("To pay"), "section"), (self.total, 1))
        column = vbox(label(N_("Bill"), "caption"), inside=self, gap=theme.GAP)
        fill(column, self._student, self._course, theme.GAP, self.table, rule())
        fill(column, to_pay, self._words, self._warning, self.link_button, theme.GAP, method_row)
        fill(column, theme.GAP, self.collect_button, self.keep_button, self.summary, STRETCH)


def _obstacle(bill: Bill) -> str:
    """Return the obstacle in the current language; the bill has it in English."""
    already = N_("{name} is already enrolled in this course.")
    if bill.obstacle == already.format(name=bill.student_name):
        return tr(already, name=one_line(bill.student_name, 60))
    return tr(bill.obstacle)


def _cart_table() -> QTableWidget:
    table = QTableWidget(0, 2)
    table.setObjectName("cartTable")
    bind_text(table, "accessibleName", N_("Lines of the bill"))
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setProperty("kind", "bill")
    table.horizontalHeader().hide()
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table


def _method_select() -> QComboBox:
    select = QComboBox()
    select.setObjectName("methodSelect")
    bind_text(select, "accessibleName", N_("Way of paying"))
    bind_text(select, "toolTip", N_("How the fee is paid"))
    select.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    with QSignalBlocker(select):
        for method, words in METHODS.items():
            select.addItem(tr(words.choice), method.value)
    return select


def _warning() -> tuple[QWidget, QLabel]:
    frame = QWidget()
    words = label("", "small", wrap=True, tone="attention")
    row = hbox(inside=frame)
    fill(row, (IconLabel("attention", "attention", 18), Qt.AlignmentFlag.AlignTop), (words, 1))
    return frame, words
