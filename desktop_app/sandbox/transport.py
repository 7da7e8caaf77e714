"""HTTP/1.1 on a loopback socket: keep-alive, and answers that go wrong on purpose.

Serves any WSGI application, and is a proxy that leads to it where the client asks for one of the
named hosts: so come clients whose address cannot be changed. Must not know Razorpay: the `refuse`
callback words what is refused here (a body over 1 MB, a request that is not HTTP).
"""

from __future__ import annotations

import io
import re
import socket
import struct
import sys
import time
import traceback
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ssl import SSLSocket
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from .request_headers import TooManyHeadersError, read_headers
from .response_delivery import ENVIRON_KEY, Ending, ResponseDelivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import WSGIApplication

    Refusal = tuple[str, list[tuple[str, str]], bytes]

MAX_BODY_BYTES = 1 << 20
DRAINED_BYTES = 64 << 20
IDLE_S = 120
DRAIN_S = 2
USUAL = (b"HTTP/1.1", b"HTTP/1.0")
# Headers consumed here; the application gets a whole body of known length.
READ_ALREADY = ("content-type", "content-length", "transfer-encoding")


class BadRequestError(Exception):
    """A request that is not HTTP or is too large; the connection is closed after it."""


@dataclass(frozen=True, slots=True)
class ServerCallbacks:
    """A connection's callbacks into its server.

    Attributes:
        application: the WSGI application.
        refuse: words a refusal.
        now: the server's time.
        log: writes a line.
        wait: waits, and returns whether the server is stopping.
        secure: encrypts a connection.
        tunnels: the hosts, with their ports, that a client of the proxy may ask for.
    """

    application: WSGIApplication
    refuse: Callable[[str], Refusal]
    now: Callable[[], float]
    log: Callable[[str], None]
    wait: Callable[[float], bool]
    secure: Callable[[socket.socket], socket.socket] | None = None
    tunnels: tuple[str, ...] = ()


