"""Starting: a display that cannot be reached, and the day's backup in the background."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop_app.app import display_fault
from desktop_app.services.errors import DiskFullError
from desktop_app.services.maintenance.backups import LAST_BACKUP
from desktop_app.ui.shell.daily_backup import AGAIN_MS, FIRST_MS, DailyBackup
from desktop_app.ui.shell.desk_loader import DeskLoader
from tests.ui.samples import today_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from desktop_app.services.desk import Desk
    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk

ROOT = Path(__file__).parents[2]
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is Linux's")


@on_linux
@pytest.mark.parametrize("platform", ["", "xcb"])
def test_a_display_that_is_not_there_is_said_and_nothing_aborts(
    platform: str, tmp_path: Path
) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    done = subprocess.run(
        [sys.executable, "-m", "desktop_app", "--training", "--data-dir", str(tmp_path / "d")],
        cwd=ROOT, env={**kept, "DISPLAY": ":987", "QT_QPA_PLATFORM": platform},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert ":987" in line
    assert "can't reach the display" in line
    assert not (tmp_path / "d").exists()


@on_linux
@pytest.mark.parametrize(
    "variables",
    [
        {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":987"},
        {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":987"},
        {"QT_QPA_PLATFORM": "wayland"},
        {},
    ],
)
def test_only_x11_is_tried(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert display_fault() == ""


@dataclass
class Opened:
    """An open desk whose backups are counted."""

    desk: Desk
    data_dir: Path
    first_run: bool = False
    made: list[float] = field(default_factory=list)
    error: Exception | None = None

    def back_up_today(self) -> object:
        self.made.append(time.monotonic())
        if self.error is not None:
            raise self.error
        return None

    def close(self) -> None:
        """Nothing to put away."""


@pytest.fixture
def opened(real_desk: RealDesk) -> Opened:
    return Opened(real_desk.services, real_desk.folder)


def day_backup(window: MainWindow, back_up_today: Callable[[], object]) -> DailyBackup:
    parts = window.parts
    return DailyBackup(parts.runner, parts.notices, back_up_today, parts.read_health, window)


def test_the_backup_waits_until_the_start_is_over(
    window: MainWindow, opened: Opened, qtbot: QtBot
) -> None:
    assert FIRST_MS >= 1000
    assert AGAIN_MS > FIRST_MS
    opening = DeskLoader(window, lambda: opened)
    with qtbot.waitSignal(opening.opened):
        window.painted.emit()
    began = time.monotonic()
    qtbot.waitUntil(lambda: bool(opened.made), timeout=FIRST_MS + 4000)
    assert opened.made[0] - began > 0.9


def test_the_status_bar_tells_of_the_new_backup(
    window: MainWindow, opened: Opened, qtbot: QtBot, real_desk: RealDesk
) -> None:
    window.attach(opened.desk, opened.data_dir)
    strip = window.parts.status
    qtbot.waitUntil(lambda: "09:00" in strip.backup_words())
    real_desk.put(LAST_BACKUP, today_at(9).replace(minute=30).isoformat())
    day_backup(window, opened.back_up_today).run()
    qtbot.waitUntil(lambda: strip.backup_words() == "Backup today 09:30")
    assert window.parts.notices.texts() == ()


def test_a_failed_backup_becomes_a_notice_once(
    window: MainWindow, opened: Opened, qtbot: QtBot
) -> None:
    window.attach(opened.desk, opened.data_dir)
    opened.error = DiskFullError("x")
    backup = day_backup(window, opened.back_up_today)
    backup.run()
    qtbot.waitUntil(lambda: len(opened.made) == 1)
    qtbot.wait(50)
    backup.run()
    qtbot.waitUntil(lambda: len(opened.made) == 2)
    qtbot.wait(50)
    [text] = window.parts.notices.texts()
    assert "Couldn't make today's backup" in text
    assert "disk is full" in text


def test_no_backup_begins_while_the_window_closes(
    window: MainWindow, opened: Opened, qtbot: QtBot
) -> None:
    window.attach(opened.desk, opened.data_dir)
    backup = day_backup(window, opened.back_up_today)
    window.close_anyway()
    backup.run()
    qtbot.wait(50)
    assert opened.made == []
