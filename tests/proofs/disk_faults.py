"""Rows 45-49: a disk that is full, locked, read-only, without its log, or loses power.

SQLite raises its own errors in the desk's one writing connection: at each writing transaction of a
fee in turn, once or until the disk recovers. The power cut tries every state of the file after a
transaction; torn pages are covered by `power_cuts`.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any, ClassVar

from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.storage.store import DATABASE
from tests.proofs.fault_flows import CallSite, FaultFlow
from tests.proofs.fault_scenario import FaultScenario
from tests.proofs.writer_class import connect_by, watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop_app.domain.payment import Method
    from tests.proofs.fault_scenario import SandboxEnvironment
    from tests.proofs.fault_verdict import Verdict

ROW_BY_KIND = {"full": 45, "locked": 46, "read-only": 47}
ERRORS = {
    "full": frozenset({"DiskFullError"}),
    "locked": frozenset({"DatabaseLockedError"}),
    "read-only": frozenset({"ReadOnlyFolderError"}),
}
BUSY_MS = 20
"""Stands for 30 s: how long the writer waits for a lock here."""

MOST_WRITES = 40
_FOREVER = 1_000


class FaultyDisk:
    """Fails the desk's writing transactions from the nth on, a number of times."""

    def __init__(self, scenario: FaultScenario, kind: str, nth: int, times: int) -> None:
        self.kind = kind
        self._path = scenario.opened.store.path
        self._struck = range(nth, nth + times)
        self.writes = 0
        self.is_struck = False
        self._lock: sqlite3.Connection | None = None
        self._writer = scenario.opened.store.writer
        self._factory = self._writer.factory
        connect_by(type("FaultyConnection", (FaultyConnection,), {"disk": self}), self._writer)
        self._watch = watching(self._writer, self._on_lend, self.unlock)
        self._watch.__enter__()

    @property
    def has_struck(self) -> bool:
        """Return whether the flow reached the nth write."""
        return self.writes > self._struck.start

    def recover(self) -> None:
        """Fail no further transaction."""
        self._struck = range(0)

    def detach(self) -> None:
        """Remove the hooks from the writer."""
        self._watch.__exit__(None, None, None)
        connect_by(self._factory, self._writer)

    def _on_lend(self, raw: sqlite3.Connection) -> None:
        is_struck = self.is_struck = self.writes in self._struck
        self.writes += 1
        raw.execute(f"PRAGMA query_only={int(is_struck and self.kind == 'read-only')}")
        is_full = is_struck and self.kind == "full"
        raw.execute(f"PRAGMA max_page_count={_pages(raw) if is_full else 1 << 30}")
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if is_struck and self.kind == "locked":
            self._lock = sqlite3.connect(self._path, isolation_level=None)
            self._lock.execute("BEGIN IMMEDIATE")

    def unlock(self) -> None:
        """Release the other program's lock."""
        if self._lock is not None:
            self._lock.rollback()
            self._lock.close()
            self._lock = None


class FaultyConnection(sqlite3.Connection):
    """A writing connection on a faulty disk."""

    disk: ClassVar[FaultyDisk]

    def execute(self, sql: str, /, *values: Any) -> sqlite3.Cursor:
        """Run a statement; a full disk lacks the room that every transaction may need."""
        cursor = super().execute(sql, *values)
        is_full = self.disk.is_struck and self.disk.kind == "full"
        if is_full and sql.startswith("BEGIN"):
            super().execute("CREATE TABLE ballast AS SELECT zeroblob(100000) AS x")
        return cursor


def _pages(raw: sqlite3.Connection) -> int:
    return int(raw.execute("PRAGMA page_count").fetchone()[0])


def play_all(
    env: SandboxEnvironment, channels: tuple[Method, ...], *, step: int = 1
) -> Iterator[tuple[int, str, Verdict]]:
    """Fail every write of a fee on each channel; yield row, name and verdict of each."""
    for kind, row in ROW_BY_KIND.items():
        for channel in channels:
            for times in (1, _FOREVER):
                for nth in range(0, MOST_WRITES, step):
                    with FaultScenario(env) as scenario:
                        if not _play(scenario, channel, kind, nth, times):
                            break
                        name = f"{kind}, {channel.value}, write {nth}, {times} times"
                        yield row, name, scenario.verdict


