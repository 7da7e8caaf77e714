"""The engine over one SQLite file: exactly one writing connection.

WAL, `synchronous=FULL`, foreign keys on.
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
from desktop_app.storage import error_translation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

BUSY_MS = 15_000
"""How long a writer waits for another process before DatabaseLockedError."""

CACHE_KIB = 4_096
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"cache_size=-{CACHE_KIB}",
    "temp_store=MEMORY",
)


def make_writer(path: Path, *, busy_ms: int = BUSY_MS) -> Engine:
    """Open the one writing connection; each of its transactions is BEGIN IMMEDIATE."""
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=busy_ms / 1000 * 2,
        connect_args={"check_same_thread": False, "timeout": busy_ms / 1000},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return SQLite's own connection under SQLAlchemy's."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("repositories run on SQLite's own driver")
    return driver


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLAlchemy raises into StorageErrors too; constraint errors pass through."""
    try:
        with error_translation.translated():
            yield
    except PoolTimeoutError as error:
        raise errors.DatabaseLockedError("no connection became free") from error
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.IntegrityError):
            raise
        raise error_translation.as_storage_error(error.orig) from error
