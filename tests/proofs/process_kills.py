"""SIGKILL at random moments of a fee, from enrolment to receipt: nothing acknowledged is lost.

Each round forks a desk from this process, which has imported everything and has no threads: real
services, a real file on disk, the real sandbox in its own process over loopback HTTP. Some kills
come from outside, at a moment drawn from the whole run or inside a commit, others from inside, at a
drawn call to SQLite or the network. The parent pays at once, late, after the kill, or never. Then a
new process opens the folder, reconciles once, and staff continue.

The commits of one process follow each other, so after a kill the file must hold, to the last row,
what the last acknowledged commit wrote, or the one in progress: anything older is lost, anything
else half-written. The control is a desk that works on its books in memory and saves them when the
fee is complete; it is killed in the second half, when it has something to lose.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from desktop_app.domain.payment import Method
from desktop_app.storage.store import DATABASE
from tests.bench.desks import Sandbox

from . import ledger_audit
from .crash_flows import CrashScenario, PayerAction, finish
from .gateway_backends import SandboxBackend
from .killed_process import ProcessTask, SkippingClock, fork, run_task
from .proof_desk import FEE, create_data_folder, open_services, temporary_folder
from .random_desk import RandomDesk
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 300
CHANNELS = (Method.UPI_INTENT, Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
NEVER = 10**9
COMMIT_S = 0.0006
"""Roughly the seconds of one commit, its fsync included."""

AFTER_THE_KILL = ("pays", "pays what was never shown", "ignores")


@dataclass(frozen=True)
class KillPlan:
    """How one desk process is killed, and what the parent does.

    Attributes:
        kill_after_s: seconds to the kill from outside, from the start or into a commit.
        kill_at_commit: into which commit, counted from 0; None if time alone decides.
        die_at_call: at which outside call it kills itself instead.
        pays_after_s: seconds from the shown code to the payment; None for no payment.
        afterwards: what the parent does after the kill.
    """

    method: Method
    kill_after_s: float | None
    kill_at_commit: int | None
    die_at_call: int | None
    pays_after_s: float | None
    afterwards: str


@cache
def _empty_fingerprint() -> str:
    with (
        temporary_folder() as place,
        closing(sqlite3.connect(create_data_folder(place / "new"))) as raw,
    ):
        return ledger_audit.fingerprint(raw)


@dataclass
class ProcessProgress:
    """The reports of a desk process before it was killed."""

    stage: str = "started"
    kept: list[str] = field(default_factory=lambda: [_empty_fingerprint()])
    writing: str | None = None
    code: str | None = None
    calls: int = 0
    commits: int = 0
    is_done: bool = False
    length_s: float = 0.0

    def read(self, line: bytes) -> None:
        message = json.loads(line)
        event = message.pop("said")
        if event == "commits":
            self.writing = message["holds"]
            self.commits += 1
        elif event == "committed":
            self.kept.append(self.writing or "")
            self.writing = None
        else:
            self.stage = event
            self.code = message.get("text", self.code)
            self.calls = message.get("calls", self.calls)
            self.is_done = event == "done"


@dataclass
class KillTotals:
    """Counts of the outcomes of a run's kills."""

    kills: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    in_commit: int = 0
    commits_lost: int = 0
    half_written: int = 0
    second_orders: int = 0
    lost_paise: int = 0
    paid: int = 0
    doubled: int = 0
    stuck: int = 0
    alarms: int = 0
    wrong: list[str] = field(default_factory=list)


class KillSchedule:
    """When the desk of a plan is killed, and when its parent pays."""

    def __init__(self, plan: KillPlan, child: int, backend: SandboxBackend) -> None:
        self._plan = plan
        self._child = child
        self._backend = backend
        self._pay_at: float | None = None
        self._has_paid = False
        self._kill_at: float | None = None
        if plan.kill_after_s is not None and plan.kill_at_commit is None:
            self._kill_at = time.monotonic() + plan.kill_after_s

    def update(self, progress: ProcessProgress) -> None:
        """Plan by what the desk reported."""
        now = time.monotonic()
        if progress.writing and progress.commits - 1 == self._plan.kill_at_commit:
            self._kill_at = now + (self._plan.kill_after_s or 0.0)
        is_due = progress.code and not self._has_paid and self._pay_at is None
        if is_due and self._plan.pays_after_s is not None:
            self._pay_at = now + self._plan.pays_after_s

    def act(self, progress: ProcessProgress) -> None:
        """Do what is due."""
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            os.kill(self._child, signal.SIGKILL)
            self._kill_at = self._pay_at = None
            self._has_paid = True
        if self._pay_at is not None and now >= self._pay_at and progress.code:
            self._backend.pay(progress.code)
            self._pay_at, self._has_paid = None, True

    def wait_s(self) -> float:
        """Return the seconds until something is due."""
        now = time.monotonic()
        due = [at - now for at in (self._kill_at, self._pay_at) if at is not None]
        return max(0.0, min(due, default=5.0))


