"""The same observations in any order, repeated, dropped or stale: one ledger.

Ten fees in every situation of a payment (paid, failed first, late, twice, returned, refunded in
parts) are shown to the real services as thousands of histories: each snapshot of each order, QR
code, link and refund comes early, late, repeatedly or never, and each history ends with one
complete poll. The database is rewound in place, in memory, for speed.

The control is a ledger in which the last notification wins, as in many integrations.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.memory_folder import memory_folder

from .gateway_snapshots import SnapshotReplay
from .report_figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .gateway_snapshots import RecordedSnapshot

WORKERS = 2
MOST_AGAIN = 3


def draw_history(replay: SnapshotReplay, rng: random.Random) -> list[RecordedSnapshot]:
    """Draw an order of events: each snapshot dropped, once, or repeated; then a complete poll."""
    seen: list[RecordedSnapshot] = []
    for snapshot in replay.snapshots:
        seen += [snapshot] * rng.choice((0, 1, 1, 1, 2, MOST_AGAIN))
    rng.shuffle(seen)
    last = list(replay.final)
    rng.shuffle(last)
    return [*seen, *last]


# --- what is compared


def ledger_hash(replay: SnapshotReplay) -> str:
    """Return a hash of ledger, enrolments, attempts, refunds and receipts, without ids and times.

    When a fee was paid twice, the first payment noticed pays it and the other is owed back. Which
    of the two it is may differ, so such fees are compared without the single payment's facts.
    """
    return _digest([replay.books_of_due(due) for due in replay.dues] + [replay.accounts()])


def naive_hash(replay: SnapshotReplay, seen: list[RecordedSnapshot]) -> str:
    """Return the control's hash: one row per fee, the last notification wins."""
    rows: dict[str, tuple[str, int]] = {}
    receipts: Counter[str] = Counter()
    for snapshot in seen:
        for due, status, paise in snapshot.notifications:
            if status == "captured" and rows.get(due, ("", 0))[0] != "captured":
                receipts[due] += 1
            rows[due] = (status, paise)
    return _digest([sorted(rows.items()), sorted(receipts.items())])


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# --- the run


def run(seed: int, number: int) -> tuple[Counter[str], Counter[str], int]:
    """Replay histories; return the hashes of desk and control, and the number of snapshots."""
    place = memory_folder()
    folder = Path(tempfile.mkdtemp(prefix="shuffle-", dir=place))
    replay = SnapshotReplay(folder)
    ours: Counter[str] = Counter()
    naive: Counter[str] = Counter()
    shown = 0
    try:
        for each in range(number):
            seen = draw_history(replay, random.Random(seed + each))
            replay.reset()
            for one in seen:
                replay.show(one)
            ours[ledger_hash(replay)] += 1
            naive[naive_hash(replay, seen)] += 1
            shown += len(seen)
    finally:
        replay.close()
        shutil.rmtree(folder, ignore_errors=True)
    return ours, naive, shown


def prove(*, long: bool) -> Iterable[Figure]:
    """Shuffle the snapshots."""
    number = 10_000 if long else 8
    if long:
        share = number // WORKERS
        with ProcessPoolExecutor(WORKERS) as pool:
            parts = list(pool.map(run, range(0, number, share), [share] * WORKERS))
    else:
        parts = [run(0, number)]
    ours, naive = Counter[str](), Counter[str]()
    for part in parts:
        ours += part[0]
        naive += part[1]
    shown = sum(part[2] for part in parts)
    yield Figure(
        "shuffle.ledgers",
        f"{len(ours)} after {sum(ours.values()):,} histories of {shown:,} observations",
        "1",
        holds=len(ours) == 1 and sum(ours.values()) == number,
        control=f"{len(naive)} where the last notification wins",
        control_holds=len(naive) > 1,
    )
