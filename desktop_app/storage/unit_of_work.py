"""One writing transaction: BEGIN IMMEDIATE at entry, nothing kept without `commit`."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Self

from desktop_app.domain.anchor import Anchor
from desktop_app.domain.audit import (
    FORMAT,
    NO_ENTRY,
    AuditEntry,
    Head,
    canonical_detail,
    chain_hash,
)
from desktop_app.services.identity.book import BOOK_ID
from desktop_app.services.views.changes import Changes
from desktop_app.storage.error_translation import as_storage_error, translated
from desktop_app.storage.mapping import instant
from desktop_app.storage.repositories import SqlRepositories
from desktop_app.storage.repository import run
from desktop_app.storage.row_seals import ACTION
from desktop_app.storage.schema_objects import ALTERED
from desktop_app.storage.write_connection import KnownRows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import TracebackType

    from desktop_app.storage.audit_anchor import AuditAnchor, SealedAnchor
    from desktop_app.storage.schema_objects import SchemaWatch
    from desktop_app.storage.write_connection import WriteConnection

log = logging.getLogger(__name__)
_TRANSLATED = translated()

_ADD_ENTRY = """
    INSERT INTO audit_entries
        (desk_id, at, action, subject, detail, previous_hash, hash, actor, format)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_OF_STUDENTS = ("students", "enrollments", "dues", "due_changes", "allocations")
_OF_COURSES = ("courses", "enrollments", "fee_plans")
_OF_NO_PAYMENT = frozenset({"students", "courses", "settings", "capabilities"})
_DATA_VERSION = "PRAGMA data_version"
_LAST_ENTRY = "SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1"
_PUT_SETTING = """
    INSERT INTO settings (key, value) VALUES (:key, :value)
    ON CONFLICT (key) DO UPDATE SET value = :value
"""
_PUT_CAPABILITY = """
    INSERT INTO capabilities (key_id, name, is_available, checked_at)
    VALUES (:key_id, :name, :is_available, :at)
    ON CONFLICT (key_id, name) DO UPDATE SET is_available = :is_available, checked_at = :at
"""


