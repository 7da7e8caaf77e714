"""Request budget: a maximum per minute, with precedence for what a person requested."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from desktop_app.services.errors import RateLimitedError

if TYPE_CHECKING:
    from desktop_app.services.ports.system import Clock

WINDOW_S = 62.0
"""Slightly longer than the promised minute, because requests differ in latency."""

RESERVED_SHARE = 15
"""One slot in this many is reserved for requests by a person."""

LONGEST_WAIT_S = 65.0
_NAP_S = 0.05


class RateLimiter:
    """A sliding window over the last minute, shared by all threads of the process.

    Args:
        per_minute: the most requests in any sixty seconds; at least one.
        clock: counts by its monotonic time, waits by its `sleep`.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._most = max(1, per_minute)
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: deque[float] = deque()
        self._urgent_waiting = 0

    def allow(self, per_minute: int) -> None:
        """Change the maximum per minute."""
        with self._lock:
            self._most = max(1, per_minute)

    def take(self, *, urgent: bool) -> None:
        """Wait for a slot and consume it.

        Raises:
            RateLimitedError: none became free within a minute; nothing was sent.
        """
        give_up_at = self._clock.monotonic() + LONGEST_WAIT_S
        if urgent:
            with self._lock:
                self._urgent_waiting += 1
        try:
            while not self._try(urgent=urgent):
                if self._clock.monotonic() >= give_up_at:
                    raise RateLimitedError("the desk's own budget of requests is used up")
                self._clock.sleep(_NAP_S)
        finally:
            if urgent:
                with self._lock:
                    self._urgent_waiting -= 1

    def _try(self, *, urgent: bool) -> bool:
        with self._lock:
            now = self._clock.monotonic()
            while self._taken and now - self._taken[0] >= WINDOW_S:
                self._taken.popleft()
            free = self._most - len(self._taken)
            kept = 0 if urgent else max(self._urgent_waiting, self._most // RESERVED_SHARE)
            if free <= kept:
                return False
            self._taken.append(now)
            return True
