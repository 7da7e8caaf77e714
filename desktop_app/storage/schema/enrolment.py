"""Tables of students, courses, enrolments and dues."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)

from desktop_app.storage.schema.columns import (
    NOCASE,
    default_column,
    desk_column,
    flag_column,
    own_columns,
    paise_columns,
    reference_column,
    table,
    text_columns,
)

families = table(
    "families",
    *own_columns(),
    *text_columns("name", "phone", "email", "language"),
    *(flag_column(f"wants_{way}") for way in ("whatsapp", "email", "sms")),
    *text_columns("note", "created_at", "updated_at"),
    Index("uq_families_phone", "phone", unique=True, sqlite_where=text("phone != ''")),
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
    reference_column("family_uid", "families.uid", null=True),
    Index("ix_students_served_at", "served_at", sqlite_where=text("served_at IS NOT NULL")),
    Index("ix_students_family_uid", "family_uid", sqlite_where=text("family_uid IS NOT NULL")),
    indexed=("phone_reversed", "guardian_phone_reversed"),
)


name_words = table(
    "name_words",
    Column("word", Text, primary_key=True),
    *text_columns("spelling", "sound"),
    Index("ix_name_words_spelling", "spelling", "word"),
    Index("ix_name_words_sound", "sound", "word"),
)
"""Every word of a name, in small letters, with what `domain/name_folding.py` folds it to."""


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
    *text_columns("ends_on", null=True),
    Column("classes_planned", Integer),
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
    default_column("instalment_no", Integer, 1),
    default_column("head_code", Text, "tuition"),
    default_column("kind", Text, "fee"),
    *text_columns("due_on", null=True),
    *paise_columns("list_paise", null=True),
    default_column("conceded_paise", Integer, 0),
    default_column("treatment", Text, "taxable"),
    *text_columns("sac", null=True),
    default_column("igst_paise", Integer, 0),
    default_column("split_rule", Integer, 1),
    *text_columns("place_of_supply", null=True),
    reference_column("follows_due", "dues.uid", null=True),
    UniqueConstraint("enrollment_uid", "sequence"),
    CheckConstraint(
        "taxable_paise + cgst_paise + sgst_paise + igst_paise = amount_paise", name="sums"
    ),
    CheckConstraint("cgst_paise = sgst_paise OR split_rule = 1", name="halves"),
    CheckConstraint("igst_paise = 0 OR cgst_paise = 0", name="igst"),
)
"""Amounts asked, as agreed. Without `due_on` it is due on the day it was made; without `list_paise`
nothing was conceded. Only the state changes: everything else is a row of `due_changes`."""


due_changes = table(
    "due_changes",
    *own_columns(),
    reference_column("due_uid", "dues.uid"),
    *text_columns("kind"),
    *paise_columns("delta_paise"),
    *text_columns("new_due_on", null=True),
    *text_columns("reason"),
    *text_columns("approval_uid", null=True),
    *text_columns("created_at"),
    indexed=("due_uid",),
)
"""A change adds its delta to what is asked; a `waive` of a fee lessens its late fee instead."""


due_balances = table(
    "due_balances",
    Column("due_uid", Text, ForeignKey("dues.uid"), primary_key=True),
    reference_column("student_uid", "students.uid"),
    reference_column("course_uid", "courses.uid"),
    *text_columns("due_on", "state"),
    *paise_columns("asked_paise", "paid_paise", "balance_paise"),
    CheckConstraint(
        "asked_paise >= paid_paise AND paid_paise >= 0 "
        "AND balance_paise = asked_paise - paid_paise",
        name="sums",
    ),
    Index(
        "ix_due_balances_open",
        "due_on",
        text("balance_paise DESC"),
        sqlite_where=text("state = 'open' AND balance_paise > 0"),
    ),
    Index("ix_due_balances_course_uid", "course_uid", "due_on"),
    indexed=("student_uid",),
)
"""A projection that triggers keep: dues with their changes, less what is allocated to them."""
