"""Network faults that no server can play: refused connections, unresolved names, silent resolvers.

Works below the SDK, at the sockets of this process, for the one call that has to fail. Also times
every call of the gateway session. Must not know what a call is for.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

from desktop_app.gateway import dns_resolver
from desktop_app.gateway import http_session as door_module
from desktop_app.sandbox.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

SHORT_TIMEOUT_S = (0.3, 0.3)
SHORT_DEADLINE_S = 0.6
SLOWEST_CALL_S = 3.6
"""Seconds that no call may exceed with the short time-outs: slack for a busy machine."""

STALL_S = 4.0
"""Seconds for which a faulty server holds a call: longer than any call may last."""

_real_getaddrinfo = socket.getaddrinfo


def closed_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


@dataclass
class FaultyNetwork:
    """The network of this process; `install_network_faults` puts it in place.

    Attributes:
        fault: which calls fail, None for none.
        overdue: calls that took longer than `SLOWEST_CALL_S`.
        calls: every call of the gateway session, as `METHOD path`.
    """

    fault: Fault | None = None
    overdue: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    active_kind: str = ""
    silence_s: float = STALL_S * 2
    _port: int = field(default_factory=closed_port)
    _answer: threading.Event = field(default_factory=threading.Event)

    def arm(self, kind: str, method: str, path: str, *, times: int, skip: int) -> None:
        """Fail calls of a method and path, `*` for one segment."""
        self._answer.clear()
        self.fault = Fault(method, path, kind, times, skip)

    def clear(self) -> None:
        """Fail no further call; a silent resolver answers now."""
        self.fault, self.active_kind = None, ""
        self._answer.set()
        for thread in threading.enumerate():
            if thread.name.startswith("resolve-"):
                thread.join(1)  # its late answer still belongs to the fault

    def _next_fault(self, method: str, path: str) -> str:
        """Use up the fault if it applies to this call; return its kind, or an empty text."""
        fault = self.fault
        if fault is None or fault.times <= 0 or not fault.matches(method, path):
            return ""
        if fault.skip:
            fault.skip -= 1
            return ""
        fault.times -= 1
        return fault.kind

    def resolve(self, host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        """Replace `socket.getaddrinfo`."""
        if self.active_kind == "refused":
            return _real_getaddrinfo("127.0.0.1", self._port, *rest, **named)
        if self.active_kind:
            if self.active_kind == "dns_silence":
                self._answer.wait(self.silence_s)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return _real_getaddrinfo(host, port, *rest, **named)

    def send(
        self, session: requests.Session, send: Callable[[], requests.Response], call: str
    ) -> requests.Response:
        """Send one call of a session, let it fail if it has to, and time it."""
        self.calls.append(call)
        method, _, path = call.partition(" ")
        self.active_kind = self._next_fault(method, path)
        if self.active_kind:
            session.close()  # a connection kept open needs no name and no new connection
        started = time.monotonic()
        try:
            return send()
        finally:
            self.active_kind = ""
            if time.monotonic() - started > SLOWEST_CALL_S:
                self.overdue.append(call)


@contextlib.contextmanager
def install_network_faults() -> Iterator[FaultyNetwork]:
    """Replace this process's network, and time every call of the gateway session."""
    network = FaultyNetwork()
    plain = door_module.GatewaySession.request

    def request(
        session: door_module.GatewaySession, method: str, url: str, **options: Any
    ) -> requests.Response:
        return network.send(
            session, lambda: plain(session, method, url, **options), call_name(method, url)
        )  # fmt: skip

    with (
        patch.object(door_module.GatewaySession, "request", request),
        patch.object(socket, "getaddrinfo", network.resolve),
    ):
        try:
            yield network
        finally:
            network.clear()


def call_name(method: str, url: str) -> str:
    """Return the name of a call, `METHOD path`."""
    return f"{method.upper()} {urlsplit(url).path}"


@contextlib.contextmanager
def short_timeouts() -> Iterator[None]:
    """Run calls with time-outs of a fraction of a second instead of 3, 10 and 15 s."""
    with (
        patch.object(door_module, "TIMEOUT_S", SHORT_TIMEOUT_S),
        patch.object(door_module, "DEADLINE_S", SHORT_DEADLINE_S),
        patch.object(dns_resolver, "WITHIN_S", SHORT_TIMEOUT_S[0]),
    ):
        yield
