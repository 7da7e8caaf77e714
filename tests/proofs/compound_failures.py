"""Failures while the desk recovers from a failure; the next start works and repeats no number.

The steps are those in which files are replaced or numbers are skipped: a restore, the upgrade of an
older schema with its backup, the note of a gap after an older file was put in place, a start, and
the very first one. In each a process is killed at an enumerated call, or the disk takes no more
from some size on, or two processes do the same at once; with the PC's clock as it should be, at
1980 and at 2100. Then a process with a right clock, or the same wrong one, opens the folder and
takes a fee in cash.

Good is: it opens, its receipt has a number that nobody was given before, and no receipt is missing
that the step had no reason to drop. The control restores by copying the file, as by hand, and looks
for no gap.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.bootstrap import Options, open_desk
from desktop_app.bootstrap.restore import restore_backup
from desktop_app.storage.audit_anchor import ANCHOR
from desktop_app.storage.store import DATABASE
from tests.integration.test_upgrade import write_old_file

from .killed_process import OUTSIDE_CALLS, fork
from .own_paths import collect_cash, receipt_numbers
from .proof_desk import temporary_folder
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLOCKS = {
    "right": NOW,
    "1980": datetime(1980, 1, 1, tzinfo=UTC),
    "2100": datetime(2100, 6, 1, tzinfo=UTC),
}
STEPS = {
    "restore": "book",
    "upgrade": "old",
    "gap": "rolled back",
    "start": "book",
    "first": "empty",
}
"""Step → the folder that it begins with."""
MAY_DROP = frozenset({"restore", "gap"})
FILE_CALLS = frozenset({"replace", "rename", "link", "unlink", "open", "write", "mkdir"})
FULL_FROM = (1, 4_096, 32_768, 131_072, 400_000, 1_200_000)
"""Bytes of a file from which on nothing more is written."""
LONGEST_S = 60.0
MOST_LINES = 12
NEVER = 10**9
SHORT_KILLS = 1
LONG_KILLS = 40
SHORT_CASES = 14
MEETINGS = 8
"""How often the programs of a case are started at once: which is first differs."""


class ShiftedClock:
    """The clock of a PC that is set to another instant."""

    def __init__(self, at: datetime) -> None:
        self._at, self._begun = at, time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._begun)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class CompoundCase:
    """One step, what fails in it, and the clocks.

    Attributes:
        die_at: at which call the process kills itself; None for not, and calls are not counted.
        full_from: the size of files from which on the disk is full, 0 for enough room.
        programs: how many do the step at once; beside a restore the others start.
        clock: the clock of the step.
        next_clock: the clock of the start after it.
    """

    step: str
    die_at: int | None = None
    full_from: int = 0
    programs: int = 1
    clock: str = "right"
    next_clock: str = "right"

    def __str__(self) -> str:
        failure = f"killed at call {self.die_at}" if self.die_at is not None else ""
        failure = failure or (f"disk full from {self.full_from}" if self.full_from else "")
        failure = failure or f"{self.programs} at once"
        return f"{self.step}, {failure}, clock {self.clock} then {self.next_clock}"


@dataclass
class KillSwitch:
    """Counts the calls that write, send or move files, and kills the process at one of them."""

    die_at: int | None
    count: int = 0

    def profile(self, _frame: object, event: str, called: Any) -> None:
        if event != "c_call":
            return
        name = getattr(called, "__name__", "")
        is_file = name in FILE_CALLS and getattr(called, "__module__", "") in {"posix", "io", "_io"}
        if not is_file and name not in OUTSIDE_CALLS and name != "backup":
            return
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


@dataclass
class CompoundWorld:
    """Folders that steps begin with, and the findings of the cases.

    Attributes:
        place: holds the folder, what the system remembers of it, and the untouched ones.
        given: the numbers on paper, by the folder that the step begins with.
        is_naive: the control.
    """

    place: Path
    is_naive: bool = False
    given: dict[str, set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.place / "world" / "desk"

    @property
    def options(self) -> Options:
        return Options(data_dir=self.folder)

    def build(self) -> None:
        """Make the folders that the steps begin with."""
        self.folder.mkdir(parents=True)
        self._keep("empty", set())
        write_old_file(self.folder / DATABASE, 1)
        with closing(sqlite3.connect(self.folder / DATABASE)) as raw:
            [(found,)] = raw.execute("SELECT hash FROM audit_entries")
        head = {"number": 1, "hash": found}
        (self.folder / ANCHOR).write_text(json.dumps(head).ljust(160), encoding="utf-8")
        self._keep("old", {"D1/26-27/000001"})
        self._begin("empty")
        opened = open_desk(self.options, clock=ShiftedClock(NOW))
        numbers = {collect_cash(opened, "G1")}
        opened.desk.backups.make(self.place / "world" / "backup.sqlite3")
        numbers |= {collect_cash(opened, "G2"), collect_cash(opened, "G3")}
        opened.close()
        self._keep("book", numbers)
        shutil.copy(self.place / "world" / "backup.sqlite3", self.folder / DATABASE)
        self._keep("rolled back", numbers)

    def _keep(self, name: str, given: set[str]) -> None:
        shutil.copytree(self.place / "world", self.place / name)
        self.given[name] = given

    def _begin(self, name: str) -> None:
        shutil.rmtree(self.place / "world")
        shutil.copytree(self.place / name, self.place / "world")

    def calls_of(self, step: str, clock: str) -> int:
        """Return how many calls a step has at which it can be killed."""
        self._begin(STEPS[step])
        said = self._finished([self._started(CompoundCase(step, NEVER, clock=clock))])
        return next(int(each["calls"]) for each in said if each["said"] == "done")

    def play(self, case: CompoundCase) -> None:
        """Play a case, and record what is wrong after it."""
        self._begin(STEPS[case.step])
        given = set(self.given[STEPS[case.step]])
        needed = set() if case.step in MAY_DROP else set(given)
        others = replace(case, step="start") if case.step == "restore" else case
        programs = [case] + [others] * (case.programs - 1)
        said = self._finished([self._started(each) for each in programs])
        numbers = [str(each["number"]) for each in said if each["said"] == "number"]
        if len(set(numbers)) < len(numbers) or given & set(numbers):
            self.wrong.append(f"{case}: {numbers} were given already")
        if (
            others is case
            and case.programs > 1
            and sum(each["said"] == "done" for each in said) < case.programs
        ):
            self.wrong.append(f"{case}: {[each for each in said if each['said'] == 'failed']}")
        if case.step not in MAY_DROP:
            needed |= set(numbers)
        self._start_after(case, given | set(numbers), needed)

    def _start_after(self, case: CompoundCase, given: set[str], needed: set[str]) -> None:
        said = self._finished([self._started(CompoundCase("start", clock=case.next_clock))])
        failed = [each["error"] for each in said if each["said"] == "failed"]
        numbers = {str(each["number"]) for each in said if each["said"] == "number"}
        booked = {str(name) for each in said if each["said"] == "booked" for name in each["names"]}
        if failed or not numbers:
            self.wrong.append(f"{case}: the next start fails: {failed}")
        elif numbers & given:
            self.wrong.append(f"{case}: {numbers} was given already")
        elif needed - booked:
            self.wrong.append(f"{case}: {needed - booked} are gone")

    # --- processes

    def _started(self, case: CompoundCase) -> tuple[int, int]:
        return fork(lambda report: self._do(case, report))

    def _finished(self, programs: list[tuple[int, int]]) -> list[dict[str, Any]]:
        """Wait for processes; return their reports."""
        said: list[dict[str, Any]] = []
        for child, reading in programs:
            with os.fdopen(reading, "rb") as pipe:
                said += [json.loads(line) for line in pipe if line.endswith(b"\n")]
            os.waitpid(child, 0)
        return said

    def _do(self, case: CompoundCase, report: Callable[..., None]) -> None:
        """Do a step in a child process, and report numbers, errors and the count of calls."""
        signal.alarm(int(LONGEST_S))
        if case.full_from:
            resource.setrlimit(resource.RLIMIT_FSIZE, (case.full_from, resource.RLIM_INFINITY))
        switch, clock = KillSwitch(case.die_at), ShiftedClock(CLOCKS[case.clock])
        if case.die_at is not None:
            sys.setprofile(switch.profile)
        try:
            self._step(case.step, clock, report)
            report("done", calls=switch.count)
        except Exception as error:  # noqa: BLE001 - judged by the parent
            report("failed", error=repr(error))
        finally:
            sys.setprofile(None)

    def _step(self, step: str, clock: ShiftedClock, report: Callable[..., None]) -> None:
        with ExitStack() as stack:
            if self.is_naive:
                stack.enter_context(patch(_DETECT, lambda *_given, **_named: False))
            if step == "restore":
                self._restore(clock.now())
                return
            opened = open_desk(self.options, clock=clock)
            stack.callback(opened.close)
            report("number", number=collect_cash(opened, f"R{os.getpid()}"))
            report("booked", names=sorted(receipt_numbers(opened)))

    def _restore(self, at: datetime) -> None:
        backup = self.place / "world" / "backup.sqlite3"
        if not self.is_naive:
            restore_backup(self.options, backup, at)
            return
        for suffix in ("-wal", "-shm"):
            (self.folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
        content = backup.read_bytes()
        with (self.folder / DATABASE).open("wb", buffering=0) as file:
            for begin in range(0, len(content), 65_536):
                file.write(content[begin : begin + 65_536])


_DETECT = "desktop_app.services.recovery.rollback_detection.detect_rollback"


def long_cases(world: CompoundWorld) -> Iterator[CompoundCase]:
    """Yield every step with every failure at every clock; the calls are counted first."""
    for step in STEPS:
        for clock in CLOCKS:
            yield from _kills(world, step, clock, LONG_KILLS)
            yield from (CompoundCase(step, full_from=size, clock=clock) for size in FULL_FROM)
            yield from [CompoundCase(step, programs=2, clock=clock)] * MEETINGS
            yield from [CompoundCase(step, programs=4, clock=clock)] * MEETINGS
            yield from (CompoundCase(step, clock=clock, next_clock=each) for each in CLOCKS)


def short_cases(world: CompoundWorld) -> Iterator[CompoundCase]:
    """Yield some of each kind."""
    for step in STEPS:
        yield from _kills(world, step, "right", SHORT_KILLS)
    for step in sorted(MAY_DROP):
        yield CompoundCase(step, full_from=FULL_FROM[1])
        yield from (CompoundCase(step, clock=clock) for clock in ("1980", "2100"))
    yield from (CompoundCase(step, programs=2) for step in ("restore", "upgrade", "gap"))


def _kills(world: CompoundWorld, step: str, clock: str, count: int) -> Iterator[CompoundCase]:
    calls = world.calls_of(step, clock)
    for number in range(count):
        die_at = calls * (2 * number + 1) // count // 2
        yield CompoundCase(step, die_at=die_at, clock=clock)


def _play_naive(world: CompoundWorld) -> list[str]:
    world = replace(world, is_naive=True, wrong=[])
    case = CompoundCase("restore")
    for each in (case, replace(case, die_at=world.calls_of("restore", "right") // 2)):
        world.play(each)
    world.play(CompoundCase("gap"))
    return world.wrong


def prove(*, long: bool) -> Iterator[Figure]:
    """Play the cases, and then those of a desk that restores by copying a file."""
    with (
        temporary_folder() as place,
        patch.dict(os.environ, {"XDG_STATE_HOME": str(place / "world" / "state")}),
    ):
        world = CompoundWorld(place)
        world.build()
        count = 0
        for case in (long_cases if long else short_cases)(world):
            world.play(case)
            count += 1
        control = _play_naive(world)
    for line in world.wrong[:MOST_LINES]:
        print(f"  {line}")
    yield Figure("compound.cases", str(count), f"≥ {SHORT_CASES}", count >= SHORT_CASES)
    yield count_figure("compound.wrong", len(world.wrong), control=len(control))
