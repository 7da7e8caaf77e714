"""Student search among a million: the 95th percentile against `LIKE '%x%'` on the same file.

Both answer the same mix of typed texts in turn, with the same columns and limit.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_app.storage.store import SqlStore

from .big_file import filled
from .figures import Figure, milliseconds, percentile
from .population import students, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = 1_000_000
LIMIT = 20
PEOPLE = 8
TARGET = 0.10
LIKE = """
    SELECT uid, roll_no, name, phone, guardian_name, guardian_phone, state FROM students
    WHERE name LIKE :x OR guardian_name LIKE :x OR roll_no LIKE :x
        OR phone LIKE :x OR guardian_phone LIKE :x
    LIMIT :limit
"""


def mix() -> list[str]:
    """Return the typed texts for a few students spread over the roll."""
    every = COUNT // PEOPLE
    people = [row for number, row in enumerate(students(COUNT)) if number % every == every // 2]
    return typed(people)


def run() -> Iterator[Figure]:
    """Measure."""
    path = filled(COUNT)
    texts = mix()
    store = SqlStore(path)
    with closing(store), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
        plain.execute("PRAGMA cache_size=-16384")

        def like(text: str) -> None:
            plain.execute(LIKE, {"x": f"%{text}%", "limit": LIMIT}).fetchall()

        store.reader.students.search("a", LIMIT)
        like("zzzz")
        ours: list[float] = []
        control: list[float] = []
        for text in texts:
            ours.append(milliseconds(lambda text=text: store.reader.students.search(text, LIMIT)))  # type: ignore[misc]
            control.append(milliseconds(lambda text=text: like(text)))  # type: ignore[misc]
    yield Figure("search", percentile(ours, 95), TARGET, percentile(control, 95))
