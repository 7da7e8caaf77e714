"""Standard streams that cannot fail a command: UTF-8 on every console, and nothing where none is.

A command may have recorded money when it prints. What cannot be written is dropped; whether that
happened is known afterwards.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD = range(3)


class StandardStream(io.TextIOWrapper):
    """Standard output or error in UTF-8, with a replacement for what cannot be encoded.

    A full disk or a closed pipe loses the output, now and from here on, and raises nothing.
    """

    is_lost = False

    def write(self, text: str) -> int:
        """Write a text, or drop it."""
        try:
            return super().write(text)
        except OSError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        """Write what is buffered, or drop it."""
        try:
            super().flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        """Lead the descriptor to nowhere, so that not even the interpreter's last flush fails."""
        self.is_lost = True
        with suppress(OSError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), self.fileno())


@contextmanager
def standard_streams() -> Iterator[tuple[StandardStream, StandardStream]]:
    """Work with standard output and error that never fail; they are put back afterwards."""
    _open_missing_descriptors()
    before = sys.stdout, sys.stderr
    streams = _lenient(before[0]), _lenient(before[1])
    sys.stdout, sys.stderr = streams
    try:
        yield streams
    finally:
        for stream in streams:
            stream.flush()
            stream.detach()
        sys.stdout, sys.stderr = before


def _open_missing_descriptors() -> None:
    """Open closed standard descriptors on nothing.

    The next file to be opened would get their numbers, and a library's message to standard error
    would be written into it.
    """
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def _lenient(stream: TextIO | None) -> StandardStream:
    """Return the stream in UTF-8; one on nothing where it is closed or missing."""
    buffer = None if stream is None or stream.closed else getattr(stream, "buffer", None)
    if buffer is None:
        buffer = open(os.devnull, "wb")  # noqa: PTH123, SIM115 - lives as long as the stream
    elif stream is not None:
        with suppress(OSError):
            stream.flush()
    return StandardStream(buffer, encoding="utf-8", errors="replace", line_buffering=True)
