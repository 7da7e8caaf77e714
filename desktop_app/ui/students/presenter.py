"""The students page's work: the list, one student in full. Touches no widget, blocks never."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.core.jobs import CancelToken, JobRunner, Lane
from desktop_app.ui.students.rows import STUDENTS
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.pager import Pager

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk, Students
    from desktop_app.services.views.enrolment import StudentDetail, StudentPage, StudentSummary


class StudentsPresenter(QObject):
    """Reads students for the page.

    Signals:
        listed: a new list is in the model (`StudentPage`).
        detailed: a student in full (`StudentDetail`).
        restored: a change was taken back (`StudentSummary`).
        failed: an error.
    """

    listed = Signal(object)
    detailed = Signal(object)
    restored = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.model: PagedTable[StudentSummary] = PagedTable(STUDENTS, self)
        self.text = ""
        self.desk: Desk | None = None
        self._runner = runner
        self._detail = CancelToken()
        self._pager = Pager(self.model, runner, self)
        self._pager.restarted.connect(self.listed)
        self._pager.failed.connect(self.failed)

    def attach(self, desk: Desk) -> None:
        """Take the open desk, and read the list."""
        self.desk = desk
        self.search(self.text)

    def search(self, text: str) -> None:
        """List who matches a text; all for an empty one."""
        self.text = text
        if self.desk is not None:
            self._pager.start(partial(_page, self.desk.students, text))

    def read_detail(self, uid: str) -> None:
        """Read one student in full; an answer that is no longer wanted is dropped."""
        if self.desk is None:
            return
        self._detail.cancel()
        self._detail = self._runner.submit(
            Lane.LOCAL,
            partial(self.desk.students.detail, uid),
            owner=self,
            on_done=self.detailed.emit,
            on_error=self.failed.emit,
        )

    def put_back(self, before: StudentDetail) -> None:
        """Give a student the facts from before a change."""
        if self.desk is not None:
            self._runner.submit(
                Lane.LOCAL,
                partial(self.desk.students.change, before.uid, before.student),
                owner=self,
                on_done=self.restored.emit,
                on_error=self.failed.emit,
            )


def _page(students: Students, text: str, offset: int, limit: int) -> StudentPage:
    return students.page(text, offset=offset, limit=limit)
