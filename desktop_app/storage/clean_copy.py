"""A new book with the students, courses and settings of another one, and none of its money.

Its audit chain is new: the first entry names the archive of the book before. The
receipt series continue: no number is given twice.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_app.domain.anchor import Anchor
from desktop_app.domain.audit import (
    FORMAT,
    NO_ENTRY,
    AuditEntry,
    Head,
    canonical_detail,
    chain_hash,
)
from desktop_app.services.identity.book import BEFORE, BOOK_ID, INSTALLATION, KIND, LIVE
from desktop_app.storage import row_seals
from desktop_app.storage.error_translation import translated
from desktop_app.storage.mapping import instant
from desktop_app.storage.migrate import upgrade
from desktop_app.storage.repository import insert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.views.identity import CleanBook

ACTION = "book.begun_clean"
COPIED = (
    "families", "students", "courses", "fee_heads", "late_rules", "fee_plans", "fee_plan_heads",
    "fee_plan_parts", "concession_kinds", "promo_codes", "capabilities",
    "receipt_series",
)  # fmt: skip
_SERIES = "SELECT series || '/' || year, last FROM receipt_series ORDER BY year DESC, series"


def write_clean_copy(
    book: CleanBook, settings: Collection[str], target: Path, at: datetime
) -> Anchor:
    """Write a new book to a new file; return its anchor.

    Args:
        book: the new book; its archive is copied from.
        settings: the settings to copy.
        target: the new file.
        at: now.

    Raises:
        StorageError: it cannot be written.
    """
    upgrade(target)
    with translated(), closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("ATTACH ? AS old", (str(book.archive),))
        connection.execute("BEGIN IMMEDIATE")
        for table in (*COPIED, "name_words"):
            _copy(connection, table)
        head = _begin_chain(connection, book, settings, instant(at))
        series = dict(connection.execute(_SERIES).fetchall())
        connection.execute("COMMIT")
        connection.execute("DETACH old")
        connection.execute("PRAGMA journal_mode=DELETE")
    return Anchor(head, book.book_id, series)


def _copy(connection: sqlite3.Connection, table: str) -> None:
    found = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    names = ", ".join(name for (name,) in found)
    connection.execute(
        f"INSERT INTO main.{table} ({names}) SELECT {names} FROM old.{table} ORDER BY rowid"
    )


def _begin_chain(
    connection: sqlite3.Connection, book: CleanBook, settings: Collection[str], at: str
) -> Head:
    """Write the settings, then the first entries of the chain, which seal every row."""
    wanted = json.dumps([*settings, INSTALLATION])
    before = connection.execute(
        "SELECT value FROM old.settings WHERE key = ?", (BOOK_ID,)
    ).fetchone()
    connection.execute(
        "INSERT INTO main.settings SELECT * FROM old.settings "
        "WHERE key IN (SELECT value FROM json_each(?))",
        (wanted,),
    )
    own = {BOOK_ID: book.book_id, KIND: LIVE, BEFORE: before[0] if before else ""}
    connection.executemany("INSERT INTO main.settings VALUES (?, ?)", own.items())
    last = connection.execute(
        "SELECT id, hash FROM old.audit_entries ORDER BY id DESC LIMIT 1"
    ).fetchone()
    origin: dict[str, str | int | None] = {
        "from": own[BEFORE], "archive": book.archive.name,
        "entries": last[0] if last else 0, "hash": last[1] if last else "",
    }  # fmt: skip
    entry = AuditEntry(at, book.code, ACTION, book.book_id, origin)
    head = _append(connection, NO_ENTRY, entry)
    for seals in row_seals.everything(connection, (*COPIED, "settings")):
        head = _append(connection, head, AuditEntry(at, book.code, row_seals.ACTION, "", {**seals}))
    return head


def _append(connection: sqlite3.Connection, last: Head, entry: AuditEntry) -> Head:
    detail = canonical_detail(entry)
    linked = chain_hash(last.hash, entry, detail)
    columns: Mapping[str, str | int | None] = {
        "desk_id": entry.desk_id, "at": entry.at, "action": entry.action,
        "subject": entry.subject, "detail": detail, "previous_hash": last.hash, "hash": linked,
        "actor": entry.actor, "format": FORMAT,
    }  # fmt: skip
    connection.execute(insert("audit_entries", *columns), columns)
    return Head(last.number + 1, linked)
