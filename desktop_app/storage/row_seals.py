"""Seals: the digest of each row as written, kept in the audit chain.

A unit of work collects the rows it wrote; its commit adds their digests to the chain as one entry.
A row that is edited, added or removed in the file no longer matches its seal, and an edited seal
breaks the chain. Sealed are the rows of money and all that staff enter: students, courses, every
setting, and what the account of a key can do.
"""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any

from desktop_app.domain.compiled import compiled

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    _Rows = tuple["Columns", list[Any]]

ACTION = "rows.sealed"
ROWS_AN_ENTRY = 200
_HEX = 32

_KEY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "payments": ("uid",),
    "receipts": ("uid",),
    "ledger_entries": ("payment_uid", "movement_uid"),
    "refunds": ("uid",),
    "late_decisions": ("payment_uid",),
    "receipt_series": ("series", "year"),
    "attempts": ("uid",),
    "attempt_events": ("attempt_uid",),
    "orders": ("order_id",),
    "errands": ("uid",),
    "receipt_prints": ("receipt_uid",),
    "enrollments": ("uid",),
    "dues": ("uid",),
    "disputes": ("uid",),
    "strays": ("uid",),
    "courses": ("uid",),
    "settings": ("key",),
    "capabilities": ("name",),
    "families": ("uid",),
    "movements": ("uid",),
    "attempt_dues": ("attempt_uid",),
    "allocations": ("movement_uid",),
    "due_changes": ("due_uid",),
    "receipt_lines": ("receipt_uid",),
    "fee_heads": ("code",),
    "late_rules": ("code",),
    "fee_plans": ("uid",),
    "fee_plan_heads": ("plan_uid",),
    "fee_plan_parts": ("plan_uid",),
    "enrollment_terms": ("enrollment_uid",),
    "enrollment_moves": ("enrollment_uid",),
    "promises": ("uid",),
    "contacts": ("uid",),
    "credits": ("uid",),
    "concession_kinds": ("code",),
    "concessions": ("uid",),
    "concession_dues": ("concession_uid",),
    "promo_codes": ("uid",),
    "promo_holds": ("uid",),
    "bills": ("uid",),
    "bill_lines": ("bill_uid",),
    "bill_tenders": ("bill_uid",),
    "payment_evidence": ("payment_uid",),
    "verification_changes": ("payment_uid",),
    "deposit_slips": ("uid",),
    "instruments": ("uid",),
    "instrument_events": ("instrument_uid",),
}
_MANY_UNDER_A_KEY = (
    "ledger_entries", "late_decisions", "attempt_events", "receipt_prints", "capabilities",
    "attempt_dues", "allocations", "due_changes", "receipt_lines", "fee_plan_heads",
    "fee_plan_parts", "enrollment_moves", "bill_lines", "bill_tenders", "verification_changes",
    "instrument_events", "concession_dues",
)  # fmt: skip

SELECTS = {
    table: f"SELECT * FROM {table} WHERE {' AND '.join(f'{column} IS ?' for column in columns)}"
    + (" ORDER BY rowid" if table in _MANY_UNDER_A_KEY else "")
    for table, columns in _KEY_COLUMNS.items()
}
"""By table, the rows that one seal covers; the parts of a key are joined by `|`."""

KEYS = {
    table: " || '|' || ".join(f"coalesce({column}, '')" for column in columns)
    for table, columns in _KEY_COLUMNS.items()
}

WRITTEN_ONCE = frozenset(
    {
        "payments",
        "receipts",
        "ledger_entries",
        "movements",
        "allocations",
        "receipt_lines",
        "payment_evidence",
        "credits",
    }
)

STUDENTS = "students"
"""Sealed in runs of neighbouring ids, a shorter digest a row: an import writes 500 at a time."""

RUN_HEX = 16
ROWS_A_RUN = 500
STUDENTS_OF_RUN = "SELECT * FROM students WHERE id BETWEEN ? AND ? ORDER BY id"
_STUDENTS_BY_UID = """
    SELECT * FROM students WHERE uid IN (SELECT value FROM json_each(?)) ORDER BY id
"""

SEALED_TABLES = (*SELECTS, STUDENTS)

_UNSEALED_COLUMNS = {
    (STUDENTS, "served_at"),
    (STUDENTS, "family_uid"),
    ("attempt_dues", "is_live"),
    ("payments", "mode"),
    ("payments", "tender"),
    ("payments", "channel"),
    ("receipts", "mode"),
}
"""The order of a list, and what follows from sealed columns: the doctor computes it again."""

