"""The counter for a clerk: few keys, mashed keys, one order; recent people and payments at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPushButton

from desktop_app.domain.payment import Method

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk

KEY = Qt.Key
MOST_KEYS = 6


def test_a_whole_fee_takes_at_most_six_keys_besides_what_is_typed(clerk: Clerk) -> None:
    pressed: list[Qt.Key] = []

    def press(key: Qt.Key) -> None:
        pressed.append(key)
        clerk.press(key)

    clerk.type("asha")
    press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.type("phy")
    press(KEY.Key_Return)
    press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    view = clerk.window.parts.payment.view
    assert view is not None
    clerk.desk.pay(view.uid)
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "studentSearch")
    clerk.wait(lambda: clerk.printed() == [clerk.desk.number(1)])
    clerk.type("ra")
    assert clerk.the(QLineEdit, "studentSearch").text() == "ra"
    assert len(pressed) <= MOST_KEYS


def test_mashed_keys_and_double_clicks_make_one_order(clerk: Clerk) -> None:
    clerk.pick()
    for _ in range(6):
        clerk.press(KEY.Key_F9)
        clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    for _ in range(6):
        clerk.press(KEY.Key_F9)
        clerk.press(KEY.Key_Return)
    clerk.bot.wait(100)
    assert (clerk.begun(), clerk.opened()) == (1, 1)
    assert clerk.desk.calls.count("payments.cancel") == 0
    clerk.press(KEY.Key_Escape)

    clerk.pick("R002", "CHE-11")
    button = clerk.the(QPushButton, "collectButton")
    left = Qt.MouseButton.LeftButton
    for _ in range(3):
        QTest.mouseClick(button, left)
        QTest.mouseDClick(button, left)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert (clerk.begun(), clerk.opened()) == (2, 2)
    clerk.press(KEY.Key_Escape)

    clerk.pick("R007", "CHE-11")
    clerk.desk.gateway.hang()  # while the desk is slow
    for _ in range(3):
        button.click()
        clerk.press(KEY.Key_F9)
    clerk.bot.wait(50)
    clerk.desk.gateway.answer()
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert (clerk.begun(), clerk.opened()) == (3, 3)


def test_the_empty_search_lists_whom_the_desk_served_last(clerk: Clerk) -> None:
    results = clerk.window.parts.counter.student.results
    assert results.property("query") == ""
    assert clerk.desk.calls.of("students.search")[0][0] == ""
    assert [row.payload.roll_no for row in results.rows()[:2]] == ["R001", "R002"]  # type: ignore[attr-defined]
    assert results.current() is None


def test_add_as_a_new_student_is_one_enter_away(looking: Clerk) -> None:
    looking.type("Rahul")
    looking.wait(lambda: looking.named("studentResults").property("query") == "Rahul")
    rows = looking.window.parts.counter.student.results.rows()
    assert [cell.text for cell in rows[0].cells] == ["Add “Rahul” as a new student", "Enter"]
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.window.findChild(QDialog, "studentForm") is not None)
    looking.wait(lambda: looking.focus == "nameField")
    assert looking.the(QLineEdit, "nameField").text() == "Rahul"
    looking.press(KEY.Key_Escape)


def test_a_key_held_down_prints_once_and_recent_payments_are_one_key_away(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    print_button = clerk.the(QPushButton, "printReceiptButton")
    for _ in range(5):
        QTest.keyClick(print_button, KEY.Key_Return)
    clerk.wait(lambda: clerk.printed() == [clerk.desk.number(1)])
    clerk.bot.wait(50)
    assert clerk.printed() == [clerk.desk.number(1)]
    clerk.press(KEY.Key_Escape)
    recent = clerk.window.parts.counter.recent
    clerk.wait(lambda: len(recent.rows()) == 1)
    assert [cell.text.strip() for cell in recent.rows()[0].cells][1:] == [
        "Asha Rao", "₹11,800.00", "Paid by UPI", clerk.desk.number(1),
    ]  # fmt: skip
    clerk.press(KEY.Key_F6)
    assert clerk.focus == "recentPayments"
    assert recent.current() is recent.rows()[0]
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.window.findChild(QDialog, "receiptPreview") is not None)
    clerk.the(QDialog, "receiptPreview").reject()
    clerk.wait(clerk.window.isActiveWindow)
    clerk.press(KEY.Key_F6)
    clerk.press(KEY.Key_Escape)
    assert clerk.focus == "studentSearch"
    assert recent.current() is None


def test_the_button_says_what_is_going_to_be_done(looking: Clerk) -> None:
    looking.pick()
    assert looking.text("collectButton").split() == ["Collect", "₹11,800", "F9"]
    select = looking.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.CASH.value))
    assert looking.text("collectButton").startswith("Collect ₹11,800 in cash")
    assert looking.begun() == 0
    assert looking.opened() == 0


def test_over_the_limit_a_link_is_offered_before_any_qr(clerk: Clerk) -> None:
    clerk.desk.change_course("NEET-R", seats=9)
    clerk.pick("R001", "NEET")
    assert not clerk.the(QPushButton, "collectButton").isEnabled()
    assert not clerk.shown("collectButton"), "one large button, which can be pressed"
    assert clerk.text("linkInsteadButton") == "Send a link for ₹1,45,000"
    clerk.press(KEY.Key_F9)
    assert clerk.focus == "linkInsteadButton"
    assert clerk.window.parts.counter.bill.chosen_method() is Method.AUTO, "nothing chosen silently"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    student, course = clerk.desk.student("R001").uid, clerk.desk.course("NEET-R").uid
    begun = [call[:3] for call in clerk.desk.calls.of("payments.begin")]
    assert begun == [(student, course, Method.PAYMENT_LINK)]


def test_over_the_limit_other_ways_are_not_held_up(looking: Clerk) -> None:
    looking.desk.change_course("NEET-R", seats=9)
    looking.pick("R001", "NEET")
    select = looking.the(QComboBox, "methodSelect")
    for method in (Method.CASH, Method.PAYMENT_LINK):
        select.setCurrentIndex(select.findData(method.value))
        assert looking.the(QPushButton, "collectButton").isEnabled()
        assert looking.window.parts.counter.bill.warning() == ""
