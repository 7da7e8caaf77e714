"""Mutation: the tests notice when a line of the code of money is wrong.

The long form draws mutants by a seed and runs each by the tests of its lines. The short form runs
the named defects of `mutations.SECOND_CHECKS`, each by the tests that are there for it. The control
is in both: whatever kills a mutant has to pass without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mutants import draw
from .mutation_run import Outcome, Runner, run
from .mutations import HARMLESS, SECOND_CHECKS
from .report_figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = 1
COUNT = 300
WANTED = 0.95
# Not the proofs: what only a random day finds has no test of its line.
TESTS = ("tests/unit", "tests/contract", "tests/integration")


def prove(*, long: bool, seed: int = SEED, count: int = COUNT) -> Iterable[Figure]:
    """Run drawn mutants, or the named ones."""
    if long:
        yield from _drawn(seed, count)
    else:
        yield from _named()


def _drawn(seed: int, count: int) -> Iterable[Figure]:
    mutants, known = draw(seed, count)
    print(f"mutation: seed {seed}, {len(mutants)} drawn of {known:,}", flush=True)
    outcomes: list[Outcome] = []

    def report(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if outcome.verdict != "killed":
            print(f"{outcome.verdict} ({outcome.test}): {outcome.mutant}", flush=True)

    runner = Runner(mutants, report)
    run(TESTS, runner)
    yield from _figures("mutation.drawn", outcomes, runner, wanted=WANTED)


def _named() -> Iterable[Figure]:
    test_of = {check.edit.mutant(): check.node for check in SECOND_CHECKS.values()}
    harmless = HARMLESS.edit.mutant()
    test_of[harmless] = HARMLESS.node
    outcomes: list[Outcome] = []
    runner = Runner(test_of, outcomes.append, test_of=test_of)
    run(sorted(set(test_of.values())), runner)
    same = next(each for each in outcomes if each.mutant is harmless)
    outcomes.remove(same)
    yield from _figures("mutation.named", outcomes, runner, wanted=1.0)
    yield Figure("mutation.harmless", same.verdict, "survived", holds=same.verdict == "survived")


def _figures(
    name: str, outcomes: list[Outcome], runner: Runner, *, wanted: float
) -> Iterable[Figure]:
    killed = sum(each.verdict == "killed" for each in outcomes)
    rate = killed / len(outcomes) if outcomes else 0.0
    survived = "; ".join(str(each.mutant) for each in outcomes if each.verdict != "killed")
    yield Figure(
        name,
        f"{killed} of {len(outcomes)} killed, {rate:.1%}"
        + (f", not: {survived}" if survived and wanted == 1 else ""),
        f"≥ {wanted:.0%}",
        holds=rate >= wanted,
        control=f"{runner.passed_without} of the killing tests pass without their mutant",
        control_holds=runner.passed_without == killed > 0,
    )
