"""The counter as a till: few keys, mashed keys, one order; recent students and payments at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPushButton

from desktop_app.domain.payment import Method

if TYPE_CHECKING:
    from tests.ui.till import Till

KEY = Qt.Key
MOST_KEYS = 6


def test_a_whole_fee_takes_at_most_six_keys_besides_what_is_typed(till: Till) -> None:
    pressed: list[Qt.Key] = []

    def press(key: Qt.Key) -> None:
        pressed.append(key)
        till.press(key)

    till.type("asha")
    press(KEY.Key_Return)
    till.wait(lambda: till.focus == "courseSearch")
    till.type("phy")
    press(KEY.Key_Return)
    press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    view = till.window.parts.payment.view
    assert view is not None
    till.desk.pay(view.uid)
    till.wait(lambda: till.focus == "printReceiptButton")
    press(KEY.Key_Return)
    till.wait(lambda: till.focus == "studentSearch")
    till.wait(lambda: till.printed() == [till.desk.number(1)])
    till.type("ra")
    assert till.the(QLineEdit, "studentSearch").text() == "ra"
    assert len(pressed) <= MOST_KEYS


def test_mashed_keys_make_one_order(till: Till) -> None:
    till.pick()
    for _ in range(6):
        till.press(KEY.Key_F9)
        till.press(KEY.Key_Return)
    till.wait(lambda: till.named("qrView").property("text"))
    for _ in range(6):
        till.press(KEY.Key_F9)
        till.press(KEY.Key_Return)
    till.bot.wait(100)
    assert till.begun() == 1
    assert till.opened() == 1
    assert till.desk.calls.count("payments.cancel") == 0


def test_a_double_click_makes_one_order(till: Till) -> None:
    till.pick()
    button = till.the(QPushButton, "collectButton")
    left = Qt.MouseButton.LeftButton
    for _ in range(3):
        QTest.mouseClick(button, left)
        QTest.mouseDClick(button, left)
    till.wait(lambda: till.named("qrView").property("text"))
    assert till.begun() == 1
    assert till.opened() == 1


def test_a_double_click_while_the_desk_is_slow_makes_one_order(till: Till) -> None:
    till.pick()
    till.desk.gateway.hang()
    button = till.the(QPushButton, "collectButton")
    for _ in range(3):
        button.click()
        till.press(KEY.Key_F9)
    till.bot.wait(50)
    till.desk.gateway.answer()
    till.wait(lambda: till.named("qrView").property("text"))
    assert till.begun() == 1
    assert till.opened() == 1


def test_a_key_held_down_prints_once(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.focus == "printReceiptButton")
    print_button = till.the(QPushButton, "printReceiptButton")
    for _ in range(5):
        QTest.keyClick(print_button, KEY.Key_Return)
    till.wait(lambda: till.printed() == [till.desk.number(1)])
    till.bot.wait(50)
    assert till.printed() == [till.desk.number(1)]


def test_the_empty_search_lists_whom_the_desk_served_last(till: Till) -> None:
    results = till.window.parts.counter.student.results
    assert results.property("query") == ""
    assert till.desk.calls.of("students.search")[0][0] == ""
    assert [row.payload.roll_no for row in results.rows()[:2]] == ["R001", "R002"]  # type: ignore[attr-defined]
    assert results.current() is None


def test_add_as_a_new_student_is_one_enter_away(till: Till) -> None:
    till.type("Rahul")
    till.wait(lambda: till.named("studentResults").property("query") == "Rahul")
    rows = till.window.parts.counter.student.results.rows()
    assert [cell.text for cell in rows[0].cells] == ["Add “Rahul” as a new student", "Enter"]
    till.press(KEY.Key_Return)
    till.wait(lambda: till.window.findChild(QDialog, "studentForm") is not None)
    till.wait(lambda: till.focus == "nameField")
    assert till.the(QLineEdit, "nameField").text() == "Rahul"
    till.press(KEY.Key_Escape)


def test_recent_payments_are_one_key_away(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    till.press(KEY.Key_Escape)
    recent = till.window.parts.counter.recent
    till.wait(lambda: len(recent.rows()) == 1)
    assert [cell.text.strip() for cell in recent.rows()[0].cells][1:] == [
        "Asha Rao", "₹11,800.00", "Paid by UPI", till.desk.number(1),
    ]  # fmt: skip
    till.press(KEY.Key_F6)
    assert till.focus == "recentPayments"
    assert recent.current() is recent.rows()[0]
    till.press(KEY.Key_Return)
    till.wait(lambda: till.window.findChild(QDialog, "receiptPreview") is not None)
    till.the(QDialog, "receiptPreview").reject()
    till.wait(till.window.isActiveWindow)
    till.press(KEY.Key_F6)
    till.press(KEY.Key_Escape)
    assert till.focus == "studentSearch"
    assert recent.current() is None


def test_one_line_says_what_is_going_to_be_done(till: Till) -> None:
    till.pick()
    summary = till.window.parts.counter.bill.summary
    assert summary.full_text() == "UPI · ₹11,800.00 · Asha Rao · Physics XI · Morning"
    select = till.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.CASH.value))
    assert summary.full_text().startswith("Cash · ₹11,800.00")
    assert till.begun() == 0
    assert till.opened() == 0


def test_over_the_limit_a_link_is_offered_before_any_qr(till: Till) -> None:
    till.desk.change_course("NEET-R", seats=9)
    till.pick("R001", "NEET")
    assert not till.the(QPushButton, "collectButton").isEnabled()
    till.press(KEY.Key_F9)
    assert till.focus == "linkInsteadButton"
    till.press(KEY.Key_Return)
    assert till.window.parts.counter.bill.chosen_method() is Method.PAYMENT_LINK
    assert not till.shown("linkInsteadButton")
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    student, course = till.desk.student("R001").uid, till.desk.course("NEET-R").uid
    begun = [call[:3] for call in till.desk.calls.of("payments.begin")]
    assert begun == [(student, course, Method.PAYMENT_LINK)]


@pytest.mark.parametrize("method", [Method.CASH, Method.PAYMENT_LINK])
def test_over_the_limit_other_ways_are_not_held_up(till: Till, method: Method) -> None:
    till.desk.change_course("NEET-R", seats=9)
    till.pick("R001", "NEET")
    select = till.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(method.value))
    assert till.the(QPushButton, "collectButton").isEnabled()
    assert till.window.parts.counter.bill.warning() == ""
