"""Every attempt the window knows of, with its countdown: the one source for panel, tray, display.

Views come in from calls and from the poller; widgets that show attempts listen to `changed`. When a
countdown ends, the desk is asked once to expire that attempt. Never decides what is paid.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.domain.payment import LIVE_STATES, AttemptState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView, PollResult, ReconcileReport
    from desktop_app.ui.core.jobs import JobRunner


Modules = tuple[tuple[bool, ...], ...]
"""A QR code: rows of modules, True is dark."""
TICK_MS = 250
MOST_SETTLED = 64
EXPIRE_AGAIN_S = 15.0
JITTER_S = 2.0
"""Differences smaller than this between two views' expiry are measuring, not news."""


class _Known(NamedTuple):
    view: AttemptView
    deadline: float | None


class Attempts(QObject):
    """Keeps the newest view of each attempt.

    Signals:
        changed: a tuple of AttemptView that are new or differ from what was known.
        found_open: a tuple of AttemptView that were live when the desk was opened.
        paid: an AttemptView that has just become paid while this window watched.
        ticked: time went on; read `remaining`.

    Args:
        clock: a monotonic clock in seconds.
    """

    changed = Signal(object)
    found_open = Signal(object)
    paid = Signal(object)
    ticked = Signal()

    def __init__(
        self,
        runner: JobRunner,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._asked_to_expire: dict[str, float] = {}
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def read_open(self) -> None:
        """Read what was open when the desk was closed last."""
        self._runner.local(lambda desk: desk.payments.waiting(), self._found_open)

    def _found_open(self, views: tuple[AttemptView, ...]) -> None:
        from_before = tuple(view for view in views if view.uid not in self._known)
        self.take(views)
        self.found_open.emit(from_before)  # without what was begun here since

    def take(self, views: Iterable[AttemptView], *, is_found: bool = False) -> None:
        """Merge views of any source; emit those that are news.

        Args:
            views: what a call answered.
            is_found: whether a look at the gateway found them changed, so that one which is paid
                is news even if nothing was known of it here.
        """
        news: list[AttemptView] = []
        paid: list[AttemptView] = []
        for view in views:
            known = self._known.get(view.uid)
            if known is not None and _is_older(view, known.view):
                continue
            if known is None or _differs(view, known.view):
                news.append(view)
                if _just_paid(view, known.view if known else None, is_found=is_found):
                    paid.append(view)
            self._known[view.uid] = _Known(view, self._deadline(view, known))
        self._forget_settled()
        self._set_timer()
        if news:
            self.changed.emit(tuple(news))
        for view in paid:
            self.paid.emit(view)

    def _forget_settled(self) -> None:
        """Evict all but the newest finished attempts: a day has thousands."""
        settled = [uid for uid, known in self._known.items() if known.view.state not in LIVE_STATES]
        for uid in settled[:-MOST_SETTLED]:
            del self._known[uid]
            self._asked_to_expire.pop(uid, None)

    def take_look(self, look: PollResult) -> None:
        """Merge the result of one poll; read again what it no longer lists as open."""
        self.take(look.waiting)
        self.take(look.changed, is_found=True)
        told = {view.uid for view in (*look.waiting, *look.changed)}
        if any(view.uid not in told for view in self.live()):
            self.read_again()

    def read_again(self) -> None:
        """Read every live attempt as it is stored: another way than looking may have changed it."""
        uids = tuple(view.uid for view in self.live())
        self._runner.local(lambda desk: tuple(desk.payments.view(uid) for uid in uids), self.take)

    def take_report(self, report: ReconcileReport) -> None:
        """Merge what a reconciliation found."""
        self.take(report.changed, is_found=True)

    def view(self, uid: str) -> AttemptView | None:
        """Return the newest view of an attempt; None for an unknown one."""
        known = self._known.get(uid)
        return known.view if known else None

    def live(self) -> tuple[AttemptView, ...]:
        """Return the attempts that may still be paid and are shown, oldest first."""
        views = (known.view for known in self._known.values())
        return tuple(
            sorted(
                (view for view in views if view.state in LIVE_STATES),
                key=lambda view: view.created_at,
            )
        )

    def remaining(self, uid: str) -> float | None:
        """Return the seconds until an attempt expires; None when it does not."""
        known = self._known.get(uid)
        if known is None or known.deadline is None:
            return None
        return max(0.0, known.deadline - self._clock())

    def _deadline(self, view: AttemptView, known: _Known | None) -> float | None:
        if view.expires_in_s is None or view.state is not AttemptState.AWAITING:
            return None
        fresh = self._clock() + view.expires_in_s
        if known is not None and known.deadline is not None:
            is_same = known.view.expires_at == view.expires_at
            if is_same and abs(known.deadline - fresh) < JITTER_S:
                return known.deadline
        return fresh

    def _set_timer(self) -> None:
        is_needed = any(known.deadline is not None for known in self._known.values())
        if is_needed and not self._timer.isActive():
            self._timer.start()
        elif not is_needed:
            self._timer.stop()

    def _tick(self) -> None:
        self.ticked.emit()
        for uid in [uid for uid in self._known if self.remaining(uid) == 0.0]:
            self._expire(uid)

    def _expire(self, uid: str) -> None:
        now = self._clock()
        if self._asked_to_expire.get(uid, now) > now:
            return
        self._asked_to_expire[uid] = now + EXPIRE_AGAIN_S
        self._runner.gateway(partial(_expire, uid), self._expired, asked=False)

    def _expired(self, view: AttemptView) -> None:
        self.take((view,))


def _expire(uid: str, desk: Desk) -> AttemptView:
    from desktop_app.services.errors import GatewayError

    try:
        return desk.payments.expire(uid)
    except GatewayError:
        return desk.payments.view(uid)  # stored already; the desk keeps watching it


def _is_older(view: AttemptView, known: AttemptView) -> bool:
    is_settled = known.state is AttemptState.PAID and view.state is not AttemptState.PAID
    is_gone_back = known.state not in LIVE_STATES and view.state in LIVE_STATES
    return is_settled or is_gone_back


def _differs(view: AttemptView, known: AttemptView) -> bool:
    return _facts(view) != _facts(known)


def _facts(view: AttemptView) -> tuple[object, ...]:
    """Return the facts of a view that are news when they differ."""
    code = (view.qr_text, view.image_path)
    proofs = (view.has_proof, view.has_false_proof)
    seen = (view.is_seen, view.will_return, *proofs)
    return (view.state, view.failure, *seen, view.receipt_uid, *code)


def _just_paid(view: AttemptView, known: AttemptView | None, *, is_found: bool) -> bool:
    if view.state is not AttemptState.PAID:
        return False
    return is_found if known is None else known.state is not AttemptState.PAID


class Code(NamedTuple):
    """A QR code worked out: its text and its modules."""

    text: str
    modules: Modules
