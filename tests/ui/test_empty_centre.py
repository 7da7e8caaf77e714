"""The counter of a centre with nothing to bill: buttons for what comes first, until it is there."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.students import make_student
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.page import PageContext
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.shell import composition
from tests.ui.clerk import Clerk
from tests.ui.cut_off import cut_off
from tests.ui.text_sizes import SIZES_TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk

BUTTONS = ("firstStudentsButton", "firstCourseButton", "firstPracticeButton")


@pytest.fixture
def is_training() -> bool:
    return False


@pytest.fixture
def bare(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, is_training: bool
) -> Clerk:
    """A clerk at a centre that was set up and has neither students nor courses."""

    def context(runner: Any, notices: Any, printer: Any, calls: Any, _mode: bool) -> PageContext:
        return PageContext(runner, notices, printer, calls, is_training)

    monkeypatch.setattr(composition, "PageContext", context)
    window: MainWindow = request.getfixturevalue("window")
    open_copy: Callable[..., RealDesk] = request.getfixturevalue("open_copy")
    bot: QtBot = request.getfixturevalue("qtbot")
    made = Clerk(window, open_copy("bare", training=True), bot)
    window.attach(made.desk.services, made.desk.folder)
    made.wait(lambda: window.parts.counter.course.results.property("query") == "")
    made.idle()
    return made


def offered(clerk: Clerk) -> list[str]:
    """The words on the buttons that are seen, from the top."""
    found = [clerk.window.findChild(QPushButton, name) for name in BUTTONS]
    return [each.text().strip() for each in found if each is not None and each.isVisible()]


def test_an_empty_counter_offers_what_the_first_run_ends_with(bare: Clerk) -> None:
    assert offered(bare) == ["Import students", "Add a course", "Practise first"]
    assert bare.text("emptyCentre") == "No students or courses yet"
    assert bare.focus == "studentSearch", "typing a name works as ever"
    assert not bare.shown("recentPayments"), "nothing was ever paid"
    wanted: list[str] = []
    bare.window.parts.calls.first_step.disconnect()
    bare.window.parts.calls.first_step.connect(wanted.append)
    for name in BUTTONS:
        bare.click(name)
    assert wanted == ["students", "course", "practice"]


def test_what_is_there_is_offered_no_more(bare: Clerk) -> None:
    bare.click("firstCourseButton")
    form = bare.the(CourseForm, "courseForm")
    form.fill(title="Biology XI", code="BIO-11", fee="9,000")
    form.save_button.click()
    bare.wait(lambda: "Course saved: Biology XI" in bare.notices())
    bare.wait(lambda: offered(bare) == ["Import students", "Practise first"])
    assert bare.text("emptyCentre") == "No students yet. Type a name to add one."
    student = make_student(roll_no="R001", name="Asha Rao", phone="9845012345", state="KA")
    bare.window.parts.runner.local(lambda desk: desk.students.add(student))
    bare.wait(lambda: offered(bare) == [])
    assert bare.shown("studentResults")
    assert bare.shown("recentPayments")
    bare.press(Qt.Key.Key_F3)
    assert offered(bare) == []


def test_a_course_is_offered_beside_the_students_and_in_place_of_the_courses(bare: Clerk) -> None:
    student = make_student(roll_no="R001", name="Asha Rao", phone="9845012345", state="KA")
    bare.window.parts.runner.local(lambda desk: desk.students.add(student))
    bare.wait(lambda: offered(bare) == ["Add a course", "Practise first"])
    assert bare.shown("studentResults")
    bare.type("R001")
    bare.press(Qt.Key.Key_Return)
    bare.wait(lambda: bare.focus == "courseSearch")
    assert offered(bare) == ["Add a course", "Practise first"]
    assert not bare.shown("courseResults")
    course = make_course(code="BIO-11", title="Biology XI", batch="", fee=Money(900000))
    bare.window.parts.runner.local(lambda desk: desk.courses.add(course))
    bare.wait(lambda: offered(bare) == [])
    assert bare.shown("courseResults")


def test_a_typed_name_leads_to_its_student_and_not_to_the_buttons(bare: Clerk) -> None:
    bare.type("Rahul")
    bare.wait(lambda: bare.named("studentResults").property("query") == "Rahul")
    assert offered(bare) == []
    assert bare.shown("studentResults")
    bare.press(Qt.Key.Key_Escape)
    bare.wait(lambda: len(offered(bare)) == 3)


@pytest.mark.parametrize("is_training", [True])
def test_practice_mode_does_not_offer_practice(bare: Clerk) -> None:
    assert offered(bare) == ["Import students", "Add a course"]


@pytest.mark.looks
@pytest.mark.parametrize("percents", SIZES_TOGETHER)
def test_nothing_of_it_is_cut_on_any_screen(
    bare: Clerk, qapp: QApplication, percents: tuple[int, ...]
) -> None:
    card: QWidget | None = bare.the(QLabel, "emptyCentre").parentWidget()
    assert card is not None
    for percent, language in product(percents, ("en", "hi")):
        i18n.set_language(qapp, language)
        theme.apply(qapp, "light", percent)
        for size in (QSize(1350, 688), QSize(1264, 632), QSize(1081, 529), QSize(944, 452)):
            bare.window.resize(size)
            bare.bot.wait(60)
            where = size, percent, language
            assert bare.window.size() == size
            assert cut_off(card) == [], where
            assert len(offered(bare)) == 3
            for name in BUTTONS:
                part = bare.named(name)
                assert part.visibleRegion().boundingRect() == part.rect(), (name, where)
