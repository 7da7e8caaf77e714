"""No trace of one parent may affect the next: the way of paying, Enter, old chips."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QScrollArea

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.counter.days import time_or_day
from desktop_app.ui.counter.presenter import SearchAnswer
from desktop_app.ui.counter.rows import student_rows

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk

KEY = Qt.Key


def test_the_method_used_last_stays_chosen(clerk: Clerk) -> None:
    counter = clerk.window.parts.counter
    clerk.pick()
    counter.choose_method(3)
    assert clerk.focus == "cashSegment"
    clerk.press(KEY.Key_Escape)
    assert counter.bill.chosen_method() is Method.AUTO, "nothing was collected by it"
    clerk.pick()
    counter.choose_method(3)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.press(KEY.Key_Escape)
    assert counter.bill.chosen_method() is Method.CASH
    clerk.pick("R002", "CHE-11")
    assert "in cash" in clerk.text("collectButton")


def test_a_link_for_a_large_fee_is_not_chosen_for_the_next_parent(clerk: Clerk) -> None:
    clerk.desk.change_course("NEET-R", seats=9)
    clerk.pick("R001", "NEET")
    clerk.press(KEY.Key_F9)
    clerk.press(KEY.Key_Return)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    clerk.press(KEY.Key_Escape)
    assert clerk.window.parts.counter.bill.chosen_method() is Method.AUTO


def test_enter_in_an_empty_search_picks_nobody(clerk: Clerk) -> None:
    clerk.press(KEY.Key_Return)
    assert clerk.picked() == ""
    clerk.press(KEY.Key_Down)
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.picked() == "R001")


def test_a_click_on_a_recent_payment_looks_at_its_receipt_and_prints_nothing(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    recent = clerk.window.parts.counter.recent
    clerk.wait(lambda: bool(recent.rows()))
    recent.chosen.emit(recent.rows()[0].payload)
    clerk.wait(lambda: clerk.window.findChild(QDialog, "receiptPreview") is not None)
    dialog = clerk.the(QDialog, "receiptPreview")
    assert clerk.printed() == []
    dialog.reject()


def test_paid_on_screen_does_not_stay_in_the_tray(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    assert clerk.window.parts.tray.chips() == ()
    clerk.press(KEY.Key_Escape)
    assert clerk.window.parts.tray.chips() == ()


def test_the_tray_does_not_call_pending_what_has_ended(clerk: Clerk) -> None:
    uid = clerk.collect()
    caption = clerk.named("waitingTray").findChild(QLabel)
    assert caption is not None
    assert caption.text() == "Pending"
    clerk.press(KEY.Key_Escape)
    clerk.desk.pay(uid)
    clerk.wait(lambda: "Paid: Asha Rao" in clerk.notices())
    assert clerk.window.parts.tray.chips()[0].property("state") == "paid"
    assert caption.text() == "Just ended"


@pytest.mark.looks
def test_paid_is_said_loudly_once(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    panel = clerk.window.parts.counter.panel
    assert panel.state.text() == "Paid"
    shown = [each for each in clerk.window.parts.counter.side.findChildren(QLabel)
             if each.isVisible()]  # fmt: skip
    words = [each.text() for each in shown]
    assert words.count("Paid") == 1
    assert len([each for each in words if "11,800" in each]) == 1, "the amount is there once"


def test_students_of_one_name_are_told_apart_by_their_guardian(clerk: Clerk) -> None:
    clerk.desk.paid("R007", "PHY-11", Method.CASH)
    hits = clerk.desk.services.students.search("R00")
    rows = {row.cells[1].text: row.cells[3].text for row in student_rows(SearchAnswer("", hits))}
    assert rows["R001"] == "c/o Meena Rao"
    assert rows["R003"] == ""
    assert rows["R007"] == "Physics XI · Morning · paid · c/o Suresh Kumar"


def test_a_student_with_a_fee_due_is_not_called_paid(clerk: Clerk) -> None:
    clerk.desk.paid("R007", "PHY-11", Method.CASH)
    [hit] = clerk.desk.services.students.search("R007")
    answer = SearchAnswer("", (replace(hit, due=Money(100)),))
    cells = [cell.text for cell in student_rows(answer)[0].cells]
    assert cells[3:] == ["Physics XI · Morning · c/o Suresh Kumar", "₹1 due"]


def test_courses_have_room_where_nobody_owes_anything(clerk: Clerk) -> None:
    clerk.desk.paid("R007", "PHY-11", Method.CASH)
    clerk.type("R007")
    results = clerk.window.parts.counter.student.results
    clerk.wait(lambda: results.property("query") == "R007")
    [row] = student_rows(SearchAnswer("R007", clerk.desk.services.students.search("R007")))
    assert results.spans(row, 790)[3] > 200


def test_recent_payments_of_other_days_show_the_day() -> None:
    now = datetime.now(IST)
    assert time_or_day(now) == f"{now:%H:%M}"
    assert time_or_day(now - timedelta(days=1)).startswith(str((now - timedelta(days=1)).day))


def test_the_keyboard_is_at_the_desk_again_after_a_dialog(clerk: Clerk) -> None:
    clerk.press(KEY.Key_N, control=True)
    clerk.wait(lambda: clerk.window.findChild(QDialog, "studentForm") is not None)
    clerk.wait(lambda: clerk.focus == "nameField")
    clerk.press(KEY.Key_Escape)
    clerk.wait(clerk.window.isActiveWindow)
    clerk.wait(lambda: clerk.focus == "studentSearch")
    clerk.pick("R002", "CHE-11")


@pytest.mark.looks
def test_why_a_try_failed_can_be_read_whole(clerk: Clerk) -> None:
    uid = clerk.collect()
    reason = "Payment was unsuccessful as the customer's bank declined it"
    view = replace(clerk.desk.view(uid), failure=reason)
    panel = clerk.window.parts.counter.panel
    panel.show_view(view)
    assert panel.note.isVisible()
    assert panel.note.toolTip() == reason.replace("'", "&#x27;"), "theirs is for support"
    assert panel.note.text() == "The payment failed. The parent can try again with the same QR."
    clerk.wait(lambda: panel.note.height() >= panel.note.heightForWidth(panel.note.width()))
    scroll = clerk.window.parts.counter.side.findChild(QScrollArea)
    assert scroll is not None
    clerk.wait(lambda: not scroll.verticalScrollBar().isVisible())
    panel.show_view(replace(view, failure=""))
    assert not panel.note.isVisible()


def test_a_button_says_that_it_is_being_written_down(clerk: Clerk) -> None:
    clerk.pick()
    bill = clerk.window.parts.counter.bill
    bill.show_busy(busy=True)
    assert "Saving" in bill.collect_button.text()
    bill.show_busy(busy=False)
    assert "Collect ₹11,800 " in bill.collect_button.text()


def test_beside_a_payment_from_the_tray_nobody_else_is_picked(clerk: Clerk) -> None:
    """A clerk who brings Asha's payment back must not see Vikram's search beside it."""
    uid = clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "CHE-11")
    counter = clerk.window.parts.counter
    counter.show_attempt(clerk.desk.view(uid))
    assert counter.presenter.student is None
    assert (counter.student.box.text(), counter.course.box.text()) == ("", "")
    assert clerk.state() == "awaiting"


def test_beside_a_payment_from_the_tray_its_own_student_stays_picked(clerk: Clerk) -> None:
    view = clerk.desk.view(clerk.collect())
    clerk.window.parts.counter.show_attempt(view)
    assert clerk.picked() == "R001"


def test_good_news_does_not_cover_the_next_screen_and_what_is_wrong_stays(clerk: Clerk) -> None:
    notices = clerk.window.parts.notices
    notices.post(Notice("It went well.", tone=Tone.GOOD))
    notices.post(Notice("No printer was found.", tone=Tone.ATTENTION))
    clerk.window.parts.navigator.go("counter")
    assert len(notices.texts()) == 2
    clerk.window.parts.navigator.go("inbox")
    assert notices.texts() == ("No printer was found.",)


def test_money_that_came_late_names_the_inbox(clerk: Clerk) -> None:
    view = clerk.desk.view(clerk.collect())
    clerk.press(KEY.Key_Escape)
    clerk.window.parts.attempts.paid.emit(
        replace(view, was_late=True, receipt_no="D1/26-27/000009")
    )
    clerk.wait(lambda: "Late payment received: Asha Rao, ₹11,800." in clerk.notices())
    assert "Inbox" not in clerk.notices(), "the course has a seat"


def test_a_fee_that_was_paid_twice_is_said(clerk: Clerk) -> None:
    clerk.pick()
    select = clerk.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.QR_CODE.value))
    clerk.press(Qt.Key.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    view = clerk.window.parts.payment.view
    assert view is not None
    clerk.desk.pay(view.uid)
    clerk.desk.pay(view.uid)
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.wait(lambda: "Asha Rao paid ₹11,800 twice." in clerk.notices())
    assert "Razorpay refunds the second payment automatically." in clerk.notices()


def test_a_fee_that_was_paid_once_says_nothing_of_a_second(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.idle()
    assert "twice" not in clerk.notices()