class KillRunner:
    """Runs desks and kills them."""

    def __init__(self, place: Path, backend: SandboxBackend, *, saves_at_end: bool) -> None:
        self._folder = place / "data"
        self._backend = backend
        self._saves_at_end = saves_at_end

    def run(self, plan: KillPlan) -> ProcessProgress:
        """Run one desk until it is killed or done, while the parent acts."""
        create_data_folder(self._folder)
        self._backend.reset()
        task = ProcessTask(self._folder, plan.method, plan.die_at_call, self._saves_at_end)
        child, pipe = fork(lambda report: run_task(task, self._backend, report))
        schedule, progress, rest = KillSchedule(plan, child, self._backend), ProcessProgress(), b""
        while True:
            schedule.act(progress)
            if not select.select([pipe], [], [], schedule.wait_s())[0]:
                continue
            piece = os.read(pipe, 65_536)
            if not piece:
                break
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                progress.read(line)
                schedule.update(progress)
        os.close(pipe)
        os.waitpid(child, 0)
        return progress

    def judge(self, plan: KillPlan, progress: ProcessProgress, totals: KillTotals) -> None:
        """Check the file, let the parent pay, start again, continue, and add the result."""
        totals.stages["not hit" if progress.is_done else progress.stage] += 1
        totals.in_commit += progress.writing is not None
        totals.kills += not progress.is_done
        held = self._database_fingerprint()
        is_lost = held in progress.kept[:-1]
        is_half_written = held not in {*progress.kept, progress.writing}
        totals.commits_lost += is_lost
        totals.half_written += is_half_written
        self._pay_after_kill(plan, progress)
        found = self._judge_after_restart(plan.method)
        totals.lost_paise += found["lost"]
        totals.paid += found["paid"]
        totals.half_written += bool(found["half"])
        totals.second_orders += max(0, found["most"] - 1)
        totals.doubled += bool(found["doubled"])
        totals.stuck += not found["finished"]
        totals.alarms += bool(found["alarms"])
        bad = any(found[each] for each in ("lost", "half", "doubled", "alarms"))
        if is_lost or is_half_written or bad or not found["finished"]:
            totals.wrong.append(f"{plan}: {progress.stage}, {found}")

    def _database_fingerprint(self) -> str:
        with closing(sqlite3.connect(self._folder / DATABASE)) as raw:
            return ledger_audit.fingerprint(raw)

    def _pay_after_kill(self, plan: KillPlan, progress: ProcessProgress) -> None:
        codes = self._backend.payable_codes()
        if plan.afterwards == "pays" and progress.code in codes and progress.code:
            self._backend.pay(progress.code)
        elif plan.afterwards == "pays what was never shown" and codes:
            self._backend.pay(codes[-1])

    def _judge_after_restart(self, method: Method) -> dict[str, Any]:
        """In a new process: reconcile once, audit, complete the fee, and audit again."""

        def act(report: Any) -> None:
            clock = SkippingClock()
            desk = open_services(self._folder, self._backend.client(clock), clock)
            alarms = list(desk.alarms())
            before = self._backend.captured()
            desk.polling.reconcile()
            first = ledger_audit.audit(self._folder, before)
            scenario = CrashScenario(desk, self._backend, clock, PayerAction.PAYS)
            is_finished = finish(scenario, f"collect {method.value}")
            desk.polling.reconcile()
            captured = self._backend.captured()
            last = ledger_audit.audit(self._folder, captured)
            alarms += desk.alarms()
            paid = sum(paise - back for paise, back in captured.values())
            made = self._backend.count_by_reference()
            report(
                "judged",
                paid=sum(paise for paise, _back in before.values()),
                lost=first.lost_paise + last.lost_paise + last.invented_paise,
                half=[*first.half_written, *last.half_written],
                doubled=[*first.doubled, *last.doubled, *(["paid twice"] * (paid > FEE.paise))],
                most=max(*made.values(), made.total()),
                finished=is_finished,
                alarms=alarms,
            )
            desk.close()

        child, pipe = fork(act)
        with os.fdopen(pipe, "rb") as reader:
            answer = reader.read()
        os.waitpid(child, 0)
        if not answer:
            raise RuntimeError("the desk could not be opened after a kill")
        found: dict[str, Any] = json.loads(answer)
        return found


