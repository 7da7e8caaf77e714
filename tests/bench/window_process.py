"""A process that opens one window, the desk's or a bare one, and prints time and size as JSON.

Nothing is imported at the top but modules that Python has loaded anyway: import time is measured.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QMainWindow

SETTLE_MS = 3_000
LOOK_MS = 2


def main(kind: str, until: str, typed: str, options: list[str]) -> None:
    """Open a window and exit at a given stage.

    Args:
        kind: `desk` or `bare`.
        until: `frame`, `search` (the typed text is answered) or `memory` (it has settled).
        typed: text typed into the search box at the first frame.
        options: the desk's, as for `build`.
    """
    app, window = _desk(options) if kind == "desk" else _bare()
    then = {"frame": _end, "search": lambda: _search(window, typed), "memory": None}[until]
    watcher = _on_first_frame(window, then or (lambda: _settle(window)))
    window.installEventFilter(watcher)
    window.show()
    app.exec()


def _desk(options: list[str]) -> tuple[QApplication, QMainWindow]:
    from desktop_app.app import build

    return build(options)


def _bare() -> tuple[QApplication, QMainWindow]:
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    app = QApplication(["bare"])
    window = QMainWindow()
    window.setCentralWidget(QLabel("bare"))
    window.resize(1366, 768)
    return app, window


def _on_first_frame(window: QMainWindow, then: Callable[[], None]) -> Any:
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watcher(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, then)  # the children are painted in the same pass
            return False

    return Watcher(window)


def _search(window: QMainWindow, typed: str) -> None:
    from PySide6.QtCore import QCoreApplication, QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    box: Any = window.findChild(QWidget, "studentSearch")
    results: Any = window.findChild(QWidget, "studentResults")
    for letter in typed:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.postEvent(box, event)

    def is_answered() -> bool:
        return results.property("query") == typed and bool(results.property("count"))

    _when(window, is_answered, _end)


def _settle(window: QMainWindow) -> None:
    from PySide6.QtCore import QTimer

    def is_open() -> bool:
        return getattr(window, "desk", window) is not None

    _when(window, is_open, lambda: QTimer.singleShot(SETTLE_MS, _end))


def _when(window: QMainWindow, test: Callable[[], bool], then: Callable[[], None]) -> None:
    from PySide6.QtCore import QTimer

    timer = QTimer(window)

    def look() -> None:
        if test():
            timer.stop()
            then()

    timer.timeout.connect(look)
    timer.start(LOOK_MS)


def _end() -> None:
    """Print the result and exit: closing is not measured."""
    at = time.monotonic()
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - imports nothing
        pages = int(file.read().split()[1])
    size = pages * os.sysconf("SC_PAGE_SIZE")
    sys.stdout.write(f'{{"at": {at!r}, "rss": {size}}}\n')
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
