"""The inbox: held money decided once, by mouse or one key; errands and disputes in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop_app.domain.payment import Method
from desktop_app.services.errors import RejectedError, UnauthorisedError, UnavailableError
from desktop_app.services.unapplied.service import REASONS as LATE
from desktop_app.services.unapplied.unmatched import REASON as STRAY
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import i18n
from desktop_app.ui.core.formatting import when_text
from desktop_app.ui.inbox.outbox_pane import problem_words
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.inbox.unapplied_card import REASONS, UnappliedCard
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk


@pytest.fixture
def desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk that holds money, see `held_money`."""
    return open_copy("held")


@pytest.fixture
def held(desk: RealDesk) -> tuple[str, str]:
    """The held payments: money that came late, and money twice."""
    uids = {each.roll_no: each.uid for each in desk.real.unapplied.held()}
    return uids["R001"], uids["R004"]


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, desk: RealDesk) -> InboxPage:
    made = InboxPage(context)
    qtbot.addWidget(made)
    made.resize(1274, 700)
    made.show()
    context.runner.open(desk.services)
    made.arrive()
    qtbot.waitUntil(lambda: len(cards(made)) == 2)
    made.body.focus_first()
    return made


def decided(desk: RealDesk) -> list[tuple[object, ...]]:
    """Every decision that was asked for."""
    names = {"unapplied.enrol", "unapplied.refund", "unapplied.put_against"}
    return [call for call in desk.calls.made if call[0] in names]


def cards(page: InboxPage) -> list[UnappliedCard]:
    return page.body.cards


def words(page: InboxPage) -> str:
    return "\n".join(notice_area(page.context).texts())


def test_a_card_says_who_what_how_much_since_when_and_why(page: InboxPage) -> None:
    card = cards(page)[0]
    assert card.name.full_text() == "Asha Rao · R001"
    assert card.course.full_text() == "Physics XI · Morning"
    assert card.amount.text() == "₹11,800.00"
    assert re.fullmatch(r"received (\d+ \w+ )?[\d:]+", card.when.text()), card.when.text()
    assert card.why.text() == "The payment arrived late and the course is full. A seat is free."
    assert cards(page)[1].why.text() == "This fee was already paid."
    assert "Asha Rao" in card.accessibleName()
    assert page.body.count.text() == "2 need attention"


def test_enrolling_is_offered_only_where_a_seat_is_free(page: InboxPage) -> None:
    assert cards(page)[0].enrol_button.isVisible()
    assert not cards(page)[1].enrol_button.isVisible()


def test_a_double_click_enrols_once(
    page: InboxPage, qtbot: QtBot, desk: RealDesk, held: tuple[str, str]
) -> None:
    desk.calls.hold("unapplied.enrol")
    button = cards(page)[0].enrol_button
    for _ in range(2):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    page.presenter.enrol(cards(page)[0].held)
    assert cards(page)[0].busy.isVisible()
    assert not button.isEnabled()
    desk.calls.go_on()
    qtbot.waitUntil(lambda: len(cards(page)) == 1)
    assert decided(desk) == [("unapplied.enrol", held[0])]
    assert "Asha Rao is enrolled in Physics XI · Morning" in words(page)


def test_one_key_a_decision_and_arrows_between_cards(
    page: InboxPage, qtbot: QtBot, desk: RealDesk, held: tuple[str, str]
) -> None:
    QTest.keyClick(cards(page)[0], Qt.Key.Key_Down)
    assert QApplication.focusWidget() is cards(page)[1]
    QTest.keyClick(cards(page)[1], Qt.Key.Key_E)
    assert decided(desk) == []
    QTest.keyClick(cards(page)[1], Qt.Key.Key_Up)
    QTest.keyClick(cards(page)[0], Qt.Key.Key_E)
    qtbot.waitUntil(lambda: decided(desk) == [("unapplied.enrol", held[0])])
    qtbot.waitUntil(lambda: len(cards(page)) == 1)
    assert QApplication.focusWidget() is cards(page)[0]


