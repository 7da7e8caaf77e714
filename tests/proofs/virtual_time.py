"""Time that a proof moves: waiting takes none, and what is due in between happens.

During a sleep everything happens that is due in that time, as other threads would run. Knows
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
"""Sleeps inside sleeps: one more waits until one of them ends, as for a free worker."""

RETRY_AFTER_S = 0.25


class VirtualTime:
    """The port `Clock`, with a calendar of planned actions."""

    def __init__(self, start: datetime) -> None:
        self._at = start.timestamp()
        self._calendar: list[tuple[float, int, bool, Callable[[], object]]] = []
        self._numbers = count()
        self._depth = 0

    @property
    def at(self) -> float:
        """Return unix seconds."""
        return self._at

    def now(self) -> datetime:
        """Return the wall clock."""
        return datetime.fromtimestamp(self._at, UTC)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return self._at

    def sleep(self, seconds: float) -> None:
        """Pass a number of seconds, and run the actions due in them."""
        self.run_until(self._at + seconds)

    def advance(self, seconds: float) -> None:
        """Pass a number of seconds; the name that other test clocks use."""
        self.sleep(seconds)

    def plan(self, at: float, action: Callable[[], object], *, may_sleep: bool = True) -> None:
        """Plan an action.

        Args:
            at: unix seconds; now if that is past.
            action: what happens.
            may_sleep: whether the action may sleep; one that does not runs at any depth.
        """
        heapq.heappush(self._calendar, (at, next(self._numbers), may_sleep, action))

    def run_until(self, end: float) -> None:
        """Run the actions due up to a unix time."""
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