_ADDED_COLUMNS: Mapping[tuple[str, str], tuple[str | int, ...]] = {
    ("late_decisions", "number"): (1,),
    ("dues", "instalment_no"): (1,),
    ("dues", "head_code"): ("tuition",),
    ("dues", "kind"): ("fee",),
    ("dues", "conceded_paise"): (0,),
    ("dues", "treatment"): ("taxable",),
    ("dues", "igst_paise"): (0,),
    ("dues", "split_rule"): (1,),
    ("payments", "verification"): ("verified", "counted"),
    ("payments", "currency"): ("INR",),
    ("strays", "currency"): ("INR",),
}
"""Columns that a later schema added, with what older rows hold: left out of digests while so."""

_RENAMED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "payments": ("placement", {"applied": "due"}),
}
"""By table, a column and the names of its values in older rows, under which they are sealed."""


class Columns:
    """Columns of a table, in the order in which rows are written or were read.

    Attributes:
        insert: the SQL that inserts the values of these columns, in their order: SQLite's driver
            looks named values up one by one.
    """

    def __init__(self, table: str, names: tuple[str, ...]) -> None:
        self.table = table
        self.names = names
        marks = ", ".join("?" * len(names))
        self.insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        self._places: dict[tuple[str, ...], list[int]] = {}

    @cached_property
    def with_id(self) -> Columns:
        """The columns after the id that a row gets."""
        return Columns(self.table, ("id", *self.names))

    def places(self, names: tuple[str, ...]) -> list[int]:
        """Return where some columns are in a row."""
        if names not in self._places:
            self._places[names] = [*map(self.names.index, names)]
        return self._places[names]

    def digest(self, rows: Sequence[Sequence[Any]]) -> str:
        """Return a digest of the columns that are not null: one added later changes nothing.

        It is of `ascii` of each row's list of (name, value), written at a quarter of its cost.
        Unlike that of `repr`, the text is independent of the Unicode version.
        """
        spelled = self._text(rows[0]) if len(rows) == 1 else "], [".join(map(self._text, rows))
        text = f"[[{spelled}]]" if rows else "[]"
        return sha256(text.encode()).hexdigest()[:_HEX]

    @cached_property
    def _text(self) -> Callable[[Sequence[Any]], str]:
        """The function that spells a row.

        The rows of a table leave out the same few sets of columns. For each there is a function
        that spells the others in one step.
        """
        values = f"{', '.join([f'v{at}' for at in range(len(self.names))])}, = row"
        cells = _cells(self.table, self.names)
        old_names = _RENAMED[self.table][1] if self.table in _RENAMED else {}

        def spell(left_out: tuple[bool, ...]) -> Callable[[Sequence[Any]], str]:
            kept = [
                text for (_, text), is_absent in zip(cells, left_out, strict=True) if not is_absent
            ]
            spelled = f"return f{', '.join(kept)!r}"
            return compiled(["row"], [values, spelled], old_names=old_names)

        left_out = "".join([f"{is_absent}, " for is_absent, _ in cells])
        lines = [values, f"return spelled_by[{left_out}](row)"]
        return compiled(["row"], lines, spelled_by=_Made(spell))


