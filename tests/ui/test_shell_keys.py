"""Shortcuts lead everywhere, and notices are read one after the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tender import Method
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.students.student_form import StudentForm
from desktop_app.ui.widgets.notice_area import GONE_AFTER_MS, NoticeArea

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ui.clerk import Clerk

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def press(clerk: Clerk, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(clerk.window, key, modifier)


def back_at_desk(clerk: Clerk) -> None:
    clerk.window.activateWindow()
    clerk.wait(lambda: clerk.window.isActiveWindow() and QApplication.focusWidget() is not None)


# --- notices


def visible(area: NoticeArea) -> list[str]:
    return [card.text() for card in area._cards if card.isVisible()]


@pytest.fixture
def quiet(looking: Clerk) -> Iterator[NoticeArea]:
    """The place of notices at a counter where nothing happens."""
    notices = looking.window.parts.notices
    yield notices
    notices._leaving.setInterval(GONE_AFTER_MS)


def test_one_notice_is_shown_at_a_time_and_the_others_are_counted(quiet: NoticeArea) -> None:
    for words in ("One.", "Two.", "Three."):
        quiet.post(Notice(words, tone=Tone.ATTENTION))
    assert visible(quiet) == ["Three."]
    more = quiet.findChild(QPushButton, "noticeOthersButton")
    assert isinstance(more, QPushButton)
    front = quiet._front
    assert front is not None
    assert front.others.text() == "2 more"
    front.others.click()
    assert visible(quiet) == ["Two."]


def test_success_and_information_leave_by_themselves_one_after_the_other(
    looking: Clerk, quiet: NoticeArea
) -> None:
    assert GONE_AFTER_MS == 6000
    quiet._leaving.setInterval(60)
    quiet.post(Notice("It failed.", tone=Tone.WRONG))
    quiet.post(Notice("It is noted.", tone=Tone.PLAIN))
    quiet.post(Notice("It went well.", tone=Tone.GOOD))
    looking.wait(lambda: visible(quiet) == ["It is noted."])
    looking.wait(lambda: visible(quiet) == ["It failed."])
    looking.bot.wait(150)
    assert visible(quiet) == ["It failed."]


def test_a_notice_that_is_being_read_stays(looking: Clerk, quiet: NoticeArea) -> None:
    quiet._leaving.setInterval(40)
    quiet.note("Paid.", tone=Tone.GOOD, actions=(("Show", lambda: None),))
    [button] = [each for each in quiet.findChildren(QPushButton) if each.text() == "Show"]
    button.setFocus()
    looking.bot.wait(150)
    assert visible(quiet) == ["Paid."]
    looking.press(Qt.Key.Key_F2)
    looking.wait(lambda: visible(quiet) == [])


# --- keys


def test_ctrl_and_a_figure_lead_to_the_page_at_that_place(looking: Clerk) -> None:
    places = [*enumerate(PAGES, 1)]
    for number, spec in (*places[1:], places[0]):  # the first one is there already
        press(looking, Qt.Key(Qt.Key.Key_0 + number), CTRL)
        assert looking.window.parts.pages.current_name() == spec.name
        assert f"Ctrl+{number}" in looking.named(f"{spec.name}Nav").toolTip()


def test_alt_and_a_figure_choose_the_way_of_paying(looking: Clerk) -> None:
    looking.pick()
    for key, method in (
        (Qt.Key.Key_2, Method.PAYMENT_LINK),
        (Qt.Key.Key_3, Method.CASH),
        (Qt.Key.Key_1, Method.AUTO),
    ):
        press(looking, key, ALT)
        assert looking.window.parts.counter.bill.chosen_method() is method


def test_alt_4_leads_to_the_first_payment_of_the_tray(clerk: Clerk) -> None:
    first = clerk.collect("R001", "MATH-9")
    clerk.press(Qt.Key.Key_Escape)
    second = clerk.collect("R002", "MATH-9")
    clerk.press(Qt.Key.Key_Escape)
    for key, uid, name in ((Qt.Key.Key_4, first, "Alt+4"), (Qt.Key.Key_5, second, "Alt+5")):
        press(clerk, key, ALT)
        view = clerk.window.parts.payment.view
        assert view is not None
        assert view.uid == uid
        assert view.state is AttemptState.AWAITING
        chips = clerk.window.parts.tray.chips()
        [chip] = [each for each in chips if each.property("attempt") == uid]
        assert name in chip.toolTip()
    press(clerk, Qt.Key.Key_9, ALT)
    view = clerk.window.parts.payment.view
    assert view is not None
    assert view.uid == second, "there is no sixth payment"


def opened(kind: type[QWidget]) -> list[QWidget]:
    tops = QApplication.topLevelWidgets()
    return [each for each in tops if isinstance(each, kind) and each.isVisible()]


def test_ctrl_n_adds_what_the_page_lists(looking: Clerk) -> None:
    looking.window.parts.navigator.go("courses")
    press(looking, Qt.Key.Key_N, CTRL)
    [course] = opened(CourseForm)
    assert isinstance(course, CourseForm)
    course.reject()
    looking.window.parts.navigator.go("students")
    press(looking, Qt.Key.Key_N, CTRL)
    [student] = opened(StudentForm)
    assert isinstance(student, StudentForm)
    student.reject()


def test_ctrl_n_takes_along_only_a_name_that_matched_nobody(looking: Clerk) -> None:
    for typed, filled in (("Rahul Verma", "Rahul Verma"), ("Asha", "")):
        looking.press(Qt.Key.Key_F2)
        looking.type(typed)
        looking.wait(partial(is_answered, looking, typed))
        looking.window.parts.navigator.go("courses")
        looking.window.parts.navigator.go("counter")
        press(looking, Qt.Key.Key_N, CTRL)
        [form] = opened(StudentForm)
        assert isinstance(form, StudentForm)
        assert form.name.text() == filled
        assert not form.is_changed, "what was filled in is no change"
        form.reject()
        assert opened(StudentForm) == []
        back_at_desk(looking)


def is_answered(clerk: Clerk, typed: str) -> bool:
    return bool(clerk.named("studentResults").property("query") == typed)