def test_a_refund_is_asked_about_once_with_the_amount_and_the_safe_answer_first(
    page: InboxPage, qtbot: QtBot, desk: RealDesk, held: tuple[str, str]
) -> None:
    desk.gateway.refund_status = "pending"
    card = cards(page)[1]
    QTest.keyClick(card, Qt.Key.Key_R)
    assert "₹11,800.00" in card.question.words.text()
    assert QApplication.focusWidget() is card.question.no
    QTest.keyClick(card.question.no, Qt.Key.Key_Return)
    assert decided(desk) == []
    assert not card.question.isVisible()
    card.refund_button.click()
    assert card.question.yes.text() == "Refund ₹11,800.00"
    card.question.yes.click()
    qtbot.waitUntil(lambda: len(cards(page)) == 1)
    assert decided(desk) == [("unapplied.refund", held[1])]
    qtbot.waitUntil(lambda: "On its way" in words(page))


def test_a_refund_without_a_line_says_that_it_waits(
    page: InboxPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.gateway.down = UnavailableError("cable")
    cards(page)[1].ask_refund()
    cards(page)[1].question.yes.click()
    qtbot.waitUntil(lambda: "Not sent yet" in words(page))
    assert "send the refund once you're back online" in words(page)


def test_dues_that_fit_come_first_and_only_they_can_be_paid(
    page: InboxPage, qtbot: QtBot, desk: RealDesk, held: tuple[str, str]
) -> None:
    desk.student_with_due("R011", "CHE-11", like="R001")
    desk.student_with_due("R012", "PHY-11", like="R001", name="<b>x</b>")
    known = desk.real.unapplied.family_dues(held[0])
    [fitting] = [each.due_uid for each in known if each.fits]
    assert len(known) == 2
    card = cards(page)[0]
    QTest.keyClick(card, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: len(card.choice.buttons) == 1)
    assert card.choice.buttons[0].property("due") == fitting
    assert QApplication.focusWidget() is card.choice.buttons[0]
    page.go_back()
    assert not card.choice.isVisible()
    card.dues_button.click()
    qtbot.waitUntil(card.choice.isVisible)
    card.choice.buttons[0].click()
    qtbot.waitUntil(lambda: len(cards(page)) == 1)
    assert decided(desk) == [("unapplied.put_against", held[0], fitting)]


@pytest.mark.parametrize(
    ("has_one", "said"), [(True, "different amounts"), (False, "no other fee due")]
)
def test_where_no_due_fits_it_says_so(
    page: InboxPage, qtbot: QtBot, desk: RealDesk, has_one: bool, said: str
) -> None:
    if has_one:
        desk.student_with_due("R011", "CHE-11", like="R001")
    card = cards(page)[0]
    card.dues_button.click()
    qtbot.waitUntil(card.choice.isVisible)
    assert said in card.choice.words.text()
    assert card.choice.buttons == []
    card.choice.close_button.click()
    assert QApplication.focusWidget() is card


def test_what_was_decided_elsewhere_is_said_and_goes(
    page: InboxPage, qtbot: QtBot, desk: RealDesk, held: tuple[str, str]
) -> None:
    desk.real.unapplied.enrol(held[0])
    cards(page)[0].enrol_button.click()
    qtbot.waitUntil(lambda: len(cards(page)) == 1)
    assert "This payment already covers a fee: Asha Rao · Physics XI · Morning." in words(page)
    assert "used the payment twice" in words(page)


def test_a_seat_that_is_gone_leaves_the_card(page: InboxPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.change_course("PHY-11", seats=0)
    cards(page)[0].enrol_button.click()
    qtbot.waitUntil(lambda: "The course is full" in words(page))
    assert len(cards(page)) == 2
    qtbot.waitUntil(cards(page)[0].refund_button.isEnabled)
    qtbot.waitUntil(lambda: not cards(page)[0].enrol_button.isVisible())


def test_a_gateway_error_is_told_by_the_table(
    page: InboxPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.gateway.trouble("refund", UnauthorisedError("secret detail"))
    cards(page)[1].ask_refund()
    cards(page)[1].question.yes.click()
    qtbot.waitUntil(lambda: "rejected the API keys" in words(page) and len(cards(page)) == 2)
    assert "secret detail" not in words(page)


def test_a_card_stays_while_its_refund_is_under_way(
    page: InboxPage, qtbot: QtBot, desk: RealDesk
) -> None:
    """The refund is written before Razorpay answers; a list read then no longer has the money."""
    desk.gateway.trouble("refund", UnauthorisedError("401"))
    desk.gateway.hang()
    card = cards(page)[1]
    card.ask_refund()
    card.question.yes.click()
    qtbot.waitUntil(lambda: len(desk.real.unapplied.held()) == 1)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.presenter.inbox.errands) == 1)
    assert cards(page)[1] is card
    desk.gateway.answer()
    qtbot.waitUntil(lambda: "rejected the API keys" in words(page) and len(cards(page)) == 2)
    assert cards(page)[1] is card


def test_reading_anew_takes_no_question_away(page: InboxPage, qtbot: QtBot, desk: RealDesk) -> None:
    card = cards(page)[0]
    card.ask_refund()
    desk.held("R007", "MATH-9")
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: len(cards(page)) == 3)
    assert cards(page)[0] is card
    assert card.question.isVisible()


