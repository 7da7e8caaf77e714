"""The counter as one column: chips, methods, no keys, what is owed, today's figures, phones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.tender import Verification
from desktop_app.services.errors import UnauthorisedError, UnavailableError
from desktop_app.services.views.payments import MethodTotals, PaymentTotals
from desktop_app.ui.core import theme
from desktop_app.ui.core.desktop_services import DesktopServices
from desktop_app.ui.counter.column import Step
from desktop_app.ui.students.page import StudentsPage
from desktop_app.ui.widgets.result_list import PAD

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl

    from desktop_app.ui.counter.page import CounterPage
    from tests.ui.clerk import Clerk

KEY = Qt.Key


class Recorded(DesktopServices):
    """Keeps what would be opened or copied."""

    def __init__(self) -> None:
        self.copies: list[str] = []
        self.addresses: list[str] = []

    def copy(self, text: str) -> None:
        self.copies.append(text)

    def open_address(self, address: QUrl) -> bool:
        self.addresses.append(address.toString())
        return True


def counter_of(clerk: Clerk) -> CounterPage:
    return clerk.window.parts.counter


@pytest.fixture
def computer(clerk: Clerk) -> Recorded:
    made = Recorded()
    clerk.window.parts.context.printer.computer = made  # type: ignore[misc]
    return made


# --- one column


def test_what_is_picked_folds_into_chips_that_take_it_back(looking: Clerk) -> None:
    column = counter_of(looking).column
    assert column.step is Step.STUDENT
    assert not looking.shown("courseResults")
    looking.type("R001")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.focus == "courseSearch")
    assert looking.text("studentChip").startswith("Asha Rao · R001")
    assert not looking.shown("studentResults"), "the list in use has the room"
    looking.type("PHY-11")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.shown("courseChip"))
    assert looking.text("courseChip").startswith("Physics XI · Morning")
    assert not looking.shown("courseResults")
    looking.the(QPushButton, "courseChip").click()
    assert counter_of(looking).presenter.course is None
    assert (looking.picked(), looking.focus) == ("R001", "courseSearch")
    looking.the(QPushButton, "studentChip").click()
    assert (looking.picked(), looking.focus) == ("", "studentSearch")


@pytest.mark.looks
def test_results_get_eight_rows_on_the_commonest_screen(clerk: Clerk) -> None:
    from desktop_app.ui.widgets.boxes import viewport
    from desktop_app.ui.widgets.result_list import ROW

    clerk.window.resize(1350, 688)
    clerk.bot.wait(30)
    for results in (counter_of(clerk).student.results, counter_of(clerk).course.results):
        if not results.isVisible():
            clerk.press(KEY.Key_F3)
            clerk.bot.wait(30)
        assert viewport(results).height() >= 8 * ROW


def test_f6_gives_the_payments_the_column_until_they_are_left(clerk: Clerk) -> None:
    clerk.desk.paid("R001", "PHY-11", Method.CASH)
    counter_of(clerk).presenter.read_recent()
    recent = counter_of(clerk).recent
    clerk.wait(recent.rows)
    slim = recent.height()
    clerk.press(KEY.Key_F6)
    clerk.wait(lambda: recent.height() > 2 * slim)
    assert not clerk.shown("studentResults")
    clerk.press(KEY.Key_Escape)
    clerk.wait(lambda: recent.height() == slim)
    assert clerk.focus == "studentSearch"


@pytest.mark.looks
def test_two_batches_of_a_course_are_told_apart_in_little_room(
    clerk: Clerk, qapp: QApplication
) -> None:
    clerk.press(KEY.Key_F3)
    clerk.window.resize(944, 452)
    courses, batch = counter_of(clerk).course.results, 2
    for percent in (100, 150, 200):
        theme.apply(qapp, "light", percent)
        clerk.bot.wait(30)
        room = courses.width() - 2 * PAD
        for row in courses.rows():
            assert row.cells[batch].text
            assert courses.spans(row, room)[batch] >= theme.px(60), percent


# --- ways of paying


def test_three_segments_and_a_list_beside_them_are_the_ways_of_paying(looking: Clerk) -> None:
    looking.pick()
    bill = counter_of(looking).bill
    for number, method in ((2, Method.PAYMENT_LINK), (3, Method.CASH), (1, Method.AUTO)):
        counter_of(looking).choose_method(number)
        assert bill.chosen_method() is method
        checked = [each.objectName() for each in bill.ways.segments.values() if each.isChecked()]
        assert checked == [f"{method.value}Segment"] == [looking.focus]
        assert looking.the(QComboBox, "methodSelect").currentData() == method.value
        segment = looking.the(QPushButton, f"{method.value}Segment")
        assert f"(Alt+{number})" in segment.toolTip()
    looking.the(QPushButton, "payment_linkSegment").click()
    assert bill.chosen_method() is Method.PAYMENT_LINK
    bill.method.setCurrentIndex(bill.method.findData(Method.QR_CODE.value))
    assert bill.chosen_method() is Method.QR_CODE
    assert bill.ways.segments[Method.AUTO].isChecked(), "other forms of UPI keep its mark"
    shown = bill.method.grab().toImage()
    bill.method.setCurrentIndex(bill.method.findData(Method.CHECKOUT.value))
    assert bill.method.grab().toImage() == shown, "the list says one word, whatever is chosen"
    select = bill.method
    select.showPopup()
    view = select.view()
    offered = [
        select.itemData(row) for row in range(select.count())
        if not view.isRowHidden(row)  # type: ignore[attr-defined]
    ]  # fmt: skip
    select.hidePopup()
    others = [Method.CHECKOUT.value, Method.UPI_INTENT.value, Method.QR_CODE.value]
    assert offered == others, "what the segments do not offer"
    counter_of(looking).choose_method(1)


# --- without keys


def test_without_keys_cash_is_chosen_and_upi_offers_to_set_it_up(clerk: Clerk) -> None:
    counter = counter_of(clerk)
    for has_keys, method in ((False, Method.CASH), (True, Method.AUTO), (False, Method.CASH)):
        counter.show_keys(has_keys=has_keys)  # keys that are set later bring UPI back
        assert counter.bill.chosen_method() is method
        assert not (has_keys and clerk.shown("setUpRazorpayButton"))
    clerk.pick()
    assert counter.bill.chosen_method() is Method.CASH
    assert not clerk.the(QPushButton, "autoSegment").isEnabled()
    assert not clerk.the(QPushButton, "payment_linkSegment").isEnabled()
    counter.choose_method(1)
    assert counter.bill.chosen_method() is Method.CASH
    asked: list[tuple[str, object]] = []
    clerk.window.parts.calls.show_page.disconnect()
    clerk.window.parts.calls.show_page.connect(lambda *page: asked.append(page))
    clerk.the(QPushButton, "setUpRazorpayButton").click()
    assert asked == [("settings", "gateway")]
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    assert clerk.opened() == 0


def test_f9_without_keys_never_makes_an_attempt(clerk: Clerk) -> None:
    """The keys may go after the window last read them: nothing is written then."""
    clerk.pick()
    clerk.desk.gateway.key_id = ""
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "keys" in clerk.notices())
    assert not counter_of(clerk).is_paying
    assert clerk.desk.attempts() == []
    assert clerk.window.parts.tray.chips() == ()


def test_a_payment_that_could_not_be_sent_goes_back_to_the_bill(clerk: Clerk) -> None:
    errors = {"R001": UnavailableError("cable"), "R002": UnauthorisedError("401")}
    for opened, (roll_no, error) in enumerate(errors.items(), 1):
        clerk.desk.gateway.trouble("create_order", error)
        clerk.pick(roll_no)
        clerk.press(KEY.Key_F9)
        clerk.wait(lambda: clerk.opened() == opened and not counter_of(clerk).is_paying)  # noqa: B023
        clerk.idle()
        assert "—" not in clerk.text("totalLabel")
        assert "New QR" not in [each.text() for each in clerk.window.findChildren(QPushButton)
                                if each.isVisible()]  # fmt: skip
        assert clerk.window.parts.tray.chips() == ()
        [row] = clerk.desk.services.students.detail(clerk.desk.student(roll_no).uid).history
        assert row.state.value == "cancelled"
        bill = counter_of(clerk).presenter.bill
        assert bill is not None
        assert not bill.is_kept, "nobody is enrolled by a failed attempt"
        clerk.desk.gateway.troubles.clear()
        clerk.mend_line()
        clerk.wait(lambda: not clerk.shown("offlineBanner"))


def test_a_fee_kept_offline_stays_enrolled_when_it_cannot_be_sent(clerk: Clerk) -> None:
    counter = counter_of(clerk)
    clerk.cut_line()
    clerk.wait(lambda: counter.bill.is_keeping)
    clerk.pick()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: len(clerk.window.parts.tray.chips()) == 1)
    clerk.window.parts.tray.chips()[0].click()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.opened() == 1 and not counter.is_paying)
    clerk.wait(lambda: counter.presenter.bill is not None and counter.presenter.bill.is_kept)


# --- what is owed


def test_who_owes_nothing_is_shown_the_receipt_and_no_amount(clerk: Clerk) -> None:
    paid = clerk.desk.paid("R001", "PHY-11", Method.CASH)
    counter_of(clerk).student.search_again()
    clerk.type("R001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.type("PHY-11")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.shown("paidBefore") and counter_of(clerk).presenter.bill)
    words = [each.text() for each in counter_of(clerk).side.findChildren(QLabel)
             if each.isVisible()]  # fmt: skip
    assert any(each.startswith(f"Paid · {paid.receipt_no} · ") for each in words)
    assert not any("₹" in each for each in words)
    assert not clerk.shown("collectButton")
    assert clerk.text("totalLabel") == "₹0.00"
    clerk.the(QPushButton, "printAgainButton").click()
    clerk.wait(lambda: clerk.printed() == [paid.receipt_no])
    clerk.the(QPushButton, "printAgainButton").setFocus()
    clerk.type("ra")
    assert (clerk.focus, clerk.the(QLineEdit, "studentSearch").text()) == ("studentSearch", "ra")


def test_a_pending_fee_says_that_it_holds_no_seat(clerk: Clerk) -> None:
    clerk.desk.services.enrolments.enrol(
        clerk.desk.student("R001").uid, clerk.desk.course("PHY-11").uid
    )
    clerk.pick()
    assert "isn't reserved" in counter_of(clerk).bill.warning()
    clerk.press(KEY.Key_Escape)
    clerk.desk.services.enrolments.enrol(
        clerk.desk.student("R002").uid, clerk.desk.course("MATH-9").uid
    )
    clerk.pick("R002", "MATH-9")
    assert counter_of(clerk).bill.warning() == "Already enrolled. Fee due: ₹2,360."


def test_fees_whose_payments_ended_stay_in_reach(clerk: Clerk) -> None:
    clerk.collect()
    clerk.wait(lambda: not clerk.shown("pendingChip"))
    clerk.the(QPushButton, "cancelPaymentButton").click()
    clerk.the(QPushButton, "reallyCancelButton").click()
    clerk.wait(lambda: clerk.shown("pendingChip"))
    assert clerk.text("pendingChip") == "1 fee due"
    clerk.press(KEY.Key_Escape)
    clerk.wait(lambda: clerk.shown("pendingFeesButton"))
    for name in ("pendingChip", "pendingFeesButton"):
        clerk.the(QPushButton, name).click()
        page = clerk.window.parts.page()
        assert isinstance(page, StudentsPage)
        clerk.wait(lambda: page.presenter.model.rowCount() == 1)  # noqa: B023
        assert page.which.value() == "unpaid"
        page.which.buttons["all"].click()
        clerk.window.parts.navigator.go("counter")


# --- today


def test_today_is_on_the_right_while_nobody_is_served(clerk: Clerk) -> None:
    clerk.desk.paid("R001", "PHY-11", Method.CASH)
    clerk.desk.paid("R002", "CHE-11", Method.UPI_INTENT)
    counter = counter_of(clerk)
    counter.presenter.read_recent()
    clerk.wait(lambda: clerk.text("collectedToday") == "₹23,599.99")
    expected = {"2 payments", "₹11,800", "₹11,799.99", "Asha Raote"}  # the name is read separately
    labels = counter.today.findChildren(QLabel)
    clerk.wait(lambda: expected <= {each.text() for each in labels if each.isVisible()})
    assert not clerk.shown("totalLabel"), "no bill, no amount to pay"
    clerk.the(QPushButton, "printLastButton").click()
    clerk.wait(lambda: clerk.printed() == [clerk.desk.number(2)])
    clerk.pick("R003", "MATH-9")
    assert not clerk.shown("collectedToday")
    assert clerk.shown("totalLabel")


@pytest.mark.looks
def test_the_last_payment_is_whole_or_left_to_the_strip(clerk: Clerk, qapp: QApplication) -> None:
    clerk.desk.paid("R001", "PHY-11", Method.CASH)
    counter = counter_of(clerk)
    counter.presenter.read_recent()
    clerk.wait(lambda: clerk.shown("printLastButton"))
    clerk.idle()
    clerk.window.resize(1350, 688)
    upi = MethodTotals(2, Money(2_359_900), Money(1_180_000))
    bar = counter.side._scroll.verticalScrollBar()

    def fits(*, has_last: bool) -> bool:
        """Whether nothing of the day's figures has to be scrolled to."""
        return clerk.shown("printLastButton") is has_last and bar.maximum() == 0

    for percent in (100, 150):
        theme.apply(qapp, "light", percent)
        counter.today.show_totals(PaymentTotals({"upi": upi, "link": upi, "cash": upi}, ZERO, 4))
        clerk.wait(partial(fits, has_last=percent == 100))
        assert clerk.shown("recentPayments"), "the strip has it in any case"


