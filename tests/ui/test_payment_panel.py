"""The payment panel: its steps, its end, a new QR, a link in its place, and what the line does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QScrollArea

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.errors import (
    DatabaseLockedError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from desktop_app.ui.counter.payment_texts import note
from desktop_app.ui.counter.stepper import Mark, steps_of
from tests.ui.test_attempts import view as make_view

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.ui.till import Till

KEY = Qt.Key
TODO, NOW, DONE, ENDED, FAILED = (
    Mark.TODO, Mark.NOW, Mark.DONE, Mark.ENDED, Mark.FAILED,
)  # fmt: skip


def on_screen(till: Till) -> AttemptView:
    view = till.window.parts.payment.view
    assert view is not None
    return view


@pytest.mark.parametrize(
    ("state", "order_id", "failure", "marks"),
    [
        (AttemptState.INTENT, None, "", (TODO, TODO, TODO, TODO)),
        (AttemptState.UNKNOWN, None, "", (NOW, TODO, TODO, TODO)),
        (AttemptState.ORDERED, "order_1", "", (DONE, TODO, TODO, TODO)),
        (AttemptState.AWAITING, "order_1", "", (DONE, NOW, TODO, TODO)),
        (AttemptState.AWAITING, "order_1", "declined", (DONE, NOW, FAILED, TODO)),
        (AttemptState.EXPIRED, "order_1", "", (DONE, ENDED, TODO, TODO)),
        (AttemptState.CANCELLED, None, "", (TODO, ENDED, TODO, TODO)),
        (AttemptState.REJECTED, None, "", (FAILED, TODO, TODO, TODO)),
        (AttemptState.LAPSED, "order_1", "", (DONE, ENDED, TODO, TODO)),
        (AttemptState.PAID, "order_1", "declined", (DONE, DONE, DONE, DONE)),
    ],
)
def test_the_steps_say_only_what_is_known(
    state: AttemptState, order_id: str | None, failure: str, marks: tuple[Mark, ...]
) -> None:
    view = replace(make_view(1, state), order_id=order_id, failure=failure)
    assert tuple(mark for _, mark in steps_of(view)) == marks


@pytest.mark.parametrize("failure", ["", "declined"])
def test_the_step_of_the_bank_lights_up_when_it_has_the_payment(failure: str) -> None:
    view = replace(make_view(1, AttemptState.AWAITING), order_id="order_1", failure=failure)
    seen = replace(view, is_seen=True)
    assert tuple(mark for _, mark in steps_of(seen)) == (DONE, DONE, NOW, TODO)
    late = replace(seen, state=AttemptState.EXPIRED)
    assert tuple(mark for _, mark in steps_of(late)) == (DONE, ENDED, NOW, TODO)


def test_what_the_bank_has_is_said_on_screen_and_not_asked_for_twice(till: Till) -> None:
    uid = till.collect()
    panel = till.window.parts.counter.panel
    till.desk.pay(uid, "failure")
    till.wait(lambda: panel.steps.marks() == (DONE, NOW, FAILED, TODO))
    till.desk.gateway.trouble("capture", RateLimitedError("later"), times=10_000)
    till.desk.pay(uid, "authorized")
    till.wait(lambda: panel.steps.marks() == (DONE, DONE, NOW, TODO))
    assert "Seen by the bank: now" in panel.steps.accessibleName()
    assert "Do not pay again" in panel.note.text()
    till.desk.gateway.troubles.clear()
    till.wait(lambda: panel.steps.marks() == (DONE, DONE, DONE, DONE))


def test_a_payment_that_is_not_due_is_said_to_return_by_itself(till: Till) -> None:
    """The clerk cancels, takes cash, and the slow payment comes after all."""
    till.started()
    view = till.desk.returning("R001", "PHY-11")
    till.window.parts.poller.ask()
    till.wait(lambda: "isn't due" in till.notices())
    assert "return to the parent by itself" in till.notices()
    words, tone = note(till.desk.view(view.uid), is_offline=False)
    assert "will return by itself" in words
    assert tone == "accent"


def test_the_first_step_is_named_by_what_is_made() -> None:
    words = {
        method: steps_of(replace(make_view(1, AttemptState.AWAITING), method=method))[0][0]
        for method in (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
    }
    assert list(words.values()) == ["Order made", "QR made", "Link made"]


def test_the_steps_are_on_screen_and_spoken(till: Till) -> None:
    uid = till.collect()
    steps = till.window.parts.counter.panel.steps
    assert steps.isVisible()
    assert steps.marks() == (DONE, NOW, TODO, TODO)
    assert "Order made: done, Waiting: now" in steps.accessibleName()
    till.desk.pay(uid)
    till.wait(lambda: steps.marks() == (DONE, DONE, DONE, DONE))


def test_the_last_minute_is_amber_in_words_and_with_an_icon(till: Till) -> None:
    till.desk.expire_after(59)
    till.collect()
    panel = till.window.parts.counter.panel
    till.wait(panel.soon.isVisible)
    assert panel.countdown.property("tone") == "attention"
    assert panel.progress.property("tone") == "attention"
    assert panel.state.text() == "Expires soon"


def test_checked_says_how_long_ago_and_asks(till: Till) -> None:
    till.collect()
    checked = till.window.parts.counter.panel.checked
    till.wait(lambda: "checked" in checked.text())
    assert "F5" in checked.text()
    asked = till.looks_asked()
    checked.click()
    till.wait(lambda: till.looks_asked() == asked + 1)


def test_a_new_qr_closes_the_old_one_first(till: Till) -> None:
    first = till.collect()
    till.click("newQrButton")
    till.wait(lambda: on_screen(till).uid != first and till.named("qrView").property("text"))
    names = ("payments.open", "payments.cancel")
    calls = [each for each in till.desk.calls.names() if each in names]
    assert calls == ["payments.open", "payments.cancel", "payments.open"]
    assert till.desk.view(first).state is AttemptState.CANCELLED
    tray = till.window.parts.tray
    assert [chip.property("attempt") for chip in tray.chips()] == [on_screen(till).uid]


def test_pressing_new_qr_again_and_again_makes_one(till: Till) -> None:
    first = till.collect()
    till.desk.gateway.hang()
    button = till.the(QPushButton, "newQrButton")
    for _ in range(5):
        button.click()
    assert till.named("qrView").property("text") == "", "what is being closed must not be scanned"
    till.desk.gateway.answer()
    till.wait(lambda: on_screen(till).uid != first and till.named("qrView").property("text"))
    assert till.begun() == 2


def test_money_found_while_closing_is_paid_and_no_second_qr(till: Till) -> None:
    till.window.parts.poller.stop()
    first = till.collect()
    till.desk.pay(first)
    till.click("newQrButton")
    till.wait(lambda: till.state() == "paid")
    assert on_screen(till).uid == first
    assert till.begun() == 1


def test_when_the_last_look_fails_no_second_qr_is_made(till: Till) -> None:
    till.window.parts.poller.stop()
    first = till.collect()
    till.desk.gateway.down = UnavailableError("cable")
    till.click("newQrButton")
    till.wait(lambda: "No second QR was made for Asha Rao" in till.notices())
    assert "may still be paid" in till.notices()
    assert till.begun() == 1
    assert on_screen(till).uid == first
    assert "money may have come" in till.window.parts.counter.panel.note.text()
    till.desk.gateway.down = None
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    assert till.begun() == 2


def test_a_closing_that_is_refused_makes_no_second_qr(till: Till) -> None:
    first = till.collect()
    till.desk.calls.refuse("payments.cancel", DatabaseLockedError("busy"))
    till.click("newQrButton")
    till.wait(lambda: "Another program holds the database" in till.notices())
    till.wait(lambda: till.named("qrView").property("text"))
    assert on_screen(till).uid == first
    assert till.begun() == 1


def test_a_new_qr_for_a_payment_from_the_tray(till: Till) -> None:
    """The bill of another parent is on screen then: the fee is found by the enrolment."""
    till.desk.expire_after(1)
    first = till.collect()
    till.press(KEY.Key_Escape)
    till.desk.expire_after(60)
    till.pick("R002", "CHE-11")
    chips = till.window.parts.tray.chips
    till.wait(lambda: chips() and chips()[0].property("state") == "expired")
    chips()[0].click()
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    assert on_screen(till).student_name == "Asha Rao"
    assert on_screen(till).uid != first


def test_what_can_no_longer_be_paid_offers_another_way(till: Till) -> None:
    till.desk.expire_after(1)
    till.collect()
    till.wait(lambda: till.state() == "expired")
    assert till.shown("openPaymentButton")
    till.click("anotherWayButton")
    till.wait(lambda: till.focus == "methodSelect")
    till.wait(lambda: "₹11,800.00" in till.text("totalLabel"))
    select = till.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.CASH.value))
    till.press(KEY.Key_F9)
    till.wait(lambda: till.state() == "paid")


def test_another_way_for_a_payment_from_the_tray_bills_its_own_fee(till: Till) -> None:
    till.desk.expire_after(1)
    till.collect()
    till.press(KEY.Key_Escape)
    chips = till.window.parts.tray.chips
    till.wait(lambda: chips() and chips()[0].property("state") == "expired")
    chips()[0].click()
    till.click("anotherWayButton")
    till.wait(lambda: "₹11,800.00" in till.text("totalLabel"))
    assert till.picked() == "R001"


def test_another_way_is_offered_after_a_refusal(till: Till) -> None:
    till.collect()
    view = replace(on_screen(till), state=AttemptState.REJECTED)
    till.window.parts.counter.panel.show_view(view)
    assert till.shown("anotherWayButton")
    assert not till.shown("cancelPaymentButton")
    assert "Choose another way" in till.window.parts.counter.panel.note.text()


def test_a_qr_becomes_a_link_after_one_question(till: Till) -> None:
    first = till.collect()
    till.click("sendLinkButton")
    buttons = till.window.parts.counter.panel.buttons
    assert "₹11,800.00" in buttons.question()
    assert "closed first" in buttons.question()
    assert till.focus == "keepQrButton"
    assert till.begun() == 1
    till.click("changeToLinkButton")
    till.wait(lambda: on_screen(till).uid != first and till.named("qrView").property("text"))
    assert on_screen(till).method is Method.PAYMENT_LINK
    assert till.desk.view(first).state is AttemptState.CANCELLED


def test_after_the_change_to_a_link_sending_it_is_in_sight_and_one_key_away(till: Till) -> None:
    till.collect()
    till.click("sendLinkButton")
    till.click("changeToLinkButton")
    till.wait(lambda: on_screen(till).method is Method.PAYMENT_LINK and till.state() == "awaiting")
    till.wait(lambda: till.focus == "sendLinkButton")
    scroll = till.window.parts.counter.side.findChild(QScrollArea)
    assert scroll is not None
    till.wait(lambda: not scroll.verticalScrollBar().isVisible())
    assert not till.named("sendLinkButton").visibleRegion().isEmpty()


def test_the_steps_make_room_where_the_line_of_the_state_needs_two(till: Till) -> None:
    till.collect()
    panel = till.window.parts.counter.panel

    def has_steps(height: int) -> bool:
        panel.fit(height)
        return panel.steps.isVisible()

    enough = next(height for height in range(300, 1200) if has_steps(height))
    panel.badge.word.setText("Much longer than there is room for beside what else stands there")
    till.wait(lambda: not has_steps(enough))
    assert has_steps(enough + 100)


def test_the_qr_is_kept_when_the_question_is_taken_back(till: Till) -> None:
    till.collect()
    till.click("sendLinkButton")
    till.press(KEY.Key_Escape)
    assert till.window.parts.counter.panel.buttons.question() == ""
    assert till.named("qrView").property("text")
    assert till.focus == "checkedButton"
    assert till.desk.calls.count("payments.cancel") == 0


def test_offline_with_a_qr_up_tells_the_truth(till: Till) -> None:
    till.collect()
    till.cut_line()
    panel = till.window.parts.counter.panel
    till.wait(lambda: "Line down: the parent may pay" in panel.note.text())
    assert panel.qr.has_code
    till.mend_line()
    till.wait(panel.note.isHidden)


def test_the_working_words_belong_to_their_own_payment(till: Till) -> None:
    till.collect()
    till.press(KEY.Key_Escape)
    till.pick("R002", "CHE-11")
    till.desk.gateway.hang()
    till.press(KEY.Key_F9)
    till.wait(till.window.parts.counter.side.next.isVisible)
    till.press(KEY.Key_Escape)
    till.window.parts.tray.chips()[0].click()
    till.wait(lambda: till.named("qrView").property("text"))
    till.desk.gateway.answer()


def test_another_attempt_of_the_fee_that_was_paid_is_shown_in_its_place(till: Till) -> None:
    """`open` may answer with another attempt: the money was on an earlier one."""
    first = till.collect()
    till.press(KEY.Key_Escape)
    till.window.parts.poller.stop()
    till.desk.pay(first)
    till.desk.calls.play("payments.open", lambda _uid: till.desk.open(first))
    till.pick("R002", "CHE-11")
    till.press(KEY.Key_F9)
    till.wait(lambda: on_screen(till).uid == first and till.state() == "paid")


def test_an_unknown_course_stops_the_renewal_with_words(till: Till) -> None:
    till.collect()
    till.desk.services.courses.withdraw(till.desk.course("PHY-11").uid)
    till.click("newQrButton")
    till.wait(lambda: "no longer on offer" in till.notices())
    assert till.state() == "cancelled"


def test_an_error_of_the_gateway_leaves_the_payment_as_it_stands(till: Till) -> None:
    till.desk.calls.refuse("payments.open", NotFoundError("x"))
    till.pick()
    till.press(KEY.Key_F9)
    till.wait(lambda: "does not know this payment" in till.notices())
    assert till.state() == "intent"
    assert till.shown("openPaymentButton")
