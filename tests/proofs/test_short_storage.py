"""Short forms of the proofs about storage, and whether their audits notice defects."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import Method
from desktop_app.storage.store import DATABASE
from tests.clock import TestClock

from . import (
    crash_points,
    file_operations,
    ledger_audit,
    power_cuts,
    tamper_detection,
    tamper_edits,
    two_books,
)
from .gateway_backends import FakeBackend
from .proof_desk import create_data_folder, open_services
from .torn_disk import SECTOR, PowerCutError, TornDisk, TornFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .report_figures import Figure

ROOT = Path(__file__).parents[2]


def assert_all_hold(figures: Iterable[Figure]) -> None:
    failed = [str(each) for each in figures if not each.passed]
    assert not failed, "\n".join(failed)


@pytest.mark.timeout(240)
def test_processes_that_die_or_meet_lose_nothing_and_each_second_check_has_its_test() -> None:
    """The proofs that fork run beside this process: a fork wants a process without threads."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.proofs", "kill", "paths", "compound", "mutation"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2_000:]


def test_power_cuts_lose_nothing() -> None:
    assert_all_hold(power_cuts.prove(long=False))


@pytest.mark.timeout(180)
def test_crashes_at_enumerated_points_lose_nothing() -> None:
    assert_all_hold(crash_points.prove(long=False))


@pytest.mark.timeout(180)
def test_no_two_books_hold_the_same() -> None:
    assert_all_hold(two_books.prove(long=False))


def test_edits_are_found() -> None:
    assert_all_hold(tamper_detection.prove(long=False))


@pytest.mark.timeout(180)
def test_fraud_by_file_operations_alone_is_noticed() -> None:
    """Its control is a desk whose anchor has no code and may be missing: it must miss some."""
    figures = {each.name: each for each in file_operations.prove(long=False)}
    assert_all_hold(figures.values())
    assert int(figures["fraud.unnoticed"].control) > 0


# --- whether the audits notice


def test_what_was_synced_survives_and_the_rest_only_by_luck() -> None:
    survived = 0
    for seed in range(40):
        disk = TornDisk(random.Random(seed), cut_at=3)
        disk.put_file("/torn/x", b"")
        file = TornFile(disk, "/torn/x")
        file.xWrite(b"a" * SECTOR, 0)
        file.xSync(0)
        with pytest.raises(PowerCutError):
            file.xWrite(b"b" * SECTOR, SECTOR)
        assert disk.survivors is not None
        found = disk.survivors["/torn/x"]
        assert found[:SECTOR] == b"a" * SECTOR
        survived += found[SECTOR:] == b"b" * SECTOR
    assert 0 < survived < 40


@pytest.mark.parametrize(
    ("edit", "shown"),
    [
        ("DELETE FROM receipts", "a payment that its receipts do not show"),
        ("DELETE FROM ledger_entries WHERE amount_paise < 0", "a movement that does not sum"),
        ("UPDATE enrollments SET state = 'pending'", "money on a due without a seat"),
        ("DELETE FROM allocations", "a seat without money on a due"),
    ],
)
def test_half_written_books_are_seen(tmp_path: Path, edit: str, shown: str) -> None:
    folder, clock = tmp_path / "desk", TestClock()
    create_data_folder(folder)
    backend = FakeBackend(clock)
    desk = open_services(folder, backend.client(clock), clock)
    view = desk.payments.open(
        desk.payments.begin(desk.student(), desk.course(), Method.UPI_INTENT).uid
    )
    backend.pay(view.qr_text or "")
    before = ledger_audit.audit(folder, backend.captured())
    assert before.lost_paise == 1_180_000, "paid, and not seen yet"
    desk.polling.run()
    desk.close()
    assert ledger_audit.audit(folder, backend.captured()).is_clean
    with tamper_edits.sql_shell(folder / DATABASE) as raw:
        raw.execute(edit)
    assert any(words.startswith(shown) for words in ledger_audit.audit(folder, {}).half_written)


def test_a_fingerprint_sees_one_paisa(tmp_path: Path) -> None:
    path = create_data_folder(tmp_path / "desk")
    with closing(sqlite3.connect(path)) as raw:
        before = ledger_audit.fingerprint(raw)
        raw.execute("INSERT INTO settings (key, value) VALUES ('x', '1')")
        with_one = ledger_audit.fingerprint(raw)
        raw.execute("UPDATE settings SET value = '2'")
        assert len({before, with_one, ledger_audit.fingerprint(raw)}) == 3
