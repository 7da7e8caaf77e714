"""Settings, first set-up, help and forms on every screen there is: nothing of them is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QDialog, QWidget

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.wizard import SetupWizard
from desktop_app.ui.shell.help_panel import HelpPanel
from desktop_app.ui.students.student_form import StudentForm
from tests.ui.cut_off import cut_off
from tests.ui.text_sizes import TEXT_SIZES, screens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

pytestmark = pytest.mark.looks

SCREENS = ((1366, 728), (1280, 720), (1097, 617), (1093, 614), (960, 540))
"""Logical pixels: 1366x768 at 100 and 125 %, and 1920x1080 at 150, 175 and 200 %."""
NAVIGATION_PX, STATUS_PX = 93, 31
"""Width of the navigation and height of the status bar, at a text size of 100 %."""


@pytest.fixture(params=TEXT_SIZES)
def percent(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[int]:
    theme.apply(qapp, "light", request.param)
    yield int(request.param)
    theme.apply(qapp, "light", 100)


@pytest.fixture(params=["en", "hi"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    i18n.set_language(qapp, request.param)
    yield str(request.param)
    i18n.set_language(qapp, "en")


@pytest.fixture(params=screens(*SCREENS), ids=lambda size: f"{size[0]}x{size[1]}")
def screen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> QSize:
    """The room there is, which dialogs ask the screen for."""
    size = QSize(*request.param)
    monkeypatch.setattr(QDialog, "screen", lambda _self: _Screen(size))
    return size


class _Screen:
    def __init__(self, size: QSize) -> None:
        self._size = size

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, self._size.width(), self._size.height())


@pytest.fixture
def host(
    qtbot: QtBot, context: PageContext, desk: RealDesk, screen: QSize, percent: int, language: str
) -> QWidget:
    """The window that dialogs open over, with the desk open and set to this text."""
    desk.put("display.text_size", str(percent))
    desk.put("display.language", language)
    context.runner.open(desk.services)
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(screen)
    made.show()
    return made


@pytest.fixture
def look(qtbot: QtBot, context: PageContext) -> Callable[[QWidget], list[str]]:
    """Waits for what is asked for, and looks."""

    def look_at(widget: QWidget) -> list[str]:
        qtbot.waitUntil(lambda: not context.runner.is_busy)
        qtbot.wait(30)
        return cut_off(widget)

    return look_at


def test_every_section_of_the_settings(
    host: QWidget, context: PageContext, screen: QSize, look: Callable[[QWidget], list[str]]
) -> None:
    page = SettingsPage(context)
    page.setParent(host)
    room = (screen.width() - theme.px(NAVIGATION_PX), screen.height() - theme.px(STATUS_PX))
    page.resize(*room)
    page.show()
    page.arrive()
    wrong = []
    for name in page.sections:
        page.show_section(name)
        wrong += [f"{name}: {each}" for each in look(page)]
    page.show_section("gateway")
    page.gateway.replace_button.click()
    page.open("check")
    wrong += [f"keys: {each}" for each in look(page)]
    assert (page.width(), page.height()) == room
    assert not wrong, "\n".join(wrong)


def test_every_step_of_the_first_set_up(
    host: QWidget, context: PageContext, screen: QSize, look: Callable[[QWidget], list[str]]
) -> None:
    wizard = SetupWizard(context.runner, host)
    wizard.open()
    wrong = look(wizard)
    for _ in wizard.pageIds()[1:]:
        wizard.next()
        wrong += [f"step {wizard.currentId()}: {each}" for each in look(wizard)]
    assert wizard.currentPage() is wizard.ready
    assert wizard.width() <= screen.width()
    assert wizard.height() <= screen.height()
    assert not wrong, "\n".join(wrong)


def test_help_with_its_shortcuts_and_matches(
    host: QWidget, screen: QSize, look: Callable[[QWidget], list[str]]
) -> None:
    panel = HelpPanel(host, "counter")
    panel.open()
    wrong = look(panel)
    panel.keys_button.setChecked(True)
    wrong += [f"shortcuts: {each}" for each in look(panel)]
    panel.search.setText("Razorpay")
    wrong += [f"matches: {each}" for each in look(panel)]
    assert panel.width() <= screen.width()
    assert panel.height() <= screen.height()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", [StudentForm, CourseForm])
def test_every_form_folded_and_unfolded(
    host: QWidget, context: PageContext, screen: QSize, look: Callable[[QWidget], list[str]],
    kind: type[StudentForm | CourseForm],
) -> None:  # fmt: skip
    form = kind(context.runner, host)
    form.open()
    wrong = look(form)
    form.more_button.click()
    wrong += [f"more: {each}" for each in look(form)]
    assert form.width() <= screen.width()
    assert form.height() <= screen.height()
    assert not wrong, "\n".join(wrong)
