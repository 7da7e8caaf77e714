"""The connection to the gateway as the window shows it, and trying again while it is down.

What is known comes from the desk (`connection.state()`); it is never guessed here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from desktop_app.services.views.payments import ReconcileReport
    from desktop_app.services.views.settings import ConnectionState
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.poller import Poller

TICK_MS = 1000
TRY_AGAIN_TICKS = 15


class ConnectivityPresenter(QObject):
    """Follows the connection.

    Signals:
        line: the LineState, about once a second and when it changes.
        back: the line is there again after it was down.
        trying: whether a try that a person sees is under way.
        reconciled: the ReconcileReport of a full pass.
    """

    line = Signal(object)
    back = Signal()
    trying = Signal(bool)
    reconciled = Signal(object)

    def __init__(
        self, runner: JobRunner, attempts: Attempts, poller: Poller, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._attempts = attempts
        self._poller = poller
        self._is_trying = False
        self._ticks_down = 0
        self._was_down = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        poller.looked.connect(self._note_now)

    def begin(self) -> None:
        """Reconcile once, then keep watching."""
        self._timer.start()
        self._reconcile(asked=False)

    def stop(self) -> None:
        """Stop watching."""
        self._timer.stop()

    def retry(self) -> None:
        """Try the line now, because a person asked; not before watching began."""
        if self._timer.isActive() and not self._is_trying:
            self._reconcile(asked=True)

    def _reconcile(self, *, asked: bool) -> None:
        self._is_trying = True
        self.trying.emit(self._is_trying)
        self._runner.gateway(
            lambda desk: desk.polling.reconcile(),
            self._reconciled,
            failed=partial(self._not_reconciled, asked=asked),
            asked=asked,
        )

    def _reconciled(self, report: ReconcileReport) -> None:
        self._ended_trying()
        self._attempts.take_report(report)
        self._note_now()
        self.reconciled.emit(report)
        self._poller.nudge()

    def _not_reconciled(self, error: Exception, *, asked: bool) -> None:
        from desktop_app.services.errors import BookUndecidedError

        self._ended_trying()
        if asked or not isinstance(error, BookUndecidedError):  # its question is up already
            self._runner.failed.emit(error)

    def _ended_trying(self) -> None:
        self._is_trying = False
        self._ticks_down = 0
        self.trying.emit(self._is_trying)

    def _note_now(self, _look: object = None) -> None:
        """Note the connection as it is now: a later call may have found another than the look."""
        if self._runner.desk is not None:
            self._note(self._runner.desk.connection.state())

    def _note(self, state: ConnectionState) -> None:
        """Emit the state; when the connection is back, poll open attempts at once."""
        is_back = self._was_down and state.line.value == "online"
        self._was_down = state.line.value == "offline" or (self._was_down and not is_back)
        self.line.emit(state)
        if is_back:
            self._poller.nudge(0.0)
            self.back.emit()

    def _tick(self) -> None:
        desk = self._runner.desk
        if desk is None:
            return
        self._note_now()
        is_down = desk.connection.state().line.value == "offline" and not self._is_trying
        self._ticks_down = self._ticks_down + 1 if is_down else 0
        if self._ticks_down >= TRY_AGAIN_TICKS:
            self._ticks_down = 0
            self._reconcile(asked=False)
