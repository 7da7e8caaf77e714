"""Request journal: the latest requests with their answers, in memory, for tests to look at.

Entries are kept as they came, so that recording costs next to nothing; journal_masking.py masks
what is shown. Must not record the control plane, and never writes to disk.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

from .path_patterns import is_developers, matches
from .response_delivery import ENVIRON_KEY, FAULT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication

MOST_ENTRIES = 1000
MOST_BYTES = 16 << 20
MOST_BODY_BYTES = 64 << 10
ENTRY_BYTES = 2500
TYPE = ("CONTENT_TYPE",)

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class Content:
    """Headers and the beginning of a body, with its whole length."""

    headers: Pairs
    body: bytes
    length: int

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning was kept."""
        return len(self.body) < self.length


@dataclass(slots=True)
class JournalEntry:
    """One request and its answer.

    Attributes:
        at: the sandbox's time.
        sent: what the client got: `answer`, `cut`, `close` or `reset`.
    """

    id: int
    at: int
    method: str
    path: str
    query: str
    request: Content
    status: int
    answer: Content
    ms: float
    fault: str | None
    sent: str

    @property
    def size(self) -> int:
        """About the memory of the entry, in bytes, without its headers."""
        texts = len(self.path) + len(self.query)
        return texts + len(self.request.body) + len(self.answer.body) + ENTRY_BYTES


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which entries are wanted; None wants all."""

    method: str | None = None
    path: str | None = None
    status: int | None = None
    since: int = 0

    def wants(self, entry: JournalEntry) -> bool:
        """Return whether an entry is wanted."""
        return (
            entry.id > self.since
            and self.method in (None, entry.method)
            and self.status in (None, entry.status)
            and (self.path is None or matches(self.path, entry.path))
        )


class RequestJournal:
    """The latest entries, bounded in number and in bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[JournalEntry] = deque()
        self._bytes = 0
        self.last = 0
        self.dropped = 0

    def add(self, make: Callable[[int], JournalEntry]) -> None:
        """Append an entry, made with its number; the oldest ones make room."""
        with self._lock:
            self.last += 1
            entry = make(self.last)
            self._entries.append(entry)
            self._bytes += entry.size
            while len(self._entries) > MOST_ENTRIES or self._bytes > MOST_BYTES:
                self._bytes -= self._entries.popleft().size
                self.dropped += 1

    def find(self, query: JournalQuery) -> list[JournalEntry]:
        """Return the wanted entries, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if query.wants(entry)]

    def get(self, number: int) -> JournalEntry | None:
        """Return the entry of a number, if it is still here."""
        with self._lock:
            return next((entry for entry in self._entries if entry.id == number), None)

    def clear(self) -> None:
        """Forget all entries; the numbers go on."""
        with self._lock:
            self._entries.clear()
            self._bytes = self.dropped = 0


class JournalMiddleware:
    """WSGI middleware that records what passes through it."""

    def __init__(
        self, inner: WSGIApplication, journal: RequestJournal, now: Callable[[], int]
    ) -> None:
        self._inner = inner
        self._journal = journal
        self._now = now

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and record it before its answer is sent."""
        path = environ["PATH_INFO"]
        if is_developers(path):
            return self._inner(environ, start_response)
        started = time.perf_counter()
        head: list[Any] = []

        def start(status: str, headers: Pairs, *more: Any) -> Any:
            head[:] = [status, headers]
            return start_response(status, headers, *more)

        parts = self._inner(environ, start)
        rest = iter(parts)
        first = next(rest, b"")
        self._record(environ, head, first, (time.perf_counter() - started) * 1000)
        return ClosingIterator(itertools.chain((first,), rest), getattr(parts, "close", None))

    def _record(self, environ: dict[str, Any], head: list[Any], first: bytes, ms: float) -> None:
        status, headers = head
        body = environ["wsgi.input"].getvalue()
        at, delivery = self._now(), environ[ENVIRON_KEY]
        length = next((int(v) for n, v in headers if n.lower() == "content-length"), len(first))
        self._journal.add(
            lambda number: JournalEntry(
                id=number,
                at=at,
                method=environ["REQUEST_METHOD"],
                path=environ["PATH_INFO"],
                query=environ["QUERY_STRING"],
                request=Content(_request_headers(environ), body[:MOST_BODY_BYTES], len(body)),
                status=int(status.partition(" ")[0]),
                answer=Content(headers, first[:MOST_BODY_BYTES], length),
                ms=ms,
                fault=environ.get(FAULT_KEY),
                sent=delivery.ending.value,
            )
        )


def _request_headers(environ: dict[str, Any]) -> Pairs:
    # Named as they were only when they are shown.
    return [pair for pair in environ.items() if pair[0][:5] == "HTTP_" or pair[0] in TYPE]
