"""Power cut before and after every write and every call of every flow, enumerated by running it.

A first run with nobody cutting names the points: each commit of the store and each call of the
gateway. Then, for each point and each side of it, a desk of its own runs the flow until a
`PowerOff` is raised there (before: it was not done; after: it was done and nobody heard of it).
All objects are dropped, the parent's phone does what it does, the folder is opened anew,
reconciled, and staff go on with the fee. The control runs the same flows at a desk that keeps its
books in memory and saves them when the fee is done, so that it calls before it has written.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from tests.conftest import TestClock

from . import ledger_audit
from .crash_flows import FLOWS, Phone, Scene, finish, is_upi_only
from .gateway_backends import FakeWorld, SandboxWorld
from .proof_desk import FEE, ProofDesk, TappedStore, lay_out, open_desk, scratch
from .report_figures import Figure, count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.services.ports.system import Clock
    from desktop_app.storage.store import SqlStore

    from .gateway_backends import World

SEED = 4
SHORT_CASES = 60
SHORT_STEP = 5
MOST_LINES = 8
CONTROL_CASES = 150
SANDBOX_FLOWS = (
    "collect upi_intent",
    "collect qr_code",
    "collect payment_link",
    "cancel upi_intent",
    "new QR qr_code to upi_intent",
    "refund upi_intent",
)


class PowerOff(BaseException):
    """The desk's process ends here; nothing of the desk may catch it."""


@dataclass
class Power:
    """Passes the points of a run on, and fails at one of them.

    Attributes:
        at: the number of the point, None to let all pass.
        is_after: whether what the point does is done before the power fails.
    """

    at: int | None = None
    is_after: bool = False
    names: list[str] = field(default_factory=list)
    is_off: bool = False

    def point(self, name: str, act: Callable[[], Any]) -> Any:
        """Do what a point does, unless the power fails before it or is off already."""
        if self.is_off:
            raise PowerOff
        number = len(self.names)
        self.names.append(name)
        if number == self.at and not self.is_after:
            self._fail()
        done = act()
        if number == self.at:
            self._fail()
        return done

    def _fail(self) -> None:
        self.is_off = True
        raise PowerOff

    def store(self, inner: SqlStore) -> TappedStore:
        """A store whose commits are points."""
        return TappedStore(inner, lambda _work, commit: self.point("commit", commit))


class PoweredGateway:
    """A gateway whose calls are points."""

    def __init__(self, inner: Any, power: Power) -> None:
        self._inner = inner
        self._power = power

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found) or name == "now":
            return found
        return lambda *given, **named: self._power.point(name, lambda: found(*given, **named))


@dataclass(frozen=True, slots=True)
class Case:
    """One crash: in which flow, at which point and side of it, with which parent.

    Attributes:
        again_at: the point of the next start at which the power fails once more, if it does.
    """

    flow: str
    at: int
    is_after: bool
    phone: Phone
    again_at: int | None = None


@dataclass
class Outcome:
    """What the crashes of a run came to."""

    cases: int = 0
    twice: int = 0
    lost_paise: int = 0
    half_written: int = 0
    doubled: int = 0
    most_per_reference: int = 0
    two_payable: int = 0
    stuck: int = 0
    alarms: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """How many crashes left anything wrong."""
        return len(self.wrong)


