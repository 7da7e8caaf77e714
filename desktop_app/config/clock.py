"""The PC's clock and the source of ids."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime


class SystemClock:
    """The port `Clock` on the machine's own clocks."""

    def now(self) -> datetime:
        """The PC's wall clock as aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Uuid7Source:
    """The port `IdSource`: UUIDv7 (RFC 9562), sortable by the time they were made."""

    def new(self) -> str:
        """A fresh id as 36 characters of text."""
        milliseconds = time.time_ns() // 1_000_000
        random_bits = int.from_bytes(os.urandom(10))
        high = random_bits >> 68
        low = random_bits & ((1 << 62) - 1)
        value = (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
        return str(uuid.UUID(int=value))
