"""SIGKILL at random moments over enrol, order, paid, receipt: nothing that was told is lost.

Each round forks a desk from this process, which has imported everything and has no thread: real
use-cases, a real file on disk, the real sandbox in a process of its own over loopback HTTP. Half
of the kills come from outside at a moment drawn from the whole length of a run, half from
inside at a drawn call to SQLite or the network. The parent's phone pays at once, late, after
the kill, or not. Then a fresh process opens the folder, reconciles once, and staff go on.

The commits of one process follow each other, so after a kill the file must hold, to the last
row, what the last acknowledged commit left, or the one that was being written: anything older
is lost, anything else half-written. The control is a desk that works on its books in memory and
saves them when the fee is done; it is killed in the second half, where it has something to lose.
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
from .crash_flows import Phone, Scene, finish
from .gateway_backends import SandboxWorld
from .killed_process import LeapingClock, Orders, forked, work
from .proof_desk import FEE, lay_out, open_desk, scratch
from .random_desk import DeskLife
from .report_figures import Figure, count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 300
CHANNELS = (Method.UPI_INTENT, Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
NEVER = 10**9
COMMIT_S = 0.0006
"""About as long as a commit takes here, its fsync included."""

AFTER_THE_KILL = ("pays", "pays what was never shown", "ignores")


@dataclass(frozen=True)
class Plan:
    """What befalls one desk process.

    Attributes:
        kill_after_s: when it is killed from outside: after its start, or into a commit.
        kill_at_commit: into which commit, counted from 0; None where time alone decides.
        die_at_call: at which call to the outside it kills itself instead.
        pays_after_s: how long the parent looks at the code before paying; None not to.
        afterwards: what the parent does once the desk is dead.
    """

    method: Method
    kill_after_s: float | None
    kill_at_commit: int | None
    die_at_call: int | None
    pays_after_s: float | None
    afterwards: str


@cache
def _empty() -> str:
    with scratch() as place, closing(sqlite3.connect(lay_out(place / "new"))) as raw:
        return ledger_audit.fingerprint(raw)


@dataclass
class Heard:
    """What a desk process told before it died."""

    stage: str = "started"
    kept: list[str] = field(default_factory=lambda: [_empty()])
    writing: str | None = None
    code: str | None = None
    calls: int = 0
    commits: int = 0
    is_done: bool = False
    length_s: float = 0.0

    def hear(self, line: bytes) -> None:
        told = json.loads(line)
        said = told.pop("said")
        if said == "commits":
            self.writing = told["holds"]
            self.commits += 1
        elif said == "committed":
            self.kept.append(self.writing or "")
            self.writing = None
        else:
            self.stage = said
            self.code = told.get("text", self.code)
            self.calls = told.get("calls", self.calls)
            self.is_done = said == "done"


@dataclass
class Tally:
    """What the kills of a run came to."""

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


class Fate:
    """When the desk of a plan is killed, and when its parent pays."""

    def __init__(self, plan: Plan, child: int, world: SandboxWorld) -> None:
        self._plan = plan
        self._child = child
        self._world = world
        self._pay_at: float | None = None
        self._has_paid = False
        self._kill_at: float | None = None
        if plan.kill_after_s is not None and plan.kill_at_commit is None:
            self._kill_at = time.monotonic() + plan.kill_after_s

    def heard(self, heard: Heard) -> None:
        """Plan by what the desk told."""
        now = time.monotonic()
        if heard.writing and heard.commits - 1 == self._plan.kill_at_commit:
            self._kill_at = now + (self._plan.kill_after_s or 0.0)
        is_due = heard.code and not self._has_paid and self._pay_at is None
        if is_due and self._plan.pays_after_s is not None:
            self._pay_at = now + self._plan.pays_after_s

    def act(self, heard: Heard) -> None:
        """Do what is due."""
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            os.kill(self._child, signal.SIGKILL)
            self._kill_at = self._pay_at = None
            self._has_paid = True
        if self._pay_at is not None and now >= self._pay_at and heard.code:
            self._world.pay(heard.code)
            self._pay_at, self._has_paid = None, True

    def wait_s(self) -> float:
        """How long nothing is due."""
        now = time.monotonic()
        due = [at - now for at in (self._kill_at, self._pay_at) if at is not None]
        return max(0.0, min(due, default=5.0))


class Killer:
    """Runs desks and kills them."""

    def __init__(self, place: Path, world: SandboxWorld, *, saves_afterwards: bool) -> None:
        self._folder = place / "data"
        self._world = world
        self._saves_afterwards = saves_afterwards

    def run(self, plan: Plan) -> Heard:
        """Let one desk run until it is killed or done, with the parent in front of it."""
        lay_out(self._folder)
        self._world.reset()
        orders = Orders(self._folder, plan.method, plan.die_at_call, self._saves_afterwards)
        child, pipe = forked(lambda say: work(orders, self._world, say))
        fate, heard, rest = Fate(plan, child, self._world), Heard(), b""
        while True:
            fate.act(heard)
            if not select.select([pipe], [], [], fate.wait_s())[0]:
                continue
            piece = os.read(pipe, 65_536)
            if not piece:
                break
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                heard.hear(line)
                fate.heard(heard)
        os.close(pipe)
        os.waitpid(child, 0)
        return heard

    def judge(self, plan: Plan, heard: Heard, tally: Tally) -> None:
        """See what the file holds, let the parent pay, start afresh, go on."""
        tally.stages["not hit" if heard.is_done else heard.stage] += 1
        tally.in_commit += heard.writing is not None
        tally.kills += not heard.is_done
        held = self._held()
        is_lost = held in heard.kept[:-1]
        is_half = held not in {*heard.kept, heard.writing}
        tally.commits_lost += is_lost
        tally.half_written += is_half
        self._pay_afterwards(plan, heard)
        found = self._after_the_start(plan.method)
        tally.lost_paise += found["lost"]
        tally.paid += found["paid"]
        tally.half_written += bool(found["half"])
        tally.second_orders += max(0, found["most"] - 1)
        tally.doubled += bool(found["doubled"])
        tally.stuck += not found["finished"]
        tally.alarms += bool(found["alarms"])
        bad = any(found[each] for each in ("lost", "half", "doubled", "alarms"))
        if is_lost or is_half or bad or not found["finished"]:
            tally.wrong.append(f"{plan}: {heard.stage}, {found}")

    def _held(self) -> str:
        with closing(sqlite3.connect(self._folder / DATABASE)) as raw:
            return ledger_audit.fingerprint(raw)

    def _pay_afterwards(self, plan: Plan, heard: Heard) -> None:
        codes = self._world.payable()
        if plan.afterwards == "pays" and heard.code in codes and heard.code:
            self._world.pay(heard.code)
        elif plan.afterwards == "pays what was never shown" and codes:
            self._world.pay(codes[-1])

    def _after_the_start(self, method: Method) -> dict[str, Any]:
        """In a fresh process: look, reconcile once, judge, go on with the fee, judge."""

        def act(say: Any) -> None:
            clock = LeapingClock()
            desk = open_desk(self._folder, self._world.port(clock), clock)
            alarms = list(desk.alarms())
            before = self._world.captured()
            desk.collecting.reconcile()
            first = ledger_audit.judge(self._folder, before)
            scene = Scene(desk, self._world, clock, Phone.PAYS)
            is_finished = finish(scene, f"collect {method.value}")
            desk.collecting.reconcile()
            captured = self._world.captured()
            last = ledger_audit.judge(self._folder, captured)
            alarms += desk.alarms()
            paid = sum(paise - back for paise, back in captured.values())
            made = self._world.made()
            say(
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

        child, pipe = forked(act)
        with os.fdopen(pipe, "rb") as told:
            answer = told.read()
        os.waitpid(child, 0)
        if not answer:
            raise RuntimeError("the desk could not be opened after a kill")
        found: dict[str, Any] = json.loads(answer)
        return found


def _measured(killer: Killer) -> Heard:
    """A run nobody kills: how long it takes, its calls to the outside and its commits."""
    killer.run(Plan(CHANNELS[0], None, None, None, 0.0, "ignores"))
    begun = time.monotonic()
    killer.run(Plan(CHANNELS[0], None, None, None, 0.0, "ignores"))
    length = time.monotonic() - begun
    heard = killer.run(Plan(CHANNELS[0], None, None, NEVER, 0.0, "ignores"))
    if not heard.is_done:
        raise RuntimeError(f"a run nobody kills ends at {heard.stage}")
    heard.length_s = length
    return heard


def _plan(dice: random.Random, whole: Heard, not_before: float) -> Plan:
    """Draw a way to die: at a moment, inside a commit, or at a call to the outside.

    Args:
        dice: draw.
        whole: a whole run.
        not_before: the share of the run that is always lived.
    """
    way = dice.choice(("moment", "commit", "call"))
    at = dice.uniform(not_before, 1)
    length = {"moment": at * whole.length_s, "commit": dice.uniform(0, COMMIT_S)}
    return Plan(
        method=dice.choice(CHANNELS),
        kill_after_s=length.get(way),
        kill_at_commit=int(at * whole.commits) if way == "commit" else None,
        die_at_call=int(at * whole.calls) if way == "call" else None,
        pays_after_s=dice.choice((0.0, 0.0, dice.uniform(0, 0.05))),
        afterwards=dice.choice(AFTER_THE_KILL),
    )


def warm_up() -> None:
    """Live a few fees here, so that every fork finds everything imported."""
    with scratch() as place:
        life = DeskLife(place / "warm", random.Random(SEED))
        life.live(20)
        life.start_the_day()
        life.end_the_day()


def killed(place: Path, world: SandboxWorld, kills: int, *, saves_afterwards: bool) -> Tally:
    """Kill so many desks."""
    dice, tally = random.Random(SEED), Tally()
    killer = Killer(place, world, saves_afterwards=saves_afterwards)
    whole = _measured(killer)
    while tally.kills < kills:
        plan = _plan(dice, whole, 0.5 if saves_afterwards else 0.0)
        killer.judge(plan, killer.run(plan), tally)
    return tally


def prove(*, long: bool) -> Iterator[Figure]:
    """Kill desks that write first, and desks that save afterwards."""
    warm_up()
    kills = 300 if long else 24
    with Sandbox() as sandbox, scratch(on_disk=True) as place:
        world = SandboxWorld(sandbox.url)
        ours = killed(place, world, kills, saves_afterwards=False)
        control = killed(place, world, 40 if long else 6, saves_afterwards=True)
    for line in ours.wrong[:8]:
        print(f"  {line}")
    yield Figure("kill.kills", str(ours.kills), f"≥ {kills}", ours.kills >= kills)
    yield Figure(
        "kill.spread",
        f"{ledger_audit.tally(ours.stages)}; inside a commit {ours.in_commit}; "
        f"paid before the start {ours.paid} paise",
        "every stage",
        len(ours.stages) >= (5 if long else 4) and ours.paid > 0,
    )
    yield count("kill.commits_lost", ours.commits_lost, control=control.commits_lost)
    yield count("kill.half_written", ours.half_written)
    yield count("kill.second_orders", ours.second_orders, control=control.second_orders)
    yield count("kill.lost_paise", ours.lost_paise, control=control.lost_paise)
    yield count("kill.doubled", ours.doubled, control=control.doubled)
    yield count("kill.stuck", ours.stuck)
    yield count("kill.false_alarms", ours.alarms)
