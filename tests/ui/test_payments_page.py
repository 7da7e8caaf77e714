"""The payments page: what came in, its sum, its state in words, and receipts printed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.receipt import IST
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.payments.presenter import start_of_day
from desktop_app.ui.tables.tags import payment_tag
from tests.ui.notice_area import notice_area
from tests.ui.samples import LATE, SURPLUS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.ui.core.page import PageContext
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
    return made


def column(page: PaymentsPage, at: int) -> list[str]:
    model = page.presenter.model
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def test_newest_first_with_the_sum_of_all(qtbot: QtBot, page: PaymentsPage, desk: RealDesk) -> None:
    times = [datetime.strptime(each, "%d-%m-%Y %H:%M") for each in column(page, 0)]  # noqa: DTZ007
    assert times == sorted(times, reverse=True)
    assert page.count.text() == "24 payments"
    paid = str(Money(sum(row.amount.paise for row in desk.payments())))
    qtbot.waitUntil(lambda: page.sum.text() == paid)
    assert page.amount.text() == "₹11,800.00"
    assert page.badge.word.text() == "Paid"


def since_of(desk: RealDesk) -> datetime | None:
    """From when on the page wanted payments at last."""
    which = desk.calls.of("receipts.payments")[-1][0]
    assert isinstance(which, PaymentFilter)
    return which.since


def test_today_begins_at_midnight_in_india(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    evening = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    assert start_of_day(evening) == datetime(2026, 11, 21, 0, 0, tzinfo=IST)
    page.days.buttons["today"].click()
    qtbot.waitUntil(lambda: since_of(desk) is not None)
    since = since_of(desk)
    assert since is not None
    assert (since.astimezone(IST).hour, since.astimezone(IST).minute) == (0, 0)


def test_filter_by_method_and_text(page: PaymentsPage, qtbot: QtBot) -> None:
    page.method.setCurrentIndex(page.method.findData("cash"))
    qtbot.waitUntil(lambda: set(column(page, 3)) == {"Cash"})
    page.method.setCurrentIndex(page.method.findData("upi"))
    qtbot.waitUntil(lambda: set(column(page, 3)) == {"UPI"})
    page.method.setCurrentIndex(page.method.findData("link"))
    qtbot.waitUntil(lambda: set(column(page, 3)) == {"Payment link"})
    QTest.keyClicks(page.finder, "meena")
    qtbot.waitUntil(lambda: set(column(page, 1)) == {"Meena Sharma"})


def test_an_empty_day_leads_to_all_days(
    qtbot: QtBot, context: PageContext, real_desk: RealDesk
) -> None:
    desk = real_desk
    with desk.ago(days=400):
        desk.paid("R001", "PHY-11", Method.CASH)
    page = PaymentsPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(desk.services)
    page.arrive()
    qtbot.waitUntil(lambda: "today" in page.empty.title.text())
    assert not page.print_button.isEnabled()
    page.empty.button.click()
    qtbot.waitUntil(lambda: page.count.text() == "1 payment")
    page.finder.setText("nobody")
    qtbot.waitUntil(lambda: page.empty.title.text() == "No payment matches")


STATES: list[tuple[dict[str, object], str]] = [
    ({}, "Paid"),
    ({"is_late": True}, "Paid late"),
    ({"placement": Placement.SURPLUS}, "Held"),
    ({"placement": Placement.NO_SEAT}, "Held"),
    ({"placement": Placement.RETURNED}, "Refunded"),
    ({"state": "refunded"}, "Refunded"),
    ({"state": "partly refunded"}, "Partly refunded"),
    ({"state": "refunded", "refund_state": "asked"}, "Refund requested"),
    ({"state": "partly refunded", "refund_state": "sent"}, "Refund on its way"),
    ({"placement": Placement.RETURNED, "refund_state": "sent"}, "Refund on its way"),
    ({"placement": Placement.RETURNED, "came_back": True}, "Held"),
    ({"came_back": True}, "Held"),
    ({"came_back": True, "state": "partly refunded"}, "Held"),
]


@pytest.mark.parametrize(("change", "word"), STATES)
def test_every_state_has_a_word_and_an_icon(
    desk: RealDesk, change: dict[str, object], word: str
) -> None:
    row: PaymentRow = replace(desk.row(0), **change)  # type: ignore[arg-type]
    tag = payment_tag(row)
    assert tag.word == word
    assert tag.icon


def test_money_that_came_back_from_the_bank_leads_to_the_inbox(
    page: PaymentsPage, desk: RealDesk, qtbot: QtBot
) -> None:
    desk.gateway.refund_status = "pending"
    desk.real.refunds.refund(desk.row(0).uid, None, "left")
    desk.gateway.settle_refund(next(iter(desk.gateway.refunds)), "failed")
    desk.real.polling.reconcile()
    assert desk.row(0).came_back
    page.arrive()
    qtbot.waitUntil(lambda: "could not give this money back" in page.note.text())
    assert page.inbox_button.isVisible()


def test_held_and_late_money_is_explained(page: PaymentsPage) -> None:
    page.table.pick_row(SURPLUS)
    assert "to be returned" in page.note.text()
    page.table.pick_row(LATE)
    assert "expired or was cancelled" in page.note.text()
    page.table.pick_row(0)
    assert not page.note.isVisible()


def test_a_receipt_is_printed_again(
    page: PaymentsPage, desk: RealDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(page.context.printer, "print_receipt", lambda uid, *_how: asked.append(uid))
    page.print_current()
    page.print_button.click()
    assert asked == [desk.row(0).receipt_uid] * 2


def test_a_payment_without_receipt_cannot_be_printed(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.returned("R003", "ENG-S")
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.count.text() == "25 payments")
    page.table.pick_row(0)
    assert desk.row(0).receipt_uid is None
    qtbot.waitUntil(lambda: not page.print_button.isEnabled())
    page.print_current()
    page._save_pdf()
    page._show_receipt()
    assert page.findChild(QWidget, "receiptPreview") is None


def test_enter_opens_the_receipt(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    QTest.keyClick(page.finder, Qt.Key.Key_Return)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    dialog = page.findChild(QWidget, "receiptPreview")
    assert dialog is not None
    heading = dialog.findChild(QLabel, "receiptHeading")
    assert isinstance(heading, QLabel)
    qtbot.waitUntil(lambda: (desk.row(0).receipt_no or "?") in heading.text())
    dialog.close()


def test_saving_a_pdf_asks_where(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk, tmp_path: Path
) -> None:
    page.pdf_button.click()
    dialog = page.findChild(QFileDialog, "saveReceiptDialog")
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles()[0].endswith(
        f"Receipt {(desk.row(0).receipt_no or '').replace('/', '-')}.pdf"
    )
    with qtbot.waitSignal(page.receipts.saved):
        dialog.fileSelected.emit(str(tmp_path / "out.pdf"))
    dialog.close()
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    [saved] = desk.calls.of("receipts.save_pdf")
    assert saved[:3] == (desk.row(0).receipt_uid, "a5", tmp_path / "out.pdf")
    assert "Receipt saved" in notice_area(page.context).texts()[0]


def test_a_folder_that_cannot_be_written_to_is_said(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    uid = desk.row(0).receipt_uid or ""
    desk.calls.refuse("receipts.save_pdf", PermissionError(13, "Permission denied"))
    with qtbot.waitSignal(page.receipts.failed):
        page.receipts.save_pdf(uid, "a5", Path("/nowhere/out.pdf"))
    said = notice_area(page.context).texts()[0]
    assert "could not be saved" in said
    assert "The payment is recorded" in said
    assert "Permission denied" in said
    desk.calls.refuse("receipts.save_pdf", KeyError("x"))
    with qtbot.waitSignal(page.receipts.failed):
        page.receipts.save_pdf(uid, "a5", Path("/nowhere/out.pdf"))


def test_money_that_comes_in_is_listed_at_once(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    first = desk.row(0)
    desk.paid("R003", "ENG-S", Method.CASH)
    page.context.runner.gateway(lambda _desk: None)
    qtbot.waitUntil(lambda: page.count.text() == "25 payments")
    current = page.table.current()
    assert current is not None
    assert current.uid == first.uid
