"""The courses page: what is on offer, what it costs, and taking it off the list on purpose only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.domain.payment import Method
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import theme
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.tables.columns import Level
from desktop_app.ui.tables.paged_table import LEVEL_ROLE
from tests.ui.notice_area import notice_area
from tests.ui.painted import is_painted

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk


CHEMISTRY, MATHEMATICS, PHYSICS, PHYSICS_XII = 0, 2, 4, 5
"""Rows of the list, which is in the order of the codes."""


@pytest.fixture
def page(qtbot: QtBot, context: PageContext, desk: RealDesk) -> CoursesPage:
    made = CoursesPage(context)
    qtbot.addWidget(made)
    made.resize(1278, 678)
    made.show()
    context.runner.open(desk.services)
    made.arrive()
    qtbot.waitUntil(made.edit_button.isEnabled)
    made.table.pick_row(PHYSICS)
    qtbot.waitUntil(lambda: made.course_title.full_text() == "Physics XI")
    return made


def test_the_list_says_what_a_student_pays_and_how_many_seats_are_left(page: CoursesPage) -> None:
    model = page.presenter.model
    assert page.count.text() == "6 courses"
    columns = [str(column.title) for column in model.columns]
    fee, net, seats = (columns.index(each) for each in ("Fee ₹", "Before GST ₹", "Seats"))
    assert model.index(PHYSICS, fee).data() == "11,800.00"
    assert model.index(PHYSICS, net).data() == "10,000.00"
    shown = [
        (model.index(at, seats).data(), model.index(at, seats).data(LEVEL_ROLE))
        for at in (PHYSICS, PHYSICS_XII, CHEMISTRY, MATHEMATICS)
    ]
    assert shown == [
        ("12 left", Level(0.25, "accent")), ("3 left", Level(4 / 7, "attention")),
        ("Full", Level(1.0, "wrong")), ("No limit", None),
    ]  # fmt: skip
    assert page.total.text() == "₹11,800"
    assert page.facts.text_of("Before GST") == "₹10,000.00"
    assert page.facts.text_of("GST") == "₹1,800.00 (18 %)"
    assert page.facts.text_of("Seats") == "4 of 16 taken"
    assert is_painted(page.table.viewport(), theme.tokens().attention), "a bar of few seats"


def test_seats_of_a_small_course_that_is_empty_are_no_warning(
    page: CoursesPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.change_course("ENG-S", seats=3)
    desk.change_course("NEET-F", seats=3)
    page.arrive()
    model = page.presenter.model
    seats = len(model.columns) - 1

    def words() -> list[str]:
        return [str(model.index(at, seats).data()) for at in range(6)]

    qtbot.waitUntil(lambda: "No limit" in words())
    for at, said in enumerate(words()):
        level = model.index(at, seats).data(LEVEL_ROLE)
        if said == "3 left" and level.part == 0:
            assert level.tone == "accent"


def test_a_press_on_a_heading_orders_the_list(page: CoursesPage, qtbot: QtBot) -> None:
    heads, model = page.table.horizontalHeader(), page.presenter.model
    assert heads.sectionsClickable()

    def fees() -> list[int]:
        rows = (model.row(at) for at in range(model.rowCount()))
        return [row.total.paise for row in rows if row is not None]

    at = [str(column.title) for column in model.columns].index("Fee ₹")
    heads.sectionClicked.emit(at)
    qtbot.waitUntil(lambda: fees() == sorted(fees()))
    heads.sectionClicked.emit(at)
    qtbot.waitUntil(lambda: fees() == sorted(fees(), reverse=True))
    assert heads.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder


def test_amounts_stand_on_the_right(page: CoursesPage) -> None:
    alignment = page.presenter.model.index(0, 6).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_searching_by_code_or_batch(page: CoursesPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.finder, "weekend")
    qtbot.waitUntil(lambda: page.count.text() == "1 found")
    assert page.course_title.full_text() == "Mathematics XII"
    page.finder.setText("nothing like this")
    qtbot.waitUntil(page.empty.isVisible)
    assert not page.archive_button.isEnabled()
    assert page.edit() is None


def test_no_courses_offers_the_first(
    qtbot: QtBot, context: PageContext, bare_desk: RealDesk
) -> None:
    page = CoursesPage(context)
    qtbot.addWidget(page)
    assert page.edit() is None
    page.act_on_empty()
    context.runner.open(bare_desk.services)
    page.arrive()
    qtbot.waitUntil(lambda: page.empty.title.text() == "No courses yet")


def test_a_new_course_is_picked_and_told(page: CoursesPage, qtbot: QtBot, desk: RealDesk) -> None:
    form = page.open_form(None)
    assert form is not None
    for field, text in ((form.title, "Biology XI"), (form.code, "BIO-11"), (form.fee, "9,000")):
        field.setText(text)
    with qtbot.waitSignal(page.context.calls.changed):
        form.save_button.click()
    qtbot.waitUntil(lambda: page.course_title.full_text() == "Biology XI")
    assert desk.course("BIO-11").course.fee.paise == 9_000_00


def test_archiving_asks_first_and_defaults_to_keeping(
    page: CoursesPage, qtbot: QtBot, desk: RealDesk
) -> None:
    uid = desk.course("PHY-11").uid
    page.archive_button.click()
    assert page.question.isVisible()
    assert "PHY-11" in page.question_words.text()
    assert page.window().focusWidget() is page.keep_button
    page.go_back()
    assert not page.question.isVisible()
    page.archive_button.click()
    page.keep_button.click()
    assert not page.question.isVisible()
    page.archive_button.click()
    page.confirm_button.click()
    qtbot.waitUntil(lambda: desk.calls.of("courses.withdraw") == [(uid,)])
    qtbot.waitUntil(lambda: page.count.text() == "5 courses")
    assert "PHY-11 is archived" in notice_area(page.context).texts()[0]


def test_picking_another_course_takes_the_question_back(page: CoursesPage) -> None:
    page.archive_button.click()
    page.table.pick_row(1)
    assert not page.question.isVisible()


def test_money_changes_the_seats(page: CoursesPage, qtbot: QtBot, desk: RealDesk) -> None:
    desk.change_course("PHY-11", seats=5)
    desk.paid("R002", "PHY-11", Method.CASH)
    page.context.calls.changed.emit(Changes(payments=True))
    qtbot.waitUntil(lambda: page.facts.text_of("Seats") == "5 of 5 taken")


def test_a_course_that_is_gone_becomes_a_notice(
    page: CoursesPage, qtbot: QtBot, desk: RealDesk
) -> None:
    desk.real.courses.withdraw(desk.course("PHY-11").uid)
    page.archive_button.click()
    page.confirm_button.click()
    qtbot.waitUntil(lambda: bool(notice_area(page.context).texts()))
    assert "no longer available" in notice_area(page.context).texts()[0]


def test_a_saved_course_is_confirmed_with_what_a_student_pays(
    qtbot: QtBot, context: PageContext, page: CoursesPage
) -> None:
    form = page.open_form(None)
    assert form is not None
    form.fill(title="Biology XI", code="BIO-11", fee="9,000", tax_inclusive="yes")
    form.save_button.click()
    area = notice_area(context)
    qtbot.waitUntil(lambda: "Course saved: Biology XI, ₹9,000." in " ".join(area.texts()))
