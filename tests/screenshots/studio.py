"""One window of the real program, used as a clerk uses it, and a folder for its pictures.

A picture is the whole screen, with the frames and the order of its windows. Checks nothing itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from desktop_app.app import build
from desktop_app.bootstrap import Options, open_desk
from desktop_app.ui.core import theme
from desktop_app.ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from tests.bench.desks import Sandbox

PATIENCE_S = 30.0
SETTLE_MS = 160
"""Longer than the motions of the window."""

SEARCH_MS = 400
"""Longer than a list waits for the next letter."""

CASH = 3
"""The digit of cash among the methods: UPI, Link, Cash."""


@dataclass(frozen=True, slots=True)
class Dress:
    """The window's variant for a round of pictures; each is drawn in all the looks."""

    looks: tuple[str, ...]
    language: str
    percent: int


class Studio:
    """One window with its desk, and a folder for its pictures.

    Attributes:
        only: the look in which to photograph, empty for all.
    """

    def __init__(
        self, folder: Path, dress: Dress, data: Path, sandbox: Sandbox, *words: str
    ) -> None:
        self.folder, self.dress, self.sandbox = folder, dress, sandbox
        self.only = ""
        options = Options(data_dir=data, gateway_url=sandbox.url, training="--training" in words)
        opened = open_desk(options)
        opened.desk.settings.put("display.theme", dress.looks[0].partition("-")[0])
        opened.desk.settings.put("display.language", dress.language)
        opened.desk.settings.put("display.text_size", str(dress.percent))
        opened.close()
        self.app, window = build(["--data-dir", str(data), "--gateway-url", sandbox.url, *words])
        assert isinstance(window, MainWindow)
        self.window = window
        window.show()
        self.until(lambda: window.runner.desk is not None, "the desk opens")
        self.until(lambda: self.find("studentResults").property("query") == "", "students")
        window.activateWindow()
        self.settle()

    @property
    def desk(self) -> Desk:
        desk = self.window.runner.desk
        assert desk is not None
        return desk

    # --- hands

    def until(self, holds: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(what)
            QTest.qWait(15)

    def find(self, name: str) -> QWidget:
        """Return a control of any window by its name, the visible one where there are several."""
        found = [
            each
            for top in (self.window, *QApplication.topLevelWidgets())
            for each in ([top] if top.objectName() == name else top.findChildren(QWidget, name))
        ]
        if not found:
            raise LookupError(name)
        return next((each for each in found if each.isVisible()), found[0])

    def has(self, name: str) -> bool:
        """Return whether a control is visible now."""
        try:
            return self.find(name).isVisible()
        except LookupError:
            return False

    def shown(self, name: str) -> QWidget:
        self.until(lambda: self.has(name), name)
        return self.find(name)

    def click(self, name: str) -> None:
        button = self.shown(name)
        self.until(button.isEnabled, f"{name} is enabled")
        assert isinstance(button, QAbstractButton), name
        button.click()
        self.settle()

    def key(self, key: Qt.Key, *, ctrl: bool = False, alt: bool = False) -> None:
        held = Qt.KeyboardModifier.NoModifier
        held |= Qt.KeyboardModifier.ControlModifier if ctrl else held
        held |= Qt.KeyboardModifier.AltModifier if alt else held
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)
        self.settle()

    def write(self, text: str) -> None:
        """Type over what is in the box that has the focus."""
        box = QApplication.focusWidget()
        assert isinstance(box, QLineEdit)
        box.clear()
        QTest.keyClicks(box, text)
        QTest.qWait(SEARCH_MS)

    def type(self, name: str, text: str) -> QLineEdit:
        box = self.shown(name)
        assert isinstance(box, QLineEdit), name
        box.setFocus()
        box.clear()
        QTest.keyClicks(box, text)
        return box

    def search(self, box: str, results: str, text: str) -> None:
        self.type(box, text)
        self.until(lambda: self.find(results).property("query") == text, f"{results}: {text}")

    # --- the counter

    def idle(self) -> None:
        """Go to the empty counter, as for the next parent."""
        for top in QApplication.topLevelWidgets():
            if top.isVisible() and top is not self.window:
                top.close()
        self.window.activateWindow()
        self.window.parts.navigator.to_counter()
        self.window.parts.counter.next_student()
        self.settle()

    def student(self, text: str) -> None:
        self.search("studentSearch", "studentResults", text)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: self.find("courseSearch").isVisible(), "courses")

    def pick(self, student: str, course: str) -> None:
        self.idle()
        self.student(student)
        self.search("courseSearch", "courseResults", course)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: self.window.parts.counter.presenter.bill is not None, "a bill")
        self.settle()

    def collect(self, student: str, course: str, digit: int = 1, *, has_phone: bool = False) -> str:
        """Show the code of a fee and return its text.

        Args:
            digit: chooses UPI, Link or Cash.
            has_phone: leaves the practising parent's phone on the screen.
        """
        self.pick(student, course)
        self.method(digit)
        self.key(Qt.Key.Key_F9)
        if digit == CASH:
            self.until_state("paid")
            return ""
        qr = self.find("qrView")
        self.until(lambda: qr.isVisible() and qr.property("text"), "a code")
        if self.window.phone is not None and not has_phone:
            self.window.phone.hide()
        self.settle()
        return str(qr.property("text"))

    def method(self, digit: int) -> None:
        if isinstance(self.find("methodSelect"), QComboBox):
            self.choose({1: "auto", 2: "payment_link", 3: "cash"}[digit])
            self.settle()
            return
        self.key(Qt.Key(Qt.Key.Key_0 + digit), alt=True)

    def choose(self, method: str) -> None:
        """Choose a way of paying by its name."""
        select = self.find("methodSelect")
        if isinstance(select, QComboBox):
            select.setCurrentIndex(select.findData(method))

    def open_nothing(self) -> None:
        """Keep addresses from a browser, which would cover the window."""
        computer = self.window.parts.context.printer.computer
        vars(computer)["open_address"] = lambda _address: True

    def pay(self, text: str, outcome: str = "success") -> None:
        self.sandbox.control("upi/pay", {"qr": text, "vpa": "asha@okaxis", "outcome": outcome})
        self.ask()

    def ask(self) -> None:
        self.window.parts.poller.ask()
        self.until(lambda: not self.window.parts.poller.is_asking, "an answer")
        self.settle()

    def until_state(self, state: str) -> None:
        self.until(lambda: self.find("paymentState").property("state") == state, state)
        self.settle()

    def go(self, page: str) -> None:
        self.window.parts.navigator.go(page)
        self.settle()

    # --- pictures

    def settle(self) -> None:
        """Wait until every operation has answered and its answer is painted."""
        QApplication.processEvents()
        self.until(lambda: not self.window.runner.is_busy, "an end of work")
        QTest.qWait(SETTLE_MS)

    def shot(self, name: str) -> None:
        """Photograph the screen in every look that is wanted."""
        own, *_ = self.dress.looks
        looks = (self.only,) if self.only else self.dress.looks
        is_dressed = looks != (own,)
        for look in looks:
            if is_dressed:
                theme.apply(self.app, look, self.dress.percent)
            self.settle()
            if is_dressed:  # the desk may have read its own setting again
                theme.apply(self.app, look, self.dress.percent)
            picture = self.app.primaryScreen().grabWindow(0)
            picture.save(str(self.folder / f"{name}-{look}.png"))
        if is_dressed:
            theme.apply(self.app, own, self.dress.percent)

    def close(self) -> None:
        self.window.close_anyway()
        self.until(lambda: self.window.shutdown is not None, "closing")
        shutdown = self.window.shutdown
        assert shutdown is not None
        self.until(lambda: shutdown.stage.name == "DONE", "closed")
