"""The window: navigation, banners, pages, tray and status bar, put together and connected.

It is built without a desk, so that it can be painted at once, and gets one by `attach`. It decides
nothing about payments and calls no service itself: presenters do.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.ui import actions
from desktop_app.ui.banners import LineBanner, TrainingBanner
from desktop_app.ui.context import Calls, Context, Page
from desktop_app.ui.customer_display import CustomerDisplay
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.notices import NoticeArea, describe
from desktop_app.ui.page_room import SCREENS, PageRoom
from desktop_app.ui.pages.counter import CounterPage
from desktop_app.ui.phone_window import PhoneWindow
from desktop_app.ui.poller import Poller
from desktop_app.ui.presenters.attempts import Attempts
from desktop_app.ui.presenters.line import LinePresenter
from desktop_app.ui.presenters.payment import PaymentPresenter
from desktop_app.ui.presenters.phone import PhonePresenter
from desktop_app.ui.presenters.tray import TrayPresenter
from desktop_app.ui.printing import ReceiptPrinter
from desktop_app.ui.shutdown import Shutdown, Stage
from desktop_app.ui.widgets.full_message import FullMessage
from desktop_app.ui.widgets.navigation import Navigation
from desktop_app.ui.widgets.status_strip import StatusStrip
from desktop_app.ui.widgets.tray import WaitingTray
from desktop_app.ui.window_work import WindowWork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from desktop_app.services.api import Desk
    from desktop_app.services.views import AttemptView
    from desktop_app.ui.opening import OpenDesk

SIZE = QSize(1366, 768)
LEAST = QSize(1024, 640)


class MainWindow(QMainWindow):
    """The desk's window.

    Signals:
        painted: the first frame is on screen.
        closed: all three stages of closing are over; True when a worker was left behind.

    Args:
        training: whether everything here is rehearsal.
    """

    painted = Signal()
    closed = Signal(bool)

    def __init__(self, *, training: bool = False) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName("Pravesh, the fee desk")
        self.setWindowTitle("Pravesh: TRAINING" if training else "Pravesh")
        self.is_training = training
        self.desk: Desk | None = None
        self._was_painted = False
        self._close_asked = False
        self.dispose: Callable[[], None] = _nothing
        self.runner = JobRunner(self)
        self.attempts = Attempts(self.runner, self)
        self.poller = Poller(self.runner, self)
        self.payment = PaymentPresenter(self.runner, self.attempts, self.poller, self)
        self.line = LinePresenter(self.runner, self.attempts, self.poller, self)
        self.tray_presenter = TrayPresenter(self.attempts, self.payment, self)
        self.phone_presenter = PhonePresenter(self.runner, self)
        self.shutdown: Shutdown | None = None
        self.actions_by_name = actions.build(self)
        self._build()
        self.work = WindowWork(self)
        self.resize(SIZE)
        self.setMinimumSize(LEAST)

    # --- life

    def attach(self, desk: Desk, data_dir: Path | None = None) -> None:
        """Take the open desk: everything typed meanwhile is answered, what was open is found."""
        self.desk = desk
        self.context.printer.attach(desk, data_dir / "receipts" if data_dir else None)
        self.attempts.attach(desk)
        self.payment.attach(desk)
        self.phone_presenter.attach(desk.phone)
        self.room.attach(desk)
        self.line.attach(desk)
        self.poller.start(desk)
        self.work.read_settings()

    def fail(self, error: BaseException, detail: str = "") -> None:
        """Say across the whole page that the desk could not be opened."""
        notice = describe(error)
        self.message.show_words(notice.what, notice.money, notice.todo, detail=detail)
        self.show_message()

    def come_forward(self) -> None:
        """Come to the front: the desk was started a second time."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def after_opening(self, opened: OpenDesk) -> None:
        """Lead through the set-up when nothing was ever set up here (never from `build`)."""
        has_keys = all(os.environ.get(f"RAZORPAY_KEY_{part}") for part in ("ID", "SECRET"))
        if opened.first_run and not has_keys and not self.is_training:
            from desktop_app.ui.dialogs.wizard import SetupWizard  # noqa: PLC0415 - once ever

            wizard = SetupWizard(opened.desk, self.runner, self)
            wizard.finished.connect(self.calls.settings_changed)
            wizard.open()

    def show_message(self) -> None:
        """Bring the full-page message to the front and take everything else away."""
        self._outer.setCurrentWidget(self.message)
        self.navigation.setEnabled(False)
        for action in self.actions_by_name.values():
            action.setEnabled(action is self.actions_by_name["quit"])

    def open_payments(self) -> tuple[AttemptView, ...]:
        """Tell the payments that a parent may still pay."""
        return tuple(view for view in self.attempts.live() if view.qr_text or view.image_path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say once that the first frame is there."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close in three stages; ask first, in place, while a payment is open."""
        if self.shutdown is not None and self.shutdown.stage in (Stage.DISPOSING, Stage.DONE):
            event.accept()
            return
        if self.shutdown is None:
            if self.open_payments() and not self._close_asked:
                event.ignore()
                self.work.ask_to_close()
                return
            self._begin_to_close()
        if self.shutdown is not None and self.shutdown.stage is Stage.DRAINING:
            event.ignore()
        else:
            event.accept()

    def close_anyway(self) -> None:
        """Close although payments wait: they are found again at the next start."""
        self._close_asked = True
        self.close()

    def _begin_to_close(self) -> None:
        self.poller.stop()
        self.line.stop()
        self.shutdown = Shutdown(self.runner, self._dispose, self)
        self.shutdown.draining.connect(self.work.say_closing)
        self.shutdown.disposing.connect(self._go)
        self.shutdown.finished.connect(self.closed)
        self.shutdown.start()

    def _dispose(self) -> None:
        self.dispose()  # what is to be closed may have been opened while closing began

    def _go(self) -> None:
        self.display.close()
        if self.phone is not None:
            self.phone.close()
        self.close()

    # --- parts

    def page(self) -> Page:
        """Tell the screen in front."""
        return self.room.current()

    def _build(self) -> None:
        self.training_banner = TrainingBanner(shown=self.is_training)
        self.line_banner = LineBanner()
        self.navigation = Navigation(SCREENS)
        self._stack = QStackedWidget()
        self._outer = QStackedWidget()
        self._outer.addWidget(self._stack)
        self.message = FullMessage()
        self._outer.addWidget(self.message)
        self.notices = NoticeArea(self._outer)
        self.calls = Calls(self)
        self.context = Context(
            self.runner, self.notices, ReceiptPrinter(self.runner, self.notices), self.calls
        )
        self.counter = CounterPage(self.context, self.payment, self.attempts)
        self.room = PageRoom(self._stack, self.context, self.counter)
        self.tray = WaitingTray()
        self.status = StatusStrip()
        self.setStatusBar(self.status)
        self.display = CustomerDisplay(training=self.is_training)
        self.phone = PhoneWindow(self.phone_presenter) if self.is_training else None
        self._lay_out()
        self.counter.student.box.setFocus()

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        middle.addWidget(self._outer, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.training_banner)
        column.addWidget(self.line_banner)
        column.addLayout(middle, 1)
        column.addWidget(self.tray)
        self.setCentralWidget(whole)


def _nothing() -> None:
    """Close nothing: no desk was opened."""