def _play(scenario: FaultScenario, channel: Method, kind: str, nth: int, times: int) -> bool:
    """Play one fee; return False when it had no nth write."""
    disk = FaultyDisk(scenario, kind, nth, times)
    flow = FaultFlow(scenario, CallSite("disk", "*", "/", channel))
    try:
        view = flow.show_code(scenario.env.students[0])
        disk.unlock()
        if view is not None:
            flow.pay(view)
        flow.poll()
        disk.unlock()
        has_struck = disk.has_struck
        if has_struck and ERRORS[kind].isdisjoint(scenario.raised):
            scenario.verdict.record("wrong_class", f"{kind} raised {scenario.raised}")
        disk.recover()
        flow.finish()
    finally:
        disk.unlock()
        disk.detach()
    return has_struck


def power_cuts(
    env: SandboxEnvironment, channels: tuple[Method, ...], *, step: int = 1
) -> Iterator[tuple[int, str, Verdict]]:
    """Cut the power after each transaction in turn, and continue from the files at that moment."""
    for channel in channels:
        for nth in range(0, MOST_WRITES, step):
            with FaultScenario(env) as scenario:
                if not _play_power_cut(scenario, channel, nth):
                    break
                yield 49, f"power cut, {channel.value}, after write {nth}", scenario.verdict


class _PowerCutError(BaseException):
    """Raised at the cut; nothing after it was done."""


def _play_power_cut(scenario: FaultScenario, channel: Method, nth: int) -> bool:
    writes = 0

    def before(_connection: sqlite3.Connection) -> None:
        nonlocal writes
        if writes == nth:
            raise _PowerCutError
        writes += 1

    flow = FaultFlow(scenario, CallSite("power", "*", "/", channel))
    view = None
    with watching(scenario.opened.store.writer, before), contextlib.suppress(_PowerCutError):
        view = flow.show_code(scenario.env.students[0])
        if view is not None:
            flow.pay(view)
        flow.poll()
        return False
    _continue_on_copy(scenario, with_log=True)
    for text in scenario.shown_codes:
        if scenario.can_pay(text):
            scenario.pay(text)  # the parent pays while the desk is off
    FaultFlow(scenario, CallSite("power", "*", "/", channel)).finish()
    return True


def _continue_on_copy(scenario: FaultScenario, *, with_log: bool) -> None:
    """Continue on a copy of the files as they are now, with or without the write-ahead log."""
    kept: Path = scenario.folder.with_name(f"{scenario.folder.name}-kept")
    kept.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        if (scenario.folder / name).exists() and (with_log or name == DATABASE):
            shutil.copy(scenario.folder / name, kept / name)
    for extra in scenario.folder.glob("*.json"):
        shutil.copy(extra, kept / extra.name)
    scenario.opened.close()
    shutil.rmtree(scenario.folder)
    kept.rename(scenario.folder)
    scenario.reopen()


def lost_write_ahead_logs(
    env: SandboxEnvironment, channels: tuple[Method, ...]
) -> Iterator[tuple[int, str, Verdict]]:
    """Delete the log between two runs: after a proper shutdown, and after a crash.

    After a proper shutdown it is empty. After a crash it holds what was committed since the
    database was opened: the desk must notice that the rows are missing; payments may then be
    missing from the ledger, but never be counted wrong.
    """
    for channel in channels:
        for ended_well in (True, False):
            with FaultScenario(env) as scenario:
                _play_lost_log(scenario, channel, ended_well=ended_well)
                name = "after a proper end" if ended_well else "after a crash"
                yield 48, f"log deleted {name}, {channel.value}", scenario.verdict


def _play_lost_log(scenario: FaultScenario, channel: Method, *, ended_well: bool) -> None:
    AuditVerifier(scenario.opened.context).verify()
    flow, student = (
        FaultFlow(scenario, CallSite("log", "*", "/", channel)),
        scenario.env.students[0],
    )
    view = flow.show_code(student)
    if ended_well:
        scenario.opened.close()
        scenario.opened.store.path.with_name(f"{DATABASE}-wal").unlink(missing_ok=True)
        scenario.reopen()
        if view is not None:
            flow.pay(view)
        FaultFlow(scenario, CallSite("log", "*", "/", channel)).finish()
        return
    if view is not None:
        flow.pay(view)
    flow.poll()
    _continue_on_copy(scenario, with_log=False)
    if AuditVerifier(scenario.opened.context).verify() is None:
        scenario.verdict.record("lost", "nobody notices that the newest rows are gone")
    scenario.call(scenario.opened.desk.polling.reconcile)
    scenario.judge()
