"""The students page: the roll as a lazy list, one student in full, and the ways on from there."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.domain.students import Student
from desktop_app.services.errors import DatabaseLockedError
from desktop_app.services.views.changes import Changes
from desktop_app.ui.receipts.preview import open_preview
from desktop_app.ui.students.page import StudentsPage
from desktop_app.ui.tables.paged_table import MOST_PAGES, PAGE_ROWS
from tests.ui.fake_lists import FakeDesk, make_context, sample_desk
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.services.views.enrolment import StudentPage
    from desktop_app.ui.core.page import PageContext

MILLION = 1_000_000


@pytest.fixture
def desk() -> FakeDesk:
    return sample_desk()


@pytest.fixture
def context(qtbot: QtBot) -> Iterator[PageContext]:
    yield from make_context(qtbot)


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, desk: FakeDesk) -> StudentsPage:
    made = StudentsPage(context)
    qtbot.addWidget(made)
    made.resize(1278, 678)
    made.show()
    context.runner.open(desk)  # type: ignore[arg-type]
    made.arrive()
    qtbot.waitUntil(made.edit_button.isEnabled)
    return made


def wait_shown(qtbot: QtBot, page: StudentsPage, name: str) -> None:
    qtbot.waitUntil(lambda: page.name.full_text() == name)


def test_the_first_student_is_shown_in_full(page: StudentsPage, qtbot: QtBot) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    assert page.count.text() == "10 on the roll"
    assert page.facts.text_of("Phone") == "••••••2345"
    assert page.facts.text_of("State") == "Karnataka"
    assert page.history_model.rowCount() >= 3
    assert page.history.isVisible()


def test_typing_narrows_and_esc_widens(page: StudentsPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.finder, "meena")
    wait_shown(qtbot, page, "Meena Sharma")
    assert page.count.text() == "1 found"
    page.go_back()
    qtbot.waitUntil(lambda: page.count.text() == "10 on the roll")
    assert page.name.full_text() == "Meena Sharma"


def test_arrows_in_the_search_move_through_the_list(page: StudentsPage, qtbot: QtBot) -> None:
    page.start_find()
    QTest.keyClick(page.finder, Qt.Key.Key_Down)
    wait_shown(qtbot, page, "आशा कुमारी")
    QTest.keyClick(page.finder, Qt.Key.Key_Up)
    QTest.keyClick(page.finder, Qt.Key.Key_Up)
    wait_shown(qtbot, page, "Asha Rao")


def test_nobody_found_can_be_added_with_enter(page: StudentsPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.finder, "Zubin")
    qtbot.waitUntil(page.empty.isVisible)
    assert "Zubin" in page.empty.title.text()
    assert not page.edit_button.isEnabled()
    with qtbot.waitSignal(page.context.calls.new_student) as asked:
        QTest.keyClick(page.finder, Qt.Key.Key_Return)
    assert asked.args == ["Zubin"]


def test_an_empty_roll_says_what_to_do(qtbot: QtBot, context: PageContext) -> None:
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(FakeDesk())  # type: ignore[arg-type]
    page.arrive()
    qtbot.waitUntil(lambda: page.empty.title.text() == "No students yet")
    with qtbot.waitSignal(context.calls.new_student):
        page.empty.button.click()


def test_a_million_students_are_read_by_the_page(
    qtbot: QtBot, context: PageContext, desk: FakeDesk
) -> None:
    desk.students.total = MILLION
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.resize(1278, 678)
    page.show()
    context.runner.open(desk)  # type: ignore[arg-type]
    page.arrive()
    qtbot.waitUntil(lambda: page.presenter.model.rowCount() == MILLION)
    assert page.count.text() == "10,00,000 on the roll"
    page.table.scrollToBottom()
    last = page.presenter.model.index(MILLION - 1, 0)
    qtbot.waitUntil(lambda: last.data() == f"R{MILLION - 1}")
    for at in range(0, MILLION, MILLION // 60):
        page.table.scrollTo(page.presenter.model.index(at, 0))
        page.table.viewport().repaint()
    page.table.pick_row(500_000)
    wait_shown(qtbot, page, "Student 500000")
    asked = [each for each in desk.students.asked if each[0] == "page"]
    assert {each[3] for each in asked} == {PAGE_ROWS}
    assert sum(1 for _ in page.presenter.model.loaded()) <= MOST_PAGES * PAGE_ROWS


def test_changing_a_student_keeps_it_picked(
    page: StudentsPage, qtbot: QtBot, desk: FakeDesk
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
    assert desk.students.kept["s4"].name == "Meena Sharma Gupta"


def test_collecting_goes_to_the_counter_with_the_student(page: StudentsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.context.calls.show_page) as asked:
        page.collect_button.click()
    assert asked.args is not None
    assert (asked.args[0], asked.args[1].uid) == ("counter", "s1")


def test_a_student_can_be_shown_from_elsewhere(page: StudentsPage, qtbot: QtBot) -> None:
    page.open("s7")
    wait_shown(qtbot, page, "Arjun Patel")
    qtbot.waitUntil(lambda: page.table.current() is not None and page.table.current().uid == "s7")


def test_a_receipt_opens_from_the_history(page: StudentsPage, qtbot: QtBot) -> None:
    assert not page.receipt_button.isEnabled()
    page.history.pick_row(1)
    assert page.receipt_button.isEnabled()
    page.receipt_button.click()
    dialog = page.findChild(QWidget, "receiptPreview")
    assert dialog is not None
    heading = dialog.findChild(QLabel, "receiptHeading")
    assert heading is not None
    qtbot.waitUntil(lambda: "D1/26-27/" in heading.text())
    dialog.close()


def test_money_that_came_shows_in_the_history(
    page: StudentsPage, qtbot: QtBot, desk: FakeDesk
) -> None:
    wait_shown(qtbot, page, "Asha Rao")
    before = page.history_model.rowCount()
    history = desk.students.history
    history["s1"] = (*history["s1"], replace(history["s1"][0], uid="e-new"))
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.history_model.rowCount() == before + 1)


def test_an_error_becomes_a_notice(page: StudentsPage, qtbot: QtBot, desk: FakeDesk) -> None:
    desk.students.error = DatabaseLockedError("busy")
    page.arrive()
    qtbot.waitUntil(lambda: bool(notice_area(page.context).texts()))
    assert "Another program holds the database" in notice_area(page.context).texts()[0]
    assert page.presenter.model.rowCount() == 10


def test_names_are_never_markup(page: StudentsPage, qtbot: QtBot, desk: FakeDesk) -> None:
    name = "<img src=file:///etc/hostname><b>PAID</b>"
    desk.students.kept = {"s1": Student("R1", name, guardian_name=name)}
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
    assert page.name.full_text() == "No student picked"


def test_a_slow_database_never_stops_the_window(
    page: StudentsPage, qtbot: QtBot, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.students.page

    def slowly(text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        time.sleep(0.4)
        return answer(text, offset=offset, limit=limit)

    monkeypatch.setattr(desk.students, "page", slowly)
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


def test_only_the_newest_search_is_shown(
    page: StudentsPage, qtbot: QtBot, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.students.page

    def older_is_slower(text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        time.sleep(0.3 if text == "r" else 0.0)
        return answer(text, offset=offset, limit=limit)

    monkeypatch.setattr(desk.students, "page", older_is_slower)
    page.search("r")
    page.search("meena")
    wait_shown(qtbot, page, "Meena Sharma")
    qtbot.waitUntil(lambda: not page.context.runner.is_busy)
    assert page.count.text() == "1 found"