def test_errands_say_what_since_when_how_often_and_why_not(
    page: InboxPage, qtbot: QtBot, desk: RealDesk
) -> None:
    error = UnavailableError("cable")
    desk.waiting_refund("R002", "PHY-11", error)
    for _ in range(2):
        desk.gateway.trouble("refund", error)
        desk.real.outbox.run(everything=True)
    code = desk.shown("R003", "MATH-9", Method.QR_CODE)
    desk.gateway.trouble("close_qr", RejectedError("no"))
    desk.real.payments.cancel(code.uid)
    since = desk.real.outbox.commands()[0].since
    page.refresh()
    qtbot.waitUntil(lambda: len(page.body.outbox.errands) == 2)
    first, second = page.body.outbox.errands
    assert first.what.text() == "Refund of ₹11,800.00"
    assert first.badge.word.text() == "Pending"
    assert first.tried.text() == (
        f"since {when_text(since)} · tried 3 times · Can't reach Razorpay."
    )
    assert (second.what.text(), second.badge.word.text()) == ("Close a QR code", "Needs attention")
    assert page.body.count.text() == "3 need attention"


def test_errands_are_tried_at_once_when_told(page: InboxPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.waiting_refund("R002", "PHY-11")
    page.refresh()
    qtbot.waitUntil(page.body.outbox.run_button.isVisible)
    desk.gateway.trouble("refund", UnavailableError("cable"))
    desk.calls.hold("outbox.run")
    page.body.outbox.run_button.click()
    page.body._run()
    assert not page.body.outbox.run_button.isEnabled()
    desk.calls.go_on()
    qtbot.waitUntil(lambda: "Some requests are still pending" in words(page))
    assert desk.calls.count("outbox.run") == 1
    qtbot.waitUntil(page.body.outbox.run_button.isEnabled)
    page.body.outbox.run_button.click()
    qtbot.waitUntil(lambda: "We sent everything to Razorpay" in words(page))
    qtbot.waitUntil(lambda: not page.body.outbox.errands)


def test_disputes_name_the_day_to_answer(page: InboxPage, qtbot: QtBot, desk: RealDesk) -> None:
    known = (("R008", "arbitration", 0), ("R002", "open", 2020), ("R003", "won", 0),
             ("R007", "open", 2199))  # fmt: skip
    for roll_no, status, year in known:
        until = datetime(year, 11, 20, tzinfo=UTC) if year else None
        desk.disputed(roll_no, "MATH-9", status, until)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.body.outbox.disputes) == 4)
    lines = page.body.outbox.disputes
    assert lines[0].until.text().startswith("Answer by 20 Nov 2199")
    assert [line.badge.word.text() for line in lines] == [
        "Answer needed",
        "Dispute won",
        "Answer needed",
        "New",
    ]
    assert lines[2].until.text().startswith("The last day to answer was 20 Nov 2020")
    assert page.body.count.text() == "4 need attention"


