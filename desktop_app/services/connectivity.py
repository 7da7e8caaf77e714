"""The state of the connection to the gateway, derived from real calls; never probes by itself."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from desktop_app.services import errors
from desktop_app.services.views.settings import ConnectionState, Connectivity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import Clock


class ConnectionMonitor:
    """The connection as the last real call found it. Local, cheap, safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._state = ConnectionState(Connectivity.UNKNOWN, clock.now(), None)

    def state(self) -> ConnectionState:
        """Return the connection as the last real call found it."""
        with self._lock:
            return self._state

    @contextmanager
    def recording(self, gateway: PaymentGateway) -> Iterator[None]:
        """Record how one call of a gateway went; errors pass through."""
        try:
            yield
        except errors.GatewayError as error:
            self._record(gateway, _line_of(error))
            raise
        self._record(gateway, Connectivity.ONLINE)

    def _record(self, gateway: PaymentGateway, line: Connectivity) -> None:
        now, theirs = self._clock.now(), gateway.now()
        skew = None if theirs is None else now.timestamp() - theirs
        with self._lock:
            since = self._state.since if self._state.line is line else now
            self._state = ConnectionState(line, since, now, skew)


_NO_CALL = {"now", "is_genuine"}


class MonitoredGateway:
    """A gateway whose every call is recorded in a monitor; `now` and `key_id` make no call.

    It passes on all attributes of the port, so that no call, present or later, can be forgotten.
    """

    def __init__(self, gateway: PaymentGateway, monitor: ConnectionMonitor) -> None:
        self._gateway = gateway
        self._monitor = monitor

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the gateway, a call as one that is recorded."""
        found = getattr(self._gateway, name)
        if name in _NO_CALL or not callable(found):
            return found
        return self._monitor.recording(self._gateway)(found)


WRITES = frozenset(
    ("create_order create_intent create_qr close_qr create_link cancel_link capture refund").split()
)
"""Calls that create or move something at the gateway."""


class ReadOnlyGateway:
    """A gateway that answers, and refuses to change anything.

    Args:
        gateway: the gateway.
        refusal: the error of every call that would write.
    """

    def __init__(self, gateway: PaymentGateway, refusal: Exception) -> None:
        self._gateway = gateway
        self._refusal = refusal

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the gateway, unless it would write."""
        if name in WRITES:
            raise self._refusal
        return getattr(self._gateway, name)


def monitored(gateway: PaymentGateway, monitor: ConnectionMonitor) -> PaymentGateway:
    """Return the gateway with each of its calls recorded in a monitor."""
    return cast("PaymentGateway", MonitoredGateway(gateway, monitor))


def gateway_now(context: Context) -> float:
    """Return unix seconds by the gateway's clock, by the PC's before its first answer."""
    theirs = context.gateway().now()
    return float(theirs) if theirs is not None else context.now().timestamp()


def _line_of(error: errors.GatewayError) -> Connectivity:
    if isinstance(error, errors.NoKeysError):
        return Connectivity.NO_KEYS
    if isinstance(error, errors.UnauthorisedError):
        return Connectivity.REFUSED
    if isinstance(error, errors.RejectedError | errors.RateLimitedError):
        return Connectivity.ONLINE
    return Connectivity.OFFLINE
