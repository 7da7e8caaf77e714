"""One line for each request: method, path, status, milliseconds.

Must never hold a query, a header or a body: they carry keys and people's numbers. A file that has
grown is set aside under the name with `.1`, once.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 5_000_000


class RequestLog:
    """Writes lines to a file or to stderr, or nowhere."""

    def __init__(self, path: Path | None, *, to_stderr: bool) -> None:
        self._path = path
        self._to_stderr = to_stderr
        self._file: TextIO | None = None
        self._lock = threading.Lock()

    def open(self) -> None:
        """Open the file, where there is one; it is added to."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8")

    def write(self, line: str) -> None:
        """Write one line. A full disk or a closed stderr is no reason to stop serving."""
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
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
