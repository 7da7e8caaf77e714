"""Every fault of the catalogue against every call that the desk makes, beside the bare SDK.

Each cell has its own desk: the real services, database and client over real HTTP against the
sandbox, one fault, two fees. Then the fault is removed, the desk reconciles once and continues.
Only the sandbox is believed. The long form plays every cell; the short form one or two per row.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from tests.proofs import clock_faults, degraded_network, disk_faults, irregular_payments, tls_faults
from tests.proofs.bare_sdk import SITES_OF_WAITING, run_control
from tests.proofs.fault_catalogue import KINDS, ROW_BY_KIND, ROWS, TIMEOUT_KINDS
from tests.proofs.fault_flows import SITES, STRIKES, run_cell
from tests.proofs.fault_scenario import SandboxEnvironment
from tests.proofs.fault_verdict import Verdict
from tests.proofs.network_faults import install_network_faults
from tests.proofs.port_calls import CALLS, run_calls
from tests.proofs.proof_desk import UPI_CHANNELS
from tests.proofs.report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.proofs.fault_flows import Strike

FIGURE_NAMES = {
    "false_paid": "false paid",
    "lost": "lost after one reconcile",
    "duplicate": "duplicates per reference",
    "two_payable": "two payable things for a fee",
    "wrong_class": "errors of a wrong class",
    "overdue": "calls over their deadline",
}
MOST_MESSAGES = 40
WORKERS = max(2, os.cpu_count() or 1)
FIRST_KINDS = tuple(row.kinds[0] for row in ROWS if row.kinds)
ONE_OF_EACH = ("authorised", "refunded before the look", "3 days, expired", "two codes")
SHORT_CONTROLS = ("truncate", "paid_with_due", "timeout_after")


@dataclass
class MatrixTotals:
    """Cells and verdicts, per row and in total."""

    cells: Counter[int] = field(default_factory=Counter)
    rows: dict[int, Verdict] = field(default_factory=dict)
    all: Verdict = field(default_factory=Verdict)
    controls: dict[int, Verdict] = field(default_factory=dict)
    control: Verdict = field(default_factory=Verdict)
    struck_calls: Counter[str] = field(default_factory=Counter)
    leaked: int = 0
    control_leaks: int = 0

    def add(self, row: int, name: str, verdict: Verdict, *, cells: int = 1) -> None:
        """Add a cell of a row."""
        self.cells[row] += cells
        self.rows.setdefault(row, Verdict()).add(verdict, name)
        self.all.add(verdict, f"row {row}, {name}")

    def merge(self, other: MatrixTotals) -> None:
        """Add the totals of another process."""
        self.cells.update(other.cells)
        self.struck_calls.update(other.struck_calls)
        self.all.add(other.all, "")
        self.control.add(other.control, "")
        for mine, theirs in ((self.rows, other.rows), (self.controls, other.controls)):
            for row, verdict in theirs.items():
                mine.setdefault(row, Verdict()).add(verdict, "")

    def add_control(self, kind: str, verdict: Verdict) -> None:
        """Add what a kind of fault did to the bare SDK."""
        self.controls.setdefault(ROW_BY_KIND[kind].number, Verdict()).add(verdict, kind)
        self.control.add(verdict, kind)


def prove(*, long: bool) -> Iterable[Figure]:
    """Play the catalogue and count."""
    totals = MatrixTotals()
    with install_network_faults() as network, SandboxEnvironment(network) as env:
        if not long:
            _flows(totals, env, FIRST_KINDS, long=False)
            _calls(totals, env, FIRST_KINDS[::4], long=False)
            for kind in SHORT_CONTROLS:
                totals.add_control(kind, run_control(env, kind, SITES_OF_WAITING[:1]))
        _certificates(totals, env, long=long)
        _situations(totals, env, long=long)
    if long:
        spawning = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=WORKERS, mp_context=spawning) as pool:
            for part in pool.map(_one_kind, KINDS):
                totals.merge(part)
    for row, name, verdict in degraded_network.play_all(short=not long):
        totals.add(row, name, verdict)
    for messages in totals.all.messages[:MOST_MESSAGES]:
        print(f"  {messages}", file=sys.stderr)
    yield from _figures(totals)
    if long:
        yield from _strike_figures(totals)


def _one_kind(kind: str) -> MatrixTotals:
    """Play one kind of fault at every call, in a separate process and sandbox."""
    totals = MatrixTotals()
    with install_network_faults() as network, SandboxEnvironment(network) as env:
        _flows(totals, env, (kind,), long=True)
        _calls(totals, env, (kind,), long=True)
        totals.add_control(kind, run_control(env, kind))
    return totals


def _flows(
    totals: MatrixTotals, env: SandboxEnvironment, kinds: tuple[str, ...], *, long: bool
) -> None:
    """Play rows 1-30 and 35-39: a fault on the wire, at every call."""
    for at, kind in enumerate(kinds):
        for site in SITES if long else (SITES[at % len(SITES)],):
            for strike in _strikes(kind) if long else STRIKES[:1]:
                verdict = run_cell(env, site, kind, strike, fees=2 if long else site.least_fees)
                totals.struck_calls[site.name] += verdict.was_struck
                name = f"{kind}, {site.name}, {strike.name}"
                totals.add(ROW_BY_KIND[kind].number, name, verdict)


def _strikes(kind: str) -> Iterator[Strike]:
    """Yield every strike; a lasting outage is tried with only one of the slow kinds."""
    for strike in STRIKES:
        if strike.name != "all" or kind not in TIMEOUT_KINDS - {"timeout_after"}:
            yield strike


def _calls(
    totals: MatrixTotals, env: SandboxEnvironment, kinds: tuple[str, ...], *, long: bool
) -> None:
    """Check the class of error that each fault causes in every method of the port."""
    for at, kind in enumerate(kinds):
        names = tuple(CALLS) if long else (tuple(CALLS)[at % len(CALLS)],)
        number, verdict = run_calls(env, kind, names)
        totals.add(ROW_BY_KIND[kind].number, f"{kind}, the port", verdict, cells=number)


def _certificates(totals: MatrixTotals, env: SandboxEnvironment, *, long: bool) -> None:
    """Play rows 7-9, and count the keys sent; none are played without openssl."""
    if not tls_faults.has_openssl():
        return
    channels = UPI_CHANNELS if long else (Method.UPI_INTENT,)
    with tls_faults.certificate_authority() as folder:
        totals.control_leaks = tls_faults.control(env, folder)
        for row in tls_faults.BAD:
            found = tls_faults.play(env, folder, row, channels)
            totals.leaked += found.leaked
            totals.add(row, tls_faults.BAD[row], found.verdict, cells=found.cells)


def _situations(totals: MatrixTotals, env: SandboxEnvironment, *, long: bool) -> None:
    """Play rows 31-34 and 40-49: payments, clocks and disks."""
    plays = tuple(irregular_payments.PLAYS) if long else ONE_OF_EACH
    channels = UPI_CHANNELS if long else (Method.QR_CODE,)
    points = clock_faults.POINTS if long else ("shown",)
    step = 1 if long else disk_faults.MOST_WRITES  # only the first write of a fee
    cells = itertools.chain(
        irregular_payments.play_all(env, plays, long=long),
        clock_faults.play_all(env, tuple(clock_faults.JUMPS), channels, points),
        disk_faults.play_all(env, channels, step=step),
        disk_faults.power_cuts(env, channels, step=step),
        disk_faults.lost_write_ahead_logs(env, channels),
    )
    for row, name, verdict in cells:
        totals.add(row, name, verdict)


def _figures(totals: MatrixTotals) -> Iterator[Figure]:
    for row in ROWS:
        yield _row_figure(totals, row.number, row.name)
    missing = [row.number for row in ROWS if not totals.cells[row.number]]
    yield count_figure("faults.rows not played", len(missing))
    cells = sum(totals.cells.values())
    yield Figure("faults.cells", str(cells), "≥ 53", cells >= len(ROWS))
    ours, theirs = totals.all.counts, totals.control.counts
    for kind, name in FIGURE_NAMES.items():
        yield count_figure(f"faults.{name}", ours[kind], control=theirs[kind])
    yield count_figure("faults.fees that could not be collected afterwards", ours["stuck"])
    yield count_figure(
        "faults.keys sent to a bad certificate", totals.leaked, control=totals.control_leaks
    )


def _strike_figures(totals: MatrixTotals) -> Iterator[Figure]:
    """Yield whether the faults met the calls they were meant for."""
    never = [site.name for site in SITES if not totals.struck_calls[site.name]]
    yield Figure("faults.calls never struck", ", ".join(never) or "0", "0", not never)
    active_kind = totals.struck_calls.total()
    yield Figure(
        "faults.cells in which a call was struck", str(active_kind), "≥ 1000", active_kind >= 1_000
    )


def _row_figure(totals: MatrixTotals, number: int, name: str) -> Figure:
    verdict = totals.rows.get(number, Verdict())
    told = f"{totals.cells[number]} cells, {_format_counts(verdict) or 'nothing wrong'}"
    control = totals.controls.get(number)
    beside = "" if control is None else _format_counts(control) or "nothing wrong"
    holds = totals.cells[number] > 0 and not verdict.total
    return Figure(f"faults.{number:02d} {name}", told, "nothing wrong", holds, beside)


def _format_counts(verdict: Verdict) -> str:
    pairs = sorted(verdict.counts.items())
    return ", ".join(f"{times} {kind.replace('_', ' ')}" for kind, times in pairs if times)
