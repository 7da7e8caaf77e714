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
from tests.ui.text_sizes import TEXT_SIZES, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

pytestmark = pytest.mark.looks

SCREENS = ("1366x728", "1280x720", "1097x617", "1093x614", "960x540")
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


class _Screen:
    """The room there is, which dialogs ask the screen for."""

    def __init__(self) -> None:
        self.size = QSize()

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, self.size.width(), self.size.height())


@pytest.fixture(params=walked(*SCREENS))
def hosts(
    request: pytest.FixtureRequest, context: PageContext, desk: RealDesk,
    percent: int, language: str, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[QWidget]:  # fmt: skip
    """On each screen the window that dialogs open over, the desk open and set to this text."""
    desk.put("display.text_size", str(percent))
    desk.put("display.language", language)
    context.runner.open(desk.services)
    there = _Screen()
    monkeypatch.setattr(QDialog, "screen", lambda _self: there)

    def each_screen() -> Iterator[QWidget]:
        for name in request.param:
            there.size = QSize(*map(int, name.split("x")))
            host = QWidget()
            host.resize(there.size)
            host.show()
            try:
                yield host
            finally:
                host.close()
                host.deleteLater()

    return each_screen()


@pytest.fixture
def look(qtbot: QtBot, context: PageContext) -> Callable[[QWidget], list[str]]:
    """Waits for what is asked for, and looks."""

    def look_at(widget: QWidget) -> list[str]:
        qtbot.waitUntil(lambda: not context.runner.is_busy)
        qtbot.wait(30)
        return cut_off(widget)

    return look_at


def test_every_section_of_the_settings(
    qtbot: QtBot,
    hosts: Iterator[QWidget],
    context: PageContext,
    look: Callable[[QWidget], list[str]],
) -> None:
    page, wrong = SettingsPage(context), list[str]()
    qtbot.addWidget(page)
    for host in hosts:
        where = f"{host.width()}x{host.height()}"
        page.setParent(host)
        room = (host.width() - theme.px(NAVIGATION_PX), host.height() - theme.px(STATUS_PX))
        page.resize(*room)
        page.show()
        page.arrive()
        for name in page.sections:
            page.show_section(name)
            wrong += [f"{where}, {name}: {each}" for each in look(page)]
        page.show_section("gateway")
        page.gateway.replace_button.click()
        page.open("check")
        wrong += [f"{where}, keys: {each}" for each in look(page)]
        assert (page.width(), page.height()) == room
        page.gateway.cancel_button.click()
        page.setParent(None)  # hosts end with what is in them
    assert not wrong, "\n".join(wrong)


def test_every_step_of_the_first_set_up(
    hosts: Iterator[QWidget], context: PageContext, look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    for host in hosts:
        where = f"{host.width()}x{host.height()}"
        wizard = SetupWizard(context.runner, host)
        wizard.open()
        wrong += [f"{where}: {each}" for each in look(wizard)]
        for _ in wizard.pageIds()[1:]:
            wizard.next()
            wrong += [f"{where}, step {wizard.currentId()}: {each}" for each in look(wizard)]
        assert wizard.currentPage() is wizard.ready
        wrong += larger(wizard, host)
    assert not wrong, "\n".join(wrong)


def test_help_with_its_shortcuts_and_matches(
    hosts: Iterator[QWidget], look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    for host in hosts:
        where = f"{host.width()}x{host.height()}"
        panel = HelpPanel(host, "counter")
        panel.open()
        wrong += [f"{where}: {each}" for each in look(panel)]
        panel.keys_button.setChecked(True)
        wrong += [f"{where}, shortcuts: {each}" for each in look(panel)]
        panel.search.setText("Razorpay")
        wrong += [f"{where}, matches: {each}" for each in look(panel)]
        wrong += larger(panel, host)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", [StudentForm, CourseForm])
def test_every_form_folded_and_unfolded(
    hosts: Iterator[QWidget], context: PageContext, look: Callable[[QWidget], list[str]],
    kind: type[StudentForm | CourseForm],
) -> None:  # fmt: skip
    wrong = []
    for host in hosts:
        where = f"{host.width()}x{host.height()}"
        form = kind(context.runner, host)
        form.open()
        wrong += [f"{where}: {each}" for each in look(form)]
        form.more_button.click()
        wrong += [f"{where}, more: {each}" for each in look(form)]
        wrong += larger(form, host)
    assert not wrong, "\n".join(wrong)


def larger(dialog: QDialog, host: QWidget) -> Iterator[str]:
    """Yield what is wrong with a dialog that is larger than its screen."""
    if dialog.width() > host.width() or dialog.height() > host.height():
        yield f"{host.size()}: the dialog is {dialog.size()}"
