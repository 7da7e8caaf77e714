"""Inserts or updates many rows by a natural key."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from desktop_app.services.ports.records import ImportCounts
from desktop_app.storage.repository import insert, run

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from desktop_app.storage.row_seals import RowSeals

CHUNK = 5_000
KEPT = {"uid", "desk_id", "created_at"}
"""Columns of a known row that an import leaves as they are."""


def bulk_upsert(
    connection: sqlite3.Connection,
    seals: RowSeals,
    table: str,
    key: str,
    rows: Iterator[dict[str, Any]],
    *,
    only: str = "",
) -> ImportCounts:
    """Insert new rows; of known ones change only those in which something differs.

    Args:
        connection: in the transaction.
        seals: collects which rows were written.
        table: the rows' table; they carry every column that is not null.
        key: the column that names a row, without regard to case.
        rows: new rows, with a uid and both instants.
        only: a condition that known rows must meet.
    """
    known_rows = f"SELECT * FROM {table} WHERE {key} IN (SELECT value FROM json_each(:keys)) {only}"
    added = updated = unchanged = 0
    while chunk := list(islice(rows, CHUNK)):
        columns = [name for name in chunk[0] if name not in KEPT]
        keys = json.dumps([row[key] for row in chunk])
        known = {
            _fold(getattr(row, key)): row for row in run(connection, known_rows, {"keys": keys})
        }
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for row in chunk:
            there = known.get(_fold(row[key]))
            if there is None:
                new.append(row)
            elif any(row[name] != getattr(there, name) for name in columns if name != "updated_at"):
                changed.append({**row, "uid": there.uid})
        if new:
            connection.executemany(insert(table, *new[0]), new)
        if changed:
            settings = ", ".join(f"{name} = :{name}" for name in columns)
            connection.executemany(f"UPDATE {table} SET {settings} WHERE uid = :uid", changed)
        for row in (*new, *changed):
            seals.add(table, row["uid"])
        added += len(new)
        updated += len(changed)
        unchanged += len(chunk) - len(new) - len(changed)
    return ImportCounts(added, updated, unchanged)


def _fold(text: str) -> str:
    """Fold case as SQLite's NOCASE does: ASCII letters only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
