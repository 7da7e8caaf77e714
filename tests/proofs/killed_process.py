"""One desk process that will be killed: a whole fee, each step reported on a pipe.

Runs in a fork of a process that has imported everything; ends only by `os._exit`. Reports before
each commit what the database will hold, and after it that the commit returned.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.storage.store import DATABASE

from .crash_flows import COURSE, ROLL
from .ledger_audit import fingerprint
from .proof_desk import CommitHookStore, open_services
from .writer_class import connect_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.storage.store import SqlStore

    from .gateway_backends import GatewayBackend

CASH_ROLL = "R002"
LOOK_EVERY_S = 0.004
LONGEST_S = 20.0
OUTSIDE_CALLS = frozenset(
    {"execute", "executemany", "commit", "connect", "sendall", "send", "recv_into", "recv", "close"}
)
"""C functions that write, send or receive: the calls at which a process can kill itself."""


class SkippingClock:
    """The machine's clocks; a sleep moves them forward instead of waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        self._ahead += seconds

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass(frozen=True)
class ProcessTask:
    """The task of a child process.

    Attributes:
        die_at_call: at which outside call it kills itself; None to leave that to others.
        saves_at_end: the control: works on a copy of the books and saves it at the end.
    """

    folder: Path
    method: Method
    die_at_call: int | None = None
    saves_at_end: bool = False


@dataclass
class CallCounter:
    """Counts the outside calls, and kills the process at one of them."""

    die_at: int | None
    count: int = 0

    def profile(self, _frame: object, event: str, called: object) -> None:
        if event != "c_call" or getattr(called, "__name__", "") not in OUTSIDE_CALLS:
            return
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


def fork(act: Callable[[Callable[..., None]], None]) -> tuple[int, int]:
    """Run an action in a fork of this process; return its id and the pipe of its reports."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)

        def report(what: str, **more: Any) -> None:
            os.write(writing, json.dumps({"said": what, **more}).encode() + b"\n")

        act(report)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing of the fork may reach the parent's frames
        traceback.print_exc()
    finally:
        os._exit(code)


def run_task(task: ProcessTask, backend: GatewayBackend, report: Callable[..., None]) -> None:
    """Collect a whole fee as the task requires, and one in cash."""
    calls = CallCounter(task.die_at_call)
    if task.die_at_call is not None:
        sys.setprofile(calls.profile)
    folder = task.folder
    if task.saves_at_end:
        folder = task.folder.with_name("in-memory")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(task.folder, folder)
    _collect_fees(task.method, folder, backend, report)
    if task.saves_at_end:
        shutil.copy(folder / DATABASE, task.folder / DATABASE)
    sys.setprofile(None)
    report("done", calls=calls.count)


def _collect_fees(
    method: Method, folder: Path, backend: GatewayBackend, report: Callable[..., None]
) -> None:
    clock = SkippingClock()

    class ReportingConnection(sqlite3.Connection):
        def commit(self) -> None:  # after everything that a commit adds itself
            report("commits", holds=fingerprint(self))
            super().commit()

    def committed(_unit: Any, commit: Callable[[], None]) -> None:
        commit()
        report("committed")

    def wrap_store(store: SqlStore) -> CommitHookStore:
        connect_by(ReportingConnection, store.writer)
        return CommitHookStore(store, committed)

    desk = open_services(folder, backend.client(clock), clock, wrap_store=wrap_store)
    report("opened")
    begun = desk.payments.begin(desk.student(ROLL), desk.course(COURSE), method)
    report("enrolled")
    view = desk.payments.open(begun.uid)
    report("shown", text=view.qr_text)
    deadline = time.monotonic() + LONGEST_S
    while view.state is not AttemptState.PAID and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
        desk.polling.run()
        view = desk.payments.view(view.uid)
    report("paid")
    receipt = desk.receipts.latest()
    if receipt is not None:
        desk.receipts.note_printed(receipt.uid, "a5")
    report("printed")
    desk.payments.begin(desk.student(CASH_ROLL), desk.course(COURSE), Method.CASH)
    desk.close()
