"""Request log: one line per request with method, path, status and milliseconds.

An open page of the owner asks every second or two whether there is news; that is not logged.

Must never hold a query, a header or a body: they carry keys and people's numbers. A file over
5 MB is renamed to `.1`; one old file is kept.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 5_000_000
UNLOGGED = "GET /_pages/pulse 200 "


class RequestLog:
    """Log lines to a file, to stderr or to nowhere."""

    def __init__(self, path: Path | None, *, to_stderr: bool) -> None:
        self._path = path
        self._to_stderr = to_stderr
        self._file: TextIO | None = None
        self._lock = threading.Lock()

    def open(self) -> None:
        """Open the file, if there is one, for appending."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8")

    def write(self, line: str) -> None:
        """Write one line; a full disk or a closed stderr must not stop the server."""
        if line.startswith(UNLOGGED):
            return
        with self._lock, contextlib.suppress(OSError, ValueError):
            for stream in (self._file, sys.stderr if self._to_stderr else None):
                if stream is not None:
                    stream.write(f"{line}\n")
                    stream.flush()
            self._set_aside()

    def _set_aside(self) -> None:
        if self._path is None or self._file is None or self._file.tell() < MAX_BYTES:
            return
        self._file.close()
        self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        self._file = self._path.open("a", encoding="utf-8")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
