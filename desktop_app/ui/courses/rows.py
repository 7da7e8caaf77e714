"""Rows of courses: how they are read, and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_plain
from desktop_app.ui.core.formatting import NONE, day
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.tags import seats_tag, seats_text

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow

MOST = 2000
"""No centre offers more batches; the desk ranks them, so a longer list would be cut at its end."""

COURSES: tuple[Column[CourseRow], ...] = (
    Column(N_("Code"), lambda row: row.course.code, 100),
    Column(N_("Course"), lambda row: row.course.title),
    Column(N_("Batch"), lambda row: row.course.batch or NONE, 120, spare=1),
    Column(
        N_("Starts"),
        lambda row: day(row.course.starts_on) if row.course.starts_on else NONE,
        100,
        spare=3,
    ),
    Column(
        N_("GST"),
        lambda row: format_rate(row.course.gst_bp) if row.course.gst_bp else NONE,
        70,
        is_number=True,
        spare=2,
    ),
    Column(N_("Student pays ₹"), lambda row: format_plain(row.total), 120, is_number=True),
    Column(N_("Seats left"), seats_text, 130, tag=seats_tag),
)


@dataclass(frozen=True, slots=True)
class CourseRows:
    """Some of the courses that match; `total` counts all that do."""

    rows: tuple[CourseRow, ...]
    total: int


def read(desk: Desk, text: str, offset: int, limit: int) -> CourseRows:
    """Read some of the courses that match a text."""
    rows = desk.courses.search(text, MOST)
    return CourseRows(rows[offset : offset + limit], len(rows))
