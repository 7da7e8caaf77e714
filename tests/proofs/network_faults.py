"""Bad lines that no server can play: refused, names that do not resolve, resolvers that are dumb.

Works below the SDK, at the sockets of this process, for the one call that is to be struck. Also
watches how long every call through the door takes. Must not know what a call is for.
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
"""No call may take longer than this with the short time-outs: slack for a busy machine."""

STALL_S = 4.0
"""How long a faulty far end keeps a call waiting: longer than any call may last."""

_real_getaddrinfo = socket.getaddrinfo


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


@dataclass
class FaultyNetwork:
    """The line of this process; `watched` puts it in place.

    Attributes:
        fault: what strikes which call, None on a good day.
        overdue: calls that took longer than `LIMIT_S`.
        calls: every call through the door, as `METHOD path`.
    """

    fault: Fault | None = None
    overdue: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    active_kind: str = ""
    silence_s: float = STALL_S * 2
    _port: int = field(default_factory=closed_port)
    _answer: threading.Event = field(default_factory=threading.Event)

    def arm(self, kind: str, method: str, path: str, *, times: int, skip: int) -> None:
        """Let a fault strike calls of a method and path, `*` for one segment."""
        self._answer.clear()
        self.fault = Fault(method, path, kind, times, skip)

    def clear(self) -> None:
        """Be good again; a resolver that kept silent answers now."""
        self.fault, self.active_kind = None, ""
        self._answer.set()
        for thread in threading.enumerate():
            if thread.name.startswith("resolve-"):
                thread.join(1)  # its late answer is still of the bad line

    def _next_fault(self, method: str, path: str) -> str:
        """Use up the fault where it strikes this call; its kind, or nothing."""
        fault = self.fault
        if fault is None or fault.times <= 0 or not fault.matches(method, path):
            return ""
        if fault.skip:
            fault.skip -= 1
            return ""
        fault.times -= 1
        return fault.kind

    def resolve(self, host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        """Stand in for `socket.getaddrinfo`."""
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
        """Let one call of a session through, struck where it is meant, and time it."""
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
    """Put a line in place of this process's own, and watch every call through the door."""
    network = FaultyNetwork()
    plain = door_module.Door.request

    def request(door: door_module.Door, method: str, url: str, **options: Any) -> requests.Response:
        return network.send(
            door, lambda: plain(door, method, url, **options), call_name(method, url)
        )  # fmt: skip

    with (
        patch.object(door_module.Door, "request", request),
        patch.object(socket, "getaddrinfo", network.resolve),
    ):
        try:
            yield network
        finally:
            network.clear()


def call_name(method: str, url: str) -> str:
    """Name a call as `METHOD path`."""
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
