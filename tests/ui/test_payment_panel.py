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
    from tests.ui.real_desk import RealDesk

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


def test_an_open_qr_says_when_it_was_checked_when_it_ends_and_that_the_line_is_cut(
    clerk: Clerk,
) -> None:
    clerk.desk.expire_after(59)
    clerk.collect()
    panel = clerk.window.parts.counter.panel
    clerk.wait(panel.soon.isVisible)
    assert panel.countdown.property("tone") == "attention"
    assert panel.progress.property("tone") == "attention"
    assert panel.state.text() == "Expires soon"
    clerk.wait(lambda: re.fullmatch(r"checked \d+ s ago", panel.since.text()))
    assert panel.checked.text().split() == ["Check", "now", "F5"]
    asked = clerk.looks_asked()
    panel.checked.click()
    clerk.wait(lambda: clerk.looks_asked() == asked + 1)
    clerk.cut_line()
    clerk.wait(lambda: "You're offline. If the parent pays" in panel.note.text())
    assert panel.qr.has_code
    clerk.mend_line()
    clerk.wait(panel.note.isHidden)


def test_a_new_qr_closes_the_old_one_first_and_many_presses_make_one(clerk: Clerk) -> None:
    first = clerk.collect()
    clerk.click("newQrButton")
    clerk.wait(lambda: on_screen(clerk).uid != first and clerk.named("qrView").property("text"))
    names = ("payments.open", "payments.cancel")
    calls = [each for each in clerk.desk.calls.names() if each in names]
    assert calls == ["payments.open", "payments.cancel", "payments.open"]
    assert clerk.desk.view(first).state is AttemptState.CANCELLED
    tray, second = clerk.window.parts.tray, on_screen(clerk).uid
    assert [chip.property("attempt") for chip in tray.chips()] == [second]
    clerk.desk.services.courses.withdraw(clerk.desk.course("PHY-11").uid)
    clerk.desk.gateway.hang()
    button = clerk.the(QPushButton, "newQrButton")
    for _ in range(5):
        button.click()
    assert clerk.named("qrView").property("text") == "", "what is being closed must not be scanned"
    clerk.desk.gateway.answer()
    clerk.wait(lambda: on_screen(clerk).uid != second and clerk.named("qrView").property("text"))
    assert clerk.begun() == 3, "one more, although the course was withdrawn since"


def test_no_second_qr_is_made_while_the_first_may_be_paid(clerk: Clerk) -> None:
    """Closing it is refused; the last look at it fails; the last look finds money."""
    clerk.window.parts.poller.stop()
    first = clerk.collect()
    clerk.desk.calls.refuse("payments.cancel", DatabaseLockedError("busy"))
    clerk.click("newQrButton")
    clerk.wait(lambda: "Another program is using the database" in clerk.notices())
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert on_screen(clerk).uid == first
    assert clerk.begun() == 1
    clerk.desk.calls.allow("payments.cancel")
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
    second = on_screen(clerk).uid
    clerk.desk.pay(second)
    clerk.click("newQrButton")
    clerk.wait(lambda: clerk.state() == "paid")
    assert on_screen(clerk).uid == second
    assert clerk.begun() == 2


def test_a_payment_from_the_tray_gets_another_way_or_a_new_qr_for_its_own_fee(
    clerk: Clerk,
) -> None:
    uids = {}
    for roll_no in ("R007", "R008", "R001"):
        uids[roll_no] = clerk.collect(roll_no)
        clerk.press(KEY.Key_Escape)
    clerk.run_out()
    tray = clerk.window.parts.tray
    clerk.wait(lambda: [each.property("state") for each in tray.chips()] == ["expired"] * 3)

    def bring_back(roll_no: str) -> None:
        uid = uids[roll_no]
        next(each for each in tray.chips() if each.property("attempt") == uid).click()

    bring_back("R007")
    clerk.desk.calls.hold("students.find")
    clerk.click("anotherWayButton")
    clerk.pick("R002", "CHE-11")
    clerk.desk.calls.go_on()
    clerk.idle()
    assert clerk.picked() == "R002", "a student picked since is not replaced"
    bring_back("R008")
    clerk.click("anotherWayButton")
    clerk.wait(lambda: "₹11,800.00" in clerk.text("totalLabel") and clerk.picked() == "R008")
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "CHE-11")  # the fee is found by the enrolment, not by the bill on screen
    bring_back("R001")
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert on_screen(clerk).student_name == "Asha Rao"
    assert on_screen(clerk).uid not in uids.values()


def test_what_can_no_longer_be_paid_offers_another_way(clerk: Clerk) -> None:
    clerk.collect()
    panel = clerk.window.parts.counter.panel
    panel.show_view(replace(on_screen(clerk), state=AttemptState.REJECTED))
    assert clerk.shown("anotherWayButton")
    assert not clerk.shown("cancelPaymentButton")
    assert "Choose another way to pay" in panel.note.text()
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


def test_a_qr_becomes_a_link_after_one_question_and_sending_it_is_one_key_away(
    clerk: Clerk,
) -> None:
    first = clerk.collect()
    buttons = clerk.window.parts.counter.panel.buttons
    clerk.click("sendLinkButton")
    clerk.press(KEY.Key_Escape)
    assert buttons.question() == ""
    assert clerk.named("qrView").property("text")
    assert clerk.focus == "checkedButton"
    assert clerk.desk.calls.count("payments.cancel") == 0, "the question was taken back"
    clerk.click("sendLinkButton")
    assert "₹11,800 " in buttons.question()
    assert "close the QR first" in buttons.question()
    assert clerk.focus == "keepQrButton"
    assert clerk.begun() == 1
    clerk.click("changeToLinkButton")
    clerk.wait(lambda: on_screen(clerk).uid != first and clerk.named("qrView").property("text"))
    assert on_screen(clerk).method is Method.PAYMENT_LINK
    assert clerk.desk.view(first).state is AttemptState.CANCELLED
    clerk.wait(lambda: clerk.state() == "awaiting" and clerk.focus == "sendLinkButton")
    scroll = clerk.window.parts.counter.side.findChild(QScrollArea)
    assert scroll is not None
    clerk.wait(lambda: not scroll.verticalScrollBar().isVisible())
    assert not clerk.named("sendLinkButton").visibleRegion().isEmpty()


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


def test_a_new_qr_for_several_dues_is_for_the_same_dues(real_desk: RealDesk) -> None:
    desk = real_desk.real
    dues = [
        desk.enrolments.enrol(real_desk.student(roll_no).uid, real_desk.course(code).uid).dues[0]
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
