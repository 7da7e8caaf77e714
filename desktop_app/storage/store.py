"""The database of one data folder: one writer, readers, backups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.storage import backup as backups
from desktop_app.storage.engine import make_reader, make_writer, translated
from desktop_app.storage.migrate import migrate
from desktop_app.storage.queries import SqlReader
from desktop_app.storage.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.upkeep_views import BackupReport

DATABASE = "desk.sqlite3"
BACKUPS = "backups"


def utc_now() -> datetime:
    """The wall clock as aware UTC."""
    return datetime.now(UTC)


class SqlStore:
    """An open database. `close` it when done."""

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self._now = now
        self._writer = make_writer(path)
        self._readers = make_reader(path)
        self.reader = SqlReader(self._readers)

    def writing(self) -> SqlUnitOfWork:
        """Open a unit of work; entering it waits for the one writing connection."""
        return SqlUnitOfWork(self._writer, self._now)

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy, check and count it."""
        return backups.make_backup(self.path, path, self._now())

    def close(self) -> None:
        """Let go of every connection."""
        self._readers.dispose()
        self._writer.dispose()


def open_store(folder: Path, now: Callable[[], datetime] = utc_now) -> SqlStore:
    """Open a data folder's database, made or upgraded as needed.

    Raises:
        StorageError: the folder or the file does not work; its kind says why.
    """
    with translated():
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / DATABASE
    migrate(path, folder / BACKUPS, now())
    return SqlStore(path, now)
