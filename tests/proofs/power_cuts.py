"""Power cuts on a disk that tears and reorders writes, with the real schema and statements.

The standard library's sqlite3 cannot use APSW's VFS. So random desk days are run once with the real
services while their SQL is recorded (migration, pragmas, every writing statement), and segments of
that trace are replayed through APSW on a torn disk with the same pragmas, WAL and
`synchronous=FULL` among them. Only `locking_mode=EXCLUSIVE` is added (see `torn_disk`), and
checkpoints come more often than every 1,000 pages, so that cuts hit them. After each cut the
surviving files are opened by the standard library's SQLite on its own VFS. They must hold, to the
last row, what the last transaction whose COMMIT returned wrote, or, if the power failed inside a
COMMIT, what that one writes. The controls are the same with `synchronous` OFF and NORMAL.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import apsw

from desktop_app.storage.store import DATABASE, open_store

from . import ledger_audit
from .proof_desk import migrated_database, temporary_folder
from .random_desk import RandomDesk
from .report_figures import Figure
from .sql_trace import record_sql
from .torn_disk import PowerCutError, TornDisk, TornVfs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .sql_trace import ConnectionTrace, Statement

SEED = 1_000
DATABASE_NAME = f"/torn/{DATABASE}"
CUTS_PER_SEGMENT = 12
KINDS = {"wal write", "wal sync", "database write", "database sync"}
LONGEST_SEGMENT = 12
CHECKPOINTS = (1_000, 6, 15)
"""WAL pages at which a checkpoint is made: SQLite's own number, and two smaller ones."""


@cache
def torn_vfs() -> TornVfs:
    """Return the one VFS of this process."""
    return TornVfs()


@dataclass(frozen=True)
class TraceSegment:
    """Transactions of one connection to replay, with the database as it was before them.

    Attributes:
        states: fingerprints before the first transaction and after each.
    """

    start: bytes
    pragmas: Sequence[Statement]
    transactions: Sequence[Sequence[Statement]]
    states: tuple[str, ...]
    checkpoint: int


@dataclass
class CutTotals:
    """Counts of the states that the power cuts of a run left."""

    count: int = 0
    lost: int = 0
    half_written: int = 0
    damaged: int = 0
    where: Counter[str] = field(default_factory=Counter)
    in_commit: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Return how many left anything wrong."""
        return self.lost + self.half_written + self.damaged


class Replay:
    """A replay of one segment on one disk.

    Attributes:
        returned: how many COMMITs returned.
        is_committing: whether a COMMIT was in progress.
    """

    def __init__(self, segment: TraceSegment, disk: TornDisk, synchronous: str) -> None:
        self._segment = segment
        self._synchronous = synchronous
        self.returned = 0
        self.is_committing = False
        if segment.start:
            disk.put_file(DATABASE_NAME, segment.start)
        torn_vfs().disk = disk

    def run(self, after_commit: Any = None) -> None:
        """Replay everything and close. Raises PowerCutError when the disk's power fails."""
        connection = apsw.Connection(DATABASE_NAME, vfs=TornVfs.NAME)
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            for each in self._segment.pragmas:
                self._execute(connection, each)
            connection.execute(f"PRAGMA wal_autocheckpoint={self._segment.checkpoint}")
            for transaction in self._segment.transactions:
                for each in transaction[:-1]:
                    self._execute(connection, each)
                self.is_committing = True
                self._execute(connection, transaction[-1])
                self.is_committing = False
                self.returned += 1
                if after_commit is not None:
                    after_commit(connection)
        finally:
            connection.close(True)

    def _execute(self, connection: apsw.Connection, statement: Statement) -> None:
        sql = statement.sql.replace("synchronous=FULL", f"synchronous={self._synchronous}")
        for values in statement.rows:
            connection.execute(sql, values).fetchall()


# --- the trace


def record_segments(rng: random.Random, number: int) -> list[TraceSegment]:
    """Run a migration and random days; return segments of their SQL."""
    empty = migrated_database()
    with temporary_folder() as folder:
        with record_sql() as migration:
            open_store(folder / "new").close()
        with record_sql() as days:
            desk = RandomDesk(folder / "days", rng)
            desk.run_events(max(30, 4 * number))
            desk.end_day()
    found = _split(b"", migration.connections, rng)
    found += _split(empty, days.connections, rng)
    return [found[0], *rng.sample(found[1:], min(number - 1, len(found) - 1))]


def _split(
    start: bytes, connections: Sequence[ConnectionTrace], rng: random.Random
) -> list[TraceSegment]:
    found: list[TraceSegment] = []
    for session in connections:
        left = session.transactions
        while left:
            length = rng.randint(1, LONGEST_SEGMENT)
            segment = TraceSegment(
                start, session.pragmas, left[:length], (), rng.choice(CHECKPOINTS)
            )
            left = left[length:]
            segment, start = _with_states(segment)
            found.append(segment)
    return found


