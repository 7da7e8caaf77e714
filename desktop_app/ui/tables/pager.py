"""Reads the pages that a table wants, newest wish first, one at a time.

It knows nothing of the rows: it is started with a function that reads a slice of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.ui.tables.paged_table import PAGE_ROWS, PagedTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner

    Fetch = Callable[[Desk, int, int], "Slice"]
    """Takes the desk, an offset and a limit; runs in a worker."""

_MOST_WISHES = 4
"""Pages that flew by while the scroll bar was dragged are not read."""


class Slice(Protocol):
    """Some rows of a list, and how many it has in all."""

    @property
    def rows(self) -> tuple[Any, ...]:
        """The rows read."""
        ...

    @property
    def total(self) -> int:
        """The number of rows in the whole list."""
        ...


class Pager(QObject):
    """Keeps a `PagedTable` filled.

    Signals:
        restarted: a new list is shown; carries the `Slice` with its first page.

    Args:
        model: the table to fill.
        runner: runs the reads.
    """

    restarted = Signal(object)

    def __init__(self, model: PagedTable[Any], runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._runner = runner
        self._fetch: Fetch | None = None
        self._wishes: list[int] = []
        self._is_reading = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read_next)
        model.wanted.connect(self._want)

    def start(self, fetch: Fetch) -> None:
        """Show another list; the present one stays until the first page of the new one is read."""
        self._wishes.clear()
        self._runner.local(
            lambda desk: fetch(desk, 0, PAGE_ROWS), partial(self._restart, fetch), replaces="list"
        )

    def _restart(self, fetch: Fetch, answer: Slice) -> None:
        self._fetch = fetch
        self._wishes.clear()
        self._model.restart(answer.rows, answer.total)
        self.restarted.emit(answer)

    def _want(self, page: int) -> None:
        if page in self._wishes:
            self._wishes.remove(page)
        self._wishes.append(page)
        del self._wishes[:-_MOST_WISHES]
        if not self._is_reading:
            self._soon.start()

    def _read_next(self) -> None:
        fetch = self._fetch
        if self._is_reading or not self._wishes or fetch is None:
            return
        page = self._wishes.pop()
        self._is_reading = True
        self._runner.local(
            lambda desk: fetch(desk, page * PAGE_ROWS, PAGE_ROWS),
            partial(self._fill, fetch, page),
            failed=self._fail,
        )

    def _fill(self, fetch: Fetch, page: int, answer: Slice) -> None:
        self._is_reading = False
        if fetch is self._fetch:
            self._model.fill(page, answer.rows)
        self._read_next()

    def _fail(self, error: Exception) -> None:
        self._is_reading = False
        self._runner.failed.emit(error)
