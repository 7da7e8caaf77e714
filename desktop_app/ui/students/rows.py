"""Rows of students and of a student's history: how they are read, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import format_plain
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.formatting import NONE, day
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.tags import course_note, enrollment_tag

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import (
        EnrollmentRow,
        StudentDetail,
        StudentPage,
        StudentSummary,
    )

STUDENTS: tuple[Column[StudentSummary], ...] = (
    Column(N_("Roll no."), lambda row: row.roll_no, 96),
    Column(N_("Name"), lambda row: row.name),
    Column(N_("Phone"), lambda row: row.phone or row.guardian_phone or NONE, 112),
    Column(N_("Guardian"), lambda row: row.guardian_name or NONE, 124, spare=2),
    Column(N_("Newest course"), lambda row: course_note(row.note) or NONE, 216, spare=1),
)

HISTORY: tuple[Column[EnrollmentRow], ...] = (
    Column(N_("Date"), lambda row: day(row.created_at.astimezone(IST)), 90, spare=1),
    Column(N_("Course"), lambda row: row.course_label),
    Column(N_("Amount ₹"), lambda row: format_plain(row.amount), 92, is_number=True),
    Column(N_("Status"), lambda row: tr(enrollment_tag(row).word), 104, tag=enrollment_tag),
)


def read(desk: Desk, text: str, offset: int, limit: int) -> StudentPage:
    """Read some of the students who match a text, by roll number."""
    return desk.students.page(text, offset=offset, limit=limit)


def read_row(desk: Desk, uid: str) -> StudentDetail:
    """Read a student with the history."""
    return desk.students.detail(uid)
