"""The counter: a fee from search to receipt by keyboard, and what can come between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.errors import OutcomeUnknownError, UnavailableError

if TYPE_CHECKING:
    from tests.ui.till import Till

KEY = Qt.Key


def choose(till: Till, method: Method) -> None:
    select = till.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(method.value))


def test_the_search_has_the_focus_at_the_start(till: Till) -> None:
    assert till.focus == "studentSearch"


def test_a_fee_by_the_keyboard_alone(till: Till) -> None:
    uid = till.collect("asha", "phy")
    assert till.text("amountLabel") == "₹11,800.00"
    assert till.state() == "awaiting"
    assert till.text("paymentState") == "Waiting"
    till.desk.pay(uid)
    till.wait(lambda: till.state() == "paid")
    assert till.text("paymentState") == "Paid"
    till.wait(lambda: till.focus == "printReceiptButton")
    till.press(KEY.Key_Return)
    till.wait(lambda: till.printed() == [till.desk.number(1)])
    assert till.focus == "studentSearch"
    assert till.the(QLineEdit, "studentSearch").text() == ""


def test_paid_shows_who_how_much_and_the_receipt(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    words = " ".join(label.text() for label in till.window.parts.counter.panel.paid_card.labels())
    assert "Asha Rao" in words
    assert f"UTR ending {(till.desk.payments()[0].rrn or '')[-4:]}" in words
    assert till.desk.number(1) in words


def test_a_letter_after_paid_begins_the_next_search(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.focus == "printReceiptButton")
    till.type("ra")
    assert till.focus == "studentSearch"
    assert till.the(QLineEdit, "studentSearch").text() == "ra"


def test_escape_after_paid_returns_to_the_search(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.focus == "printReceiptButton")
    till.press(KEY.Key_Escape)
    assert till.focus == "studentSearch"
    assert till.printed() == []


def test_pressing_f9_twice_makes_one_attempt(till: Till) -> None:
    till.pick()
    till.press(KEY.Key_F9)
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    till.press(KEY.Key_F9)
    till.bot.wait(100)
    assert till.begun() == 1
    assert till.opened() == 1


def test_f9_waits_for_the_bill(till: Till) -> None:
    till.type("R001")
    till.press(KEY.Key_Return)
    till.wait(lambda: till.focus == "courseSearch")
    till.type("PHY-11")
    till.press(KEY.Key_Return)
    till.wait(lambda: till.window.parts.counter.presenter.course is not None)
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))


def test_enter_waits_for_the_search_to_its_own_text(till: Till) -> None:
    till.desk.calls.hold("students.search")
    till.type("R002")
    till.press(KEY.Key_Return)
    till.bot.wait(50)
    assert till.picked() == ""
    till.desk.calls.go_on()
    till.wait(lambda: till.focus == "courseSearch")
    assert till.picked() == "R002"


def test_results_say_which_text_they_answer(till: Till) -> None:
    till.type("asha r")
    results = till.named("studentResults")
    till.wait(lambda: results.property("query") == "asha r")
    assert results.property("count") == 2


def test_down_moves_and_escape_clears(till: Till) -> None:
    till.type("asha")
    till.wait(lambda: till.named("studentResults").property("query") == "asha")
    till.press(KEY.Key_Down)
    till.press(KEY.Key_Return)
    till.wait(lambda: till.focus == "courseSearch")
    assert till.picked() == "R002"
    till.press(KEY.Key_Escape)
    assert till.the(QLineEdit, "studentSearch").text() == ""


def test_typing_again_forgets_the_student(till: Till) -> None:
    till.pick()
    till.press(KEY.Key_F2)
    till.type("x")
    assert till.window.parts.counter.presenter.student is None
    assert not till.the(QPushButton, "collectButton").isEnabled()


def test_nobody_found_offers_a_new_student(till: Till) -> None:
    till.type("Rahul")
    till.wait(lambda: till.named("studentResults").property("query") == "Rahul")
    assert till.named("studentResults").property("count") == 0
    asked: list[str] = []
    till.window.parts.calls.new_student.disconnect()
    till.window.parts.calls.new_student.connect(asked.append)
    till.press(KEY.Key_Return)
    assert asked == ["Rahul"]


def test_cash_is_paid_at_once_without_the_gateway(till: Till) -> None:
    till.pick()
    choose(till, Method.CASH)
    assert "cash" in till.the(QPushButton, "collectButton").text()
    till.press(KEY.Key_F9)
    till.wait(lambda: till.state() == "paid")
    assert till.opened() == 0
    assert till.desk.gateway.orders == {}


def test_the_next_parent_is_served_while_the_first_still_pays(till: Till) -> None:
    first = till.collect("R001", "PHY-11")
    till.press(KEY.Key_Escape)
    assert till.named("qrView").property("text") == ""
    second = till.collect("R002", "CHE-11")
    assert first != second
    tray = till.window.parts.tray
    till.wait(lambda: len(tray.chips()) == 2)
    assert [chip.property("attempt") for chip in tray.chips()] == [first, second]
    till.desk.pay(first)
    till.wait(lambda: "Paid: Asha Rao" in till.notices())
    assert till.state() == "awaiting"
    assert tray.chips()[0].property("state") == "paid"


def test_a_chip_brings_its_payment_back(till: Till) -> None:
    first = till.collect()
    text = till.named("qrView").property("text")
    till.press(KEY.Key_Escape)
    till.window.parts.tray.chips()[0].click()
    till.wait(lambda: till.named("qrView").property("text") == text)
    view = till.window.parts.payment.view
    assert view is not None
    assert view.uid == first


def test_escape_never_cancels(till: Till) -> None:
    till.collect()
    till.press(KEY.Key_Escape)
    till.press(KEY.Key_Escape)
    till.bot.wait(50)
    assert till.desk.calls.count("payments.cancel") == 0


def test_cancelling_asks_once_by_the_amount(till: Till) -> None:
    till.collect()
    till.the(QPushButton, "cancelPaymentButton").click()
    buttons = till.window.parts.counter.panel.buttons
    assert "₹11,800.00" in buttons.question()
    assert till.focus == "keepWaitingButton"
    assert till.desk.calls.count("payments.cancel") == 0
    till.the(QPushButton, "reallyCancelButton").click()
    till.wait(lambda: "Cancelled" in till.notices())
    assert "No money has come so far" in till.notices()
    assert till.named("qrView").property("text") == ""
    assert "—" not in till.text("totalLabel")


def test_cancelling_what_is_already_paid_ends_as_paid(till: Till) -> None:
    till.window.parts.poller.stop()
    uid = till.collect()
    till.desk.pay(uid)
    till.the(QPushButton, "cancelPaymentButton").click()
    till.the(QPushButton, "reallyCancelButton").click()
    till.wait(lambda: till.state() == "paid")


def test_an_expired_code_is_covered_and_given_up(till: Till) -> None:
    till.started()  # the first look at everything ends what is over too
    till.desk.expire_after(1)
    till.collect()
    assert re.fullmatch(r"0:0\d", till.text("countdownLabel"))
    till.wait(lambda: till.state() == "expired")
    assert till.named("qrView").property("text") == ""
    assert till.desk.calls.count("payments.expire") == 1
    till.desk.expire_after(60)
    till.press(KEY.Key_F9)
    till.wait(lambda: till.state() == "awaiting")


def test_money_after_the_end_is_shown_as_late(till: Till) -> None:
    till.desk.expire_after(1)
    uid = till.collect()
    till.wait(lambda: till.state() == "expired")
    till.desk.pay(uid)
    till.press(KEY.Key_F5)
    till.wait(lambda: till.state() == "paid")


def test_f5_asks_the_gateway_now(till: Till) -> None:
    till.collect()
    till.press(KEY.Key_F5)
    till.wait(lambda: till.looks_asked() == 1)


def test_without_a_line_nothing_is_made_and_f9_begins_again(till: Till) -> None:
    till.desk.gateway.trouble("create_order", UnavailableError("cable"))
    till.pick()
    till.press(KEY.Key_F9)
    till.wait(lambda: "cannot be reached" in till.notices())
    assert "Nothing was created" in till.notices()
    assert till.state() == AttemptState.CANCELLED
    assert till.desk.gateway.orders == {}
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    assert len(till.desk.gateway.orders) == 1


def test_a_lost_answer_says_that_it_is_never_made_twice(till: Till) -> None:
    till.desk.gateway.trouble("create_order", OutcomeUnknownError("lost"), times=9)
    till.pick()
    till.press(KEY.Key_F9)
    till.wait(lambda: "never made twice" in till.notices())


def test_offline_f9_keeps_to_collect(till: Till) -> None:
    till.cut_line()
    till.wait(lambda: till.shown("offlineBanner"))
    till.pick()
    assert till.shown("keepToCollectButton")
    assert not till.shown("collectButton")
    till.press(KEY.Key_F9)
    till.wait(lambda: "Kept to collect" in till.notices())
    assert till.opened() == 0
    assert till.focus == "studentSearch"
    till.desk.gateway.down = None
    till.the(QPushButton, "retryLineButton").click()
    till.wait(lambda: not till.shown("offlineBanner"))


def test_a_changed_price_is_said_and_quoted_again(till: Till) -> None:
    till.pick()
    till.desk.change_course("PHY-11", fee=Money(12_000_00))
    till.press(KEY.Key_F9)
    till.wait(lambda: "from ₹11,800.00 to ₹12,000.00" in till.notices())
    till.wait(lambda: till.text("totalLabel") == "₹12,000.00")
    assert till.desk.attempts() == []


def test_a_full_course_cannot_be_collected(till: Till) -> None:
    till.pick("R001", "NEET")
    assert not till.the(QPushButton, "collectButton").isEnabled()


def test_over_the_limit_warns_before_anything_is_sent(till: Till) -> None:
    till.desk.change_course("NEET-R", seats=9)
    till.pick("R001", "NEET")
    assert "UPI limit of ₹1,00,000.00" in till.window.parts.counter.bill.warning()
    assert till.begun() == 0


def test_a_code_whose_text_is_unknown_is_shown_as_its_picture(till: Till) -> None:
    picture = till.folder / "qr.png"
    pixmap = QPixmap(200, 200)
    pixmap.fill()
    pixmap.save(str(picture))
    till.desk.gateway.qr_picture = picture.read_bytes()
    till.pick()
    choose(till, Method.QR_CODE)
    till.press(KEY.Key_F9)
    till.wait(lambda: till.window.parts.counter.panel.qr.has_code)
    assert till.named("qrView").property("text") == ""


def test_leaving_before_it_began_puts_it_into_the_tray(till: Till) -> None:
    till.pick()
    till.press(KEY.Key_F9)
    till.window.parts.counter.next_student()
    till.wait(lambda: len(till.window.parts.tray.chips()) == 1)
    assert not till.window.parts.counter.is_paying


@pytest.mark.parametrize("key", ["F3", "F2"])
def test_f2_and_f3_lead_to_their_searches(till: Till, key: str) -> None:
    till.press(getattr(KEY, f"Key_{key}"))
    assert till.focus == {"F2": "studentSearch", "F3": "courseSearch"}[key]
