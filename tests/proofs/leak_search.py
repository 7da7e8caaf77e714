"""Canary keys, phones and addresses through the bad days at DEBUG, then everything is searched.

`MAY_HOLD` says which place may hold what: the students' table knows phones, or the desk could not
ring anybody; a log never may. The controls plant each canary in each form and in each kind of
file, and all of them have to be found.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proofs import leak_collector
from tests.proofs.fault_catalogue import KINDS, WAITING_KINDS
from tests.proofs.fault_flows import SITES, STRIKES, run_cell
from tests.proofs.fault_scenario import Town
from tests.proofs.network_faults import watched
from tests.proofs.report_figures import Figure, count
from tests.proofs.secret_canaries import Canary, found_in, scan, scan_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.proofs.network_faults import Line

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
PEOPLE = tuple(
    {
        "roll_no": f"R00{n}", "name": f"Student {n}", "phone": STUDENT_PHONE, "email": EMAIL,
        "guardian_name": "Meena Rao", "guardian_phone": GUARDIAN_PHONE,
    }
    for n in range(2)
)  # fmt: skip

PEOPLE_ARE_KNOWN = frozenset({"phone", "e-mail"})
MAY_HOLD: dict[str, frozenset[str]] = {
    "database": PEOPLE_ARE_KNOWN | {"key id"},
    "backup": PEOPLE_ARE_KNOWN | {"key id"},
    "export of students": PEOPLE_ARE_KNOWN,
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
"""What each place may hold. The key's id is no secret and stands with every attempt, so that a
test key never judges a live order; VPAs are kept masked, so nothing may hold one in full."""

SHORT_KINDS = ("status_400", "reset_after", "cut_json", "test_payment")
SLOW_SITES = ("create order", "fetch QR")
MOST_WORDS = 30


@dataclass
class Search:
    """What was searched, and what was found where it may not be."""

    searched: Counter[str] = field(default_factory=Counter)
    size: int = 0
    debug_lines: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)

    def take(self, place: str, name: str, data: bytes) -> None:
        """Search bytes of a place."""
        self._note(place, scan(name, data, CANARIES), len(data))

    def take_file(self, place: str, path: Path) -> None:
        """Search a file of a place."""
        self._note(place, scan_file(path, CANARIES), path.stat().st_size)
        if place == "log":
            self.debug_lines += path.read_bytes().count(b" DEBUG ")

    def _note(self, place: str, found: list[tuple[str, Canary, str]], size: int) -> None:
        self.searched[place] += 1
        self.size += size
        for name, canary, form in found:
            if canary.kind not in MAY_HOLD[place]:
                self.hits[canary.kind] += 1
                self.words.append(f"{place}: {canary.kind} as {form} in {name}")
            else:
                self.known[canary.kind] += 1


def prove(*, long: bool) -> Iterable[Figure]:
    """Send the canaries through, search everything, and plant some to be found."""
    search = Search()
    with watched() as line, Town(keys=(KEY_ID, SECRET), people=PEOPLE) as town:
        town.vpa = VPA
        places = leak_collector.Places(town, search.take, search.take_file)
        town.visit = places.visit
        cells = _bad_days(town, line, long=long)
        texts = tuple(canary.text for canary in CANARIES)
        leak_collector.grand_tour(town, line, places, forbidden=texts, long=long)
        places.leave()
    for words in search.words[:MOST_WORDS]:
        print(f"  {words}", file=sys.stderr)
    yield from _figures(search, cells)


def _bad_days(town: Town, line: Line, *, long: bool) -> int:
    """Play a slice of the matrix: every kind in the long form, a few in the short one."""
    cells = 0
    for kind in KINDS if long else SHORT_KINDS:
        for at, site in enumerate(SITES):
            is_wanted = at % 5 == 0 if not long else True
            if kind in WAITING_KINDS:
                is_wanted = site.name in SLOW_SITES
            if is_wanted:
                run_cell(town, line, site, kind, STRIKES[0])
                cells += 1
    return cells


def _figures(search: Search, cells: int) -> Iterator[Figure]:
    yield Figure("leaks.cells", str(cells), "≥ 16", cells >= len(SHORT_KINDS) * 4)
    planted, found = _planted()
    for kind in dict.fromkeys(canary.kind for canary in CANARIES):
        yield count(f"leaks.{kind} where it may not be", search.hits[kind], control=found[kind])
    for place, times in sorted(search.searched.items()):
        held = ", ".join(sorted(MAY_HOLD[place])) or "none of them"
        yield Figure(f"leaks.searched: {place}", f"{times}, may hold {held}", "≥ 1", times > 0)
    for kind in sorted(PEOPLE_ARE_KNOWN):
        seen = search.known[kind]
        yield Figure(f"leaks.{kind} where it may be", str(seen), "≥ 1", seen > 0)
    missing = sorted(set(MAY_HOLD) - set(search.searched))
    yield Figure("leaks.places not searched", ", ".join(missing) or "0", "0", not missing)
    yield Figure("leaks.bytes searched", f"{search.size:,}", "≥ 1", search.size > 0)
    lines = search.debug_lines
    yield Figure("leaks.log lines at DEBUG", str(lines), "≥ 1", lines > 0)
    missed = planted - sum(found.values())
    yield Figure("leaks.planted and not found", str(missed), "0", missed == 0, f"{planted} planted")


def _planted() -> tuple[int, Counter[str]]:
    """Plant every canary in every form, bare and in each kind of file; count what is found."""
    planted, found = 0, Counter[str]()
    for canary in CANARIES:
        for form, text in canary.planted():
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
