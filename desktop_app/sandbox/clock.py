"""The sandbox's clock: the machine's time plus an offset, or an instant at which it is stopped.

Must not sleep and never goes back, so that lists stay ordered by time.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from .banking_days import INDIA

EARLIEST = 946_684_800
LATEST = 4_765_046_400


class SandboxClock:
    """A clock in whole Unix seconds that can be moved forward, stopped and started.

    Args:
        start: The instant at which it is stopped from the beginning and after a reset; without
            one it runs with the machine's clock.
    """

    def __init__(self, start: int | None = None) -> None:
        self._start = start
        self.offset_s = 0
        self.stopped_at = start
        self._latest = 0

    def now(self) -> int:
        """Return the sandbox's time in Unix seconds; it never goes back."""
        if self.stopped_at is not None:
            return self.stopped_at
        self._latest = max(self._latest, int(time.time()) + self.offset_s)
        return self._latest

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        if self.stopped_at is None:
            self.offset_s += seconds
        else:
            self.stopped_at += seconds

    def set(self, at: int) -> None:
        """Set the clock; only an empty sandbox may go back."""
        if self.stopped_at is None:
            self.offset_s, self._latest = at - int(time.time()), at
        else:
            self.stopped_at = at

    def stop(self) -> None:
        """Stop the clock where it is."""
        self.stopped_at = self.now()

    def run(self) -> None:
        """Start the clock from where it is."""
        if (at := self.stopped_at) is not None:
            self.stopped_at = None
            self.set(at)

    def as_meta(self) -> dict[str, Any]:
        """Return what the state file keeps."""
        return {"clock": self.offset_s, "stopped_at": self.stopped_at, "start": self._start}

    def begin_meta(self) -> dict[str, Any]:
        """Return what the state file keeps of a clock that was never touched."""
        return {"clock": 0, "stopped_at": self._start, "start": self._start}

    def restore(self, meta: dict[str, Any]) -> None:
        """Set the clock to what was kept."""
        self.offset_s, self.stopped_at = meta["clock"], meta.get("stopped_at")
        self._start = meta.get("start") if self._start is None else self._start
        self._latest = 0


def read_instant(given: object) -> int:
    """Return the Unix seconds of a number, or of a text such as 2026-04-01T10:00 (Indian time).

    Raises:
        ValueError: It is neither, or out of the clock's range.
    """
    if isinstance(given, str) and not given.isdecimal():
        moment = datetime.fromisoformat(given)
        given = int((moment if moment.tzinfo else moment.replace(tzinfo=INDIA)).timestamp())
    is_number = isinstance(given, int | str) and not isinstance(given, bool)
    seconds = int(str(given)) if is_number else 0
    if not EARLIEST <= seconds <= LATEST:
        raise ValueError("no instant within the clock's range")
    return seconds
