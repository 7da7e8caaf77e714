"""SQLAlchemy's engine over one SQLite file, for migrations and tests of the schema."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from desktop_app.storage import error_translation
from desktop_app.storage.write_connection import BUSY_S, prepare_writing

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Engine


def make_engine(path: Path, *, busy_s: float = BUSY_S) -> Engine:
    """Return an engine whose transactions are BEGIN IMMEDIATE.

    Args:
        path: the database.
        busy_s: how long it waits for another process, in seconds.
    """
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": busy_s}
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    prepare_writing(connection)


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


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
