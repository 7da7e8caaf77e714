"""One writing transaction: BEGIN IMMEDIATE at entry, nothing kept without `commit`."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Self

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from desktop_app.domain.audit import GENESIS, AuditEntry, Head, canonical_detail, chain_hash
from desktop_app.services.errors import DatabaseLockedError
from desktop_app.services.views.changes import Changes
from desktop_app.storage.audit_anchor import write_anchor
from desktop_app.storage.engine import translated
from desktop_app.storage.enrolment.course_repository import SqlCourseRepository
from desktop_app.storage.enrolment.enrolment_repository import SqlEnrollmentRepository
from desktop_app.storage.enrolment.student_repository import SqlStudentRepository
from desktop_app.storage.error_translation import as_storage_error
from desktop_app.storage.mapping import instant
from desktop_app.storage.outbox_repository import SqlOutboxRepository
from desktop_app.storage.payments.attempt_repository import SqlAttemptRepository
from desktop_app.storage.payments.dispute_repository import SqlDisputeRepository
from desktop_app.storage.payments.ledger_repository import SqlLedgerRepository
from desktop_app.storage.payments.payment_repository import SqlPaymentRepository
from desktop_app.storage.payments.receipt_repository import SqlReceiptRepository
from desktop_app.storage.payments.refund_repository import SqlRefundRepository
from desktop_app.storage.payments.unapplied_repository import SqlUnappliedRepository
from desktop_app.storage.payments.unmatched_repository import SqlUnmatchedRepository
from desktop_app.storage.prepared_statements import PreparedStatement, driver_of
from desktop_app.storage.row_seals import ACTION, RowSeals
from desktop_app.storage.schema.system import audit_entries, capabilities, settings

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

log = logging.getLogger(__name__)

DEFAULT_DESK = "D1"
TURN_S = 30.0
"""How long to wait for a turn at the writing connection."""

_SETTINGS = PreparedStatement(select(settings))
_LAST_HASH = PreparedStatement(
    select(audit_entries.c.id, audit_entries.c.hash).order_by(audit_entries.c.id.desc()).limit(1)
)
_ADD_ENTRY = PreparedStatement(
    audit_entries.insert().inline(),
    ("desk_id", "at", "action", "subject", "detail", "previous_hash", "hash"),
)


class SqlRepositories:
    """A repository per subject, on one snapshot that can only be read. A `with` block, used once.

    Writing through it raises RuntimeError: that is a fault of the program, not of the disk.
    """

    _connection: Connection

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._settings: dict[str, str] | None = None

    def __enter__(self) -> Self:
        with translated():
            connection = self._connect()
            try:
                connection.begin()
                self._connection = connection
                desk_id = self.setting("desk.id") or DEFAULT_DESK
            except BaseException:
                connection.close()
                raise
        self._desk_id = desk_id
        self._seals = RowSeals()
        given = (connection, desk_id, self._now, self._seals)
        self.students = SqlStudentRepository(*given)
        self.courses = SqlCourseRepository(*given)
        self.enrollments = SqlEnrollmentRepository(*given)
        self.outbox = SqlOutboxRepository(*given)
        self.attempts = SqlAttemptRepository(*given, self.outbox)
        self.payments = SqlPaymentRepository(*given)
        self.refunds = SqlRefundRepository(*given)
        self.unapplied = SqlUnappliedRepository(*given, self.refunds)
        self.receipts = SqlReceiptRepository(*given)
        self.ledger = SqlLedgerRepository(*given)
        self.disputes = SqlDisputeRepository(*given)
        self.unmatched = SqlUnmatchedRepository(*given)
        return self

    def _connect(self) -> Connection:
        return self._engine.connect()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with translated():
            self._connection.close()
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, sqlite3.Error) or isinstance(cause, sqlite3.IntegrityError):
            return
        raise self._named(cause) from error

    def _named(self, error: sqlite3.Error) -> Exception:
        """Name what SQLite raised inside the block."""
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY:
            return RuntimeError("written to where one only reads; open `writing()` for it")
        return as_storage_error(error)

    def setting(self, key: str) -> str | None:
        """Read a setting as stored: all at once, since none changes under this transaction."""
        if self._settings is None:
            self._settings = {row.key: row.value for row in _SETTINGS.rows(self._connection, {})}
        return self._settings.get(key)

    def capability(self, key_id: str, name: str) -> bool | None:
        """What is remembered of an account's feature; None when never tried."""
        found = self._connection.execute(
            select(capabilities.c.is_available).where(
                capabilities.c.key_id == key_id, capabilities.c.name == name
            )
        ).scalar()
        return None if found is None else bool(found)


class SqlUnitOfWork(SqlRepositories):
    """The writer's transaction: leaving it without `commit` undoes everything.

    The writer is held for what is written only. A block that ends without an error and has
    changed no row is logged as a fault, unless it called `nothing_to_write`.

    Args:
        engine: has the one writing connection.
        turn: held while waiting for it, so that a thread which returns the connection and wants
            it again does not overtake one that waits already.
    """

    def __init__(
        self,
        engine: Engine,
        turn: threading.Lock,
        folder: Path,
        now: Callable[[], datetime],
        changed: Callable[[Changes], None],
    ) -> None:
        super().__init__(engine, now)
        self._turn = turn
        self._folder = folder
        self._changed = changed
        self._head: Head | None = None
        self._is_decided = False
        self._changes_before = 0

    def __enter__(self) -> Self:
        super().__enter__()
        self._changes_before = driver_of(self._connection).total_changes
        return self

    def _connect(self) -> Connection:
        if not self._turn.acquire(timeout=TURN_S):
            raise DatabaseLockedError("no connection became free")
        try:
            return super()._connect()
        finally:
            self._turn.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        if error is None and not self._is_decided:
            log.error("a writing transaction changed nothing", stack_info=True)

    def _named(self, error: sqlite3.Error) -> Exception:
        return as_storage_error(error)

    def nothing_to_write(self) -> None:
        """Declare that nothing is to be written, as it turned out under the lock."""
        self._is_decided = True

    def commit(self) -> None:
        """Seal the rows of money written, and make it all durable.

        Raises:
            StorageError: nothing was changed.
        """
        with translated():
            self._seal()
            self._is_decided = driver_of(self._connection).total_changes > self._changes_before
            self._connection.commit()
        self._changed(self._changes())
        if self._head is not None:
            write_anchor(self._folder, self._head)

    def _seal(self) -> None:
        seals = self._seals.take(driver_of(self._connection))
        if seals:
            at = instant(self._now())
            self.audit(AuditEntry(at, self._desk_id, ACTION, "", seals))

    def _changes(self) -> Changes:
        """Return the subjects of the tables written; an enrolment takes a seat of its course."""
        written, self._seals.tables = self._seals.tables, set()
        return Changes(
            students="students" in written,
            courses=bool(written & {"courses", "enrollments"}),
            payments=bool(written - {"students", "courses", "settings"}),
            settings="settings" in written,
        )

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

    def put_setting(self, key: str, value: str) -> None:
        """Store a setting."""
        self._seals.touch("settings")
        self._connection.execute(
            insert(settings)
            .values(key=key, value=value)
            .on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )
        self._settings = None

    def remember_capability(self, key_id: str, name: str, at: datetime, *, available: bool) -> None:
        """Remember whether an account has a feature."""
        values = {"is_available": int(available), "checked_at": instant(at)}
        self._connection.execute(
            insert(capabilities)
            .values(key_id=key_id, name=name, **values)
            .on_conflict_do_update(index_elements=["key_id", "name"], set_=values)
        )
