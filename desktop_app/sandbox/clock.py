"""The sandbox's clock: the machine's, plus what was added by control.

Must not sleep, and never goes back, so that lists stay in the order of their times.
"""

from __future__ import annotations

import time

EARLIEST = 946_684_800
LATEST = 4_765_046_400


class SandboxClock:
    """Whole Unix seconds that can be moved forward."""

    def __init__(self) -> None:
        self.offset_s = 0
        self._latest = 0

    def now(self) -> int:
        """Give the sandbox's time in Unix seconds; never less than the last time."""
        self._latest = max(self._latest, int(time.time()) + self.offset_s)
        return self._latest

    def advance(self, seconds: int) -> None:
        """Move forward by that many seconds."""
        self.offset_s += seconds

    def restore(self, offset_s: int) -> None:
        """Take the offset from a state file, or 0 on reset."""
        self.offset_s = offset_s
        self._latest = 0
