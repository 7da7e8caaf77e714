"""Tables of students, courses, enrolments and dues."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, UniqueConstraint, text

from desktop_app.storage.schema.columns import (
    NOCASE,
    desk_column,
    flag_column,
    own_columns,
    paise_columns,
    reference_column,
    table,
    text_columns,
)

students = table(
    "students",
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    desk_column(),
    Column("roll_no", NOCASE, nullable=False, unique=True),
    *text_columns("name", "phone", "email", "guardian_name", "guardian_phone"),
    *text_columns("date_of_birth", null=True),
    *text_columns("state", "phone_reversed", "guardian_phone_reversed"),
    *text_columns("served_at", null=True),
    *text_columns("created_at", "updated_at"),
    Index("ix_students_served_at", "served_at", sqlite_where=text("served_at IS NOT NULL")),
    indexed=("phone_reversed", "guardian_phone_reversed"),
)


courses = table(
    "courses",
    *own_columns(),
    Column("code", NOCASE, nullable=False),
    *text_columns("title", "batch"),
    *paise_columns("fee_paise"),
    Column("gst_bp", Integer, nullable=False),
    flag_column("tax_inclusive"),
    Column("seats", Integer),
    *text_columns("starts_on", "withdrawn_at", null=True),
    *text_columns("created_at", "updated_at"),
    Index("uq_courses_code", "code", unique=True, sqlite_where=text("withdrawn_at IS NULL")),
)


enrollments = table(
    "enrollments",
    *own_columns(),
    reference_column("student_uid", "students.uid"),
    reference_column("course_uid", "courses.uid"),
    *text_columns("course_code", "course_label", "state"),
    *paise_columns("amount_paise"),
    *text_columns("created_at", "updated_at"),
    Index(
        "uq_enrollments_current",
        "student_uid",
        "course_uid",
        unique=True,
        sqlite_where=text("state IN ('pending','active')"),
    ),
    Index("ix_enrollments_course_uid_state", "course_uid", "state"),
    Index("ix_enrollments_student_uid_created_at", "student_uid", "created_at"),
    indexed=("created_at",),
)


dues = table(
    "dues",
    *own_columns(),
    reference_column("enrollment_uid", "enrollments.uid"),
    Column("sequence", Integer, nullable=False),
    *text_columns("state", "label"),
    *paise_columns("amount_paise", "taxable_paise", "cgst_paise", "sgst_paise"),
    Column("gst_bp", Integer, nullable=False),
    flag_column("registered"),
    *text_columns("created_at"),
    UniqueConstraint("enrollment_uid", "sequence"),
    CheckConstraint("taxable_paise + cgst_paise + sgst_paise = amount_paise", name="sums"),
)
