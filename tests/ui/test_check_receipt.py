"""The dialog that checks whether a receipt is genuine: scanned, typed, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.domain.check_code import TRAINING_KEY, CentreKey, Verdict, stamped
from desktop_app.domain.money import Money
from desktop_app.services.receipts.verification import CheckedReceipt
from desktop_app.ui.core import i18n
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.receipts.check_receipt import CheckReceipt, open_check
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from tests.ui.played_ports import RECEIPT_KEY

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

STAMP = stamped(RECEIPT_KEY, "D1/26-27/000123", date(2026, 11, 20), Money(11_800_00))
OTHER = CentreKey(bytes(16), RECEIPT_KEY.since)


@pytest.fixture
def dialog(qtbot: QtBot, context: PageContext, desk: RealDesk) -> CheckReceipt:
    window = QWidget()
    qtbot.addWidget(window)
    receipts = ReceiptsPresenter(context, window)
    context.runner.open(desk.services)
    made = open_check(receipts)
    assert made is not None
    return made


def scan(dialog: CheckReceipt, qtbot: QtBot, text: str) -> str:
    """A USB scanner: it types, then presses Enter."""
    dialog._answer = None
    dialog.typed.setText(text)
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog._answer is not None)
    assert dialog.answer.isVisible()
    return dialog.verdict.text()


@pytest.mark.parametrize(
    ("text", "verdict", "icon"),
    [
        (STAMP.text, "Genuine", "paid"),
        (replace(STAMP, amount=Money(1_180_00)).text, "Not genuine", "wrong"),
        (stamped(OTHER, STAMP.number, STAMP.on, STAMP.amount).text, "Made with another key",
         "attention"),
        (stamped(TRAINING_KEY, STAMP.number, STAMP.on, STAMP.amount).text, "From practice mode",
         "training"),
        ("upi://pay?pa=x@y", "Couldn't read this receipt", "attention"),
    ],
)  # fmt: skip
def test_every_answer_has_words_and_a_shape(
    dialog: CheckReceipt, qtbot: QtBot, text: str, verdict: str, icon: str
) -> None:
    assert scan(dialog, qtbot, text) == verdict
    assert dialog.icon._icon == icon
    assert dialog.answer.accessibleName().startswith(f"{verdict}. ")
    if verdict == "Genuine":
        assert dialog.more.text() == (
            "This centre issued receipt D1/26-27/000123 on 20 Nov 2026 for ₹11,800."
        )


def test_without_a_key_it_says_so(dialog: CheckReceipt) -> None:
    dialog._show(CheckedReceipt(Verdict.NO_KEY, STAMP))
    assert dialog.verdict.text() == "No receipt key"


def test_the_next_scan_replaces_the_last(dialog: CheckReceipt, qtbot: QtBot) -> None:
    scan(dialog, qtbot, "nonsense")
    assert dialog.typed.hasSelectedText()
    assert dialog.typed.hasFocus() or not dialog.isActiveWindow()
    assert scan(dialog, qtbot, STAMP.text) == "Genuine"


def test_nothing_typed_is_nothing_asked(dialog: CheckReceipt) -> None:
    dialog.check()
    assert not dialog.answer.isVisible()


def test_it_speaks_hindi_at_once(dialog: CheckReceipt, qtbot: QtBot, qapp: QApplication) -> None:
    scan(dialog, qtbot, STAMP.text)
    i18n.set_language(qapp, "hi")
    try:
        qtbot.waitUntil(lambda: dialog.verdict.text() == "असली")
        assert "₹11,800 " in dialog.more.text()
        assert "Genuine" not in dialog.answer.accessibleName()
    finally:
        i18n.set_language(qapp, "en")
    qtbot.waitUntil(lambda: dialog.verdict.text() == "Genuine")


def test_what_was_typed_is_literal(dialog: CheckReceipt, qtbot: QtBot) -> None:
    scan(dialog, qtbot, "<img src=file:///etc/hostname>" * 9)
    assert len(dialog.typed.text()) <= 200
    for label in dialog.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text()
    dialog.close_button.click()


def test_it_opens_from_the_payments(qtbot: QtBot, context: PageContext, desk: RealDesk) -> None:
    page = PaymentsPage(context)
    qtbot.addWidget(page)
    page.check_button.click()  # the desk is not open yet
    assert page.findChild(CheckReceipt) is None
    context.runner.open(desk.services)
    page.check_button.click()
    assert isinstance(page.findChild(CheckReceipt), CheckReceipt)
