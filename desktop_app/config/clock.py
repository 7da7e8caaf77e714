"""The system clock and the source of ids."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

_VARIANTS = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}
"""By random digit, the digit whose first two bits are the variant and whose others are random."""


class SystemClock:
    """The port `Clock` on the system's clocks."""

    def now(self) -> datetime:
        """Return the system time as aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for a number of seconds."""
        time.sleep(seconds)


class Uuid7Source:
    """The port `IdSource`: UUIDv7 (RFC 9562), sortable by creation time."""

    def new(self) -> str:
        """Return a new id as 36 characters of text."""
        at = f"{time.time_ns() // 1_000_000:012x}"
        bits = os.urandom(10).hex()
        variant = _VARIANTS[bits[3]]
        return f"{at[:8]}-{at[8:]}-7{bits[:3]}-{variant}{bits[4:7]}-{bits[7:19]}"
