"""The headers of a request, read without http.server's parser of mail, which is most of its time.

What is read is the same: a line that is no header ends them, and a line that begins with a blank
continues the one before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

NAME = re.compile(rb"[!-9;-~]+")
LONGEST_LINE = 65_536
MOST_LINES = 100
BLANK = (b"\r\n", b"\n", b"")


class TooManyHeadersError(Exception):
    """More or longer header lines than are read."""


class RequestHeaders:
    """Headers by name, in any case; the first one of a name is found."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._first = {name.lower(): value for name, value in reversed(pairs)}

    def get(self, name: str, default: str = "") -> str:
        """Return a header's value."""
        return self._first.get(name.lower(), default)

    def items(self) -> list[tuple[str, str]]:
        """Return all headers in their order."""
        return self._pairs


def read_headers(file: BufferedIOBase) -> RequestHeaders:
    """Read up to the blank line.

    Raises:
        TooManyHeadersError: There are too many lines, or one is too long.
    """
    pairs: list[tuple[str, str]] = []
    is_over = folds = False
    for line in _lines(file):
        name, colon, value = line.partition(b":")
        if is_over:
            continue
        if colon and NAME.fullmatch(name):
            pairs.append((_text(name), _text(value.lstrip(b" \t"))))
            folds = True
        elif line[:1] in (b" ", b"\t") and folds:
            before, so_far = pairs[-1]
            pairs[-1] = (before, f"{so_far}\r\n{_text(line)}")
        else:
            is_over, folds = line[:1] not in (b" ", b"\t", b":"), False
    return RequestHeaders(pairs)


def _lines(file: BufferedIOBase) -> Iterator[bytes]:
    for _ in range(MOST_LINES + 1):
        line = file.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            break
        if line in BLANK:
            return
        yield line
    raise TooManyHeadersError


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\r\n").decode("latin-1")
