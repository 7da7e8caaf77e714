"""Engines over one SQLite file: exactly one writing connection, readers apart.

WAL, `synchronous=FULL`, foreign keys on. Every failure of SQLite leaves here as a StorageError.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from desktop_app.services import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

BUSY_MS = 15_000
"""How long a writer waits for another process before it says that the database is locked."""

READERS = 4
CACHE_KIB = 16_384


def make_writer(path: Path) -> Engine:
    """Open the one writing connection; each of its transactions is BEGIN IMMEDIATE."""
    return _make(path, size=1, begin="BEGIN IMMEDIATE", query_only=False)


def make_reader(path: Path) -> Engine:
    """Open connections that cannot write; each transaction is one snapshot."""
    return _make(path, size=READERS, begin="BEGIN", query_only=True)


def _make(path: Path, *, size: int, begin: str, query_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_MS / 1000 * 2,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            f"cache_size=-{CACHE_KIB}",
            "temp_store=MEMORY",
            *(["query_only=ON"] if query_only else []),
        ):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite and its pool raise into StorageErrors; constraint errors pass through."""
    try:
        yield
    except PoolTimeoutError as error:
        raise errors.DatabaseLockedError("no connection became free") from error
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.IntegrityError):
            raise
        raise as_storage_error(error.orig) from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise as_storage_error(error) from error
    except OSError as error:
        raise as_storage_error(error) from error


_BY_CODE = {
    sqlite3.SQLITE_BUSY: errors.DatabaseLockedError,
    sqlite3.SQLITE_LOCKED: errors.DatabaseLockedError,
    sqlite3.SQLITE_FULL: errors.DiskFullError,
    sqlite3.SQLITE_READONLY: errors.ReadOnlyFolderError,
    sqlite3.SQLITE_CANTOPEN: errors.ReadOnlyFolderError,
    sqlite3.SQLITE_PERM: errors.ReadOnlyFolderError,
    sqlite3.SQLITE_CORRUPT: errors.DatabaseCorruptError,
    sqlite3.SQLITE_NOTADB: errors.DatabaseCorruptError,
}
_BY_ERRNO = {
    28: errors.DiskFullError,
    13: errors.ReadOnlyFolderError,
    30: errors.ReadOnlyFolderError,
}


def as_storage_error(error: BaseException | None) -> errors.StorageError:
    """Name the kind of a failure of SQLite or of the file system."""
    if isinstance(error, sqlite3.Error):
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _BY_CODE.get(primary, errors.StorageError)(str(error))
    if isinstance(error, OSError) and error.errno in _BY_ERRNO:
        return _BY_ERRNO[error.errno](error.strerror or "")
    return errors.StorageError(str(error))
