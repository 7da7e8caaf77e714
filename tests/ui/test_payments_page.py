"""The payments page: what came in, its sum, its state in words, and receipts printed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import make_student
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.ui.core import formatting
from desktop_app.ui.core.formatting import short_rupees, when_text
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.payments.presenter import span_of
from desktop_app.ui.tables.tags import payment_tag
from tests.ui.notice_area import notice_area
from tests.ui.samples import LATE, SURPLUS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

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
    assert column(page, 0) == [when_text(row.at) for row in desk.payments()]
    assert page.count.text() == "24 payments"
    paid = short_rupees(Money(sum(row.amount.paise for row in desk.payments())))
    qtbot.waitUntil(lambda: page.sum.text() == paid)
    assert page.amount.text() == "₹11,800.00"
    assert page.badge.word.text() == "Paid"
    page.table.pick_row(SURPLUS)
    assert "already paid" in page.note.text()
    page.table.pick_row(LATE)
    assert "had expired or been cancelled" in page.note.text()
    page.table.pick_row(0)
    assert not page.note.isVisible()
    page.days.buttons["today"].click()
    qtbot.waitUntil(lambda: since_of(desk) is not None)
    since = since_of(desk)
    assert since is not None
    assert since.astimezone(IST).time() == time(), "today begins at midnight in India"


def since_of(desk: RealDesk) -> datetime | None:
    """From when on the page wanted payments at last."""
    which = desk.calls.of("receipts.payments")[-1][0]
    assert isinstance(which, PaymentFilter)
    return which.since


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("today", date(2026, 11, 20), None),
        ("yesterday", date(2026, 11, 19), date(2026, 11, 19)),
        ("month", date(2026, 11, 1), None),
        ("all", None, None),
    ],
)
def test_days_are_those_of_india(kind: str, first: date | None, last: date | None) -> None:
    span = span_of(kind, date(2026, 11, 20))
    assert (span.first, span.last) == (first, last)
    assert span.since == (first and datetime(first.year, first.month, first.day, tzinfo=IST))
    assert span.until == (last and datetime(2026, 11, 20, tzinfo=IST))


def test_a_time_of_today_needs_no_day(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls(2026, 11, 20, 23, 0, tzinfo=tz)

    monkeypatch.setattr(formatting, "datetime", Clock)
    shown = [
        when_text(at)
        for at in (
            datetime(2026, 11, 20, 5, 12, tzinfo=UTC),
            datetime(2026, 11, 19, 18, 31, tzinfo=UTC),
            datetime(2026, 11, 19, 18, 29, tzinfo=UTC),
            datetime(2025, 3, 4, 5, 0, tzinfo=UTC),
        )
    ]
    assert shown == ["10:42", "00:01", "19 Nov 23:59", "4 Mar 2025"]


def test_filter_by_method_and_text(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    qtbot.waitUntil(lambda: page.sum.text() != "")
    before = page.sum.text()
    page.method.setCurrentIndex(page.method.findData("cash"))
    qtbot.waitUntil(lambda: set(column(page, 4)) == {"Cash"})
    page.method.setCurrentIndex(page.method.findData("upi"))
    qtbot.waitUntil(lambda: set(column(page, 4)) == {"UPI"})
    page.method.setCurrentIndex(page.method.findData("link"))
    qtbot.waitUntil(lambda: set(column(page, 4)) == {"Link"})
    QTest.keyClicks(page.finder, "meena")
    qtbot.waitUntil(lambda: set(column(page, 1)) == {"Meena Sharma"})
    page.method.setCurrentIndex(0)
    rows = [row for row in desk.payments() if row.student_name == "Meena Sharma"]
    paid = short_rupees(Money(sum(row.amount.paise for row in rows)))
    qtbot.waitUntil(lambda: page.count.text() == f"{len(rows)} payments · {paid}")
    assert page.sum.text() == before, "what is filtered has a sum beside those of the day"


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
    assert not page.detail.isVisible(), "no payment, no empty pane"
    page.finder.setText("nobody")
    qtbot.waitUntil(lambda: page.empty.title.text() == "No matching payments")
    page.finder.setText("")
    qtbot.waitUntil(lambda: "today" in page.empty.title.text())
    page.empty.button.click()
    qtbot.waitUntil(lambda: page.count.text() == "1 payment")
    page.finder.setText("nobody")
    qtbot.waitUntil(lambda: page.empty.title.text() == "No matching payments")
    page.empty.button.click()
    qtbot.waitUntil(lambda: page.count.text() == "1 payment")


def test_collected_refunded_and_net_by_way_of_paying(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    band = page.sums
    collected = sum(row.amount.paise for row in desk.payments())
    desk.real.refunds.refund(desk.row(0).uid, None, "left")
    desk.real.refunds.refund(desk.row(1).uid, Money(1_000_00), "a concession")
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: band.refunded.amount.text() == "₹12,800")
    assert band.collected.amount.text() == short_rupees(Money(collected))
    assert band.net.amount.text() == short_rupees(Money(collected - 12_800_00))
    assert band.refunded.parts.text() == "Cash ₹1,000 · UPI ₹11,800"
    assert [part.partition(" ")[0] for part in band.net.parts.text().split(" · ")] == [
        "Cash", "UPI", "Link",
    ]  # fmt: skip


def test_a_narrowed_sum_says_how_much_of_it_is_not_verified(
    page: PaymentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    real = desk.real
    student = real.students.add(make_student(roll_no="R900", name="Zubin Mehta"))
    course = real.courses.add(make_course(code="ZOO", title="Zoology", fee=Money(5_000_00)))
    typed = TypedEvidence(reference="HDFCN52026112000")
    real.payments.begin(student.uid, course.uid, Method.NEFT, typed=typed)
    QTest.keyClicks(page.finder, "R900")
    words = "1 payment · ₹5,000 (₹5,000 not verified yet)"
    qtbot.waitUntil(lambda: page.count.text() == words)


def test_any_range_of_days(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    today = datetime.now(IST).date()
    with desk.ago(days=40):
        desk.paid("R003", "ENG-S", Method.CASH)
    assert not page.first.isVisible()
    page.days.buttons["range"].click()
    assert page.first.isVisible()
    page.first.choose(today - timedelta(days=40))
    page.last.choose(today - timedelta(days=40))
    qtbot.waitUntil(lambda: page.count.text() == "1 payment")
    qtbot.waitUntil(lambda: page.sum.text() == "₹5,310")
    page.last.choose(today - timedelta(days=41))
    qtbot.wait(50)
    assert page.count.text() == "1 payment", "the days may be chosen in either order"
    page.days.buttons["yesterday"].click()
    qtbot.waitUntil(lambda: not page.first.isVisible())


def test_the_life_of_a_payment_beside_it(page: PaymentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    row = desk.row(0)
    qtbot.waitUntil(
        lambda: (
            page.timeline.words() == ["Started: UPI", "Paid by UPI", f"Receipt {row.receipt_no}"]
        )
    )
    desk.real.receipts.note_printed(row.receipt_uid or "", "a5")
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.timeline.words()[-1] == "Printed once")
    page.table.pick_row(1)
    qtbot.waitUntil(lambda: page.timeline.words()[:1] == ["Paid in cash"])


@pytest.mark.looks
def test_the_actions_of_a_payment_never_scroll_away(page: PaymentsPage, qtbot: QtBot) -> None:
    page.resize(1278, 620)
    qtbot.waitUntil(lambda: bool(page.timeline.steps))
    for button in (page.print_button, page.show_button, page.pdf_button, page.refund_button):
        assert button.isVisible()
        assert not page.detail.area.isAncestorOf(button)
        bottom = button.mapTo(page, button.rect().bottomRight()).y()
        assert bottom < page.height()


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


def test_every_state_has_a_word_and_an_icon(desk: RealDesk) -> None:
    row = desk.row(0)
    for change, word in STATES:
        tag = payment_tag(replace(row, **change))  # type: ignore[arg-type]
        assert tag.word == word, change
        assert tag.icon, change


def test_money_that_came_back_from_the_bank_leads_to_the_inbox(
    page: PaymentsPage, desk: RealDesk, qtbot: QtBot
) -> None:
    desk.gateway.refund_status = "pending"
    desk.real.refunds.refund(desk.row(0).uid, None, "left")
    desk.gateway.settle_refund(next(iter(desk.gateway.refunds)), "failed")
    desk.real.polling.reconcile()
    assert desk.row(0).came_back
    page.arrive()
    qtbot.waitUntil(lambda: "couldn't deliver this refund" in page.note.text())
    assert page.inbox_button.isVisible()


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
    assert "Couldn't save the PDF" in said
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


def test_payments_are_narrowed_by_fee_head(qtbot: QtBot, page: PaymentsPage) -> None:
    page.fee_head.choose("hostel")
    qtbot.waitUntil(lambda: page.presenter.model.rowCount() == 0)
    assert page.presenter.is_narrow
    page.act_on_empty()
    qtbot.waitUntil(lambda: page.presenter.model.rowCount() == 24)
    assert page.fee_head.value() == ""
    page.fee_head.choose("tuition")
    qtbot.waitUntil(lambda: page.presenter.model.rowCount() > 0)
