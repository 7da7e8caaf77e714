"""Fetches the pages a table wants in the READ lane, newest wish first, one at a time.

It knows nothing of what the rows are: it is started with a function that reads a slice of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.ui.core.jobs import CancelToken, JobRunner, Lane
from desktop_app.ui.tables.paged_table import PAGE_ROWS, PagedTable

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")
Fetch = "Callable[[int, int], Any]"

_MOST_WISHES = 4
"""While one drags the scroll bar, pages that flew by are not read."""


class Pager(QObject):
    """Keeps a `PagedTable` filled.

    Signals:
        restarted: a new list is shown; carries the answer of which its first page came.
        failed: the error of a read that did not work.

    Args:
        model: the table to fill.
        runner: runs the reads.
    """

    restarted = Signal(object)
    failed = Signal(object)

    def __init__(self, model: PagedTable[Any], runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._runner = runner
        self._fetch: Callable[[int, int], Any] | None = None
        self._generation = 0
        self._first: CancelToken | None = None
        self._wishes: list[int] = []
        self._is_reading = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read_next)
        model.wanted.connect(self._want)

    def start(self, fetch: Callable[[int, int], Any]) -> None:
        """Show another list; the present one stays until the new one's first page is there.

        Args:
            fetch: takes offset and limit, runs in a worker, answers with `rows` and `total`.
        """
        self._generation += 1
        self._wishes.clear()
        if self._first is not None:
            self._first.cancel()
        self._first = self._runner.submit(
            Lane.LOCAL,
            partial(fetch, 0, PAGE_ROWS),
            owner=self,
            on_done=partial(self._restart, fetch),
            on_error=self.failed.emit,
        )

    def _restart(self, fetch: Callable[[int, int], Any], answer: Any) -> None:
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
        if self._is_reading or not self._wishes or self._fetch is None:
            return
        page = self._wishes.pop()
        self._is_reading = True
        self._runner.submit(
            Lane.LOCAL,
            partial(self._fetch, page * PAGE_ROWS, PAGE_ROWS),
            owner=self,
            on_done=partial(self._fill, self._fetch, page),
            on_error=self._fail,
        )

    def _fill(self, fetch: Callable[[int, int], Any], page: int, answer: Any) -> None:
        self._is_reading = False
        if fetch is self._fetch:
            self._model.fill(page, answer.rows)
        self._read_next()

    def _fail(self, error: Exception) -> None:
        self._is_reading = False
        self.failed.emit(error)
