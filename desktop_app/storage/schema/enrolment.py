"""Tables of students, courses, enrolments and dues."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, UniqueConstraint, text

from desktop_app.storage.schema.columns import (
    NOCASE,
    desk_column,
    flag_column,
    paise_column,
    reference_column,
    table,
    text_column,
    uid_column,
)

students = table(
    "students",
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    desk_column(),
    Column("roll_no", NOCASE, nullable=False, unique=True),
    text_column("name"),
    text_column("phone"),
    text_column("email"),
    text_column("guardian_name"),
    text_column("guardian_phone"),
    text_column("date_of_birth", null=True),
    text_column("state"),
    text_column("phone_reversed"),
    text_column("guardian_phone_reversed"),
    text_column("served_at", null=True),
    text_column("created_at"),
    text_column("updated_at"),
    Index("ix_students_phone_reversed", "phone_reversed"),
    Index("ix_students_guardian_phone_reversed", "guardian_phone_reversed"),
    Index("ix_students_served_at", "served_at", sqlite_where=text("served_at IS NOT NULL")),
)


courses = table(
    "courses",
    uid_column(),
    desk_column(),
    Column("code", NOCASE, nullable=False),
    text_column("title"),
    text_column("batch"),
    paise_column("fee_paise"),
    Column("gst_bp", Integer, nullable=False),
    flag_column("tax_inclusive"),
    Column("seats", Integer),
    text_column("starts_on", null=True),
    text_column("withdrawn_at", null=True),
    text_column("created_at"),
    text_column("updated_at"),
    Index("uq_courses_code", "code", unique=True, sqlite_where=text("withdrawn_at IS NULL")),
)


enrollments = table(
    "enrollments",
    uid_column(),
    desk_column(),
    reference_column("student_uid", "students.uid"),
    reference_column("course_uid", "courses.uid"),
    text_column("course_code"),
    text_column("course_label"),
    text_column("state"),
    paise_column("amount_paise"),
    text_column("created_at"),
    text_column("updated_at"),
    Index(
        "uq_enrollments_current",
        "student_uid",
        "course_uid",
        unique=True,
        sqlite_where=text("state IN ('pending','active')"),
    ),
    Index("ix_enrollments_course_uid_state", "course_uid", "state"),
    Index("ix_enrollments_student_uid_created_at", "student_uid", "created_at"),
    Index("ix_enrollments_created_at", "created_at"),
)


dues = table(
    "dues",
    uid_column(),
    desk_column(),
    reference_column("enrollment_uid", "enrollments.uid"),
    Column("sequence", Integer, nullable=False),
    text_column("state"),
    text_column("label"),
    paise_column("amount_paise"),
    paise_column("taxable_paise"),
    paise_column("cgst_paise"),
    paise_column("sgst_paise"),
    Column("gst_bp", Integer, nullable=False),
    flag_column("registered"),
    text_column("created_at"),
    UniqueConstraint("enrollment_uid", "sequence"),
    CheckConstraint("taxable_paise + cgst_paise + sgst_paise = amount_paise", name="sums"),
)
