"""The day's backup, made in the background once the start is over; and again on the next day.

Whether one is due is the desk's to know. A failure is a notice: no payment waits for a backup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktop_app.services.errors import TamperedError
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.widgets.notice_area import NoticeArea

FIRST_MS = 3_000
"""After the desk is open: the first thing a clerk does is search."""
AGAIN_MS = 30 * 60_000
"""A desk that is left on overnight has a new day too."""


class DailyBackup(QObject):
    """Makes the day's backup and says when it could not.

    Args:
        runner: runs it.
        notices: where a failure is shown.
        back_up_today: makes it where it is due; blocks.
        made: called once it was made.
        parent: the window.
    """

    def __init__(
        self,
        runner: JobRunner,
        notices: NoticeArea,
        back_up_today: Callable[[], object],
        made: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._runner, self._notices, self._made = runner, notices, made
        self._back_up_today = back_up_today
        self._is_running = False
        self._timer = QTimer(self, interval=FIRST_MS)
        self._timer.timeout.connect(self.run)

    def start(self) -> None:
        """Make one soon, and see twice an hour whether another is due."""
        self._timer.start()

    def run(self) -> None:
        """Make it now where it is due."""
        self._timer.setInterval(AGAIN_MS)
        if self._is_running:
            return
        self._is_running = True
        self._runner.local(lambda _desk: self._back_up_today(), self._done, failed=self._failed)

    def _done(self, _report: object) -> None:
        self._is_running = False
        self._notices.withdraw("backup")
        self._made()

    def _failed(self, error: Exception) -> None:
        from desktop_app.ui.core.error_notices import describe

        self._is_running = False
        if isinstance(error, TamperedError):  # the copy was made; the books do not hold
            self._notices.post(describe(error))
            return
        cause = describe(error)
        self._notices.note(
            N_("Couldn't make today's backup."),
            money=N_("Every payment is recorded on this PC. Only the backup is missing."),
            todo=N_("{cause} {advice}"),
            values={"cause": cause.what, "advice": cause.todo},
            tone=Tone.ATTENTION,
            key="backup",
        )
