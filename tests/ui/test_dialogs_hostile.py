"""Names that try to be markup: shown literally on pages and dialogs, and nothing is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.domain.courses import Course
from desktop_app.domain.money import Money
from desktop_app.domain.students import Student
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.receipts.preview import open_preview
from desktop_app.ui.students.student_form import StudentForm
from tests.ui.notice_area import notice_area
from tests.ui.painted import is_painted

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.services.views.enrolment import StudentDetail
    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

pytestmark = pytest.mark.looks
MAGENTA = "#FF00FF"
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


COURSE = "X-1"


@pytest.fixture
def desk(bare_desk: RealDesk, name: str) -> RealDesk:
    """A desk where students and course have a hostile name, and the first fee is paid."""
    bare_desk.enter(
        Student(f"R{at}", name, "9845012345", guardian_name=name) for at in (1, 2, 3, 4, 6)
    )
    bare_desk.offer(Course(COURSE, name, name[:80], Money(100_00)))
    bare_desk.paid("R1", COURSE)
    return bare_desk


def check(widget: QWidget) -> None:
    for each in widget.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText or not each.text()
    assert not any("<" in each.toolTip() for each in widget.findChildren(QWidget))
    assert not is_painted(widget, MAGENTA)


@pytest.mark.parametrize("name", NAMES)
def test_on_payments_and_courses(
    qtbot: QtBot, context: PageContext, desk: RealDesk, name: str
) -> None:
    payments, courses = PaymentsPage(context), CoursesPage(context)
    for page in (payments, courses):
        qtbot.addWidget(page)
        page.resize(1278, 678)
        page.show()
        page.arrive()
    context.runner.open(desk.services)
    payments.days.buttons["all"].click()
    qtbot.waitUntil(lambda: payments.student.full_text().startswith(name))
    qtbot.waitUntil(lambda: courses.course_title.full_text() == name)
    courses.archive_button.click()
    for page in (payments, courses):
        check(page)
        assert page.width() == 1278


@pytest.mark.parametrize("name", NAMES)
def test_in_the_inbox_and_the_refund(
    qtbot: QtBot, context: PageContext, desk: RealDesk, name: str
) -> None:
    desk.held("R2", COURSE, seat=True)
    desk.student_with_due("R5", COURSE, like="R2", name=name)
    desk.disputed("R3", COURSE)
    desk.waiting_refund("R4", COURSE)
    desk.paid("R6", COURSE)
    desk.real.refunds.refund(desk.row(0).uid, Money(1), name)
    inbox, payments = InboxPage(context), PaymentsPage(context)
    for page in (inbox, payments):
        qtbot.addWidget(page)
        page.resize(1278, 678)
        page.show()
    context.runner.open(desk.services)
    inbox.arrive()
    payments.days.buttons["all"].click()
    qtbot.waitUntil(lambda: len(inbox.body.cards) == 1)
    inbox.body.cards[0].dues_button.click()
    qtbot.waitUntil(lambda: bool(inbox.body.cards[0].choice.buttons))
    qtbot.waitUntil(lambda: any("efund" in each for each in payments.timeline.words()))
    assert inbox.body.cards[0].name.full_text().startswith(name)
    inbox.body.cards[0].enrol_button.click()
    dialog = payments.ask_refund()
    assert dialog is not None
    assert name in dialog.summary.text()
    qtbot.waitUntil(lambda: bool(notice_area(context).texts()))
    for widget in (inbox, payments, dialog, notice_area(context)):
        check(widget)
        assert widget.minimumSizeHint().width() <= 1366
    for widget in (inbox, payments, dialog):
        assert widget.width() <= 1366
    dialog._throw_away()


@pytest.mark.parametrize("name", NAMES)
def test_in_the_form_and_the_preview(
    qtbot: QtBot, context: PageContext, desk: RealDesk, name: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    detail: StudentDetail = desk.real.students.detail(desk.student("R1").uid)
    context.runner.open(desk.services)
    form = StudentForm(context.runner, window, detail=detail)
    form.open()
    assert form.name.text() == name
    check(form)
    form.reject()
    receipts = ReceiptsPresenter(context, window)
    preview = open_preview(receipts, desk.uid())
    assert preview is not None
    qtbot.waitUntil(preview.print_button.isEnabled)
    assert name in preview.paper.toPlainText()
    check(preview)
    preview.reject()
