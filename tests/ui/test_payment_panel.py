"""The payment panel: its steps, its end, a new QR, a link in its place, and what the line does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QScrollArea

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.errors import (
    DatabaseLockedError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from desktop_app.ui.counter.payment_operations import initiate, renew
from desktop_app.ui.counter.payment_texts import note

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.ui.clerk import Clerk

KEY = Qt.Key


def on_screen(clerk: Clerk) -> AttemptView:
    view = clerk.window.parts.payment.view
    assert view is not None
    return view


def test_what_the_bank_has_is_said_on_screen_and_not_asked_for_twice(clerk: Clerk) -> None:
    uid = clerk.collect()
    panel = clerk.window.parts.counter.panel
    clerk.desk.pay(uid, "failure")
    clerk.wait(lambda: "The payment failed" in panel.note.text())
    clerk.desk.gateway.trouble("capture", RateLimitedError("later"), times=10_000)
    clerk.desk.pay(uid, "authorized")
    clerk.wait(lambda: "The bank is processing the payment" in panel.note.text())
    assert "Don't collect again yet" in panel.note.text()
    clerk.desk.gateway.troubles.clear()
    clerk.wait(lambda: clerk.state() == "paid")


def test_a_payment_that_is_not_due_is_said_to_return_by_itself(clerk: Clerk) -> None:
    """The clerk cancels, takes cash, and the slow payment comes after all."""
    clerk.started()
    view = clerk.desk.returning("R001", "PHY-11")
    clerk.window.parts.poller.ask()
    clerk.wait(lambda: "wasn't due" in clerk.notices())
    assert "The parent gets the money back automatically." in clerk.notices()
    words, tone = note(clerk.desk.view(view.uid), is_offline=False)
    assert "The bank will return the money" in words
    assert tone == "accent"


def test_the_last_minute_is_amber_in_words_and_with_an_icon(clerk: Clerk) -> None:
    clerk.desk.expire_after(59)
    clerk.collect()
    panel = clerk.window.parts.counter.panel
    clerk.wait(panel.soon.isVisible)
    assert panel.countdown.property("tone") == "attention"
    assert panel.progress.property("tone") == "attention"
    assert panel.state.text() == "Expires soon"


def test_checked_says_how_long_ago_and_asks(clerk: Clerk) -> None:
    clerk.collect()
    panel = clerk.window.parts.counter.panel
    checked = panel.checked
    clerk.wait(lambda: re.fullmatch(r"checked \d+ s ago", panel.since.text()))
    assert checked.text().split() == ["Check", "now", "F5"]
    asked = clerk.looks_asked()
    checked.click()
    clerk.wait(lambda: clerk.looks_asked() == asked + 1)


def test_a_new_qr_closes_the_old_one_first(clerk: Clerk) -> None:
    first = clerk.collect()
    clerk.click("newQrButton")
    clerk.wait(lambda: on_screen(clerk).uid != first and clerk.named("qrView").property("text"))
    names = ("payments.open", "payments.cancel")
    calls = [each for each in clerk.desk.calls.names() if each in names]
    assert calls == ["payments.open", "payments.cancel", "payments.open"]
    assert clerk.desk.view(first).state is AttemptState.CANCELLED
    tray = clerk.window.parts.tray
    assert [chip.property("attempt") for chip in tray.chips()] == [on_screen(clerk).uid]


def test_pressing_new_qr_again_and_again_makes_one(clerk: Clerk) -> None:
    first = clerk.collect()
    clerk.desk.gateway.hang()
    button = clerk.the(QPushButton, "newQrButton")
    for _ in range(5):
        button.click()
    assert clerk.named("qrView").property("text") == "", "what is being closed must not be scanned"
    clerk.desk.gateway.answer()
    clerk.wait(lambda: on_screen(clerk).uid != first and clerk.named("qrView").property("text"))
    assert clerk.begun() == 2


def test_money_found_while_closing_is_paid_and_no_second_qr(clerk: Clerk) -> None:
    clerk.window.parts.poller.stop()
    first = clerk.collect()
    clerk.desk.pay(first)
    clerk.click("newQrButton")
    clerk.wait(lambda: clerk.state() == "paid")
    assert on_screen(clerk).uid == first
    assert clerk.begun() == 1


def test_when_the_last_look_fails_no_second_qr_is_made(clerk: Clerk) -> None:
    clerk.window.parts.poller.stop()
    first = clerk.collect()
    clerk.desk.gateway.down = UnavailableError("cable")
    clerk.click("newQrButton")
    clerk.wait(lambda: "Couldn't create a new QR for Asha Rao" in clerk.notices())
    assert "The parent may still use it to pay" in clerk.notices()
    assert clerk.begun() == 1
    assert on_screen(clerk).uid == first
    assert "The parent may have paid" in clerk.window.parts.counter.panel.note.text()
    clerk.desk.gateway.down = None
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert clerk.begun() == 2


def test_a_closing_that_is_refused_makes_no_second_qr(clerk: Clerk) -> None:
    first = clerk.collect()
    clerk.desk.calls.refuse("payments.cancel", DatabaseLockedError("busy"))
    clerk.click("newQrButton")
    clerk.wait(lambda: "Another program is using the database" in clerk.notices())
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert on_screen(clerk).uid == first
    assert clerk.begun() == 1


def test_a_new_qr_for_a_payment_from_the_tray(clerk: Clerk) -> None:
    """The bill of another parent is on screen then: the fee is found by the enrolment."""
    first = clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "CHE-11")
    clerk.run_out()
    chips = clerk.window.parts.tray.chips
    clerk.wait(lambda: chips() and chips()[0].property("state") == "expired")
    chips()[0].click()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert on_screen(clerk).student_name == "Asha Rao"
    assert on_screen(clerk).uid != first


def test_what_can_no_longer_be_paid_offers_another_way(clerk: Clerk) -> None:
    clerk.collect()
    clerk.run_out()
    clerk.wait(lambda: clerk.state() == "expired")
    assert clerk.shown("openPaymentButton")
    clerk.click("anotherWayButton")
    clerk.wait(lambda: clerk.focus == "autoSegment")
    clerk.wait(lambda: "₹11,800.00" in clerk.text("totalLabel"))
    select = clerk.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.CASH.value))
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")


def test_another_way_for_a_payment_from_the_tray_bills_its_own_fee(clerk: Clerk) -> None:
    clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.run_out()
    chips = clerk.window.parts.tray.chips
    clerk.wait(lambda: chips() and chips()[0].property("state") == "expired")
    chips()[0].click()
    clerk.click("anotherWayButton")
    clerk.wait(lambda: "₹11,800.00" in clerk.text("totalLabel") and clerk.picked() == "R001")


def test_a_student_picked_since_is_not_replaced_by_the_one_of_a_payment(clerk: Clerk) -> None:
    clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.run_out()
    chips = clerk.window.parts.tray.chips
    clerk.wait(lambda: chips() and chips()[0].property("state") == "expired")
    chips()[0].click()
    clerk.desk.calls.hold("students.find")
    clerk.click("anotherWayButton")
    clerk.pick("R002", "CHE-11")
    clerk.desk.calls.go_on()
    clerk.idle()
    assert clerk.picked() == "R002"


def test_another_way_is_offered_after_a_refusal(clerk: Clerk) -> None:
    clerk.collect()
    view = replace(on_screen(clerk), state=AttemptState.REJECTED)
    clerk.window.parts.counter.panel.show_view(view)
    assert clerk.shown("anotherWayButton")
    assert not clerk.shown("cancelPaymentButton")
    assert "Choose another way to pay" in clerk.window.parts.counter.panel.note.text()


def test_a_qr_becomes_a_link_after_one_question(clerk: Clerk) -> None:
    first = clerk.collect()
    clerk.click("sendLinkButton")
    buttons = clerk.window.parts.counter.panel.buttons
    assert "₹11,800 " in buttons.question()
    assert "close the QR first" in buttons.question()
    assert clerk.focus == "keepQrButton"
    assert clerk.begun() == 1
    clerk.click("changeToLinkButton")
    clerk.wait(lambda: on_screen(clerk).uid != first and clerk.named("qrView").property("text"))
    assert on_screen(clerk).method is Method.PAYMENT_LINK
    assert clerk.desk.view(first).state is AttemptState.CANCELLED


def test_after_the_change_to_a_link_sending_it_is_in_sight_and_one_key_away(clerk: Clerk) -> None:
    clerk.collect()
    clerk.click("sendLinkButton")
    clerk.click("changeToLinkButton")
    clerk.wait(
        lambda: on_screen(clerk).method is Method.PAYMENT_LINK and clerk.state() == "awaiting"
    )
    clerk.wait(lambda: clerk.focus == "sendLinkButton")
    scroll = clerk.window.parts.counter.side.findChild(QScrollArea)
    assert scroll is not None
    clerk.wait(lambda: not scroll.verticalScrollBar().isVisible())
    assert not clerk.named("sendLinkButton").visibleRegion().isEmpty()


def test_the_qr_is_kept_when_the_question_is_taken_back(clerk: Clerk) -> None:
    clerk.collect()
    clerk.click("sendLinkButton")
    clerk.press(KEY.Key_Escape)
    assert clerk.window.parts.counter.panel.buttons.question() == ""
    assert clerk.named("qrView").property("text")
    assert clerk.focus == "checkedButton"
    assert clerk.desk.calls.count("payments.cancel") == 0


def test_offline_with_a_qr_up_tells_the_truth(clerk: Clerk) -> None:
    clerk.collect()
    clerk.cut_line()
    panel = clerk.window.parts.counter.panel
    clerk.wait(lambda: "You're offline. If the parent pays" in panel.note.text())
    assert panel.qr.has_code
    clerk.mend_line()
    clerk.wait(panel.note.isHidden)


def test_the_working_words_belong_to_their_own_payment(clerk: Clerk) -> None:
    clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "CHE-11")
    clerk.desk.gateway.hang()
    clerk.press(KEY.Key_F9)
    clerk.wait(clerk.window.parts.counter.side.next.isVisible)
    clerk.press(KEY.Key_Escape)
    clerk.window.parts.tray.chips()[0].click()
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    clerk.desk.gateway.answer()


def test_another_attempt_of_the_fee_that_was_paid_is_shown_in_its_place(clerk: Clerk) -> None:
    """`open` may answer with another attempt: the money was on an earlier one."""
    first = clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.window.parts.poller.stop()
    clerk.desk.pay(first)
    clerk.desk.calls.play("payments.open", lambda _uid: clerk.desk.open(first))
    clerk.pick("R002", "CHE-11")
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: on_screen(clerk).uid == first and clerk.state() == "paid")


def test_a_fee_of_a_course_that_was_withdrawn_since_gets_a_new_qr(clerk: Clerk) -> None:
    first = clerk.collect()
    clerk.desk.services.courses.withdraw(clerk.desk.course("PHY-11").uid)
    clerk.click("newQrButton")
    clerk.wait(lambda: on_screen(clerk).uid != first and clerk.named("qrView").property("text"))


def test_a_new_qr_for_several_dues_is_for_the_same_dues(clerk: Clerk) -> None:
    desk = clerk.desk.real
    dues = [
        desk.enrolments.enrol(clerk.desk.student(roll_no).uid, clerk.desk.course(code).uid).dues[0]
        for roll_no, code in (("R001", "PHY-11"), ("R002", "CHE-11"))
    ]
    begun = desk.payments.begin_dues({each.uid: None for each in dues}, Method.UPI_INTENT)
    initiated = initiate(desk, begun.uid).old
    renewed = renew(desk, begun.uid, view=initiated, method=Method.QR_CODE)
    assert renewed.error is None
    assert renewed.new is not None
    assert renewed.new.amount == dues[0].balance + dues[1].balance
    assert desk.payments.view(begun.uid).state is AttemptState.CANCELLED


def test_an_error_of_the_gateway_leaves_the_payment_as_it_stands(clerk: Clerk) -> None:
    clerk.desk.calls.refuse("payments.open", NotFoundError("x"))
    clerk.pick()
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "can't find this payment" in clerk.notices())
    assert clerk.state() == "intent"
    assert clerk.shown("openPaymentButton")
