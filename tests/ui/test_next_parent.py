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
    from tests.ui.real_desk import RealDesk

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


def test_enter_in_an_empty_search_picks_nobody(looking: Clerk) -> None:
    looking.press(KEY.Key_Return)
    assert looking.picked() == ""
    looking.press(KEY.Key_Down)
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.picked() == "R001")


def test_a_fee_paid_on_screen_is_said_loudly_once_and_stays_nowhere(clerk: Clerk) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    counter, tray = clerk.window.parts.counter, clerk.window.parts.tray
    assert counter.panel.state.text() == "Paid"
    words = [each.text() for each in counter.side.findChildren(QLabel) if each.isVisible()]
    assert words.count("Paid") == 1
    assert len([each for each in words if "11,800" in each]) == 1, "the amount is there once"
    assert tray.chips() == ()
    clerk.idle()
    assert "twice" not in clerk.notices()
    clerk.press(KEY.Key_Escape)
    assert tray.chips() == ()
    clerk.wait(lambda: bool(counter.recent.rows()))
    counter.recent.chosen.emit(counter.recent.rows()[0].payload)
    clerk.wait(lambda: clerk.window.findChild(QDialog, "receiptPreview") is not None)
    assert clerk.printed() == [], "a click on a recent payment only looks at its receipt"
    clerk.the(QDialog, "receiptPreview").reject()


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
    late = replace(clerk.desk.view(uid), was_late=True, receipt_no="D1/26-27/000009")
    clerk.window.parts.attempts.paid.emit(late)
    clerk.wait(lambda: "Late payment received: Asha Rao, ₹11,800." in clerk.notices())
    assert "Inbox" not in clerk.notices(), "the course has a seat"


def test_students_of_one_name_are_told_apart_by_their_guardian(real_desk: RealDesk) -> None:
    real_desk.paid("R007", "PHY-11", Method.CASH)
    hits = real_desk.services.students.search("R00")
    rows = {row.cells[1].text: row.cells[3].text for row in student_rows(SearchAnswer("", hits))}
    assert rows["R001"] == "c/o Meena Rao"
    assert rows["R003"] == ""
    assert rows["R007"] == "Physics XI · Morning · paid · c/o Suresh Kumar"


def test_a_student_with_a_fee_due_is_not_called_paid(real_desk: RealDesk) -> None:
    real_desk.paid("R007", "PHY-11", Method.CASH)
    [hit] = real_desk.services.students.search("R007")
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


def test_the_keyboard_is_at_the_desk_again_after_a_dialog(looking: Clerk) -> None:
    looking.press(KEY.Key_N, control=True)
    looking.wait(lambda: looking.window.findChild(QDialog, "studentForm") is not None)
    looking.wait(lambda: looking.focus == "nameField")
    looking.press(KEY.Key_Escape)
    looking.wait(looking.window.isActiveWindow)
    looking.wait(lambda: looking.focus == "studentSearch")
    looking.pick("R002", "CHE-11")


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


def test_a_button_says_that_it_is_being_written_down(looking: Clerk) -> None:
    looking.pick()
    bill = looking.window.parts.counter.bill
    bill.show_busy(busy=True)
    assert "Saving" in bill.collect_button.text()
    bill.show_busy(busy=False)
    assert "Collect ₹11,800 " in bill.collect_button.text()


def test_beside_a_payment_from_the_tray_only_its_own_student_is_picked(clerk: Clerk) -> None:
    """A clerk who brings Asha's payment back must not see Vikram's search beside it."""
    view = clerk.desk.view(clerk.collect())
    counter = clerk.window.parts.counter
    counter.show_attempt(view)
    assert clerk.picked() == "R001"
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "CHE-11")
    counter.show_attempt(clerk.desk.view(view.uid))
    assert counter.presenter.student is None
    assert (counter.student.box.text(), counter.course.box.text()) == ("", "")
    assert clerk.state() == "awaiting"


def test_good_news_does_not_cover_the_next_screen_and_what_is_wrong_stays(looking: Clerk) -> None:
    notices = looking.window.parts.notices
    notices.post(Notice("It went well.", tone=Tone.GOOD))
    notices.post(Notice("No printer was found.", tone=Tone.ATTENTION))
    looking.window.parts.navigator.go("counter")
    assert len(notices.texts()) == 2
    looking.window.parts.navigator.go("inbox")
    assert notices.texts() == ("No printer was found.",)


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
