"""Names that try to be markup: shown literally on pages and dialogs, and nothing is painted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.domain.courses import Course
from desktop_app.domain.money import Money
from desktop_app.domain.refund import RefundState
from desktop_app.domain.students import Student
from desktop_app.services.ports.records import RefundRecord
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.receipts.preview import open_preview
from desktop_app.ui.students.student_form import StudentForm
from tests.ui.fake_affairs import AT, dispute, errand, family_due, held_money
from tests.ui.fake_lists import FakeDesk, make_context, sample_desk
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.services.views.enrolment import StudentDetail
    from desktop_app.ui.core.page import PageContext

pytestmark = pytest.mark.looks
MAGENTA = QColor("#FF00FF")
NAMES = [
    "<b style='color:#FF00FF;background:#FF00FF'>PAID</b>",
    "<table bgcolor=#FF00FF width=900 height=900><tr><td>x</td></tr></table>",
    "<img src=file:///etc/hostname>",
    "</p><h1>PAID</h1>&nbsp;&lt;",
    "A & B && C",
    "W" * 200,
    "👩\u200d🎓 आशा राव",
    "=HYPERLINK(0)",
]


@pytest.fixture
def context(qtbot: QtBot) -> Iterator[PageContext]:
    yield from make_context(qtbot)


def hostile_desk(name: str) -> FakeDesk:
    desk = sample_desk(payments=3)
    desk.students.kept = {"s1": Student("R1", name, guardian_name=name)}
    desk.courses.kept = {"c1": Course(name[:40], name, name[:80], Money(1))}
    desk.receipts.rows = [
        replace(row, student_name=name, course_label=name, roll_no=name[:40], receipt_no="D1/1")
        for row in desk.receipts.rows
    ]
    return desk


def has_magenta(widget: QWidget) -> bool:
    picture = widget.grab().toImage()
    return any(
        picture.pixelColor(x, y) == MAGENTA
        for x in range(0, picture.width(), 3)
        for y in range(0, picture.height(), 3)
    )


def check(widget: QWidget) -> None:
    for each in widget.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText or not each.text()
    assert not any("<" in each.toolTip() for each in widget.findChildren(QWidget))
    assert not has_magenta(widget)


@pytest.mark.parametrize("name", NAMES)
def test_on_payments_and_courses(qtbot: QtBot, context: PageContext, name: str) -> None:
    desk = hostile_desk(name)
    payments, courses = PaymentsPage(context), CoursesPage(context)
    for page in (payments, courses):
        qtbot.addWidget(page)
        page.resize(1278, 678)
        page.show()
        page.arrive()
    context.runner.open(desk)  # type: ignore[arg-type]
    payments.days.buttons["all"].click()
    qtbot.waitUntil(lambda: payments.student.full_text() == name)
    qtbot.waitUntil(lambda: courses.course_title.full_text() == name)
    courses.withdraw_button.click()
    for page in (payments, courses):
        check(page)
        assert page.width() == 1278


@pytest.mark.parametrize("name", NAMES)
def test_in_the_inbox_and_the_refund(qtbot: QtBot, context: PageContext, name: str) -> None:
    desk = hostile_desk(name)
    affairs = desk.affairs
    affairs.money = [replace(held_money(), student_name=name, course_label=name, roll_no=name[:40])]
    affairs.dues = [family_due(name=name)]
    affairs.to_say = [errand(about=name)]
    affairs.noticed = [dispute(name=name)]
    affairs.made = [RefundRecord("f", "p0", Money(1), RefundState.PENDING, "desk", name, AT)]
    context.runner.open(desk)  # type: ignore[arg-type]
    inbox, payments = InboxPage(context), PaymentsPage(context)
    for page in (inbox, payments):
        qtbot.addWidget(page)
        page.resize(1278, 678)
        page.show()
    context.runner.open(desk)  # type: ignore[arg-type]
    inbox.arrive()
    payments.days.buttons["all"].click()
    qtbot.waitUntil(lambda: len(inbox.body.cards) == 1)
    inbox.body.cards[0].dues_button.click()
    qtbot.waitUntil(lambda: bool(inbox.body.cards[0].choice.buttons))
    qtbot.waitUntil(lambda: bool(payments.refunds_box.lines))
    assert inbox.body.cards[0].name.full_text().startswith(name)
    inbox.body.cards[0].enrol_button.click()
    dialog = payments.ask_refund()
    assert dialog is not None
    assert name in dialog.summary.text()
    qtbot.waitUntil(lambda: bool(notice_area(context).texts()))
    for widget in (inbox, payments, dialog, notice_area(context)):
        check(widget)
        assert widget.width() <= 1366
    dialog._throw_away()


@pytest.mark.parametrize("name", NAMES)
def test_in_the_form_and_the_preview(qtbot: QtBot, context: PageContext, name: str) -> None:
    desk = hostile_desk(name)
    window = QWidget()
    qtbot.addWidget(window)
    detail: StudentDetail = desk.students.detail("s1")
    context.runner.open(desk)  # type: ignore[arg-type]
    form = StudentForm(context.runner, window, detail=detail)
    form.open()
    assert form.name.text() == name
    check(form)
    form.reject()
    receipts = ReceiptsPresenter(context, window)
    preview = open_preview(receipts, "r0")
    assert preview is not None
    qtbot.waitUntil(preview.print_button.isEnabled)
    assert name in preview.paper.toPlainText()
    check(preview)
    preview.reject()
