"""Settings, first set-up, help and forms on every screen there is: nothing of them is cut."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

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

Dialog = TypeVar("Dialog", bound=QDialog)
SCREENS = ("1366x728", "1280x720", "1097x617", "1093x614", "960x540")
"""Logical pixels: 1366x768 at 100 and 125 %, and 1920x1080 at 150, 175 and 200 %."""
NAVIGATION_PX, STATUS_PX = 93, 31
"""Width of the navigation and height of the status bar, at a text size of 100 %."""


class _Screen:
    """The room there is, which dialogs ask the screen for."""

    def __init__(self) -> None:
        self.size = QSize()

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, self.size.width(), self.size.height())


@pytest.fixture(params=walked(*SCREENS))
def hosts(
    request: pytest.FixtureRequest, qtbot: QtBot, context: PageContext, desk: RealDesk,
    percent: int, qapp: QApplication, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, QWidget]]:  # fmt: skip
    """The window that dialogs open over, in each language on each screen, and where that is."""
    desk.put("display.text_size", str(percent))
    theme.apply(qapp, "light", percent)
    context.runner.open(desk.services)
    there = _Screen()
    monkeypatch.setattr(QDialog, "screen", lambda _self: there)

    def each_screen() -> Iterator[tuple[str, QWidget]]:
        for language in ("en", "hi"):
            desk.put("display.language", language)
            i18n.set_language(qapp, language)
            host = QWidget()
            qtbot.addWidget(host)
            host.setUpdatesEnabled(False)  # places are judged, not pixels
            host.show()
            for name in request.param:
                there.size = QSize(*map(int, name.split("x")))
                host.resize(there.size)
                yield f"{name}, {language}", host
            host.hide()

    return each_screen()


@pytest.fixture
def look(qtbot: QtBot, context: PageContext) -> Callable[[QWidget], list[str]]:
    """Waits for what is asked for, and looks."""

    def look_at(widget: QWidget) -> list[str]:
        qtbot.waitUntil(lambda: not context.runner.is_busy)
        qtbot.wait(15)
        return cut_off(widget)

    return look_at


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_every_section_of_the_settings(
    hosts: Iterator[tuple[str, QWidget]], context: PageContext, look: Callable[[QWidget], list[str]]
) -> None:
    pages, wrong = dict[QWidget, SettingsPage](), list[str]()
    for where, host in hosts:
        is_new = host not in pages
        if is_new:
            pages[host] = SettingsPage(context)
            pages[host].setParent(host)
        page = pages[host]
        room = (host.width() - theme.px(NAVIGATION_PX), host.height() - theme.px(STATUS_PX))
        page.resize(*room)
        if is_new:
            page.show()
            page.arrive()
        for name in page.sections:
            page.show_section(name)
            wrong += [f"{where}, {name}: {each}" for each in look(page)]
        page.show_section("gateway")
        page.gateway.replace_button.click()
        if is_new:
            page.open("check")  # what was found stays for the other screens
        wrong += [f"{where}, keys: {each}" for each in look(page)]
        assert (page.width(), page.height()) == room
        page.gateway.cancel_button.click()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_every_step_of_the_first_set_up(
    hosts: Iterator[tuple[str, QWidget]], context: PageContext, look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    for where, host in hosts:
        with opened(SetupWizard(context.runner, host)) as wizard:
            wrong += [f"{where}: {each}" for each in look(wizard)]
            for _ in wizard.pageIds()[1:]:
                wizard.next()
                wrong += [f"{where}, step {wizard.currentId()}: {each}" for each in look(wizard)]
            assert wizard.currentPage() is wizard.ready
            wrong += larger(wizard, host)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_help_with_its_shortcuts_and_matches(
    hosts: Iterator[tuple[str, QWidget]], look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    for where, host in hosts:
        with opened(HelpPanel(host, "counter")) as panel:
            wrong += [f"{where}: {each}" for each in look(panel)]
            panel.keys_button.setChecked(True)
            wrong += [f"{where}, shortcuts: {each}" for each in look(panel)]
            panel.search.setText("Razorpay")
            wrong += [f"{where}, matches: {each}" for each in look(panel)]
            wrong += larger(panel, host)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_every_form_folded_and_unfolded(
    hosts: Iterator[tuple[str, QWidget]], context: PageContext, look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    kinds: tuple[type[StudentForm | CourseForm], ...] = (StudentForm, CourseForm)
    for where, host in hosts:
        for kind in kinds:
            name = f"{where}, {kind.__name__}"
            with opened(kind(context.runner, host)) as form:
                wrong += [f"{name}: {each}" for each in look(form)]
                form.more_button.click()
                wrong += [f"{name}, more: {each}" for each in look(form)]
                wrong += larger(form, host)
    assert not wrong, "\n".join(wrong)


@contextmanager
def opened(dialog: Dialog) -> Iterator[Dialog]:
    dialog.setUpdatesEnabled(False)
    dialog.open()
    yield dialog
    dialog.hide()
    dialog.deleteLater()


def larger(dialog: QDialog, host: QWidget) -> Iterator[str]:
    """Yield what is wrong with a dialog that is larger than its screen."""
    if dialog.width() > host.width() or dialog.height() > host.height():
        yield f"{host.size()}: the dialog is {dialog.size()}"
