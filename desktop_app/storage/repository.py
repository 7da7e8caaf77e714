"""The base of the repositories of one transaction: plain SQL on SQLite's connection.

Building a statement by SQLAlchemy costs ten times what SQLite needs to run it, and its import a
fifth of a second: the tables are declared with it for migrations only.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from desktop_app.storage.mapping import instant, writing
from desktop_app.storage.read_connections import named_rows
from desktop_app.storage.row_seals import names_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from _typeshed import DataclassInstance

    from desktop_app.storage.row_seals import RowSeals

    KnownRow = tuple[tuple[str, ...], Sequence[Any]]


def run(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> sqlite3.Cursor:
    """Run a statement with its values by name; its rows have columns by name or by index."""
    cursor = connection.cursor()
    cursor.row_factory = named_rows(sql)
    return cursor.execute(sql, values)


def write(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> int:
    """Run a statement that writes; return the number of rows it changed."""
    return connection.execute(sql, values).rowcount


@cache
def insert(table: str, *columns: str) -> str:
    """Return the SQL that inserts a row with these columns."""
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES (:{names.replace(', ', ', :')})"


@cache
def insert_in_order(table: str, columns: tuple[str, ...]) -> str:
    """Return the SQL that inserts a row with the values of these columns, in their order.

    SQLite's driver looks named values up one by one.
    """
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def own_columns(row: Any, *, before: str) -> KnownRow:
    """Return the columns of a row's own table, which precede those of another."""
    names = _names_before(row._fields, before)
    return names, row[: len(names)]


@cache
def _names_before(names: tuple[str, ...], before: str) -> tuple[str, ...]:
    return names[: names.index(before)]


@cache
def _places(names: tuple[str, ...], given: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Return where some values belong in a row, with their names; those of no column are left."""
    return tuple((names.index(name), name) for name in given if name in names)


class SqlRepository:
    """Rows of one subject, in one transaction.

    Args:
        connection: in the transaction.
        desk_id: written into every row.
        now: when the transaction began: what it stamps has one instant.
        seals: collects which rows were written.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        desk_id: str,
        now: datetime,
        seals: RowSeals,
    ) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now
        self._seals = seals

    def _stamp(self) -> str:
        return instant(self._now)

    def _all(self, sql: str, **values: Any) -> list[Any]:
        return run(self._connection, sql, values).fetchall()

    def _first(self, sql: str, **values: Any) -> Any | None:
        return run(self._connection, sql, values).fetchone()

    def _scalar(self, sql: str, **values: Any) -> Any | None:
        row = run(self._connection, sql, values).fetchone()
        return None if row is None else row[0]

    def _change(self, sql: str, **values: Any) -> bool:
        """Run a statement that writes; return whether it changed a row."""
        return write(self._connection, sql, values) > 0

    def _change_sealed(self, table: str, sql: str, **values: Any) -> bool:
        """Change the row of a uid and seal it as it is then; return whether there was one.

        The statement ends in `RETURNING *`, which spares reading the row again.
        """
        cursor = self._connection.execute(sql, values)
        rows = cursor.fetchall()
        if rows:
            self._seals.add_rows(table, (values["uid"],), names_of(cursor), rows)
        return bool(rows)

    def _change_known(self, table: str, known: KnownRow | None, sql: str, **values: Any) -> bool:
        """Change the row of a uid whose columns are known; return whether that was possible.

        It is sealed as known, with the values given, unless it was written since it was read.

        Args:
            table: the table.
            known: the row with all its columns, as read in this transaction; None where it was
                not read.
            sql: a statement that names its values as the columns, and the earlier state `expected`.
            values: the values.
        """
        uid: str = values["uid"]
        if known is None or self._seals.holds(table, uid):
            return self._change_sealed(table, f"{sql} RETURNING *", **values)
        if not self._connection.execute(sql, values).rowcount:
            return False
        names, read = known
        row = [*read]
        for place, name in _places(names, tuple(values)):
            row[place] = values[name]
        self._seals.add_rows(table, (uid,), names, [row])
        return True

    def _add(self, table: str, columns: Mapping[str, Any], **more: Any) -> None:
        """Insert a row written by this desk. Raises sqlite3.IntegrityError."""
        values = {**columns, "desk_id": self._desk_id, **more}
        self._connection.execute(insert_in_order(table, tuple(values)), tuple(values.values()))

    def _add_sealed(self, table: str, columns: Mapping[str, Any], **more: Any) -> None:
        """Insert a row with a uid, and seal it as written. Raises sqlite3.IntegrityError."""
        values = {**columns, "desk_id": self._desk_id, **more}
        self._insert_sealed(table, (values["uid"],), tuple(values), tuple(values.values()))

    def _add_record(self, table: str, record: DataclassInstance, **more: Any) -> None:
        """Insert a record with a uid, all of whose fields are columns, and seal it as written.

        Raises:
            sqlite3.IntegrityError: a constraint does not allow it.
        """
        names, values = writing(type(record), ("desk_id", *more))
        row = values(record, self._desk_id, *more.values())
        self._insert_sealed(table, (str(row[names.index("uid")]),), names, row)

    def _insert_sealed(
        self, table: str, key: tuple[str, ...], names: tuple[str, ...], row: tuple[Any, ...]
    ) -> None:
        """Insert the one row under a key, and seal it as written."""
        self._connection.execute(insert_in_order(table, names), row)
        self._seals.add_rows(table, key, names, [row])

    def _add_numbered(
        self,
        table: str,
        key: tuple[str, ...],
        names: tuple[str, ...],
        rows: Sequence[tuple[str | int | None, ...]],
    ) -> None:
        """Insert the first rows under a key, which get ids, and seal them as written."""
        sql = insert_in_order(table, names)
        written = [(self._connection.execute(sql, row).lastrowid, *row) for row in rows]
        self._seals.add_rows(table, key, ("id", *names), written)
