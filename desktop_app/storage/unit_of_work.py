"""One writing transaction: BEGIN IMMEDIATE at entry, nothing kept without `commit`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from desktop_app.domain.audit import GENESIS, AuditEntry, Head, canonical_detail, chain_hash
from desktop_app.storage.audit_anchor import write_anchor
from desktop_app.storage.engine import translated
from desktop_app.storage.enrolment.course_repository import SqlCourses
from desktop_app.storage.enrolment.enrolment_repository import SqlEnrollments
from desktop_app.storage.enrolment.student_repository import SqlStudents
from desktop_app.storage.error_translation import as_storage_error
from desktop_app.storage.mapping import instant
from desktop_app.storage.outbox_repository import SqlOutbox
from desktop_app.storage.payments.attempt_repository import SqlAttempts
from desktop_app.storage.payments.payment_repository import SqlMoney
from desktop_app.storage.payments.unmatched_repository import SqlStrays
from desktop_app.storage.prepared_statements import Prepared, driver_of
from desktop_app.storage.row_seals import ACTION, Seals
from desktop_app.storage.schema.system import audit_entries, capabilities, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

DEFAULT_DESK = "D1"

_SETTINGS = Prepared(select(settings))
_LAST_HASH = Prepared(
    select(audit_entries.c.id, audit_entries.c.hash).order_by(audit_entries.c.id.desc()).limit(1)
)
_ADD_ENTRY = Prepared(
    audit_entries.insert().inline(),
    ("desk_id", "at", "action", "subject", "detail", "previous_hash", "hash"),
)


class SqlUnitOfWork:
    """The writer's transaction, with a book per subject. Use it in a `with` block, once."""

    students: SqlStudents
    courses: SqlCourses
    enrollments: SqlEnrollments
    attempts: SqlAttempts
    money: SqlMoney
    outbox: SqlOutbox
    strays: SqlStrays
    _connection: Connection

    def __init__(self, engine: Engine, folder: Path, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._folder = folder
        self._head: Head | None = None
        self._now = now
        self._settings: dict[str, str] | None = None

    def __enter__(self) -> Self:
        with translated():
            connection = self._engine.connect()
            try:
                connection.begin()
                self._connection = connection
                desk_id = self.setting("desk.id") or DEFAULT_DESK
            except BaseException:
                connection.close()
                raise
        self._desk_id = desk_id
        self.students = SqlStudents(connection, desk_id)
        self.courses = SqlCourses(connection, desk_id)
        seals = self._seals = Seals()
        self.enrollments = SqlEnrollments(connection, desk_id, self._now, seals)
        self.outbox = SqlOutbox(connection, desk_id, self._now, seals)
        self.attempts = SqlAttempts(connection, desk_id, self._now, self.outbox, seals)
        self.money = SqlMoney(connection, desk_id, self._now, seals)
        self.strays = SqlStrays(connection, desk_id, self._now, seals)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with translated():
            self._connection.close()
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
            raise as_storage_error(error.orig) from error
        if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
            raise as_storage_error(error) from error

    def commit(self) -> None:
        """Seal the rows of money written, and make it all durable.

        Raises:
            StorageError: nothing was changed.
        """
        with translated():
            self._seal()
            self._connection.commit()
        if self._head is not None:
            write_anchor(self._folder, self._head)

    def _seal(self) -> None:
        seals = self._seals.take(driver_of(self._connection))
        if seals:
            at = instant(self._now())
            self.audit(AuditEntry(at, self._desk_id, ACTION, "", seals))

    def audit(self, entry: AuditEntry) -> None:
        """Append to the audit chain."""
        number, previous = self._newest()
        detail = canonical_detail(entry)
        linked = chain_hash(previous, entry, detail)
        _ADD_ENTRY.run(
            self._connection,
            {
                "desk_id": entry.desk_id,
                "at": entry.at,
                "action": entry.action,
                "subject": entry.subject,
                "detail": detail,
                "previous_hash": previous,
                "hash": linked,
            },
        )
        self._head = Head(number + 1, linked)

    def _newest(self) -> tuple[int, str]:
        """The number and hash of the chain's newest entry; nobody else writes meanwhile."""
        if self._head is not None:
            return self._head.number, self._head.hash
        last = _LAST_HASH.first(self._connection, {})
        return (last.id, last.hash) if last else (0, GENESIS)

    def setting(self, key: str) -> str | None:
        """Read a setting as stored: all at once, since nobody else writes meanwhile."""
        if self._settings is None:
            self._settings = {row.key: row.value for row in _SETTINGS.rows(self._connection, {})}
        return self._settings.get(key)

    def put_setting(self, key: str, value: str) -> None:
        """Store a setting."""
        self._connection.execute(
            insert(settings)
            .values(key=key, value=value)
            .on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )
        self._settings = None

    def capability(self, key_id: str, name: str) -> bool | None:
        """What is remembered of an account's feature; None when never tried."""
        found = self._connection.execute(
            select(capabilities.c.is_available).where(
                capabilities.c.key_id == key_id, capabilities.c.name == name
            )
        ).scalar()
        return None if found is None else bool(found)

    def remember_capability(self, key_id: str, name: str, at: datetime, *, available: bool) -> None:
        """Remember whether an account has a feature."""
        values = {"is_available": int(available), "checked_at": instant(at)}
        self._connection.execute(
            insert(capabilities)
            .values(key_id=key_id, name=name, **values)
            .on_conflict_do_update(index_elements=["key_id", "name"], set_=values)
        )
