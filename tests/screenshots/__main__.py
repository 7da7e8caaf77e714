"""`python -m tests.screenshots DIR`: every page of the window as PNG files, in every dress.

Three themes, two languages, two window sizes; `--theme`, `--language`, `--size` and `--text` name
fewer. The desk is the fake one of the tests, with data that look real: a Hindi name, a long one,
one with markup. Looks at nothing itself; people do.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.affairs_views import ErrandKind, ErrandState
from desktop_app.services.errors import DatabaseCorruptError, UnavailableError
from desktop_app.services.views import KeyMode, Line
from desktop_app.ui import language, theme
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.page_room import COURSES, INBOX, PAYMENTS
from desktop_app.ui.pages.courses import CoursesPage
from desktop_app.ui.pages.payments import PaymentsPage
from tests.ui.fake_affairs import dispute, errand, family_due, held_money
from tests.ui.fake_desk import NOW, FakeDesk, make_desk, make_payment

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views import PaymentRow

SIZES = ("1366x768", "1920x1080")
LOOKS = ("light", "dark", "contrast-light")
PATIENCE_S = 15.0


def _wait(_seconds: float = 0.0) -> None:
    """Look only when the picture asks for it."""


@dataclass(frozen=True, slots=True)
class Dress:
    """How the window is dressed for a round of pictures."""

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
        language.speak(app, dress.language)
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
    """Let six parents have paid this morning."""
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


def till_pictures(studio: Studio) -> None:
    counter_pictures(studio)
    line_pictures(studio)


def counter_pictures(studio: Studio) -> None:
    window, desk = studio.window, studio.desk
    sample_payments(desk)
    studio.shot("00-opening")
    studio.attach()
    studio.shot("01-start")
    window.parts.counter.student.box.setText("Rahul Verma")
    QTest.qWait(120)
    studio.shot("02-nobody-found")
    studio.pick("asha r", "phy")
    studio.shot("03-bill")
    window.parts.counter.collect()
    studio.until(lambda: window.parts.counter.panel.qr.has_code)
    studio.look_now()
    studio.shot("04-waiting")
    if window.phone is not None:
        studio.shot("05-phone", window.phone)
        window.phone.hide()
    window.display.show()
    studio.shot("06-display", window.display)
    window.display.hide()
    window.activateWindow()
    window.parts.counter.panel.buttons.ask_to_cancel()
    studio.shot("07-cancel-asks")
    window.parts.counter.go_back()
    window.parts.counter.next_student()
    studio.collect("R004", "che")
    window.parts.counter.next_student()


def line_pictures(studio: Studio) -> None:
    window, desk = studio.window, studio.desk
    desk.gateway.refusing["open"] = UnavailableError("x")
    studio.pick("R005", "math")
    window.parts.counter.collect()
    studio.until(window.parts.counter.panel.open_button.isVisible)
    desk.gateway.line = Line.OFFLINE
    studio.look_now()
    studio.shot("08-offline-no-qr")
    window.parts.counter.next_student()
    studio.pick("R006", "PHY-12")
    window.parts.line.retry()
    studio.until(window.parts.line_banner.isVisible)
    studio.shot("09-offline-bill")
    desk.gateway.line = Line.ONLINE
    desk.gateway.refusing.clear()
    desk.gateway.paid.add("a7")
    view = desk.collecting.attempts["a7"]
    window.parts.counter.next_student()
    window.parts.counter.show_attempt(view)
    studio.look_now()
    studio.until(lambda: window.parts.counter.is_paid)
    QTest.qWait(200)
    studio.shot("10-paid")
    window.display.show()
    studio.shot("11-display-thanks", window.display)
    window.display.hide()
    desk.gateway.paid.add("a8")
    window.parts.counter.next_student()
    studio.look_now()
    studio.shot("12-paid-elsewhere")


def expired_picture(studio: Studio) -> None:
    studio.desk.collecting.lifetime_s = 0.9
    studio.attach()
    studio.collect("R004", "che")
    counter = studio.window.parts.counter
    studio.shot("13-expires-soon")
    studio.until(lambda: counter.panel.state.property("state") == "expired")
    studio.shot("14-expired")


def limit_picture(studio: Studio) -> None:
    row = studio.desk.courses.rows[0]
    fee = Money(1_50_000_00)
    studio.desk.courses.rows[0] = replace(row, course=replace(row.course, fee=fee), total=fee)
    studio.attach()
    studio.pick("R007", "PHY-11")
    studio.shot("15-over-limit")
    studio.window.parts.counter.next_student()
    studio.pick("R008", "NEET")
    studio.shot("16-full")


def sample_affairs(desk: FakeDesk) -> None:
    """Let two payments wait for a decision, three errands for the line, and a dispute be open."""
    affairs = desk.affairs
    affairs.money += [
        held_money("h1", can_enrol=False),
        held_money("h2", "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam"),
    ]
    affairs.to_say += [errand(), errand("e2", ErrandState.DEAD, ErrandKind.CLOSE_QR)]
    affairs.noticed.append(dispute())


def page_pictures(studio: Studio) -> None:
    sample_payments(studio.desk)
    sample_affairs(studio.desk)
    studio.attach()
    window = studio.window
    for at, name in enumerate(("students", "courses", "payments", "inbox", "settings"), 1):
        window.parts.work.go(at)
        QTest.qWait(250)
        studio.shot(f"2{at}-{name}")
    window.parts.work.go(0)
    window.parts.actions_by_name["help"].trigger()
    QTest.qWait(100)
    for top in QApplication.topLevelWidgets():
        if top.objectName() == "helpPanel":
            studio.shot("25-help", top)
            top.close()
    window.parts.actions_by_name["newStudent"].trigger()
    QTest.qWait(200)
    for top in QApplication.topLevelWidgets():
        if top.objectName() == "studentForm":
            studio.shot("26-new-student", top)
            top.close()


def affairs_pictures(studio: Studio) -> None:
    """What comes after a payment: a decision being taken, a refund being asked for, forms."""
    sample_payments(studio.desk)
    sample_affairs(studio.desk)
    studio.desk.affairs.dues += [family_due(), family_due("d2", fits=False)]
    studio.attach()
    work, room = studio.window.parts.work, studio.window.parts.room
    work.go(INBOX)
    studio.until(lambda: len(room.inbox.body.cards) > 1)
    room.inbox.body.cards[0].dues_button.click()
    studio.until(room.inbox.body.cards[0].choice.isVisible)
    studio.shot("40-inbox-another-due")
    room.inbox.body.cards[1].ask_refund()
    studio.shot("41-inbox-refund")
    work.go(PAYMENTS)
    payments = room.current()
    assert isinstance(payments, PaymentsPage)
    studio.until(payments.returns.button.isVisible)
    refund = payments.ask_refund()
    assert refund is not None
    studio.shot("42-refund", refund)
    refund.reject()
    work.go(COURSES)
    courses = room.current()
    assert isinstance(courses, CoursesPage)
    studio.until(courses.edit_button.isVisible)
    form = courses.edit()
    assert form is not None
    studio.shot("43-course", form)
    form.reject()


def empty_pictures(studio: Studio) -> None:
    """The lists of a new centre: each says what to do."""
    studio.desk.students.hits.clear()
    studio.desk.courses.rows.clear()
    studio.window.attach(studio.desk.desk)
    for at, name in enumerate(("students", "courses", "payments", "inbox"), 1):
        studio.window.parts.work.go(at)
        QTest.qWait(250)
        studio.shot(f"44-no-{name}")


def failure_picture(studio: Studio) -> None:
    studio.window.fail(DatabaseCorruptError("x"))
    studio.shot("30-cannot-open")


SERIES: tuple[tuple[Callable[[Studio], None], bool], ...] = (
    (till_pictures, True),
    (expired_picture, False),
    (limit_picture, False),
    (page_pictures, False),
    (affairs_pictures, False),
    (empty_pictures, False),
    (failure_picture, False),
)


def dresses(words: list[str]) -> tuple[Path, list[Dress]]:
    """Read what is wanted from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--theme", action="append", choices=[*LOOKS, "contrast-dark"])
    parser.add_argument("--language", action="append", choices=[*language.LANGUAGES])
    parser.add_argument("--size", action="append", choices=SIZES)
    parser.add_argument("--text", type=int, default=100, metavar="PERCENT")
    given = parser.parse_args(words)
    wanted = [
        Dress(look, spoken, QSize(*(int(side) for side in size.split("x"))), given.text)
        for look in given.theme or LOOKS
        for spoken in given.language or language.LANGUAGES
        for size in given.size or SIZES
    ]
    return given.folder, wanted


def main(words: list[str]) -> int:
    folder, wanted = dresses(words)
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QApplication.setQuitOnLastWindowClosed(False)
    for dress in wanted:
        for series, training in SERIES:
            studio = Studio(folder, dress, training=training)
            series(studio)
            studio.close()
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
