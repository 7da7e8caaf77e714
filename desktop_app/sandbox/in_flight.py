"""Operations whose work is done but whose answer is still held back.

While a `slow` fault holds an answer, Razorpay would still be working: the same idempotency key
is answered with 409, another operation on the same payment with 400. Times are real seconds,
since a socket cannot wait by the sandbox's clock.
"""

from __future__ import annotations

import threading
import time


class InFlightOperations:
    """Operations by name, each with the time of its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def hold(self, name: str, seconds: float) -> None:
        """Mark an operation as in flight for that long."""
        with self._lock:
            now = time.monotonic()
            self._until = {key: end for key, end in self._until.items() if end > now}
            self._until[name] = now + seconds

    def has(self, name: str) -> bool:
        """Return whether an operation is still in flight."""
        with self._lock:
            return self._until.get(name, 0.0) > time.monotonic()
