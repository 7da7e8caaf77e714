"""The sandbox's clock: the machine's time plus the offset set by the control plane.

Must not sleep and never goes back, so that lists stay ordered by time.
"""

from __future__ import annotations

import time

EARLIEST = 946_684_800
LATEST = 4_765_046_400


class SandboxClock:
    """A clock in whole Unix seconds that can be moved forward."""

    def __init__(self) -> None:
        self.offset_s = 0
        self._latest = 0

    def now(self) -> int:
        """Return the sandbox's time in Unix seconds; it never goes back."""
        self._latest = max(self._latest, int(time.time()) + self.offset_s)
        return self._latest

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self.offset_s += seconds

    def restore(self, offset_s: int) -> None:
        """Set the offset: a state file's, or 0 on reset."""
        self.offset_s = offset_s
        self._latest = 0