def test_a_day_without_payments_says_so_and_refunds_show_the_net(clerk: Clerk) -> None:
    today = counter_of(clerk).today
    clerk.idle()
    assert clerk.shown("nothingToday")
    upi = MethodTotals(2, Money(2_359_900), Money(1_180_000))
    none = MethodTotals()
    today.show_totals(PaymentTotals({"upi": upi, "link": none, "cash": none}, ZERO, 0))
    assert not clerk.shown("nothingToday")
    assert clerk.text("netToday") == "₹11,799"
    assert not clerk.shown("othersToday")
    by_kind = {"upi": none, "link": none, "cash": none, "card": upi, "neft": upi}
    unsure = {Verification.CLAIMED: Money(1_180_000)}
    today.show_totals(PaymentTotals(by_kind, ZERO, 0, unsure))
    assert clerk.text("othersToday") == clerk.text("collectedToday"), "the parts make the sum"
    assert clerk.text("unsureToday") == "₹11,800 not verified yet"


def test_a_full_course_leads_to_another_one(looking: Clerk) -> None:
    bill = counter_of(looking).bill
    looking.pick()
    quoted = counter_of(looking).presenter.bill
    assert quoted is not None
    counter_of(looking).presenter.billed.emit(
        quoted._replace(obstacle="This course has no seats left.")
    )
    assert bill.is_closed
    assert looking.focus == "otherCourseButton"
    looking.the(QPushButton, "otherCourseButton").click()
    assert looking.focus == "courseSearch"


