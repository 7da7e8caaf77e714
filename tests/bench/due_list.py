"""The list of a million dues against the same list with a thousand, and the sums of its buckets.

The list is the real page on a real database, one process each, as in `payment_list.py`. The sums
are read as after every write, against the raw SQL that groups the same rows.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .figures import Figure, alternate, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from desktop_app.ui.dues.page import DuesPage

MANY, FEW = 1_000_000, 1_000
ROUNDS = 9
SIZE = (1274, 700)
TARGET, SUMS_TARGET = 2.0, 1.2
RAW = """
    SELECT due_on, count(*), sum(balance_paise) FROM due_balances
    WHERE state = 'open' AND balance_paise > 0 GROUP BY due_on
"""


def run() -> Iterator[Figure]:
    """Measure."""
    many, few = _measured(MANY), _measured(FEW)
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


def _measured(count: int) -> dict[str, float]:
    from .many_dues import folder_with

    path = folder_with(count)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.due_list", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- in the child


def child(folder: str) -> None:
    """Measure one list and print the result as JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from desktop_app.ui.core import theme

    from .desks import opened
    from .payment_list import Paints

    app = QApplication([])
    theme.apply(app, "light")
    with opened(Path(folder)) as desk:
        page = _page(desk)
        paints = Paints(page)
        _first(page, paints)
        found: dict[str, list[float]] = {"first": [], "top": [], "middle": [], "deepest": []}
        for _ in range(ROUNDS):
            found["first"].append(_first(page, paints))
            total = page.presenter.model.rowCount()
            for name, at in (("deepest", total - 1), ("middle", total // 2), ("top", 0)):
                found[name].append(_jump(page, paints, at))
        figures = {name: statistics.median(values) for name, values in found.items()}
        sys.stdout.write(json.dumps(figures) + "\n")
        sys.stdout.flush()
    os._exit(0)


def _page(desk: Any) -> DuesPage:
    from PySide6.QtWidgets import QWidget

    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import PageContext, PageRequests
    from desktop_app.ui.dues.page import DuesPage
    from desktop_app.ui.receipts.printing import ReceiptPrinter
    from desktop_app.ui.widgets.notice_area import NoticeArea

    from .payment_list import Paints

    runner = JobRunner()
    host = QWidget()
    notices = NoticeArea(host)
    page = DuesPage(PageContext(runner, notices, ReceiptPrinter(runner, notices), PageRequests()))
    page.setProperty("kept", [host, runner])
    page.resize(*SIZE)
    page.show()
    runner.open(desk.desk)
    page.arrive()
    Paints(page).until(lambda: page.presenter.model.rowCount() > 0)
    return page


def _first(page: DuesPage, paints: Any) -> float:
    """Read the list again, and wait for its rows; the sums follow later."""
    were: list[bool] = []
    summed: list[object] = []
    model = page.presenter.model
    model.modelReset.connect(lambda: were.append(True))
    page.presenter.summed.connect(summed.append)
    page.presenter.refresh()
    took: float = paints.until(lambda: bool(were))
    paints.until(lambda: bool(summed))
    page.presenter.summed.disconnect(summed.append)
    model.modelReset.disconnect()
    return took


def _jump(page: DuesPage, paints: Any, at: int) -> float:
    """Drop all pages, jump, and wait for the row."""
    paints.until(lambda: not page.context.runner.is_busy)
    model = page.presenter.model
    model._pages.clear()
    index = model.index(at, 0)
    page.table.scrollTo(index)
    page.table.viewport().repaint()
    took: float = paints.until(lambda: model.index(at, 1).data() is not None)
    return took


if __name__ == "__main__":
    child(sys.argv[1])
