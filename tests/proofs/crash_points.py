"""Crashes before and after every write and every call of every flow, enumerated by running it.

A first run without a crash names the points: each commit of the store and each call of the gateway.
Then, for each point and each side of it, a new desk runs the flow until a `PowerOffError` is raised
there (before: the work was not done; after: it was done and no answer arrived). All objects are
dropped, the parent acts, the folder is opened again and reconciled, and staff continue with the
fee. The control runs the same flows on a desk that keeps its books in memory and saves them when
the fee is complete, so that it calls before it has written.
"""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, cast

from tests.clock import TestClock

from . import ledger_audit
from .crash_flows import FLOWS, CrashScenario, PayerAction, finish, is_upi_only
from .gateway_backends import FakeBackend, SandboxBackend
from .gateway_facts import WRITING_CALLS
from .proof_desk import (
    FEE,
    CommitHookStore,
    DeskServices,
    InterceptedGateway,
    create_data_folder,
    open_services,
    temporary_folder,
)
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import Clock
    from desktop_app.storage.store import SqlStore

    from .gateway_backends import GatewayBackend

SEED = 4
SHORT_STEP = 8
MOST_LINES = 8
MAKING_A_CODE = {"create_qr", "create_link"}
"""Calls after which the control of the short form crashes: the code is payable, and forgotten."""

CONTROL_CASES = 150
SANDBOX_FLOWS = (
    "collect upi_intent",
    "collect qr_code",
    "collect payment_link",
    "cancel upi_intent",
    "new QR qr_code to upi_intent",
    "refund upi_intent",
)


class PowerOffError(BaseException):
    """Ends the desk's process here; no code of the desk may catch it."""


@dataclass
class CrashInjector:
    """Counts the points of a run, and crashes at one of them.

    Attributes:
        at: the number of the point, None to pass all.
        is_after: whether the work of the point is done before the crash.
    """

    at: int | None = None
    is_after: bool = False
    names: list[str] = field(default_factory=list)
    is_off: bool = False

    def point(self, name: str, act: Callable[[], Any]) -> Any:
        """Do the work of a point, unless the crash comes before it or has happened."""
        if self.is_off:
            raise PowerOffError
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
        raise PowerOffError

    def store(self, inner: SqlStore) -> CommitHookStore:
        """Return a store whose commits are points."""
        return CommitHookStore(inner, lambda _work, commit: self.point("commit", commit))


@dataclass(frozen=True, slots=True)
class CrashCase:
    """One crash: the flow, the point and the side of it, and the parent.

    Attributes:
        again_at: the point of the next start at which the desk crashes again; None for none.
    """

    flow: str
    at: int
    is_after: bool
    payer_action: PayerAction
    again_at: int | None = None


@dataclass
class CrashTotals:
    """Counts of the outcomes of a run's crashes."""

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
        """Return how many crashes left anything wrong."""
        return len(self.wrong)