class _Made(dict[tuple[bool, ...], "Callable[[Sequence[Any]], str]"]):
    """Functions that spell rows by which columns they leave out, each made when it is needed."""

    def __init__(self, make: Callable[[tuple[bool, ...]], Callable[[Sequence[Any]], str]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, left_out: tuple[bool, ...]) -> Callable[[Sequence[Any]], str]:
        made = self[left_out] = self._make(left_out)
        return made


def _cells(table: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return for each column that is sealed when it is left out, and how it is spelled.

    They are in the order of the names. Both are code about the values of a row: `v0`, `v1` and
    so on, in the order in which the row has them.
    """
    renamed = _RENAMED[table][0] if table in _RENAMED else None
    cells = []
    for name in sorted(names):
        if (table, name) in _UNSEALED_COLUMNS:
            continue
        value = f"v{names.index(name)}"
        absent = [f"{value} is None"]
        absent += [f"{value} == {each!a}" for each in _ADDED_COLUMNS.get((table, name), ())]
        shown = f"old_names.get({value}, {value})" if name == renamed else value
        named = f"({name!a}, ".replace("{", "{{").replace("}", "}}")
        cells.append((" or ".join(absent), f"{named}{{{shown}!a}})"))
    return cells


@lru_cache(maxsize=256)
def known_columns(table: str, names: tuple[str, ...]) -> Columns:
    """Return columns, made once."""
    return Columns(table, names)


class RowSeals:
    """The rows that one transaction wrote.

    Attributes:
        tables: which tables were written.
        series: the last number of the receipt series that were written, by series and year.
    """

    def __init__(self) -> None:
        self.series: dict[str, int] = {}
        self.tables: set[str] = set()
        self._rows: dict[str, _Rows] = {}
        self._unread: dict[str, tuple[str, tuple[str, ...]]] = {}

    def add(self, table: str, *key: str) -> None:
        """Add what was written under a key, to be read when it is sealed; a student by uid."""
        self.tables.add(table)
        name = f"{table}:{'|'.join(key)}"
        self._unread[name] = table, key
        self._rows.pop(name, None)

    def add_rows(self, columns: Columns, key: tuple[str, ...], rows: list[Any]) -> None:
        """Add all rows under a key as they were just written, which spares reading them again.

        Columns that are not named hold null, or the default that digests leave out.
        """
        self.tables.add(columns.table)
        name = f"{columns.table}:{'|'.join(key)}"
        self._rows[name] = columns, rows
        if name in self._unread:
            del self._unread[name]

    def append_row(self, columns: Columns, key: tuple[str, ...], row: Sequence[Any]) -> None:
        """Add a row under a key that has none but those of this transaction."""
        self.tables.add(columns.table)
        name = f"{columns.table}:{'|'.join(key)}"
        if name in self._rows:
            self._rows[name][1].append(row)
        elif name not in self._unread:
            self._rows[name] = columns, [row]

    def holds(self, table: str, *key: str) -> bool:
        """Return whether something under a key was written."""
        name = f"{table}:{'|'.join(key)}"
        return name in self._rows or name in self._unread

    def collect(self, cursor: sqlite3.Cursor) -> dict[str, str]:
        """Return the seals of every row added, and clear them.

        Args:
            cursor: reads the rows that are not known.
        """
        found = {name: columns.digest(rows) for name, (columns, rows) in self._rows.items()}
        students: list[str] = []
        cursor.row_factory = None
        for name, (table, key) in self._unread.items():
            if table == STUDENTS:
                students += key
            else:
                columns, rows = _read(cursor, table, SELECTS[table], _values(key))
                found[name] = columns.digest(rows)
        if students:
            found |= _runs(*_read(cursor, STUDENTS, _STUDENTS_BY_UID, [json.dumps(students)]))
        self._rows.clear()
        self._unread.clear()
        return found


def seal_of(connection: sqlite3.Connection, table: str, key: str) -> tuple[str, int]:
    """Return the digest of the rows under a key, and their number."""
    columns, rows = _read(_plain(connection), table, SELECTS[table], _values(key.split("|")))
    return columns.digest(rows), len(rows)


def student_seals(connection: sqlite3.Connection, first: int, last: int) -> dict[int, str]:
    """Return the digests of the students of a run by id."""
    columns, rows = _read(_plain(connection), STUDENTS, STUDENTS_OF_RUN, [first, last])
    return dict(_digests(columns, rows))


def _values(key: Sequence[str]) -> list[str | None]:
    """Return the parts of a key as stored: an empty one is null."""
    return [part or None for part in key]


def _plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """Return a cursor whose rows are plain tuples on any connection."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def _read(
    cursor: sqlite3.Cursor, table: str, sql: str, values: Sequence[str | int | None]
) -> _Rows:
    """Return the columns and the rows of a query of a table."""
    cursor.execute(sql, values)
    return known_columns(table, names_of(cursor)), cursor.fetchall()


def names_of(cursor: sqlite3.Cursor) -> tuple[str, ...]:
    """Return the names of a cursor's columns."""
    return tuple([column[0] for column in cursor.description])


def _digests(columns: Columns, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, str]]:
    at = columns.names.index("id")
    for row in rows:
        yield row[at], columns.digest((row,))[:RUN_HEX]


def _runs(columns: Columns, rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    """Return the seals of students, ordered by id: one for each run of neighbours."""
    found: dict[str, str] = {}
    numbered = enumerate(_digests(columns, rows))
    for _, neighbours in groupby(numbered, lambda each: each[1][0] - each[0]):
        run = [each for _, each in neighbours]
        found[f"{STUDENTS}:{run[0][0]}-{run[-1][0]}"] = "".join(sealed for _, sealed in run)
    return found


def everything(connection: sqlite3.Connection, tables: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the seals of every row of some tables, as many at a time as one entry holds."""
    kept: dict[str, str] = {}
    for table in tables:
        if table == STUDENTS:
            yield from _every_student(connection)
            continue
        keys = connection.execute(f"SELECT DISTINCT {KEYS[table]} FROM {table}").fetchall()
        for (each,) in keys:
            kept[f"{table}:{each}"] = seal_of(connection, table, each)[0]
            if len(kept) == ROWS_AN_ENTRY:
                yield kept
                kept = {}
    if kept:
        yield kept


def _every_student(connection: sqlite3.Connection) -> Iterator[dict[str, str]]:
    cursor = connection.execute("SELECT * FROM students ORDER BY id")
    columns = known_columns(STUDENTS, names_of(cursor))
    while rows := cursor.fetchmany(ROWS_A_RUN):
        yield _runs(columns, rows)
