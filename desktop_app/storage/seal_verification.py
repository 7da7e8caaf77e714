"""Comparison of every sealed row with its newest seal. Verify the chain itself before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_app.storage.row_seals import (
    ACTION,
    RUN_HEX,
    SEALED_TABLES,
    STUDENTS,
    WRITTEN_ONCE,
    seal_of,
    student_seals,
)

if TYPE_CHECKING:
    from desktop_app.storage.read_connections import ReadConnection


def first_unsealed(reading: ReadConnection) -> str | None:
    """Describe a row that differs from its seal; None when all match."""
    entries = reading.execute(
        "SELECT detail FROM audit_entries WHERE action = :action ORDER BY id DESC",
        {"action": ACTION},
    )
    with closing(_Comparison(reading.connection)) as comparison:
        for entry in entries:
            for name, sealed in json.loads(entry.detail).items():
                table, _, key = name.partition(":")
                if not comparison.matches(table, key, sealed):
                    return f"a row of {table} was changed or removed"
        for table, count in comparison.counts.items():
            there = reading.execute(f"SELECT count(*) FROM {table}").scalar()
            if there != count:
                return f"{table} has a row that was not written by the desk"
    return None


class _Comparison:
    """The rows compared so far, newest seals first. What was seen is in a temporary file.

    A large database has millions of seals.

    Attributes:
        counts: how many rows of each table have a seal.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.counts = dict.fromkeys(SEALED_TABLES, 0)
        self._seen = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "CREATE TABLE names (mark INTEGER PRIMARY KEY)",
            "CREATE TABLE students (id INTEGER PRIMARY KEY)",
            "BEGIN",
        ):
            self._seen.execute(statement)

    def close(self) -> None:
        """Delete the file."""
        self._seen.close()

    def matches(self, table: str, key: str, sealed: str) -> bool:
        """Return whether what a seal covers is as sealed, as far as no newer seal covers it."""
        if table == STUDENTS:
            return self._run_matches(key, sealed)
        if table not in WRITTEN_ONCE and not self._is_new(f"{table}:{key}"):
            return True
        found, count = seal_of(self._connection, table, key)
        self.counts[table] += count
        return found == sealed

    def _is_new(self, name: str) -> bool:
        mark = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest())
        added = self._seen.execute("INSERT OR IGNORE INTO names VALUES (?)", (mark,))
        return added.rowcount == 1

    def _run_matches(self, key: str, sealed: str) -> bool:
        first, last = map(int, key.split("-"))
        newer = self._seen.execute(
            "SELECT id FROM students WHERE id BETWEEN ? AND ?", (first, last)
        )
        skipped = {id_ for (id_,) in newer}
        found = student_seals(self._connection, first, last)
        fresh = [id_ for id_ in range(first, last + 1) if id_ not in skipped]
        self._seen.executemany("INSERT INTO students VALUES (?)", ((id_,) for id_ in fresh))
        self.counts[STUDENTS] += len(fresh)
        return all(
            found.get(id_) == sealed[(at := (id_ - first) * RUN_HEX) : at + RUN_HEX]
            for id_ in fresh
        )
