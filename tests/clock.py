"""A clock for tests and proofs; by itself, since proofs start many processes without pytest."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class TestClock:
    """A clock controlled by the test; sleeping advances it."""

    __test__ = False

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        self.ticks = 1_000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.ticks += seconds