@dataclass
class Bench:
    """Where crashes happen: a world for each, and a folder in memory.

    Attributes:
        saves_afterwards: the control, whose books are in memory until the fee is done.
    """

    folder: Path
    make_world: Callable[[TestClock], World]
    saves_afterwards: bool = False

    def desk(self, world: World, clock: Clock, power: Power) -> ProofDesk:
        """Open the desk as a new process does."""
        return open_desk(self.folder, PoweredGateway(world.port(clock), power), clock, power.store)

    def points(self, flow: str, phone: Phone) -> list[str]:
        """Run a flow whole; the names of its points."""
        power, clock = Power(), TestClock()
        lay_out(self.folder)
        world = self.make_world(clock)
        desk = self.desk(world, clock, power)
        FLOWS[flow](Scene(desk, world, clock, phone))
        desk.close()
        return power.names

    def crash(self, case: Case, outcome: Outcome) -> None:
        """Run a flow until the power fails; start again, go on, and judge."""
        power, clock = Power(case.at, case.is_after), TestClock()
        lay_out(self.folder)
        world = self.make_world(clock)
        desk = self.desk(world, clock, power)
        scene = Scene(desk, world, clock, case.phone)
        try:
            FLOWS[case.flow](scene)
        except PowerOff:
            pass
        finally:
            desk.close()
        if self.saves_afterwards:
            lay_out(self.folder)
        world.mend_line()
        scene.tap_after_the_crash()
        clock.advance(5 if case.at % 2 else 45)
        if case.again_at is not None:
            self._crash_again(case, scene, outcome)
        scene.desk = self.desk(world, clock, Power())
        try:
            self._judge(case, scene, outcome)
        finally:
            scene.desk.close()

    def _crash_again(self, case: Case, scene: Scene, outcome: Outcome) -> None:
        """Start, and lose the power before the fee is done, if the point is reached at all."""
        scene.desk = self.desk(scene.world, scene.clock, Power(case.again_at, case.is_after))
        try:
            scene.desk.collecting.reconcile()
            if case.phone is not Phone.FAILS:  # whose first payment is yet to come
                finish(scene, case.flow)
        except PowerOff:
            outcome.twice += 1
        finally:
            scene.desk.close()
        scene.clock.advance(20)

    def _judge(self, case: Case, scene: Scene, outcome: Outcome) -> None:
        alarms = list(scene.desk.alarms())
        before = scene.world.captured()
        is_complete = scene.desk.collecting.reconcile().is_complete
        first = ledger_audit.judge(self.folder, before)
        scene.world.later()
        scene.desk.collecting.reconcile()
        seen = ledger_audit.judge(self.folder, scene.world.captured())
        is_finished = finish(scene, case.flow) and is_complete
        scene.desk.collecting.reconcile()
        last = ledger_audit.judge(self.folder, scene.world.captured())
        alarms += scene.desk.alarms()
        lost = first.lost_paise + sum(x.lost_paise + x.invented_paise for x in (seen, last))
        half = {*first.half_written, *seen.half_written, *last.half_written}
        twice = {*first.doubled, *seen.doubled, *last.doubled}
        if case.phone is not Phone.PAYS_ALL and _paid_twice(scene.world):
            twice.add("a fee that was paid twice")
        if is_upi_only(case.flow) and scene.world.made().total() > 1:
            twice.add("a second order for one fee")
        most = max(scene.world.made().values(), default=0)
        payable = max(0, scene.world.open_codes())
        outcome.cases += 1
        outcome.lost_paise += lost
        outcome.half_written += bool(half)
        outcome.doubled += bool(twice)
        outcome.most_per_reference = max(outcome.most_per_reference, most)
        outcome.two_payable += payable > 0
        outcome.stuck += not is_finished
        outcome.alarms += bool(alarms)
        if lost or half or twice or most > 1 or payable or alarms or not is_finished:
            outcome.wrong.append(
                f"{case.flow}, {case.phone.value}, point {case.at} "
                f"{'after' if case.is_after else 'before'}: lost {lost}, {half or ''} "
                f"{twice or ''}, {most} per reference, {payable} left payable, "
                f"{'finished' if is_finished else 'stuck'} {alarms or ''}"
            )


def _paid_twice(world: World) -> bool:
    """Whether the parent's account is short of more than one fee."""
    return sum(paise - back for paise, back in world.captured().values()) > FEE.paise


def crash_twice(cases: Iterable[Case], dice: random.Random) -> list[Case]:
    """The same crashes, each with a second one early in the next start."""
    return [replace(case, again_at=dice.randrange(12)) for case in cases]


def enumerate_cases(bench: Bench, flows: Iterable[str]) -> tuple[list[Case], Counter[str]]:
    """Run every flow once with every parent; each point before and after, and points by name."""
    cases: list[Case] = []
    names: Counter[str] = Counter()
    for flow in flows:
        for phone in Phone:
            points = bench.points(flow, phone)
            names.update(points)
            cases += [
                Case(flow, number, is_after, phone)
                for number in range(len(points))
                for is_after in (False, True)
            ]
    return cases, names


