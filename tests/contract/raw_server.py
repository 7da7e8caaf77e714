"""A server that sends exactly the bytes a test specifies, or misbehaves."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class RawServer:
    """Serves one behaviour on 127.0.0.1; records the requests' first lines and headers."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._behave = behave
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            each.close()
        self._thread.join(2)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            try:
                self.requests.append(client.recv(65_536).decode("latin-1"))
                self._behave(client)
            except OSError:
                continue


def answering(
    body: bytes, status: str = "200 OK", headers: str = "", *, length: int | None = None
) -> Callable[[socket.socket], None]:
    """Return a behaviour that sends a body, with any Content-Length, and closes the connection."""

    def behave(client: socket.socket) -> None:
        size = len(body) if length is None else length
        head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n{headers}\r\n"
        client.sendall(head.encode() + body)
        client.shutdown(socket.SHUT_WR)
        client.close()

    return behave


def resetting(client: socket.socket) -> None:
    """Return a behaviour that resets the connection instead of answering."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
