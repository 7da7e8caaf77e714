"""One window with its fake desk, and a folder for its pictures. Checks nothing itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop_app.domain.payment import Method
from desktop_app.services.views.settings import KeyMode
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.shell.main_window import MainWindow
from tests.ui.fake_desk import NOW, FakeDesk, make_desk, make_payment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QSize

    from desktop_app.services.views.payments import PaymentRow

PATIENCE_S = 15.0


def _wait(_seconds: float = 0.0) -> None:
    """Poll only when the picture requests it."""


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
        self.desk = make_desk(training=training)
        self.desk.settings.values |= {
            "theme": dress.look, "language": dress.language, "text_percent": str(dress.percent),
        }  # fmt: skip
        if not training:
            self.desk.settings.mode = KeyMode.LIVE
        self.window = MainWindow(training=training)
        self.window.resize(dress.size)
        self.window.show()
        self.until(lambda: self.window.was_painted)
        self.window.parts.poller.nudge = _wait  # type: ignore[assignment,method-assign]

    def attach(self) -> None:
        self.window.attach(self.desk.desk)
        self.until(lambda: self.student_results.property("query") == "")
        self.until(lambda: bool(self.window.parts.counter.course.results.rows()))
        QTest.qWait(100)

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

    def shot(self, name: str, widget: QWidget | None = None) -> None:
        QTest.qWait(60)
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
        QTest.qWait(300)


def sample_payments(desk: FakeDesk) -> None:
    """Add payments of six parents from this morning."""
    collecting = desk.collecting
    people = (("s7", "c2"), ("s8", "c4"), ("s4", "c1"), ("s5", "c3"), ("s3", "c4"), ("s2", "c3"))
    for at, (student, course) in enumerate(people):
        method = Method.CASH if at % 3 == 1 else Method.UPI_INTENT
        view = collecting.begin(student, course, Method.CASH)
        row = make_payment(view, NOW - timedelta(minutes=9 * (len(people) - at)))
        collecting.payments[0] = row if method is Method.CASH else with_rrn(row, at)
        del collecting.attempts[view.uid]


def with_rrn(row: PaymentRow, at: int) -> PaymentRow:
    return replace(row, method=Method.UPI_INTENT, rrn=f"63240818{at:04d}")
