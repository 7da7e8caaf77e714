"""Puts a backup in the place of the database, after everything that can be checked was checked."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from shutil import copy2
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.errors import DatabaseLockedError, DatabaseNewerError, StorageError
from desktop_app.services.identity.book import LIVE, TRAINING
from desktop_app.services.views.maintenance import BackupReport, BookContents
from desktop_app.storage.backup import SCRATCH, copy_online, inspect, stamped_name, unused_path
from desktop_app.storage.book_contents import newest_first, read_contents
from desktop_app.storage.error_translation import as_storage_error, translated
from desktop_app.storage.migrate import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIELD = "backup"


def check_kind(path: Path, *, training: bool) -> None:
    """Check that a file is a book of this kind, and of a schema that this program knows.

    Raises:
        DatabaseNewerError: a newer program wrote it.
        InvalidInputError: it is a practice book where real ones belong, or the other way round.
        StorageError: it cannot be read.
    """
    found = read_contents(path)
    if found.schema > SCHEMA:
        raise DatabaseNewerError(f"schema {found.schema}, this program knows {SCHEMA}")
    if found.kind == TRAINING and not training:
        raise InvalidInputError(
            FIELD, "This backup is from practice mode. Choose a backup of your real data."
        )
    if found.kind == LIVE and training:
        raise InvalidInputError(
            FIELD, "This backup has real data. Exit practice mode to restore it."
        )


def newest_good(folder: Path, *, training: bool) -> BackupReport | None:
    """Return the newest good backup of a folder by what it holds, None without one.

    Damaged ones, those of newer programs and those of the other kind are passed over.
    """
    for found in newest_first(folder.glob("*.sqlite3")):
        with suppress(StorageError, InvalidInputError):
            check_kind(found.path, training=training)
            return inspect(found.path, _upto(found))
    return None


def _upto(found: BookContents) -> datetime:
    if found.at:
        return datetime.fromisoformat(found.at)
    return datetime.fromtimestamp(found.path.stat().st_mtime, UTC)


def last_receipts(path: Path) -> dict[str, int]:
    """Return the last number by series and year, empty where a file is too damaged to read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            return dict(raw.execute("SELECT series || '/' || year, last FROM receipt_series"))
    except sqlite3.Error:
        return {}


def restore(
    backup: Path, database: Path, at: datetime, *, training: bool
) -> tuple[BackupReport, Path | None]:
    """Replace the database by a backup, keeping the old file beside it.

    The backup is copied and checked before anything is moved. No process may have the database
    open.

    Args:
        backup: the file to restore.
        database: the file to replace.
        at: now.
        training: whether the database is a practice book.

    Returns:
        What was restored, and where the replaced file is kept, None where there was none.

    Raises:
        DatabaseLockedError: a process has the database open; nothing was changed.
        DatabaseNewerError: a newer program made the backup; nothing was changed.
        InvalidInputError: it is the database itself, or of the other kind; nothing was changed.
        StorageError: the backup is not sound; nothing was changed.
    """
    if database.exists() and backup.exists() and backup.samefile(database):
        raise InvalidInputError(
            FIELD, "This file is your current data, not a backup. Choose a backup."
        )
    inspect(backup, at)
    check_kind(backup, training=training)
    with alone(database):
        pass  # before the copy, which takes a while
    side = unused_path(database.with_name(f".{database.name}.restored{SCRATCH}"))
    kept: Path | None = None
    try:
        copy_online(backup, side)
        report = inspect(side, at)
        with alone(database), translated():
            if database.exists():
                kept = unused_path(database.with_name(stamped_name("replaced", at)))
                _keep(database, kept)
            for suffix in ("-wal", "-shm"):
                database.with_name(database.name + suffix).unlink(missing_ok=True)
            side.replace(database)
    finally:
        side.unlink(missing_ok=True)
    return BackupReport(database, at, report.students, report.payments, report.receipts), kept


@contextmanager
def alone(
    database: Path, check: Callable[[sqlite3.Connection], None] | None = None
) -> Iterator[None]:
    """Keep other processes out of a database, where the system allows replacing an open file.

    A process that begins in between waits, and then may not write: SQLite sees the file replaced.
    Windows replaces no file that is open anywhere.

    Args:
        database: the file.
        check: called with a connection once others are kept out; what it raises ends it.

    Raises:
        DatabaseLockedError: it is open elsewhere; SQLite then cannot leave WAL mode.
    """
    if not database.exists():
        yield
        return
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
        _take(connection)
        if check is not None:
            check(connection)
        if os.name == "posix":
            yield
            return
    yield


def _take(connection: sqlite3.Connection) -> None:
    """Lock the whole file: in WAL mode, to which others may return, a lock keeps nobody out."""
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise as_storage_error(error) from error
    except sqlite3.DatabaseError:
        return  # too damaged to ask, which a restore repairs
    if mode != "delete":
        raise DatabaseLockedError("the desk is open on this database")


def _keep(database: Path, kept: Path) -> None:
    """Keep the database that is being replaced, with its log if it could not be closed.

    A hard link is instant and never leaves the folder without a database.
    """
    try:
        kept.hardlink_to(database)
    except OSError:  # a file system without hard links
        copy2(database, kept)
    log = database.with_name(database.name + "-wal")
    if log.exists():
        log.replace(kept.with_name(kept.name + "-wal"))
