"""The database of one data folder: one writer, readers, backups."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from desktop_app.services.errors import DatabaseLockedError
from desktop_app.services.identity.book import BOOK_ID, INSTALLATION
from desktop_app.services.views.changes import Changes
from desktop_app.storage import backup as backups
from desktop_app.storage.audit_anchor import AuditAnchor
from desktop_app.storage.book_contents import read_contents
from desktop_app.storage.change_collector import ChangeCollector
from desktop_app.storage.error_translation import translated
from desktop_app.storage.migrate import migrate
from desktop_app.storage.read_connections import ReadConnections
from desktop_app.storage.reader import compose_reader
from desktop_app.storage.schema_objects import SchemaWatch
from desktop_app.storage.write_connection import WriteConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from desktop_app.domain.anchor import Anchors
    from desktop_app.domain.audit import Head
    from desktop_app.services.errors import ServiceError
    from desktop_app.services.ports.system import BookRegistry
    from desktop_app.services.views.identity import CleanBook
    from desktop_app.services.views.maintenance import BackupReport, BookContents
    from desktop_app.storage.repositories import SqlRepositories
    from desktop_app.storage.unit_of_work import SqlUnitOfWork

DATABASE = "desk.sqlite3"
BACKUPS = "backups"


def utc_now() -> datetime:
    """Return the wall clock as aware UTC."""
    return datetime.now(UTC)


class SqlStore:
    """An open database. `close` it when done.

    Args:
        path: the file.
        now: the wall clock.
        registry: keeps the anchor's secret and copy outside the data folder.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime] = utc_now,
        registry: BookRegistry | None = None,
    ) -> None:
        self.path = path
        self._now = now
        self._anchor = AuditAnchor(path.parent, registry)
        self._first_check: Callable[[], object] | None = None
        self._is_checked = True
        self._check_lock = threading.RLock()
        self.refusal: ServiceError | None = None
        self.writer = WriteConnection(path)
        self._schema = SchemaWatch()
        self.changes = ChangeCollector()
        self.readers = ReadConnections(path, now)
        self._snapshots = ReadConnections(path, now, beside=self.readers)
        self.reader = compose_reader(self.readers)

    def writing(self) -> SqlUnitOfWork:
        """Open a unit of work; entering it waits for the one writing connection.

        Raises:
            ServiceError: the store is held; see `hold`.
        """
        if self.refusal is not None:
            raise self.refusal
        if not self._is_checked:
            self._check_first()
        return self._open_work(is_held=False)

    def hold(self, refusal: ServiceError) -> None:
        """Refuse to write from now on, with this error."""
        self.refusal = refusal

    def release(self) -> None:
        """Allow writing again."""
        self.refusal = None

    def deciding(self) -> SqlUnitOfWork:
        """Open a unit of work in spite of a refusal, for what ends it.

        It writes no anchor, unless it gives the book another id: what makes the chain genuine here
        is compared afterwards.
        """
        return self._open_work(is_held=True)

    def _open_work(self, *, is_held: bool) -> SqlUnitOfWork:
        return _unit_of_work_class()(
            self.writer, self._anchor, self._now, self.changes.add, self._schema, is_held=is_held
        )

    def check_before_writing(self, check: Callable[[], object]) -> None:
        """Call this once before the first unit of work; others wait for it.

        What is written replaces the anchors, so they are compared before.
        """
        self._first_check, self._is_checked = check, False

    def _check_first(self) -> None:
        with self._check_lock:  # entered again by the units of work of the check itself
            check, self._first_check = self._first_check, None
            if check is None:
                return
            try:
                check()
            except BaseException:
                self._first_check = check
                raise
            self._is_checked = True

    @contextmanager
    def reading(self) -> Iterator[SqlRepositories]:
        """Open repositories on one snapshot; never waits for the writer.

        Writing through them raises RuntimeError: a fault of the program, not of the disk.
        """
        from desktop_app.storage.repositories import SqlRepositories

        with self._snapshots.reading() as snapshot:
            try:
                connection = snapshot.connection
                yield SqlRepositories(self._now).use(connection, connection.cursor())
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_READONLY:
                    raise
                raise RuntimeError("a snapshot is read-only; `writing()` writes") from error

    def anchors(self, *, is_thorough: bool = True) -> Anchors:
        """Return the anchors of this book that are kept outside the database.

        Args:
            is_thorough: whether to ask the keyring, which blocks, even where file and copy agree.
        """
        stored = self.reader.settings.all()
        return self._anchor.read(
            stored.get(BOOK_ID, ""),
            is_thorough=is_thorough,
            is_upgrade=INSTALLATION not in stored,
        )

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy, check and count it."""
        return backups.make_backup(self.path, path, self._now())

    def start_clean(
        self, book: CleanBook, settings: Collection[str], check: Callable[[], None]
    ) -> None:
        """Archive the book and put a new one in its place; see the port.

        The archive is made while nobody else can write, and the new book from the archive. The new
        anchor is remembered before the swap: a start after a crash finds either book genuine.
        """
        from desktop_app.storage.clean_copy import write_clean_copy

        side = backups.unused_path(self.path.with_name(f".{self.path.name}.clean{backups.SCRATCH}"))
        self.hold(DatabaseLockedError("a clean book is being begun"))
        try:
            with self.deciding() as work:
                work.nothing_to_write()
                check()
                self.backup(book.archive)
            anchor = self._anchor.seal(write_clean_copy(book, settings, side, self._now()))
            backups.inspect(side, self._now())
            self._anchor.write_copy(anchor)
            self._replace(side, read_contents(book.archive).head)
            self._anchor.write(anchor)
        finally:
            for suffix in ("", "-wal", "-shm"):
                side.with_name(side.name + suffix).unlink(missing_ok=True)
            self.release()
        self.changes.add(Changes(students=True, courses=True, payments=True, settings=True))

    def _replace(self, side: Path, archived: Head | None) -> None:
        """Put a file in the place of the database, unless it was written since it was archived."""
        from desktop_app.storage.database_restore import alone

        def check_unchanged(connection: sqlite3.Connection) -> None:
            last = connection.execute(
                "SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1"
            ).fetchone()
            if archived is None or last != (archived.number, archived.hash):
                raise DatabaseLockedError("another program wrote to the book")

        with self._snapshots.stopped(), self.readers.stopped(), self.writer.stopped():
            with translated(), alone(self.path, check_unchanged):
                for suffix in ("-wal", "-shm"):
                    self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
                side.replace(self.path)
            self._schema = SchemaWatch()

    def read_backup(self, path: Path) -> BookContents:
        """Read what a backup holds."""
        return read_contents(path)

    def close(self) -> None:
        """Close every connection."""
        self.readers.close()
        self.writer.close()


@cache
def _unit_of_work_class() -> type[SqlUnitOfWork]:
    from desktop_app.storage.unit_of_work import SqlUnitOfWork

    return SqlUnitOfWork


def open_store(
    folder: Path,
    now: Callable[[], datetime] = utc_now,
    registry: BookRegistry | None = None,
) -> SqlStore:
    """Open the database of a data folder, created or upgraded as needed.

    Raises:
        StorageError: the folder or the file is unusable; its class says why.
    """
    with translated():
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / DATABASE
    migrate(path, folder / BACKUPS, now())
    return SqlStore(path, now, registry)