class SqlUnitOfWork(SqlRepositories):
    """The writer's transaction: leaving it without `commit` undoes everything. Used once.

    The writer is held for what is written only. A block that ends without an error and has
    changed no row is logged as a fault, unless it called `nothing_to_write`.

    Args:
        writer: lends the one writing connection.
        anchor: keeps the head of the audit chain outside the database.
        now: the wall clock.
        changed: called after each commit with what it changed.
        schema: notices tables and triggers that the desk did not make.
        is_held: whether the book is held, and its anchors say nothing about this transaction.
    """

    def __init__(
        self,
        writer: WriteConnection,
        anchor: AuditAnchor,
        now: Callable[[], datetime],
        changed: Callable[[Changes], None],
        schema: SchemaWatch,
        *,
        is_held: bool = False,
    ) -> None:
        super().__init__(now)
        self._writer = writer
        self._anchor = anchor
        self._changed = changed
        self._schema = schema
        self._head: Head | None = None
        self._is_held = is_held
        self._before = NO_ENTRY
        self._is_identified = False
        self._is_decided = False
        self._known: KnownRows | None = None

    def __enter__(self) -> Self:
        with _TRANSLATED:
            connection = self._writer.lend()
            try:
                cursor = connection.execute("BEGIN IMMEDIATE")
                self._recall(cursor)
                self.use(connection, cursor)
            except BaseException:
                self._writer.take_back()
                raise
        self._changes_before = connection.total_changes
        return self

    def _recall(self, cursor: sqlite3.Cursor) -> None:
        """Keep what the transaction before left, unless another program wrote since."""
        self._data_version: int = cursor.execute(_DATA_VERSION).fetchone()[0]
        known = self._writer.known
        if known is not None and known.data_version == self._data_version:
            self._known = known
            self._settings = known.settings

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.take_back()
        if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
            raise as_storage_error(error) from error
        if error is None and not self._is_decided:
            log.error("a writing transaction changed nothing", stack_info=True)

    def nothing_to_write(self) -> None:
        """Declare that there is nothing to write, as it turned out under the lock."""
        self._is_decided = True

    def commit(self) -> None:
        """Seal the rows that were written, and make everything durable.

        Raises:
            StorageError: nothing was changed.
        """
        with _TRANSLATED:
            version = self._note_schema()
            series = self._series()
            self._seal()
            self._is_decided = self._connection.total_changes > self._changes_before
            anchor, changes = self._next_anchor(series), self._changes()
            head = self._head or (self._known.head if self._known is not None else None)
            known = KnownRows(self._data_version, version, self._settings, head, series)
            self._writer.known = None
            self._connection.commit()  # everything costs more after it: the processor has slept
        self._writer.known = known
        self._schema.note(version)
        self._changed(changes)
        if anchor is not None:
            self._anchor.write(anchor)

    def _series(self) -> Mapping[str, int]:
        """Return the last receipt number by series and year, newest series first."""
        known = self._known and self._known.series
        if known is None:
            return self.receipts.last_sequences()
        written = self._seals.series
        return (
            {**known, **written}
            if written.keys() <= known.keys()
            else (self.receipts.last_sequences())
        )

    def _next_anchor(self, series: Mapping[str, int]) -> SealedAnchor | None:
        """Return the anchor to write after the commit; None where the chain stays as it is.

        A book that gets its id in this transaction has no anchor under it yet: one is written
        before, so that a crash after the commit leaves one that is merely behind.
        """
        if self._head is None or (self._is_held and not self._is_identified):
            return None
        book_id = self.setting(BOOK_ID) or ""
        if self._is_identified:
            self._anchor.write(self._anchor.seal(Anchor(self._before, book_id, series)))
        return self._anchor.seal(Anchor(self._head, book_id, series))

    def _note_schema(self) -> int:
        """Put a foreign trigger into the trail, before the seals cover what it did to the rows."""
        if self._known is not None:
            return self._known.schema_version
        altered, version = self._schema.altered(self._connection)
        if altered is not None:
            self._note(ALTERED, {"objects": altered})
        return version

    def _seal(self) -> None:
        seals = self._seals.collect(self.given.cursor)
        if seals:
            self._note(ACTION, seals)

    def _note(self, action: str, detail: Mapping[str, str]) -> None:
        self.audit(AuditEntry(instant(self._now), self._desk_id, action, "", detail))

    def _changes(self) -> Changes:
        """Return the subjects of the tables written.

        An enrolment takes a seat of its course, and is listed with its student, as its fee is.
        """
        written, self._seals.tables = self._seals.tables, set()
        return Changes(
            students=not written.isdisjoint(_OF_STUDENTS),
            courses=not written.isdisjoint(_OF_COURSES),
            payments=not written <= _OF_NO_PAYMENT,
            settings="settings" in written,
        )

    def audit(self, entry: AuditEntry) -> None:
        """Append to the audit chain."""
        newest = self._newest()
        number, previous = newest.number, newest.hash
        detail = canonical_detail(entry)
        linked = chain_hash(previous, entry, detail)
        self.given.cursor.execute(
            _ADD_ENTRY,
            (
                entry.desk_id, entry.at, entry.action, entry.subject, detail, previous, linked,
                entry.actor, FORMAT,
            ),
        )  # fmt: skip
        self._head = Head(number + 1, linked)

    def _newest(self) -> Head:
        """Return the chain's newest entry; no other connection writes now."""
        if self._head is not None:
            return self._head
        if self._known is not None and self._known.head is not None:
            self._before = self._known.head
            return self._before
        last = run(self._connection, _LAST_ENTRY, {}).fetchone()
        self._before = Head(last.id, last.hash) if last else NO_ENTRY
        return self._before

    def put_setting(self, key: str, value: str) -> None:
        """Store a setting."""
        self._seals.add("settings", key)
        self._is_identified = self._is_identified or key == BOOK_ID
        self.given.cursor.execute(_PUT_SETTING, {"key": key, "value": value})
        self._settings = None

    def put_capability(self, key_id: str, name: str, at: datetime, *, available: bool) -> None:
        """Store whether an account has a feature."""
        self._seals.add("capabilities", name)
        columns = {"key_id": key_id, "name": name, "is_available": int(available)}
        self.given.cursor.execute(_PUT_CAPABILITY, {**columns, "at": instant(at)})
