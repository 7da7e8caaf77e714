"""The state that the window remembers: place, page, columns, look; and its return into reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from desktop_app.services.settings.table import settings_view
from desktop_app.ui.core.window_front import keep_inside
from desktop_app.ui.shell.window_state import (
    FILE,
    LEAST,
    SIZE,
    SavedAppearance,
    WindowState,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.setObjectName("mainWindow")
    qtbot.addWidget(made)
    return made


def screen() -> QRect:
    return QGuiApplication.primaryScreen().availableGeometry()


def test_place_and_page_come_back(host: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    host.setGeometry(40, 50, 500, 400)
    WindowState(tmp_path / FILE).keep(host, "payments")
    other = QWidget()
    other.setObjectName("mainWindow")
    qtbot.addWidget(other)
    memory = WindowState(tmp_path / FILE)
    memory.place(other)
    assert other.geometry() == QRect(40, 50, 500, 400)
    assert memory.page() == "payments"


@pytest.mark.parametrize("place", [(9000, 100), (-3000, 100), (100, 9000), (100, -2000)])
def test_a_window_out_of_reach_is_pulled_back(host: QWidget, place: tuple[int, int]) -> None:
    host.resize(400, 300)
    host.move(*place)
    keep_inside(host)
    assert screen().contains(host.geometry())


def test_a_window_larger_than_the_screen_is_made_to_fit(host: QWidget) -> None:
    host.setGeometry(10, 10, 5000, 4000)
    keep_inside(host)
    assert screen().contains(host.geometry())


def test_a_window_in_reach_stays_where_it_is(host: QWidget) -> None:
    host.setGeometry(30, 40, 300, 200)
    keep_inside(host)
    assert host.geometry() == QRect(30, 40, 300, 200)


def test_without_a_file_nothing_is_remembered(host: QWidget, tmp_path: Path) -> None:
    memory = WindowState(tmp_path / "none" / FILE)
    assert memory.look() == SavedAppearance()
    assert memory.page() == ""
    memory.keep(host, "payments")
    assert not (tmp_path / "none").exists(), "it makes no folder"


def test_a_file_that_makes_no_sense_is_no_matter(host: QWidget, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\x00\xff[look\npercent=9000\ntheme")
    (tmp_path / FILE).write_text("[look]\npercent=9000\n[place]\npage=x\nmainWindow=junk\n")
    memory = WindowState(tmp_path / FILE)
    memory.place(host)
    assert memory.look() == SavedAppearance()


def test_the_look_is_kept_for_the_next_first_frame(tmp_path: Path) -> None:
    view = settings_view(
        {"display.theme": "dark", "display.language": "hi", "display.text_size": "150"}
    )
    WindowState(tmp_path / FILE).keep_look(view)
    assert WindowState(tmp_path / FILE).look() == SavedAppearance("dark", 150, "hi")


def test_columns_come_back(clerk: Clerk, tmp_path: Path) -> None:
    window = clerk.window
    window.memory = WindowState(tmp_path / FILE)
    window.parts.navigator.go("payments")
    clerk.bot.wait(50)
    table = window.parts.page().findChild(QTableView)
    assert table is not None
    heads = table.horizontalHeader()
    by_hand = heads.ResizeMode.Interactive
    at = next(each for each in range(heads.count()) if heads.sectionResizeMode(each) is by_hand)
    heads.resizeSection(at, 131)
    window.memory.keep(window, "payments")
    heads.resizeSection(at, 90)
    WindowState(tmp_path / FILE).arrange(window.parts.page())
    assert heads.sectionSize(at) == 131


def test_closing_keeps_the_page_and_opening_goes_there(clerk: Clerk, tmp_path: Path) -> None:
    window = clerk.window
    window.memory = WindowState(tmp_path / FILE)
    window.parts.navigator.go("payments")
    window.close()
    clerk.wait(lambda: not window.isVisible())
    assert WindowState(tmp_path / FILE).page() == "payments"


def test_nobody_begins_a_day_in_the_settings(clerk: Clerk) -> None:
    clerk.window.parts.navigator.return_to("settings")
    assert clerk.window.parts.pages.current_name() == "counter"
    clerk.window.parts.navigator.return_to("payments")
    assert clerk.window.parts.pages.current_name() == "payments"
    clerk.window.parts.navigator.return_to("unknown")
    assert clerk.window.parts.pages.current_name() == "payments"


def test_the_least_size_fits_a_small_screen(qapp: QApplication) -> None:
    assert LEAST.width() <= 960
    assert LEAST.height() <= 540
    assert (SIZE.width(), SIZE.height()) == (1366, 768)
