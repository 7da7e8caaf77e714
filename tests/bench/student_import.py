"""Import of 100,000 students from CSV: the whole use-case against csv + `executemany`.

The control writes the same columns into the same schema (with triggers and full-text tables) in
one durable transaction with the same pragmas, without validation.
"""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from .big_file import INSERT, migrated, values
from .desks import folder, opened
from .figures import Figure, alternate, milliseconds
from .population import students

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 100_000
ROUNDS = 3
TARGET = 2.0
COLUMNS = "roll_no name phone email guardian_name guardian_phone date_of_birth state".split()


def run() -> Iterator[Figure]:
    """Measure."""
    with folder() as data:
        data.mkdir()
        sheet = data / "students.csv"
        with sheet.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            table.writerows(students(COUNT))
        ours, control = alternate(lambda: _ours(sheet), lambda: _control(sheet), ROUNDS)
    yield Figure("import", ours, TARGET, control)


def _ours(sheet: Path) -> float:
    with folder() as data, opened(data) as desk:
        took = milliseconds(lambda: desk.desk.imports.students(sheet))
        _check(desk.store.path)
    return took


def _control(sheet: Path) -> float:
    with folder() as data:
        data.mkdir()
        path = migrated(data / "control.sqlite3")
        took = milliseconds(lambda: _import(sheet, path))
        _check(path)
    return took


def _import(sheet: Path, path: Path) -> None:
    with (
        sheet.open(encoding="utf-8", newline="") as file,
        closing(sqlite3.connect(path, isolation_level=None)) as connection,
    ):
        table = csv.reader(file)
        next(table)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-16384"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, _rows(table))
        connection.execute("COMMIT")


def _rows(table: Iterator[list[str]]) -> Iterator[tuple[str | None, ...]]:
    for number, row in enumerate(table):
        yield values(number, tuple(row))  # type: ignore[arg-type]


def _check(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM students").fetchone()
    if count != COUNT:
        raise RuntimeError(f"{count} students instead of {COUNT}")
