"""The system clock and the source of ids."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

_IDS_AT_ONCE = 16
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
    """The port `IdSource`: UUIDv7 (RFC 9562), sortable by creation time; safe from any thread."""

    def __init__(self) -> None:
        self._random: list[str] = []
        self._prefix = (0, "")

    def new(self) -> str:
        """Return a new id as 36 characters of text."""
        at = time.time_ns() // 1_000_000
        known, prefix = self._prefix
        if at != known:
            text = f"{at:012x}"
            prefix = f"{text[:8]}-{text[8:]}-7"
            self._prefix = at, prefix
        bits = self._bits()
        return f"{prefix}{bits[:3]}-{_VARIANTS[bits[3]]}{bits[4:7]}-{bits[7:]}"

    def _bits(self) -> str:
        """Return 19 random digits. The system is asked for those of many ids at once."""
        while True:
            try:
                return self._random.pop()
            except IndexError:
                digits = os.urandom(_IDS_AT_ONCE * 10).hex()
                self._random = [digits[at : at + 19] for at in range(0, len(digits), 20)]
