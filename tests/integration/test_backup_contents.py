"""Backups by what they hold: kind of book, schema, and how far the audit trail goes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.bootstrap.restore import DatabaseRestore, restore_backup
from desktop_app.cli.main import run
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.payment import Method
from desktop_app.services import errors
from desktop_app.services.identity.book import TRAINING
from desktop_app.services.maintenance.demo_data import fill
from desktop_app.storage import backup as copies
from desktop_app.storage import book_contents, migrate
from desktop_app.storage.store import BACKUPS, DATABASE, SqlStore, open_store
from tests.integration.test_upgrade import write_old_file
from tests.proofs import old_book

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.maintenance import BookContents
    from tests.clock import TestClock
    from tests.integration.conftest import Counter


def state_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, with its content."""
    found = (path for path in folder.rglob("*") if path.is_file() and "logs" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def edited(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()
    return path


# --- the kind of book, and its schema


@pytest.fixture
def practice(counter: Counter, tmp_path: Path) -> Path:
    """Return a backup of practice mode, of a program that did not store the kind yet."""
    context = counter.context
    object.__setattr__(context, "is_training", True)
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    path = tmp_path / "practice.sqlite3"
    context.store.backup(path)
    object.__setattr__(context, "is_training", False)
    return edited(path, "DELETE FROM settings WHERE key = 'book.kind'")


def test_a_practice_book_is_not_restored_into_the_real_one(
    practice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = tmp_path / "real"
    open_desk(Options(data_dir=desk)).close()
    before = state_of(desk)
    assert run(["restore", str(practice), "--data-dir", str(desk)]) == 5
    assert "practice mode" in capsys.readouterr().err
    assert state_of(desk) == before
    restored = restore_backup(Options(data_dir=desk, training=True), practice, datetime.now(UTC))
    assert restored.backup.payments == 1


def test_a_real_book_is_not_restored_into_practice_mode(counter: Counter, tmp_path: Path) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    backup = tmp_path / "real.sqlite3"
    counter.context.store.backup(backup)
    edited(backup, "DELETE FROM settings WHERE key = 'book.kind'")
    options = Options(data_dir=tmp_path / "other", training=True)
    with pytest.raises(InvalidInputError, match="real data"):
        restore_backup(options, backup, counter.context.now())
    assert not (tmp_path / "other" / "training" / DATABASE).exists()


def test_the_samples_of_practice_mode_show_its_kind(counter: Counter, tmp_path: Path) -> None:
    fill(counter.context)
    backup = tmp_path / "samples.sqlite3"
    counter.context.store.backup(backup)
    edited(backup, "DELETE FROM settings WHERE key = 'book.kind'")
    assert book_contents.read_contents(backup).kind == TRAINING


def test_the_stored_kind_counts(counter: Counter, tmp_path: Path) -> None:
    backup = tmp_path / "kind.sqlite3"
    counter.context.store.backup(backup)
    edited(backup, "INSERT OR REPLACE INTO settings VALUES ('book.kind', 'training')")
    with pytest.raises(InvalidInputError, match="practice mode"):
        restore_backup(Options(data_dir=tmp_path / "other"), backup, counter.context.now())


def test_a_backup_of_a_newer_program_changes_nothing(
    counter: Counter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, backup = tmp_path / "real", tmp_path / "newer.sqlite3"
    open_desk(Options(data_dir=desk)).close()
    counter.context.store.backup(backup)
    edited(backup, f"PRAGMA user_version = {migrate.SCHEMA + 1}")
    before = state_of(desk)
    assert run(["restore", str(backup), "--data-dir", str(desk)]) == 5
    assert "newer version" in capsys.readouterr().err
    assert state_of(desk) == before


def test_a_backup_of_an_older_schema_is_restored_and_upgraded(tmp_path: Path) -> None:
    backup, desk = tmp_path / "older.sqlite3", tmp_path / "desk"
    write_old_file(backup, 1)
    assert run(["restore", str(backup), "--data-dir", str(desk)]) == 0
    assert migrate.schema_of(desk / DATABASE) == migrate.SCHEMA
    opened = open_desk(Options(data_dir=desk))
    assert len(opened.store.reader.exports.ledger()["payments"]) == 1
    opened.close()


# --- which backup is the newest


def test_the_newest_backup_is_the_one_with_the_newest_entries(counter: Counter) -> None:
    folder = counter.context.folder / BACKUPS
    for name in ("daily-20261120", "daily-20261121", "daily-20261122"):
        counter.student(name[-4:], phone="")
        counter.context.store.backup(folder / f"{name}.sqlite3")
        counter.clock.advance(86_400)
    os.utime(folder / "daily-20261120.sqlite3")  # as after a copy of the folder
    os.utime(folder / "daily-20261122.sqlite3", (0, 0))
    found = DatabaseRestore(Options(data_dir=counter.context.folder)).newest()
    assert found is not None
    assert (found.path.name, found.students) == ("daily-20261122.sqlite3", 3)


def test_a_clock_that_ran_ahead_makes_no_backup_newest(counter: Counter) -> None:
    folder = counter.context.folder / BACKUPS
    counter.clock.advance(400 * 86_400)
    counter.student("R001")
    counter.context.store.backup(folder / "daily-20271225.sqlite3")
    counter.clock.advance(-399 * 86_400)
    counter.student("R002", phone="")
    counter.context.store.backup(folder / "daily-20261121.sqlite3")
    found = DatabaseRestore(Options(data_dir=counter.context.folder)).newest()
    assert found is not None
    assert found.path.name == "daily-20261121.sqlite3"


def test_after_a_restore_the_book_that_went_on_is_newest(counter: Counter) -> None:
    store, folder = counter.context.store, counter.context.folder / BACKUPS
    store.backup(folder / "early.sqlite3")
    for number in range(5):
        counter.student(f"A{number}", phone="")
    store.backup(folder / "left-behind.sqlite3")
    assert isinstance(store, SqlStore)
    store.close()
    counter.clock.advance(3_600)
    options = Options(data_dir=counter.context.folder)
    restore_backup(options, folder / "early.sqlite3", counter.context.now(), counter.registry)
    counter.clock.advance(3_600)
    counter.student("B0", phone="")
    store.backup(folder / "went-on.sqlite3")
    found = DatabaseRestore(options).newest()
    assert found is not None
    assert found.path.name == "went-on.sqlite3"


def test_backups_of_another_kind_and_newer_programs_are_passed_over(
    counter: Counter, practice: Path
) -> None:
    folder = counter.context.folder / BACKUPS
    counter.context.store.backup(folder / "ours.sqlite3")
    edited(folder / "ours.sqlite3", "INSERT OR REPLACE INTO settings VALUES ('book.kind', 'live')")
    counter.student("R9", phone="")
    counter.context.store.backup(folder / "newer.sqlite3")
    edited(folder / "newer.sqlite3", f"PRAGMA user_version = {migrate.SCHEMA + 1}")
    shutil.copy(practice, folder / "practice.sqlite3")
    found = DatabaseRestore(Options(data_dir=counter.context.folder)).newest()
    assert found is not None
    assert found.path.name == "ours.sqlite3"


def test_reading_a_backup_leaves_no_file_beside_it(counter: Counter) -> None:
    folder = counter.context.folder / BACKUPS
    counter.context.store.backup(folder / "kept.sqlite3")
    edited(folder / "kept.sqlite3", "PRAGMA journal_mode=WAL")  # as a copy by hand is
    DatabaseRestore(Options(data_dir=counter.context.folder)).newest()
    assert [path.name for path in folder.iterdir()] == ["kept.sqlite3"]


# --- which daily backups are kept


def daily_names(counter: Counter) -> list[str]:
    return sorted(path.name for path in (counter.context.folder / BACKUPS).glob("daily-*"))


@pytest.fixture
def read_once(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read each backup once, though every day's backup looks into all of them."""
    read = counter.context.store.read_backup
    known: dict[tuple[int, int], BookContents] = {}

    def remember(path: Path) -> BookContents:
        found = path.stat()
        key = found.st_ino, found.st_mtime_ns
        if key not in known:
            known[key] = read(path)
        return known[key]

    monkeypatch.setattr(counter.context.store, "read_backup", remember)


@pytest.mark.usefixtures("read_once")
def test_a_clock_that_ran_ahead_costs_no_backup(counter: Counter) -> None:
    counter.clock.advance(5 * 86_400)
    for _day in range(14):
        assert counter.desk.backups.make_daily()
        counter.clock.advance(86_400)
    counter.clock.advance(-19 * 86_400)
    for _day in range(3):
        made = counter.desk.backups.make_daily()
        assert made is not None
        assert made.path.exists()
        counter.clock.advance(86_400)
    assert daily_names(counter)[:3] == [f"daily-202611{day}.sqlite3" for day in (20, 21, 22)]
    for _day in range(20):  # the names given ahead are reached, and their days have backups too
        made = counter.desk.backups.make_daily()
        assert made is not None
        assert made.path.exists()
        counter.clock.advance(86_400)
    assert len(daily_names(counter)) == 14


def test_a_clock_that_ran_ahead_costs_none_of_a_few_backups(counter: Counter) -> None:
    counter.clock.advance(5 * 86_400)
    for _day in range(3):
        counter.desk.backups.make_daily()
        counter.clock.advance(86_400)
    counter.clock.advance(-8 * 86_400)
    counter.desk.backups.make_daily()
    assert [name[-10:-8] for name in daily_names(counter)] == ["20", "25", "26", "27"]


@pytest.mark.usefixtures("read_once")
def test_days_that_a_clock_ran_ahead_to_push_out_no_older_backup(counter: Counter) -> None:
    def days(count: int, seconds: int) -> None:
        for _day in range(count):
            counter.desk.backups.make_daily()
            counter.clock.advance(seconds)

    days(10, 86_400)
    counter.clock.advance(500 * 86_400)
    days(4, 500 * 86_400)
    counter.clock.advance(-5 * 500 * 86_400)
    before = daily_names(counter)[:10]
    days(4, 86_400)
    assert set(before) < set(daily_names(counter))
    assert len(daily_names(counter)) == 18
    days(20, 86_400)
    assert len(daily_names(counter)) == 14


@pytest.mark.usefixtures("read_once")
def test_after_a_restore_the_new_books_backups_stay(counter: Counter) -> None:
    store, folder = counter.context.store, counter.context.folder / BACKUPS
    for day in range(14):
        counter.student(f"A{day}", phone="")
        counter.desk.backups.make_daily()
        counter.clock.advance(86_400)
    assert isinstance(store, SqlStore)
    store.close()
    oldest = folder / daily_names(counter)[0]
    restore_backup(
        Options(data_dir=counter.context.folder), oldest, counter.context.now(), counter.registry
    )
    before = set(daily_names(counter))
    made = {counter.desk.backups.make_daily()}
    for _day in range(3):
        counter.clock.advance(86_400)
        made.add(counter.desk.backups.make_daily())
    assert all(each is not None and each.path.exists() for each in made)
    assert before < set(daily_names(counter)), "what the restored book lacks stays too"


# --- the start after an update


STARTS = """
import os, sys
from pathlib import Path
import alembic.command, sqlalchemy.dialects.sqlite
from desktop_app.storage.store import open_store
waiting, go = os.pipe()
programs = []
for _ in range(4):
    programs.append(os.fork())
    if not programs[-1]:
        os.close(go)
        os.read(waiting, 1)
        store = open_store(Path(sys.argv[1]))
        is_wrong = store.reader.audit.problems() or store.reader.balances.differences()
        code = 5 if is_wrong else 0
        store.close()
        os._exit(code)
os.close(go)
print([os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in programs])
"""
"""Forks programs that begin at once: each would import alembic for itself."""


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_four_programs_start_at_once_after_an_update(tmp_path: Path) -> None:
    old_book.write(tmp_path / DATABASE, 100, 1)
    edited(tmp_path / DATABASE, "PRAGMA journal_mode=DELETE", "CREATE TABLE filler (x)",
           "INSERT INTO filler VALUES (zeroblob(5000000))")  # fmt: skip
    words = [sys.executable, "-c", STARTS, str(tmp_path)]
    done = subprocess.run(words, text=True, capture_output=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("[0, 0, 0, 0]\n", "")
    [kept] = (tmp_path / BACKUPS).iterdir()
    assert migrate.schema_of(kept) == 1


def test_backups_before_an_upgrade_never_replace_each_other(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(tmp_path / DATABASE, "0001")

    def cut_off(*_given: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(migrate, "alembic_config", cut_off)
    for _start in range(2):
        with pytest.raises(errors.StorageError):
            open_store(tmp_path, clock.now)
    monkeypatch.undo()
    open_store(tmp_path, clock.now).close()
    kept = sorted((tmp_path / BACKUPS).iterdir())
    assert [migrate.schema_of(path) for path in kept] == [1, 1, 1]
    assert migrate.schema_of(tmp_path / DATABASE) == migrate.SCHEMA


def test_replaced_books_of_one_second_are_all_kept(counter: Counter, tmp_path: Path) -> None:
    store, options = counter.context.store, Options(data_dir=counter.context.folder)
    backup = tmp_path / "kept.sqlite3"
    store.backup(backup)
    assert isinstance(store, SqlStore)
    store.close()
    kept = {restore_backup(options, backup, counter.context.now()).kept for _ in range(3)}
    assert len(kept) == 3
    assert all(each is not None and each.exists() for each in kept)


def test_a_scratch_file_of_a_killed_process_is_cleared_away(
    store: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    left = {name: folder / f".{name}.sqlite3.x{copies.SCRATCH}" for name in ("old", "new")}
    for path in left.values():
        path.touch()
    os.utime(left["old"], (0, 0))
    store.backup(folder / "good.sqlite3")
    assert sorted(path.name for path in folder.iterdir()) == [left["new"].name, "good.sqlite3"]
