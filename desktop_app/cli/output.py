"""Output of commands: JSON lines for scripts, plain lines and tables for people."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def emit(event: str, **fields: object) -> None:
    """Write one JSON line to stdout and flush."""
    line = json.dumps({"event": event, **fields}, ensure_ascii=False)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def emit_object(found: object) -> None:
    """Write one JSON object to stdout."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(words: str) -> None:
    """Write one line for people to stdout and flush."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: 1 student, 2 students."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a plain table with columns as wide as their content."""
    lines = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join(cells).rstrip())
