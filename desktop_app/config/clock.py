"""The system clock and the source of ids."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime


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
        milliseconds = time.time_ns() // 1_000_000
        random_bits = int.from_bytes(os.urandom(10))
        high = random_bits >> 68
        low = random_bits & ((1 << 62) - 1)
        value = (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
        digits = f"{value:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