def _measure_whole_run(runner: KillRunner, *, is_warm: bool) -> ProcessProgress:
    """Return the length, outside calls and commits of a run that is not killed."""
    if not is_warm:
        runner.run(KillPlan(CHANNELS[0], None, None, None, 0.0, "ignores"))
    begun = time.monotonic()
    runner.run(KillPlan(CHANNELS[0], None, None, None, 0.0, "ignores"))
    length = time.monotonic() - begun
    progress = runner.run(KillPlan(CHANNELS[0], None, None, NEVER, 0.0, "ignores"))
    if not progress.is_done:
        raise RuntimeError(f"a run nobody kills ends at {progress.stage}")
    progress.length_s = length
    return progress


def _draw_plan(rng: random.Random, whole_run: ProcessProgress, not_before: float) -> KillPlan:
    """Draw a kill: at a moment, inside a commit, or at an outside call.

    Args:
        rng: the random generator.
        whole_run: a run that was not killed.
        not_before: the share of the run that always happens.
    """
    way = rng.choice(("moment", "commit", "call"))
    at = rng.uniform(not_before, 1)
    length = {"moment": at * whole_run.length_s, "commit": rng.uniform(0, COMMIT_S)}
    return KillPlan(
        method=rng.choice(CHANNELS),
        kill_after_s=length.get(way),
        kill_at_commit=int(at * whole_run.commits) if way == "commit" else None,
        die_at_call=int(at * whole_run.calls) if way == "call" else None,
        pays_after_s=rng.choice((0.0, 0.0, rng.uniform(0, 0.05))),
        afterwards=rng.choice(AFTER_THE_KILL),
    )


def warm_up() -> None:
    """Collect a few fees here, so that every fork finds everything imported."""
    with temporary_folder() as place:
        desk = RandomDesk(place / "warm", random.Random(SEED))
        desk.run_events(20)
        desk.start_day()
        desk.end_day()


def kill_desks(
    place: Path, backend: SandboxBackend, kills: int, *, saves_at_end: bool
) -> KillTotals:
    """Kill a number of desks."""
    rng, totals = random.Random(SEED), KillTotals()
    runner = KillRunner(place, backend, saves_at_end=saves_at_end)
    whole_run = _measure_whole_run(runner, is_warm=saves_at_end)
    while totals.kills < kills:
        plan = _draw_plan(rng, whole_run, 0.5 if saves_at_end else 0.0)
        runner.judge(plan, runner.run(plan), totals)
    return totals


def prove(*, long: bool) -> Iterator[Figure]:
    """Kill desks that write first, and desks that save at the end."""
    warm_up()
    kills = 300 if long else 5
    with Sandbox() as sandbox, temporary_folder(on_disk=True) as place:
        backend = SandboxBackend(sandbox.url)
        ours = kill_desks(place, backend, kills, saves_at_end=False)
        control = kill_desks(place, backend, 40 if long else 2, saves_at_end=True)
    for line in ours.wrong[:8]:
        print(f"  {line}")
    yield Figure("kill.kills", str(ours.kills), f"≥ {kills}", ours.kills >= kills)
    yield Figure(
        "kill.spread",
        f"{ledger_audit.format_counts(ours.stages)}; inside a commit {ours.in_commit}; "
        f"paid before the start {ours.paid} paise",
        "every stage",
        len(ours.stages) >= (5 if long else 3) and ours.paid > 0,
    )
    yield count_figure("kill.commits_lost", ours.commits_lost, control=control.commits_lost)
    yield count_figure("kill.half_written", ours.half_written)
    yield count_figure("kill.second_orders", ours.second_orders, control=control.second_orders)
    yield count_figure("kill.lost_paise", ours.lost_paise, control=control.lost_paise)
    yield count_figure("kill.doubled", ours.doubled, control=control.doubled)
    yield count_figure("kill.stuck", ours.stuck)
    yield count_figure("kill.false_alarms", ours.alarms)