def crashed(bench: Bench, cases: Iterable[Case]) -> Outcome:
    """Crash at each."""
    outcome = Outcome()
    for case in cases:
        bench.crash(case, outcome)
    return outcome


def crashed_on_all_cores(place: Path, cases: Sequence[Case]) -> Outcome:
    """Crash at each, on the gateway in memory, shared out over this machine's cores."""
    many = os.cpu_count() or 1
    with ProcessPoolExecutor(many) as pool:
        parts = pool.map(
            _crashed_part,
            [place / f"part-{number}" for number in range(many)],
            [cases[number::many] for number in range(many)],
        )
    return together(list(parts))


def _crashed_part(folder: Path, cases: Sequence[Case]) -> Outcome:
    return crashed(Bench(folder, FakeWorld), cases)


def together(parts: Sequence[Outcome]) -> Outcome:
    """Add outcomes up."""
    whole = Outcome()
    for part in parts:
        for each in fields(Outcome):
            one, other = getattr(whole, each.name), getattr(part, each.name)
            is_most = each.name.startswith("most_")
            setattr(whole, each.name, max(one, other) if is_most else one + other)
    return whole


def prove(*, long: bool) -> Iterator[Figure]:
    """Crash everywhere on the gateway in memory, and in the long form also over HTTP."""
    dice = random.Random(SEED)
    with scratch() as folder:
        bench = Bench(folder / "one", FakeWorld)
        flows = list(FLOWS) if long else list(FLOWS)[::SHORT_STEP]
        cases, names = enumerate_cases(bench, flows)
        chosen = cases if long else dice.sample(cases, SHORT_CASES)
        whole = [*chosen, *crash_twice(dice.sample(chosen, len(chosen) // 8), dice)]
        ours = crashed_on_all_cores(folder, whole) if long else crashed(bench, whole)
        bench.saves_afterwards = True
        control = crashed(bench, dice.sample(cases, CONTROL_CASES if long else SHORT_CASES // 2))
        yield Figure(
            "crash.points",
            f"{sum(names.values())} ({ledger_audit.tally(names)})",
            "enumerated by running",
            names["commit"] > 0 and len(names) > 10,
        )
        yield Figure(
            "crash.cases",
            f"{len(chosen)} of {len(cases)} in {len(flows)} flows, and {ours.twice} crashed twice",
            "all in the long form",
            len(chosen) == len(cases) or not long,
        )
        yield from _figures("crash", ours, control)
    if long:
        yield from _over_http()


def _over_http() -> Iterator[Figure]:
    from tests.bench.desks import Sandbox

    with Sandbox() as sandbox, scratch() as folder:

        def fresh(_clock: TestClock) -> SandboxWorld:
            world = SandboxWorld(sandbox.url)
            world.reset()
            return world

        bench = Bench(folder, fresh)
        cases, names = enumerate_cases(bench, SANDBOX_FLOWS)
        chosen = random.Random(SEED).sample(cases, min(len(cases), 300))
        ours = crashed(bench, chosen)
        yield Figure(
            "crash.sandbox.cases",
            f"{ours.cases} of {len(cases)}, {sum(names.values())} points",
            "≥ 100",
            ours.cases >= 100,
        )
        yield from _figures("crash.sandbox", ours, None)


def _figures(name: str, ours: Outcome, control: Outcome | None) -> Iterator[Figure]:
    for line in ours.wrong[:MOST_LINES]:
        print(f"  {line}")
    if len(ours.wrong) > MOST_LINES:
        print(f"  … {ledger_audit.tally(Counter(line.split(',')[0] for line in ours.wrong))}")

    def beside(value: Callable[[Outcome], int]) -> int | None:
        return None if control is None else value(control)

    yield count(
        f"{name}.lost_paise",
        ours.lost_paise,
        control=beside(lambda each: each.lost_paise),
    )
    yield count(f"{name}.half_written", ours.half_written)
    yield count(f"{name}.doubled", ours.doubled, control=beside(lambda each: each.doubled))
    yield count(f"{name}.most_orders_per_reference", ours.most_per_reference, wanted=1)
    yield count(
        f"{name}.left_payable", ours.two_payable, control=beside(lambda each: each.two_payable)
    )
    yield count(f"{name}.stuck", ours.stuck)
    yield count(f"{name}.false_alarms", ours.alarms)
