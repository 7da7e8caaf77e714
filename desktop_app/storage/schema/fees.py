"""Tables of fee plans, concessions, promo codes, promises, credit and bills."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)

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

fee_heads = table(
    "fee_heads",
    Column("code", Text, primary_key=True),
    desk_column(),
    *text_columns("title", "title_hi", "treatment", "sac"),
    Column("gst_bp", Integer, nullable=False),
    *text_columns("refund"),
    Column("priority", Integer, nullable=False),
    flag_column("concession_ok"),
    *text_columns("withdrawn_at", null=True),
    *text_columns("created_at", "updated_at"),
)
"""Heads that a centre added or edited; those that ship are in `domain/fee_heads.py`."""


late_rules = table(
    "late_rules",
    Column("code", Text, primary_key=True),
    desk_column(),
    *text_columns("title", "kind"),
    *paise_columns("amount_paise"),
    Column("bp", Integer, nullable=False),
    Column("grace_days", Integer, nullable=False),
    *paise_columns("cap_paise", null=True),
    Column("cap_bp", Integer),
    *text_columns("slabs", "counts_from"),
    *text_columns("withdrawn_at", null=True),
    *text_columns("created_at", "updated_at"),
)
"""How a late fee is calculated; an enrolment keeps a copy in its terms."""


fee_plans = table(
    "fee_plans",
    *own_columns(),
    reference_column("course_uid", "courses.uid"),
    Column("code", NOCASE, nullable=False),
    *text_columns("title", "kind"),
    Column("parts", Integer, nullable=False),
    *paise_columns("down_paise", "unit_paise"),
    Column("day_of_month", Integer),
    flag_column("is_default"),
    reference_column("late_rule_code", "late_rules.code", null=True),
    *text_columns("offered_from", "offered_to", "withdrawn_at", null=True),
    *text_columns("created_at", "updated_at"),
    Index(
        "uq_fee_plans_code",
        "course_uid",
        "code",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
    ),
    Index(
        "uq_fee_plans_default",
        "course_uid",
        unique=True,
        sqlite_where=text("is_default = 1 AND withdrawn_at IS NULL"),
    ),
)


fee_plan_heads = table(
    "fee_plan_heads",
    reference_column("plan_uid", "fee_plans.uid"),
    *text_columns("head_code"),
    *paise_columns("amount_paise"),
    flag_column("tax_inclusive"),
    *text_columns("spread"),
    *text_columns("due_on", null=True),
    PrimaryKeyConstraint("plan_uid", "head_code"),
    CheckConstraint("amount_paise > 0", name="amount"),
)


fee_plan_parts = table(
    "fee_plan_parts",
    reference_column("plan_uid", "fee_plans.uid"),
    Column("sequence", Integer, nullable=False),
    Column("share_bp", Integer, nullable=False),
    *text_columns("due_on", null=True),
    Column("due_after_days", Integer),
    Column("due_after_start_days", Integer),
    PrimaryKeyConstraint("plan_uid", "sequence"),
)


enrollment_terms = table(
    "enrollment_terms",
    Column("enrollment_uid", Text, ForeignKey("enrollments.uid"), primary_key=True),
    desk_column(),
    *text_columns("plan_code"),
    *text_columns("starts_on", "ends_on", null=True),
    *text_columns("refund_basis"),
    Column("classes_planned", Integer),
    *text_columns("late_rule", "quote", "created_at"),
)
"""The price, plan and rules as agreed, written once. An enrolment without a plan has none."""


enrollment_moves = table(
    "enrollment_moves",
    *own_columns(),
    reference_column("enrollment_uid", "enrollments.uid"),
    *text_columns("kind"),
    reference_column("from_course_uid", "courses.uid"),
    reference_column("to_course_uid", "courses.uid"),
    *text_columns("moved_on"),
    *paise_columns("keep_paise", "charge_paise"),
    *text_columns("reason", "created_at"),
    indexed=("enrollment_uid",),
)


promises = table(
    "promises",
    *own_columns(),
    reference_column("family_uid", "families.uid", null=True),
    reference_column("student_uid", "students.uid"),
    *paise_columns("amount_paise"),
    *text_columns("by_on", "note", "state", "noted_at", "updated_at"),
    CheckConstraint("amount_paise > 0", name="amount"),
    Index("ix_promises_open", "by_on", sqlite_where=text("state = 'open'")),
    indexed=("student_uid", "family_uid"),
)
"""Amounts that a family said it will pay by a day; by the student where there is no family."""


contacts = table(
    "contacts",
    *own_columns(),
    reference_column("family_uid", "families.uid", null=True),
    reference_column("student_uid", "students.uid"),
    *text_columns("way", "note", "noted_at"),
    Index("ix_contacts_student_uid", "student_uid", "noted_at"),
    Index("ix_contacts_family_uid", "family_uid", "noted_at"),
)
"""When a family was written to or called about its dues."""


credits_ = table(
    "credits",
    *own_columns(),
    reference_column("student_uid", "students.uid"),
    reference_column("movement_uid", "movements.uid"),
    reference_column("payment_uid", "payments.uid", null=True),
    *paise_columns("amount_paise"),
    *text_columns("reason", "created_at"),
    CheckConstraint("amount_paise != 0", name="amount"),
    indexed=("student_uid", "payment_uid", "movement_uid"),
)
"""A student's money on no due: positive where it came, negative where it was used or moved."""


credit_balances = table(
    "credit_balances",
    Column("student_uid", Text, ForeignKey("students.uid"), primary_key=True),
    *paise_columns("balance_paise"),
    CheckConstraint("balance_paise >= 0", name="balance"),
)
"""A projection that a trigger keeps."""


