"""The shell on every common screen: its controls are inside the window and nothing covers them.

The sizes are logical pixels of 1366 x 768 at 100 and 125 % and of 1080p at 150, 175 and 200 %, each
with a frame and a task bar of 48 pixels taken off.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QWidget

from desktop_app.services.errors import OutcomeUnknownError, UnavailableError
from desktop_app.services.views.settings import Connectivity
from desktop_app.ui.core import theme
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.window_front import FRAME, keep_inside
from desktop_app.ui.display.placement import DisplayPlacement
from desktop_app.ui.shell.main_window import MainWindow
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.shell.window_state import LEAST, SIZE, WindowState, fit_first
from tests.ui.test_house_rules import speak
from tests.ui.text_sizes import screens, walked

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk

SCREENS = ((1366, 728), (1280, 720), (1097, 617), (1093, 614), (960, 540))
TASK_BAR = 48
NAMES = "{}x{}".format


class Screen:
    """A screen of a size, with a task bar at the bottom, in place of the real one."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = QSize(*size)

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, self.size.width(), self.size.height() - TASK_BAR)


@pytest.fixture(params=screens(*SCREENS), ids=lambda size: NAMES(*size))
def screen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Screen:
    made = Screen(request.param)
    monkeypatch.setattr(QGuiApplication, "primaryScreen", staticmethod(lambda: made))
    monkeypatch.setattr(QGuiApplication, "screens", staticmethod(lambda: [made]))
    monkeypatch.setattr(DisplayPlacement, "arrange", lambda _self: None)  # there is no second one
    return made


