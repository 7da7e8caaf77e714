"""The contents of the tray: every live attempt, and for a while those that just ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.ui.core.formatting import clock, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.shell.payment_tray import Chip
from desktop_app.ui.widgets.badge import STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter

LINGERS_S = 60.0
SWEEP_MS = 5000
SOON_S = 60


class TrayPresenter(QObject):
    """Turns attempts into chips.

    Signals:
        chips: a tuple of `Chip`, oldest first.

    Args:
        clock_s: a monotonic clock in seconds.
    """

    chips = Signal(object)

    def __init__(
        self,
        attempts: Attempts,
        payment: PaymentPresenter,
        parent: QObject | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._attempts = attempts
        self._payment = payment
        self._clock_s = clock_s
        self._was_live: set[str] = set()
        self._ended: dict[str, float] = {}
        self._sweep = QTimer(self, interval=SWEEP_MS)
        self._sweep.timeout.connect(self.refresh)
        attempts.changed.connect(self._changed)
        attempts.ticked.connect(self.refresh)
        payment.working.connect(self.refresh)
        payment.replaced.connect(self.forget)
        payment.cancelled.connect(self._cancelled)

    def forget(self, uid: str) -> None:
        """Remove an ended attempt from the tray: it was looked at."""
        if self._ended.pop(uid, None) is not None:
            self.refresh()

    def _cancelled(self, view: AttemptView) -> None:
        """Remove what was cancelled on screen, unless money may have come."""
        if view.is_sure:
            self.forget(view.uid)

    def refresh(self) -> None:
        """Update the chips."""
        now = self._clock_s()
        self._ended = {uid: until for uid, until in self._ended.items() if until > now}
        if not self._ended:
            self._sweep.stop()
        ended = [view for uid in self._ended if (view := self._attempts.view(uid)) is not None]
        views = sorted((*self._attempts.live(), *ended), key=lambda view: view.created_at)
        self.chips.emit(tuple(self._chip(view) for view in views))

    def _changed(self, changed: tuple[AttemptView, ...]) -> None:
        for view in changed:
            if view.state in LIVE_STATES or view.state is AttemptState.PAID:
                self._forget_earlier(view)
            if view.state in LIVE_STATES:
                self._was_live.add(view.uid)
            elif view.state is AttemptState.PAID and self._is_on_screen(view):
                self._was_live.discard(view.uid)
            elif view.uid in self._was_live or (view.state is AttemptState.PAID and view.rrn):
                self._was_live.discard(view.uid)
                self._ended[view.uid] = self._clock_s() + LINGERS_S
                self._sweep.start()
        self.refresh()

    def _forget_earlier(self, view: AttemptView) -> None:
        """Remove the ended attempts of the same fee: the newest one shows its state."""
        for uid in list(self._ended):
            known = self._attempts.view(uid)
            if known is not None and uid != view.uid and _fee_of(known) == _fee_of(view):
                del self._ended[uid]

    def _is_on_screen(self, view: AttemptView) -> bool:
        shown = self._payment.view
        return shown is not None and shown.uid == view.uid

    def _chip(self, view: AttemptView) -> Chip:
        word, icon, tone = STATES[view.state]
        left = self._attempts.remaining(view.uid)
        if left is not None and left <= SOON_S:
            word, icon, tone = N_("Expires soon"), "attention", "attention"
        elif view.state is AttemptState.INTENT and not self._payment.is_opening(view.uid):
            word, icon, tone = N_("No QR yet"), "late", "quiet"
        elif view.state is AttemptState.PAID and view.was_late:
            word = N_("Paid late")
        return Chip(
            uid=view.uid,
            state=view.state.value,
            name=view.student_name,
            amount=short_rupees(view.amount),
            word=word,
            icon=icon,
            tone=tone,
            left=clock(left) if left is not None else "",
        )


def _fee_of(view: AttemptView) -> tuple[str | None, str, str]:
    return view.enrollment_uid, view.student_uid, view.course_label
