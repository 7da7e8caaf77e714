"""Random edits of the database file behind the desk's back, each found by the desk's own checks.

The editor has the file and a SQL shell: triggers are dropped for the edit and restored after it,
foreign keys are off. The edit is made with the desk closed; then the desk opens as on any morning
and runs its doctor. Edits concern the rows of payments and what relates to them, what staff enter,
and the schema; a byte edit is drawn again if it leaves those rows and every index as they were. The
controls: days without tampering, with changes of every list, crashes, restarts, a vacuum and a
legitimate restore, raise no alarm; and a desk that seals no list and compares no schema finds few
of the edits of those.

An editor who recomputes the whole chain, and writes an anchor for it, is found as well: the
anchor's code takes a secret of the user's system, which is not in the data folder. Without a
keyring the secret is in the user's state folder; an editor of that folder too is not found.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.bootstrap.options import Options
from desktop_app.bootstrap.restore import restore_backup
from desktop_app.config.book_registry import BookRegistry
from desktop_app.storage import audit_queries, seal_verification
from desktop_app.storage.store import DATABASE

from . import ledger_audit
from .proof_desk import open_services, temporary_folder
from .random_desk import RandomDesk, state_of
from .report_figures import Figure
from .tamper_edits import EDITS, MONEY_RELATED, is_sound
from .tamper_list_edits import LIST_EDITS, LISTS, UNSEALED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .proof_desk import DeskServices
    from .tamper_edits import Edit

KINDS: Mapping[str, Edit] = EDITS | LIST_EDITS
SEED = 9
EVENTS_A_DAY, SHORT_EVENTS = 18, 12


@dataclass(frozen=True)
class DeskHistory:
    """A desk's folder at the end of a day, and its database at the end of the day before."""

    folder: Path
    desk: RandomDesk
    yesterday: bytes

    def reopened(self) -> DeskServices:
        """Open the desk as on the next morning."""
        client, clock = self.desk.backend.client(self.desk.clock), self.desk.clock
        registry = BookRegistry(state_of(self.folder))
        return open_services(self.folder, client, clock, registry=registry)


def record_history(folder: Path, rng: random.Random, events: int) -> DeskHistory:
    """Run two days in a folder."""
    desk = RandomDesk(folder, rng, changes_lists=True)
    desk.run_events(events)
    desk.end_day()
    desk.start_day()
    desk.end_day()
    yesterday = (folder / DATABASE).read_bytes()
    desk.start_day()
    desk.run_events(events)
    desk.end_day()
    return DeskHistory(folder, desk, yesterday)


def prove(*, long: bool) -> Iterator[Figure]:
    """Edit, open and check; then run days without tampering."""
    rng = random.Random(SEED)
    with temporary_folder() as place:
        events = EVENTS_A_DAY if long else SHORT_EVENTS
        days = [record_history(place / f"day-{n}", rng, events) for n in range(10 if long else 1)]
        tries, found, missed = _try_edits(place, days, KINDS, 1_008 if long else 24, rng)
        with _without_list_seals():
            blind = _try_edits(place, days, LIST_EDITS, 80 if long else 8, rng)
        mornings, alarms = _run_untampered_days(place, rng, 20 if long else 1, events)
    for line in missed[:12]:
        print(f"  missed: {line}")
    yield Figure(
        "tamper.edits", f"{tries.total()} ({ledger_audit.format_counts(tries)})", "every kind", True
    )
    yield Figure(
        "tamper.found",
        f"{found.total()}"
        + (f" (missed: {ledger_audit.format_counts(tries - found)})" if missed else ""),
        str(tries.total()),
        not missed,
    )
    tried, noticed = blind[0].total(), blind[1].total()
    yield Figure(
        "tamper.without_list_seals",
        f"{noticed} of {tried}",
        "at most a quarter: rows to which others refer",
        noticed * 4 <= tried,
    )
    yield Figure("tamper.false_alarms", f"{len(alarms)} on {mornings} mornings", "0", not alarms)
    for line in alarms[:5]:
        print(f"  alarm: {line}")


