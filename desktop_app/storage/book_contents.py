"""Contents of a database file: kind, schema, and the newest entry of its audit trail.

Reads closed files, backups above all. Dates and names of files are not asked: copying a folder
changes them.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from desktop_app.domain.audit import Head
from desktop_app.services.errors import StorageError
from desktop_app.services.identity.book import KIND, LIVE, TRAINING
from desktop_app.storage.backup import reading_only

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from desktop_app.services.views.maintenance import BookContents

_SAMPLE_EMAIL = "office@vidya.example"
"""Of training's sample centre; the domain `.example` belongs to nobody."""


def read_contents(path: Path) -> BookContents:
    """Read what a database file says of its book. Raises a StorageError."""
    from desktop_app.services.views.maintenance import BookContents

    with reading_only(path) as book:
        schema: int = book.execute("PRAGMA user_version").fetchone()[0]
        row = _first(book, "SELECT id, hash, at FROM audit_entries ORDER BY id DESC LIMIT 1")
        head, at = (Head(row[0], row[1]), str(row[2])) if row else (None, "")
        return BookContents(path, schema, _kind(book), head, at)


def _kind(book: sqlite3.Connection) -> str | None:
    """Return the kind as stored; in books of earlier programs, as their rows prove it."""
    stored = _first(book, f"SELECT value FROM settings WHERE key = '{KIND}'")
    if stored is not None:
        return str(stored[0])
    receipt = _first(
        book, "SELECT json_extract(content, '$.is_training') FROM receipts ORDER BY rowid DESC"
    )
    if receipt is not None and receipt[0] is not None:
        return TRAINING if receipt[0] else LIVE
    centre = _first(book, "SELECT value FROM settings WHERE key = 'centre.email'")
    return TRAINING if centre == (_SAMPLE_EMAIL,) else None


def _first(book: sqlite3.Connection, query: str) -> tuple[Any, ...] | None:
    with suppress(sqlite3.OperationalError):  # a table that the file lacks
        row: tuple[Any, ...] | None = book.execute(query).fetchone()
        return row
    return None


def newest_first(paths: Iterable[Path]) -> Iterator[BookContents]:
    """Yield what readable database files hold, the newest books first.

    A book that another one continues is older, whatever clock dated it. Of books that parted, as
    after a restore, the one whose last entry is later is newer.
    """
    left = []
    for path in paths:
        with suppress(StorageError):
            left.append(read_contents(path))
    left.sort(key=lambda each: each.head.number if each.head else 0, reverse=True)
    while left:  # the first of a chain is found at once to continue all the others
        ends = [each for each in left if not any(_continues(other, each) for other in left)]
        newest = max(ends, key=lambda each: each.at)
        yield newest
        left.remove(newest)


def _continues(newer: BookContents, older: BookContents) -> bool:
    """Return whether a book contains all of another one, and more."""
    if newer.head is None or (older.head is not None and newer.head.number <= older.head.number):
        return False
    return older.head is None or contains(newer.path, older.head)


def contains(path: Path, head: Head) -> bool:
    """Return whether the audit trail of a file has an entry; False where it cannot be read."""
    with suppress(StorageError), reading_only(path) as book:
        found = book.execute("SELECT hash FROM audit_entries WHERE id = ?", (head.number,))
        return bool(found.fetchone() == (head.hash,))
    return False