def test_the_lines_of_a_rest_add_up_to_what_is_to_pay(looking: Clerk) -> None:
    looking.pick()
    quoted = counter_of(looking).presenter.bill
    assert quoted is not None
    rest = quoted._replace(total=Money(500_000), still_due=Money(500_000), is_enrolled=True)
    bill = counter_of(looking).bill
    bill.show_bill(rest)
    rows = [[bill.table.item(row, at).text() for at in (0, 1)]  # type: ignore[union-attr]
            for row in range(bill.table.rowCount())]  # fmt: skip
    assert rows[-1] == ["Paid so far", "\N{MINUS SIGN}6,800.00"]
    assert looking.text("totalLabel") == "₹5,000.00"


# --- people


def test_the_picked_students_phone_is_whole_and_can_be_copied_and_written_to(
    clerk: Clerk, computer: Recorded
) -> None:
    student = clerk.desk.student("R001")
    detail = clerk.desk.services.students.detail(student.uid).student
    number = detail.guardian_phone or detail.phone
    clerk.pick()
    clerk.wait(lambda: clerk.text("studentPhone").replace(" ", "") == number)
    rows = counter_of(clerk).student.results.rows()
    assert not any(number in cell.text.replace(" ", "") for row in rows for cell in row.cells)
    clerk.the(QPushButton, "copyPhoneButton").click()
    clerk.the(QPushButton, "chatButton").click()
    assert computer.copies == [number]
    assert computer.addresses == [f"https://wa.me/91{number}"]
    clerk.press(KEY.Key_Escape)
    assert number not in clerk.text("studentPhone").replace(" ", "")


