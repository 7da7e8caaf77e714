"""Upgrade of books with hundreds of fees of every fate: sums, receipts and seals stay."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.services.errors import StorageError
from desktop_app.storage import migrate, row_seals
from desktop_app.storage.store import DATABASE, open_store
from tests.proofs import old_book
from tests.proofs.old_book import fate_of
from tests.proofs.upgraded_book import check_upgrade

if TYPE_CHECKING:
    from pathlib import Path


MANY = 601
"""More fees than one seal covers of a table, each fate sixty times, and a child without a family's
phone."""


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as book:
        return book.execute(sql).fetchall()


def test_sums_receipts_and_seals_of_the_first_schema_stay(tmp_path: Path) -> None:
    check_upgrade(tmp_path, 100, 1)


def test_sums_receipts_and_seals_of_many_fees_stay(tmp_path: Path) -> None:
    check_upgrade(tmp_path, MANY, 2)
    check_causes(tmp_path / DATABASE)


def check_causes(path: Path) -> None:
    """Check that each row of the new tables has its cause in the fate of a fee."""

    def some(*fates: str) -> int:
        return sum(fate_of(number) in fates for number in range(MANY))

    paying = ("paid", "cash", "test_key", "partly_refunded", "refund_failed", "decided")
    kinds = dict(rows(path, "SELECT kind, count(*) FROM movements GROUP BY kind"))
    assert kinds == {
        "payment": MANY - some("pending"),
        "refund": some("partly_refunded", "refunded", "refund_failed", "returned"),
        "refund_failed": some("refund_failed"),
        "decision": some("decided"),
    }
    assert rows(path, "SELECT count(*) FROM attempt_dues WHERE is_live") == [(some("pending"),)]
    applied = "SELECT count(*) FROM allocations WHERE amount_paise > 0"
    assert rows(path, applied) == [(some(*paying),)]
    placements = "SELECT placement, count(*) FROM payments GROUP BY placement"
    assert dict(rows(path, placements)) == {
        "applied": some(*paying, "refunded") - some("decided"),
        "no_seat": some("held", "decided"),
        "returned": some("returned"),
    }
    modes = "SELECT mode, verification, count(*) FROM payments GROUP BY mode, verification"
    assert rows(path, modes) == [
        ("live", "counted", some("cash")),
        ("live", "verified", MANY - some("cash", "test_key", "pending")),
        ("test", "verified", some("test_key")),
    ]
    tenders = "SELECT tender, channel, count(*) FROM payments GROUP BY tender, channel"
    assert rows(path, tenders) == [
        ("cash", None, some("cash")),
        ("gateway", "upi_intent", MANY - some("cash", "pending")),
    ]
    families = rows(path, "SELECT family_uid, count(*) FROM students GROUP BY family_uid")
    assert {count for uid, count in families if uid is not None} == {3}
    assert [count for uid, count in families if uid is None] == [1], "nobody shares that phone"
    lines = "SELECT count(*) FROM receipt_lines WHERE due_uid IS NULL"
    assert rows(path, lines) == [(some("held", "decided"),)]


def test_a_phone_of_many_students_makes_no_family(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    old_book.write(path, 30, 1)
    with closing(sqlite3.connect(path)) as book:
        book.execute("UPDATE students SET guardian_phone = '9800000000' WHERE id <= 9")
        book.commit()
    open_store(tmp_path).close()
    assert rows(path, "SELECT 1 FROM families WHERE phone = '9800000000'") == []


def test_an_upgrade_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / DATABASE
    old_book.write(path, 100, 3)
    objects = rows(path, "SELECT type, name, sql FROM sqlite_master ORDER BY name")
    payments = rows(path, "SELECT * FROM payments")

    def stop(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(row_seals, "everything", stop)
        with pytest.raises((StorageError, sqlite3.OperationalError)):
            open_store(tmp_path)
    assert migrate.schema_of(path) == 3
    assert rows(path, "SELECT type, name, sql FROM sqlite_master ORDER BY name") == objects
    assert rows(path, "SELECT * FROM payments") == payments
    store = open_store(tmp_path)
    assert store.reader.balances.differences() == ()
    store.close()


def test_an_upgrade_that_is_killed_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process leaves the files as they are in the middle of its transaction."""
    running, killed = tmp_path / "running", tmp_path / "killed"
    running.mkdir()
    old_book.write(running / DATABASE, 100, 3)

    def kill(*_: object) -> None:
        shutil.copytree(running, killed)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(row_seals, "everything", kill)
        open_store(running)
    assert migrate.schema_of(killed / DATABASE) == 3
    store = open_store(killed)
    assert store.reader.balances.differences() == ()
    assert store.reader.audit.first_unsealed() is None
    store.close()
