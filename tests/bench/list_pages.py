"""A list page of the real window on a real database, measured in a separate process.

First paint: from the request to read the list until its rows are painted. A jump: from the scroll
to a far row, with no page kept, until that row is painted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.tables.list_page import ListPage

MANY, FEW = 1_000_000, 1_000
ROUNDS = 9
SIZE = (1274, 700)
PATIENCE_S = 30.0

Shown = TypeVar("Shown", bound="ListPage[Any]")


class Paints:
    """Waits until the table of a page was painted."""

    def __init__(self, page: ListPage[Any]) -> None:
        self.page = page

    def until(self, test: Callable[[], bool]) -> float:
        """Return the milliseconds until a condition holds and its change was painted."""
        from PySide6.QtWidgets import QApplication

        begun = time.perf_counter()
        while not test():
            QApplication.processEvents()
            if time.perf_counter() - begun > PATIENCE_S:
                raise TimeoutError("the list did not come")
        self.page.table.viewport().repaint()
        return (time.perf_counter() - begun) * 1000


def measured(module: str, folder: Path) -> dict[str, float]:
    """Return the figures that a module's child measures on a data folder."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- in the child


def child(
    folder: str,
    kind: Callable[[], Callable[[PageContext], Shown]],
    show: Callable[[Shown], object],
) -> None:
    """Measure one list and print the result as JSON.

    Args:
        folder: the data folder.
        kind: imports the page.
        show: has it list everything.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from desktop_app.ui.core import theme

    from .desks import opened

    app = QApplication([])
    theme.apply(app, "light")
    with opened(Path(folder)) as desk:
        page = _shown(desk, kind())
        show(page)
        paints = Paints(page)
        paints.until(lambda: page.presenter.model.rowCount() > 0)
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


def _shown(desk: Any, kind: Callable[[PageContext], Shown]) -> Shown:
    from PySide6.QtWidgets import QWidget

    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import PageContext, PageRequests
    from desktop_app.ui.receipts.printing import ReceiptPrinter
    from desktop_app.ui.widgets.notice_area import NoticeArea

    runner = JobRunner()
    host = QWidget()
    notices = NoticeArea(host)
    page = kind(PageContext(runner, notices, ReceiptPrinter(runner, notices), PageRequests()))
    page.setProperty("kept", [host, runner])
    page.resize(*SIZE)
    page.show()
    runner.open(desk.desk)
    return page


def _first(page: ListPage[Any], paints: Paints) -> float:
    """Read the list again; the old rows stay until the new ones come.

    The sums follow later: they scan every row, and nothing waits for them but the next round, which
    they would slow down.
    """
    model, presenter = page.presenter.model, page.presenter
    summed_signal: Any = getattr(presenter, "summed")  # noqa: B009 - of both presenters
    were: list[bool] = []
    summed: list[object] = []
    model.modelReset.connect(lambda: were.append(True))
    summed_signal.connect(summed.append)
    presenter.refresh()
    took = paints.until(lambda: bool(were))
    paints.until(lambda: bool(summed))
    summed_signal.disconnect(summed.append)
    model.modelReset.disconnect()
    return took


def _jump(page: ListPage[Any], paints: Paints, at: int) -> float:
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
