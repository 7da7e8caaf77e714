"""One line for each request: method, path, status, milliseconds.

Must never hold a query, a header or a body: they carry keys and people's numbers.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path


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
            self._file = self._path.open("a", encoding="utf-8")

    def write(self, line: str) -> None:
        """Write one line. A full disk or a closed stderr is no reason to stop serving."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            for stream in (self._file, sys.stderr if self._to_stderr else None):
                if stream is not None:
                    stream.write(f"{line}\n")
                    stream.flush()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