# --- paid


def test_paid_offers_print_whatsapp_and_next_in_one_row(clerk: Clerk, computer: Recorded) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    clerk.wait(lambda: clerk.named("sendReceiptButton").isEnabled())
    row = [clerk.named(name) for name in
           ("printReceiptButton", "sendReceiptButton", "newPaymentButton")]  # fmt: skip
    assert len({each.parent() for each in row}) == 1
    assert all(each.isVisible() for each in row)
    assert not clerk.shown("parentSaysPaidButton")
    clerk.the(QPushButton, "sendReceiptButton").click()
    clerk.wait(lambda: len(computer.addresses) == 1)
    [address] = computer.addresses
    assert address.startswith("https://wa.me/?text=")
    clerk.the(QPushButton, "sendReceiptButton").setFocus()
    clerk.type("ra")
    assert clerk.the(QLineEdit, "studentSearch").text() == "ra"


def test_one_line_says_the_state_once(clerk: Clerk) -> None:
    clerk.collect()
    clerk.wait(lambda: clerk.shown("checkedLabel"))
    side = counter_of(clerk).side
    words = [each.text() for each in side.findChildren(QLabel) if each.isVisible()]
    assert [each for each in words if "aiting" in each] == ["Waiting for payment"]
    line = [clerk.named(name) for name in ("paymentState", "checkedLabel", "checkedButton")]
    tops = {each.mapTo(side, each.rect().center()).y() // 8 for each in line}
    assert len(tops) <= 2, "they are in one line"
    assert clerk.state() == AttemptState.AWAITING
