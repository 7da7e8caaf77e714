"""Queries of the audit trail, and checks of the whole database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain.audit import AuditEntry, Head, Link
from desktop_app.storage.mapping import optional_instant, read_instant
from desktop_app.storage.read_connections import Queries
from desktop_app.storage.schema_objects import ALTERED, altered
from desktop_app.storage.seal_verification import first_unsealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

HEAD = "SELECT id, hash, at FROM audit_entries ORDER BY id DESC LIMIT 1"
NOTED = "SELECT at, detail FROM audit_entries WHERE action = :action ORDER BY id DESC LIMIT 1"


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
        return bool(found == head.hash)

    def last_at(self) -> datetime | None:
        """Return when the newest entry was written, None in a new database."""
        row = self._first(HEAD)
        return None if row is None else read_instant(row.at)

    def rolled_back_at(self) -> datetime | None:
        """Return when a rollback of the database was last detected, None if it never was."""
        return optional_instant(self._scalar(NOTED, action="trail.rewound"))

    def first_unsealed(self) -> str | None:
        """Describe a row that differs from its seal; None when all match."""
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