def test_payments_that_return_by_themselves_ask_for_no_decision(
    page: InboxPage, qtbot: QtBot, desk: RealDesk
) -> None:
    pane = page.body.outbox
    assert not pane.returning_title.isVisible()
    view = desk.returning("R008", "MATH-9")
    desk.real.polling.reconcile()
    page.refresh()
    qtbot.waitUntil(lambda: len(pane.returning) == 1)
    [line] = pane.returning
    assert pane.returning_title.isVisible()
    assert line.badge.word.text() == "Returning"
    assert line.about.full_text().startswith(view.student_name)
    assert "we didn't take the payment" in line.noticed.text()
    assert page.body.count.text() == "2 need attention", "as before"
    desk.gateway.return_uncaptured(line.returning.payment_id)
    desk.real.polling.reconcile()
    page.refresh()
    qtbot.waitUntil(lambda: not pane.returning)
    assert not pane.returning_title.isVisible()


def test_nothing_held_is_explained(
    qtbot: QtBot, context: PageContext, open_copy: Callable[..., RealDesk]
) -> None:
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(open_copy("counter").services)
    with qtbot.waitSignal(page.presenter.loaded):
        page.arrive()
    assert page.body.empty.title.text() == "All settled"
    assert page.body.outbox.none.isVisible()
    assert not page.body.outbox.isVisible(), "nothing on its way takes one line only"
    assert page.body.count.text() == ""


def test_everything_follows_the_language(
    page: InboxPage, qtbot: QtBot, qapp: QApplication, desk: RealDesk
) -> None:
    desk.waiting_refund("R002", "PHY-11")
    desk.disputed("R003", "MATH-9")
    page.refresh()
    qtbot.waitUntil(lambda: bool(page.body.outbox.disputes))
    cards(page)[1].ask_refund()
    i18n.set_language(qapp, "hi")
    try:
        card = cards(page)[1]
        qtbot.waitUntil(lambda: card.why.text() == "इस फ़ीस का पेमेंट पहले ही हो चुका था।")
        assert "₹11,800.00" in card.question.words.text()
        assert card.question.yes.text() == "₹11,800.00 रिफ़ंड करें"
        assert page.body.outbox.errands[0].badge.word.text() == "पेंडिंग"
        assert page.body.count.text() == "3 पर ध्यान दें"
        for button in page.findChildren(QPushButton):
            assert not button.text() or any(letter > "ऀ" for letter in button.text())
    finally:
        i18n.set_language(qapp, "en")
    qtbot.waitUntil(lambda: card.why.text() == "This fee was already paid.")


def test_a_problem_is_said_by_the_table_of_notices() -> None:
    assert problem_words("UnavailableError") == "Can't reach Razorpay."
    assert problem_words("SomethingElse") == "The last try failed."
    assert problem_words("") == ""


def test_late_inbox_is_in_the_window_and_counted_in_the_navigation(clerk: Clerk) -> None:
    assert clerk.window.parts.pages.page("inbox").isAncestorOf(clerk.named("lateInbox"))
    assert clerk.window.findChildren(UnappliedCard) == []
    clerk.desk.held("R007", "MATH-9", seat=True)
    clerk.window.parts.calls.changed.emit(Changes(payments=True))
    nav = clerk.named("inboxNav")
    clerk.wait(lambda: nav.count == 1)  # type: ignore[attr-defined]
    assert nav.accessibleDescription() == "1 needs attention"
    assert len(clerk.window.findChildren(UnappliedCard)) == 1
    clerk.press(Qt.Key.Key_I, control=True)
    clerk.wait(lambda: isinstance(clerk.focused, UnappliedCard))
    assert clerk.window.parts.page() is clerk.window.parts.pages.page("inbox")
    clerk.press(Qt.Key.Key_E)
    clerk.wait(lambda: nav.count == 0)  # type: ignore[attr-defined]


