"""A database file whose connections stay open from test to test, put back to its first content.

Opening a connection parses a schema of 300 objects, and each statement is compiled again on it:
half of the time of a test of a few payments. A test gets a link to the file at its own place, and
two connections that look new: all that was written is in the log, and SQLite begins with an empty
log after `_forget`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from desktop_app.domain.receipt import day_in_india
from desktop_app.storage import read_connections, write_connection

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.storage.store import SqlStore

LONG_AGO = 1_000_000_000
"""When the file was written last, as far as the system knows: any write to it changes that."""
LOG_HEADER = 136
"""Bytes at the start of the shared memory that say what the log holds."""
PRAGMAS = ("schema_version", "busy_timeout", "max_page_count", "foreign_keys", "query_only")
"""Properties of a connection that a test may have changed."""


class WarmDatabase:
    """A copy of a template with a reader and a writer, for one store at a time.

    A test that writes past the log, closes the connections or changes them or the schema costs the
    next test a new copy. `close` it when done.

    Args:
        template: the database to copy; nobody writes to it.
        folder: where the copies are.
    """

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._made = 0
        self._store: SqlStore | None = None
        self._opened: tuple[sqlite3.Connection, ...] = ()

    @property
    def is_lent(self) -> bool:
        """Whether a store has the connections now."""
        return self._store is not None

    def lend(self, store: SqlStore) -> None:
        """Put the file at the path of a store, and give the store the connections."""
        if not self._opened:
            self._copy()
        store.path.symlink_to(self._path)
        self._store = store
        store.writer._connection, reader = self._opened
        store.readers.idle.append(reader)

    def take_back(self, store: SqlStore) -> None:
        """Close a store; get the connections back and put the file back to its first content."""
        if self._is_whole(store):
            store.writer._connection = None
            store.readers.idle.remove(self._opened[1])
            self._forget()
            if tuple(map(_newest, self._opened)) != self._newest:  # somebody still reads
                self.close()
            self._store = None
            store.close()
        else:
            opened = self._opened
            self._leave()
            self._store = None
            store.close()
            for each in opened:  # also one that the store does not have any more
                each.close()

    def _is_whole(self, store: SqlStore) -> bool:
        writer, reader = self._opened
        return (
            store.writer._connection is writer
            and not store.writer._lock.locked()
            and reader in store.readers.idle
            and self._files_now() == self._files
            and tuple(map(_settings, self._opened)) == self._settings
        )

    def _copy(self) -> None:
        self._made += 1
        home = self._folder / str(self._made)
        home.mkdir(parents=True)
        self._path = home / self._template.name
        shutil.copy(self._template, self._path)
        writer = write_connection._open(self._path, sqlite3.Connection)
        reader = read_connections._open(self._path)
        reader.create_function("today", 0, self._today)
        self._opened = (writer, reader)
        self._settings = tuple(map(_settings, self._opened))
        self._newest = tuple(map(_newest, self._opened))
        os.utime(self._path, (LONG_AGO, LONG_AGO))
        self._memory = os.open(self._beside("-shm"), os.O_RDWR)
        self._files = self._files_now()

    def _today(self) -> str:
        assert self._store is not None
        return day_in_india(self._store._now()).isoformat()

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)

    def _files_now(self) -> tuple[float, ...]:
        with suppress(FileNotFoundError):
            main, log, memory = (self._beside(each).stat() for each in ("", "-wal", "-shm"))
            return (main.st_ino, main.st_size, main.st_mtime, log.st_ino, memory.st_ino)
        return ()

    def _forget(self) -> None:
        """Empty the log: the file itself is as it was, and every connection finds that out.

        SQLite reads the log where the memory's header is not valid. The memory stays open here:
        closing it would end the locks that this process holds on it.
        """
        os.truncate(self._beside("-wal"), 0)
        os.pwrite(self._memory, bytes(LOG_HEADER), 0)

    def close(self) -> None:
        """Close the connections and remove the copy."""
        for each in self._opened:
            each.close()
        self._leave()

    def _leave(self) -> None:
        """Leave the connections to the store that has them, and remove the copy."""
        if self._opened:
            self._opened = ()
            os.close(self._memory)
            shutil.rmtree(self._path.parent, ignore_errors=True)


def _newest(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("SELECT total(id) FROM audit_entries").fetchone()[0]
    return found


def _settings(connection: sqlite3.Connection) -> tuple[object, ...]:
    """Return what a test may have changed; nothing where it left the connection busy or closed."""
    try:
        if (
            connection.in_transaction
            or connection.execute("SELECT 1 FROM temp.sqlite_master").fetchone()
        ):
            return ()
        return tuple(connection.execute(f"PRAGMA {each}").fetchone()[0] for each in PRAGMAS)
    except sqlite3.ProgrammingError:
        return ()
