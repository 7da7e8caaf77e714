"""`python -m tests.ui.two_screens FOLDER`: the customer display on the second of two screens.

Run by test_customer_display.py under Qt's offscreen platform with two screens, on a copy of a
seeded database; prints one word for every step that went well. Screens cannot be pulled out
there, so their going is played.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.ui.shell.main_window import MainWindow
from tests.ui.real_desk import RealDesk

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 10.0


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something, then name it."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"never {what}")
        QTest.qWait(10)
    print(what, flush=True)  # noqa: T201


def main(folder: Path) -> None:
    """Walk through a day of screens."""
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    first, second = app.screens()
    window = MainWindow(training=True)
    window.show()
    while not window.was_painted:
        QTest.qWait(10)
    desk = RealDesk(folder, training=True)
    window.attach(desk.services)
    display = window.display
    until(display.isVisible, "opened")
    assert display.screen() is second
    assert display.geometry() == second.geometry()
    assert display.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert display.isFullScreen()
    assert window.isActiveWindow()
    assert window.geometry().intersects(first.geometry())

    display.setGeometry(QRect(1366, 0, 640, 480))
    second.geometryChanged.emit(second.geometry())
    until(lambda: display.geometry() == second.geometry(), "moved")

    everything = QGuiApplication.screens
    where = window.geometry()
    QGuiApplication.screens = staticmethod(lambda: [first])  # type: ignore[method-assign]
    app.screenRemoved.emit(second)
    until(lambda: not display.isVisible(), "unplugged")
    QTest.qWait(300)
    assert not display.isVisible()
    assert window.geometry() == where

    QGuiApplication.screens = everything  # type: ignore[method-assign]
    app.screenAdded.emit(second)
    until(lambda: display.isVisible() and display.geometry() == second.geometry(), "back")

    window.parts.actions_by_name["display"].trigger()
    app.screenAdded.emit(second)
    QTest.qWait(300)
    until(lambda: not display.isVisible(), "hidden")

    window.close_anyway()
    until(lambda: window.shutdown is not None and window.shutdown.stage.name == "DONE", "closed")
    desk.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
