"""The day's backup, made in the background once the start is over; and again on the next day.

Whether one is due is the desk's to know. A failure is a notice: no payment waits for a backup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktop_app.services.errors import TamperedError
from desktop_app.ui.core.i18n import T
from desktop_app.ui.core.jobs import Lane
from desktop_app.ui.core.notice import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.shell.main_window import MainWindow

FIRST_MS = 3_000
"""After the desk is open: whoever starts the desk searches first."""
AGAIN_MS = 30 * 60_000
"""A desk that is left on overnight has a new day too."""


class DayBackup(QObject):
    """Makes the day's backup and says when it could not.

    Args:
        window: where it is told.
        back_up_today: makes it where it is due; blocks.
    """

    def __init__(self, window: MainWindow, back_up_today: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._back_up_today = back_up_today
        self._is_running = False
        self._timer = QTimer(self)
        self._timer.setInterval(FIRST_MS)
        self._timer.timeout.connect(self.run)

    def start(self) -> None:
        """Make one soon, and see twice an hour whether another is due."""
        self._timer.start()

    def run(self) -> None:
        """Make it now where it is due."""
        self._timer.setInterval(AGAIN_MS)
        if self._is_running or self._window.shutdown is not None:
            return
        self._is_running = True
        self._window.runner.submit(
            Lane.LOCAL,
            self._back_up_today,
            owner=self,
            on_done=self._done,
            on_error=self._failed,
        )

    def _done(self, _report: object) -> None:
        self._is_running = False
        self._window.parts.notices.withdraw("backup")
        self._window.parts.health.presenter.read()

    def _failed(self, error: Exception) -> None:
        from desktop_app.ui.core.error_notices import describe  # noqa: PLC0415 - only when it fails

        self._is_running = False
        if isinstance(error, TamperedError):  # the copy was made; the books do not hold
            self._window.parts.notices.post(describe(error))
            return
        cause = describe(error)
        self._window.parts.notices.post(
            Notice(
                what=T("Today's backup could not be made."),
                money=T("Every payment is recorded here; only the copy is missing."),
                todo=T("{cause} {advice}"),
                values={"cause": cause.what, "advice": cause.todo},
                tone=Tone.ATTENTION,
                key="backup",
            )
        )
