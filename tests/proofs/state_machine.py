"""Random days by Hypothesis: whatever happens in whatever order, books and gateway agree.

The days have plans, families' carts, concessions and every way to pay at the counter. After every
step the books are audited; at the end of every day the network is restored and one
reconcile has to bring desk and gateway into agreement. The control puts known defects into the
services, one at a time, and each has to be found within the same kind of days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .fee_rules import FeeStateMachine
from .mutations import MUTATIONS
from .report_figures import Figure
from .state_machine_rules import DeskStateMachine

if TYPE_CHECKING:
    from collections.abc import Iterable

STEPS_A_DAY = 50
LONG_DAYS = 2_300
SHORT_DAYS = 5
LONG_HUNT_DAYS = 400
SHORT_HUNT_DAYS = 150
WANTED_STEPS = 100_000
SHORT_MUTATIONS = {"lost_creation_repeated": 11, "ended_attempts_not_polled": 7}
"""The defects of the short form, with seeds whose days show them early; the long form uses all."""


def run_days(
    days: int, *, explain: bool = True, machine: type[DeskStateMachine] = DeskStateMachine
) -> int:
    """Run a number of days; return the steps taken. Raises what the state machine finds."""
    machine.steps = 0
    phases = [Phase.generate, Phase.shrink] if explain else [Phase.generate]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=days,
            stateful_step_count=STEPS_A_DAY,
            deadline=None,
            derandomize=True,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.steps


def find_mutation(name: str, days: int, seed_of_days: int | None = None) -> tuple[int, str] | None:
    """Run days with a defect; return the steps until found and the error, or None."""

    class DefectiveDesk(DeskStateMachine):
        """Days with one defect, drawn from its seed."""

    if seed_of_days is not None:
        seed(seed_of_days)(DefectiveDesk)
    with MUTATIONS[name]():
        try:
            run_days(days, explain=False, machine=DefectiveDesk)
        except AssertionError as shown:
            return DefectiveDesk.steps, str(shown).splitlines()[0]
    return None


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the days, then look for the defects."""
    try:
        yield _steps_figure(LONG_DAYS if long else SHORT_DAYS, WANTED_STEPS if long else 150)
        seeds = dict.fromkeys(MUTATIONS) if long else SHORT_MUTATIONS
        days = LONG_HUNT_DAYS if long else SHORT_HUNT_DAYS
        found = {name: find_mutation(name, days, each) for name, each in seeds.items()}
        yield _mutations_figure(found)
    finally:
        DeskStateMachine.close_desk()


def _steps_figure(days: int, wanted: int) -> Figure:
    try:
        steps = run_days(days, machine=FeeStateMachine)
    except AssertionError as wrong:
        history = "\n".join(getattr(wrong, "__notes__", ()))
        shown = f"{wrong} after {FeeStateMachine.steps}\n{history}"
        return Figure("machine.steps", shown, f"≥ {wanted}", holds=False)
    return Figure(
        "machine.steps", f"{steps:,}, nothing wrong", f"≥ {wanted:,}", holds=steps >= wanted
    )


def _mutations_figure(found: dict[str, tuple[int, str] | None]) -> Figure:
    caught = sum(each is not None for each in found.values())
    each = ", ".join(
        f"{name} {f'after {shown[0]} steps' if shown else 'NOT FOUND'}"
        for name, shown in found.items()
    )
    return Figure(
        "machine.defects_found",
        f"{caught} of {len(found)}: {each}",
        "all",
        holds=caught == len(found),
    )
