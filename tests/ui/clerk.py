"""Drives the window as a clerk does: keys into whatever has the focus, eyes on named controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop_app.services.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk

Kind = TypeVar("Kind", bound=QWidget)
PATIENCE_MS = 20_000
"""Only a test that fails waits that long; a machine with much to do takes seconds."""
SETTLE_MS = 8


class Clerk:
    """The window, the desk behind it, and a clerk's hands."""

    def __init__(self, window: MainWindow, desk: RealDesk, bot: QtBot) -> None:
        self.window, self.desk, self.bot, self.folder = window, desk, bot, desk.folder

    def wait(self, holds: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(holds()), timeout=PATIENCE_MS)

    def idle(self) -> None:
        """Wait until nothing of the window's runs any more, nor what follows from it."""
        quiet = 0

        def is_quiet() -> bool:
            nonlocal quiet
            quiet = 0 if self.window.parts.runner.is_busy else quiet + 1
            self.bot.wait(SETTLE_MS)
            return quiet > 2

        self.wait(is_quiet)

    def started(self) -> None:
        """Wait until the window has looked at everything once, as it does after the start."""
        self.wait(lambda: self.desk.calls.count("polling.reconcile"))
        self.idle()

    def the(self, kind: type[Kind], name: str) -> Kind:
        found = self.window.findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    def named(self, name: str) -> QWidget:
        return self.the(QWidget, name)

    def text(self, name: str) -> str:
        found = self.named(name)
        if isinstance(found, QLabel):
            return found.text()
        assert isinstance(found, QPushButton), name
        return found.text().strip()

    def state(self) -> str:
        return str(self.named("paymentState").property("state"))

    @property
    def focused(self) -> QWidget:
        found = QApplication.focusWidget()
        assert found is not None
        return found

    @property
    def focus(self) -> str:
        return self.focused.objectName()

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(self.focused, letter)

    def press(self, key: Qt.Key, *, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else _NONE
        QTest.keyClick(self.focused, key, modifier)

    def click(self, name: str) -> None:
        button = self.named(name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, _NONE, QPoint(5, 5))

    def pick(self, student: str = "R001", course: str = "PHY-11") -> None:
        """Find both with the keyboard alone and wait for the bill."""
        self.press(Qt.Key.Key_F2)
        self.type(student)
        self.press(Qt.Key.Key_Return)
        self.wait(lambda: self.focus == "courseSearch")
        self.type(course)
        self.press(Qt.Key.Key_Return)
        self.wait(lambda: "₹" in self.text("totalLabel") and "—" not in self.text("totalLabel"))

    def collect(self, student: str = "R001", course: str = "PHY-11") -> str:
        """Collect by UPI until the QR is up; the attempt's uid."""
        self.pick(student, course)
        self.press(Qt.Key.Key_F9)
        self.wait(lambda: self.named("qrView").property("text"))
        view = self.window.parts.payment.view
        assert view is not None
        return view.uid

    def run_out(self) -> None:
        """Advance past the expiry of every code that waits, in the window and behind it."""
        attempts = self.window.parts.attempts
        left = [attempts.remaining(view.uid) or 0.0 for view in attempts.live()]
        clock, ahead = attempts._clock, max(left) + 1.0
        self.desk.clock.advance(ahead)
        attempts._clock = lambda: clock() + ahead

    def begun(self) -> int:
        """How often the window began a payment."""
        names = ("payments.begin", "payments.begin_again")
        return sum(self.desk.calls.count(name) for name in names)

    def opened(self) -> int:
        """How often the window made one payable."""
        return self.desk.calls.count("payments.open")

    def looks_asked(self) -> int:
        """How often a person had the gateway looked at."""
        return self.desk.calls.of("polling.run").count((True,))

    def printed(self) -> list[str]:
        """The numbers of the receipts that were printed, in their order."""
        calls = self.desk.calls.of("receipts.save_pdf") + self.desk.calls.of("receipts.print_on")
        return [self.desk.receipt(str(uid)).number for uid, *_more in calls]

    def cut_line(self, error: Exception | None = None) -> None:
        """Make the gateway unreachable, or make it refuse, and wait until the window shows it."""
        self.started()
        self.desk.gateway.down = error or UnavailableError("cable")
        self.window.parts.line.retry()

    def mend_line(self) -> None:
        """Make the gateway answer again, and wait until the window shows it."""
        self.started()
        self.desk.gateway.down = None
        self.window.parts.line.retry()

    def shown(self, name: str) -> bool:
        return self.named(name).isVisible()

    def picked(self) -> str:
        student = self.window.parts.counter.presenter.student
        return student.roll_no if student else ""

    def notices(self) -> str:
        return "\n".join(self.window.parts.notices.texts())


_NONE = Qt.KeyboardModifier.NoModifier
