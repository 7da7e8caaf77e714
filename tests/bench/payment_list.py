"""The list of a million payments against the same list with a thousand: first paint, last page.

Each is the real page of the real window on a real database, one process each. First paint: from
the request to read the list until its rows are painted. Deepest page: from a jump to the very end
until that row is painted; its control is the same with the first page, after a jump back.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from .figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from desktop_app.ui.payments.page import PaymentsPage
    from desktop_app.ui.tables.list_page import ListPage

MANY, FEW = 1_000_000, 1_000
ROUNDS = 9
SIZE = (1274, 700)
TARGET = 2.0
MEMORY_MB = 32.0


def run() -> Iterator[Figure]:
    """Measure."""
    many, few = _measured(MANY), _measured(FEW)
    yield Figure("list_first_paint", many["first"], TARGET, few["first"])
    yield Figure("list_deepest_page", many["deepest"], TARGET, many["top"])
    yield Figure("list_middle_page", many["middle"], TARGET, many["top"])
    yield Figure("list_memory", (many["resident"] - few["resident"]) / 1e6, MEMORY_MB, unit="MB")


def _measured(count: int) -> dict[str, float]:
    from .many_payments import folder_with

    path = folder_with(count)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.payment_list", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- in the child


class Paints:
    """Waits until the table was painted."""

    def __init__(self, page: ListPage[Any]) -> None:
        self.page = page

    def until(self, test: Callable[[], bool]) -> float:
        """Return the milliseconds until a condition holds and its change was painted."""
        from PySide6.QtWidgets import QApplication

        begun = time.perf_counter()
        while not test():
            QApplication.processEvents()
            if time.perf_counter() - begun > 30.0:
                raise TimeoutError("the list did not come")
        self.page.table.viewport().repaint()
        return (time.perf_counter() - begun) * 1000


def child(folder: str) -> None:
    """Measure one list and print the result as JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from desktop_app.ui.core import theme

    from .desks import opened

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
        sys.stdout.write(json.dumps(figures | {"resident": _resident()}) + "\n")
        sys.stdout.flush()
    os._exit(0)


def _page(desk: Any) -> PaymentsPage:
    from PySide6.QtWidgets import QWidget

    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import PageContext, PageRequests
    from desktop_app.ui.payments.page import PaymentsPage
    from desktop_app.ui.receipts.printing import ReceiptPrinter
    from desktop_app.ui.widgets.notice_area import NoticeArea

    runner = JobRunner()
    host = QWidget()
    notices = NoticeArea(host)
    page = PaymentsPage(
        PageContext(runner, notices, ReceiptPrinter(runner, notices), PageRequests())
    )
    page.setProperty("kept", [host, runner])
    page.resize(*SIZE)
    page.show()
    runner.open(desk.desk)
    page.days.buttons["all"].click()
    Paints(page).until(lambda: page.presenter.model.rowCount() > 0)
    return page


def _first(page: PaymentsPage, paints: Paints) -> float:
    """Reload the list; the old rows stay until the new ones arrive.

    The total follows later: it scans every row, and nothing waits for it but the next round, which
    it would slow down.
    """
    model = page.presenter.model
    were: list[bool] = []
    summed: list[object] = []
    model.modelReset.connect(lambda: were.append(True))
    page.presenter.summed.connect(summed.append)
    page.presenter.refresh()
    took = paints.until(lambda: bool(were))
    paints.until(lambda: bool(summed))
    page.presenter.summed.disconnect(summed.append)
    model.modelReset.disconnect()
    return took


def _jump(page: PaymentsPage, paints: Paints, at: int) -> float:
    """Drop all pages, jump, and wait for the row."""
    paints.until(lambda: not page.context.runner.is_busy)
    model = page.presenter.model
    model._pages.clear()
    index = model.index(at, 0)
    page.table.scrollTo(index)
    page.table.viewport().repaint()
    return paints.until(lambda: model.index(at, 1).data() is not None)


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - as in window_process.py
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    child(sys.argv[1])
