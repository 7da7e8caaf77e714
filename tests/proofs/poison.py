"""One parent's answers are hostile, ten honest parents pay beside: all ten are booked.

The real services, database, client and HTTP against the sandbox. When the hostility ends, the
eleventh is booked too and nothing is stuck. The control takes isolation away.
"""

from __future__ import annotations

import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.gateway import client, http_session, wire
from desktop_app.gateway.errors import lost
from desktop_app.services.isolation import stuck_subjects
from desktop_app.services.payments import status_check
from desktop_app.services.sync import poll_cycle, sweep

from .fault_scenario import OWN_ERRORS, FaultScenario, SandboxEnvironment
from .hostile_answers import FIELDS, VALUES, Hostility, every_hostility, hostile_door
from .network_faults import install_network_faults
from .proof_desk import UPI_CHANNELS
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from desktop_app.services.views.payments import AttemptView

    from .hostile_answers import HostileDoor

HONEST = 10
PEOPLE = tuple(
    {"roll_no": f"R{n:03d}", "name": f"Student {n}", "phone": f"90000000{n:02d}"}
    for n in range(HONEST + 1)
)
POLLS = 3
GAP_S = 25.0
SEED = 7
LONG_CASES = 160
SHORT_CASES = (
    Hostility("payment", "created_at", "10^18"),
    Hostility("payment", "vpa", "half a pair"),
    Hostility("order", "created_at", "5,000 digits"),
    Hostility("qr_code", "*", "100,000 deep"),
)
CHANNEL_OF = {"qr_code": Method.QR_CODE, "payment_link": Method.PAYMENT_LINK}


@dataclass
class PoisonTotals:
    """Counts over all cases."""

    honest: int = 0
    missed: list[str] = field(default_factory=list)
    struck: int = 0
    never_struck: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)


def choose_cases(number: int) -> list[Hostility]:
    """Return cases drawn from the grammar: every field and every value, and more of both."""
    rng = random.Random(SEED)
    every = every_hostility()
    rng.shuffle(every)
    chosen: list[Hostility] = []
    seen: set[str] = set()
    for each in every:
        marks = {f"{each.kind}.{each.field}", each.value}
        if not marks <= seen or len(chosen) < number - len(FIELDS) - len(VALUES):
            chosen.append(each)
            seen |= marks
    return chosen[:number]


def run_case(
    env: SandboxEnvironment, door: HostileDoor, case: Hostility, totals: PoisonTotals
) -> None:
    """Collect eleven fees, make one hostile, and count who is booked."""
    door.hostility = None
    with FaultScenario(env) as scenario:
        views = _show_codes(scenario, case)
        paid = [scenario.pay(view.qr_text or "") for view in views]
        hostile = views[-1]
        stored = scenario.opened.store.reader.attempts.get(hostile.uid)[0]
        door.ids = {each for each in (stored.order_id, stored.remote_id, paid[-1]["id"]) if each}
        door.ids |= {paid[-1]["order_id"]} if paid[-1].get("order_id") else set()
        door.hostility, before = case, door.struck
        _look(scenario)
        booked = [_is_paid(scenario, view) for view in views]
        totals.honest += HONEST
        if not all(booked[:-1]):
            totals.missed += [str(case)] * booked[:-1].count(False)
        if door.struck == before:
            totals.never_struck.append(str(case))
        totals.struck += door.struck - before
        door.hostility = None
        _look(scenario)
        context_stuck = stuck_subjects(_ReaderOnly(scenario.opened.store))  # type: ignore[arg-type]
        if not _is_paid(scenario, hostile) or context_stuck:
            totals.left_over.append(f"{case}: {dict(context_stuck)}")


class _ReaderOnly:
    """The part of a context that `stuck_subjects` reads."""

    def __init__(self, store: Any) -> None:
        self.store = store


def _show_codes(scenario: FaultScenario, case: Hostility) -> list[AttemptView]:
    """Show a code to each parent: honest ones on every channel, the last on that of the case."""
    payments, views = scenario.opened.desk.payments, []
    for number, student in enumerate(scenario.env.students):
        method = UPI_CHANNELS[number % 3]
        if number == HONEST:
            method = CHANNEL_OF.get(case.kind, Method.UPI_INTENT)
        begun = payments.begin(student, scenario.env.course, method)
        views.append(payments.open(begun.uid))
    return views


def _look(scenario: FaultScenario) -> None:
    """Poll as the window does, and reconcile; whatever is raised ends that pass only."""
    for _poll in range(POLLS):
        _survive(scenario.opened.desk.polling.run)
        scenario.clock.sleep(GAP_S)
    _survive(scenario.opened.desk.polling.reconcile)


def _survive(work: Any) -> None:
    try:
        work()
    except OWN_ERRORS:
        return
    except Exception:  # noqa: BLE001 - counted by what is not booked afterwards
        return


def _is_paid(scenario: FaultScenario, view: AttemptView) -> bool:
    state = scenario.opened.store.reader.attempts.get(view.uid)[0].state
    return state is AttemptState.PAID


@contextmanager
def without_isolation() -> Iterator[None]:
    """Read lists as a whole, bound no instant, and let every error end its pass."""

    @contextmanager
    def nothing(*_given: object) -> Iterator[None]:
        yield

    def whole(read: Any, item: Any) -> Any:
        return read(item)

    def unavailable(error: Exception, *, is_write: bool) -> Exception:
        return lost(str(error), is_write=is_write)

    with ExitStack() as patches:
        for module in (status_check, sweep, poll_cycle):
            patches.enter_context(patch.object(module, "passing_over", nothing))
        for module in (client, http_session):
            patches.enter_context(patch.object(module, "from_wire", unavailable))
        patches.enter_context(patch.object(wire, "_or_none", whole))
        patches.enter_context(patch.object(wire, "_instant", wire._integer))
        yield


def run_cases(cases: Sequence[Hostility]) -> PoisonTotals:
    """Run cases on one sandbox."""
    totals = PoisonTotals()
    with install_network_faults() as network, hostile_door() as door:
        with SandboxEnvironment(network, people=PEOPLE) as env:
            for case in cases:
                run_case(env, door, case, totals)
    return totals


def prove(*, long: bool) -> Iterable[Figure]:
    """Count the honest parents who are not booked, beside the control."""
    cases = choose_cases(LONG_CASES) if long else list(SHORT_CASES)
    found = run_cases(cases)
    with without_isolation():
        control = run_cases(cases if long else cases[:1])
    yield Figure(
        "poison.cases",
        f"{len(cases)} hostile answers beside {found.honest} honest payments, "
        f"{found.struck} answers changed, never struck: {', '.join(found.never_struck) or 'none'}",
        "every case struck",
        holds=not found.never_struck,
    )
    yield count_figure("poison.honest not booked", len(found.missed), control=len(control.missed))
    for words in sorted(set(found.missed))[:10]:
        yield Figure("poison.honest not booked", words, "nothing", holds=False)
    yield count_figure("poison.not booked once the answers make sense", len(found.left_over))
    for words in found.left_over[:10]:
        yield Figure("poison.left over", words, "nothing", holds=False)
