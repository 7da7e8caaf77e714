"""Copies of the database: made online, then opened, checked and counted."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.services.errors import DatabaseCorruptError, StorageError
from desktop_app.storage.error_translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from desktop_app.services.views.maintenance import BackupReport

PAGES_A_STEP = 2_000
SCRATCH = ".pravesh-part"
ABANDONED_S = 86_400
"""A scratch file of this age was left by a process that was killed."""


def stamped_name(kind: str, at: datetime) -> str:
    """Return the name of a backup file by its kind and instant (UTC)."""
    return f"{kind}-{at:%Y%m%dT%H%M%S}.sqlite3"


def unused_path(path: Path) -> Path:
    """Return a path at which there is no file: this one, or with a number after its stem."""
    number, found = 1, path
    while os.path.lexists(found):
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found


def copy_online(source: Path, target: Path) -> None:
    """Copy a database that may be in use; the target appears whole or not at all.

    Raises:
        StorageError: it cannot be read or written.
    """
    with translated():
        target.parent.mkdir(parents=True, exist_ok=True)
        with _scratch(target) as part:
            with (
                closing(sqlite3.connect(source, timeout=15)) as reading,
                closing(sqlite3.connect(part)) as writing,
            ):
                reading.backup(writing, pages=PAGES_A_STEP)
                writing.execute("PRAGMA journal_mode=DELETE")
            part.replace(target)


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """Yield a file of this process's own beside the target, which is gone afterwards."""
    _clear_abandoned(target.parent)
    handle, name = tempfile.mkstemp(SCRATCH, f".{target.name[:40]}.", target.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                Path(f"{name}{suffix}").unlink(missing_ok=True)


def _clear_abandoned(folder: Path) -> None:
    for each in folder.glob(f".*{SCRATCH}*"):
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > ABANDONED_S:
                each.unlink()


@contextmanager
def reading_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database file that no program writes to, leaving no file beside it.

    Raises:
        DatabaseCorruptError: it is damaged, or it is no database.
        StorageError: it cannot be read.
    """
    has_log = path.with_name(f"{path.name}-wal").exists()
    unchanging = "" if has_log else "&immutable=1"
    uri = f"{path.absolute().as_uri()}?mode=ro{unchanging}"
    with translated(), closing(sqlite3.connect(uri, uri=True)) as connection:
        yield connection


def inspect(path: Path, made_at: datetime) -> BackupReport:
    """Open a database file, check its integrity and count what matters.

    Raises:
        DatabaseCorruptError: its check fails, or it is not one of ours.
    """
    if not path.is_file():
        raise StorageError(f"there is no file {path.name}")
    with reading_only(path) as connection:
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
    from desktop_app.services.views.maintenance import BackupReport

    return BackupReport(path, made_at, *counts)


def make_backup(source: Path, target: Path, at: datetime) -> BackupReport:
    """Copy, then open and count the copy. Raises a StorageError."""
    copy_online(source, target)
    try:
        return inspect(target, at)
    except DatabaseCorruptError:
        target.unlink(missing_ok=True)  # a copy of damage is no backup
        raise
