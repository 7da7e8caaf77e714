"""The engine over one SQLite file: exactly one writing connection.

WAL, `synchronous=FULL`, foreign keys on.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from desktop_app.services import errors
from desktop_app.storage import error_translation

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Engine
    from sqlalchemy.pool import PoolProxiedConnection

BUSY_MS = 15_000
"""How long a writer waits for another process before DatabaseLockedError."""

WAIT_S = 30.0
"""How long a thread waits for the connection before DatabaseLockedError."""

RETRY_S = 0.05
"""Between two tries of what SQLite refuses at once."""

CACHE_KIB = 4_096
PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    f"cache_size=-{CACHE_KIB}",
    "temp_store=MEMORY",
)


def make_writer(path: Path, *, busy_ms: int = BUSY_MS) -> Engine:
    """Return the engine whose pool holds the one writing connection.

    A transaction that the engine begins, as migrations do, is BEGIN IMMEDIATE.

    Args:
        path: the database.
        busy_ms: how long it waits for another process.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=WAIT_S,
        connect_args={"check_same_thread": False, "timeout": busy_ms / 1000},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    _enter_wal(connection)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, again where others do so at the same moment: SQLite does not wait for them."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def lend(engine: Engine) -> PoolProxiedConnection:
    """Wait for the writing connection; closing it undoes what was not committed and returns it.

    Raises:
        DatabaseLockedError: it did not become free.
    """
    try:
        return engine.raw_connection()
    except PoolTimeoutError as error:
        raise errors.DatabaseLockedError("no connection became free") from error


def driver_of(lent: PoolProxiedConnection) -> sqlite3.Connection:
    """Return SQLite's own connection under the pool's."""
    driver = lent.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("repositories run on SQLite's own driver")
    return driver


class translated(error_translation.translated):  # noqa: N801 - read like a function
    """Turn what SQLAlchemy raises into StorageErrors too; constraint errors pass through."""

    def __exit__(
        self, kind: object, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raise the StorageError."""
        if not isinstance(error, DBAPIError):
            super().__exit__(kind, error, trace)
        elif not isinstance(error.orig, sqlite3.IntegrityError):
            raise error_translation.as_storage_error(error.orig) from error
