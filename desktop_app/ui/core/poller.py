"""The one poller: looks at every open and watched payment, at the pace the desk asks for.

One single-shot timer in the GUI thread; the look itself runs in the GATEWAY lane. It is independent
of screens, which connect to `looked`. It decides nothing about payments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from desktop_app.services.views.payments import PollResult
    from desktop_app.ui.core.jobs import JobRunner

AFTER_ERROR_S = 5.0
SOONEST_S = 0.2
FIRST_S = 1.0
LONGEST_S = 6 * 3600.0


class Poller(QObject):
    """Calls `desk.polling.run` again and again while something is open or watched.

    Signals:
        looked: every `PollResult` there was.
        failed: an error that a look must not raise; polling continues.

    Args:
        pace: how many times faster than the desk asks for; above 1 in rehearsals on a fast clock.
    """

    looked = Signal(object)
    failed = Signal(object)

    def __init__(
        self, runner: JobRunner, parent: QObject | None = None, *, pace: float = 1.0
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self.pace = pace
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tick)
        self._is_looking = self._is_asking = self._is_stopped = False

    @property
    def is_asking(self) -> bool:
        """Whether a look that a person asked for is under way."""
        return self._is_asking

    @property
    def due_in_s(self) -> float | None:
        """Seconds until the next look, None when none is planned."""
        return self._timer.remainingTime() / 1000 if self._timer.isActive() else None

    def stop(self) -> None:
        """Look no more: the window is closing."""
        self._is_stopped = True
        self._timer.stop()

    def nudge(self, seconds: float = FIRST_S) -> None:
        """Look within so many seconds: something became payable, or the line is back."""
        if not self._timer.isActive() or self._timer.remainingTime() > self._ms(seconds):
            self._plan(seconds)

    def ask(self) -> None:
        """Look now because a person asked; while that is under way, do nothing more."""
        if not self._is_asking:
            self._is_asking = True
            self._runner.gateway(
                lambda desk: desk.polling.run(asked=True), self._answered, failed=self._went_wrong
            )

    def _tick(self) -> None:
        if self._is_looking:
            self._plan(SOONEST_S)  # that look may have begun before what is due now was payable
            return
        self._is_looking = True
        self._runner.gateway(
            lambda desk: desk.polling.run(), self._ticked, failed=self._missed, asked=False
        )

    def _ticked(self, look: PollResult) -> None:
        self._is_looking = False
        self._publish(look)

    def _answered(self, look: PollResult) -> None:
        self._is_asking = False
        self._publish(look)

    def _missed(self, error: Exception) -> None:
        self._is_looking = False
        self._plan(AFTER_ERROR_S)
        self.failed.emit(error)

    def _went_wrong(self, error: Exception) -> None:
        self._is_asking = False
        self.nudge(AFTER_ERROR_S)
        self.failed.emit(error)

    def _publish(self, look: PollResult) -> None:
        if look.next_in_s is not None:  # soon for a QR, in hours for what is watched
            self.nudge(min(LONGEST_S, max(SOONEST_S, look.next_in_s)))
        self.looked.emit(look)

    def _plan(self, seconds: float) -> None:
        if not self._is_stopped:
            self._timer.start(self._ms(seconds))

    def _ms(self, seconds: float) -> int:
        return int(seconds * 1000 / self.pace)
