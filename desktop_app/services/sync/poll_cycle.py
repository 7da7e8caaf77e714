"""One tick of the clock: look for payments, plan the next look, do what else is due."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain import polling
from desktop_app.domain.channels import channel_of
from desktop_app.domain.key_mode import mode_of
from desktop_app.services.errors import GatewayError
from desktop_app.services.isolation import note_stuck, passing_over, stuck_subjects
from desktop_app.services.payments.attempt_times import age_s
from desktop_app.services.payments.change_detection import ChangeDetector
from desktop_app.services.payments.status_check import YOUNG_S
from desktop_app.services.recovery.restore_recovery import RestoreRecovery
from desktop_app.services.refunds.external import ExternalRefunds
from desktop_app.services.sync.sweep import Sweep
from desktop_app.services.views.payments import PollResult, ReconcileReport
from desktop_app.services.views.settings import Connectivity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from desktop_app.domain.payment import Attempt, Method
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.refunds.disputes import DisputeWatch
    from desktop_app.services.refunds.service import RefundService

MOST_SINGLE_LOOKS = 4
"""Older orders fetched one by one in a tick; the rest wait for the next, within the budget."""

OLD_WHILE_BUSY_S = 30.0
"""Seconds between older orders while an attempt is live."""

SOONEST_WATCH_S = 60.0
"""The shortest wait for an ended attempt, however young it is."""

UNSEEN_S = 300.0
"""The longest wait for an attempt that a look could not see."""

MOST_COMMANDS = 2
"""Commands sent in a tick."""

WHILE_DOWN_S = 30.0
"""The longest gap while offline with attempts to watch."""


class PollCycle:
    """Looks for payments when the clock or a person asks, and does what else is due then."""

    def __init__(
        self,
        context: Context,
        line: ConnectionMonitor,
        payments: PaymentService,
        refunds: RefundService,
        disputes: DisputeWatch,
    ) -> None:
        self._context = context
        self._line = line
        self._payments = payments
        self._outbox = refunds.outbox
        self._refunds = refunds
        self._disputes = disputes
        self._checker = payments.checker
        self._changes = ChangeDetector(context, payments.checker.channels)
        self._sweep = Sweep(context, payments.checker, payments.cancellation)
        self._external_refunds = ExternalRefunds(context)
        self._recovery = RestoreRecovery(context, payments.checker.channels)
        self._old_looked_at = 0.0
        self._due_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._failures = 0

    def run(self, *, asked: bool = False) -> PollResult:
        """Look once at every live attempt, and at ended ones that are due (gateway).

        When the connection comes back everything watched is looked at again, a few at a time.
        Never raises GatewayError, see `PollResult`.

        Args:
            asked: a person asked for it, so it goes before polling in the request budget.
        """
        if self._context.store.refusal is not None:
            return self._nothing_done()
        was_down = self._line.state().line is Connectivity.OFFLINE
        since = self._context.now() - timedelta(days=polling.WATCH_DAYS)
        attempts = self._open_since(since)
        due = self._due_now(attempts, asked=asked)
        young = [each for each in due if age_s(self._context, each) < YOUNG_S]
        old = self._old_now([each for each in due if each not in young], asked=asked)
        glance = self._changes.at(young, asked=asked)
        seen = self._checker.check(glance.worth, asked=asked or glance.is_news)
        seen.fail(glance.missed, glance.error)
        self._changes.settle(glance, seen.unseen)
        unseen = seen.unseen | seen.uneven.keys()
        has_line = not seen.unseen - seen.stuck.keys()
        if old and has_line:
            later = self._checker.check(old, pages=0, asked=asked)
            seen.changed |= later.changed
            unseen |= later.unseen | later.uneven.keys()
        looked = {each.uid for each in (*young, *old)}
        self._look_after(was_down=was_down, is_idle=not due, failed=not has_line)
        live_unseen = {each.uid for each in young} & seen.unseen
        self._failures = self._failures + 1 if live_unseen - seen.stuck.keys() else 0
        if seen.changed:
            attempts = self._open_since(since)
        next_in_s = self._soonest(self._plan(attempts, looked, unseen))
        waiting = self._payments.waiting()
        self._changes.forget(view.uid for view in waiting)
        by_uid = {view.uid: view for view in waiting}
        changed = tuple(by_uid.get(uid) or self._checker.view(uid) for uid in sorted(seen.changed))
        return PollResult(
            changed=changed,
            waiting=waiting,
            line=self._line.state(),
            next_in_s=next_in_s,
            succeeded=not live_unseen,
            problem=seen.problem,
        )

    def _open_since(self, since: datetime) -> list[Attempt]:
        """Return live and ended attempts of the present keys' mode; others cannot be asked for."""
        mode = mode_of(self._context.gateway().key_id)
        found = self._context.store.reader.attempts.open_since(since)
        return [each for each in found if mode_of(each.key_id) == mode]

    def _nothing_done(self) -> PollResult:
        """Return the result of no look: the book is held, what is found could not be written."""
        return PollResult(
            changed=(),
            waiting=self._payments.waiting(),
            line=self._line.state(),
            next_in_s=None,
            succeeded=True,
        )

    def _old_now(self, old: list[Attempt], *, asked: bool) -> list[Attempt]:
        """Return the older attempts to fetch now: few and rarely while a parent is paying."""
        now = self._context.clock.monotonic()
        is_busy = bool(self._context.store.reader.attempts.live()) and not asked
        if not old or (is_busy and now - self._old_looked_at < OLD_WHILE_BUSY_S):
            return []
        self._old_looked_at = now
        return old[: 1 if is_busy else MOST_SINGLE_LOOKS]

    def _look_after(self, *, was_down: bool, is_idle: bool, failed: bool) -> None:
        """Do what else is due: try the connection, send commands, look for disputes."""
        if was_down and is_idle:
            self._try_line()
        is_back = was_down and self._line.state().line is Connectivity.ONLINE
        if is_back:
            with self._lock:
                self._due_at.clear()
        if failed or self._line.state().line is not Connectivity.ONLINE:
            return
        self._outbox.run(everything=is_back, most=None if is_back else MOST_COMMANDS)
        if self._disputes.is_due() and not self._context.store.reader.attempts.live():
            self._alone("disputes", self._disputes.notice)
            self._alone("refunds", self._external_refunds.notice)

    def _alone(self, name: str, step: Callable[[], int]) -> int:
        """Run one step of a pass; whatever it raises stops no other, and counts as one unseen."""
        stuck: dict[str, str] = {}
        found = 1
        with passing_over(stuck, name):
            found = step()
        note_stuck(self._context, stuck, () if stuck else (name,))
        return found

    def _try_line(self) -> None:
        with suppress(GatewayError):
            self._context.gateway().ping()

    def _soonest(self, planned: float | None) -> float | None:
        """Return the seconds to the next look: sooner for a due command, or while offline."""
        command = self._outbox.next_in_s()
        waits = [] if planned is None else [planned]
        if command is not None:
            waits.append(max(1.0, command))
        if waits and self._line.state().line is Connectivity.OFFLINE:
            waits.append(WHILE_DOWN_S)
        return min(waits, default=None)

    def _due_now(self, attempts: Sequence[Attempt], *, asked: bool) -> list[Attempt]:
        now = self._context.clock.monotonic()
        with self._lock:
            return [
                each
                for each in attempts
                if is_payable(each)
                and (asked or each.is_live or self._due_at.get(each.uid, 0.0) <= now)
            ]

    def _plan(
        self, attempts: Sequence[Attempt], looked: set[str], unseen: set[str]
    ) -> float | None:
        """Plan when to look at each again; return the seconds to the soonest, None for none."""
        now = self._context.clock.monotonic()
        per_minute = self._context.settings().requests_per_minute
        soonest: float | None = None
        with self._lock:
            channels = [each.method for each in attempts if each.is_live and is_payable(each)]
            at_least = polling.affordable_gap(
                per_minute,
                live=len(channels),
                opened=self._payments.opened_lately(),
                cost=max(1, len(set(channels))),
                each=max(map(_costs, channels), default=polling.ORDER_COSTS),
            )
            kept: dict[str, float] = {}
            for each in filter(is_payable, attempts):
                gap = polling.gap_after(
                    age_s(self._context, each),
                    failures=self._failures,
                    dice=random.random(),  # noqa: S311
                    at_least=at_least if each.is_live else SOONEST_WATCH_S,
                )
                if gap is None:
                    continue
                again = self._due_at.get(each.uid, now)
                if each.uid in looked:
                    again = now + (min(gap, UNSEEN_S) if each.uid in unseen else gap)
                kept[each.uid] = again
                if channels and not each.is_live:
                    continue  # the looks at what is live take them along
                wait = gap if each.is_live else max(1.0, again - now)
                soonest = wait if soonest is None else min(soonest, wait)
            self._due_at = kept
        return soonest

    def stuck(self) -> int:
        """Return how many subjects the last checks could not read or record (local)."""
        return len(stuck_subjects(self._context))

    def _recover(self, recovered: list[str]) -> int:
        booked, unseen = self._recovery.run()
        recovered.extend(booked)
        return unseen

    def reconcile(self) -> ReconcileReport:
        """Look at everything open and watched, and at refunds on their way (gateway).

        Never raises GatewayError.

        Raises:
            ServiceError: the book is held: what is found could not be written.
        """
        if self._context.store.refusal is not None:
            raise self._context.store.refusal
        unseen = self._alone("outbox", lambda: self._refunds.follow()[1])
        recovered: list[str] = []
        unseen += self._alone("recovery", lambda: self._recover(recovered))
        done = self._sweep.run()
        if self._line.state().line is Connectivity.ONLINE:
            unseen += self._alone("disputes", self._disputes.notice)
            unseen += self._alone("refunds", self._external_refunds.notice)
        return ReconcileReport(
            looked_at=done.looked_at,
            unreachable=done.unseen + unseen,
            changed=tuple(
                self._checker.view(uid) for uid in dict.fromkeys((*recovered, *done.changed))
            ),
            line=self._line.state(),
        )


def is_payable(attempt: Attempt) -> bool:
    """Whether an attempt has a resource at the gateway to look at."""
    return bool(attempt.order_id or attempt.remote_id)


def _costs(method: Method) -> int:
    """Return the requests that a fee needs besides polls."""
    channel = channel_of(method)
    return polling.ORDER_COSTS if channel is None else channel.costs
