"""Rows of courses: how they are read, and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_plain
from desktop_app.services.views.enrolment import CourseRow
from desktop_app.ui.core.formatting import NONE, day_text
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.tables.columns import Column, Order, ordered
from desktop_app.ui.tables.list_presenter import ListPresenter
from desktop_app.ui.tables.tags import seats_level, seats_text

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner

MOST = 2000
"""No centre offers more batches; the desk ranks them, so a longer list would be cut at its end."""

COURSES: tuple[Column[CourseRow], ...] = (
    Column(
        N_("Code"),
        lambda row: row.course.code,
        84,
        spare=1,
        key=lambda row: row.course.code.casefold(),
    ),
    Column(
        N_("Course"),
        lambda row: row.course.title,
        132,
        share=3,
        key=lambda row: row.course.title.casefold(),
    ),
    Column(
        N_("Batch"),
        lambda row: row.course.batch or NONE,
        96,
        share=1,
        spare=2,
        key=lambda row: row.course.batch.casefold(),
    ),
    Column(N_("Fee plans"), lambda row: ", ".join(row.plans) or NONE, 132, share=2, spare=3),
    Column(
        N_("Starts"),
        lambda row: day_text(row.course.starts_on) if row.course.starts_on else NONE,
        100,
        spare=6,
        key=lambda row: row.course.starts_on or date.min,
    ),
    Column(
        N_("Before GST ₹"),
        lambda row: format_plain(row.taxable),
        108,
        is_number=True,
        spare=5,
        key=lambda row: row.taxable,
    ),
    Column(
        N_("GST"),
        lambda row: format_rate(row.course.gst_bp) if row.course.gst_bp else NONE,
        64,
        is_number=True,
        spare=4,
        key=lambda row: row.course.gst_bp,
    ),
    Column(
        N_("Fee ₹"), lambda row: format_plain(row.total), 104, is_number=True,
        key=lambda row: row.total,
    ),
    Column(
        N_("Seats"), seats_text, 116, level=seats_level,
        key=lambda row: ENDLESS if row.seats_left is None else row.seats_left,
    ),
)  # fmt: skip
ENDLESS = 10**9
"""Sorts seats without limit after all others."""


@dataclass(frozen=True, slots=True)
class CourseRows:
    """Some of the courses that match; `total` counts all that do."""

    rows: tuple[CourseRow, ...]
    total: int


class Wanted(NamedTuple):
    """Which courses to list, and in which order; None for the desk's."""

    text: str
    order: Order | None


class CoursesPresenter(ListPresenter[CourseRow]):
    """The courses that match a text, in the order of a column."""

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(runner, COURSES, read)

    def wanted(self) -> Wanted:
        """Return the text and the order."""
        return Wanted(self.text, self.order)


def read(desk: Desk, wanted: Wanted, offset: int, limit: int) -> CourseRows:
    """Read some of the courses that match a text."""
    rows = ordered(desk.courses.search(wanted.text, MOST), COURSES, wanted.order)
    return CourseRows(tuple(rows[offset : offset + limit]), len(rows))
