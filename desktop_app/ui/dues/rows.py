"""Rows of dues: how they are read, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from desktop_app.services.views.dues import DueChoice, ListedDue
from desktop_app.ui.accounts.texts import (
    course_text,
    covered_text,
    near_day,
    overdue_text,
    promise_day,
)
from desktop_app.ui.core.formatting import NONE, short_rupees, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Column, Tag
from desktop_app.ui.tables.list_presenter import ListPresenter

if TYPE_CHECKING:
    from desktop_app.domain.ageing import Bucket
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.dues import DuePage
    from desktop_app.ui.core.jobs import JobRunner

PAINTING_MS = 50
"""The sums are read after the rows, which the screen waits for."""


def _promise(row: ListedDue) -> Tag | None:
    return promise_day(row.promise)


def _promise_text(row: ListedDue) -> str:
    tag = _promise(row)
    return NONE if tag is None else tr(tag.word)


DUES: tuple[Column[ListedDue], ...] = (
    Column(N_("Student"), lambda row: row.student_name, 120, share=3),
    Column(N_("Parent"), lambda row: row.family or row.phone or NONE, 112, share=2, spare=4),
    Column(N_("Course"), course_text, 128, share=3, spare=1),
    Column(N_("Instalment"), lambda row: str(row.instalment), 84, is_number=True, spare=7),
    Column(N_("Due date"), lambda row: near_day(row.due_on), 104, spare=2),
    Column(N_("Overdue"), lambda row: overdue_text(row.days), 84, is_number=True),
    Column(N_("Balance"), lambda row: short_rupees(row.balance), 92, is_number=True),
    Column(N_("Pending"), covered_text, 88, is_number=True, spare=6),
    Column(N_("Promise"), _promise_text, 160, tag=_promise, spare=3),
    Column(
        N_("Last contact"),
        lambda row: when_text(row.contacted_at) if row.contacted_at else NONE,
        108,
        spare=5,
    ),
)


class DuesPresenter(ListPresenter[ListedDue]):
    """Open dues that match a text and a bucket, or those of families to call.

    Signals:
        summed: the sums of all open dues (`DueSums`).
    """

    summed = Signal(object)

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(runner, DUES, read)
        self.bucket: Bucket | None = None
        self.to_call = False
        self.month: int | None = None
        self._is_painted = QTimer(self, singleShot=True, interval=PAINTING_MS)
        self._is_painted.timeout.connect(self._sum_up)
        self.listed.connect(self._sum_up_later)

    @property
    def is_narrow(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.text or self.bucket or self.to_call) or self.month is not None

    def narrow(self, bucket: Bucket | None, *, to_call: bool, month: int | None) -> None:
        """List one bucket, the families to call, what falls due in a month, or everything."""
        self.bucket, self.to_call, self.month = bucket, to_call, month
        self.refresh()

    def wanted(self) -> DueChoice:
        """Return what is listed."""
        return DueChoice(self.text, self.bucket, self.to_call, self.month)

    def _sum_up_later(self, _page: DuePage) -> None:
        self._is_painted.start()

    def _sum_up(self) -> None:
        self._runner.local(
            lambda desk: desk.dues.sums(), self.summed.emit, owner=self, replaces="sums"
        )


def read(desk: Desk, which: DueChoice, offset: int, limit: int) -> DuePage:
    """Read some open dues; promises are judged first, once a day."""
    if not offset:
        desk.promises.judge()
    return desk.dues.page(which, offset=offset, limit=limit)
