"""Seals over the rows of money: the digest of each row as written, kept in the audit chain.

A unit of work collects the rows it wrote; its commit adds their digests to the chain as one entry.
A row that is edited, added or removed in the file no longer matches its seal, and an edited seal
breaks the chain.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from desktop_app.storage.read_connections import ReadConnection

ACTION = "rows.sealed"
ROWS_AN_ENTRY = 200
_HEX = 32

_KEY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "payments": ("uid",),
    "receipts": ("uid",),
    "ledger_entries": ("payment_uid", "movement_uid"),
    "refunds": ("uid",),
    "late_decisions": ("payment_uid",),
    "receipt_series": ("series", "year"),
    "attempts": ("uid",),
    "attempt_events": ("attempt_uid",),
    "orders": ("order_id",),
    "errands": ("uid",),
    "receipt_prints": ("receipt_uid",),
    "enrollments": ("uid",),
    "dues": ("uid",),
    "disputes": ("uid",),
    "strays": ("uid",),
}
_MANY_UNDER_A_KEY = ("ledger_entries", "attempt_events", "receipt_prints")

SELECTS = {
    table: f"SELECT * FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in columns)}"
    + (" ORDER BY id" if table in _MANY_UNDER_A_KEY else "")
    for table, columns in _KEY_COLUMNS.items()
}
"""By table, the rows that one seal covers; the parts of a key are joined by `|`."""

KEYS = {table: " || '|' || ".join(columns) for table, columns in _KEY_COLUMNS.items()}


WRITTEN_ONCE = frozenset({"payments", "receipts", "ledger_entries", "late_decisions"})


class RowSeals:
    """The rows that one transaction wrote.

    Attributes:
        tables: which tables were written, sealed or not.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], None] = {}
        self.tables: set[str] = set()

    def add(self, table: str, *key: str) -> None:
        """Add a row that was written."""
        self.touch(table)
        self._rows[(table, "|".join(key))] = None

    def touch(self, table: str) -> None:
        """Add a table that was written, whose rows have no seals."""
        self.tables.add(table)

    def collect(self, connection: sqlite3.Connection) -> dict[str, str]:
        """Return the seals of every row added, and clear them."""
        found = {f"{table}:{key}": seal_of(connection, table, key)[0] for table, key in self._rows}
        self._rows.clear()
        return found


def seal_of(connection: sqlite3.Connection, table: str, key: str) -> tuple[str, int]:
    """Return the digest of the rows under a key, and their number."""
    cursor = connection.execute(SELECTS[table], key.split("|"))
    names = tuple([column[0] for column in cursor.description])
    rows = cursor.fetchall()
    return digest(names, rows), len(rows)


def digest(names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> str:
    """Return a digest of the columns that are not null: a column added later changes nothing."""
    text = canonical_text(names, rows)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_HEX]


def canonical_text(names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> str:
    """Return `ascii` of each row's list of (name, value), written at half its cost.

    Unlike that of `repr`, the result is independent of the Unicode version.
    """
    parts = _parts(names)
    texts = [
        ", ".join([f"{head}{row[at]!a})" for head, at in parts if row[at] is not None])
        for row in rows
    ]
    return f"[[{'], ['.join(texts)}]]" if texts else "[]"


@lru_cache(maxsize=64)
def _parts(names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return for each name, in alphabetical order, the text before its value, and its index."""
    order = sorted((name, at) for at, name in enumerate(names))
    return tuple((f"({name!a}, ", at) for name, at in order)


def everything(connection: sqlite3.Connection) -> Iterator[dict[str, str]]:
    """Yield the seals of every row, as many at a time as one entry holds."""
    kept: dict[str, str] = {}
    for table, key in KEYS.items():
        keys = connection.execute(f"SELECT DISTINCT {key} FROM {table}").fetchall()
        for (each,) in keys:
            kept[f"{table}:{each}"] = seal_of(connection, table, each)[0]
            if len(kept) == ROWS_AN_ENTRY:
                yield kept
                kept = {}
    if kept:
        yield kept


class _Seen:
    """The set of names seen so far, in a temporary file: a large database has millions."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode=OFF")
        self._kept.execute("CREATE TABLE seen (mark INTEGER PRIMARY KEY)")
        self._kept.execute("BEGIN")

    def is_new(self, name: str) -> bool:
        """Add a name; return whether it is new."""
        mark = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest())
        added = self._kept.execute("INSERT OR IGNORE INTO seen VALUES (?)", (mark,))
        return added.rowcount == 1

    def close(self) -> None:
        """Delete the file."""
        self._kept.close()


def first_unsealed(reading: ReadConnection) -> str | None:
    """Describe a row of money that differs from its seal; None when all match.

    The newest seal of a row counts. Verify the chain itself before.
    """
    counts = dict.fromkeys(SELECTS, 0)
    entries = reading.execute(
        "SELECT detail FROM audit_entries WHERE action = :action ORDER BY id DESC",
        {"action": ACTION},
    )
    with closing(_Seen()) as seen:
        for entry in entries:
            for name, sealed in json.loads(entry.detail).items():
                table, _, key = name.partition(":")
                if table not in WRITTEN_ONCE and not seen.is_new(name):
                    continue
                found, count = seal_of(reading.connection, table, key)
                if found != sealed:
                    return f"a row of {table} was changed or removed"
                counts[table] += count
    for table, count in counts.items():
        there = reading.execute(f"SELECT count(*) FROM {table}").scalar()
        if there != count:
            return f"{table} has a row that was not written by the desk"
    return None


APPEND_ONLY = (
    "attempt_events payments receipts receipt_prints ledger_entries audit_entries late_decisions"
).split()


def unguarded(reading: ReadConnection) -> list[str]:
    """Return the tables whose append-only triggers are missing or changed."""
    found = {
        row.name: row.sql
        for row in reading.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    }
    return [
        table
        for table in APPEND_ONLY
        if any(
            f"BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT"
            not in found.get(f"{table}_no_{verb}", "")
            for verb in ("update", "delete")
        )
    ]
