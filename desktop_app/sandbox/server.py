"""Start and stop of the sandbox, embedded in a process or by itself.

`SandboxServer` serves in its own threads and leaves nothing behind; `serve` is for the command
line. Must print nothing but `serve`'s one line, and must not touch signals when embedded.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from typing import TYPE_CHECKING

from .account_options import AccountOptions
from .accounts import Accounts
from .errors import bad_request
from .listener import HOST, Listener
from .own_addresses import RAZORPAY_HOSTS, OwnAddresses
from .request_log import RequestLog
from .sandbox_account import ServerParts
from .transport import ServerCallbacks

if TYPE_CHECKING:
    import ssl
    from pathlib import Path
    from types import FrameType
    from typing import Self

    from .entity_store import EntityStore
    from .transport import Refusal


class SandboxServer:
    """A Razorpay on this machine with its own data.

    Args:
        port: The port to listen on; 0 picks a free one.
        key_id: The key pair's id; by default the state file's, or a new one.
        key_secret: The key pair's secret; likewise.
        seed: Makes ids and keys repeatable: the same calls return the same ones.
        now: The instant (Unix seconds) at which the clock is stopped until it is moved.
        state_file: The file that keeps all state; loaded if it exists.
        log_file: The file of the request log.
        log_to_stderr: Whether the request log goes to stderr.
        webhook_hosts: Private addresses that webhooks may be sent to, besides this machine.
        listen: The address to listen on; only a container needs another one.
        host_names: Names, besides this machine's, that control calls may be sent to.
        tls_folder: The folder of the certificate authority; speaks TLS too where it is given.
        token: What the control plane and the status page ask for; nothing by default.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        key_id: str | None = None,
        key_secret: str | None = None,
        seed: int | None = None,
        now: int | None = None,
        state_file: Path | None = None,
        log_file: Path | None = None,
        log_to_stderr: bool = False,
        webhook_hosts: frozenset[str] = frozenset(),
        listen: str = HOST,
        host_names: tuple[str, ...] = (),
        tls_folder: Path | None = None,
        token: str | None = None,
    ) -> None:
        self._port = port
        self._webhook_hosts = webhook_hosts
        self._listen = listen
        self._host_names = host_names
        self._tls_folder = tls_folder
        text = None if seed is None else str(seed)
        self._options = AccountOptions(key_id, key_secret, text, now, state_file)
        self._token = token
        self._log = RequestLog(log_file, to_stderr=log_to_stderr)
        self._listener: Listener | None = None
        self._accounts: Accounts | None = None

    @property
    def url(self) -> str:
        """The base address, without a trailing slash."""
        if self._listener is None:
            raise RuntimeError("the sandbox is not running")
        return f"http://{HOST}:{self._listener.port}"

    @property
    def tls_address(self) -> dict[str, str]:
        """The address for TLS and the file of the authority to trust; empty without TLS."""
        if self._tls_folder is None:
            return {}
        from .certificates import authority

        ca = authority(self._tls_folder)
        return {"tls_url": self.url.replace("http:", "https:"), "ca": str(ca)}

    @property
    def key_id(self) -> str:
        """The id of the key pair, available once started."""
        return "" if self._accounts is None else self._accounts.own.key_id

    @property
    def key_secret(self) -> str:
        """The secret of the key pair, available once started."""
        return "" if self._accounts is None else self._accounts.own.key_secret

    @property
    def _store(self) -> EntityStore | None:
        return None if self._accounts is None else self._accounts.own.store

    def start(self) -> None:
        """Listen and serve.

        Raises:
            OSError: The port is taken.
            StateFileError: The state file cannot be read, or is not a sandbox's.
            ImportError: TLS was asked for without the package `cryptography`.
        """
        self._accounts = accounts = Accounts(self._options)
        tls = None if self._tls_folder is None else self._tls(self._tls_folder)
        self._listener = listener = Listener(self._port, tls, self._listen)
        own = OwnAddresses(listener.port, tls=tls is not None, names=self._host_names)
        hosts, log = self._webhook_hosts, self._log.write
        try:
            accounts.open(ServerParts(self.url, own, log, hosts, self._token, accounts))
            self._log.open()
        except BaseException:
            listener.stop()
            raise
        listener.start(
            ServerCallbacks(
                accounts,
                _refuse,
                accounts.own.store.clock.now,
                log,
                listener.wait,
                secure=None if tls is None else listener.secure,
                tunnels=tuple(f"{host}:443" for host in RAZORPAY_HOSTS),
            )
        )
        accounts.start()

    def stop(self) -> None:
        """Stop serving, even in the middle of an answer."""
        if self._listener is not None:
            self._listener.stop()
        if self._accounts is not None:
            self._accounts.close()
        self._log.close()

    @staticmethod
    def _tls(folder: Path) -> ssl.SSLContext:
        from .certificates import server_context  # imports cryptography

        return server_context(folder)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(server: SandboxServer) -> None:
    """Serve until SIGTERM or SIGINT, after one line of JSON with address and keys on stdout.

    Raises:
        OSError: The port is taken.
        StateFileError: The state file cannot be read, or is not a sandbox's.
    """
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with server:
            opened = {"url": server.url, "key_id": server.key_id, "key_secret": server.key_secret}
            opened.update(server.tls_address)
            sys.stdout.write(f"{json.dumps(opened)}\n")
            sys.stdout.flush()
            # An unbounded wait() on Windows blocks signals.
            while not stopped.wait(0.5 if sys.platform == "win32" else None):
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse(words: str) -> Refusal:
    body = json.dumps(bad_request(words).body()).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return "400 BAD REQUEST", headers, body
