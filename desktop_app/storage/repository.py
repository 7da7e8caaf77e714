"""The base of the repositories of one transaction: plain SQL on SQLite's connection.

Building a statement by SQLAlchemy costs ten times what SQLite needs to run it, and its import a
fifth of a second: the tables are declared with it for migrations only.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from desktop_app.storage.mapping import instant, writing
from desktop_app.storage.read_connections import named_rows
from desktop_app.storage.row_seals import Columns, RowSeals, known_columns, names_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from _typeshed import DataclassInstance

    KnownRow = tuple[Columns, Sequence[Any]]


def run(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> sqlite3.Cursor:
    """Run a statement with its values by name; its rows have columns by name or by index."""
    cursor = connection.cursor()
    cursor.row_factory = named_rows(sql)
    return cursor.execute(sql, values)


@cache
def insert(table: str, *columns: str) -> str:
    """Return the SQL that inserts a row with these columns."""
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES (:{names.replace(', ', ', :')})"


def own_columns(row: Any, table: str, *, before: str) -> KnownRow:
    """Return the columns of a row's own table, which precede those of another."""
    columns, count = _columns_before(row.__class__, table, before)
    return columns, row[:count]


@cache
def _columns_before(of_row: Any, table: str, before: str) -> tuple[Columns, int]:
    names: tuple[str, ...] = of_row._fields
    count = names.index(before)
    return known_columns(table, names[:count]), count


@cache
def _insertion(
    table: str, kind: type[DataclassInstance], more: tuple[str, ...]
) -> tuple[Columns, Callable[..., tuple[Any, ...]], int]:
    """Return the columns of a record, what writes their values, and the place of its uid."""
    names, values = writing(kind, ("desk_id", *more))
    return known_columns(table, names), values, names.index("uid")


class Step:
    """A change of state, together with columns that change with it.

    Attributes:
        sql: takes their values, the uid and the state before.
    """

    def __init__(self, table: str, *names: str) -> None:
        self.table = table
        self.names = names
        changes = ", ".join(f"{name} = ?" for name in names)
        self.sql = f"UPDATE {table} SET {changes} WHERE uid = ? AND state = ?"


class Transaction:
    """The state that the repositories of one transaction share.

    Attributes:
        cursor: runs what returns no rows, or whose rows are all read at once: to make a cursor for
            each statement takes as long as a small statement.
        desk_id: written into every row.
        now: when the transaction began: what it stamps has one instant.
        seals: collects which rows were written.
        students: rows with the names of a student beside a due, by the uid of the student.
    """

    def __init__(
        self, connection: sqlite3.Connection, cursor: sqlite3.Cursor, desk_id: str, now: datetime
    ) -> None:
        self.connection = connection
        self.cursor = cursor
        self.desk_id = desk_id
        self.now = now
        self.seals = RowSeals()
        self.students: dict[str, Any] = {}


class SqlRepository:
    """Rows of one subject, in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection
        self._cursor = transaction.cursor
        self._desk_id = transaction.desk_id
        self._now = transaction.now
        self._seals = transaction.seals
        self._beside = transaction.students

    def _stamp(self) -> str:
        return instant(self._now)

    def _all(self, sql: str, **values: Any) -> list[Any]:
        cursor = self._cursor
        cursor.row_factory = named_rows(sql)
        return cursor.execute(sql, values).fetchall()

    def _first(self, sql: str, **values: Any) -> Any | None:
        cursor = self._cursor
        cursor.row_factory = named_rows(sql)
        rows = cursor.execute(sql, values).fetchall()  # one, or few
        return rows[0] if rows else None

    def _scalar(self, sql: str, **values: Any) -> Any | None:
        cursor = self._cursor
        cursor.row_factory = None
        rows = cursor.execute(sql, values).fetchall()
        return rows[0][0] if rows else None

    def _change(self, sql: str, **values: Any) -> bool:
        """Run a statement that writes; return whether it changed a row."""
        return self._cursor.execute(sql, values).rowcount > 0

    def _change_sealed(self, table: str, sql: str, **values: Any) -> bool:
        """Change the row of a uid and seal it as it is then; return whether there was one.

        The statement ends in `RETURNING *`, which spares reading the row again.
        """
        return self._returned(table, values["uid"], sql, values)

    def _returned(
        self, table: str, uid: str, sql: str, values: Mapping[str, Any] | tuple[str, ...]
    ) -> bool:
        cursor = self._connection.execute(sql, values)
        rows = cursor.fetchall()
        if rows:
            self._seals.add_rows(known_columns(table, names_of(cursor)), (uid,), rows)
        return bool(rows)

    def _advance(
        self, step: Step, known: KnownRow | None, uid: str, expected: str, *values: str
    ) -> bool:
        """Change the row of a uid from its expected state; return whether it was in that.

        It is sealed as known, with the new values, unless it was written since it was read.

        Args:
            step: the columns that change.
            known: the row with all its columns, as read in this transaction; None where it was
                not read.
            uid: of the row.
            expected: its state before.
            values: what these columns hold then.
        """
        given = (*values, uid, expected)
        seals = self._seals
        if known is None or (step.table in seals.tables and seals.holds(step.table, uid)):
            return self._returned(step.table, uid, f"{step.sql} RETURNING *", given)
        if not self._cursor.execute(step.sql, given).rowcount:
            return False
        columns, read = known
        row = [*read]
        for place, value in zip(columns.places(step.names), values, strict=True):
            row[place] = value
        self._seals.add_rows(columns, (uid,), [row])
        return True

    def _add(self, table: str, columns: Mapping[str, Any], **more: Any) -> None:
        """Insert a row written by this desk. Raises sqlite3.IntegrityError."""
        values = {**columns, "desk_id": self._desk_id, **more}
        self._cursor.execute(known_columns(table, tuple(values)).insert, tuple(values.values()))

    def _add_sealed(self, table: str, columns: Mapping[str, Any], **more: Any) -> None:
        """Insert a row with a uid, and seal it as written. Raises sqlite3.IntegrityError."""
        values = {**columns, "desk_id": self._desk_id, **more}
        written = known_columns(table, tuple(values))
        self._insert_sealed(written, (values["uid"],), tuple(values.values()))

    def _add_record(self, table: str, record: DataclassInstance, **more: Any) -> None:
        """Insert a record with a uid, all of whose fields are columns, and seal it as written.

        Raises:
            sqlite3.IntegrityError: a constraint does not allow it.
        """
        columns, values, place = _insertion(table, record.__class__, tuple(more))
        row = values(record, self._desk_id, *more.values())
        self._insert_sealed(columns, (row[place],), row)

    def _insert_sealed(self, columns: Columns, key: tuple[str, ...], row: tuple[Any, ...]) -> None:
        """Insert the one row under a key, and seal it as written."""
        self._cursor.execute(columns.insert, row)
        self._seals.add_rows(columns, key, [row])

    def _add_numbered(
        self, columns: Columns, key: tuple[str, ...], rows: Sequence[tuple[str | int | None, ...]]
    ) -> None:
        """Insert the first rows under a key, which get ids, and seal them as written."""
        execute, sql = self._cursor.execute, columns.insert
        written = [(execute(sql, row).lastrowid, *row) for row in rows]
        self._seals.add_rows(columns.with_id, key, written)
