"""Settings, first set-up, help and forms on every screen there is: nothing of them is cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtWidgets import QDialog, QWidget

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.wizard import SetupWizard
from desktop_app.ui.shell.help_panel import HelpPanel
from desktop_app.ui.students.student_form import StudentForm
from tests.ui.cut_off import cut_off
from tests.ui.text_sizes import SIZES_TOGETHER, walked

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

pytestmark = pytest.mark.looks

SCREENS = ("1366x728", "1280x720", "1097x617", "1093x614", "960x540")
"""Logical pixels: 1366x768 at 100 and 125 %, and 1920x1080 at 150, 175 and 200 %."""
NAVIGATION_PX, STATUS_PX = 93, 31
"""Width of the navigation and height of the status bar, at a text size of 100 %."""


Rooms = Iterator[tuple[QWidget, str]]


class _Screen:
    """The room there is, which dialogs ask the screen for."""

    def __init__(self) -> None:
        self.size = QSize()

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, self.size.width(), self.size.height())


@pytest.fixture(params=walked(*SCREENS))
def screens(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


@pytest.fixture(params=SIZES_TOGETHER)
def rooms(
    request: pytest.FixtureRequest, context: PageContext, desk: RealDesk, qapp: QApplication,
    screens: tuple[str, ...], monkeypatch: pytest.MonkeyPatch,
) -> Rooms:  # fmt: skip
    """The window that dialogs open over, in each language, at each text size, on each screen.

    Each language and size has another one; the desk is open, and set to them.
    """
    context.runner.open(desk.services)
    there = _Screen()
    monkeypatch.setattr(QDialog, "screen", lambda _self: there)

    def each() -> Rooms:
        for language, percent in product(("en", "hi"), request.param):
            desk.put("display.text_size", str(percent))
            desk.put("display.language", language)
            i18n.set_language(qapp, language)
            theme.apply(qapp, "light", percent)
            host = QWidget()
            host.show()
            try:
                for screen in screens:
                    there.size = QSize(*map(int, screen.split("x")))
                    host.resize(there.size)
                    yield host, f"{screen}, {language}, {percent} %"
                    for dialog in host.findChildren(QDialog):
                        dialog.deleteLater()
            finally:
                host.close()
                host.deleteLater()
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    return each()


@pytest.fixture
def look(qtbot: QtBot, context: PageContext) -> Callable[[QWidget], list[str]]:
    """Waits for what is asked for, and looks."""

    def look_at(widget: QWidget) -> list[str]:
        qtbot.waitUntil(lambda: not context.runner.is_busy)
        qtbot.wait(30)
        return cut_off(widget)

    return look_at


def test_every_section_of_the_settings(
    rooms: Rooms, context: PageContext, look: Callable[[QWidget], list[str]]
) -> None:
    page, at, wrong = None, None, list[str]()
    for host, where in rooms:
        if page is None or host is not at:
            page, at = SettingsPage(context), host
        page.setParent(host)
        page.show()
        room = (host.width() - theme.px(NAVIGATION_PX), host.height() - theme.px(STATUS_PX))
        page.resize(*room)
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
        page.setParent(None)
    assert not wrong, "\n".join(wrong)


def test_every_step_of_the_first_set_up(
    rooms: Rooms, context: PageContext, look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    for host, where in rooms:
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
    rooms: Rooms, look: Callable[[QWidget], list[str]]
) -> None:
    wrong = []
    for host, where in rooms:
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
    rooms: Rooms, context: PageContext, look: Callable[[QWidget], list[str]],
    kind: type[StudentForm | CourseForm],
) -> None:  # fmt: skip
    wrong = []
    for host, where in rooms:
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