@pytest.fixture(params=walked(*[NAMES(*each) for each in SCREENS]))
def rooms(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[QSize]:
    """The largest windows of the screens; there is no second screen."""
    monkeypatch.setattr(DisplayPlacement, "arrange", lambda _self: None)
    screens = (Screen((int(width), int(height))) for width, height in
               (name.split("x") for name in request.param))  # fmt: skip
    return [each.availableGeometry().size() - FRAME for each in screens]


# --- the first place


def test_the_first_window_fits_its_screen(qtbot: QtBot, screen: Screen) -> None:
    made = QWidget()
    qtbot.addWidget(made)
    made.setMinimumSize(LEAST)
    fit_first(made)
    room = screen.availableGeometry()
    free = room.size() - FRAME
    assert made.width() <= free.width()
    assert made.height() <= free.height()
    assert made.isMaximized(), "a screen that is smaller than the usual window is used as a whole"
    assert room.contains(made.pos())


def test_on_a_large_screen_the_first_window_is_of_the_usual_size(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "primaryScreen", lambda: Screen((1920, 1080)))
    made = QWidget()
    qtbot.addWidget(made)
    fit_first(made)
    assert made.size() == SIZE
    assert not made.isMaximized()


def test_a_remembered_size_is_kept_and_pulled_back_with_its_frame(
    qtbot: QtBot, screen: Screen, tmp_path: Path
) -> None:
    made = QWidget()
    made.setObjectName("mainWindow")
    qtbot.addWidget(made)
    made.setGeometry(1900, 900, 700, 400)
    WindowState(tmp_path / "window.ini").keep(made, "counter")
    other = QWidget()
    other.setObjectName("mainWindow")
    qtbot.addWidget(other)
    WindowState(tmp_path / "window.ini").place(other)
    assert other.size() == QSize(700, 400)
    assert screen.availableGeometry().contains(QRect(other.pos(), other.size() + FRAME))


def test_the_least_window_is_that_of_a_1080p_screen_at_200_percent(qtbot: QtBot) -> None:
    window = MainWindow()
    for each in (window, window.display):
        qtbot.addWidget(each)
    assert window.minimumSize() == LEAST
    assert QSize(960, 540 - TASK_BAR) - FRAME == LEAST


# --- what is in it


def controls(root: QWidget) -> list[QWidget]:
    """Return what can be pressed of the shell, and the words of notices."""
    found: list[QWidget] = []
    for part in (
        "mainNavigation", "trainingBanner", "offlineBanner", "waitingTray", "noticeArea",
        "statusStrip", "bookQuestion",
    ):  # fmt: skip
        top = root.findChild(QWidget, part)
        assert top is not None, part
        found += [each for each in top.findChildren(QAbstractButton) if each.isVisible()]
        found += [
            each
            for each in top.findChildren(QLabel)
            if each.isVisible() and each.objectName() in {"noticeWhat", "noticeMore"}
        ]
    return found


def misplaced(window: MainWindow) -> list[str]:
    """Return the controls that reach out of the window, are cut, or are under something else."""
    wrong = []
    for each in controls(window):
        place = QRect(each.mapTo(window, QPoint(0, 0)), each.size())
        name = f"{each.objectName()} {each.property('text')!r}"
        if not window.rect().contains(place):
            wrong.append(f"{name} is at {place}")
        if each.width() < each.minimumSizeHint().width() and not isinstance(each, QLabel):
            wrong.append(f"{name} is cut")
        there = window.childAt(place.center())
        if there is not each and (there is None or not each.isAncestorOf(there)):
            wrong.append(f"{name} is under {there}")
    return wrong


def unpainted(window: MainWindow) -> None:
    """Leave what is in the window unpainted: places are judged, not pixels."""
    inside = window.centralWidget()
    assert inside is not None
    inside.setUpdatesEnabled(False)


def settled(clerk: Clerk, rooms: list[QSize], what: str) -> None:
    """Wait until everything has its place, in a window of each size."""
    found: list[str] = []

    def is_good() -> bool:
        found[:] = misplaced(clerk.window)
        return not found

    for room in rooms:
        clerk.window.resize(room)
        clerk.bot.wait(10)
        try:
            clerk.wait(is_good)
        except clerk.bot.TimeoutError:
            raise AssertionError(f"{what}, {room}: {found}") from None
        assert clerk.window.size() == room, f"{what}: the edges of the window are pushed out"


@pytest.mark.looks
@pytest.mark.timeout(180)
def test_every_control_of_the_shell_is_inside_the_window_and_free(
    rooms: list[QSize], clerk: Clerk, qapp: QApplication
) -> None:
    """Bring each state about once and look at it in both languages."""
    unpainted(clerk.window)
    parts, languages = clerk.window.parts, ["en", "hi"]
    clerk.started()

    def settle(what: str) -> None:
        for language in languages:
            speak(clerk, qapp, language)
            settled(clerk, rooms, f"{what}, {language}")
        languages.reverse()
        rooms.reverse()

    settle("idle")
    parts.notices.tell(UnavailableError("cable"))
    parts.notices.tell(OutcomeUnknownError("lost"))
    parts.notices.note("Backup done and checked. Payments: 12, receipts: 12.", tone=Tone.GOOD)
    settle("notices")
    for page in PAGES:
        parts.navigator.go(page.name)
        settle(f"a notice on {page.name}")
    parts.navigator.go("counter")
    for roll in ("R001", "R002", "R003"):
        clerk.collect(roll, "MATH-9")
        parts.counter.next_student()
    settle("three payments waiting")
    parts.line.stop()
    parts.poller.stop()
    state = clerk.desk.services.connection.state()
    for line in (Connectivity.OFFLINE, Connectivity.REFUSED, Connectivity.NO_KEYS):
        parts.news._show_line(replace(state, line=line))
        settle(line.value)


@pytest.mark.looks
def test_navigation_has_words_where_there_is_room_and_names_everywhere(
    rooms: list[QSize], clerk: Clerk, qapp: QApplication
) -> None:
    unpainted(clerk.window)
    for language, room in product(("en", "hi"), rooms):
        speak(clerk, qapp, language)
        clerk.window.resize(room)
        clerk.bot.wait(60)
        narrow = room.width() < theme.px(1200)
        for page in PAGES:
            button = clerk.the(QAbstractButton, f"{page.name}Nav")
            assert button.accessibleName()
            assert button.toolTip().startswith(button.accessibleName())
            assert (button.width() < 92) is narrow


def test_navigation_is_whole_at_the_largest_text_in_a_low_window(
    clerk: Clerk, qapp: QApplication
) -> None:
    clerk.window.parts.tray.show_pending(3)
    theme.apply(qapp, "light", 200)
    for height in (900, 540):
        clerk.window.resize(960, height)
        clerk.bot.wait(60)
    buttons = [clerk.the(QToolButton, f"{page.name}Nav") for page in PAGES]
    places = [each.geometry() for each in buttons]
    assert places[-1].bottom() < clerk.window.navigation.height()
    assert all(above.bottom() < below.top() for above, below in pairwise(places))
    assert all(each.iconSize().height() <= each.height() for each in buttons)


def test_a_window_is_kept_inside_with_its_frame(qtbot: QtBot, screen: Screen) -> None:
    made = QWidget()
    qtbot.addWidget(made)
    made.setGeometry(screen.size.width() - 100, screen.size.height() - 100, 900, 700)
    keep_inside(made)
    assert screen.availableGeometry().contains(QRect(made.pos(), made.size() + FRAME))
