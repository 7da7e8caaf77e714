"""The gateway's clock, as its Date headers tell it and the monotonic clock carries it on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.ports.system import Clock


class ServerTime:
    """The newest Date seen, and how long ago by the monotonic clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[int, float] | None = None

    def note(self, unix_seconds: int) -> None:
        """Take in a Date header."""
        with self._lock:
            self._seen = (unix_seconds, self._clock.monotonic())

    def now(self) -> int | None:
        """Unix seconds by the gateway's clock, None before its first answer."""
        with self._lock:
            if self._seen is None:
                return None
            seconds, at = self._seen
        return seconds + int(self._clock.monotonic() - at)
