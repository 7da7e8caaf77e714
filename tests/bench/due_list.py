"""The list of a million dues against the same list with a thousand, and the sums of its buckets.

The sums are read as after every write, against the raw SQL that groups the same rows.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .figures import Figure, alternate, milliseconds
from .list_pages import FEW, MANY, ROUNDS, child, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.ui.dues.page import DuesPage

TARGET, SUMS_TARGET = 2.0, 1.2
RAW = """
    SELECT due_on, count(*), sum(balance_paise) FROM due_balances
    WHERE state = 'open' AND balance_paise > 0 GROUP BY due_on
"""


def run() -> Iterator[Figure]:
    """Measure."""
    from .many_dues import folder_with

    many, few = (measured("due_list", folder_with(count)) for count in (MANY, FEW))
    yield Figure("dues_first_page", many["first"], TARGET, few["first"])
    yield Figure("dues_deepest_page", many["deepest"], TARGET, many["top"])
    yield Figure("dues_middle_page", many["middle"], TARGET, many["top"])
    ours, raw = _sums()
    yield Figure("dues_sums", ours, SUMS_TARGET, raw)


def _sums() -> tuple[float, float]:
    """Return the milliseconds of the sums by bucket, nothing kept, and of the raw SQL."""
    from desktop_app.storage.fees.due_list_queries import SqlDueListQueries
    from desktop_app.storage.read_connections import ReadConnections

    from .many_dues import FILE, TODAY, folder_with

    path = folder_with(MANY) / FILE
    connections = ReadConnections(path, lambda: datetime.now(UTC))
    with closing(sqlite3.connect(path)) as connection:
        return alternate(
            lambda: milliseconds(lambda: SqlDueListQueries(connections).sums(TODAY)),
            lambda: milliseconds(lambda: connection.execute(RAW).fetchall()),
            ROUNDS,
        )


def _page() -> type[DuesPage]:
    from desktop_app.ui.dues.page import DuesPage

    return DuesPage


if __name__ == "__main__":
    child(sys.argv[1], _page, lambda page: page.arrive())