def _try_edits(
    place: Path, days: list[DeskHistory], kinds: Mapping[str, Edit], times: int, rng: random.Random
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Try each kind in turn; return how many were tried and found, and what was missed."""
    tries: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: list[str] = []
    for number in range(times):
        kind = list(kinds)[number % len(kinds)]
        is_noticed, words = _try_edit(place / "edited", rng.choice(days), kinds[kind], rng)
        tries[kind] += 1
        found[kind] += is_noticed
        if not is_noticed:
            missed.append(f"{kind}: {words}")
    return tries, found, missed


@contextmanager
def _without_list_seals() -> Iterator[None]:
    """Verify as a desk does that seals payments only and compares no schema: the control."""
    matches = seal_verification._Comparison.matches

    def only_money(self: Any, table: str, key: str, sealed: str) -> bool:
        return table in LISTS or matches(self, table, key, sealed)

    def uncounted(self: Any, connection: sqlite3.Connection) -> None:
        init(self, connection)
        for table in LISTS:
            del self.counts[table]

    init = seal_verification._Comparison.__init__
    audit = audit_queries.SqlAuditQueries
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seal_verification._Comparison, "matches", only_money)
        patch.setattr(seal_verification._Comparison, "__init__", uncounted)
        patch.setattr(audit, "altered_schema", lambda _self: None)
        patch.setattr(audit, "altered_at", lambda _self: None)
        yield


def _try_edit(folder: Path, day: DeskHistory, edit: Edit, rng: random.Random) -> tuple[bool, str]:
    """Edit a copy of a day's folder; return whether the desk noticed, and a description."""
    for source, target in ((day.folder, folder), (state_of(day.folder), state_of(folder))):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    path = folder / DATABASE
    before = path.read_bytes()
    while True:
        words = edit(path, day.yesterday, rng)
        if not is_unchanged(before, path):
            break
        path.write_bytes(before)
    try:
        desk = DeskHistory(folder, day.desk, b"").reopened()
    except Exception as error:  # noqa: BLE001 - a desk that does not open has noticed
        return True, f"{words}: {error}"
    try:
        return bool(desk.alarms()), words
    finally:
        desk.close()


def is_unchanged(before: bytes, path: Path) -> bool:
    """Return whether a file's money rows are unchanged and its indexes sound, in any bytes."""
    if not is_sound(path):
        return False
    old = path.with_name("before.sqlite3")
    old.write_bytes(before)
    with closing(sqlite3.connect(old)) as one, closing(sqlite3.connect(path)) as other:
        same = _facts(one) == _facts(other)
    old.unlink()
    return same


def _facts(raw: sqlite3.Connection) -> tuple[str, list[Any]]:
    """Return what an edit must change to count: rows under a seal, or the schema."""
    raw.execute("CREATE TEMP TABLE kept AS SELECT * FROM students")
    raw.execute(f"ALTER TABLE temp.kept DROP COLUMN {UNSEALED}")
    tables = (*MONEY_RELATED, *(each for each in LISTS if each != "students"), "kept")
    schema = raw.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
    return ledger_audit.fingerprint(raw, tables), schema


# --- the control


def _run_untampered_days(
    place: Path, rng: random.Random, lives: int, events: int
) -> tuple[int, list[str]]:
    """Run days without tampering; return the number of mornings, and every alarm."""
    alarms: list[str] = []
    for number in range(lives):
        folder = place / f"calm-{number}"
        desk = RandomDesk(folder, rng, changes_lists=True)
        for _day in range(3):
            desk.run_events(events)
            alarms += desk.start_day()
        desk.end_day()
        with closing(sqlite3.connect(folder / DATABASE)) as raw:
            raw.execute("VACUUM")
        alarms += desk.start_day()
        kept = folder / "kept.sqlite3"
        desk.desk.store.backup(kept)
        desk.run_events(events)
        desk.end_day()
        restore_backup(Options(data_dir=folder), kept, desk.clock.now(), desk.registry)
        alarms += desk.start_day()
        desk.end_day()
    return lives * 5, alarms
