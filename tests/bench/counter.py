"""The real window, operated like by a clerk, for benchmarks that need one. One per process."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.app import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop_app.ui.shell.main_window import MainWindow


class Counter:
    """The counter page of the open window."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def named(self, name: str) -> Any:
        """Return a widget by its stable name."""
        found = self.window.findChild(QWidget, name)
        if found is None:
            raise RuntimeError(f"no widget named {name}")
        return found

    def until(self, test: Callable[[], Any], words: str, seconds: float = 30.0) -> Any:
        """Run the event loop until a condition holds."""
        end = time.monotonic() + seconds
        while not (found := test()):
            QApplication.processEvents()
            time.sleep(0.001)
            if time.monotonic() > end:
                raise RuntimeError(words)
        return found

    def idle(self, seconds: float) -> None:
        """Run the event loop for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.001)

    def pick(self, roll_no: str, course: str, method: str) -> None:
        """Pick student, course and method by keyboard."""
        search = self.named("studentSearch")
        self.window.activateWindow()  # without a window manager nothing else does
        self.until(search.hasFocus, "the student search has no focus")
        QTest.keyClicks(search, roll_no)
        QTest.keyClick(search, Qt.Key.Key_Return)
        box = self.named("courseSearch")
        self.until(box.hasFocus, f"{roll_no} was not picked")
        QTest.keyClicks(box, course)
        QTest.keyClick(box, Qt.Key.Key_Return)
        total = self.named("totalLabel")
        self.until(lambda: "₹" in total.text() and total.isVisible(), f"{course} was not picked")
        select = self.named("methodSelect")
        select.setCurrentIndex(select.findData(method))

    def focused(self) -> QWidget:
        """Return the widget with the keyboard focus."""
        focused: QWidget | None = self.window.focusWidget()
        return self.window if focused is None else focused

    def collect(self) -> None:
        """Press F9."""
        QTest.keyClick(self.focused(), Qt.Key.Key_F9)

    def shown_code(self) -> str:
        """Wait for the QR and return its content."""
        view = self.named("qrView")
        self.until(lambda: view.isVisible() and view.property("text"), "no QR came up")
        return str(view.property("text"))

    def state(self) -> str:
        """Return the displayed state."""
        return str(self.named("paymentState").property("state"))

    def leave(self) -> None:
        """Press Esc: the next parent."""
        QTest.keyClick(self.focused(), Qt.Key.Key_Escape)
        self.until(self.named("studentSearch").hasFocus, "Esc does not lead back to the search")


@contextmanager
def opened_window(data_dir: Path, gateway_url: str) -> Iterator[Counter]:
    """Return the window with its desk attached."""
    _app, window = build(["--data-dir", str(data_dir), "--gateway-url", gateway_url])
    window.show()
    counter = Counter(window)  # type: ignore[arg-type]
    results = counter.named("studentResults")
    counter.until(lambda: results.property("count"), "the desk did not open")
    counter.idle(1.0)
    yield counter
    window.close()
    if window.isVisible():  # it asks while payments are open
        window.close_anyway()  # type: ignore[attr-defined]
    counter.until(lambda: not window.isVisible(), "the window does not close")
