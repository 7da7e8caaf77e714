"""The counter: a fee from search to receipt by keyboard, and what can come between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.errors import OutcomeUnknownError, UnavailableError
from desktop_app.ui.core import theme
from tests.ui.painted import is_painted

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk

KEY = Qt.Key
INK = "#FF00FF"


def choose(clerk: Clerk, method: Method) -> None:
    select = clerk.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(method.value))


def test_a_fee_by_the_keyboard_alone(clerk: Clerk) -> None:
    uid = clerk.collect("asha", "phy")
    assert clerk.text("amountLabel") == "₹11,800.00"
    assert clerk.state() == "awaiting"
    assert clerk.text("paymentState") == "Waiting for payment"
    clerk.desk.pay(uid)
    clerk.wait(lambda: clerk.state() == "paid")
    assert clerk.text("paymentState") == "Paid"
    words = " ".join(label.text() for label in clerk.window.parts.counter.panel.paid_card.labels())
    assert "Asha Rao" in words
    assert f"UTR ending in {(clerk.desk.payments()[0].rrn or '')[-4:]}" in words
    assert clerk.desk.number(1) in words
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.printed() == [clerk.desk.number(1)])
    assert clerk.focus == "studentSearch"
    assert clerk.the(QLineEdit, "studentSearch").text() == ""


def test_escape_after_paid_leads_to_the_search_and_a_letter_begins_it(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    clerk.press(KEY.Key_Escape)
    assert clerk.focus == "studentSearch"
    assert clerk.printed() == []
    clerk.desk.pay(clerk.collect("R002", "CHE-11"))
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    clerk.type("ra")
    assert clerk.focus == "studentSearch"
    assert clerk.the(QLineEdit, "studentSearch").text() == "ra"


def test_pressing_f9_twice_makes_one_attempt(clerk: Clerk) -> None:
    clerk.pick()
    clerk.press(KEY.Key_F9)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    clerk.press(KEY.Key_F9)
    clerk.bot.wait(100)
    assert clerk.begun() == 1
    assert clerk.opened() == 1


def test_f9_waits_for_the_bill(clerk: Clerk) -> None:
    clerk.type("R001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.type("PHY-11")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.window.parts.counter.presenter.course is not None)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))


def test_enter_waits_for_the_search_to_its_own_text(looking: Clerk) -> None:
    looking.desk.calls.hold("students.search")
    looking.type("R002")
    looking.press(KEY.Key_Return)
    looking.bot.wait(50)
    assert looking.picked() == ""
    looking.desk.calls.go_on()
    looking.wait(lambda: looking.focus == "courseSearch")
    assert looking.picked() == "R002"


def test_the_search_by_the_keyboard(clerk: Clerk) -> None:
    """It has the focus at the start, moves by Down, is left by Escape, and offers somebody new."""
    results, box = clerk.named("studentResults"), clerk.the(QLineEdit, "studentSearch")
    assert clerk.focus == "studentSearch"
    clerk.press(KEY.Key_F3)
    assert clerk.focus == "courseSearch"
    clerk.press(KEY.Key_F2)
    assert clerk.focus == "studentSearch"
    clerk.type("asha r")
    clerk.wait(lambda: results.property("query") == "asha r")
    assert results.property("count") == 2
    clerk.press(KEY.Key_Down)
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    assert clerk.picked() == "R002"
    clerk.press(KEY.Key_Escape)
    assert box.text() == ""
    clerk.type("Rahul")
    clerk.wait(lambda: results.property("query") == "Rahul")
    assert results.property("count") == 0
    assert is_painted(results, theme.tokens().accent), "a plus that offers somebody new"
    asked: list[str] = []
    clerk.window.parts.calls.new_student.disconnect()
    clerk.window.parts.calls.new_student.connect(asked.append)
    clerk.press(KEY.Key_Return)
    assert asked == ["Rahul"]


def test_what_was_chosen_for_one_student_is_not_billed_to_another(looking: Clerk) -> None:
    looking.pick("R001", "PHY-11")
    for typed in ("", "PHY"):
        looking.press(KEY.Key_F3)
        looking.type(typed)
        looking.press(KEY.Key_F2)
        looking.type("R002")
        assert looking.window.parts.counter.presenter.student is None, "typing forgets the student"
        assert not looking.the(QPushButton, "collectButton").isEnabled()
        looking.press(KEY.Key_Return)
        looking.wait(lambda: looking.focus == "courseSearch")
        assert looking.picked() == "R002"
        assert looking.window.parts.counter.presenter.course is None
        assert looking.the(QLineEdit, "courseSearch").text() == ""


def test_cash_is_paid_at_once_without_the_gateway(clerk: Clerk) -> None:
    clerk.pick()
    choose(clerk, Method.CASH)
    assert "cash" in clerk.the(QPushButton, "collectButton").text()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    assert clerk.opened() == 0
    assert clerk.desk.gateway.orders == {}


def test_the_next_parent_is_served_while_the_first_still_pays(clerk: Clerk) -> None:
    first = clerk.collect("R001", "PHY-11")
    clerk.press(KEY.Key_Escape)
    assert clerk.named("qrView").property("text") == ""
    second = clerk.collect("R002", "CHE-11")
    assert first != second
    tray = clerk.window.parts.tray
    clerk.wait(lambda: len(tray.chips()) == 2)
    assert [chip.property("attempt") for chip in tray.chips()] == [first, second]
    clerk.desk.pay(first)
    clerk.wait(lambda: "Paid: Asha Rao" in clerk.notices())
    assert clerk.state() == "awaiting"
    assert tray.chips()[0].property("state") == "paid"


def test_escape_never_cancels_and_a_chip_brings_the_payment_back(clerk: Clerk) -> None:
    first = clerk.collect()
    text = clerk.named("qrView").property("text")
    clerk.press(KEY.Key_F5)
    clerk.wait(lambda: clerk.looks_asked() == 1)
    clerk.press(KEY.Key_Escape)
    clerk.press(KEY.Key_Escape)
    clerk.bot.wait(50)
    assert clerk.desk.calls.count("payments.cancel") == 0
    clerk.window.parts.tray.chips()[0].click()
    clerk.wait(lambda: clerk.named("qrView").property("text") == text)
    view = clerk.window.parts.payment.view
    assert view is not None
    assert view.uid == first


def test_cancelling_asks_once_by_the_amount(clerk: Clerk) -> None:
    clerk.collect()
    clerk.the(QPushButton, "cancelPaymentButton").click()
    buttons = clerk.window.parts.counter.panel.buttons
    assert "₹11,800 " in buttons.question()
    assert clerk.focus == "keepWaitingButton"
    assert clerk.desk.calls.count("payments.cancel") == 0
    clerk.the(QPushButton, "reallyCancelButton").click()
    clerk.wait(lambda: "Cancelled" in clerk.notices())
    assert "We haven't received a payment" in clerk.notices()
    assert clerk.named("qrView").property("text") == ""
    counter = clerk.window.parts.counter
    assert (clerk.focus, counter.student.box.text()) == ("studentSearch", "")
    assert not clerk.shown("studentChip"), "nothing of the cancelled fee stays"
    assert not clerk.shown("totalLabel")
    assert clerk.shown("collectedToday")


def test_cancelling_what_is_already_paid_ends_as_paid(clerk: Clerk) -> None:
    clerk.window.parts.poller.stop()
    uid = clerk.collect()
    clerk.desk.pay(uid)
    clerk.the(QPushButton, "cancelPaymentButton").click()
    clerk.the(QPushButton, "reallyCancelButton").click()
    clerk.wait(lambda: clerk.state() == "paid")


def test_an_expired_code_is_covered_and_given_up_and_money_after_it_is_late(clerk: Clerk) -> None:
    clerk.started()  # the first look at everything ends what is over too
    clerk.collect()
    assert re.fullmatch(r"14:5\d|15:00", clerk.text("countdownLabel"))
    clerk.run_out()
    clerk.wait(lambda: clerk.state() == "expired")
    assert clerk.named("qrView").property("text") == ""
    assert clerk.desk.calls.count("payments.expire") == 1
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "awaiting")
    view = clerk.window.parts.payment.view
    assert view is not None
    clerk.run_out()
    clerk.wait(lambda: clerk.state() == "expired")
    clerk.desk.pay(view.uid)
    clerk.press(KEY.Key_F5)
    clerk.wait(lambda: clerk.state() == "paid")


def test_without_a_line_nothing_is_made_and_f9_begins_again(clerk: Clerk) -> None:
    clerk.desk.gateway.trouble("create_order", UnavailableError("cable"))
    clerk.pick()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "Can't reach Razorpay" in clerk.notices())
    assert "Nothing was created" in clerk.notices()
    clerk.wait(lambda: not clerk.window.parts.counter.is_paying)
    clerk.wait(lambda: "—" not in clerk.text("totalLabel"))
    assert clerk.desk.gateway.orders == {}
    assert clerk.window.parts.tray.chips() == ()
    clerk.mend_line()
    clerk.idle()
    clerk.wait(lambda: not clerk.shown("keepToCollectButton"))
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert len(clerk.desk.gateway.orders) == 1


def test_a_lost_answer_says_that_it_is_never_made_twice(clerk: Clerk) -> None:
    clerk.desk.gateway.trouble("create_order", OutcomeUnknownError("lost"), times=9)
    clerk.pick()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "won't create a second one" in clerk.notices())


def test_offline_f9_keeps_to_collect(clerk: Clerk) -> None:
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.pick()
    assert clerk.shown("keepToCollectButton")
    assert not clerk.shown("collectButton")
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "Fee due: ₹11,800" in clerk.notices())
    assert clerk.opened() == 0
    assert clerk.focus == "studentSearch"
    clerk.pick("R002", "MATH-9")
    clerk.window.parts.counter.presenter.concede(())
    clerk.press(KEY.Key_F9)  # the bill is still being worked out
    clerk.wait(lambda: "Fee due: ₹2,360" in clerk.notices())
    assert clerk.opened() == 0
    clerk.desk.gateway.down = None
    clerk.the(QPushButton, "retryLineButton").click()
    clerk.wait(lambda: not clerk.shown("offlineBanner"))


def test_a_changed_price_is_said_and_quoted_again(clerk: Clerk) -> None:
    clerk.pick()
    clerk.desk.change_course("PHY-11", fee=Money(12_000_00))
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "from ₹11,800.00 to ₹12,000.00" in clerk.notices())
    clerk.wait(lambda: clerk.text("totalLabel") == "₹12,000.00")
    assert clerk.desk.attempts() == []


def test_a_full_course_and_one_over_the_limit_are_stopped_before_anything_is_sent(
    clerk: Clerk,
) -> None:
    clerk.pick("R001", "NEET")
    assert not clerk.the(QPushButton, "collectButton").isEnabled()
    clerk.desk.change_course("NEET-R", seats=9)
    clerk.pick("R001", "NEET")
    clerk.wait(lambda: "UPI limit of ₹1,00,000" in clerk.window.parts.counter.bill.warning())
    assert clerk.begun() == 0


def test_a_code_whose_text_is_unknown_is_shown_as_its_picture(clerk: Clerk) -> None:
    picture = clerk.folder / "qr.png"
    pixmap = QPixmap(200, 200)
    pixmap.fill(QColor(INK))
    pixmap.save(str(picture))
    clerk.desk.gateway.qr_picture = picture.read_bytes()
    clerk.pick()
    choose(clerk, Method.QR_CODE)
    clerk.press(KEY.Key_F9)
    qr = clerk.window.parts.counter.panel.qr
    clerk.wait(lambda: qr.has_code)
    assert clerk.named("qrView").property("text") == ""
    assert is_painted(qr, INK)


def test_leaving_before_it_began_puts_it_into_the_tray(clerk: Clerk) -> None:
    clerk.pick()
    clerk.press(KEY.Key_F9)
    clerk.window.parts.counter.next_student()
    clerk.wait(lambda: len(clerk.window.parts.tray.chips()) == 1)
    assert not clerk.window.parts.counter.is_paying