def _with_states(segment: TraceSegment) -> tuple[TraceSegment, bytes]:
    """Replay a segment without a cut; return it with its states, and the file that it leaves."""
    disk = TornDisk(random.Random(0))
    states: list[str] = []
    replay = Replay(segment, disk, "FULL")
    replay.run(lambda connection: states.append(ledger_audit.fingerprint(connection)))
    before = _fingerprint_of(segment.start)
    known = TraceSegment(
        segment.start, segment.pragmas, segment.transactions, (before, *states), segment.checkpoint
    )
    return known, bytes(disk.files[DATABASE_NAME].content)


def _fingerprint_of(content: bytes) -> str:
    with temporary_folder() as folder:
        path = folder / DATABASE
        path.write_bytes(content)
        with closing(sqlite3.connect(path)) as raw:
            return ledger_audit.fingerprint(raw)


# --- the cuts


def cut_power(
    segment: TraceSegment, at: int, synchronous: str, rng: random.Random, totals: CutTotals
) -> None:
    """Replay until the power fails; open what survived, and judge."""
    disk = TornDisk(rng, at)
    replay = Replay(segment, disk, synchronous)
    with suppress(PowerCutError):
        replay.run()
    if disk.survivors is None:
        raise RuntimeError("the power never went")
    totals.count += 1
    totals.where[disk.cut_in] += 1
    totals.in_commit += replay.is_committing
    allowed = set(segment.states[replay.returned : replay.returned + 1 + replay.is_committing])
    with temporary_folder() as folder:
        disk.write_out(folder)
        held = _recovered_fingerprint(folder / DATABASE)
    if held is None:
        totals.damaged += 1
        words = "damaged"
    elif held in allowed:
        return
    elif held in segment.states[: replay.returned]:
        totals.lost += 1
        words = "lost"
    else:
        totals.half_written += 1
        words = "half there"
    totals.wrong.append(f"{words}: {replay.returned} returned, cut in a {disk.cut_in}")


def _recovered_fingerprint(path: Path) -> str | None:
    """Return the fingerprint of a file after SQLite has recovered it; None if it is damaged."""
    try:
        with closing(sqlite3.connect(path)) as raw:
            sound = raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            orphans = raw.execute("PRAGMA foreign_key_check").fetchall()
            held = ledger_audit.fingerprint(raw)
        with closing(apsw.Connection(str(path))) as newer:  # checks the full-text tables too
            sound = sound and newer.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except (sqlite3.DatabaseError, apsw.Error, UnicodeDecodeError):  # so are damaged words
        return None
    return held if sound and not orphans else None


def cut_all(found: Sequence[TraceSegment], number: int, synchronous: str) -> CutTotals:
    """Cut the power a number of times, spread over segments and kinds of operation.

    Drawn evenly from all operations, nearly every cut would be in the write of a page.
    """
    rng, totals = random.Random(SEED), CutTotals()
    logs = [_operations(segment, synchronous) for segment in found]
    for turn in range(number):
        which = turn % len(found)
        kind = rng.choice(sorted(set(logs[which])))
        at = rng.choice([place for place, each in enumerate(logs[which], 1) if each == kind])
        cut_power(found[which], at, synchronous, rng, totals)
    return totals


def _operations(segment: TraceSegment, synchronous: str) -> list[str]:
    disk = TornDisk(random.Random(0))
    Replay(segment, disk, synchronous).run()
    return disk.log


def prove(*, long: bool) -> Iterator[Figure]:
    """Cut the power under FULL, and under OFF and NORMAL as controls."""
    number = 1_000 if long else 12
    found = record_segments(random.Random(SEED), max(4, number // CUTS_PER_SEGMENT))
    ours = cut_all(found, number, "FULL")
    off = cut_all(found, number, "OFF")
    normal = cut_all(found, number, "NORMAL")
    statements = {each.sql for segment in found for each in segment.pragmas}
    yield Figure(
        "power.pragmas",
        "as the desk's",
        "WAL, FULL",
        {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"} <= statements,
    )
    yield Figure(
        "power.cuts",
        f"{ours.count} ({ledger_audit.format_counts(ours.where)}; "
        f"inside a COMMIT {ours.in_commit}) over "
        f"{sum(len(each.transactions) for each in found)} transactions",
        f"≥ {number}",
        ours.count >= number and ours.in_commit > 0 and ours.where.keys() >= KINDS,
    )
    for line in ours.wrong[:8]:
        print(f"  {line}")
    yield Figure(
        "power.bad",
        f"{ours.bad} (lost {ours.lost}, half there {ours.half_written}, damaged {ours.damaged})",
        "0",
        ours.bad == 0,
        f"OFF {off.bad} (lost {off.lost}, half there {off.half_written}, damaged {off.damaged}), "
        f"NORMAL {normal.bad} (lost {normal.lost}) of {off.count} each",
        off.bad > 0 and normal.lost > 0,
    )
