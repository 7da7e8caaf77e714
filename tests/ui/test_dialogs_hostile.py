"""Names that try to be markup: shown literally on pages and dialogs, and nothing is painted."""

from __future__ import annotations

from functools import partial
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
    from desktop_app.ui.widgets.labels import ElidedLabel
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


def roll(kind: str, name: str) -> str:
    """Return the roll number of one of the students with a name."""
    return f"{kind}{NAMES.index(name)}"


def course(name: str) -> str:
    """Return the code of the course that is called so."""
    return f"X-{NAMES.index(name)}"


@pytest.fixture
def desk(bare_desk: RealDesk) -> RealDesk:
    """A desk with courses and families of hostile names, of each of which one fee is paid."""
    for at, name in enumerate(NAMES):
        phone = f"98450123{at:02}"
        bare_desk.enter(
            Student(roll(kind, name), name, phone, guardian_name=name) for kind in "PHD"
        )
        bare_desk.offer(Course(course(name), name, name[:80], Money(100_00)))
        bare_desk.paid(roll("P", name), course(name))
    return bare_desk


def check(widget: QWidget) -> None:
    for each in widget.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText or not each.text()
    assert not any("<" in each.toolTip() for each in widget.findChildren(QWidget))
    assert not is_painted(widget, MAGENTA)


def test_on_payments_and_courses(qtbot: QtBot, context: PageContext, desk: RealDesk) -> None:
    payments, courses = PaymentsPage(context), CoursesPage(context)
    for page in (payments, courses):
        qtbot.addWidget(page)
        page.resize(1278, 678)
        page.show()
        page.arrive()
    context.runner.open(desk.services)
    payments.days.buttons["all"].click()
    qtbot.waitUntil(lambda: payments.table.model().rowCount() == len(NAMES))
    qtbot.waitUntil(lambda: courses.table.model().rowCount() == len(NAMES))
    students, titles = set[str](), set[str]()
    for row in range(len(NAMES)):
        payments.table.pick_row(row)
        courses.table.pick_row(row)
        student, title = payments.table.current().student_name, courses.table.current().course.title
        qtbot.waitUntil(partial(is_shown, payments.student, student))
        qtbot.waitUntil(partial(is_shown, courses.course_title, title))
        courses.archive_button.click()
        for page in (payments, courses):
            check(page)
            assert page.width() == 1278
        students.add(student)
        titles.add(title)
    assert students == titles == set(NAMES)


def is_shown(label: ElidedLabel, name: str) -> bool:
    return label.full_text().startswith(name)


def test_in_the_inbox(qtbot: QtBot, context: PageContext, desk: RealDesk) -> None:
    for name in NAMES:
        desk.held(roll("H", name), course(name), seat=True)
        desk.student_with_due(roll("B", name), course(name), like=roll("H", name), name=name)
        desk.disputed(roll("D", name), course(name))
    inbox = InboxPage(context)
    qtbot.addWidget(inbox)
    inbox.resize(1278, 678)
    inbox.show()
    context.runner.open(desk.services)
    inbox.arrive()
    qtbot.waitUntil(lambda: len(inbox.body.cards) == len(NAMES))
    qtbot.waitUntil(lambda: len(inbox.body.outbox.disputes) == len(NAMES))
    cards = {card.held.student_name: card for card in inbox.body.cards}
    assert set(cards) == set(NAMES)
    for name, card in cards.items():
        card.dues_button.click()
        qtbot.waitUntil(lambda: bool(card.choice.buttons))  # noqa: B023
        assert card.name.full_text().startswith(name)
        check(card)
    for widget in (inbox, inbox.body.outbox):
        check(widget)
        assert widget.minimumSizeHint().width() <= 1366
    assert inbox.width() <= 1366
    for name, card in cards.items():
        card.enrol_button.click()
        qtbot.waitUntil(lambda: any(name in said for said in notice_area(context).texts()))  # noqa: B023
        check(notice_area(context))
        assert notice_area(context).minimumSizeHint().width() <= 1366


def test_in_the_refund(qtbot: QtBot, context: PageContext, desk: RealDesk) -> None:
    for name in NAMES:
        desk.waiting_refund(roll("H", name), course(name))
        desk.paid(roll("D", name), course(name))
        desk.real.refunds.refund(desk.row(0).uid, Money(1), name)
    payments = PaymentsPage(context)
    qtbot.addWidget(payments)
    payments.resize(1278, 678)
    payments.show()
    context.runner.open(desk.services)
    payments.days.buttons["all"].click()
    qtbot.waitUntil(lambda: payments.table.model().rowCount() == 3 * len(NAMES))
    asked = set[str]()
    for row in range(3 * len(NAMES)):
        payments.table.pick_row(row)
        if not payments.table.current().roll_no.startswith("D"):
            continue
        name = payments.table.current().student_name
        qtbot.waitUntil(partial(is_shown, payments.student, name))
        qtbot.waitUntil(lambda: any("efund" in each for each in payments.timeline.words()))
        qtbot.waitUntil(lambda: payments.ask_refund() is not None)
        dialog = payments._dialog
        assert dialog is not None
        assert name in dialog.summary.text()
        for widget in (payments, dialog):
            check(widget)
            assert widget.minimumSizeHint().width() <= 1366
            assert widget.width() <= 1366
        dialog._throw_away()
        qtbot.waitUntil(lambda: payments._dialog is None)
        asked.add(name)
    assert asked == set(NAMES)


def test_in_the_form_and_the_preview(qtbot: QtBot, context: PageContext, desk: RealDesk) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    context.runner.open(desk.services)
    receipts = ReceiptsPresenter(context, window)
    papers = {row.student_name: row.receipt_uid for row in desk.payments()}
    for name in NAMES:
        student = desk.student(roll("P", name))
        detail: StudentDetail = desk.real.students.detail(student.uid)
        form = StudentForm(context.runner, window, detail=detail)
        form.open()
        assert form.name.text() == name
        check(form)
        form.reject()
        preview = open_preview(receipts, papers[name] or "")
        assert preview is not None
        qtbot.waitUntil(preview.print_button.isEnabled)
        assert name in preview.paper.toPlainText()
        check(preview)
        preview.reject()
