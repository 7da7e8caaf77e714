"""Rows of students: how they are read, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.services.views.enrolment import StudentSummary
from desktop_app.ui.core.formatting import NONE
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.list_presenter import ListPresenter
from desktop_app.ui.tables.tags import course_of, fee_tag

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import StudentDetail, StudentPage
    from desktop_app.ui.core.jobs import JobRunner

STUDENTS: tuple[Column[StudentSummary], ...] = (
    Column(N_("Roll no."), lambda row: row.roll_no, 88),
    Column(N_("Name"), lambda row: row.name, 132, share=3),
    Column(N_("Fees"), lambda row: tr(fee_tag(row).word), 148, tag=fee_tag),
    Column(N_("Phone"), lambda row: row.phone or row.guardian_phone or NONE, 104, spare=2),
    Column(N_("Parent"), lambda row: row.guardian_name or NONE, 120, share=2, spare=3),
    Column(N_("Course"), lambda row: course_of(row.note) or NONE, 132, share=2, spare=1),
)


class Wanted(NamedTuple):
    """Which students to list: by text, and whether only those with a fee due."""

    text: str
    unpaid: bool


class StudentsPresenter(ListPresenter[StudentSummary]):
    """Students that match a text; all, or those with a fee due."""

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(runner, STUDENTS, read, read_row)
        self.unpaid = False

    def narrow(self, *, unpaid: bool) -> None:
        """List only those with a fee due, or all."""
        self.unpaid = unpaid
        self.refresh()

    def wanted(self) -> Wanted:
        """Return the text and the filter."""
        return Wanted(self.text, self.unpaid)


def read(desk: Desk, wanted: Wanted, offset: int, limit: int) -> StudentPage:
    """Read some of the students who match, by roll number."""
    more = {"unpaid": True} if wanted.unpaid else {}
    return desk.students.page(wanted.text, offset=offset, limit=limit, **more)


def read_row(desk: Desk, uid: str) -> StudentDetail:
    """Read a student with the history."""
    return desk.students.detail(uid)
