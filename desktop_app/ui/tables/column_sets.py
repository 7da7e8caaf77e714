"""The columns of the tables of students, courses, payments and a student's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_plain
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.tags import (
    METHODS,
    course_note,
    enrollment_tag,
    payment_tag,
    seats_tag,
    seats_text,
)

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow, StudentSummary
    from desktop_app.services.views.payments import PaymentRow

NONE = "–"  # noqa: RUF001 - an en dash stands for "nothing here"


def day_text(at: datetime) -> str:
    """Write a day in India: 20-11-2026."""
    return at.astimezone(IST).strftime("%d-%m-%Y")


def moment_text(at: datetime) -> str:
    """Write a day and time in India: 20-11-2026 10:42."""
    return at.astimezone(IST).strftime("%d-%m-%Y %H:%M")


def time_text(at: datetime) -> str:
    """Write a time in India: 10:42."""
    return at.astimezone(IST).strftime("%H:%M")


STUDENTS: tuple[Column[StudentSummary], ...] = (
    Column(N_("Roll no."), lambda row: row.roll_no, 96),
    Column(N_("Name"), lambda row: row.name),
    Column(N_("Phone"), lambda row: row.phone or row.guardian_phone or NONE, 112),
    Column(N_("Guardian"), lambda row: row.guardian_name or NONE, 124, spare=2),
    Column(N_("Newest course"), lambda row: course_note(row.note) or NONE, 216, spare=1),
)

COURSES: tuple[Column[CourseRow], ...] = (
    Column(N_("Code"), lambda row: row.course.code, 100),
    Column(N_("Course"), lambda row: row.course.title),
    Column(N_("Batch"), lambda row: row.course.batch or NONE, 120, spare=1),
    Column(
        N_("Starts"),
        lambda row: row.course.starts_on.strftime("%d-%m-%Y") if row.course.starts_on else NONE,
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

PAYMENTS: tuple[Column[PaymentRow], ...] = (
    Column(N_("Time"), lambda row: moment_text(row.at), 136, spare=1),
    Column(N_("Student"), lambda row: row.student_name),
    Column(N_("Amount ₹"), lambda row: format_plain(row.amount), 112, is_number=True),
    Column(N_("Method"), lambda row: tr(METHODS[row.method]), 108, spare=2),
    Column(N_("Status"), lambda row: tr(payment_tag(row).word), 132, tag=payment_tag),
    Column(N_("Receipt"), lambda row: row.receipt_no or NONE, 138, spare=3),
)

HISTORY: tuple[Column[EnrollmentRow], ...] = (
    Column(N_("Date"), lambda row: day_text(row.created_at), 90, spare=1),
    Column(N_("Course"), lambda row: row.course_label),
    Column(N_("Amount ₹"), lambda row: format_plain(row.amount), 92, is_number=True),
    Column(N_("Status"), lambda row: tr(enrollment_tag(row).word), 104, tag=enrollment_tag),
)
