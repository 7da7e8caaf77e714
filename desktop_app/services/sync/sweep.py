"""A sweep over everything open and watched: afterwards the desk knows what the gateway knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.key_mode import LIVE_MODE, mode_of
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.polling import WATCH_DAYS, WATCH_S, is_watched
from desktop_app.services.errors import GatewayError
from desktop_app.services.isolation import note_stuck, passing_over, stuck_subjects
from desktop_app.services.payments.attempt_times import age_s, seconds_left
from desktop_app.services.payments.create_once import READ_DEADLINE_S, AttemptStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.cancellation import Cancellation
    from desktop_app.services.payments.channels.base import Resource
    from desktop_app.services.payments.status_check import StatusChecker

MOST_PAGES = 30
STALE_S = 900.0
"""Seconds until an attempt that nobody continued is ended; a fee kept to collect waits on."""

LOST_S = READ_DEADLINE_S * 3
"""After this delay, a resource that cannot be found is treated as never created."""


class SweepResult(NamedTuple):
    """The result of one sweep."""

    looked_at: int
    unseen: int
    changed: tuple[str, ...]


class Sweep:
    """Checks every attempt that may still bring money."""

    def __init__(
        self, context: Context, checker: StatusChecker, cancellation: Cancellation
    ) -> None:
        self._context = context
        self._checker = checker
        self._cancellation = cancellation
        self._attempts = AttemptStore(context)

    def run(self) -> SweepResult:
        """Sweep once; what could not be seen is counted, never guessed."""
        since = self._context.now() - timedelta(days=WATCH_DAYS)
        attempts = self._context.store.reader.attempts.watched(since)
        mode = mode_of(self._context.gateway().key_id)
        mine = [attempt for attempt in attempts if mode_of(attempt.key_id) == mode]
        foreign = [attempt for attempt in attempts if mode_of(attempt.key_id) != mode]
        ended = {each.uid for each in foreign if self._end_by_clock(each)}
        missed = sum(mode_of(attempt.key_id) == LIVE_MODE for attempt in foreign)
        self._forget_stuck(attempts)
        if not mine:
            return SweepResult(0, missed + (0 if self._reachable() else 1), tuple(ended))
        unseen = self._resolve_lost(mine)
        known = [self._attempts.load(each.uid) for each in mine if each.uid not in unseen]
        seen = self._checker.check(known, pages=MOST_PAGES)
        unseen |= seen.unseen
        stuck: dict[str, str] = {}
        for each in known:
            is_seen = each.uid not in seen.unseen
            with passing_over(stuck, each.uid):
                if (is_seen or each.uid in seen.stuck) and self._end(each, is_seen=is_seen):
                    ended.add(each.uid)
        note_stuck(self._context, stuck, ())
        unseen |= stuck.keys() | seen.uneven.keys()
        return SweepResult(len(mine), len(unseen) + missed, tuple(seen.changed | ended))

    def _forget_stuck(self, attempts: Sequence[Attempt]) -> None:
        """Forget stuck attempts that are no longer watched."""
        watched = {attempt.uid for attempt in attempts}
        note_stuck(
            self._context,
            {},
            {uid for uid in stuck_subjects(self._context) if "_" not in uid and uid not in watched},
        )

    def _reachable(self) -> bool:
        try:
            self._context.gateway().ping()
        except GatewayError:
            return False
        return True

    # --- what was cut off before its id was known

    def _resolve_lost(self, attempts: Sequence[Attempt]) -> set[str]:
        """Find what lost answers created; return the uids for which that is unknown."""
        lost = [each for each in attempts if not each.order_id and not each.remote_id]
        resolved: set[str] = set()
        stuck: dict[str, str] = {}
        for attempt in lost:
            with passing_over(stuck, attempt.uid):
                if self._resolve(attempt):
                    resolved.add(attempt.uid)
        note_stuck(self._context, stuck, resolved)
        return {attempt.uid for attempt in lost} - resolved

    def _resolve(self, attempt: Attempt) -> bool:
        """Find what a lost answer created, by our own reference; False when that is unknown."""
        try:
            found = self._checker.channels[attempt.method].find(attempt)
        except GatewayError:
            return False
        if found is not None:
            self._adopt(attempt, found)
        elif attempt.state is not AttemptState.INTENT and self._idle_s(attempt) > LOST_S:
            state = AttemptState.CANCELLED if attempt.is_live else attempt.state
            ended = replace(attempt, state=state, sent=False)
            self._attempts.save(ended, attempt, "nothing was made")
        return True

    def _adopt(self, attempt: Attempt, found: Resource) -> None:
        """Store the ids of what was found; nobody was shown it, so it is not awaited."""
        adopted = replace(
            attempt,
            order_id=found.order_id,
            order_receipt=attempt.reference if found.order_id else None,
            remote_id=found.remote_id,
            gateway_created_at=found.created_at,
            is_remote_open=found.remote_id is not None,
            state=AttemptState.ORDERED if attempt.is_live else attempt.state,
        )
        with self._context.store.writing() as work:
            if found.order_id:
                work.attempts.add_order(adopted, self._context.now())
            work.attempts.save(adopted, attempt.state, "found again")
            work.commit()

    # --- what is over

    def _end(self, before: Attempt, *, is_seen: bool) -> bool:
        """Expire, close or lapse an attempt found unpaid; True when its state changed.

        One that the gateway answers for and that cannot be seen ends too, and stays watched. So
        does one whose link is still open: a longer life may have been set on the dashboard.
        """
        attempt = self._attempts.load(before.uid)
        if attempt.is_live and self._is_over(attempt):
            self._cancellation.give_up(attempt.uid, AttemptState.EXPIRED)
            return True
        has_ended = attempt.state in {AttemptState.EXPIRED, AttemptState.CANCELLED}
        if not (is_seen and has_ended) or is_watched(age_s(self._context, attempt)):
            return False
        if before.is_remote_open:  # it may have taken money since it was seen
            self._cancellation.close_remote(attempt)
            return False
        self._attempts.save(replace(attempt, state=AttemptState.LAPSED), attempt)
        return True

    def _is_over(self, attempt: Attempt) -> bool:
        """Whether a live attempt is past its end, or was continued by nobody."""
        left = seconds_left(self._context, attempt)
        waits_s = WATCH_S if attempt.state is AttemptState.INTENT else STALE_S
        return left <= 0 if left is not None else self._idle_s(attempt) > waits_s

    def _end_by_clock(self, attempt: Attempt) -> bool:
        """End a live attempt of keys of the other mode, which cannot be asked; it stays watched."""
        if not attempt.is_live or not self._is_over(attempt):
            return False
        was_sent = attempt.state not in {AttemptState.INTENT, AttemptState.UNKNOWN}
        state = AttemptState.EXPIRED if was_sent else AttemptState.CANCELLED
        with self._context.store.writing() as work:
            if not work.attempts.save(replace(attempt, state=state), attempt.state, "other keys"):
                work.nothing_to_write()
                return False
            self._context.audit(work, f"attempt.{state.value}", attempt.uid, {"why": "other keys"})
            work.commit()
        return True

    def _idle_s(self, attempt: Attempt) -> float:
        return self._attempts.idle_s(attempt.uid)
