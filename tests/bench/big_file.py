"""A desk's database with a million students, built once per schema and cached in the temp folder.

Bulk loading: secondary indexes are dropped and recreated, full-text tables rebuilt at the end.
The resulting schema is identical to that of a file created by the desk.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.storage.enrolment.name_words import add_name_words
from desktop_app.storage.migrate import migrate

from . import population

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = "2026-06-01T04:00:00.000000Z"
INSERT = """
    INSERT INTO students (uid, desk_id, roll_no, name, phone, email, guardian_name, guardian_phone,
        date_of_birth, state, phone_reversed, guardian_phone_reversed, created_at, updated_at)
    VALUES (?, 'D1', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
FULL_TEXT = ("student_words", "student_parts")


def migrated(path: Path) -> Path:
    """Create an empty database of the newest schema."""
    migrate(path, path.parent / "backups", datetime.now(UTC))
    return path


def values(number: int, row: population.Row) -> tuple[str | None, ...]:
    """Return the columns of a student for `INSERT`, as the desk would write them."""
    return (_uid(number), *row, row[2][::-1], row[5][::-1], NOW, NOW)


def _uid(number: int) -> str:
    return f"01976f00-{number >> 16:04x}-7{number & 0xFFF:03x}-8000-{number:012x}"


def filled(count: int) -> Path:
    """Return a database with a number of students; reuse a cached one of the same schema."""
    folder = Path(tempfile.gettempdir()) / f"pravesh-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fresh = migrated(Path(scratch, "fresh.sqlite3"))
        kept = folder / f"students-{count}-{_schema_hash(fresh)}.sqlite3"
        if not kept.exists():
            for old in folder.glob(f"students-{count}-*"):
                old.unlink()
            _fill(fresh, count)
            fresh.rename(kept)
    return kept


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    ).fetchall()


def _schema_hash(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        text = f"{population.VERSION} {_schema(connection)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _fill(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = _schema(connection)
        dropped = [
            (kind, name, sql)
            for kind, name, sql in before
            if kind in {"index", "trigger"} and " students " in f"{sql} "
        ]
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("BEGIN")
        for kind, name, _sql in dropped:
            connection.execute(f"DROP {kind} {name}")
        connection.executemany(INSERT, _rows(count))
        for _kind, _name, sql in dropped:
            connection.execute(sql)
        for table in FULL_TEXT:
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        add_name_words(connection, _names(count))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if _schema(connection) != before:
            raise RuntimeError("the filled file has not the desk's schema")


def _rows(count: int) -> Iterator[tuple[str | None, ...]]:
    for number, row in enumerate(population.students(count)):
        yield values(number, row)


def _names(count: int) -> Iterator[str]:
    for row in population.students(count):
        yield row[1]
        yield row[4]
