"""A damaged database at start: the newest good backup is offered, restored, and the desk opens."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_app.domain.receipt import IST
from desktop_app.services.errors import DatabaseCorruptError, DiskFullError, ReadOnlyFolderError
from desktop_app.services.views.maintenance import BackupReport
from desktop_app.ui.shell.desk_loader import DeskLoader
from tests.ui.test_opening import Opened

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.services.desk import Desk
    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk

MADE = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
BACKUP = BackupReport(Path("daily-20261120.sqlite3"), MADE, 1204, 3310, 3309)


@dataclass(frozen=True)
class Restored:
    since: datetime = MADE
    next_receipt: str = "D1/26-27/004310"


@dataclass
class Rescue:
    """Finds a backup of a desk, or none; restores it, or fails."""

    desk: Desk
    backup: BackupReport | None = BACKUP
    error: Exception | None = None
    restored: list[BackupReport] = field(default_factory=list)
    may_end: threading.Event = field(default_factory=threading.Event)

    def newest(self) -> BackupReport | None:
        return self.backup

    def restore(self, backup: BackupReport) -> Restored:
        self.may_end.wait(5)
        if self.error is not None:
            raise self.error
        self.restored.append(backup)
        return Restored()


@pytest.fixture
def rescue(real_desk: RealDesk) -> Rescue:
    made = Rescue(real_desk.services)
    made.may_end.set()
    return made


class Door:
    """A desk that opens once a backup was restored."""

    def __init__(self, rescue: Rescue, folder: Path, error: Exception) -> None:
        self.rescue, self.folder, self.error = rescue, folder, error

    def __call__(self) -> Opened:
        if not self.rescue.restored:
            raise self.error
        return Opened(self.rescue.desk, self.folder)


def start(
    window: MainWindow, rescue: Rescue, folder: Path, error: Exception | None = None
) -> DeskLoader:
    opening = DeskLoader(
        window, Door(rescue, folder, error or DatabaseCorruptError("x")), None, rescue
    )
    window.painted.emit()
    return opening


def button(window: MainWindow) -> QPushButton:
    found = window.findChild(QPushButton, "restoreButton")
    assert isinstance(found, QPushButton)
    return found


def test_the_newest_good_backup_is_offered_with_what_it_holds(
    window: MainWindow, rescue: Rescue, qtbot: QtBot, tmp_path: Path
) -> None:
    start(window, rescue, tmp_path)
    qtbot.waitUntil(lambda: button(window).isVisible())
    said = window.parts.message.accessibleName()
    assert f"{MADE.astimezone(IST):%d %b %Y %H:%M}" in said
    assert "Students: 1204, payments: 3310, receipts: 3309" in said
    assert "Fees you collected after this backup may be missing" in said
    assert button(window).hasFocus()


def test_one_press_restores_opens_and_says_what_may_be_missing(
    window: MainWindow, rescue: Rescue, qtbot: QtBot, tmp_path: Path
) -> None:
    opening = start(window, rescue, tmp_path)
    qtbot.waitUntil(lambda: button(window).isVisible())
    rescue.may_end.clear()
    button(window).click()
    button(window).click()
    qtbot.waitUntil(window.parts.message.progress.isVisible)
    assert "Restoring the backup" in window.parts.message.accessibleName()
    with qtbot.waitSignal(opening.opened, timeout=8000):
        rescue.may_end.set()
    assert rescue.restored == [BACKUP]
    assert window.parts.counter.isVisible()
    [notice] = [text for text in window.parts.notices.texts() if "Restored the backup" in text]
    assert "Cash taken after" in notice
    assert "D1/26-27/004310" in notice
    assert window.parts.actions_by_name["collect"].isEnabled()


def test_without_a_backup_the_way_by_hand_is_told(
    window: MainWindow, rescue: Rescue, qtbot: QtBot, tmp_path: Path
) -> None:
    rescue.backup = None
    start(window, rescue, tmp_path)
    qtbot.waitUntil(lambda: "damaged" in window.parts.message.accessibleName())
    qtbot.waitUntil(window.parts.message.progress.isHidden)
    assert button(window).isHidden()
    assert window.parts.message.close_button.isEnabled()


def test_a_restore_that_fails_says_why_and_changes_nothing(
    window: MainWindow, rescue: Rescue, qtbot: QtBot, tmp_path: Path
) -> None:
    start(window, rescue, tmp_path)
    qtbot.waitUntil(lambda: button(window).isVisible())
    rescue.error = DiskFullError("x")
    button(window).click()
    qtbot.waitUntil(lambda: "disk is full" in window.parts.message.accessibleName())
    assert button(window).isHidden()
    assert rescue.restored == []


def test_other_failures_offer_no_restore(
    window: MainWindow, rescue: Rescue, qtbot: QtBot, tmp_path: Path
) -> None:
    start(window, rescue, tmp_path, ReadOnlyFolderError("x"))
    qtbot.waitUntil(
        lambda: "can't write to the data folder" in window.parts.message.accessibleName()
    )
    qtbot.wait(30)
    assert button(window).isHidden()


def test_a_report_of_the_failure_can_be_copied(
    window: MainWindow, rescue: Rescue, qtbot: QtBot, tmp_path: Path
) -> None:
    start(window, rescue, tmp_path, ReadOnlyFolderError("no way to 9845012345"))
    copy = window.findChild(QPushButton, "copyMessageButton")
    qtbot.waitUntil(copy.isVisible)
    copy.click()
    from PySide6.QtGui import QGuiApplication

    copied = QGuiApplication.clipboard().text()
    assert "ReadOnlyFolderError" in copied
    assert "9845012345" not in copied


def test_a_real_desk_comes_back_from_a_real_backup(qtbot: QtBot, tmp_path: Path) -> None:
    from desktop_app import app as starting
    from desktop_app import bootstrap
    from desktop_app.domain.students import Student
    from desktop_app.ui.shell.main_window import MainWindow

    folder = tmp_path / "desk"
    opened = bootstrap.open_desk(
        bootstrap.Options(data_dir=folder, gateway_url="http://127.0.0.1:9")
    )
    opened.desk.students.add(Student("R001", "Asha Rao", "9845012345"))
    opened.back_up_today()
    opened.close()
    (folder / "desk.sqlite3").write_bytes(b"no database " * 4000)
    _app, window = starting.build(
        ["--data-dir", str(folder), "--gateway-url", "http://127.0.0.1:9"]
    )
    assert isinstance(window, MainWindow)
    window.show()
    qtbot.waitUntil(lambda: window.was_painted and button(window).isVisible(), timeout=30_000)
    assert "Students: 1, payments: 0" in window.parts.message.accessibleName()
    button(window).click()
    qtbot.waitUntil(lambda: window.runner.desk is not None, timeout=30_000)
    desk = window.runner.desk
    assert desk is not None
    assert desk.students.find("R001").name == "Asha Rao"
    assert any("Restored the backup" in text for text in window.parts.notices.texts())
    window.close()
    qtbot.waitUntil(
        lambda: window.shutdown is not None and window.shutdown.stage.name == "DONE",
        timeout=30_000,
    )
    for each in (window, window.display):
        each.deleteLater()
