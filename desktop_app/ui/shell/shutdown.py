"""Closing in three stages: take no more work; let gateway work finish; dispose, flush and go.

A call that may move money is never cut off, but a worker that hangs (in name resolution, say)
cannot keep the program open: after the longest wait it is left behind, and the next start
recovers what was open.
"""

from __future__ import annotations

import threading
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.core.jobs import JobRunner

LONGEST_WAIT_MS = 20_000
LONGEST_DISPOSE_MS = 5_000
LOOK_MS = 25
TOLD_AFTER_MS = 300
"""Closing that takes longer than this says what it waits for."""


class Stage(Enum):
    """How far closing has come."""

    OPEN = 0
    DRAINING = 1
    DISPOSING = 2
    DONE = 3


class Shutdown(QObject):
    """Runs the three stages in the event loop, without a nested one.

    Signals:
        draining: work has been running for a while; the window may show it.
        disposing: nothing runs any more; the window may go.
        finished: everything is put away; True when a worker had to be left behind.

    Args:
        dispose: closes the desk; runs in a separate thread, since closing can block too.
    """

    draining = Signal()
    disposing = Signal()
    finished = Signal(bool)

    def __init__(
        self, runner: JobRunner, dispose: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._dispose = dispose
        self._thread: threading.Thread | None = None
        self._waited_ms = 0
        self._is_told = False
        self.stage = Stage.OPEN
        self.left_behind = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_draining(self) -> bool:
        """Whether gateway work is still being waited for."""
        return self.stage is Stage.DRAINING

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if self.stage is not Stage.OPEN:
            return
        self.stage = Stage.DRAINING
        self._runner.refuse()
        self._timer.start()
        self._look()

    def _look(self) -> None:
        self._waited_ms += LOOK_MS
        if self.stage is Stage.DRAINING:
            if self._runner.is_busy and self._waited_ms < LONGEST_WAIT_MS:
                self._tell_once()
                return
            self._begin_to_dispose()
        elif self.stage is Stage.DISPOSING:
            hangs = self._thread is not None and self._thread.is_alive()
            if hangs and self._waited_ms < LONGEST_DISPOSE_MS:
                return
            self._finish(left_behind=self.left_behind or hangs)

    def _tell_once(self) -> None:
        if not self._is_told and self._waited_ms >= TOLD_AFTER_MS:
            self._is_told = True
            self.draining.emit()

    def _begin_to_dispose(self) -> None:
        self.left_behind = self._runner.is_busy
        self.stage = Stage.DISPOSING
        self._waited_ms = 0
        self._runner.close(wait=not self.left_behind)
        self.disposing.emit()
        self._thread = threading.Thread(target=self._dispose, name="pravesh-dispose", daemon=True)
        self._thread.start()

    def _finish(self, *, left_behind: bool) -> None:
        self.left_behind = left_behind
        self._timer.stop()
        self.stage = Stage.DONE
        self.finished.emit(left_behind)
