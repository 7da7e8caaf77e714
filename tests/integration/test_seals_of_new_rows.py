"""A row that is sealed from the values it is written with has the seal that verification reads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Integer

from desktop_app.storage.repository import SqlRepository, Step, Transaction
from desktop_app.storage.row_seals import SELECTS, known_columns, seal_of
from desktop_app.storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Column

BY_UID = [table for table, sql in SELECTS.items() if sql.endswith("WHERE uid IS ?")]
BY_ANOTHER = {"ledger_entries": ("payment_uid", "movement_uid"), "receipt_lines": ("receipt_uid",)}
Value = str | int | None


@pytest.fixture(scope="module")
def tables(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """Return a database of the desk's tables, without triggers and checks."""
    copy = tmp_path_factory.mktemp("bare") / "bare.sqlite3"
    copy.write_bytes(template.read_bytes())
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


@pytest.fixture
def bare(tables: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Return the tables without rows; what a test writes is rolled back."""
    tables.execute("BEGIN")
    yield tables
    tables.rollback()


def value_of(column: Column[object], number: int) -> Value:
    return number if isinstance(column.type, Integer) else f"{column.name} “\u0928'{number}"


def values_of(table: str, which: str) -> dict[str, Value]:
    """Return values of a row's columns: of every one, or without empty ones or defaults."""
    return {
        column.name: None if which == "empty" and column.nullable else value_of(column, number)
        for number, column in enumerate(metadata.tables[table].columns, 7)
        if column.computed is None
        and column.name not in {"id", "desk_id"}
        and not (which == "defaults" and column.server_default is not None)
    }


def repository(connection: sqlite3.Connection) -> SqlRepository:
    return SqlRepository(
        Transaction(connection, connection.cursor(), "D1", datetime(2026, 7, 1, tzinfo=UTC))
    )


@pytest.mark.parametrize("table", BY_UID)
@pytest.mark.parametrize("which", ["full", "empty", "defaults"])
def test_of_a_row_with_a_uid(bare: sqlite3.Connection, table: str, which: str) -> None:
    books, values = repository(bare), values_of(table, which)
    books._add_sealed(table, values)
    read, count = seal_of(bare, table, str(values["uid"]))
    assert books._seals.collect(bare.cursor()) == {f"{table}:{values['uid']}": read}
    assert count == 1


@pytest.mark.parametrize(("table", "key"), BY_ANOTHER.items(), ids=BY_ANOTHER)
def test_of_several_rows_under_a_key(
    bare: sqlite3.Connection, table: str, key: tuple[str, ...]
) -> None:
    books, values = repository(bare), values_of(table, "full")
    names = tuple(column.name for column in metadata.tables[table].columns if column.name != "id")
    rows = [
        tuple({**values, "desk_id": "D1", "due_uid": due_uid}[name] for name in names)
        for due_uid in ("due 1", "due 2")
    ]
    key_values = tuple(str(values[each]) for each in key)
    books._add_numbered(known_columns(table, names), key_values, rows)
    read, count = seal_of(bare, table, "|".join(key_values))
    assert books._seals.collect(bare.cursor()) == {f"{table}:{'|'.join(key_values)}": read}
    assert count == 2


def test_of_a_row_that_is_changed_afterwards(bare: sqlite3.Connection) -> None:
    books, values = repository(bare), values_of("dues", "full")
    books._add_sealed("dues", values)
    bare.execute("UPDATE dues SET state = 'paid'")
    books._seals.add("dues", str(values["uid"]))
    read, _ = seal_of(bare, "dues", str(values["uid"]))
    assert books._seals.collect(bare.cursor()) == {f"dues:{values['uid']}": read}


PAY = Step("dues", "state")


@pytest.mark.parametrize("which", ["full", "empty"])
def test_of_a_row_that_was_read_and_changes(bare: sqlite3.Connection, which: str) -> None:
    books, values = repository(bare), {**values_of("dues", which), "desk_id": "D1"}
    bare.execute(known_columns("dues", tuple(values)).insert, tuple(values.values()))
    given = str(values["uid"]), str(values["state"])
    known = known_columns("dues", tuple(values)), tuple(values.values())
    assert books._advance(PAY, known, *given, "paid")
    read, _ = seal_of(bare, "dues", str(values["uid"]))
    assert books._seals.collect(bare.cursor()) == {f"dues:{values['uid']}": read}
    assert not books._advance(PAY, known, *given, "open")
    assert not books._seals.collect(bare.cursor())


def test_of_a_row_that_was_written_after_it_was_read(bare: sqlite3.Connection) -> None:
    books, values = repository(bare), {**values_of("dues", "full"), "desk_id": "D1"}
    bare.execute(known_columns("dues", tuple(values)).insert, tuple(values.values()))
    given = str(values["uid"]), str(values["state"])
    known = known_columns("dues", tuple(values)), tuple(values.values())
    bare.execute("UPDATE dues SET label = 'of a later writing'")
    books._seals.add("dues", str(values["uid"]))
    assert books._advance(PAY, known, *given, "paid")
    read, _ = seal_of(bare, "dues", str(values["uid"]))
    assert books._seals.collect(bare.cursor()) == {f"dues:{values['uid']}": read}


def test_a_trigger_that_changes_a_new_row_breaks_its_seal(bare: sqlite3.Connection) -> None:
    bare.execute(
        "CREATE TRIGGER cheap AFTER INSERT ON dues BEGIN"
        " UPDATE dues SET amount_paise = 1 WHERE uid = NEW.uid; END"
    )
    books, values = repository(bare), values_of("dues", "full")
    books._add_sealed("dues", values)
    read, _ = seal_of(bare, "dues", str(values["uid"]))
    assert books._seals.collect(bare.cursor()) != {f"dues:{values['uid']}": read}
