"""The window's frame and life: a first frame at once, its parts just after, closing in stages.

The first frame holds the navigation and the student search, which accepts typing; everything else
is imported and built right after it was painted, or as soon as a child is searched, so that
every control is there from `build()` on. The desk comes later still, by `attach`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.core.window_front import bring_forward, open_in_front
from desktop_app.ui.shell.host import Host
from desktop_app.ui.shell.lazy_window import LazyWindow
from desktop_app.ui.shell.navigation import Navigation
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.shell.window_state import LEAST, SIZE
from desktop_app.ui.widgets.boxes import STRETCH, hbox, vbox
from desktop_app.ui.widgets.picker import MARGINS, PANEL
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.shell.composition import Composition
    from desktop_app.ui.shell.crash_screen import CrashScreen
    from desktop_app.ui.shell.desk_loader import LoadedDesk


class MainWindow(Host):
    """The desk's window.

    Signals:
        closed: all three stages of closing are over; True when a worker was left behind.

    Args:
        training: whether everything here is rehearsal.
        pace: how many times faster than the desk asks for the poller looks.
    """

    closed = Signal(bool)

    def __init__(self, *, training: bool = False, pace: float = 1.0) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        bind_text(self, "accessibleName", N_("Pravesh fee desk"))
        bind_text(self, "windowTitle", N_("Pravesh: PRACTICE MODE") if training else N_("Pravesh"))
        self.is_training = training
        self.pace = pace
        self.was_painted = False
        self._close_asked = False
        self._parts: Composition | None = None
        self._runner: JobRunner | None = None
        self._is_completing = False
        self.dispose = _nothing
        self.memory = None
        self.data_dir: Path | None = None
        self._crash: CrashScreen | None = None
        self.where = str
        self.shutdown = None
        self.display = LazyWindow("customerDisplay", N_("Customer display"), self.complete)
        self.phone = (
            LazyWindow("phoneWindow", N_("Parent's phone (practice)"), self.complete)
            if training
            else None
        )
        self.navigation = Navigation(PAGES)
        self.student_box = SearchBox(
            name="studentSearch", hint=N_("Name, roll number or phone"), key="F2"
        )
        self._build_first_frame()
        self.resize(SIZE)
        self.setMinimumSize(LEAST)

    # --- parts

    @property
    def parts(self) -> Composition:
        """Everything inside the window, made the first time it is asked for."""
        self.complete()
        if self._parts is None:
            raise RuntimeError("the window's parts are just being made")
        return self._parts

    @property
    def runner(self) -> JobRunner:
        """Runs what blocks; made the first time it is asked for."""
        if self._runner is None:
            from desktop_app.ui.core.jobs import JobRunner

            self._runner = JobRunner(self)
        return self._runner

    def complete(self) -> None:
        """Make the parts; once."""
        if self._parts is not None or self._is_completing:
            return
        self._is_completing = True
        self.completing.emit()
        from desktop_app.ui.shell.composition import Composition

        self.setUpdatesEnabled(False)
        with theme.undressed():
            self._parts = Composition(self)
        self.setUpdatesEnabled(True)
        self.student_box.setFocus()

    def findChild(self, *args: Any, **kwargs: Any) -> Any:
        """Find a control, making the parts first."""
        self.complete()
        return super().findChild(*args, **kwargs)

    def findChildren(self, *args: Any, **kwargs: Any) -> Any:
        """Find controls, making the parts first."""
        self.complete()
        return super().findChildren(*args, **kwargs)

    # --- life

    def attach(self, desk: Desk, data_dir: Path | None = None) -> None:
        """Use the open desk: what was typed before is answered, open attempts are found."""
        self.data_dir = data_dir
        self.parts.attach(desk, data_dir)
        if self.memory is not None and not self.student_box.text():
            self.parts.navigator.return_to(self.memory.page())

    def fail(self, error: BaseException) -> None:
        """Show across the whole page that the desk could not be opened."""
        from desktop_app.ui.shell.recovery_page import show_failure

        show_failure(self, error)

    def tell(self, error: BaseException) -> None:
        """Show an unhandled error; the desk continues if it can."""
        from desktop_app.ui.shell.crash_screen import CrashScreen

        if self._crash is not None:
            self._crash.add(error)
            return
        self._crash = CrashScreen(error, self.data_dir, self)
        self._crash.finished.connect(self._crash_over)
        self._crash.closing_asked.connect(self.close_anyway)
        open_in_front(self._crash)

    def _crash_over(self) -> None:
        self._crash = None

    def come_forward(self) -> None:
        """Come to the front: the desk was started a second time."""
        bring_forward(self)

    def after_opening(self, opened: LoadedDesk) -> None:
        """Lead through the set-up when nothing was ever set up here (never from `build`)."""
        has_keys = all(os.environ.get(f"RAZORPAY_KEY_{part}") for part in ("ID", "SECRET"))
        if opened.first_run and not has_keys and not self.is_training:
            from desktop_app.ui.settings.wizard import open_wizard

            open_wizard(self.parts.context, self)

    def event(self, event: QEvent) -> bool:
        """Activate the window when a dialog was closed: not every window system does."""
        if event.type() == QEvent.Type.WindowUnblocked and self.shutdown is None:
            QTimer.singleShot(0, self, self._take_keyboard)
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the navigation without words in a narrow window."""
        super().resizeEvent(event)
        self.navigation.fit(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Build the parts once the first frame is painted."""
        super().paintEvent(event)
        if not self.was_painted:
            self.was_painted = True
            QTimer.singleShot(0, self, self._after_first_frame)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close in three stages; ask first, in place, while a payment is pending."""
        if self.shutdown is None:
            if self.parts.pending_payments() and not self._close_asked:
                event.ignore()
                self.parts.controller.ask_to_close()
                return
            self._begin_to_close()
        if self.shutdown is not None and self.shutdown.is_draining:
            event.ignore()
        else:
            event.accept()

    def close_anyway(self) -> None:
        """Close although payments wait: they are found again at the next start."""
        self._close_asked = True
        self.close()

    def _take_keyboard(self) -> None:
        if QApplication.activeModalWidget() is None:  # none was opened since
            self.activateWindow()

    def _after_first_frame(self) -> None:
        self.complete()  # before the desk is opened; its imports run at the same time
        self.painted.emit()

    def _begin_to_close(self) -> None:
        from desktop_app.ui.shell.shutdown import Shutdown

        self.parts.stop()
        if self.memory is not None:
            self.memory.keep(self, self.parts.pages.current_name())
        self.shutdown = Shutdown(self.runner, self._dispose, self)
        self.shutdown.draining.connect(self.parts.controller.say_closing)
        self.shutdown.disposing.connect(self._go)
        self.shutdown.finished.connect(self.closed)
        self.shutdown.start()

    def _dispose(self) -> None:
        self.dispose()  # the desk may have been opened while closing began

    def _go(self) -> None:
        self.display.close()
        if self.phone is not None:
            self.phone.close()
        self.close()

    def _build_first_frame(self) -> None:
        left = vbox(self.student_box, STRETCH, margins=MARGINS)
        panel = QFrame()
        panel.setFixedWidth(PANEL)
        whole = QWidget()
        above = theme.px(theme.BANNER) if self.is_training else 0  # nothing moves when it comes
        middle = hbox(self.navigation, (left, 1), panel, gap=0)
        vbox(above, (middle, 1), inside=whole, gap=0)
        self.setCentralWidget(whole)
        self.student_box.setFocus()


def _nothing() -> None:
    """Close nothing: no desk was opened."""
