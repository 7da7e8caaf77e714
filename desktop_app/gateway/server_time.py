"""The gateway's clock: its Date headers, extrapolated by the monotonic clock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.ports.system import Clock


class ServerTime:
    """The newest Date header and the monotonic instant of its arrival."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[int, float] | None = None

    def note(self, unix_seconds: int) -> None:
        """Record a Date header."""
        with self._lock:
            self._seen = (unix_seconds, self._clock.monotonic())

    def now(self) -> int | None:
        """Return Unix seconds by the gateway's clock, None before its first answer."""
        with self._lock:
            if self._seen is None:
                return None
            seconds, at = self._seen
        return seconds + int(self._clock.monotonic() - at)
