"""The one writing connection: lent to one unit of work at a time, and sound after every failure."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.audit import AuditEntry, first_break
from desktop_app.services.errors import DatabaseLockedError
from desktop_app.storage import write_connection
from desktop_app.storage.audit_anchor import ANCHOR
from desktop_app.storage.store import open_store

if TYPE_CHECKING:
    from desktop_app.storage.store import SqlStore


NOW = "2026-07-01T04:00:00.000000Z"


def names(store: SqlStore) -> list[str]:
    """Return the centre's name as committed, if any."""
    with closing(sqlite3.connect(store.path)) as other:
        found = other.execute("SELECT value FROM settings WHERE key = 'centre.name'").fetchall()
    return [value for (value,) in found]


def test_a_commit_is_durable_at_once_and_on_the_same_connection(store: SqlStore) -> None:
    used = []
    for name in ("Vidya", "Gurukul"):
        with store.writing() as work:
            used.append(work._connection)
            work.put_setting("centre.name", name)
            assert work._connection.in_transaction
            work.commit()
            assert names(store) == [name]
    assert used[0] is used[1]
    assert used[0].execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_commit_that_fails_keeps_nothing(store: SqlStore) -> None:
    with store.writing() as work:
        raw = work._connection
        work.put_setting("centre.name", "Vidya")
        work.commit()
    raw.execute("CREATE TABLE twice (x UNIQUE REFERENCES nowhere DEFERRABLE INITIALLY DEFERRED)")
    raw.execute("CREATE TABLE nowhere (id PRIMARY KEY)")
    with pytest.raises(sqlite3.IntegrityError), store.writing() as work:
        work.put_setting("centre.name", "Gurukul")
        work._connection.execute("INSERT INTO twice VALUES (1)")  # checked at the commit
        work.commit()
    assert names(store) == ["Vidya"]
    assert not raw.in_transaction


@pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt])
def test_what_was_not_committed_is_undone_before_the_next(
    store: SqlStore, raised: type[BaseException]
) -> None:
    with pytest.raises(raised), store.writing() as work:
        work.put_setting("centre.name", "Vidya")
        raise raised
    with store.writing() as work:
        assert work.setting("centre.name") is None
        work.nothing_to_write()


def test_a_connection_that_cannot_be_rolled_back_is_replaced(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL), pytest.raises(ValueError, match="broken"):
        with store.writing() as work:
            broken = work._connection
            work.put_setting("centre.name", "Vidya")
            broken.close()
            raise ValueError("broken")
    with store.writing() as work:
        assert work._connection is not broken
        work.put_setting("centre.name", "Gurukul")
        work.commit()
    assert names(store) == ["Gurukul"]


def test_a_begin_that_fails_returns_the_connection(store: SqlStore) -> None:
    store.writer.lend().execute("PRAGMA busy_timeout = 1")
    store.writer.take_back()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(DatabaseLockedError), store.writing():
                pass
    with store.writing() as work:
        work.nothing_to_write()


def test_a_connection_that_does_not_become_free_is_a_lock(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_connection, "WAIT_S", 0.05)
    with store.writing() as work:
        with pytest.raises(DatabaseLockedError), store.writing():
            pass
        work.nothing_to_write()


def test_units_of_work_of_many_threads_take_turns(store: SqlStore) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work_once(number: int) -> None:
        with store.writing() as work:
            inside.append(number)
            most.append(len(inside))
            work.put_setting(f"centre.{number}", "x")
            inside.remove(number)
            work.commit()

    threads = [threading.Thread(target=work_once, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1] * 12
    with store.reading() as books:
        assert all(books.setting(f"centre.{number}") == "x" for number in range(12))


def test_what_another_program_writes_is_read_again(store: SqlStore) -> None:
    def write(to: SqlStore, name: str) -> list[str | None]:
        with to.writing() as work:
            before = work.setting("centre.name")
            work.put_setting("centre.name", name)
            work.audit(AuditEntry(NOW, "D1", "centre.named", name, {}))
            number = work.receipts.next_sequence("D1", "26-27")
            work.commit()
        return [before, str(number)]

    other = open_store(store.path.parent)
    try:
        seen = [
            write(*each)
            for each in ((store, "A"), (store, "B"), (other, "C"), (other, "D"), (store, "E"))
        ]
    finally:
        other.close()
    assert seen == [[None, "1"], ["A", "2"], ["B", "3"], ["C", "4"], ["D", "5"]]
    assert first_break(store.reader.audit.links(), None) is None
    anchor = json.loads((store.path.parent / ANCHOR).read_text())
    assert (anchor["number"], anchor["series"]) == (10, {"D1/26-27": 5})


def test_what_was_undone_is_not_kept(store: SqlStore) -> None:
    with store.writing() as work:
        work.put_setting("centre.name", "Vidya")
        work.commit()
    with pytest.raises(ValueError, match="broken"), store.writing() as work:
        work.put_setting("centre.name", "Gurukul")
        work.audit(AuditEntry(NOW, "D1", "centre.named", "Gurukul", {}))
        raise ValueError("broken")
    with store.writing() as work:
        assert work.setting("centre.name") == "Vidya"
        work.put_setting("centre.state", "27")
        work.commit()
    assert first_break(store.reader.audit.links(), None) is None


def test_a_closed_writer_opens_again_and_one_in_use_closes_afterwards(store: SqlStore) -> None:
    with store.writing() as work:
        used = work._connection
        store.writer.close()
        work.put_setting("centre.name", "Vidya")
        work.commit()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        used.execute("SELECT 1")
    with store.writing() as work:
        assert work.setting("centre.name") == "Vidya"
        work.nothing_to_write()