@dataclass
class CrashBench:
    """Where crashes happen: a gateway for each, and a folder in memory.

    Attributes:
        saves_at_end: the control, whose books are in memory until the fee is complete.
    """

    folder: Path
    make_backend: Callable[[TestClock], GatewayBackend]
    saves_at_end: bool = False

    def desk(self, backend: GatewayBackend, clock: Clock, injector: CrashInjector) -> DeskServices:
        """Open the desk as a new process does."""
        gateway = InterceptedGateway(backend.client(clock), injector.point)
        return open_services(
            self.folder, cast("PaymentGateway", gateway), clock, wrap_store=injector.store
        )

    def points(self, flow: str, payer_action: PayerAction) -> list[str]:
        """Run a flow to its end; return the names of its points."""
        injector, clock = CrashInjector(), TestClock()
        create_data_folder(self.folder)
        backend = self.make_backend(clock)
        desk = self.desk(backend, clock, injector)
        FLOWS[flow](CrashScenario(desk, backend, clock, payer_action))
        desk.close()
        return injector.names

    def crash(self, case: CrashCase, totals: CrashTotals) -> None:
        """Run a flow until it crashes; start again, continue, and judge."""
        injector, clock = CrashInjector(case.at, case.is_after), TestClock()
        create_data_folder(self.folder)
        backend = self.make_backend(clock)
        desk = self.desk(backend, clock, injector)
        scenario = CrashScenario(desk, backend, clock, case.payer_action)
        try:
            FLOWS[case.flow](scenario)
        except PowerOffError:
            pass
        finally:
            desk.close()
        if self.saves_at_end:
            create_data_folder(self.folder)
        backend.unblock_endings()
        scenario.pay_after_crash()
        clock.advance(5 if case.at % 2 else 45)
        if case.again_at is not None:
            self._crash_again(case, scenario, totals)
        scenario.desk = self.desk(backend, clock, CrashInjector())
        try:
            self._judge(case, scenario, totals)
        finally:
            scenario.desk.close()

    def _crash_again(self, case: CrashCase, scenario: CrashScenario, totals: CrashTotals) -> None:
        """Start, and crash before the fee is complete, if the point is reached at all."""
        scenario.desk = self.desk(
            scenario.backend, scenario.clock, CrashInjector(case.again_at, case.is_after)
        )
        try:
            scenario.desk.polling.reconcile()
            if case.payer_action is not PayerAction.FAILS:  # its first payment is captured later
                finish(scenario, case.flow)
        except PowerOffError:
            totals.twice += 1
        finally:
            scenario.desk.close()
        scenario.clock.advance(20)

    def _judge(self, case: CrashCase, scenario: CrashScenario, totals: CrashTotals) -> None:
        alarms = list(scenario.desk.alarms())
        before = scenario.backend.captured()
        is_complete = scenario.desk.polling.reconcile().is_complete
        first = ledger_audit.audit(self.folder, before)
        scenario.backend.capture_failed()
        scenario.desk.polling.reconcile()
        seen = ledger_audit.audit(self.folder, scenario.backend.captured())
        is_finished = finish(scenario, case.flow) and is_complete
        scenario.desk.polling.reconcile()
        last = ledger_audit.audit(self.folder, scenario.backend.captured())
        alarms += scenario.desk.alarms()
        lost = first.lost_paise + sum(x.lost_paise + x.invented_paise for x in (seen, last))
        half = {*first.half_written, *seen.half_written, *last.half_written}
        twice = {*first.doubled, *seen.doubled, *last.doubled}
        if case.payer_action is not PayerAction.PAYS_ALL and _paid_twice(scenario.backend):
            twice.add("a fee that was paid twice")
        if is_upi_only(case.flow) and scenario.backend.count_by_reference().total() > 1:
            twice.add("a second order for one fee")
        most = max(scenario.backend.count_by_reference().values(), default=0)
        payable = max(0, scenario.backend.count_open_codes())
        totals.cases += 1
        totals.lost_paise += lost
        totals.half_written += bool(half)
        totals.doubled += bool(twice)
        totals.most_per_reference = max(totals.most_per_reference, most)
        totals.two_payable += payable > 0
        totals.stuck += not is_finished
        totals.alarms += bool(alarms)
        if lost or half or twice or most > 1 or payable or alarms or not is_finished:
            totals.wrong.append(
                f"{case.flow}, {case.payer_action.value}, point {case.at} "
                f"{'after' if case.is_after else 'before'}: lost {lost}, {half or ''} "
                f"{twice or ''}, {most} per reference, {payable} left payable, "
                f"{'finished' if is_finished else 'stuck'} {alarms or ''}"
            )


def _paid_twice(backend: GatewayBackend) -> bool:
    """Return whether the parent has paid for more than one fee."""
    return sum(paise - back for paise, back in backend.captured().values()) > FEE.paise


def crash_twice(cases: Iterable[CrashCase], rng: random.Random) -> list[CrashCase]:
    """Return the same crashes, each with a second one early in the next start."""
    return [replace(case, again_at=rng.randrange(12)) for case in cases]


def enumerate_cases(
    bench: CrashBench, flows: Iterable[tuple[str, PayerAction]]
) -> tuple[dict[CrashCase, str], Counter[str]]:
    """Run flows with their parents; return both sides of each point, and points by name."""
    cases: dict[CrashCase, str] = {}
    names: Counter[str] = Counter()
    for flow, payer_action in flows:
        points = bench.points(flow, payer_action)
        names.update(points)
        cases |= {
            CrashCase(flow, number, is_after, payer_action): name
            for number, name in enumerate(points)
            for is_after in (False, True)
        }
    return cases, names


def one_of_each(cases: Mapping[CrashCase, str], rng: random.Random) -> list[CrashCase]:
    """Return a crash at each kind of point; of a call that writes, the one after it."""
    found: defaultdict[str, list[CrashCase]] = defaultdict(list)
    for case, name in cases.items():
        if case.is_after or name not in WRITING_CALLS:
            found[name].append(case)
    return [rng.choice(each) for each in found.values()]


