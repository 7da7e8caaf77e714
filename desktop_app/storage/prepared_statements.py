"""Core statements compiled once and run as they are: what every payment runs through.

Building a statement anew at each call costs ten times what SQLite needs to carry it out, so these
go to the driver as they are; its own errors come out. Nothing is compiled at import. That the
driver is SQLite's is known in this module only.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import ClauseElement, Connection


class PreparedStatement:
    """A statement to run again and again in a writing transaction.

    Args:
        statement: its bound parameters are the names of `values` later; no expanding `IN`.
        columns: of an insert or update, the columns that get values by their names.
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: tuple[str, tuple[str, ...], dict[str, Any]] | None = None
        self._row: Callable[[Iterable[Any]], Any] | None = None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Change rows; return how many."""
        sql, bound = self._bind(connection, values)
        changed: int = driver_of(connection).execute(sql, bound).rowcount
        return changed

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change rows, once for each of `rows`."""
        bound = [self._bind(connection, values) for values in rows]
        driver_of(connection).executemany(bound[0][0], [values for _sql, values in bound])

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Read every row, its columns by name."""
        sql, bound = self._bind(connection, values)
        cursor = driver_of(connection).execute(sql, bound)
        if self._row is None:
            names = [column[0] for column in cursor.description]
            row: Any = namedtuple("Row", names)  # type: ignore[misc]
            self._row = row._make
        return [self._row(row) for row in cursor]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any | None:
        """Read the first row, None without one."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def _bind(
        self, connection: Connection, values: Mapping[str, Any]
    ) -> tuple[str, tuple[Any, ...]]:
        if self._compiled is None:
            made = self._statement.compile(
                dialect=connection.dialect, column_keys=list(self._columns) or None
            )
            order = getattr(made, "positiontup", None) or ()
            self._compiled = str(made), tuple(order), dict(made.params)
        sql, order, fixed = self._compiled
        return sql, tuple([values[name] if name in values else fixed[name] for name in order])


def driver_of(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection under SQLAlchemy's."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("prepared statements run on SQLite's own driver")
    return driver