def test_every_reason_of_the_services_is_known_to_the_card() -> None:
    assert set(REASONS) == {*LATE.values(), STRAY}


def test_money_of_nobody_known_is_shown_all_the_same(
    page: InboxPage, qtbot: QtBot, desk: RealDesk
) -> None:
    [known, *_more] = desk.real.unapplied.held()
    unknown = replace(known, uid="h9", student_name="", roll_no="", course_label="")
    desk.calls.play("unapplied.held", lambda: (unknown,))
    page.refresh()
    qtbot.waitUntil(lambda: cards(page)[0].name.full_text() == "Unknown payer")


# --- money of another amount or currency


@pytest.fixture
def amounts_desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    return open_copy("other amounts")


@pytest.fixture
def other_amounts(qtbot: QtBot, context: PageContext, amounts_desk: RealDesk) -> InboxPage:
    made = InboxPage(context)
    qtbot.addWidget(made)
    made.resize(1274, 700)
    made.show()
    context.runner.open(amounts_desk.services)
    made.arrive()
    qtbot.waitUntil(lambda: len(cards(made)) == 5)
    return made


def card_of(page: InboxPage, roll_no: str) -> UnappliedCard:
    return next(card for card in cards(page) if card.held.roll_no == roll_no)


def test_a_card_of_another_amount_shows_both_figures_and_what_stays_due(
    other_amounts: InboxPage,
) -> None:
    part, whole, more = (card_of(other_amounts, roll) for roll in ("R001", "R004", "R005"))
    assert part.why.text() == "The parent paid ₹5,000 instead of ₹11,800."
    assert part.after.text() == "After that, ₹6,800 will still be due."
    assert part.apply_button.text() == " &Apply ₹5,000"
    assert not part.enrol_button.isVisible()
    assert whole.after.text() == "Together, the two payments on this link cover the fee in full."
    assert whole.apply_button.text() == " Apply both (₹11,800)"
    assert (
        more.after.text()
        == "This payment covers the fee in full. ₹279 stays here until you refund it."
    )
    assert "The parent paid ₹5,000 instead of ₹11,800." in part.accessibleName()


def test_another_currency_can_only_be_refunded(other_amounts: InboxPage) -> None:
    card = card_of(other_amounts, "R006")
    assert card.amount.text() == "USD 129.00"
    assert card.why.text() == (
        "The parent paid USD 129.00 instead of ₹11,800. The payment is in another currency. "
        "You can only refund it."
    )
    assert not card.apply_button.isVisible()
    assert not card.dues_button.isVisible()
    assert not card.after.isVisible()
    card.refund_button.click()
    assert "USD 129.00" in card.question.yes.text()


def test_a_part_is_applied_by_its_key_once(
    other_amounts: InboxPage, qtbot: QtBot, amounts_desk: RealDesk
) -> None:
    card = card_of(other_amounts, "R001")
    card.setFocus()
    for _ in range(2):
        QTest.keyClick(card, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: len(cards(other_amounts)) == 4)
    calls = [call for call in amounts_desk.calls.made if call[0] == "unapplied.apply"]
    assert len(calls) == 1
    assert "We used ₹5,000 from Asha Rao for Physics XI · Morning. ₹6,800 is still due." in words(
        other_amounts
    )


def test_two_parts_leave_the_inbox_together(other_amounts: InboxPage, qtbot: QtBot) -> None:
    card_of(other_amounts, "R004").apply_button.click()
    qtbot.waitUntil(lambda: len(cards(other_amounts)) == 3)
    assert "covers the fee for Physics XI · Morning in full." in words(other_amounts)


def test_what_the_fee_does_not_take_stays_as_a_card(other_amounts: InboxPage, qtbot: QtBot) -> None:
    card_of(other_amounts, "R005").apply_button.click()
    said = "₹279 of the ₹12,079 payment is left."
    qtbot.waitUntil(lambda: said in [each.why.text() for each in cards(other_amounts)])
    assert not card_of(other_amounts, "R005").apply_button.isVisible()
    assert "₹279 is left over. Refund it in the Inbox." in words(other_amounts)
