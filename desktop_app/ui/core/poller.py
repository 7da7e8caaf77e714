"""The one poller: looks at every open and watched payment, at the pace the desk asks for.

One single-shot timer in the GUI thread; the look itself runs in the GATEWAY lane. It is independent
of screens: whoever wants to know connects to `looked`. It decides nothing about payments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.ui.core.jobs import JobRunner, Lane, call

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import PollResult

AFTER_ERROR_S = 5.0
SOONEST_S = 0.2
FIRST_S = 1.0
LONGEST_S = 6 * 3600.0


class Poller(QObject):
    """Asks `desk.collecting.look` again and again while something is open or watched.

    Signals:
        looked: every `PollResult` there was.
        failed: an error that a look must not raise; polling goes on.

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
        self._desk: Desk | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._is_looking = False
        self._is_asking = False

    @property
    def is_asking(self) -> bool:
        """Whether a look that a person asked for is under way."""
        return self._is_asking

    @property
    def due_in_s(self) -> float | None:
        """Seconds until the next look, None when none is planned."""
        return self._timer.remainingTime() / 1000 if self._timer.isActive() else None

    def start(self, desk: Desk) -> None:
        """Begin with a desk; the first look comes with the first nudge."""
        self._desk = desk

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._desk = None

    def nudge(self, seconds: float = FIRST_S) -> None:
        """Look within so many seconds: something became payable, or the line is back."""
        if self._desk is None:
            return
        within_ms = self._ms(seconds)
        if not self._timer.isActive() or self._timer.remainingTime() > within_ms:
            self._timer.start(within_ms)

    def ask(self) -> None:
        """Look now because a person asked; while that is under way, do nothing more."""
        if self._desk is None or self._is_asking:
            return
        self._is_asking = True
        self._runner.submit(
            Lane.GATEWAY,
            call(self._desk.collecting.look, asked=True),
            owner=self,
            on_done=self._answered,
            on_error=self._went_wrong,
        )

    def _tick(self) -> None:
        if self._desk is None or self._is_looking:
            return
        self._is_looking = True
        self._runner.submit(
            Lane.GATEWAY,
            call(self._desk.collecting.look),
            owner=self,
            on_done=self._ticked,
            on_error=self._missed,
            asked=False,
        )

    def _ticked(self, look: PollResult) -> None:
        self._is_looking = False
        self._publish(look)

    def _answered(self, look: PollResult) -> None:
        self._is_asking = False
        self._publish(look)

    def _missed(self, error: Exception) -> None:
        self._is_looking = False
        self._again(AFTER_ERROR_S)
        self.failed.emit(error)

    def _went_wrong(self, error: Exception) -> None:
        self._is_asking = False
        self.nudge(AFTER_ERROR_S)
        self.failed.emit(error)

    def _publish(self, look: PollResult) -> None:
        self._again(look.next_in_s)
        self.looked.emit(look)

    def _again(self, seconds: float | None) -> None:
        """Plan the next look as the desk asks: soon for a QR, in hours for what is watched."""
        if self._desk is not None and seconds is not None:
            self._timer.start(self._ms(min(LONGEST_S, max(SOONEST_S, seconds))))

    def _ms(self, seconds: float) -> int:
        return int(seconds * 1000 / self.pace)
