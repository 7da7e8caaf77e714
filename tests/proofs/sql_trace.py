"""Records the SQL of the real services: every writing statement with its values.

SQLAlchemy's events do not see prepared statements, so the driver's own connections are traced.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tests.proofs.writer_class import every_writer_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

READS = ("SELECT", "WITH", "EXPLAIN")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, with the rows of values it ran with."""

    sql: str
    rows: tuple[Any, ...]


@dataclass
class ConnectionTrace:
    """The statements of one connection before its first transaction, and its transactions."""

    pragmas: list[Statement] = field(default_factory=list)
    transactions: list[list[Statement]] = field(default_factory=list)
    _open: list[Statement] | None = None

    def record(self, sql: str, rows: Sequence[Any]) -> None:
        word = sql.lstrip().split(None, 1)[0].upper()
        statement = Statement(sql, tuple(rows))
        if word == "BEGIN":
            self._open = [statement]
        elif word == "COMMIT":
            self.commit_transaction()
        elif word == "ROLLBACK":
            self._open = None
        elif word in READS:
            return
        elif self._open is not None:
            self._open.append(statement)
        else:
            self.pragmas.append(statement)

    def commit_transaction(self) -> None:
        if self._open is not None and len(self._open) > 1:
            self.transactions.append([*self._open, Statement("COMMIT", ((),))])
        self._open = None

    def drop_transaction(self) -> None:
        self._open = None


@dataclass
class SqlTrace:
    """The committed statements of all connections, each for itself: readers come in between."""

    connections: list[ConnectionTrace] = field(default_factory=list)


class TracingCursor(sqlite3.Cursor):
    """A cursor that records what it executes."""

    def execute(self, sql: str, values: Any = (), /) -> TracingCursor:
        super().execute(sql, values)
        _trace_of(self.connection).record(sql, [values])
        return self

    def executemany(self, sql: str, rows: Any, /) -> TracingCursor:
        given = list(rows)
        super().executemany(sql, given)
        _trace_of(self.connection).record(sql, given)
        return self


class TracingConnection(sqlite3.Connection):
    """A connection that records all of its statements in a trace."""

    trace: ClassVar[SqlTrace]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.recorded = ConnectionTrace()
        self.trace.connections.append(self.recorded)

    def cursor(self, _factory: Any = None) -> Any:
        return super().cursor(TracingCursor)

    def execute(self, sql: str, values: Any = (), /) -> Any:
        return self.cursor().execute(sql, values)

    def executemany(self, sql: str, rows: Any, /) -> Any:
        return self.cursor().executemany(sql, rows)

    def commit(self) -> None:
        super().commit()
        self.recorded.commit_transaction()

    def rollback(self) -> None:
        super().rollback()
        self.recorded.drop_transaction()


def _trace_of(connection: sqlite3.Connection) -> ConnectionTrace:
    if not isinstance(connection, TracingConnection):
        raise TypeError("a cursor of another connection")
    return connection.recorded


@contextmanager
def record_sql() -> Iterator[SqlTrace]:
    """Record the SQL of every writer that connects within the block."""
    trace = SqlTrace()
    factory = type("Recorded", (TracingConnection,), {"trace": trace})
    with every_writer_by(factory):
        yield trace
