"""The system clock and the source of ids."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime

_IDS_AT_ONCE = 16
_LARGEST_COUNT = 0xFFF
_AHEAD_MS = 1_000
"""How far ids may be ahead of the clock, which made too many of them or was set back a little."""
_random: list[str] = []
"""Random digits that no id has yet, 19 for each; a process that is forked asks for its own."""

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
    """The port `IdSource`: UUIDv7 (RFC 9562), safe from any thread.

    Those of one source sort as they were made, also within a millisecond: the first of its random
    fields counts up there from a random number (RFC 9562 section 6.2, method 1).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = 0
        self._prefix = ""
        self._count = 0

    def new(self) -> str:
        """Return a new id as 36 characters of text."""
        at = time.time_ns() // 1_000_000
        try:
            bits = _random.pop()
        except IndexError:
            bits = _more_random()
        with self._lock:
            if not self._at - _AHEAD_MS < at <= self._at:
                self._begin(at, int(bits[:3], 16) // 2)
            elif self._count == _LARGEST_COUNT:
                self._begin(self._at + 1, 0)
            else:
                self._count += 1
            return f"{self._prefix}{self._count:03x}-{_VARIANTS[bits[3]]}{bits[4:7]}-{bits[7:]}"

    def _begin(self, at: int, count: int) -> None:
        """Count up from here in a millisecond."""
        text = f"{at:012x}"
        self._at, self._prefix, self._count = at, f"{text[:8]}-{text[8:]}-7", count


def _more_random() -> str:
    """Return the random digits of an id. The system is asked for those of several at once."""
    digits = os.urandom(_IDS_AT_ONCE * 10).hex()
    first, *others = [digits[at : at + 19] for at in range(0, len(digits), 20)]
    _random.extend(others)
    return first


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_random.clear)
