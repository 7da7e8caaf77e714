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
        at = time.time_ns() // 1_000_000
        text = (at.to_bytes(6, "big") + os.urandom(10)).hex()
        return (
            f"{text[:8]}-{text[8:12]}-7{text[13:16]}-{_VARIANTS[text[16]]}{text[17:20]}-{text[20:]}"
        )
