"""Time that a proof moves: waiting takes none, and what falls due meanwhile happens meanwhile.

Whoever sleeps lets everything happen that falls due in that time, as other threads would. Knows
nothing of desks and gateways.
"""

from __future__ import annotations

import heapq
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_NESTED_SLEEPS = 6
"""Sleepers inside sleepers: one more waits until one of them is done, as for a free worker."""

RETRY_AFTER_S = 0.25


class VirtualTime:
    """The port `Clock`, and a calendar of what is to happen."""

    def __init__(self, start: datetime) -> None:
        self._at = start.timestamp()
        self._calendar: list[tuple[float, int, bool, Callable[[], object]]] = []
        self._numbers = count()
        self._depth = 0

    @property
    def at(self) -> float:
        """Unix seconds."""
        return self._at

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self._at, UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._at

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what falls due in it happen."""
        self.run_until(self._at + seconds)

    def advance(self, seconds: float) -> None:
        """The same, by the name that tests use."""
        self.sleep(seconds)

    def plan(self, at: float, action: Callable[[], object], *, may_sleep: bool = True) -> None:
        """Let something happen at a time.

        Args:
            at: unix seconds; now, where that is past.
            action: what happens.
            waits: whether it may sleep itself; what does not happens however deep.
        """
        heapq.heappush(self._calendar, (at, next(self._numbers), may_sleep, action))

    def run_until(self, end: float) -> None:
        """Let everything happen up to a time."""
        self._depth += 1
        try:
            while self._calendar and self._calendar[0][0] <= end:
                at, _number, may_sleep, action = heapq.heappop(self._calendar)
                if may_sleep and self._depth > MOST_NESTED_SLEEPS:
                    self.plan(max(at, self._at) + RETRY_AFTER_S, action)
                    continue
                self._at = max(self._at, at)
                action()
        finally:
            self._depth -= 1
        self._at = max(self._at, end)
