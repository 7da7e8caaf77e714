"""Concessions at the counter: F4, what each gives, promo codes, the running total, and F9."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidget

from desktop_app.domain.concession_kinds import SHIPPED
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.promo_codes import PromoCode, WrongCodes
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.counter.concession_dialog import ConcessionDialog

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk

KEY = Qt.Key
JEE10 = PromoCode("JEE10", ConcessionMeasure.PERCENT, 1_000)


def opened(clerk: Clerk, *, by_key: bool = True) -> ConcessionDialog:
    if by_key:
        clerk.press(KEY.Key_F4)
    else:
        clerk.click("concessionButton")
    clerk.wait(lambda: clerk.window.findChild(ConcessionDialog, "concessionDialog"))
    dialog = clerk.the(ConcessionDialog, "concessionDialog")
    clerk.wait(lambda: dialog.table.rowCount() and dialog.sums.text())
    clerk.bot.waitUntil(dialog.isVisible)
    return dialog


def rows(dialog: ConcessionDialog) -> dict[str, str]:
    table = dialog.table
    found = {}
    for row in range(table.rowCount()):
        words, figures = table.item(row, 0), table.item(row, 1)
        assert words is not None
        assert figures is not None
        assert figures.flags() & Qt.ItemFlag.ItemIsSelectable, "one whole row"
        found[words.text()] = figures.text()
    return found


def check(dialog: ConcessionDialog, words: str) -> None:
    for row in range(dialog.table.rowCount()):
        item = dialog.table.item(row, 0)
        assert item is not None
        if item.text().startswith(words):
            item.setCheckState(Qt.CheckState.Checked)
            return
    raise AssertionError(words)


@pytest.fixture
def whole(clerk: Clerk) -> Money:
    """Pick a student and a course; return the fee."""
    clerk.pick()
    return clerk.desk.course("PHY-11").total


def test_f4_lists_what_each_concession_would_give(clerk: Clerk, whole: Money) -> None:
    dialog = opened(clerk)
    found = rows(dialog)
    assert found["Early bird"] == short_rupees(Money(1_000_00))
    assert found["Sibling · 10 %"] == "no sibling enrolled"
    assert found["Merit"] == "by marks"
    assert short_rupees(whole) in dialog.sums.text()
    assert isinstance(dialog.table, QTableWidget)
    assert dialog.table.objectName() == "concessionTable"
    check(dialog, "Early bird")
    dialog.reject()
    clerk.idle()
    assert clerk.text("totalLabel") == str(whole), "Esc leaves the bill as it was"


def test_what_is_applied_is_on_the_bill_and_is_collected(clerk: Clerk, whole: Money) -> None:
    dialog = opened(clerk)
    check(dialog, "Early bird")
    left = Money(whole.paise - 1_000_00)
    clerk.wait(lambda: short_rupees(left) in dialog.sums.text())
    dialog.save_button.click()
    clerk.wait(lambda: clerk.text("totalLabel") == str(left))
    clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.state() == "paid")
    receipt = clerk.desk.real.receipts.latest()
    assert receipt is not None
    assert receipt.amount == left
    assert [line.label for line in receipt.lines][1] == "Concession: Early bird"


def test_a_code_is_added_at_enter_and_a_wrong_one_is_named(clerk: Clerk, whole: Money) -> None:
    clerk.desk.real.promos.add(JEE10)
    dialog = opened(clerk)
    dialog.promo.setFocus()
    dialog.promo.setText("nothing")
    QTest.keyClick(dialog.promo, KEY.Key_Return)
    clerk.wait(lambda: dialog.fields["promo"].is_wrong)
    assert "NOTHING" in dialog.fields["promo"].message.text()
    dialog.promo.setText(" jee10 ")
    QTest.keyClick(dialog.promo, KEY.Key_Return)
    clerk.wait(lambda: "Code JEE10" in rows(dialog))
    left = Money(whole.paise - whole.paise // 10 // 100 * 100)
    QTest.keyClick(dialog.promo, KEY.Key_Return)  # an empty box: Enter applies
    clerk.wait(lambda: clerk.text("totalLabel") == str(left))


def test_five_wrong_codes_close_the_box_for_a_while(clerk: Clerk, whole: Money) -> None:
    assert whole
    dialog = opened(clerk)
    for number in range(5):
        dialog.promo.setFocus()
        dialog.promo.setText(f"GUESS{number}")
        QTest.keyClick(dialog.promo, KEY.Key_Return)
        clerk.idle()
    assert not dialog.promo.isEnabled()
    assert "30 seconds" in dialog.fields["promo"].message.text()
    dialog.reject()
    clerk.wait(lambda: clerk.window.findChild(ConcessionDialog, "concessionDialog") is None)
    again = opened(clerk, by_key=False)
    assert not again.promo.isEnabled()


def test_wrong_codes_of_more_than_a_minute_ago_do_not_count() -> None:
    wrong = WrongCodes()
    for at in (0.0, 20.0, 40.0, 59.0, 61.0):
        wrong.note(at)
    assert wrong.pause_left(61.0) == 0
    wrong.note(62.0)
    assert wrong.pause_left(62.0) == 30.0
    assert wrong.pause_left(92.0) == 0


def test_another_concession_is_typed_with_its_reason_and_a_cap_that_bites_is_said(
    clerk: Clerk, whole: Money
) -> None:
    tenth = Money(whole.paise // 10 // 100 * 100)
    for typed, off in (("10 %", tenth), ("500", Money(500_00))):
        dialog = opened(clerk)
        dialog.amount.setText("50 %")
        clerk.wait(dialog.limit.isVisible)
        assert "The limit is 40 %" in dialog.limit.text()
        dialog.amount.setText(typed)
        left = Money(whole.paise - off.paise)
        clerk.wait(lambda: short_rupees(left) in dialog.sums.text())  # noqa: B023
        assert not dialog.limit.isVisible()
        dialog.save_button.click()
        clerk.wait(lambda: dialog.fields["reason"].is_wrong)  # noqa: B023
        dialog.reason.setText("agreed with the owner")
        dialog.save_button.click()
        clerk.wait(lambda: clerk.text("totalLabel") == str(left))  # noqa: B023
        clerk.window.parts.counter.presenter.concede(())
        clerk.wait(lambda: clerk.text("totalLabel") == str(whole))


def test_a_whole_scholarship_enrols_without_a_payment(clerk: Clerk, whole: Money) -> None:
    assert whole
    free = replace(SHIPPED[-1], code="free", title="Scholarship", value=10_000, ignores_cap=True)
    clerk.desk.real.concessions.save_kind(free)
    dialog = opened(clerk)
    check(dialog, "Scholarship")
    dialog.save_button.click()
    clerk.wait(lambda: "Enrol without a payment" in clerk.text("collectButton"))
    assert clerk.text("totalLabel") == "₹0.00"
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "The concession covers the whole fee" in clerk.notices())
    student = clerk.desk.real.students.find("R001")
    assert student.is_enrolled


def test_f4_without_a_fee_says_what_is_missing(clerk: Clerk) -> None:
    clerk.press(KEY.Key_F4)
    clerk.wait(lambda: "no fee to reduce" in clerk.notices())


def test_a_code_that_is_used_up_meanwhile_is_taken_off_with_its_sentence(
    clerk: Clerk, whole: Money
) -> None:
    clerk.desk.real.promos.add(replace(JEE10, most_uses=1))
    dialog = opened(clerk)
    dialog.promo.setFocus()
    dialog.promo.setText("JEE10")
    QTest.keyClick(dialog.promo, KEY.Key_Return)
    clerk.wait(lambda: "Code JEE10" in rows(dialog))
    dialog.save_button.click()
    clerk.wait(lambda: clerk.text("totalLabel") != str(whole))
    clerk.desk.real.promos.archive("JEE10")
    clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: "JEE10" in clerk.notices())
    clerk.wait(lambda: clerk.text("totalLabel") == str(whole))
    assert clerk.window.parts.counter.presenter.wishes == ()
