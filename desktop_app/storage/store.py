"""The database of one data folder: one writer, readers, backups."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.storage import backup as backups
from desktop_app.storage.audit_anchor import read_anchor
from desktop_app.storage.book_contents import read_contents
from desktop_app.storage.change_collector import ChangeCollector
from desktop_app.storage.error_translation import translated
from desktop_app.storage.migrate import migrate
from desktop_app.storage.read_connections import ReadConnections
from desktop_app.storage.reader import compose_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from desktop_app.domain.audit import Head
    from desktop_app.services.errors import ServiceError
    from desktop_app.services.views.maintenance import BackupReport, BookContents
    from desktop_app.storage.repositories import SqlRepositories
    from desktop_app.storage.unit_of_work import SqlUnitOfWork

DATABASE = "desk.sqlite3"
BACKUPS = "backups"


def utc_now() -> datetime:
    """Return the wall clock as aware UTC."""
    return datetime.now(UTC)


class SqlStore:
    """An open database. `close` it when done."""

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self._now = now
        self._lock = threading.Lock()
        self.refusal: ServiceError | None = None
        self.turn = threading.Lock()
        self._engine: Engine | None = None
        self.changes = ChangeCollector()
        self.readers = ReadConnections(path)
        self._snapshots = ReadConnections(path)
        self.reader = compose_reader(self.readers)

    def writing(self) -> SqlUnitOfWork:
        """Open a unit of work; entering it waits for the one writing connection.

        Raises:
            ServiceError: the store is held; see `hold`.
        """
        if self.refusal is not None:
            raise self.refusal
        return self.deciding()

    def hold(self, refusal: ServiceError) -> None:
        """Refuse to write from now on, with this error."""
        self.refusal = refusal

    def release(self) -> None:
        """Allow writing again."""
        self.refusal = None

    def deciding(self) -> SqlUnitOfWork:
        """Open a unit of work in spite of a refusal, for what ends it."""
        from desktop_app.storage.unit_of_work import SqlUnitOfWork

        return SqlUnitOfWork(self.writer, self.turn, self.path.parent, self._now, self.changes.add)

    @contextmanager
    def reading(self) -> Iterator[SqlRepositories]:
        """Open repositories on one snapshot; never waits for the writer.

        Writing through them raises RuntimeError: a fault of the program, not of the disk.
        """
        from desktop_app.storage.repositories import SqlRepositories

        with self._snapshots.reading() as snapshot:
            try:
                yield SqlRepositories(self._now).use(snapshot.connection)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_READONLY:
                    raise
                raise RuntimeError("a snapshot is read-only; `writing()` writes") from error

    @property
    def writer(self) -> Engine:
        """The engine of the one writing connection, created when first needed."""
        from desktop_app.storage.engine import make_writer

        with self._lock:
            if self._engine is None:
                self._engine = make_writer(self.path)
            return self._engine

    def anchor(self) -> Head | None:
        """Return the head of the audit chain as kept outside the database."""
        return read_anchor(self.path.parent)

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy, check and count it."""
        return backups.make_backup(self.path, path, self._now())

    def read_backup(self, path: Path) -> BookContents:
        """Read what a backup holds."""
        return read_contents(path)

    def close(self) -> None:
        """Close every connection."""
        self.readers.close()
        self._snapshots.close()
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()


def open_store(folder: Path, now: Callable[[], datetime] = utc_now) -> SqlStore:
    """Open the database of a data folder, created or upgraded as needed.

    Raises:
        StorageError: the folder or the file is unusable; its class says why.
    """
    with translated():
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / DATABASE
    migrate(path, folder / BACKUPS, now())
    return SqlStore(path, now)
