"""What real calls say of the connection to the gateway. Asks nobody itself."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop_app.services.errors import (
    GatewayError,
    NoKeysError,
    RateLimitedError,
    RejectedError,
    UnauthorisedError,
)
from desktop_app.services.views.settings import ConnectionState, Connectivity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.ports.system import Clock

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.context import Context


class ConnectionMonitor:
    """The connection as the last call found it; safe from any thread."""

    def __init__(self, clock: Clock, gateway_now: Callable[[], int | None]) -> None:
        self._clock = clock
        self._gateway_now = gateway_now
        self._lock = threading.Lock()
        self._state = ConnectionState(Connectivity.UNKNOWN, clock.now(), None)

    def state(self) -> ConnectionState:
        """The connection as the last real call found it."""
        with self._lock:
            return self._state

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Note how the gateway calls inside went; errors pass through."""
        try:
            yield
        except GatewayError as error:
            self._note(_line_of(error))
            raise
        self._note(Connectivity.ONLINE)

    def _note(self, line: Connectivity) -> None:
        now = self._clock.now()
        theirs = self._gateway_now()
        skew = None if theirs is None else now.timestamp() - theirs
        with self._lock:
            since = self._state.since if self._state.line is line else now
            self._state = ConnectionState(line, since, now, skew)


def _line_of(error: GatewayError) -> Connectivity:
    if isinstance(error, NoKeysError):
        return Connectivity.NO_KEYS
    if isinstance(error, UnauthorisedError):
        return Connectivity.REFUSED
    if isinstance(error, RejectedError | RateLimitedError):
        return Connectivity.ONLINE
    return Connectivity.OFFLINE


def gateway_now(context: Context) -> float:
    """Unix seconds by the gateway's clock, by the PC's before its first answer."""
    theirs = context.gateway().now()
    return float(theirs) if theirs is not None else context.now().timestamp()
