"""Copies of the database: made online, then opened, checked and counted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from shutil import copy2
from typing import TYPE_CHECKING

from desktop_app.services.errors import DatabaseCorruptError, DatabaseLockedError, StorageError
from desktop_app.services.views.maintenance import BackupReport
from desktop_app.storage.error_translation import as_storage_error, translated

if TYPE_CHECKING:
    from pathlib import Path

PAGES_A_STEP = 2_000


def stamped_name(kind: str, at: datetime) -> str:
    """Return the name of a backup file by its kind and instant (UTC)."""
    return f"{kind}-{at:%Y%m%dT%H%M%S}.sqlite3"


def copy_online(source: Path, target: Path) -> None:
    """Copy a database that may be in use; the target appears whole or not at all.

    Raises:
        StorageError: it cannot be read or written.
    """
    part = target.with_name(target.name + ".part")
    with translated():
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(source, timeout=15)) as reading,
            closing(sqlite3.connect(part)) as writing,
        ):
            reading.backup(writing, pages=PAGES_A_STEP)
            writing.execute("PRAGMA journal_mode=DELETE")
        part.replace(target)


def inspect(path: Path, made_at: datetime) -> BackupReport:
    """Open a database file, check its integrity and count what matters.

    Raises:
        DatabaseCorruptError: its check fails, or it is not one of ours.
    """
    if not path.is_file():
        raise StorageError(f"there is no file {path.name}")
    with (
        translated(),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        found = [row[0] for row in connection.execute("PRAGMA quick_check(10)")]
        if found != ["ok"]:
            raise DatabaseCorruptError("; ".join(str(line) for line in found))
        try:
            counts = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("students", "payments", "receipts")
            ]
        except sqlite3.OperationalError as error:
            raise DatabaseCorruptError("this is not a database of the desk") from error
    return BackupReport(path, made_at, *counts)


def make_backup(source: Path, target: Path, at: datetime) -> BackupReport:
    """Copy, then open and count the copy. Raises a StorageError."""
    copy_online(source, target)
    try:
        return inspect(target, at)
    except DatabaseCorruptError:
        target.unlink(missing_ok=True)  # a copy of damage is no backup
        raise


def newest_good(folder: Path) -> BackupReport | None:
    """Return the newest sound backup of a folder, None without one."""
    found = sorted(folder.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found:
        try:
            return inspect(path, datetime.fromtimestamp(path.stat().st_mtime, UTC))
        except StorageError:
            continue
    return None


def last_receipts(path: Path) -> dict[str, int]:
    """Return the last number by series and year, empty where a file is too damaged to read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            return dict(raw.execute("SELECT series || '/' || year, last FROM receipt_series"))
    except sqlite3.Error:
        return {}


def restore(backup: Path, database: Path, at: datetime) -> BackupReport:
    """Replace the database by a backup, keeping the old file beside it.

    The backup is copied and checked before anything is moved. No process may have the database
    open.

    Raises:
        DatabaseLockedError: a process has the database open; nothing was changed.
        StorageError: the backup is not sound; nothing was changed.
    """
    inspect(backup, at)
    _require_alone(database)
    side = database.with_name(database.name + ".restored")
    try:
        copy_online(backup, side)
        report = inspect(side, at)
        _require_alone(database)  # the copy took a while
        with translated():
            if database.exists():
                _keep(database, database.with_name(stamped_name("replaced", at)))
            for suffix in ("-wal", "-shm"):
                database.with_name(database.name + suffix).unlink(missing_ok=True)
            side.replace(database)
    finally:
        side.unlink(missing_ok=True)
    return BackupReport(database, at, report.students, report.payments, report.receipts)


def _require_alone(database: Path) -> None:
    """Raise DatabaseLockedError while it is open elsewhere: SQLite then cannot leave WAL mode."""
    if not database.exists():
        return
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
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
    kept.unlink(missing_ok=True)
    try:
        kept.hardlink_to(database)
    except OSError:  # a file system without hard links
        copy2(database, kept)
    log = database.with_name(database.name + "-wal")
    if log.exists():
        log.replace(kept.with_name(kept.name + "-wal"))
