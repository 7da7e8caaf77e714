"""The question whether a folder was moved or copied, above the pages of the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.domain.payment import Method
from desktop_app.services.identity.book import BOOK_ID, INSTALLATION
from desktop_app.ui.core import i18n
from tests.ui.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk

OLD = Path("/srv/old/desk")


@pytest.fixture
def copied(
    qtbot: QtBot, qapp: QApplication, window: MainWindow, open_copy: Callable[..., RealDesk]
) -> Iterator[Clerk]:
    """A window on a folder that was copied from another one."""
    desk = open_copy("counter")
    desk.identity.check()
    book = desk.store.reader.settings.all()[BOOK_ID]
    desk.registry.places[book] = OLD, "D1"
    desk.identity.check()
    window.is_training = False
    clerk = Clerk(window, desk, qtbot)
    window.attach(desk.services, desk.folder)
    yield clerk
    i18n.set_language(qapp, "en")


def asked(clerk: Clerk) -> QWidget:
    strip = clerk.the(QWidget, "bookQuestion")
    clerk.wait(strip.isVisible)
    return strip


def test_the_question_is_up_and_everything_can_be_read(copied: Clerk, qapp: QApplication) -> None:
    strip = asked(copied)
    assert strip.accessibleName() == "Was this desk moved or copied?"
    assert str(OLD) in copied.text("bookQuestionWords")
    assert "D1" in copied.text("bookQuestionWords")
    copied.wait(lambda: copied.window.runner.desk is not None)
    assert copied.desk.real.students.search("")
    notices = copied.window.parts.notices
    assert not [each for each in notices.findChildren(QLabel) if "moved or copied" in each.text()]
    i18n.set_language(qapp, "hi")
    assert strip.accessibleName() == "यह डेस्क मूव हुई है या कॉपी?"
    assert copied.text("bookMovedButton") == "मूव हुई"


def test_an_answer_is_confirmed_once_and_can_be_taken_back(copied: Clerk) -> None:
    asked(copied)
    for answer in ("bookMoved", "bookCopied"):
        copied.click(f"{answer}Button")
        back = copied.the(QPushButton, "bookBackButton")
        assert back.isVisible()
        assert not copied.the(QPushButton, "bookMovedButton").isVisible()
        copied.click("bookBackButton")
        assert copied.the(QPushButton, "bookMovedButton").isVisible()
        assert copied.desk.store.refusal is not None


def test_what_would_be_recorded_is_refused_in_words(copied: Clerk) -> None:
    asked(copied)
    desk = copied.desk
    student, course = desk.student("R001"), desk.real.courses.search("")[0]
    copied.window.runner.local(
        lambda each: each.payments.begin(student.uid, course.uid, Method.CASH), lambda _: None
    )
    notices = copied.window.parts.notices
    copied.wait(
        lambda: any(
            "Someone moved or copied this desk" in each.text()
            for each in notices.findChildren(QLabel)
        )
    )
    assert not desk.store.reader.payments.recent(5)


def test_a_copied_desk_gets_the_code_that_was_shown(copied: Clerk) -> None:
    strip = asked(copied)
    question = copied.desk.identity.question()
    assert question is not None
    copied.click("bookCopiedButton")
    copied.click("bookConfirmButton")
    copied.wait(strip.isHidden)
    assert copied.desk.context.settings().desk_id == question.new_code
    copied.wait(
        lambda: any(
            question.new_code in each.text()
            for each in copied.window.parts.notices.findChildren(QLabel)
        )
    )


def test_a_desk_in_its_place_is_asked_nothing(clerk: Clerk) -> None:
    clerk.started()
    assert clerk.the(QWidget, "bookQuestion").isHidden()


def test_the_status_bar_names_the_question_until_a_moved_desk_goes_on(copied: Clerk) -> None:
    strip = asked(copied)
    copied.wait(lambda: copied.text("statusLook") == "Moved or copied?")
    copied.window.parts.read_health()
    copied.idle()
    assert copied.text("statusLook") == "Moved or copied?", "it is not called a desk without issues"
    copied.click("statusLook")
    assert copied.named("bookMovedButton").hasFocus()
    copied.click("bookMovedButton")
    copied.click("bookConfirmButton")
    copied.wait(strip.isHidden)
    copied.wait(lambda: copied.text("statusLook") != "Moved or copied?")
    assert copied.desk.store.refusal is None, "a moved desk goes on"
    stored = copied.desk.store.reader.settings.all()
    assert stored[INSTALLATION] == copied.desk.registry.installation_id()
    assert copied.desk.registry.place(stored[BOOK_ID]) == copied.desk.folder
