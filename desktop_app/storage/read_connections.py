"""Read-only connections on the standard library's sqlite3; each use is one snapshot.

They load no SQLAlchemy, whose import costs a fifth of a second and 35 MB: the search box answers
before.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import namedtuple
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import DatabaseLockedError
from desktop_app.storage.error_translation import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

TODAY = "(SELECT today())"
"""The day in India as ISO text, by the clock of the store; read once a statement."""
READERS = 4
BUSY_S = 15.0
WAIT_S = 30.0
CACHE_KIB = 4_096
"""Of each connection; it fills up over a day, and the system caches the file as well."""

READ_PRAGMAS = (f"cache_size=-{CACHE_KIB}", "temp_store=MEMORY", "query_only=ON")

_makers: dict[tuple[str, ...], Callable[[Iterable[Any]], Any]] = {}


class Rows:
    """The rows of a statement; columns by name or by index."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def all(self) -> list[Any]:
        """Return every row."""
        return self._cursor.fetchall()

    def first(self) -> Any | None:
        """Return the first row, None without one."""
        return self._cursor.fetchone()

    def one(self) -> Any:
        """Return the one row. Raises LookupError without one."""
        row = self._cursor.fetchone()
        if row is None:
            raise LookupError("no row")
        return row

    def scalar(self) -> Any | None:
        """Return the first column of the first row, None without one."""
        row = self._cursor.fetchone()
        return None if row is None else row[0]


class ReadConnection:
    """One open snapshot."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> Rows:
        """Run a query with its values by name."""
        return Rows(self.connection.execute(sql, values or {}))


class ReadConnections:
    """A pool of connections, opened when first needed.

    The one used last is lent first, so that only as many keep a cache as are used at once.

    Args:
        path: the database.
        now: the wall clock, for `TODAY`.
        beside: a pool of the same file, whose idle connections are lent here as well. Each pool
            waits for its own only, so that a thread may hold one of each.
    """

    def __init__(
        self, path: Path, now: Callable[[], datetime], beside: ReadConnections | None = None
    ) -> None:
        self._path = path
        self._now = now
        self._free = threading.Semaphore(READERS)
        self.idle: list[sqlite3.Connection] = [] if beside is None else beside.idle

    @contextmanager
    def reading(self) -> Iterator[ReadConnection]:
        """Open a snapshot. Raises a StorageError."""
        if not self._free.acquire(timeout=WAIT_S):
            raise DatabaseLockedError("no connection became free")
        connection = None
        try:
            with translated((sqlite3.Error,)):
                connection = self._taken() or self._opened()
                connection.execute("BEGIN")
                yield ReadConnection(connection)
        finally:
            if connection is not None:
                if connection.in_transaction:
                    connection.rollback()
                self.idle.append(connection)
            self._free.release()

    def _taken(self) -> sqlite3.Connection | None:
        try:
            return self.idle.pop()
        except IndexError:
            return None

    def _opened(self) -> sqlite3.Connection:
        connection = _open(self._path)
        connection.create_function("today", 0, self._today)
        return connection

    def _today(self) -> str:
        return day_in_india(self._now()).isoformat()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Wait until nobody reads, and let nobody read inside. Raises DatabaseLockedError."""
        taken = 0
        try:
            while taken < READERS:
                if not self._free.acquire(timeout=WAIT_S):
                    raise DatabaseLockedError("somebody reads for too long")
                taken += 1
            self.close()
            yield
        finally:
            for _ in range(taken):
                self._free.release()

    def close(self) -> None:
        """Close every connection that is not in use."""
        while (connection := self._taken()) is not None:
            connection.close()


class Queries:
    """Queries of one subject on the newest committed state; each method reads one snapshot."""

    def __init__(self, connections: ReadConnections) -> None:
        self._connections = connections

    def _all(self, sql: str, **values: Any) -> list[Any]:
        with self._connections.reading() as reading:
            return reading.execute(sql, values).all()

    def _first(self, sql: str, **values: Any) -> Any | None:
        with self._connections.reading() as reading:
            return reading.execute(sql, values).first()

    def _scalar(self, sql: str, **values: Any) -> Any | None:
        with self._connections.reading() as reading:
            return reading.execute(sql, values).scalar()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.row_factory = named_row
        for pragma in READ_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def named_row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Any:
    """Return a row as a named tuple; one class for each set of columns."""
    return _maker(cursor)(values)


def _maker(cursor: sqlite3.Cursor) -> Callable[[Iterable[Any]], Any]:
    names = tuple([column[0] for column in cursor.description])
    make = _makers.get(names)
    if make is None:
        kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        make = _makers[names] = partial(tuple.__new__, kind)
    return make


@lru_cache(maxsize=256)
def named_rows(_sql: str) -> Callable[[sqlite3.Cursor, tuple[Any, ...]], Any]:
    """Return what makes named tuples of the rows of a statement, as `named_row` does.

    It reads the names of the columns once, and again where there are more or fewer of them.
    """
    count = -1
    make: Callable[[Iterable[Any]], Any] = tuple

    def named(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Any:
        nonlocal count, make
        if len(values) != count:
            count, make = len(values), _maker(cursor)
        return make(values)

    return named
