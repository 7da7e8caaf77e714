"""Queries of the audit trail, and checks of the whole database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain.anchor import RESTORED, REWOUND
from desktop_app.domain.audit import NO_ENTRY, AuditEntry, Head, Link
from desktop_app.storage.mapping import instant, optional_instant, read_instant
from desktop_app.storage.read_connections import Queries
from desktop_app.storage.schema_objects import ALTERED, altered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

HEAD = "SELECT id, hash, at FROM audit_entries ORDER BY id DESC LIMIT 1"
NOTED = "SELECT at, detail FROM audit_entries WHERE action = :action ORDER BY id DESC LIMIT 1"
UNTIL = "SELECT at FROM audit_entries WHERE at <= :at ORDER BY id DESC LIMIT 1"
LOST = f"""
    SELECT json_extract(detail, '$.lost') AS heads FROM audit_entries
    WHERE action IN ('{REWOUND}', '{RESTORED}') AND json_valid(detail)
"""


class SqlAuditQueries(Queries):
    """Queries of the audit trail."""

    def links(self) -> Iterator[Link]:
        """Yield every entry, oldest first."""
        with self._connections.reading() as reading:
            for row in reading.execute("SELECT * FROM audit_entries ORDER BY id"):
                detail = json.loads(row.detail)
                entry = AuditEntry(row.at, row.desk_id, row.action, row.subject, detail, row.actor)
                yield Link(row.id, entry, row.previous_hash, row.hash, row.format)

    def head(self) -> Head | None:
        """Return the newest entry, None without one."""
        row = self._first(HEAD)
        return None if row is None else Head(row.id, row.hash)

    def has_link(self, head: Head) -> bool:
        """Return whether the chain contains an entry as it was known before."""
        found = self._scalar("SELECT hash FROM audit_entries WHERE id = :id", id=head.number)
        return bool(found == head.hash) or head == NO_ENTRY

    def lost_hashes(self) -> frozenset[str]:
        """Return the hashes of entries that an earlier rollback found gone, and dealt with."""
        with self._connections.reading() as reading:
            found = [row.heads for row in reading.execute(LOST) if row.heads]
        return frozenset(" ".join(found).split())

    def last_at(self, until: datetime) -> datetime | None:
        """Return when the newest entry was written that no clock dates after an instant.

        Where all are, the newest one; None in a new database.
        """
        found = self._scalar(UNTIL, at=instant(until))
        row = self._first(HEAD) if found is None else None
        return optional_instant(found if row is None else row.at)

    def newest_at(self, action: str) -> datetime | None:
        """Return when an action was last recorded, None if it never was."""
        return optional_instant(self._scalar(NOTED, action=action))

    def first_unsealed(self) -> str | None:
        """Describe a row that differs from its seal; None when all match."""
        from desktop_app.storage.seal_verification import first_unsealed  # no start needs it

        with self._connections.reading() as reading:
            return first_unsealed(reading)

    def altered_schema(self) -> str | None:
        """Describe tables and triggers that the desk did not make, or misses; None without any."""
        with self._connections.reading() as reading:
            return altered(reading.connection)

    def altered_at(self) -> tuple[datetime, str] | None:
        """Return when that was last noted while writing, and what it was; None if it never was."""
        row = self._first(NOTED, action=ALTERED)
        return None if row is None else (read_instant(row.at), json.loads(row.detail)["objects"])

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite's integrity check reports; empty when sound."""
        with self._connections.reading() as reading:
            lines = [str(row[0]) for row in reading.execute("PRAGMA integrity_check(10)")]
            broken = reading.execute("PRAGMA foreign_key_check").all()
        found = [line for line in lines if line != "ok"]
        return (*found, *(f"a row of {row[0]} refers to nothing" for row in broken[:10]))