def crash_all(bench: CrashBench, cases: Iterable[CrashCase]) -> CrashTotals:
    """Crash at each point."""
    totals = CrashTotals()
    for case in cases:
        bench.crash(case, totals)
    return totals


def crash_all_in_parallel(place: Path, cases: Sequence[CrashCase]) -> CrashTotals:
    """Crash at each point on the gateway in memory, in one process per core."""
    many = os.cpu_count() or 1
    with ProcessPoolExecutor(many) as pool:
        parts = pool.map(
            _crash_part,
            [place / f"part-{number}" for number in range(many)],
            [cases[number::many] for number in range(many)],
        )
    return merge_totals(list(parts))


def _crash_part(folder: Path, cases: Sequence[CrashCase]) -> CrashTotals:
    return crash_all(CrashBench(folder, FakeBackend), cases)


def merge_totals(parts: Sequence[CrashTotals]) -> CrashTotals:
    """Return the sum of the totals."""
    whole = CrashTotals()
    for part in parts:
        for each in fields(CrashTotals):
            one, other = getattr(whole, each.name), getattr(part, each.name)
            is_most = each.name.startswith("most_")
            setattr(whole, each.name, max(one, other) if is_most else one + other)
    return whole


def prove(*, long: bool) -> Iterator[Figure]:
    """Crash at every point on the gateway in memory, and in the long form also over HTTP."""
    rng = random.Random(SEED)
    with temporary_folder() as folder:
        bench = CrashBench(folder / "one", FakeBackend)
        flows = list(FLOWS) if long else list(FLOWS)[::SHORT_STEP]
        every = list(itertools.product(flows, PayerAction))
        in_turn = list(zip(flows, itertools.cycle(PayerAction), strict=False))
        cases, names = enumerate_cases(bench, every if long else in_turn)
        chosen = list(cases) if long else one_of_each(cases, rng)
        whole = [*chosen, *crash_twice(rng.sample(chosen, len(chosen) // 8), rng)]
        ours = crash_all_in_parallel(folder, whole) if long else crash_all(bench, whole)
        bench.saves_at_end = True
        made = [case for case, name in cases.items() if name in MAKING_A_CODE and case.is_after]
        control = crash_all(bench, rng.sample(list(cases), CONTROL_CASES) if long else made)
        yield Figure(
            "crash.points",
            f"{sum(names.values())} ({ledger_audit.format_counts(names)})",
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
        yield from _prove_over_http()


def _prove_over_http() -> Iterator[Figure]:
    from tests.bench.desks import Sandbox

    with Sandbox() as sandbox, temporary_folder() as folder:

        def fresh(_clock: TestClock) -> SandboxBackend:
            backend = SandboxBackend(sandbox.url)
            backend.reset()
            return backend

        bench = CrashBench(folder, fresh)
        cases, names = enumerate_cases(bench, itertools.product(SANDBOX_FLOWS, PayerAction))
        chosen = random.Random(SEED).sample(list(cases), min(len(cases), 300))
        ours = crash_all(bench, chosen)
        yield Figure(
            "crash.sandbox.cases",
            f"{ours.cases} of {len(cases)}, {sum(names.values())} points",
            "≥ 100",
            ours.cases >= 100,
        )
        yield from _figures("crash.sandbox", ours, None)


def _figures(name: str, ours: CrashTotals, control: CrashTotals | None) -> Iterator[Figure]:
    for line in ours.wrong[:MOST_LINES]:
        print(f"  {line}")
    if len(ours.wrong) > MOST_LINES:
        print(
            f"  … {ledger_audit.format_counts(Counter(line.split(',')[0] for line in ours.wrong))}"
        )

    def control_count(value: Callable[[CrashTotals], int]) -> int | None:
        return None if control is None else value(control)

    yield count_figure(
        f"{name}.lost_paise", ours.lost_paise, control=control_count(lambda each: each.lost_paise)
    )
    yield count_figure(f"{name}.half_written", ours.half_written)
    yield count_figure(
        f"{name}.doubled", ours.doubled, control=control_count(lambda each: each.doubled)
    )
    yield count_figure(f"{name}.most_orders_per_reference", ours.most_per_reference, wanted=1)
    yield count_figure(
        f"{name}.left_payable",
        ours.two_payable,
        control=control_count(lambda each: each.two_payable),
    )
    yield count_figure(f"{name}.stuck", ours.stuck)
    yield count_figure(f"{name}.false_alarms", ours.alarms)
