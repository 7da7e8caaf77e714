"""`python -m tests.screenshots.readme [DIR]`: the README's pictures, from a real training desk.

The window is the one that `pravesh --training` opens, on a separate folder, and the parent pays
at the embedded sandbox.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.ui.receipts.preview import open_preview

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from desktop_app.app import build
from desktop_app.ui.core import theme
from desktop_app.ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.widgets.picker import Picker

IMAGES = Path(__file__).parents[2] / "resources" / "docs" / "images"
SIZE = QSize(1366, 768)
PATIENCE_S = 20.0
SETTLE_MS = 20
PACE = 6.0
"""Polls follow one another this many times faster than at a desk."""

MORNING = (
    ("R012", "PHY-11", "cash"),
    ("R031", "CHE-11", "upi"),
    ("R047", "MAT-11", "upi"),
    ("R009", "BIO-11", "cash"),
    ("R050", "PHY-12", "upi"),
)
UPI, CASH = 1, 3
"""Ways of paying by their numbers."""
MOST_BYTES = 200_000


class Photographer:
    """Works at the counter and takes pictures of it."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self.folder = window, folder
        window.resize(SIZE)
        window.show()
        self.until(lambda: window.was_painted and window.runner.desk is not None)
        self.counter = window.parts.counter
        window.parts.poller.pace = PACE
        self.until(lambda: bool(self.counter.course.results.rows()))
        self.until(lambda: bool(self.counter.student.results.rows()))

    def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            QTest.qWait(10)

    def look(self, name: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, name)

    def settle(self) -> None:
        """Wait until every operation has answered and its answer is shown."""
        QApplication.processEvents()
        self.until(lambda: not self.window.runner.is_busy)
        QTest.qWait(SETTLE_MS)

    def shot(self, name: str, dialog: QDialog | None = None) -> None:
        self.settle()
        image = self.window.grab().toImage()
        if dialog is not None:
            _lay_over(image, dialog)
        path = self.folder / f"{name}.png"
        packed = image.convertToFormat(QImage.Format.Format_RGB888)
        packed.save(str(path), "PNG", 0)  # type: ignore[call-overload] # the stubs are wrong
        size = path.stat().st_size
        print(path, size)
        if size > MOST_BYTES:
            raise ValueError(f"{path} is too large")

    def pick(self, student: str, course: str) -> None:
        for picker, text in ((self.counter.student, student), (self.counter.course, course)):
            QTest.keyClicks(picker.box, text)
            self.until(partial(_answers, picker, text))
            QTest.keyClick(picker.box, Qt.Key.Key_Return)
        self.until(lambda: self.counter.presenter.bill is not None)

    def collect(self) -> None:
        self.counter.collect()
        self.until(lambda: self.counter.panel.qr.has_code)
        if self.window.phone is not None:
            self.window.phone.hide()
        self.until(self.counter.panel.checked.text)

    def pay(self) -> None:
        desk = self.window.runner.desk
        view = self.window.parts.payment.view
        assert desk is not None
        assert desk.phone is not None
        assert view is not None
        desk.phone.pay(view.qr_text or "")
        self.window.parts.poller.ask()
        self.until(lambda: self.counter.is_paid)
        words = self.counter.panel.paid_card.labels
        self.until(lambda: any(label.text() == "UPI" for label in words()))

    def serve(self, student: str, course: str, method: str) -> None:
        self.pick(student, course)
        self.counter.choose_method(CASH if method == "cash" else UPI)
        if method == "cash":
            self.counter.collect()
            self.until(lambda: self.counter.is_paid)
        else:
            self.collect()
            self.pay()
        self.counter.next_student()
        self.settle()


def _answers(picker: Picker, text: str) -> bool:
    return bool(picker.results.property("query") == text)


def _lay_over(image: QImage, dialog: QDialog) -> None:
    """Paint a dialog at its position: in the middle of its window."""
    top = dialog.grab().toImage()
    painter = QPainter(image)
    at = QPoint((image.width() - top.width()) // 2, (image.height() - top.height()) // 2)
    painter.drawImage(at, top)
    painter.end()


def take(studio: Photographer) -> None:
    """Serve a morning's parents, and take the four pictures."""
    window, counter = studio.window, studio.counter
    studio.look("light")
    for student, course, method in MORNING:
        studio.serve(student, course, method)
    studio.pick("R001", "phy")
    studio.collect()
    studio.shot("counter-qr-light")
    studio.look("dark")
    studio.pay()
    studio.shot("counter-paid-dark")
    studio.look("light")
    counter.next_student()
    window.parts.navigator.go("payments")
    page = window.parts.page()
    studio.shot("payments-light")
    open_preview(page.receipts, counter.recent.rows()[0].payload.receipt_uid)  # type: ignore[attr-defined]
    dialog = window.findChild(QDialog, "receiptPreview")
    studio.until(dialog.print_button.isEnabled)
    studio.shot("receipt-a5", dialog)
    dialog.reject()


def main(words: list[str]) -> int:
    folder = Path(words[0]) if words else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        _app, window = build(["--training", "--data-dir", data])
        assert isinstance(window, MainWindow)
        studio = Photographer(window, folder)
        take(studio)
        window.close_anyway()
        shutdown = window.shutdown
        assert shutdown is not None
        studio.until(lambda: shutdown.stage.name == "DONE")
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
