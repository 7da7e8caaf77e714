"""The account's request limit over any 60 seconds of the sandbox's clock.

Razorpay publishes no limit; there is none until the control plane sets one. Must not wait.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .errors import too_many_requests

if TYPE_CHECKING:
    from .sandbox_context import SandboxContext

WINDOW_S = 60


class Throttle:
    """Call times of the last minute."""

    def __init__(self) -> None:
        self._calls: deque[int] = deque()

    def check(self, context: SandboxContext) -> None:
        """Count a call, or refuse it with 429. Hold the store's lock."""
        limit, now = context.account.rate_limit_per_min, context.now()
        if limit is None:
            self._calls.clear()
            return
        while self._calls and self._calls[0] <= now - WINDOW_S:
            self._calls.popleft()
        if len(self._calls) >= limit:
            raise too_many_requests()
        self._calls.append(now)
