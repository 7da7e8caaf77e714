"""Serves the page on the loopback interface: a random port, few connections, short waits."""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING

from desktop_app.checkout.application import CheckoutApplication
from desktop_app.checkout.messages import MOST_BODY, SAFE, Request, Site, plain

if TYPE_CHECKING:
    from desktop_app.checkout.messages import Response
    from desktop_app.services.payments.checkout import CheckoutService
    from desktop_app.services.ports.system import Clock, Notify

    _Request = socket.socket | tuple[bytes, socket.socket]

HOST = "127.0.0.1"
MOST_CONNECTIONS = 16
PATIENCE_S = 10.0
"""How long a browser may take for a whole request, however often it sends a byte."""
STOP_EVERY_S = 0.2
STOP_WAIT_S = 2.0
"""How long closing waits for what is being answered."""
_ONCE = ("Host", "Origin", "Sec-Fetch-Site", "Content-Type", "Content-Length")
"""Headers that decide something; a request that has one twice is refused."""
_LENGTH = re.compile(r"[0-9]{1,7}")


class LoopbackServer:
    """The server of one desk; it runs from the first page on until it is closed.

    Args:
        service: of the desk.
        clock: of the desk.
    """

    def __init__(self, service: CheckoutService, clock: Clock) -> None:
        self._server = _Server((HOST, 0), _Handler)
        self.port: int = self._server.server_address[1]
        site = Site("http", f"{HOST}:{self.port}")
        self._server.application = CheckoutApplication(service, site, clock)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_EVERY_S,), name="checkout", daemon=True
        )
        self._thread.start()

    def open(self, attempt_uid: str, notify: Notify) -> str:
        """Return the address of an attempt's page."""
        return self._server.application.open(attempt_uid, notify)

    def close(self) -> None:
        """Serve no more: also what is half sent ends here."""
        self._server.shutdown()
        self._server.end_all()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingMixIn, TCPServer):
    """Not an `HTTPServer`: that looks its own name up, which waits where there is no network."""

    allow_reuse_address = False  # on Windows another program could listen on the same port
    daemon_threads = True
    block_on_close = False
    application: CheckoutApplication

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._changed = threading.Condition()
        self._since: dict[socket.socket, float] = {}

    def verify_request(self, request: object, client_address: object) -> bool:
        """Accept a connection while there are few."""
        del request, client_address
        return self._free.acquire(blocking=False)

    def process_request(self, request: _Request, client_address: object) -> None:
        """Serve a connection in a thread; where none can start, let the next one come."""
        connection = _stream(request)
        with self._changed:
            self._since[connection] = time.monotonic()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._forget(connection)
            raise

    def process_request_thread(self, request: _Request, client_address: object) -> None:
        """Serve a connection, and let the next one come."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(_stream(request))

    def service_actions(self) -> None:
        """End the connections that take too long, after every request and a few times a second."""
        self.end_older_than(PATIENCE_S)

    def end_older_than(self, age_s: float) -> None:
        """End the connections that have been open for so long."""
        until = time.monotonic() - age_s
        with self._changed:
            for connection, since in self._since.items():
                if since <= until:
                    with suppress(OSError):  # the browser was faster
                        connection.shutdown(socket.SHUT_RDWR)

    def end_all(self) -> None:
        """End every connection, and wait until none is served any more."""
        self.end_older_than(0.0)
        with self._changed:
            self._changed.wait_for(lambda: not self._since, STOP_WAIT_S)

    def _forget(self, connection: socket.socket) -> None:
        with self._changed:
            self._since.pop(connection, None)
            self._changed.notify_all()
        self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: a browser that leaves in the middle is no error."""


def _stream(request: _Request) -> socket.socket:
    return request[1] if isinstance(request, tuple) else request


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_S
    protocol_version = "HTTP/1.0"  # a connection for each request: none outlives the server

    def do_GET(self) -> None:
        """Show something."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Accept a form whose length is in the header."""
        stated = self.headers.get("Content-Length", "")
        length = int(stated) if _LENGTH.fullmatch(stated) else -1
        if "Transfer-Encoding" in self.headers or length < 0:
            self._send(plain(411, "The length is missing."))
        elif length > MOST_BODY:
            self._send(plain(413, "This is too long."))
        else:
            self._take(length)

    def _take(self, length: int) -> None:
        """Answer a form that came whole: half of a proof would look like a false one."""
        body = self.rfile.read(length)
        if len(body) == length:
            self._answer(body)
        else:
            self._send(plain(400, "A part is missing."))

    def _answer(self, body: bytes) -> None:
        if any(len(self.headers.get_all(name, ())) > 1 for name in _ONCE):
            self._send(plain(400, "This is said twice."))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self._send(self.server.application.answer(request))

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        headers = SAFE | dict(response.headers)
        headers |= {"Content-Type": response.kind, "Content-Length": str(len(response.body))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request, or has another verb, in one line."""
        del message, explain
        self._send(plain(405 if code == 501 else code, "You can't do this here."))  # noqa: PLR2004

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given
        """Log nothing: an address is a secret."""
