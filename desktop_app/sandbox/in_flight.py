"""Which operations have not been answered yet, though their work is done.

A `slow` fault keeps an answer back; while it does, Razorpay would still be at work: the same
idempotency key answers 409, another operation on the same payment 400. Real seconds, since a
socket cannot wait by the sandbox's clock.
"""

from __future__ import annotations

import threading
import time


class InFlightOperations:
    """Names of operations, each with the moment at which its answer goes out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def hold(self, name: str, seconds: float) -> None:
        """Note that an operation's answer is kept back for that long."""
        with self._lock:
            now = time.monotonic()
            self._until = {key: end for key, end in self._until.items() if end > now}
            self._until[name] = now + seconds

    def has(self, name: str) -> bool:
        """Tell whether an operation is still being answered."""
        with self._lock:
            return self._until.get(name, 0.0) > time.monotonic()
