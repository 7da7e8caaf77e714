"""The loopback socket: accepts connections, starts a thread for each, ends all of them on stop.

With TLS on, one port speaks both: a connection whose first byte opens a handshake is encrypted.
Listens on 127.0.0.1 unless the sandbox's owner names another address. Must leave no thread and no
socket behind.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from typing import TYPE_CHECKING

from .transport import IDLE_S, HttpConnection, ServerCallbacks

if TYPE_CHECKING:
    import ssl

HOST = "127.0.0.1"
BACKLOG = 256
JOIN_TIMEOUT_S = 5.0
HANDSHAKE = b"\x16"


class Listener:
    """A threaded WSGI server that can be stopped at any moment."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None, host: str = HOST) -> None:
        self._tls = tls
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
            self._socket.listen(BACKLOG)
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)  # noqa: FBT003 - positional only
        self.port: int = self._socket.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._thread: threading.Thread | None = None

    def start(self, callbacks: ServerCallbacks) -> None:
        """Accept connections in a thread of the listener's."""
        self._callbacks = callbacks
        self._thread = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait that long or until the server is stopped; return whether it is stopping."""
        return self._stopping.wait(seconds) if seconds > 0 else self._stopping.is_set()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._stopping.is_set():
                selector.select()
                try:
                    client, address = self._socket.accept()
                except BlockingIOError:
                    continue
                except OSError:  # too many open files: wait until some are closed
                    self.wait(0.05)
                    continue
                self._serve(client, address)

    def _serve(self, client: socket.socket, address: tuple[str, int]) -> None:
        client.setblocking(True)  # noqa: FBT003 - positional only
        thread = threading.Thread(
            target=self._run_connection, args=(client, address), name="sandbox-client", daemon=True
        )
        with self._lock:
            self._open[thread] = client
        thread.start()

    def _run_connection(self, client: socket.socket, address: tuple[str, int]) -> None:
        try:
            served = self.secure(client) if self._opens_handshake(client) else client
            HttpConnection(served, address, self._callbacks)  # type: ignore[arg-type]
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.pop(threading.current_thread()).close()

    def _opens_handshake(self, client: socket.socket) -> bool:
        if self._tls is None:
            return False
        client.settimeout(IDLE_S)
        return client.recv(1, socket.MSG_PEEK) == HANDSHAKE

    def secure(self, client: socket.socket) -> socket.socket:
        """Encrypt a connection; call it in the connection's own thread."""
        if self._tls is None:
            raise ConnectionAbortedError("TLS is off")
        client.settimeout(IDLE_S)
        secured = self._tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open[threading.current_thread()] = secured
        if self._stopping.is_set():
            raise ConnectionAbortedError("the server is stopping")
        secured.do_handshake()
        return secured

    def stop(self) -> None:
        """Close all connections and wait for their threads, which end at once."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._wake.send(b"x")
        if self._thread is not None:
            self._thread.join(JOIN_TIMEOUT_S)
        self._socket.close()
        with self._lock:
            clients = list(self._open.items())
            for _, client in clients:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(client, socket.SHUT_RDWR)
        for thread, _ in clients:
            thread.join(JOIN_TIMEOUT_S)
        self._wake.close()
        self._woken.close()
