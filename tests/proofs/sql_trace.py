"""Records what the real use-cases say to SQLite: every writing statement with its values.

SQLAlchemy's events do not see prepared statements, so the driver's own connections are watched.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

READS = ("SELECT", "WITH", "EXPLAIN")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, with the rows of values it ran with."""

    sql: str
    rows: tuple[Any, ...]


@dataclass
class Session:
    """What one connection said before its first transaction, and its transactions."""

    pragmas: list[Statement] = field(default_factory=list)
    transactions: list[list[Statement]] = field(default_factory=list)


@dataclass
class Trace:
    """What all writing connections said, in order; only what was committed."""

    sessions: list[Session] = field(default_factory=list)
    _open: list[Statement] | None = None

    def connected(self) -> None:
        self.sessions.append(Session())
        self._open = None

    def said(self, sql: str, rows: Sequence[Any]) -> None:
        word = sql.lstrip().split(None, 1)[0].upper()
        statement = Statement(sql, tuple(rows))
        if word == "BEGIN":
            self._open = [statement]
        elif word == "COMMIT":
            self.commits()
        elif word == "ROLLBACK":
            self._open = None
        elif word in READS:
            return
        elif self._open is not None:
            self._open.append(statement)
        elif self.sessions:
            self.sessions[-1].pragmas.append(statement)

    def commits(self) -> None:
        if self._open is not None and len(self._open) > 1:
            self.sessions[-1].transactions.append([*self._open, Statement("COMMIT", ((),))])
        self._open = None

    def rolls_back(self) -> None:
        self._open = None


class WatchedCursor(sqlite3.Cursor):
    """A cursor that tells what it carried out."""

    def execute(self, sql: str, values: Any = (), /) -> WatchedCursor:
        super().execute(sql, values)
        _trace_of(self.connection).said(sql, [values])
        return self

    def executemany(self, sql: str, rows: Any, /) -> WatchedCursor:
        given = list(rows)
        super().executemany(sql, given)
        _trace_of(self.connection).said(sql, given)
        return self


class WatchedConnection(sqlite3.Connection):
    """A connection all of whose statements are told to a trace."""

    trace: ClassVar[Trace]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.trace.connected()

    def cursor(self, _factory: Any = None) -> Any:
        return super().cursor(WatchedCursor)

    def execute(self, sql: str, values: Any = (), /) -> Any:
        return self.cursor().execute(sql, values)

    def executemany(self, sql: str, rows: Any, /) -> Any:
        return self.cursor().executemany(sql, rows)

    def commit(self) -> None:
        super().commit()
        self.trace.commits()

    def rollback(self) -> None:
        super().rollback()
        self.trace.rolls_back()


def _trace_of(connection: sqlite3.Connection) -> Trace:
    if not isinstance(connection, WatchedConnection):
        raise TypeError("a cursor of another connection")
    return connection.trace


@contextmanager
def recording() -> Iterator[Trace]:
    """Record every engine that connects meanwhile."""
    trace = Trace()
    factory = type("Recorded", (WatchedConnection,), {"trace": trace})

    def watch(_dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> None:
        named["factory"] = factory

    event.listen(Engine, "do_connect", watch)
    try:
        yield trace
    finally:
        event.remove(Engine, "do_connect", watch)
