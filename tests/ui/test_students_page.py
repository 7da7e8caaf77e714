"""The students page: the roll as a lazy list, one student in full, and the ways on from there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.students import Student
from desktop_app.services.errors import DatabaseLockedError
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.enrolment import (
    DueFilter,
    StudentDetail,
    StudentPage,
    StudentSummary,
)
from desktop_app.ui.receipts.preview import open_preview
from desktop_app.ui.students.page import StudentsPage
from desktop_app.ui.tables.paged_table import MOST_PAGES, PAGE_ROWS
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk

MILLION = 1_000_000


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, desk: RealDesk) -> StudentsPage:
    made = StudentsPage(context)
    qtbot.addWidget(made)
    made.resize(1278, 678)
    made.show()
    context.runner.open(desk.services)
    made.arrive()
    qtbot.waitUntil(made.edit_button.isEnabled)
    return made


def wait_shown(qtbot: QtBot, page: StudentsPage, name: str) -> None:
    qtbot.waitUntil(lambda: page.name.full_text() == name)


@pytest.mark.looks
def test_the_collect_button_of_a_fee_that_is_due_is_not_cut(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    """The room that a window 1366x768, 1280x720 and smaller leaves beside the navigation."""
    owing = desk.student(desk.services.enrolments.dues(DueFilter())[0].roll_no)
    page.open(owing.uid)
    wait_shown(qtbot, page, owing.name)
    qtbot.waitUntil(lambda: any(card.can_collect for card in page.fees))
    for size in ((1278, 678), (1272, 560), (1186, 552), (1003, 449), (985, 446)):
        page.resize(*size)
        qtbot.wait(30)
        if page._is_narrow:
            page._show_alone()
            qtbot.wait(30)
        button = page.fees[0].collect_button
        assert page.fees[0].can_collect, "what is due comes first"
        seen = button.visibleRegion().boundingRect().height()
        assert seen == button.height(), (size, seen, button.height())


def test_the_first_student_is_shown_in_full_and_arrows_move_through_the_list(
    page: StudentsPage, qtbot: QtBot
) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    assert page.count.text() == "10 students"
    assert page.facts.text_of("State") == "Karnataka"
    assert len(page.fees) >= 3
    assert not page.no_fees.isVisible()
    page.start_find()
    QTest.keyClick(page.finder, Qt.Key.Key_Down)
    wait_shown(qtbot, page, "आशा कुमारी")
    QTest.keyClick(page.finder, Qt.Key.Key_Up)
    QTest.keyClick(page.finder, Qt.Key.Key_Up)
    wait_shown(qtbot, page, "Asha Rao")


def test_a_phone_is_whole_beside_the_list_and_masked_in_it(
    page: StudentsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    model = page.presenter.model
    phone = [str(column.title) for column in model.columns].index("Phone")
    assert model.index(0, phone).data() == "••••••2345"
    assert page.phone.number.text() == "98450 12345"
    assert not page.guardian_phone.isVisible()
    opened: list[str] = []
    computer = page.context.printer.computer

    def open_address(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(computer, "open_address", open_address)
    monkeypatch.setattr(computer, "copy", opened.append)
    page.phone.copy_button.click()
    page.phone.chat_button.click()
    assert opened == ["9845012345", "https://wa.me/919845012345"]


def fees(page: StudentsPage) -> dict[str, str]:
    model = page.presenter.model
    at = [str(column.title) for column in model.columns].index("Fees")
    rows = ((model.row(row), model.index(row, at)) for row in range(model.rowCount()))
    return {student.roll_no: index.data() for student, index in rows if student is not None}


def test_the_list_says_whose_fee_is_due(page: StudentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    shown = fees(page)
    assert shown["R001"] == "₹12,980 due"
    assert shown["R010"] == "Paid"
    desk.rename("R010", "Gurpreet Singh")
    page.which.buttons["unpaid"].click()
    qtbot.waitUntil(lambda: list(fees(page)) == ["R001"])
    assert page.count.text() == "1 student"
    desk.paid("R001", "MAT-12", Method.CASH)
    page.context.calls.changed.emit(Changes(students=True))
    qtbot.waitUntil(lambda: page.empty.title.text() == "No fees due")
    assert not page.detail.isVisible()
    page.empty.button.click()
    qtbot.waitUntil(lambda: len(fees(page)) == 10)
    assert not page.which.buttons["unpaid"].isChecked()


def test_a_due_is_collected_with_its_course_picked(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    [card] = [card for card in page.fees if card.can_collect]
    assert card.collect_button.text().strip() == "Collect ₹12,980"
    assert "due since" in card.about.text()
    with qtbot.waitSignal(page.context.calls.show_page) as asked:
        card.collect_button.click()
    assert asked.args is not None
    student, course = asked.args[1]
    assert (asked.args[0], student.roll_no, course.course.code) == ("counter", "R001", "MAT-12")


def test_a_fee_that_is_paid_in_part_says_what_is_left(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    uid = desk.student("R002").uid
    [due] = desk.real.enrolments.enrol(uid, desk.course("NEET-F").uid).dues
    desk.real.payments.begin_dues({due.uid: Money(1_000_00)}, Method.CASH)
    page.open(uid)
    wait_shown(qtbot, page, "आशा कुमारी")
    qtbot.waitUntil(lambda: any(card.can_collect for card in page.fees))
    [card] = [card for card in page.fees if card.can_collect]
    assert card.badge.word.text() == "Partly paid"
    assert card.collect_button.text().strip() == "Collect ₹98,120"
    assert card.about.text().startswith("₹99,120 · ₹98,120 due · due since")


def test_typing_narrows_and_esc_widens(page: StudentsPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.finder, "meena")
    wait_shown(qtbot, page, "Meena Sharma")
    assert page.count.text() == "1 found"
    page.go_back()
    qtbot.waitUntil(lambda: page.count.text() == "10 students")
    assert page.name.full_text() == "Meena Sharma"
    QTest.keyClicks(page.finder, "Zubin")
    qtbot.waitUntil(page.empty.isVisible)
    assert "Zubin" in page.empty.title.text()
    assert not page.edit_button.isEnabled()
    with qtbot.waitSignal(page.context.calls.new_student) as asked:
        QTest.keyClick(page.finder, Qt.Key.Key_Return)
    assert asked.args == ["Zubin"], "nobody found can be added with Enter"


def test_an_empty_roll_says_what_to_do(
    qtbot: QtBot, context: PageContext, bare_desk: RealDesk
) -> None:
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(bare_desk.services)
    page.arrive()
    qtbot.waitUntil(lambda: page.empty.title.text() == "No students yet")
    with qtbot.waitSignal(context.calls.new_student):
        page.empty.button.click()


def page_of_a_million(_text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
    rows = (
        StudentSummary(f"Student {at}", f"R{at}", f"Student {at}", "", "", "", "", "")
        for at in range(offset, min(offset + limit, MILLION))
    )
    return StudentPage(tuple(rows), MILLION)


def test_a_million_students_are_read_by_the_page(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> None:
    desk.calls.play("students.page", page_of_a_million)
    desk.calls.play("students.detail", lambda uid: StudentDetail(uid, Student(uid, uid), ()))
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.resize(1278, 678)
    page.show()
    context.runner.open(desk.services)
    page.arrive()
    qtbot.waitUntil(lambda: page.presenter.model.rowCount() == MILLION)
    assert page.count.text() == "10,00,000 students"
    page.table.scrollToBottom()
    last = page.presenter.model.index(MILLION - 1, 0)
    qtbot.waitUntil(lambda: last.data() == f"R{MILLION - 1}")
    for at in range(0, MILLION, MILLION // 60):
        page.table.scrollTo(page.presenter.model.index(at, 0))
        page.table.viewport().repaint()
    page.table.pick_row(500_000)
    wait_shown(qtbot, page, "Student 500000")
    assert {each[-1] for each in desk.calls.of("students.page")} == {PAGE_ROWS}
    assert sum(1 for _ in page.presenter.model.loaded()) <= MOST_PAGES * PAGE_ROWS


def test_changing_a_student_keeps_it_picked(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    page.table.pick_row(3)
    wait_shown(qtbot, page, "Meena Sharma")
    form = page.edit()
    assert form is not None
    assert form.phone.text() == "9811122334"
    form.name.setText("Meena Sharma Gupta")
    with qtbot.waitSignal(page.context.calls.changed):
        form.save_button.click()
    wait_shown(qtbot, page, "Meena Sharma Gupta")
    assert desk.student("R004").name == "Meena Sharma Gupta"


def test_collecting_goes_to_the_counter_with_the_student(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    with qtbot.waitSignal(page.context.calls.show_page) as asked:
        page.collect_button.click()
    assert asked.args is not None
    assert asked.args[0] == "counter"
    assert asked.args[1][0].uid == desk.student("R001").uid
    page.table.pick_row(3)
    wait_shown(qtbot, page, "Meena Sharma")
    with qtbot.waitSignal(page.context.calls.show_page) as asked:
        page.collect_button.click()
    assert asked.args is not None
    assert (asked.args[0], asked.args[1].uid) == ("counter", desk.student("R004").uid), (
        "without a fee due no course is picked"
    )
    uid = desk.student("R007").uid
    page.open(uid)
    wait_shown(qtbot, page, "Arjun Patel")
    qtbot.waitUntil(lambda: page.table.current() is not None and page.table.current().uid == uid)


def test_a_receipt_opens_from_its_fee(page: StudentsPage, qtbot: QtBot) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    paid = [card for card in page.fees if card.row.receipt_uid]
    assert all(card.receipt_button.isVisibleTo(page) for card in paid)
    assert not page.fees[0].receipt_button.isVisibleTo(page), "the newest is not paid"
    paid[0].receipt_button.click()
    dialog = page.findChild(QWidget, "receiptPreview")
    assert dialog is not None
    heading = dialog.findChild(QLabel, "receiptHeading")
    assert heading is not None
    qtbot.waitUntil(lambda: "D1/26-27/" in heading.text())
    dialog.close()


def test_money_that_came_shows_at_the_fees(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    before = len(page.fees)
    desk.paid("R001", "ENG-S", Method.CASH)
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: len(page.fees) == before + 1)


def test_an_error_becomes_a_notice(page: StudentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.calls.refuse("students.page", DatabaseLockedError("busy"))
    page.arrive()
    qtbot.waitUntil(lambda: bool(notice_area(page.context).texts()))
    assert "Another program is using the database" in notice_area(page.context).texts()[0]
    assert page.presenter.model.rowCount() == 10


def test_names_are_never_markup(page: StudentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    name = "<img src=file:///etc/hostname><b>PAID</b>"
    desk.rename("R001", name, guardian_name=name)
    page.arrive()
    wait_shown(qtbot, page, name)
    for each in page.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText or not each.text()
    assert not any(each.toolTip() == name for each in page.findChildren(QWidget))


def test_before_the_desk_is_open_nothing_breaks(qtbot: QtBot, context: PageContext) -> None:
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.arrive()
    page.act_on_empty()
    assert page.edit() is None
    open_preview(page.receipts, "r0")
    page.open("s1")
    assert not page.detail.isVisible()


def test_a_slow_database_never_stops_the_window(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    answer = desk.real.students.page

    def slowly(text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        time.sleep(0.4)
        return answer(text, offset=offset, limit=limit)

    desk.calls.play("students.page", slowly)
    gaps: list[float] = []
    beats = [time.monotonic()]

    def beat() -> None:
        gaps.append(time.monotonic() - beats[-1])
        beats.append(time.monotonic())

    timer = QTimer(page, interval=5)
    timer.timeout.connect(beat)
    timer.start()
    QTest.keyClicks(page.finder, "meena")
    wait_shown(qtbot, page, "Meena Sharma")
    timer.stop()
    assert sum(gaps) >= 0.3
    assert max(gaps) < 0.3


def test_only_the_newest_search_is_shown(page: StudentsPage, qtbot: QtBot, desk: RealDesk) -> None:
    answer = desk.real.students.page

    def older_is_slower(text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        time.sleep(0.3 if text == "r" else 0.0)
        return answer(text, offset=offset, limit=limit)

    desk.calls.play("students.page", older_is_slower)
    page.search("r")
    page.search("meena")
    wait_shown(qtbot, page, "Meena Sharma")
    qtbot.waitUntil(lambda: not page.context.runner.is_busy)
    assert page.count.text() == "1 found"


def test_the_rest_of_a_fee_is_collected_at_the_counter(clerk: Clerk) -> None:
    desk, window = clerk.desk, clerk.window
    uid, course = desk.student("R001").uid, desk.course("PHY-11")
    [due] = desk.real.enrolments.enrol(uid, course.uid).dues
    desk.real.payments.begin_dues({due.uid: Money(1_800_00)}, Method.CASH)
    window.parts.navigator.go("counter", (desk.student("R001"), course))
    presenter = window.parts.counter.presenter
    clerk.wait(lambda: presenter.bill is not None)
    assert presenter.bill is not None
    assert presenter.bill.total == Money(10_000_00)
    assert presenter.can_collect
    presenter.collect(Method.CASH)
    clerk.wait(lambda: not desk.student("R001").due)


def test_a_due_of_an_archived_course_is_collected_at_the_counter(clerk: Clerk) -> None:
    desk, window = clerk.desk, clerk.window
    student, course = desk.student("R001"), desk.course("PHY-11")
    desk.real.enrolments.enrol(student.uid, course.uid)
    desk.real.courses.withdraw(course.uid)
    window.parts.navigator.go("students", student.uid)
    page = window.findChild(StudentsPage)
    assert isinstance(page, StudentsPage)
    clerk.wait(lambda: any(card.row.course_code == "PHY-11" for card in page.fees))
    [card] = [card for card in page.fees if card.row.course_code == "PHY-11"]
    card.collect_button.click()
    presenter = window.parts.counter.presenter
    clerk.wait(lambda: presenter.bill is not None and presenter.can_collect)
    presenter.collect(Method.CASH)
    clerk.wait(lambda: desk.real.receipts.latest() is not None)
    clerk.wait(lambda: not desk.real.enrolments.of_enrollment(card.row.uid))


def test_a_fee_is_collected_of_the_student_beside_the_list_not_of_its_first_row(
    page: StudentsPage, qtbot: QtBot, desk: RealDesk
) -> None:
    """The list may still be read when the fees of a student are shown beside it."""
    owing = desk.student("R003")
    desk.real.enrolments.enrol(owing.uid, desk.course("ENG-S").uid)
    served: list[object] = []
    page.context.calls.show_page.connect(lambda _name, argument: served.append(argument))
    desk.calls.hold("students.page")
    page.open(owing.uid)
    qtbot.waitUntil(lambda: any(card.row.course_code == "ENG-S" for card in page.fees))
    [card] = [card for card in page.fees if card.row.course_code == "ENG-S"]
    card.collect_button.click()
    qtbot.waitUntil(lambda: len(served) == 1)
    desk.calls.go_on()
    [pair] = served
    assert isinstance(pair, tuple)
    assert [each.uid for each in pair] == [owing.uid, card.row.course_uid]
