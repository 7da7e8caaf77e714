"""HTTP over connections that stay open: to open one for each call takes longer than the call."""

from __future__ import annotations

import os
import threading
from http.client import HTTPConnection


class _Link(HTTPConnection):
    """A connection that is closed when nothing refers to it any more."""

    def __del__(self) -> None:
        self.close()


class KeptConnection:
    """Sends requests to a server; each thread, and each process after a fork, over its connection.

    Nothing is sent twice: a connection that fails is closed, and the error is raised.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._kept = threading.local()

    def send(
        self, place: str, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request to a host and port; return status, headers and body."""
        link = self._link(place)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except BaseException:
            link.close()  # what is left of an answer is not the next one
            raise

    def _link(self, place: str) -> _Link:
        owner = (os.getpid(), place)
        if getattr(self._kept, "owner", None) != owner:
            self._kept.link, self._kept.owner = _Link(place, timeout=self._timeout_s), owner
        link: _Link = self._kept.link
        return link
