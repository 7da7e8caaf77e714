"""The columns of the tables of students, courses, payments and a student's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_plain
from desktop_app.domain.receipt import IST
from desktop_app.ui.models.columns import Column
from desktop_app.ui.models.tags import (
    METHODS,
    enrollment_tag,
    payment_tag,
    seats_tag,
    seats_text,
)

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.views import CourseRow, EnrollmentRow, PaymentRow, StudentHit

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


STUDENTS: tuple[Column[StudentHit], ...] = (
    Column("Roll no.", lambda row: row.roll_no, 96),
    Column("Name", lambda row: row.name),
    Column("Phone", lambda row: row.phone or row.guardian_phone or NONE, 112),
    Column("Guardian", lambda row: row.guardian_name or NONE, 124),
    Column("Newest course", lambda row: row.note or NONE, 216),
)

COURSES: tuple[Column[CourseRow], ...] = (
    Column("Code", lambda row: row.course.code, 100),
    Column("Course", lambda row: row.course.title),
    Column("Batch", lambda row: row.course.batch or NONE, 120),
    Column(
        "Starts",
        lambda row: row.course.starts_on.strftime("%d-%m-%Y") if row.course.starts_on else NONE,
        100,
    ),
    Column(
        "GST",
        lambda row: format_rate(row.course.gst_bp) if row.course.gst_bp else NONE,
        70,
        is_number=True,
    ),
    Column("Student pays ₹", lambda row: format_plain(row.total), 120, is_number=True),
    Column("Seats left", seats_text, 130, is_number=False, tag=seats_tag),
)

PAYMENTS: tuple[Column[PaymentRow], ...] = (
    Column("Time", lambda row: moment_text(row.at), 136),
    Column("Student", lambda row: row.student_name),
    Column("Amount ₹", lambda row: format_plain(row.amount), 112, is_number=True),
    Column("Method", lambda row: METHODS[row.method], 108),
    Column("State", lambda row: payment_tag(row).word, 132, tag=payment_tag),
    Column("Receipt", lambda row: row.receipt_no or NONE, 138),
)

HISTORY: tuple[Column[EnrollmentRow], ...] = (
    Column("Date", lambda row: day_text(row.created_at), 90),
    Column("Course", lambda row: row.course_label),
    Column("Amount ₹", lambda row: format_plain(row.amount), 92, is_number=True),
    Column("State", lambda row: enrollment_tag(row).word, 104, tag=enrollment_tag),
)
