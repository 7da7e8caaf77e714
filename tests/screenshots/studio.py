"""One window with a desk on sample data, and a folder for its pictures. Checks nothing itself."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop_app.domain.payment import Method
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.shell.main_window import MainWindow
from tests.ui.samples import BARE, COUNTER, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QSize

    from tests.ui.real_desk import RealDesk
    from tests.ui.samples import Template

PATIENCE_S = 15.0
SETTLE_MS = 10


def _wait(_seconds: float = 0.0) -> None:
    """Poll only when the picture requests it."""


SAMPLES = {"counter": COUNTER, "bare": BARE}


@cache
def template(name: str) -> Template:
    """Return the database of a sample, which every window gets a copy of."""
    return seed(Path(mkdtemp()), SAMPLES[name])


@dataclass(frozen=True, slots=True)
class Dress:
    """The window's variant for a round of pictures."""

    look: str
    language: str
    size: QSize
    percent: int

    def __str__(self) -> str:
        text = "" if self.percent == 100 else f"-{self.percent}"
        return f"{self.look}-{self.language}-{self.size.width()}{text}"


class Studio:
    """One window with its desk, and a folder for its pictures."""

    def __init__(self, folder: Path, dress: Dress, *, training: bool = True) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, dress.look, dress.percent)
        i18n.set_language(app, dress.language)
        self.folder, self.dress = folder, dress
        self._training = training
        self._data = TemporaryDirectory()
        self.desk = self.open_desk("counter")
        self.window = MainWindow(training=training)
        self.window.resize(dress.size)
        self.window.show()
        self.until(lambda: self.window.was_painted)
        self.window.parts.poller.nudge = _wait  # type: ignore[assignment,method-assign]

    def open_desk(self, sample: str) -> RealDesk:
        """Open the desk of a sample, set to what the pictures show."""
        made = template(sample).open(Path(self._data.name) / sample, training=self._training)
        look = self.dress.look.partition("-")[0]
        made.put("display.theme", look)
        made.put("display.language", self.dress.language)
        made.put("display.text_size", str(self.dress.percent))
        if not self._training:
            made.vault.keys = ("rzp_live_AbCdEfGh1x9xYz", "a secret")
        return made

    def attach(self) -> None:
        self.window.attach(self.desk.services, self.desk.folder)
        self.until(lambda: self.student_results.property("query") == "")
        self.until(lambda: bool(self.window.parts.counter.course.results.rows()))
        self.settle()

    @property
    def student_results(self) -> QWidget:
        return self.window.parts.counter.student.results

    def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            QTest.qWait(10)

    def find(self, name: str) -> QPushButton:
        found = self.window.findChild(QPushButton, name)
        assert isinstance(found, QPushButton), name
        return found

    @staticmethod
    def top(name: str) -> QWidget | None:
        """Return an open dialog by its name."""
        tops = QApplication.topLevelWidgets()
        return next((each for each in tops if each.objectName() == name), None)

    def settle(self) -> None:
        """Wait until every operation has answered and its answer is shown."""
        QApplication.processEvents()
        self.until(lambda: not self.window.runner.is_busy)
        QTest.qWait(SETTLE_MS)

    def shot(self, name: str, widget: QWidget | None = None) -> None:
        self.settle()
        path = self.folder / f"{name}-{self.dress}.png"
        (widget or self.window).grab().save(str(path))
        print(path)

    def pick(self, student: str, course: str) -> None:
        counter = self.window.parts.counter
        counter.student.box.setText(student)
        counter.student.take()
        self.until(counter.course.box.hasFocus)
        counter.course.box.setText(course)
        counter.course.take()
        self.until(lambda: counter.presenter.bill is not None)

    def collect(self, student: str, course: str) -> None:
        counter = self.window.parts.counter
        self.pick(student, course)
        counter.collect()
        self.until(lambda: counter.panel.qr.has_code)

    def look_now(self) -> None:
        self.window.parts.poller.ask()
        self.until(lambda: not self.window.parts.poller.is_asking)

    def close(self) -> None:
        self.window.close_anyway()
        self.until(lambda: self.window.shutdown is not None)
        self.until(lambda: not self.window.runner.is_busy)
        self.window.deleteLater()
        QApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
        self.desk.close()
        self._data.cleanup()


def sample_payments(desk: RealDesk) -> None:
    """Add payments of six parents from this morning."""
    people = (("R007", "PHY-12"), ("R008", "MATH-9"), ("R004", "PHY-11"), ("R005", "CHE-11"),
              ("R003", "MATH-9"), ("R002", "CHE-11"))  # fmt: skip
    for at, (student, course) in enumerate(people):
        method = Method.CASH if at % 3 == 1 else Method.UPI_INTENT
        with desk.ago(minutes=9 * (len(people) - at)):
            desk.paid(student, course, method)
