"""No trace of one parent may affect the next: the way of paying, Enter, old chips."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QScrollArea

from desktop_app.domain.payment import Method
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.counter.presenter import SearchAnswer
from desktop_app.ui.counter.rows import student_rows

if TYPE_CHECKING:
    from tests.ui.till import Till

KEY = Qt.Key


def test_cash_is_not_chosen_for_the_next_parent(till: Till) -> None:
    till.pick()
    select = till.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.CASH.value))
    till.press(KEY.Key_F9)
    till.wait(lambda: till.state() == "paid")
    till.press(KEY.Key_Escape)
    assert till.window.parts.counter.bill.chosen_method() is Method.AUTO
    till.pick("R002", "CHE-11")
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))


def test_enter_in_an_empty_search_picks_nobody(till: Till) -> None:
    till.press(KEY.Key_Return)
    assert till.picked() == ""
    till.press(KEY.Key_Down)
    till.press(KEY.Key_Return)
    till.wait(lambda: till.picked() == "R001")


def test_a_click_on_a_recent_payment_looks_at_its_receipt_and_prints_nothing(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    recent = till.window.parts.counter.recent
    till.wait(lambda: bool(recent.rows()))
    recent.chosen.emit(recent.rows()[0].payload)
    till.wait(lambda: till.window.findChild(QDialog, "receiptPreview") is not None)
    dialog = till.the(QDialog, "receiptPreview")
    assert till.printed() == []
    dialog.reject()


def test_paid_on_screen_does_not_stay_in_the_tray(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    assert till.window.parts.tray.chips() == ()
    till.press(KEY.Key_Escape)
    assert till.window.parts.tray.chips() == ()


def test_the_tray_does_not_call_waiting_what_has_ended(till: Till) -> None:
    uid = till.collect()
    caption = till.named("waitingTray").findChild(QLabel)
    assert caption is not None
    assert caption.text() == "Waiting"
    till.press(KEY.Key_Escape)
    till.desk.pay(uid)
    till.wait(lambda: "Paid: Asha Rao" in till.notices())
    assert till.window.parts.tray.chips()[0].property("state") == "paid"
    assert caption.text() == "Just ended"


@pytest.mark.looks
def test_paid_is_said_loudly_once(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    panel = till.window.parts.counter.panel
    assert panel.state.isVisible()
    assert panel.state.text() == "Paid"
    assert panel.badge.property("tone") == "plain"
    assert panel.state.font().pixelSize() < panel.paid_card.labels()[0].font().pixelSize() / 2


def test_students_of_one_name_are_told_apart_by_their_guardian(till: Till) -> None:
    till.desk.paid("R007", "PHY-11", Method.CASH)
    hits = till.desk.services.students.search("R00")
    rows = {row.cells[1].text: row.cells[3].text for row in student_rows(SearchAnswer("", hits))}
    assert rows["R001"] == "c/o Meena Rao"
    assert rows["R003"] == ""
    assert rows["R007"] == "Physics XI · Morning · paid · c/o Suresh Kumar"


def test_the_keyboard_is_at_the_desk_again_after_a_dialog(till: Till) -> None:
    till.press(KEY.Key_N, control=True)
    till.wait(lambda: till.window.findChild(QDialog, "studentForm") is not None)
    till.wait(lambda: till.focus == "nameField")
    till.press(KEY.Key_Escape)
    till.wait(till.window.isActiveWindow)
    till.wait(lambda: till.focus == "studentSearch")
    till.pick("R002", "CHE-11")


@pytest.mark.looks
def test_why_a_try_failed_can_be_read_whole(till: Till) -> None:
    uid = till.collect()
    reason = "Payment was unsuccessful as the customer's bank declined it"
    view = replace(till.desk.view(uid), failure=reason)
    panel = till.window.parts.counter.panel
    panel.show_view(view)
    assert panel.note.isVisible()
    assert reason in panel.note.text()
    assert "same QR" in panel.note.text()
    till.wait(lambda: panel.note.height() >= panel.note.heightForWidth(panel.note.width()))
    scroll = till.window.parts.counter.side.findChild(QScrollArea)
    assert scroll is not None
    till.wait(lambda: not scroll.verticalScrollBar().isVisible())
    panel.show_view(replace(view, failure=""))
    assert not panel.note.isVisible()


def test_a_button_says_that_it_is_being_written_down(till: Till) -> None:
    till.pick()
    bill = till.window.parts.counter.bill
    bill.show_busy(busy=True)
    assert "Writing it down" in bill.collect_button.text()
    bill.show_busy(busy=False)
    assert "Collect ₹11,800.00" in bill.collect_button.text()


def test_beside_a_payment_from_the_tray_nobody_else_is_picked(till: Till) -> None:
    """A clerk who brings Asha's payment back must not see Vikram's search beside it."""
    uid = till.collect()
    till.press(KEY.Key_Escape)
    till.pick("R002", "CHE-11")
    counter = till.window.parts.counter
    counter.show_attempt(till.desk.view(uid))
    assert counter.presenter.student is None
    assert (counter.student.box.text(), counter.course.box.text()) == ("", "")
    assert till.state() == "awaiting"


def test_beside_a_payment_from_the_tray_its_own_student_stays_picked(till: Till) -> None:
    view = till.desk.view(till.collect())
    till.window.parts.counter.show_attempt(view)
    assert till.picked() == "R001"


def test_good_news_does_not_cover_the_next_screen_and_what_is_wrong_stays(till: Till) -> None:
    notices = till.window.parts.notices
    notices.post(Notice("It went well.", tone=Tone.GOOD))
    notices.post(Notice("No printer was found.", tone=Tone.ATTENTION))
    till.window.parts.navigator.go("counter")
    assert len(notices.texts()) == 2
    till.window.parts.navigator.go("inbox")
    assert notices.texts() == ("No printer was found.",)


def test_money_that_came_late_names_the_inbox(till: Till) -> None:
    view = till.desk.view(till.collect())
    till.press(KEY.Key_Escape)
    till.window.parts.attempts.paid.emit(replace(view, was_late=True, receipt_no="D1/26-27/000009"))
    assert "after it was given up" in till.notices()
    assert "waits in the Inbox" in till.notices()
