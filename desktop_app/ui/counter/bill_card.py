"""The bill: who pays what for, the total in figures and words, the way of paying, and Collect.

It shows a `Bill` and emits what was pressed. Nothing is sent to the gateway while it is filled in.
A fee that is paid shows its receipt, and no amount to pay. What else the student owes is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTableWidgetItem, QWidget

from desktop_app.domain.channels import takes_only_upi
from desktop_app.domain.money import ZERO
from desktop_app.domain.tender import Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, amount_words, one_line, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.counter.bill_lines import bill_lines, total_of, warning_of
from desktop_app.ui.counter.bill_parts import ContactRow, cart_table, warning_line
from desktop_app.ui.counter.days import short_day
from desktop_app.ui.counter.due_button import DueButton
from desktop_app.ui.counter.method_choice import MethodChoice
from desktop_app.ui.counter.paid_card import NextButton
from desktop_app.ui.counter.plan_strip import PlanStrip, settled_words
from desktop_app.ui.counter.student_fees import Contact, StudentFees
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, tab_before, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card, rule
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label, set_role

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.bills import BillSummary
    from desktop_app.services.views.enrolment import Bill, PaidFee
    from desktop_app.ui.counter.open_bill import OpenBillButton
    from desktop_app.ui.counter.student_fees import StudentFee

LINE_PX = 28
LOW_LINE_PX = 24
"""Where the height is missing, so that more lines are in sight."""
MOST_LINES = 6
LARGE = 1.5
"""From this text size on the total is below its label."""
_TENDER = (N_("Cheque, card…   F8"), N_("Part payment, cheque, card…   F8"))
_CREDIT = (N_("Credit {credit}…   F8"), N_("Credit {credit}, cheque…   F8"))


class BillCard(QWidget):
    """The fee to pay. What must stay in sight is in `foot`, which its owner pins below it.

    Signals:
        collect: collect the bill (the Collect button).
        keep: enrol now, collect later.
        print_wanted: print the receipt of this uid again.
        copy_wanted: copy this phone number.
        chat_wanted: open WhatsApp with this phone number.
        typed: a letter was typed beside a fee that is paid: the next student's name begins.
        other_course_wanted: choose another course, as there is nothing to bill for this one.
        fee_wanted: bill a fee that is due, as the `CourseRow` of its course.
    """

    collect = Signal()
    keep = Signal()
    print_wanted = Signal(str)
    copy_wanted = Signal(str)
    chat_wanted = Signal(str)
    typed = Signal(str)
    other_course_wanted = Signal()
    fee_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._bill: Bill | None = None
        self._picked = ("", "")
        self._fees = StudentFees()
        self._left: OpenBillButton | None = None
        self._has_limited_seats = False
        self._has_words = True
        self._is_offline = False
        self._is_busy = self._is_cart = self._is_cramped = False
        self._now: Money | None = None
        self._credit, self._is_tender_long = ZERO, True
        self._sum_px = 0
        self.student = ElidedLabel("", "name")
        self._course = ElidedLabel("", "secondary")
        self.table = cart_table()
        self._rule = rule()
        self.plan = PlanStrip()
        self.concession = Button(
            N_("Concession   F4"), kind="compact", name="concessionButton",
            tip=N_("Choose a concession or a promo code (F4)"),
        )  # fmt: skip
        self.total = label("", "total", name="totalLabel")
        bind_text(self.total, "accessibleName", N_("Total to pay"))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._words = label("", "caption", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._warning, self._warning_words = warning_line()
        self.ways = MethodChoice()
        self.method = self.ways.select
        self.ways.changed.connect(self._refresh)
        self.foot = QWidget()
        self.contact = ContactRow()
        self.contact.copy_wanted.connect(self.copy_wanted)
        self.contact.chat_wanted.connect(self.chat_wanted)
        self._make_paid()
        self._make_buttons()
        self._lay_out()
        self.show_bill(None)

    def show_picked(self, student: str, course: str, *, has_limited_seats: bool = False) -> None:
        """Show who and what was picked so far."""
        self._picked = (student, course)
        self._has_limited_seats = has_limited_seats
        self.student.show_text(one_line(student) or tr(N_("No student selected")))
        self._show_who()
        self._course.show_text(one_line(course) if course else self._missing())

    def show_fees(self, fees: StudentFees) -> None:
        """Show what the picked student owes or has paid, and how to reach the family."""
        self._fees, self._credit = fees, fees.credit
        self.show_picked(*self._picked, has_limited_seats=self._has_limited_seats)
        self._show_paid()
        self._show_left(fees.bill)
        self._refresh()

    def _show_who(self) -> None:
        """Show how the family is reached; a family's bill leaves low screens to its lines."""
        is_hidden = self._is_cart and self._is_cramped
        name = self._picked[0].rsplit(" · ", 1)[0]
        self.contact.show_contact(Contact() if is_hidden else self._fees.contact, name)
        self.student.setHidden(is_hidden)

    def _show_left(self, bill: BillSummary | None) -> None:
        """Show the bill that was left when a part of it was paid; few students have one."""
        if self._left is None and bill is not None:
            from desktop_app.ui.counter.open_bill import OpenBillButton

            self._left = OpenBillButton()
            self._left.clicked.connect(self.family_button.click)
            at = self._column.indexOf(self._paid)
            self._column.insertWidget(at, self._left, 0, Qt.AlignmentFlag.AlignLeft)
        if self._left is not None:
            self._left.show_left(None if self._is_cart else bill)

    def _missing(self) -> str:
        """Return what the clerk picks next."""
        if not self._picked[0]:
            return tr(N_("Select a student (F2)."))
        if self._due():
            return tr(N_("Press Enter to show the fee due."))
        return tr(N_("Select a course (F3)."))

    def _due(self) -> list[StudentFee]:
        """Return the fees that are due besides the one that is billed."""
        billed = self._bill.course_uid if self._bill is not None else ""
        if self._picked[1] and not billed:
            return []  # it is being worked out which one is billed
        return [fee for fee in self._fees.due if fee.course.uid != billed]

    def show_bill(self, bill: Bill | None) -> None:
        """Show a bill, or that there is none."""
        self._bill = bill
        lines = bill_lines(bill)
        self.table.setRowCount(len(lines))
        for row, (words, figures) in enumerate(lines):
            self.table.setItem(row, 0, QTableWidgetItem(words))
            amount = QTableWidgetItem(figures)
            amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 1, amount)
        is_owed = bill is not None and not bill.obstacle
        self.table.setVisible(bool(lines))
        self._rule.setVisible(bool(lines))
        self.total.setText(total_of(bill))
        self._words.setText(amount_words(bill.total) if bill and is_owed else "")
        for each in (self.total, self._to_pay):
            each.setVisible(is_owed)
        self._words.setVisible(is_owed and self._has_words)
        self.plan.show_bill(bill)
        self.concession.setVisible(is_owed and not self._is_cart)
        self._sum.setVisible(is_owed)
        self.rescale()
        self._show_paid()
        self._refresh()

    def hold_tender(self, panel: QWidget, editor: QWidget) -> None:
        """Put the choice of what is collected now above the ways of paying, for Tab too."""
        self._foot.insertWidget(self._foot.indexOf(self.ways), panel)
        tab_before(next(iter(self.ways.segments.values())), editor)

    def follow(self, *parts: QWidget) -> None:
        """Put parts of the other side before this one in the order of Tab."""
        tab_before(self.contact.copy_phone, *parts)

    def show_cart(self, bill: Bill | None, now: Money | None = None, credit: Money = ZERO) -> None:
        """Show a family's bill, what of it is collected now, and its credit; None for no family."""
        self._is_cart, self._now, self._credit = bill is not None, now, credit
        self._picked = (bill.student_name, " ") if bill is not None else ("", "")
        self.show_picked(*self._picked)
        self._show_left(self._fees.bill)
        self.show_bill(bill)

    def show_now(self, amount: Money | None) -> None:
        """Show what is collected now of a family's bill."""
        self._now = amount
        self._refresh()

    def fit(self, *, has_words: bool, is_cramped: bool, is_low: bool) -> None:
        """Fit the room.

        Args:
            has_words: whether the total is also shown in words.
            is_cramped: whether the lines need what else has room above the total.
            is_low: whether the total is above the rest, which scrolls.
        """
        self._has_words, self._is_cramped = has_words, is_cramped
        self._show_who()
        self.rescale()
        self._words.setVisible(has_words and not self.total.isHidden())
        to = self._column if is_low else self._foot
        if to.indexOf(self._sum) < 0:
            if is_low:
                self._sum_px = self._sum.sizeHint().height() + theme.GAP
            to.insertWidget(0, self._sum)
            self._sum.setHidden(self.total.isHidden())  # Qt shows what it moves later
        is_small = is_low or is_cramped
        set_role(self.total, "page" if is_small else "total")
        self._foot.setSpacing(theme.GRID if is_small else theme.GAP)
        turn(self._total_row, is_upright=theme.scale() > LARGE and not is_small)

    @property
    def sum_above(self) -> int:
        """The height that the foot lacks for the total, which is above the rest; 0 if it is not."""
        return 0 if self._foot.indexOf(self._sum) >= 0 or self._sum.isHidden() else self._sum_px

    def show_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        """Show whether a payment is just being begun; a second Enter then presses nothing."""
        self._is_busy = busy
        if busy and (self.collect_button.hasFocus() or self.keep_button.hasFocus()):
            self.ways.focus()
        self._refresh()

    def show_offline(self, *, offline: bool) -> None:
        """Offer to enrol now and collect later while offline."""
        if offline != self._is_offline:
            self._is_offline = offline
            self._refresh()

    def show_keys(self, *, has_keys: bool) -> None:
        """Offer only cash while there are no API keys."""
        self.ways.show_keys(has_keys=has_keys)
        self._refresh()

    def start_over(self) -> None:
        """Choose the way of paying that was used last, for the next parent."""
        self.ways.start_over()

    def chosen_method(self) -> Method:
        """Return the way of paying that is chosen."""
        return self.ways.chosen()

    def warning(self) -> str:
        """Return the warning against collecting; empty for none."""
        return self._warning_words.text()

    def point_at_link(self) -> None:
        """Lead to the way of paying that takes this amount."""
        self.link_button.setFocus()

    @property
    def _is_empty(self) -> bool:
        """Whether nothing is on a family's bill."""
        return self._is_cart and self._bill is not None and not self._bill.total

    @property
    def shows_qr_at_once(self) -> bool:
        """Whether a payment by the chosen method waits for the parent, and can do so now."""
        return not self._is_offline and tender_of(self.chosen_method()).needs_gateway

    @property
    def is_keeping(self) -> bool:
        """Whether F9 enrols now and collects later rather than collecting."""
        is_offline = self._is_offline and not self._is_cart
        return is_offline and tender_of(self.chosen_method()).needs_gateway

    @property
    def is_paid(self) -> bool:
        """Whether the fee of the bill is paid."""
        return self._bill is not None and self._bill.is_paid

    @property
    def is_settled(self) -> bool:
        """Whether no course is picked, and the student is enrolled and owes nothing."""
        return self._fees.is_settled and bool(self._picked[0]) and not self._picked[1]

    @property
    def is_closed(self) -> bool:
        """Whether this course can't be billed to this student, and is not paid either."""
        bill = self._bill
        return bill is not None and not bill.can_collect and not bill.is_paid

    @property
    def is_over_limit(self) -> bool:
        """Whether UPI does not take this amount in one payment, and UPI is chosen."""
        bill = self._bill
        is_over = bill is not None and bill.over_upi_limit and bill.can_collect
        return is_over and takes_only_upi(self.chosen_method())

    def retranslate(self) -> None:
        """Show the bill in the current language."""
        self.show_picked(*self._picked, has_limited_seats=self._has_limited_seats)
        self.show_bill(self._bill)
        self.show_fees(self._fees)

    def name_tender(self, *, is_long: bool) -> None:
        """Name everything that F8 takes, or in a few words."""
        self._is_tender_long = is_long
        if not self._credit:
            self.tender_button.show_text(_TENDER[is_long])
            return
        words = tr(_CREDIT[is_long], credit=short_rupees(self._credit))
        self.tender_button.show_text(words)

    def take_tender_back(self) -> None:
        """Put the button of F8 among what scrolls: there is no room below."""
        offers = self._offers.layout()
        if offers is not None and offers.indexOf(self.beside) < 0:
            offers.addWidget(self.beside)
            self.beside.show()

    def rescale(self) -> None:
        """Follow the text size and the number of lines."""
        line = theme.px(LOW_LINE_PX if self._is_cramped else LINE_PX)
        header = self.table.verticalHeader()
        header.setMinimumSectionSize(line)
        header.setDefaultSectionSize(line)
        rows = min(max(self.table.rowCount(), 1), MOST_LINES)
        self.table.setFixedHeight(rows * line + 2)

    def _choose_link(self) -> None:
        self.ways.choose(Method.PAYMENT_LINK, is_exception=True)
        self.collect.emit()

    def _show_paid(self) -> None:
        """Show the receipt of the fee on the bill, or of the newest one of who owes nothing."""
        receipt = self._receipt()
        self._course.setHidden(self.table.rowCount() > 0 or self.is_settled)  # named below it
        self._paid.setVisible(self.is_paid or self.is_settled)
        self.print_again.setVisible(receipt is not None)
        self._paid_words.setText(tr(N_("Paid")))
        if receipt is not None:
            words = N_("Paid · {number} · {day}")
            number, day = receipt.receipt_no, short_day(receipt.at)
            self._paid_words.setText(tr(words, number=number, day=day))
        labels = [settled_words(fee) for fee in self._fees.paid] if self.is_settled else []
        self._paid_for.show_text(", ".join(labels))
        self._paid_for.setVisible(bool(labels))

    def _receipt(self) -> PaidFee | None:
        if self._bill is not None:
            return self._bill.paid if self._bill.is_paid else None
        return self._fees.receipt if self.is_settled else None

    def _refresh(self) -> None:
        bill = self._bill
        can_begin = bill is not None and bill.can_collect and not self._is_busy
        can_begin = can_begin and not self.is_over_limit and not self._is_empty
        can_pay = bill.can_collect if bill is not None else not self.is_settled
        for button in (self.collect_button, self.keep_button):
            button.setEnabled(can_begin)
        self.ways.setVisible(can_pay)
        self.keep_button.setVisible(can_pay and self.is_keeping and not self.is_over_limit)
        self.collect_button.setVisible(can_pay and not self.is_keeping and not self.is_over_limit)
        self.link_button.setVisible(self.is_over_limit)
        self.tender_button.setVisible(can_pay and bill is not None)
        self.family_button.setVisible(bill is not None and bool(bill.student_uid))
        self.other_course.setVisible(self.is_closed or self.is_paid or self.is_settled)
        self.other_course.set_kind("primary" if self.is_closed else "")
        self.name_tender(is_long=self._is_tender_long)
        self.also.show_fees(self._due(), is_besides=bool(self._picked[1]))
        self._show_offers(bill)
        words = warning_of(
            bill, is_over_limit=self.is_over_limit, has_limited_seats=self._has_limited_seats
        )
        self._warn(words)

    def _show_offers(self, bill: Bill | None) -> None:
        method = self.chosen_method()
        named = METHODS[method]
        self.collect_button.show_icon(named.icon)
        keep = tr(N_("Enrol now, collect later"))
        if self._is_busy:
            offer = keep = tr(N_("Saving…"))
        elif bill is None:
            offer = tr(named.take)
        elif bill.is_free:
            offer = keep = tr(N_("Enrol without a payment"))
        else:
            goes_on = bill.open_attempt_uid and tender_of(method).needs_gateway
            words = N_("Continue with {amount}") if goes_on else named.take_amount
            offer = tr(words, amount=short_rupees(self._now or bill.total))
        key = "" if self._is_busy else "   F9"
        self.collect_button.show_text(f"{offer}{key}")
        if bill is not None:
            words = N_("Send a link for {amount}")
            self.link_button.show_text(tr(words, amount=short_rupees(bill.total)))
        self.keep_button.show_text(f"{keep}{key}")

    def _warn(self, words: str) -> None:
        self._warning.setVisible(bool(words))
        self._warning_words.setText(words)

    def _print(self) -> None:
        receipt = self._receipt()
        if receipt is not None:
            self.print_wanted.emit(receipt.receipt_uid)

    def _make_paid(self) -> None:
        self._paid = Card("paid", margin=12)
        self._paid_words = label("", "strong", wrap=True, tone="paid", name="paidBefore")
        self._paid_for = ElidedLabel("", "small", name="paidFor")
        words = vbox(self._paid_words, self._paid_for, gap=0)
        self._paid.column.addLayout(hbox(IconLabel("paid", "paid", 28), (words, 1)))
        self.print_again = NextButton(
            N_("Print again"), kind="primary", icon="print", name="printAgainButton",
            tip=N_("Print this fee's receipt again"),
        )  # fmt: skip
        self.print_again.clicked.connect(self._print)
        self.print_again.typed.connect(self.typed)

    def _make_buttons(self) -> None:
        self.link_button = Button(
            kind="primary", icon="link", name="linkInsteadButton",
            tip=N_("Collect by payment link (no UPI limit)"),
        )  # fmt: skip
        self.link_button.clicked.connect(self._choose_link)
        self.collect_button = Button(
            kind="primary", icon="qr", name="collectButton", tip=N_("Collect this fee (F9)")
        )
        self.collect_button.clicked.connect(self.collect)
        self.tender_button = Button(
            _TENDER[-1], kind="compact", name="tenderButton",
            tip=N_("Take a part payment, cheque, card slip, bank transfer or credit (F8)"),
        )  # fmt: skip
        self.beside = QWidget()
        fill(hbox(inside=self.beside, gap=0), self.tender_button)
        self.family_button = Button(
            N_("All family fees   F12"), kind="compact", name="familyButton",
            tip=N_("Collect the fees of all brothers and sisters in one payment (F12)"),
        )  # fmt: skip
        tip = N_("Enrol now and collect once you're online (F9)")
        self.keep_button = Button(kind="primary", icon="late", name="keepToCollectButton", tip=tip)
        self.keep_button.clicked.connect(self.keep)

    def _make_other_course(self) -> None:
        self.other_course = Button(
            N_("Choose another course   F3"), kind="primary", icon="courses",
            name="otherCourseButton", tip=N_("Choose another course (F3)"),
        )  # fmt: skip
        self.other_course.clicked.connect(self.other_course_wanted)

    def _lay_out(self) -> None:
        self._make_other_course()
        self.also = DueButton()
        self.also.wanted.connect(self.fee_wanted)
        self._to_pay = label(N_("To pay"), "section")
        self._total_row = hbox(self._to_pay, (self.total, 1))
        self._offers = flowing(self.concession, self.family_button)
        self._sum = QWidget()
        vbox(self._total_row, self._words, inside=self._sum, gap=0)
        self._column = column = vbox(inside=self, gap=theme.GRID)
        fill(column, self.student, self.contact, self._course, theme.GRID, self.table, self._rule)
        fill(column, self.plan, self._offers, self._paid, self._warning)
        fill(column, theme.GRID, self.also, STRETCH)
        self._foot = foot = vbox(inside=self.foot, gap=theme.GAP)
        fill(foot, self._sum, self.ways, self.link_button, self.collect_button, self.keep_button)
        fill(foot, self.print_again, self.other_course)
