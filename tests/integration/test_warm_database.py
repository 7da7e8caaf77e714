"""The database that tests borrow is as empty as a new one, whatever the test before did to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.students import make_student
from desktop_app.storage.store import DATABASE, SqlStore
from tests.warm_database import WarmDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
OBJECTS = "SELECT count(*) FROM sqlite_master"


@pytest.fixture
def warm(template: Path, tmp_path: Path) -> Iterator[WarmDatabase]:
    made = WarmDatabase(template, tmp_path / "warm")
    yield made
    made.close()


def borrowed(warm: WarmDatabase, folder: Path) -> SqlStore:
    folder.mkdir()
    store = SqlStore(folder / DATABASE, lambda: NOW)
    warm.lend(store)
    return store


def add(store: SqlStore, roll_no: str = "R1") -> None:
    with store.writing() as work:
        work.students.add(roll_no, make_student(roll_no=roll_no, name="Asha"), NOW)
        work.commit()


def raw(sql: str) -> Callable[[SqlStore], None]:
    def do(store: SqlStore) -> None:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            connection.execute(sql)

    return do


def write_a_lot(store: SqlStore) -> None:
    """Write more than SQLite leaves in the log."""
    raw("CREATE TABLE filler (x)")(store)
    raw("INSERT INTO filler VALUES (zeroblob(9000000))")(store)


def limit(store: SqlStore) -> None:
    store.writer.lend().execute("PRAGMA max_page_count = 1")
    store.writer.take_back()


def leave_reading(store: SqlStore) -> None:
    """Begin to read rows of the reader's own transaction, and leave it at that."""
    store.left = store.readers.idle[0].execute("SELECT * FROM audit_entries")  # type: ignore[attr-defined]
    store.left.fetchone()  # type: ignore[attr-defined]


def replace(store: SqlStore) -> None:
    store.close()
    store.path.unlink()
    store.path.write_bytes(b"damaged")


@pytest.mark.parametrize(
    "spoil",
    [
        add, raw("CREATE TRIGGER cheap AFTER INSERT ON dues BEGIN SELECT 1; END"), write_a_lot,
        limit, leave_reading, replace, SqlStore.close, lambda store: store.writer.lend(),
    ],
)  # fmt: skip
def test_nothing_that_a_test_did_is_left(
    warm: WarmDatabase, tmp_path: Path, spoil: Callable[[SqlStore], None]
) -> None:
    first = borrowed(warm, tmp_path / "first")
    (objects,) = first.readers.idle[0].execute(OBJECTS).fetchone()
    add(first, "R2")
    spoil(first)
    warm.take_back(first)
    second = borrowed(warm, tmp_path / "second")
    assert second.reader.students.page("", 0, 5).total == 0
    assert second.reader.audit.head() is None
    assert second.readers.idle[0].execute(OBJECTS).fetchone() == (objects,)
    (pages,) = second.writer.lend().execute("PRAGMA max_page_count").fetchone()
    second.writer.take_back()
    assert pages > 1_000_000
    add(second)
    assert second.reader.students.page("", 0, 5).total == 1
    warm.take_back(second)


def test_the_connections_are_lent_again(warm: WarmDatabase, tmp_path: Path) -> None:
    first = borrowed(warm, tmp_path / "first")
    add(first)
    [reader], writer = first.readers.idle, first.writer.lend()
    first.writer.take_back()
    warm.take_back(first)
    second = borrowed(warm, tmp_path / "second")
    assert second.readers.idle == [reader]
    assert second.writer.lend() is writer
    second.writer.take_back()
    warm.take_back(second)
