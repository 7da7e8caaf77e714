"""The one writing connection to a database: lent to one thread at a time.

WAL, `synchronous=FULL`, foreign keys on. On the standard library's sqlite3 as readers are: a pool
would add a tenth to the time of each payment, and load SQLAlchemy for the first of them.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.services.errors import DatabaseLockedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from desktop_app.domain.audit import Head

log = logging.getLogger(__name__)

BUSY_S = 15.0
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


class KnownRows(NamedTuple):
    """Rows that each transaction reads, as the newest commit of this connection left them.

    Attributes:
        data_version: SQLite's number for what other connections wrote; ours do not change it.
        schema_version: the same for the schema.
        settings: every setting.
        head: the newest entry of the audit chain.
        series: the last receipt number by series and year.
    """

    data_version: int
    schema_version: int
    settings: Mapping[str, str] | None
    head: Head | None
    series: Mapping[str, int] | None


class WriteConnection:
    """The writing connection of one file, opened when first needed.

    Attributes:
        known: what the transaction before left, None where that is not known.
        factory: the class of the connection.
        turn: held while waiting, so that a thread which returns the connection and wants it again
            does not overtake one that waits already.
    """

    factory: type[sqlite3.Connection] = sqlite3.Connection

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.turn = threading.Lock()
        self.known: KnownRows | None = None
        self._connection: sqlite3.Connection | None = None
        self._is_closing = False

    def lend(self) -> sqlite3.Connection:
        """Wait for the connection and return it; `take_back` follows.

        Raises:
            DatabaseLockedError: it did not become free.
            sqlite3.Error: the file cannot be opened.
        """
        self._take()
        try:
            if self._connection is None:
                self._is_closing = False
                self._connection = _open(self._path, self.factory)
        except BaseException:
            self._lock.release()
            raise
        return self._connection

    def _take(self) -> None:
        if self.turn.acquire(blocking=False):  # nobody waits
            is_free = self._lock.acquire(blocking=False)
            self.turn.release()
            if is_free:
                return
        until = time.monotonic() + WAIT_S
        is_taken = self.turn.acquire(timeout=WAIT_S)
        if is_taken:
            try:
                is_taken = self._lock.acquire(timeout=max(until - time.monotonic(), 0))
            finally:
                self.turn.release()
        if not is_taken:
            raise DatabaseLockedError("no connection became free")

    def take_back(self) -> None:
        """Undo what was not committed, and let the next one write.

        A connection that cannot be rolled back is replaced.
        """
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.rollback()
        except sqlite3.Error:
            log.warning("the writing connection is replaced", exc_info=True)
            self._close()
        finally:
            if self._is_closing:
                self._close()
            self._lock.release()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Close the connection, and let nobody write inside. Raises DatabaseLockedError."""
        self._take()
        try:
            self._close()
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection, one that is lent when it is taken back; later ones open another."""
        self._is_closing = True
        if self._lock.acquire(blocking=False):
            self._close()
            self._lock.release()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        self.known = None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _open(path: Path, factory: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, factory=factory
    )
    try:
        prepare_writing(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def prepare_writing(connection: sqlite3.Connection) -> None:
    """Set what every connection that writes needs."""
    connection.isolation_level = None
    _enter_wal(connection)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, again where others do so at the same moment: SQLite does not wait for them."""
    until = time.monotonic() + BUSY_S
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
