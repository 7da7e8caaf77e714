"""The courses page's work: the list, and taking a course off it. Touches no widget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.core.jobs import JobRunner, Lane
from desktop_app.ui.courses.rows import COURSES
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.pager import Pager

if TYPE_CHECKING:
    from desktop_app.services.desk import Courses, Desk
    from desktop_app.services.views.enrolment import CourseRow

MOST = 2000
"""No centre offers more batches; the desk ranks them, so a longer list would be cut at its end."""


@dataclass(frozen=True, slots=True)
class CourseRows:
    """The courses that match."""

    rows: tuple[CourseRow, ...]
    total: int


class CoursesPresenter(QObject):
    """Reads courses for the page.

    Signals:
        listed: a new list is in the model (`CourseRows`).
        withdrawn: a course was taken off the list (`CourseRow`).
        restored: a change was taken back (`CourseRow`).
        failed: an error.
    """

    listed = Signal(object)
    withdrawn = Signal(object)
    restored = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.model: PagedTable[CourseRow] = PagedTable(COURSES, self)
        self.text = ""
        self.desk: Desk | None = None
        self._runner = runner
        self._pager = Pager(self.model, runner, self)
        self._pager.restarted.connect(self.listed)
        self._pager.failed.connect(self.failed)

    def attach(self, desk: Desk) -> None:
        """Take the open desk, and read the list."""
        self.desk = desk
        self.search(self.text)

    def search(self, text: str) -> None:
        """List what matches a text; all for an empty one."""
        self.text = text
        if self.desk is not None:
            self._pager.start(partial(_slice, self.desk.courses, text))

    def withdraw(self, row: CourseRow) -> None:
        """Take a course off the list."""
        if self.desk is None:
            return
        self._runner.submit(
            Lane.LOCAL,
            partial(self.desk.courses.withdraw, row.uid),
            owner=self,
            on_done=partial(self._withdrawn, row),
            on_error=self.failed.emit,
        )

    def put_back(self, before: CourseRow) -> None:
        """Give a course the facts from before a change."""
        if self.desk is not None:
            self._runner.submit(
                Lane.LOCAL,
                partial(self.desk.courses.change, before.uid, before.course),
                owner=self,
                on_done=self.restored.emit,
                on_error=self.failed.emit,
            )

    def _withdrawn(self, row: CourseRow, _nothing: None) -> None:
        self.withdrawn.emit(row)


def _slice(courses: Courses, text: str, offset: int, limit: int) -> CourseRows:
    rows = courses.search(text, MOST)
    return CourseRows(rows[offset : offset + limit], len(rows))
