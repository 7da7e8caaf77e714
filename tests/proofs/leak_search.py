"""Canary keys, phones and addresses go through the faults at DEBUG, then everything is searched.

`ALLOWED` states what each place may hold: the students' table holds phones, or the desk could call
nobody; a log never may. The controls plant each canary in each form and in each kind of file, and
all of them have to be found.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proofs import leak_collector
from tests.proofs.fault_catalogue import KINDS, TIMEOUT_KINDS
from tests.proofs.fault_flows import SITES, STRIKES, run_cell
from tests.proofs.fault_scenario import SandboxEnvironment
from tests.proofs.network_faults import install_network_faults
from tests.proofs.report_figures import Figure, count_figure
from tests.proofs.secret_canaries import Canary, found_in, scan, scan_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEY_ID, SECRET = "rzp_test_CanaryKey7q9Zx2", "CanarySecretQw8Er5Ty2Ui0"
STUDENT_PHONE, GUARDIAN_PHONE = "9812345067", "9876501234"
EMAIL, VPA = "canary.student@example.org", "canary.parent@okaxis"
CANARIES = (
    Canary("secret", SECRET),
    Canary("key id", KEY_ID),
    Canary("phone", STUDENT_PHONE),
    Canary("phone", GUARDIAN_PHONE),
    Canary("e-mail", EMAIL),
    Canary("VPA", VPA),
)
STUDENTS = tuple(
    {
        "roll_no": f"R00{n}", "name": f"Student {n}", "phone": STUDENT_PHONE, "email": EMAIL,
        "guardian_name": "Meena Rao", "guardian_phone": GUARDIAN_PHONE,
    }
    for n in range(2)
)  # fmt: skip

PERSONAL_DATA = frozenset({"phone", "e-mail"})
ALLOWED: dict[str, frozenset[str]] = {
    "database": PERSONAL_DATA | {"key id"},
    "backup": PERSONAL_DATA | {"key id"},
    "export of students": PERSONAL_DATA,
    "export of the ledger": frozenset(),
    "receipt": frozenset(),
    "log": frozenset(),
    "log before redaction": frozenset(),
    "error text": frozenset(),
    "crash report": frozenset(),
    "doctor": frozenset(),
    "stdout and stderr": frozenset(),
    "argv": frozenset(),
    "sandbox's log": frozenset(),
    "other files": frozenset(),
}
"""The secrets that each place may hold. The key's id is no secret and is stored with every attempt,
so that a test key never judges a live order; VPAs are stored masked, so nothing may hold one in
full.
"""

SHORT_KINDS = ("status_400", "reset_after", "cut_json", "test_payment")
SLOW_SITES = ("create order", "fetch QR")
MOST_FINDINGS = 30


@dataclass
class LeakTotals:
    """Counts of what was searched, and of what was found where it is not allowed."""

    searched: Counter[str] = field(default_factory=Counter)
    size: int = 0
    debug_lines: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def search(self, place: str, name: str, data: bytes) -> None:
        """Search bytes of a place."""
        self._record(place, scan(name, data, CANARIES), len(data))

    def search_file(self, place: str, path: Path) -> None:
        """Search a file of a place."""
        self._record(place, scan_file(path, CANARIES), path.stat().st_size)
        if place == "log":
            self.debug_lines += path.read_bytes().count(b" DEBUG ")

    def _record(self, place: str, found: list[tuple[str, Canary, str]], size: int) -> None:
        self.searched[place] += 1
        self.size += size
        for name, canary, form in found:
            if canary.kind not in ALLOWED[place]:
                self.hits[canary.kind] += 1
                self.findings.append(f"{place}: {canary.kind} as {form} in {name}")
            else:
                self.allowed[canary.kind] += 1


def prove(*, long: bool) -> Iterable[Figure]:
    """Run with the canaries, search everything, and plant some to be found."""
    totals = LeakTotals()
    with (
        install_network_faults() as network,
        SandboxEnvironment(network, keys=(KEY_ID, SECRET), people=STUDENTS) as env,
    ):
        env.vpa = VPA
        collector = leak_collector.LeakCollector(env, totals.search, totals.search_file)
        env.on_scenario = collector.on_scenario
        cells = _play_fault_cells(env, long=long)
        texts = tuple(canary.text for canary in CANARIES)
        leak_collector.exercise_desk(env, collector, forbidden=texts, long=long)
        collector.finish()
    for finding in totals.findings[:MOST_FINDINGS]:
        print(f"  {finding}", file=sys.stderr)
    yield from _figures(totals, cells)


def _play_fault_cells(env: SandboxEnvironment, *, long: bool) -> int:
    """Play a part of the matrix: every kind in the long form, a few in the short one."""
    cells = 0
    for kind in KINDS if long else SHORT_KINDS:
        for at, site in enumerate(SITES):
            is_wanted = long or at % 15 == 0
            if kind in TIMEOUT_KINDS:
                is_wanted = site.name in SLOW_SITES
            if is_wanted:
                run_cell(env, site, kind, STRIKES[0], fees=2 if long else site.least_fees)
                cells += 1
    return cells


def _figures(totals: LeakTotals, cells: int) -> Iterator[Figure]:
    yield Figure("leaks.cells", str(cells), "≥ 8", cells >= len(SHORT_KINDS) * 2)
    planted, found = _plant_and_scan()
    for kind in dict.fromkeys(canary.kind for canary in CANARIES):
        yield count_figure(
            f"leaks.{kind} where it may not be", totals.hits[kind], control=found[kind]
        )
    for place, times in sorted(totals.searched.items()):
        held = ", ".join(sorted(ALLOWED[place])) or "none of them"
        yield Figure(f"leaks.searched: {place}", f"{times}, may hold {held}", "≥ 1", times > 0)
    for kind in sorted(PERSONAL_DATA):
        seen = totals.allowed[kind]
        yield Figure(f"leaks.{kind} where it may be", str(seen), "≥ 1", seen > 0)
    missing = sorted(set(ALLOWED) - set(totals.searched))
    yield Figure("leaks.places not searched", ", ".join(missing) or "0", "0", not missing)
    yield Figure("leaks.bytes searched", f"{totals.size:,}", "≥ 1", totals.size > 0)
    lines = totals.debug_lines
    yield Figure("leaks.log lines at DEBUG", str(lines), "≥ 1", lines > 0)
    missed = planted - sum(found.values())
    yield Figure("leaks.planted and not found", str(missed), "0", missed == 0, f"{planted} planted")


def _plant_and_scan() -> tuple[int, Counter[str]]:
    """Plant every canary in every form, bare and in each kind of file; count what is found."""
    planted, found = 0, Counter[str]()
    for canary in CANARIES:
        for form, text in canary.planted_texts():
            planted += 1
            found[canary.kind] += any(
                name == form and each == canary for each, name in found_in(text, (canary,))
            )
    for canary in CANARIES:
        with tempfile.TemporaryDirectory(prefix="pravesh-planted-") as folder:
            for path in leak_collector.plant_files(Path(folder), canary.text):
                planted += 1
                found[canary.kind] += bool(scan_file(path, (canary,)))
    return planted, found