concession_kinds = table(
    "concession_kinds",
    Column("code", NOCASE, primary_key=True),
    desk_column(),
    *text_columns("title", "title_hi", "grouping", "kind"),
    Column("value", Integer, nullable=False),
    *text_columns("heads"),
    flag_column("needs_proof"),
    flag_column("ignores_cap"),
    *paise_columns("max_paise", null=True),
    *text_columns("valid_from", "valid_to", null=True),
    *text_columns("spread", "bands"),
    *text_columns("withdrawn_at", null=True),
    *text_columns("created_at", "updated_at"),
)
"""Kinds that a centre added or edited. `value` is basis points or paise; one of a group counts."""


promo_codes = table(
    "promo_codes",
    *own_columns(),
    Column("code", NOCASE, nullable=False),
    *text_columns("kind"),
    Column("value", Integer, nullable=False),
    *text_columns("courses", "heads"),
    *text_columns("valid_from", "valid_to", null=True),
    Column("max_uses", Integer),
    Column("max_per_family", Integer),
    *paise_columns("min_bill_paise"),
    flag_column("first_enrollment_only"),
    flag_column("is_combinable"),
    *text_columns("note"),
    *text_columns("withdrawn_at", null=True),
    *text_columns("created_at", "updated_at"),
    Index("uq_promo_codes_code", "code", unique=True, sqlite_where=text("withdrawn_at IS NULL")),
)


concessions = table(
    "concessions",
    *own_columns(),
    reference_column("enrollment_uid", "enrollments.uid"),
    *text_columns("kind_code"),
    reference_column("promo_uid", "promo_codes.uid", null=True),
    *paise_columns("listed_paise", "asked_paise", "amount_paise"),
    *text_columns("terms", "reason", "proof_note"),
    reference_column("reverses_uid", "concessions.uid", null=True),
    *text_columns("created_at"),
    indexed=("enrollment_uid", "promo_uid"),
)
"""Concessions of an enrolment, with a copy of the terms by which each counts in their sum."""


concession_dues = table(
    "concession_dues",
    reference_column("concession_uid", "concessions.uid"),
    reference_column("due_uid", "dues.uid"),
    *paise_columns("amount_paise"),
    PrimaryKeyConstraint("concession_uid", "due_uid"),
    CheckConstraint("amount_paise != 0", name="amount"),
    indexed=("due_uid",),
)
"""The part that a concession takes off each due; `due_changes` has the same amount."""


bills = table(
    "bills",
    *own_columns(),
    Column("number", Integer),
    reference_column("family_uid", "families.uid", null=True),
    *text_columns("payer_name", "payer_phone", "state"),
    *paise_columns("total_paise"),
    *text_columns("offered_at", "hold_until", "closed_at", null=True),
    *text_columns("created_at", "updated_at"),
    Index(
        "uq_bills_number",
        "desk_id",
        "number",
        unique=True,
        sqlite_where=text("number IS NOT NULL"),
    ),
    Index("ix_bills_open", "created_at", sqlite_where=text("closed_at IS NULL")),
    indexed=("family_uid", "created_at"),
)
"""A cart: a draft without a number, then what a family was asked for at once, to its end."""


bill_lines = table(
    "bill_lines",
    *own_columns(),
    reference_column("bill_uid", "bills.uid"),
    Column("sequence", Integer, nullable=False),
    reference_column("student_uid", "students.uid"),
    reference_column("due_uid", "dues.uid", null=True),
    reference_column("course_uid", "courses.uid", null=True),
    reference_column("enrollment_uid", "enrollments.uid", null=True),
    *text_columns("plan_code", "wishes"),
    *paise_columns("amount_paise", null=True),
    flag_column("is_new"),
    *text_columns("removed_at", null=True),
    CheckConstraint("due_uid IS NOT NULL OR course_uid IS NOT NULL", name="what"),
    indexed=("bill_uid", "due_uid", "student_uid"),
)
"""A line asks for a due, or for a course that becomes an enrolment when the bill is offered.

`wishes` are concessions and codes of a course in a draft, as JSON; empty for none.
"""


bill_tenders = table(
    "bill_tenders",
    *own_columns(),
    reference_column("bill_uid", "bills.uid"),
    Column("sequence", Integer, nullable=False),
    *text_columns("method"),
    *paise_columns("amount_paise"),
    reference_column("attempt_uid", "attempts.uid"),
    *text_columns("created_at"),
    CheckConstraint("amount_paise > 0", name="amount"),
    Index("uq_bill_tenders_attempt_uid", "attempt_uid", unique=True),
    indexed=("bill_uid",),
)
"""A bill's money by method, one after another; the state of each is that of its attempt."""


promo_holds = table(
    "promo_holds",
    *own_columns(),
    reference_column("promo_uid", "promo_codes.uid"),
    reference_column("enrollment_uid", "enrollments.uid", null=True),
    reference_column("bill_uid", "bills.uid", null=True),
    *text_columns("state", "held_at", "updated_at"),
    Index(
        "uq_promo_holds_bill",
        "promo_uid",
        "bill_uid",
        unique=True,
        sqlite_where=text("bill_uid IS NOT NULL AND state IN ('held','used')"),
    ),
    Index(
        "uq_promo_holds_enrollment",
        "promo_uid",
        "enrollment_uid",
        unique=True,
        sqlite_where=text("enrollment_uid IS NOT NULL AND state IN ('held','used')"),
    ),
    indexed=("promo_uid",),
)
"""A use of a code: held while its bill is open, then used or freed."""
