"""Desk days from a seed: two desks, network faults, crashes, late payments; audited each evening.

The same seed gives the same history: another process with another hash seed leaves the same trace.
The speed is measured in seconds of processor time per ten hours at the desks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .actors import OPENING_HOURS
from .proof_desk import temporary_folder
from .report_figures import Figure, count_figure
from .simulated_centre import SimulatedCentre

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = 20_261_120
LONG_DAYS, SHORT_DAYS = 100, 1
AGAIN_DAYS = 5
SHORT_HOURS, MORNING_HOURS = 3.0, 0.5
SHORT_SEED, MOST_SHORT = SEED + 13, 6
"""The first day of the short form, and how many are tried until all kinds of events happened."""

EVENTS = ("late", "misfits", "several", "refunds", "crashes")
WANTED_SPEED = 1_000
OTHER_HASHES = "4711"
OTHER_PROCESS = """
import json
from tests.proofs.simulation import run
print(json.dumps(run({seed}, {days}, {hours})))
"""


def run(seed: int, days: int, hours: float = OPENING_HOURS) -> dict[str, Any]:
    """Run a number of days; return the totals, a trace for each day, and processor seconds."""
    begun = time.process_time()
    with temporary_folder() as folder:
        centre = SimulatedCentre(folder, seed)
        for _ in range(days):
            centre.run_day(hours)
        totals = centre.finish()
    return asdict(totals) | {"seconds": time.process_time() - begun}


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the days here and, at the same time, in another process; of one day only a part."""
    days = LONG_DAYS if long else SHORT_DAYS
    hours = OPENING_HOURS if long else MORNING_HOURS
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS.format(seed=SEED, days=days, hours=hours)],
        env=os.environ | {"PYTHONHASHSEED": OTHER_HASHES},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    open_hours = OPENING_HOURS if long else SHORT_HOURS
    found = run(SEED, days) if long else _run_short()
    said, _ = other.communicate()
    there: dict[str, Any] = json.loads(said)
    yield count_figure("simulation.wrong", len(found["wrong"]))
    for words in found["wrong"][:5]:
        yield Figure("simulation.wrong", words, "nothing", holds=False)
    yield _days(found, days)
    yield _traces(found, there, long=long)
    yield _speed(found, days * open_hours)


def _run_short() -> dict[str, Any]:
    """Run a part of a day, and that of other seeds until each kind of event happened."""
    found: dict[str, Any] = {}
    for seed in range(SHORT_SEED, SHORT_SEED + MOST_SHORT):
        found = run(seed, SHORT_DAYS, SHORT_HOURS)
        if found["wrong"] or all(found[name] for name in EVENTS):
            break
    return found


def _days(found: dict[str, Any], days: int) -> Figure:
    return Figure(
        "simulation.days",
        f"{found['days']} with {found['payments']:,} payments ({found['late']} late, "
        f"{found['surplus']} double, {found['misfits']} of other amounts, "
        f"{found['several']} for several dues), "
        f"{found['refunds']} refunds, {found['crashes']} crashes, "
        f"{found['polls']:,} looks",
        f"{days}, with late money, refunds and crashes",
        holds=found["days"] == days and all(found[name] for name in EVENTS),
    )


def _traces(found: dict[str, Any], there: dict[str, Any], *, long: bool) -> Figure:
    """Compare the other process's trace with ours, and in the long form with one more run here."""
    mornings = [run(seed, 1, MORNING_HOURS)["traces"] for seed in (SEED, SEED + 1)]
    is_same = there["traces"] == (found["traces"] if long else mornings[0])
    if long:
        is_same = is_same and run(SEED, AGAIN_DAYS)["traces"] == found["traces"][:AGAIN_DAYS]
    differs = mornings[0] != mornings[1]
    return Figure(
        "simulation.trace",
        f"{there['traces'][-1][:16]} in both processes" if is_same else "another one each time",
        "the same for the same seed",
        holds=is_same,
        control="another seed leaves another trace" if differs else "another seed leaves the same",
        control_holds=differs,
    )


def _speed(found: dict[str, Any], hours: float) -> Figure:
    speed = hours * 3_600 / found["seconds"]
    return Figure(
        "simulation.speed",
        f"{speed:,.0f}x real time ({found['seconds'] / hours * 10:.1f} s for ten hours, two desks)",
        f"≥ {WANTED_SPEED:,}x",
        holds=speed >= WANTED_SPEED,
    )