class HttpConnection(BaseHTTPRequestHandler):
    """One client's connection, request after request."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    server: ServerCallbacks  # type: ignore[assignment]

    def setup(self) -> None:
        """Disable Nagle's algorithm, so that small packets are sent at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_one_request(self) -> None:
        """Read one request, answer it, and write the log line."""
        self.close_connection = True
        try:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline:
                return
            self._answer_request(time.monotonic())
        except OSError:
            self.close_connection = True

    def _answer_request(self, started: float) -> None:
        self._started = started
        if len(self.raw_requestline) > 65_536:  # noqa: PLR2004 - as http.server has it
            self.requestline = self.command = self.path = ""
            self.request_version = self.protocol_version
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            return
        if not self.parse_request():
            return
        if self.command == "CONNECT":
            self._open_tunnel()
            return
        try:
            body = self._read_body()
        except BadRequestError as problem:
            self.send_error(HTTPStatus.BAD_REQUEST, str(problem))
        else:
            self._run_safely(body)

    def parse_request(self) -> bool:
        """Read a usual request's line and headers; leave the odd ones to http.server."""
        words = self.raw_requestline.split()
        if len(words) != 3 or words[2] not in USUAL:  # noqa: PLR2004 - method, target, version
            return super().parse_request()
        self.requestline = self.raw_requestline.decode("latin-1").rstrip("\r\n")
        self.command, self.path, self.request_version = (w.decode("latin-1") for w in words)
        if self.path.startswith("//"):
            self.path = "/" + self.path.lstrip("/")
        try:
            self.headers = read_headers(self.rfile)  # type: ignore[assignment]
        except TooManyHeadersError:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return False
        wanted = self.headers.get("Connection", "").lower()
        is_old = self.request_version == "HTTP/1.0"
        self.close_connection = wanted == "close" or (is_old and wanted != "keep-alive")
        is_asking = self.headers.get("Expect", "").lower() == "100-continue"
        return self.handle_expect_100() if is_asking and not is_old else True

    def _open_tunnel(self) -> None:
        """Lead a client of the proxy to this server itself; it reaches no other."""
        if self.server.secure is None or self.path not in self.server.tunnels:
            self.send_error(HTTPStatus.BAD_REQUEST, "This proxy leads to Razorpay's hosts only.")
            return
        self._log_line("200")
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.rfile.close()
        self.request = self.server.secure(self.connection)
        self.setup()
        self.close_connection = False

    def _log_line(self, outcome: str) -> None:
        # Written before the answer, so that a client with the answer finds the line.
        spent = (time.monotonic() - self._started) * 1000
        self.server.log(f"{self.command or '-'} {self._shown_path()} {outcome} {spent:.1f} ms")

    def _shown_path(self) -> str:
        path = (getattr(self, "path", "") or "-").partition("?")[0][:200]
        return "".join(c if "!" <= c <= "~" else "?" for c in path)

    # Reading

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._read_chunks())
        declared = self.headers.get("Content-Length", "0").strip()
        if not (declared.isascii() and declared.isdigit() and len(declared) < 16):  # noqa: PLR2004
            raise BadRequestError("The content length is invalid.")
        length = int(declared)
        if length > MAX_BODY_BYTES:
            raise BadRequestError("The request body is too large.")
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("the client went away")
        return body

    def _read_chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            size = self._chunk_size()
            total += size
            if total > MAX_BODY_BYTES:
                raise BadRequestError("The request body is too large.")
            chunk = self.rfile.read(size)
            if len(chunk) < size or self.rfile.readline(1026).strip():
                raise BadRequestError("The chunked request body is invalid.")
            if size == 0:
                return
            yield chunk

    def _chunk_size(self) -> int:
        try:
            return int(self.rfile.readline(1026).partition(b";")[0].strip() or b"x", 16)
        except ValueError:
            raise BadRequestError("The chunked request body is invalid.") from None

    def _drain(self) -> None:
        # Unread input would turn the answer into a reset for a client that is still sending.
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(DRAIN_S)
        left = DRAINED_BYTES
        while left > 0 and (piece := self.rfile.read1(1 << 16)):
            left -= len(piece)

    # Running the application

    def _run_safely(self, body: bytes) -> None:
        try:
            self._run(body)
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - a fault of ours must not end the thread in silence
            self.close_connection = True
            self.server.log(traceback.format_exc())

    def _run(self, body: bytes) -> None:
        delivery = ResponseDelivery()
        environ = self._environ(body)
        environ[ENVIRON_KEY] = delivery
        head: list[Any] = []

        def start_response(status: str, headers: Any, *_: Any) -> Any:
            head[:] = [status, headers]
            return lambda _data: None

        parts = self.server.application(environ, cast("Any", start_response))
        try:
            self._deliver(delivery, head[0], head[1], parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        if "://" in path:
            path = "/" + path.partition("://")[2].partition("/")[2]
        host, port = self.connection.getsockname()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": re.sub("//+", "/", unquote(path, "latin-1")),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if isinstance(self.connection, SSLSocket) else "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = f"HTTP_{name.upper().replace('-', '_')}"
            if "_" not in name and name.lower() not in READ_ALREADY:
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    # Answering

    def _deliver(
        self,
        delivery: ResponseDelivery,
        status: str,
        headers: list[tuple[str, str]],
        parts: Iterable[bytes],
    ) -> None:
        stopping = self.server.wait(delivery.wait_s)
        if delivery.ending is Ending.RESET:
            self._log_line("reset")
            self._reset()
        elif delivery.ending is Ending.CLOSE or stopping:
            self._log_line("closed")
            self.close_connection = True
        else:
            self._log_line(status.partition(" ")[0])
            self._send(delivery, status, headers, iter(parts))

    def _send(
        self,
        delivery: ResponseDelivery,
        status: str,
        headers: list[tuple[str, str]],
        parts: Iterator[bytes],
    ) -> None:
        self.close_connection |= delivery.ending is Ending.CUT
        first = next(parts, b"")
        head = self._head(status, headers, delivery.now)
        if self.command == "HEAD":
            self.wfile.write(head)
        elif delivery.ending is Ending.CUT:
            self.wfile.write(head + first[: len(first) // 2])
        elif delivery.drip_s:
            self.wfile.write(head)
            self._drip(first, delivery.drip_s)
        else:
            self.wfile.write(head + first)
            for part in parts:
                self.wfile.write(part)

    def _head(
        self,
        status: str,
        headers: list[tuple[str, str]],
        now: Callable[[], float] | None = None,
    ) -> bytes:
        date = _date(int((now or self.server.now)()))
        lines = [f"HTTP/1.1 {status}", f"Date: {date}"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines.append(f"Connection: {'close' if self.close_connection else 'keep-alive'}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _drip(self, body: bytes, seconds: float) -> None:
        gap = seconds / max(len(body), 1)
        for at in range(len(body)):
            if self.server.wait(gap):
                self.close_connection = True
                return
            self.wfile.write(body[at : at + 1])

    def _reset(self) -> None:
        form = "hh" if sys.platform == "win32" else "ii"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
        self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that http.server cannot read, in the application's words.

        Args:
            code: The status of http.server; only its phrase is used.
            message: The reason.
            explain: Not used.
        """
        del explain
        self.close_connection = True
        status, headers, body = self.server.refuse(message or HTTPStatus(code).phrase)
        self._log_line(status.partition(" ")[0])
        self.wfile.write(self._head(status, headers) + body)
        self._drain()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Suppress http.server's own log lines."""


@lru_cache(maxsize=8)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
