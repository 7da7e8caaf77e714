"""Reads a list for its page: rows by the page, one row in full. Touches no widget, never blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.pager import Pager

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.tables.columns import Column, Order
    from desktop_app.ui.tables.pager import Slice

Row = TypeVar("Row")
KEYS = 500
"""Rows that an export reads at once."""


class ListPresenter(QObject, Generic[Row]):
    """The rows that match a text, and one of them in full.

    Signals:
        listed: a new list is in the model (the `Slice` with its first page).
        detailed: one row in full; of several that were asked for only the newest.

    Args:
        runner: runs the reads.
        columns: what the table shows.
        read: takes the desk, what is wanted (the text), an offset and a limit; runs in a worker.
        read_row: takes the desk and a uid, returns the row in full; runs in a worker.
    """

    listed = Signal(object)
    detailed = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        columns: Sequence[Column[Row]],
        read: Callable[[Desk, Any, int, int], Slice],
        read_row: Callable[[Desk, str], Any] | None = None,
    ) -> None:
        super().__init__()
        self.model: PagedTable[Row] = PagedTable(columns, self)
        self.text = ""
        self.order: Order | None = None
        self._runner = runner
        self._read, self._read_row = read, read_row
        self._pager = Pager(self.model, runner, self)
        self._pager.restarted.connect(self.listed)

    def search(self, text: str) -> None:
        """List what matches a text; everything for an empty one."""
        self.text = text
        self.refresh()

    def sort(self, order: Order) -> None:
        """List in an order, where `wanted` has it."""
        self.order = order
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        wanted, read = self.wanted(), self._read
        self._pager.start(lambda desk, offset, limit: read(desk, wanted, offset, limit))

    def wanted(self) -> object:
        """Return what `read` is given to choose rows by: the text."""
        return self.text

    def listed_keys(
        self, key_of: Callable[[Row], str], *, is_narrow: bool
    ) -> Callable[[Desk], frozenset[str] | None]:
        """Return what reads the keys of all rows that are wanted now; None for a whole list."""
        wanted, read = self.wanted(), self._read

        def keys(desk: Desk) -> frozenset[str] | None:
            found: list[Row] = []
            while is_narrow and (rows := read(desk, wanted, len(found), KEYS).rows):
                found += rows
            return frozenset(map(key_of, found)) if is_narrow else None

        return keys

    def read_detail(self, uid: str) -> None:
        """Read one row in full; `detailed` follows."""
        read_row = self._read_row
        if read_row is not None:
            self._runner.local(
                lambda desk: read_row(desk, uid), self.detailed.emit, owner=self, replaces="detail"
            )
