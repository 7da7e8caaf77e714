"""Quoting and searching while 50,000 students are imported, against the same while nothing is.

What a clerk does, over and over: a name is searched, and its fee worked out. The figure is the
slowest of as many turns as the import leaves time for; the control is the slowest of as many turns
on the same desk after it, idle. Both take a breath between turns, as a clerk does.
"""

from __future__ import annotations

import csv
import gc
import itertools
import statistics
import threading
import time
from typing import TYPE_CHECKING

from .desks import fill, folder, opened
from .figures import Figure, milliseconds
from .population import students

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop_app.bootstrap import OpenDesk

COUNT = 50_000
HERE = 200
"""Students that are on the roll before."""

ROUNDS = 5
TARGET = 3.0
LAST_ROLL_NO = f"I{COUNT - 1:06d}"
BREATH_S = 0.02
COLUMNS = "roll_no name phone email guardian_name guardian_phone date_of_birth state".split()


def run() -> Iterator[Figure]:
    """Measure."""
    rounds = [_round() for _ in range(ROUNDS)]
    yield Figure(
        "import_beside_counter",
        statistics.median(busy for busy, _ in rounds),
        TARGET,
        statistics.median(idle for _, idle in rounds),
    )


def _round() -> tuple[float, float]:
    """The slowest turn beside an import, and the slowest of as many without."""
    with folder() as data, opened(data) as desk:
        uids, courses = fill(desk, HERE)
        sheet = _sheet(data / "students.csv")
        turn = _turns(desk, uids, courses[0])
        turn()
        gc.collect()  # what starting left behind is not the import's
        importing = threading.Thread(target=lambda: desk.desk.imports.students(sheet))
        importing.start()
        busy = [_timed(turn) for _ in iter(importing.is_alive, False)]
        if not desk.desk.students.search(LAST_ROLL_NO):
            raise RuntimeError("the import did not get to its end")
        idle = [_timed(turn) for _ in busy]
    return max(busy), max(idle)


def _timed(turn: Callable[[], None]) -> float:
    took = milliseconds(turn)
    time.sleep(BREATH_S)
    return took


def _turns(desk: OpenDesk, uids: list[str], course: str) -> Callable[[], None]:
    every = itertools.cycle(uids)
    names = itertools.cycle(["Asha", "Kumar 9", "Priya", "राव", "98450"])

    def turn() -> None:
        desk.desk.students.search(next(names))
        desk.desk.payments.quote(next(every), course)

    return turn


def _sheet(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for number, row in enumerate(students(COUNT)):
            table.writerow([f"I{number:06d}", *row[1:]])
    return path
