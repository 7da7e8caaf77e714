"""Refunds from a payment's details: how much, why, one confirmation, followed to the end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.refund import RefundState
from desktop_app.services.errors import OutcomeUnknownError, RejectedError, UnavailableError
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import i18n
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.counter.rows import recent_rows
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.tables.tags import REFUND_NEXT, REFUNDS
from tests.ui.notice_area import notice_area
from tests.ui.samples import SURPLUS

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.payments.refund_dialog import RefundDialog
    from tests.ui.real_desk import RealDesk


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, desk: RealDesk) -> PaymentsPage:
    made = PaymentsPage(context)
    qtbot.addWidget(made)
    made.resize(1278, 678)
    made.show()
    context.runner.open(desk.services)
    made.arrive()
    made.days.buttons["all"].click()
    qtbot.waitUntil(lambda: made.presenter.model.rowCount() == 24)
    qtbot.waitUntil(made.refund_button.isEnabled)
    return made


def dialog_of(page: PaymentsPage) -> RefundDialog:
    dialog = page.ask_refund()
    assert dialog is not None
    return dialog


def ends(qtbot: QtBot, dialog: RefundDialog, words: str) -> None:
    """Wait until the dialog says what happens to the enrolment."""
    qtbot.waitUntil(lambda: dialog.ending.text() == words)


def test_a_refund_says_that_it_ends_the_enrolment(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    dialog = dialog_of(page)
    ends(
        qtbot,
        dialog,
        "The refund ends the enrolment in Physics XI · Morning. The seat becomes free.",
    )
    dialog.part.buttons["part"].click()
    dialog.amount.setText("1,000")
    ends(qtbot, dialog, "The enrolment stays. The fee goes down by ₹1,000.")
    assert dialog.end_enrolment.isHidden()
    dialog.part.buttons["all"].click()
    qtbot.waitUntil(dialog.end_enrolment.isVisible)
    before = desk.course("PHY-11").seats_taken
    dialog.reason.setText("left")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: desk.course("PHY-11").seats_taken == before - 1)
    assert not desk.student("R001").note.endswith("active") or desk.student("R001").due


def test_the_enrolment_stays_where_that_is_chosen(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    before = desk.student("R001").due
    dialog = dialog_of(page)
    qtbot.waitUntil(dialog.end_enrolment.isVisible)
    dialog.end_enrolment.setChecked(False)
    ends(qtbot, dialog, "Asha Rao will stay enrolled. The fee will be due again.")
    dialog.reason.setText("pays in cash instead")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Asha Rao will stay enrolled. The fee is due again." in said(page))
    assert desk.student("R001").due.paise - before.paise == 11_800_00


def test_offline_the_enrolment_stays_once_the_refund_is_accepted(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.gateway.down = UnavailableError("cable")
    dialog = dialog_of(page)
    qtbot.waitUntil(dialog.end_enrolment.isVisible)
    dialog.end_enrolment.setChecked(False)
    dialog.reason.setText("leaves")
    dialog.save_button.click()
    words = (
        "Asha Rao will stay enrolled. The fee will be due again once Razorpay confirms the refund."
    )
    qtbot.waitUntil(lambda: words in said(page))
    before = desk.student("R001").due
    desk.gateway.down = None
    desk.services.refunds.follow()
    assert desk.student("R001").due.paise - before.paise == 11_800_00


def asked(desk: RealDesk) -> list[tuple[object, ...]]:
    """Every refund that was asked for: the payment, the amount, the reason."""
    return [call[:3] for call in desk.calls.of("refunds.refund")]


def said(page: PaymentsPage) -> str:
    return "\n".join(notice_area(page.context).texts())


def test_what_may_go_back_is_said(page: PaymentsPage) -> None:
    assert page.refundable.text() == "You can refund ₹11,800.00."
    assert page.refund_button.isEnabled()


def test_all_of_it_with_a_reason_once(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.gateway.refund_status = "pending"
    dialog = dialog_of(page)
    back = "Razorpay refunds ₹11,800 for Asha Rao to the original payment method"
    assert back in dialog.summary.text()
    assert dialog.save_button.text() == "Refund ₹11,800"
    desk.calls.hold("refunds.refund")
    QTest.keyClicks(dialog.reason, "left the course")
    for _ in range(2):
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not dialog.save_button.isEnabled()
    desk.calls.go_on()
    with qtbot.waitSignal(dialog.accepted):
        pass
    uid = desk.row(0).uid
    assert asked(desk) == [(uid, Money(11_800_00), "left the course")]
    assert "Refund of ₹11,800: On its way." in said(page)
    qtbot.waitUntil(lambda: page.timeline.words()[-1] == "Refund of ₹11,800 on its way")
    assert page.timeline.words()[-2] == "Refund of ₹11,800 requested · left the course"
    assert page.refundable.text() == "Nothing left to refund."
    assert not page.refund_button.isEnabled()


def test_a_part_with_its_complaints_beside_the_field(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    dialog = dialog_of(page)
    dialog.part.buttons["part"].click()
    assert dialog.focusWidget() is dialog.amount
    for typed, complaint in (
        ("0", "above ₹0"),
        ("99,999", "at most ₹11,800.00"),
        ("12.345", "2 digits"),
        ("x", "Enter the amount"),
    ):
        dialog.amount.setText(typed)
        assert dialog.summary.text() == ""
        dialog.save_button.click()
        assert complaint in dialog.fields["amount"].message.text()
    dialog.amount.setText("1,000.50")
    dialog.save_button.click()
    assert dialog.fields["reason"].message.text() == "Enter a reason in a few words."
    assert asked(desk) == []
    dialog.reason.setText("sibling discount")
    assert dialog.save_button.text() == "Refund ₹1,000.50"
    dialog.save_button.click()
    qtbot.waitUntil(lambda: asked(desk) == [(desk.row(0).uid, Money(1_000_50), "sibling discount")])
    qtbot.waitUntil(lambda: page.refundable.text() == "You can refund ₹10,799.50.")


def test_enter_leads_on_and_sends_nothing_by_itself(page: PaymentsPage, desk: RealDesk) -> None:
    dialog = dialog_of(page)
    QTest.keyClicks(dialog.reason, "x")
    QTest.keyClick(dialog.reason, Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.save_button
    assert asked(desk) == []
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.strip.is_asking
    dialog._throw_away()


def test_cash_comes_from_the_drawer(page: PaymentsPage, qtbot: QtBot) -> None:
    page.table.pick_row(1)
    qtbot.waitUntil(lambda: "in cash" in page.refundable.text())
    dialog = dialog_of(page)
    assert "from the drawer" in dialog.summary.text()
    assert not dialog.waits.isVisible()
    dialog._throw_away()


def test_offline_it_says_that_it_waits(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.gateway.down = UnavailableError("cable")
    desk.real.polling.reconcile()
    dialog = dialog_of(page)
    assert dialog.waits.isVisible()
    dialog.reason.setText("leaves")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Not sent yet" in said(page))
    assert "find it in the Inbox" in said(page)


def test_a_refusal_stays_in_the_dialog_and_nothing_typed_is_lost(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.gateway.trouble("refund", RejectedError("secret"))
    dialog = dialog_of(page)
    dialog.reason.setText("left")
    dialog.save_button.click()
    qtbot.waitUntil(dialog.strip.isVisible)
    assert "Razorpay rejected the request" in dialog.strip.words.text()
    assert "secret" not in dialog.strip.words.text()
    assert dialog.reason.text() == "left"
    assert dialog.save_button.text() == "Refund ₹11,800"
    dialog._throw_away()


def test_a_refund_that_another_window_made_meanwhile_is_not_made_twice(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    dialog = dialog_of(page)
    dialog.part.buttons["part"].click()
    dialog.amount.setText("1,000")
    dialog.reason.setText("sibling discount")
    desk.real.refunds.refund(desk.row(0).uid, Money(1_000_00), "sibling discount")
    dialog.save_button.click()
    qtbot.waitUntil(dialog.strip.isVisible)
    assert "already refunded this payment, in full or in part" in dialog.strip.words.text()
    assert "used the payment twice" in dialog.strip.words.text()
    assert len(desk.gateway.refunds) == 1
    dialog._throw_away()


def test_closed_while_it_is_sent_the_answer_comes_as_a_notice(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.calls.hold("refunds.refund")
    desk.gateway.trouble("refund", OutcomeUnknownError("x"), times=2)
    dialog = dialog_of(page)
    dialog.reason.setText("left")
    dialog.save_button.click()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    desk.calls.go_on()
    qtbot.waitUntil(lambda: "Razorpay's answer didn't arrive" in said(page))


def test_a_pending_refund_is_followed(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    def words() -> list[str]:
        return [each for each in page.timeline.words() if "efund" in each]

    paid = desk.row(0)
    desk.gateway.refund(paid.payment_id or "", Money(100), key="dashboard", reference="")
    desk.real.polling.reconcile()
    page.refunds.read_again()
    noticed = ["Refund of ₹1 made on Razorpay's dashboard", "₹1 refunded"]
    qtbot.waitUntil(lambda: words() == noticed)
    desk.gateway.refund_status = "pending"
    desk.real.refunds.refund(paid.uid, Money(200), "left")
    page.refunds.read_again()
    qtbot.waitUntil(lambda: words()[-1] == "Refund of ₹2 on its way")
    assert page.refunds._again.isActive()
    desk.gateway.settle_refund(list(desk.gateway.refunds)[-1], "processed")
    desk.real.polling.reconcile()
    page.refunds._again.timeout.emit()
    qtbot.waitUntil(lambda: words()[-1] == "₹2 refunded")
    page.table.pick_row(1)
    qtbot.waitUntil(lambda: bool(page.timeline.steps) and not words())


def test_every_state_of_a_refund_has_words_and_a_next_step() -> None:
    for state in RefundState:
        assert REFUNDS[state].word
        assert REFUNDS[state].icon
        assert REFUND_NEXT[state].endswith(".")


def test_a_processed_refund_names_nobody_because_cash_never_passes_razorpay() -> None:
    assert "Razorpay" not in REFUND_NEXT[RefundState.PROCESSED]


def test_the_receipt_of_a_refunded_payment_is_marked(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.real.refunds.refund(desk.row(0).uid, Money(100), "left")
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.badge.word.text() == "Partly refunded")
    assert page.facts.text_of("Receipt") == f"{desk.row(0).receipt_no}, refunded"


def test_the_receipt_is_marked_while_a_refund_is_on_its_way(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.gateway.refund_status = "pending"
    desk.gateway.trouble("refund", UnavailableError("down"))
    made = desk.real.refunds.refund(desk.row(0).uid, None, "left")
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.badge.word.text() == "Refund requested")
    number = desk.row(0).receipt_no
    assert page.facts.text_of("Receipt") == f"{number}, refund requested"
    assert not page.facts.text_of("Refunded"), "nothing went back yet"
    [row] = recent_rows((desk.row(0),))
    assert "Refund requested" in [cell.text for cell in row.cells]
    desk.real.outbox.run(everything=True)
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.badge.word.text() == "Refund on its way")
    assert page.facts.text_of("Receipt") == f"{number}, refund on its way"
    desk.gateway.settle_refund(made.uid.replace("-", ""), "processed")
    desk.real.polling.reconcile()
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.badge.word.text() == "Refunded")


def test_payments_by_status(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.real.refunds.refund(desk.row(0).uid, Money(1), "left")
    model = page.presenter.model
    for state, count in (("late", 2), ("held", 1), ("", 24), ("refunded", 1), ("", 24)):
        page.state.choose(state)
        qtbot.waitUntil(partial(_has_rows, model, count))


def _has_rows(model: QAbstractItemModel, count: int) -> bool:
    return model.rowCount() == count


def test_held_money_leads_to_the_inbox_until_it_is_decided(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    page.table.pick_row(SURPLUS)
    assert page.inbox_button.isVisible()
    with qtbot.waitSignal(page.context.calls.show_page):
        page.inbox_button.click()
    held = desk.row(SURPLUS)
    desk.change_course("CHE-11", seats=9)
    desk.student_with_due("R011", "CHE-11", like=held.roll_no)
    [due] = desk.real.unapplied.family_dues(held.uid)
    desk.real.unapplied.put_against(held.uid, due.due_uid)
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.badge.word.text() == "Paid late")
    assert not page.inbox_button.isVisible()
    assert "In the Inbox, you used this payment for another fee" in page.note.text()


def test_the_dialog_follows_the_language(
    page: PaymentsPage, qtbot: QtBot, qapp: QApplication
) -> None:
    dialog = dialog_of(page)
    dialog.save_button.click()
    i18n.set_language(qapp, "hi")
    try:
        qtbot.waitUntil(lambda: dialog.save_button.text() == "₹11,800 रिफ़ंड करें")
        assert dialog.fields["reason"].message.text() == "कारण कुछ शब्दों में लिखें।"
        assert "वहीं लौटाएगा" in dialog.summary.text()
        texts = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
        ours = [text for text in texts if text and "Asha" not in text]
        assert all(any(letter > "ऀ" for letter in text) for text in ours)
    finally:
        i18n.set_language(qapp, "en")
    qtbot.waitUntil(lambda: dialog.save_button.text() == "Refund ₹11,800")
    dialog._throw_away()


def test_a_cash_refund_needs_no_internet(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    page.table.pick_row(1)
    qtbot.waitUntil(lambda: page._row is not None and page._row.method is Method.CASH)
    qtbot.waitUntil(lambda: "in cash" in page.refundable.text())
    dialog = dialog_of(page)
    dialog.reason.setText("left")
    dialog.save_button.click()
    qtbot.waitUntil(
        lambda: f"Refund of {short_rupees(desk.row(1).amount)}: Refunded." in said(page)
    )
