"""The sandbox's requests a second and its start, against Flask and waitress around a dict.

Each server runs in a separate process, and both are measured in turn with the same requests,
which are sent and read as plain bytes to keep the client's share small.
"""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .figures import Figure, alternate

if TYPE_CHECKING:
    from collections.abc import Iterator

    Command = tuple[str, ...]

KEY_ID, KEY_SECRET = "rzp_test_Bench", "bench"
SANDBOX = ("desktop_app.sandbox.command_line", "--key-id", KEY_ID, "--key-secret", KEY_SECRET)
BARE = ("tests.bench.bare_flask",)
CLIENTS = (1, 4, 16)
LEAST = 0.6
SLOWEST_START = 2.0
ROUNDS, START_ROUNDS = 21, 9
SECONDS = 0.4
BODY = b'{"amount": 50000, "currency": "INR", "receipt": "ENR-1", "notes": {"student": "R001"}}'


@contextmanager
def served(command: Command) -> Iterator[str]:
    """Run a server until the block ends; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield json.loads(line)["url"]
    finally:
        process.terminate()
        process.communicate()


def _request(url: str) -> bytes:
    pair = base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode())
    lines = (
        b"POST /v1/orders HTTP/1.1",
        b"Host: " + urlsplit(url).netloc.encode(),
        b"Authorization: Basic " + pair,
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(BODY),
        b"",
        BODY,
    )
    return b"\r\n".join(lines)


class Client(threading.Thread):
    """A client that creates orders until a moment has come."""

    def __init__(self, url: str, until: float) -> None:
        super().__init__()
        self._place = urlsplit(url)
        self._sent = _request(url)
        self._until = until
        self.done = 0

    def run(self) -> None:
        place = (self._place.hostname or "", self._place.port or 0)
        with socket.create_connection(place, timeout=10) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < self._until:
                link.sendall(self._sent)
                read_answer(link)
                self.done += 1


def read_answer(link: socket.socket) -> None:
    """Read one answer of known length; it must be a success."""
    received = link.recv(65_536)
    while b"\r\n\r\n" not in received:
        received += link.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), received
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += link.recv(65_536)


def requests_a_second(url: str, clients: int) -> float:
    """Return how many orders so many clients create in a second."""
    begun = time.perf_counter()
    threads = [Client(url, begun + SECONDS) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(thread.done for thread in threads) / (time.perf_counter() - begun)


def start_ms(command: Command) -> float:
    """Return the time from a process's start to its first answer."""
    begun = time.perf_counter()
    with served(command) as url:
        place = urlsplit(url)
        with socket.create_connection((place.hostname or "", place.port or 0)) as link:
            link.sendall(_request(url))
            read_answer(link)
            return (time.perf_counter() - begun) * 1000


def run() -> Iterator[Figure]:
    """Measure."""
    with served(SANDBOX) as ours, served(BARE) as bare:
        for clients in CLIENTS:
            by_ours = partial(requests_a_second, ours, clients)
            by_bare = partial(requests_a_second, bare, clients)
            by_ours(), by_bare()
            made, control = alternate(by_ours, by_bare, ROUNDS)
            name = f"sandbox_requests_{clients}"
            yield Figure(name, made, LEAST, control, unit="/s", at_least=True)
    start_ms(SANDBOX), start_ms(BARE)
    began, control = alternate(lambda: start_ms(SANDBOX), lambda: start_ms(BARE), START_ROUNDS)
    yield Figure("sandbox_start", began, SLOWEST_START, control)
