"""Inserts or updates many rows by a natural key."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from desktop_app.services.ports.records import ImportCounts
from desktop_app.storage.mapping import (
    instant,
)
from desktop_app.storage.prepared_statements import PreparedStatement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Table


CHUNK = 5_000


def stamped(
    uid: str, desk_id: str, values: dict[str, Any], at: datetime
) -> dict[str, str | int | None]:
    """Return a new row: its values with uid, desk and both instants."""
    now = instant(at)
    return {"uid": uid, "desk_id": desk_id, **values, "created_at": now, "updated_at": now}


def bulk_upsert(
    connection: Connection,
    table: Table,
    key: str,
    rows: Iterator[dict[str, Any]],
    now: str,
) -> ImportCounts:
    """Insert new rows; of known ones change only those in which something differs."""
    added = updated = unchanged = 0
    on_offer = [table.c.withdrawn_at.is_(None)] if "withdrawn_at" in table.c else []
    kept = {"uid", "desk_id", "created_at", "updated_at"}
    while chunk := list(islice(rows, CHUNK)):
        columns = [name for name in chunk[0] if name not in kept]
        asked = select(table).where(table.c[key].in_([row[key] for row in chunk]), *on_offer)
        known = {_fold(getattr(row, key)): row for row in connection.execute(asked)}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for row in chunk:
            there = known.get(_fold(row[key]))
            if there is None:
                new.append(row)
            elif any(row[name] != getattr(there, name) for name in columns):
                changed.append(
                    {f"new_{name}": row[name] for name in columns}
                    | {"at": now, "known_uid": there.uid}
                )
        if new:
            PreparedStatement(table.insert().inline(), list(new[0])).run_each(connection, new)
        if changed:
            settings: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
            connection.execute(
                update(table)
                .where(table.c.uid == bindparam("known_uid"))
                .values({**settings, "updated_at": bindparam("at")}),
                changed,
            )
        added += len(new)
        updated += len(changed)
        unchanged += len(chunk) - len(new) - len(changed)
    return ImportCounts(added, updated, unchanged)


def _fold(text: str) -> str:
    """Fold case as SQLite's NOCASE does: ASCII letters only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
