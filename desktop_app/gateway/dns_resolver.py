"""Name resolution with a time limit, which the system's own lacks; every call must end.

A look-up runs in a daemon thread and is awaited for at most a connection's time limit. Concurrent
calls share a look-up; one that has hung longer is abandoned, so that a stale query does not hide
a restored connection. Only a few may hang at once.
"""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from desktop_app.gateway.sdk import requests

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_ADDRESSES = 2
"""Tried one after the other, each with its own connect time-out."""

WITHIN_S = 3.05
MOST_HANGING = 4
"""Abandoned look-ups per host; beyond that, calls wait for the newest again."""


class _Lookup:
    """A running look-up."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.ended = threading.Event()
        self.found: list[str] = []
        self.error: OSError | None = None
        self.begun_at = time.monotonic()
        threading.Thread(target=self._run, name=f"resolve-{host}", daemon=True).start()

    @property
    def hangs(self) -> bool:
        """Whether the look-up has no answer yet."""
        return not self.ended.is_set()

    def _run(self) -> None:
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self.found = list(dict.fromkeys(str(each[4][0]) for each in found))
        except OSError as error:
            self.error = error
        finally:
            self.ended.set()


class Resolver:
    """Resolves names for all connections of a gateway; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], list[_Lookup]] = {}

    def addresses(self, host: str, port: int, within_s: float) -> list[str]:
        """Return the addresses of a host.

        Raises:
            socket.gaierror: there are none, or no answer came in time.
        """
        lookup = self._join(host, port)
        if not lookup.ended.wait(within_s):
            raise socket.gaierror(socket.EAI_AGAIN, "the resolver does not answer")
        if lookup.error is not None or not lookup.found:
            raise socket.gaierror(socket.EAI_NONAME, str(lookup.error or "no address"))
        return lookup.found

    def _join(self, host: str, port: int) -> _Lookup:
        """Return the look-up to wait for: a recent one, else a new one."""
        with self._lock:
            hanging = [each for each in self._running.get((host, port), []) if each.hangs]
            is_young = bool(hanging) and time.monotonic() - hanging[-1].begun_at < WITHIN_S
            if not is_young and len(hanging) < MOST_HANGING:
                hanging.append(_Lookup(host, port))
            self._running[(host, port)] = hanging
            return hanging[-1]


class _Resolved(HTTPConnection):
    """A connection to an address found by the resolver; the host name stays for TLS."""

    resolver: Resolver

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            found = self.resolver.addresses(name, self.port or 80, WITHIN_S)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        failure: Exception = NewConnectionError(self, "no address answered")
        for address in found[:MOST_ADDRESSES]:
            self._dns_host = address
            try:
                return super()._new_conn()
            except (ConnectTimeoutError, NewConnectionError) as error:
                failure = error
            finally:
                self._dns_host = name
        raise failure


class ResolvingAdapter(requests.adapters.HTTPAdapter):
    """Transport adapter whose connections use the resolver.

    Args:
        resolver: shared by the sessions of a gateway.
        until: the monotonic second by which the current call must end.
    """

    def __init__(self, resolver: Resolver, until: Callable[[], float]) -> None:
        self._resolver = resolver
        self._until = until
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools create resolving connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._resolver, self._until)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Return a proxy manager whose pools create resolving connections."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = _pools(self._resolver, self._until)
        return manager


def _pools(resolver_: Resolver, until: Callable[[], float]) -> dict[str, type[HTTPConnectionPool]]:
    def limit(connection: HTTPConnection) -> None:
        """Limit the wait for the response's headers to the call's deadline."""
        left = max(0.05, until() - time.monotonic())
        set_for = connection.timeout
        connection.timeout = min(set_for, left) if isinstance(set_for, float | int) else left

    class Plain(_Resolved):
        resolver = resolver_

        def getresponse(self) -> Any:
            limit(self)
            return super().getresponse()

    class Secure(_Resolved, HTTPSConnection):
        resolver = resolver_

        def getresponse(self) -> Any:
            limit(self)
            return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
