"""Paths that people name for files to be written: none of the program's own files is a target."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.bootstrap.training import ADDRESS, STATE
from desktop_app.cli.main import run
from desktop_app.config.logging import LOG
from desktop_app.config.paths import BOOKS, TRAINING
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.payment import Method
from desktop_app.services import output_paths
from desktop_app.services.output_paths import check_output
from desktop_app.storage.audit_anchor import ANCHOR
from desktop_app.storage.store import BACKUPS, DATABASE
from desktop_app.ui.shell.window_state import FILE

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

OWN = (
    DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", ANCHOR, FILE, ADDRESS,
    STATE, f"logs/{LOG}", f"{BACKUPS}/daily-20261120.sqlite3", "replaced-20261120T090000.sqlite3",
    "logo-0123456789abcdef.png",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder in which every file of the program's own exists."""
    home = tmp_path / "desk"
    for name in OWN:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"ours")
    return home


@pytest.mark.parametrize("name", OWN)
def test_a_file_of_the_programs_own_is_no_target_under_any_name(
    folder: Path, tmp_path: Path, name: str
) -> None:
    own = folder / name
    link, twin = tmp_path / "link.csv", tmp_path / "twin.csv"
    link.symlink_to(own)
    os.link(own, twin)
    roundabout = folder / ".." / folder.name / name
    for path in (own, roundabout, link, twin, own.with_name(own.name.upper())):
        with pytest.raises(InvalidInputError):
            check_output(path, folder, may_replace_database=True)
    own.unlink()
    for path in (own, roundabout, link):
        with pytest.raises(InvalidInputError, match="reserved for Pravesh"):
            check_output(path, folder, may_replace_database=True)


def test_the_names_of_own_files_are_those_of_the_parts_that_write_them() -> None:
    patterns = {pattern.rstrip("*") for _place, pattern in output_paths.OWN_FILES}
    assert {DATABASE, FILE, LOG} <= patterns
    names = (output_paths.DATABASE, output_paths.ANCHOR, output_paths.TRAINING)
    assert names == (DATABASE, ANCHOR, TRAINING)
    assert BOOKS.casefold() == output_paths.BOOKS


def test_the_book_of_training_and_the_real_one_are_no_targets_for_each_other(folder: Path) -> None:
    other = folder / TRAINING
    other.mkdir()
    for path, home in ((other / DATABASE, folder), (folder / DATABASE, other)):
        with pytest.raises(InvalidInputError, match="reserved for Pravesh"):
            check_output(path, home, may_replace_database=True)


def test_the_book_of_another_data_folder_is_no_target(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="reserved for Pravesh"):
        check_output(folder / DATABASE, tmp_path / "elsewhere", may_replace_database=True)


def test_what_the_system_remembers_of_books_is_no_target(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / BOOKS / "installation.json"
    kept.parent.mkdir()
    with pytest.raises(InvalidInputError, match="reserved for Pravesh"):
        check_output(kept, folder)


@pytest.mark.parametrize("name", [f"{DATABASE}-journal", f"{DATABASE}-wal", ANCHOR])
def test_no_data_folder_takes_the_place_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    desk = tmp_path / "desk"
    open_desk(Options(data_dir=desk)).close()
    (desk / name).unlink(missing_ok=True)
    assert run(["ledger", "--data-dir", str(desk / name)]) != 0
    assert "reserved for Pravesh" in capsys.readouterr().err
    assert not (desk / name).exists()


def test_the_lock_of_a_window_is_no_target(folder: Path) -> None:
    lock = Path(tempfile.gettempdir()) / "pravesh-0123456789abcdef.lock"
    with pytest.raises(InvalidInputError, match="reserved for Pravesh"):
        check_output(lock, folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_folder_a_pipe_and_a_device_are_no_targets(folder: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (tmp_path, pipe, Path(os.devnull), loop):
        with pytest.raises(InvalidInputError):
            check_output(path, folder, may_replace_database=True)


def test_only_a_backup_replaces_a_closed_database(folder: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "stick.sqlite3"
    earlier.write_bytes(b"SQLite format 3\x00")
    check_output(earlier, folder, may_replace_database=True)
    with pytest.raises(InvalidInputError, match="database"):
        check_output(earlier, folder)
    earlier.with_name("stick.sqlite3-wal").touch()
    with pytest.raises(InvalidInputError, match="open"):
        check_output(earlier, folder, may_replace_database=True)


def test_files_of_people_are_targets_in_the_data_folder_too(folder: Path, tmp_path: Path) -> None:
    (folder / "students.csv").write_text("earlier")
    for path in (folder / "students.csv", folder / "good.sqlite3", tmp_path / "new" / "x.csv"):
        check_output(path, folder)


def test_no_command_writes_over_the_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tmp_path / "desk"
    open_desk(Options(data_dir=desk)).close()
    twin = tmp_path / "twin.csv"
    os.link(desk / DATABASE, twin)
    monkeypatch.setattr("desktop_app.sandbox.server.serve", lambda _server: None)
    before = (desk / DATABASE).read_bytes()
    for words in (
        ("backup", str(desk / DATABASE)),
        ("backup", str(desk / ANCHOR)),
        ("export", "students", str(twin)),
    ):
        assert run([*words, "--data-dir", str(desk)]) != 0
        assert "reserved for Pravesh" in capsys.readouterr().err
    for option in ("--state-file", "--log-file"):
        assert run(["--data-dir", str(desk), "sandbox", option, str(twin)]) != 0
        assert "reserved for Pravesh" in capsys.readouterr().err
    assert (desk / DATABASE).read_bytes() == before
    assert run(["restore", str(twin), "--data-dir", str(desk)]) == 5
    assert "not a backup" in capsys.readouterr().err


def test_no_receipt_is_saved_over_the_book(counter: Counter) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    receipt = counter.receipts.latest()
    assert receipt is not None
    for path in (counter.context.folder / DATABASE, counter.context.folder / ANCHOR):
        with pytest.raises(InvalidInputError, match="reserved for Pravesh"):
            counter.receipts.save_pdf(receipt.uid, "a5", path)
    assert counter.receipts.latest() == receipt
