"""The tables, as SQLAlchemy Core metadata. No queries, no behaviour.

All tables are STRICT: only INTEGER and TEXT occur, so money cannot become a float. Instants are
ISO-8601 UTC text, amounts whole paise, booleans 0/1. The full-text tables and the triggers that
make money rows append-only live in the migrations, since metadata cannot say them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

PAISE = BigInteger().with_variant(Integer, "sqlite")
NOCASE = Text(collation="NOCASE").with_variant(Text(), "postgresql")
LIVE = "state IN ('intent','unknown','ordered','awaiting')"


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def _uid() -> Column[str]:
    return Column("uid", Text, primary_key=True)


def _desk() -> Column[str]:
    return Column("desk_id", Text, nullable=False)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _paise(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, PAISE, nullable=null)


def _flag(name: str) -> Column[int]:
    return Column(name, Integer, CheckConstraint(f"{name} IN (0, 1)", name=name), nullable=False)


def _refers(name: str, target: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, ForeignKey(target), nullable=null)


students = _table(
    "students",
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    _desk(),
    Column("roll_no", NOCASE, nullable=False, unique=True),
    _text("name"),
    _text("phone"),
    _text("email"),
    _text("guardian_name"),
    _text("guardian_phone"),
    _text("date_of_birth", null=True),
    _text("state"),
    _text("phone_reversed"),
    _text("guardian_phone_reversed"),
    _text("served_at", null=True),
    _text("created_at"),
    _text("updated_at"),
    Index("ix_students_phone_reversed", "phone_reversed"),
    Index("ix_students_guardian_phone_reversed", "guardian_phone_reversed"),
    Index("ix_students_served_at", "served_at", sqlite_where=text("served_at IS NOT NULL")),
)

courses = _table(
    "courses",
    _uid(),
    _desk(),
    Column("code", NOCASE, nullable=False),
    _text("title"),
    _text("batch"),
    _paise("fee_paise"),
    Column("gst_bp", Integer, nullable=False),
    _flag("tax_inclusive"),
    Column("seats", Integer),
    _text("starts_on", null=True),
    _text("withdrawn_at", null=True),
    _text("created_at"),
    _text("updated_at"),
    Index("uq_courses_code", "code", unique=True, sqlite_where=text("withdrawn_at IS NULL")),
)

enrollments = _table(
    "enrollments",
    _uid(),
    _desk(),
    _refers("student_uid", "students.uid"),
    _refers("course_uid", "courses.uid"),
    _text("course_code"),
    _text("course_label"),
    _text("state"),
    _paise("amount_paise"),
    _text("created_at"),
    _text("updated_at"),
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

dues = _table(
    "dues",
    _uid(),
    _desk(),
    _refers("enrollment_uid", "enrollments.uid"),
    Column("sequence", Integer, nullable=False),
    _text("state"),
    _text("label"),
    _paise("amount_paise"),
    _paise("taxable_paise"),
    _paise("cgst_paise"),
    _paise("sgst_paise"),
    Column("gst_bp", Integer, nullable=False),
    _flag("registered"),
    _text("created_at"),
    UniqueConstraint("enrollment_uid", "sequence"),
    CheckConstraint("taxable_paise + cgst_paise + sgst_paise = amount_paise", name="sums"),
)

orders = _table(
    "orders",
    Column("order_id", Text, primary_key=True),
    _desk(),
    Column("receipt", Text, nullable=False, unique=True),
    _refers("due_uid", "dues.uid"),
    _text("key_id"),
    _paise("amount_paise"),
    Column("gateway_created_at", Integer, nullable=False),
    _text("created_at"),
    Index("ix_orders_due_uid", "due_uid"),
)

attempts = _table(
    "attempts",
    _uid(),
    _desk(),
    _refers("due_uid", "dues.uid"),
    _refers("enrollment_uid", "enrollments.uid"),
    _text("method"),
    _flag("chosen_by_auto"),
    _text("state"),
    _paise("amount_paise"),
    Column("reference", Text, nullable=False, unique=True),
    _text("key_id"),
    _refers("order_id", "orders.order_id", null=True),
    _text("remote_id", null=True),
    _text("qr_text", null=True),
    _text("image_path", null=True),
    Column("gateway_created_at", Integer),
    _text("expires_at", null=True),
    _flag("sent"),
    _flag("is_remote_open"),
    _text("failure"),
    _text("created_at"),
    _text("updated_at"),
    Index("uq_attempts_live_due", "due_uid", unique=True, sqlite_where=text(LIVE)),
    Index("ix_attempts_live", "created_at", sqlite_where=text(LIVE)),
    Index("ix_attempts_due_uid", "due_uid"),
    Index("ix_attempts_enrollment_uid", "enrollment_uid"),
    Index("ix_attempts_order_id", "order_id"),
    Index("ix_attempts_created_at", "created_at"),
    Index(
        "ix_attempts_given_up",
        "created_at",
        sqlite_where=text("state IN ('expired','cancelled')"),
    ),
)

attempt_events = _table(
    "attempt_events",
    Column("id", Integer, primary_key=True),
    _refers("attempt_uid", "attempts.uid"),
    _text("at"),
    _text("state"),
    _text("note"),
    Index("ix_attempt_events_attempt_uid", "attempt_uid"),
)

payments = _table(
    "payments",
    _uid(),
    _desk(),
    _refers("attempt_uid", "attempts.uid"),
    _refers("enrollment_uid", "enrollments.uid"),
    _refers("student_uid", "students.uid"),
    _text("method"),
    Column("payment_id", Text, unique=True),
    _text("order_id", null=True),
    _text("rrn", null=True),
    _text("vpa_masked", null=True),
    _paise("amount_paise"),
    _paise("fee_paise", null=True),
    _paise("tax_paise", null=True),
    _flag("is_late"),
    _text("placement"),
    _text("received_at"),
    _text("recorded_at"),
    Index("ix_payments_recorded_at", "recorded_at", "amount_paise"),
    Index("ix_payments_method", "method", "recorded_at", "amount_paise"),
    Index("ix_payments_attempt_uid", "attempt_uid"),
    Index("ix_payments_enrollment_uid", "enrollment_uid"),
    Index("ix_payments_student_uid", "student_uid", "recorded_at"),
    Index("ix_payments_rrn", "rrn", sqlite_where=text("rrn IS NOT NULL")),
    Index(
        "ix_payments_held",
        "recorded_at",
        sqlite_where=text("placement IN ('surplus','no_seat')"),
    ),
)

refunds = _table(
    "refunds",
    _uid(),
    _desk(),
    _refers("payment_uid", "payments.uid"),
    Column("refund_id", Text, unique=True),
    _paise("amount_paise"),
    _text("state"),
    _text("origin"),
    _text("reason"),
    _text("noticed_at"),
    _text("updated_at"),
    Index("ix_refunds_payment_uid", "payment_uid"),
    Index(
        "ix_refunds_open",
        "noticed_at",
        sqlite_where=text("state IN ('intent','unknown','pending')"),
    ),
)

late_decisions = _table(
    "late_decisions",
    Column("payment_uid", Text, ForeignKey("payments.uid"), primary_key=True),
    _desk(),
    _text("decision"),
    _text("at"),
    _refers("due_uid", "dues.uid", null=True),
)

receipt_series = _table(
    "receipt_series",
    Column("series", Text, nullable=False),
    Column("year", Text, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("series", "year"),
)

receipts = _table(
    "receipts",
    _uid(),
    _desk(),
    Column("number", Text, nullable=False, unique=True),
    _text("series"),
    _text("year"),
    Column("sequence", Integer, nullable=False),
    Column("payment_uid", Text, ForeignKey("payments.uid"), nullable=False, unique=True),
    _paise("amount_paise"),
    _text("issued_at"),
    _text("content"),
    UniqueConstraint("series", "year", "sequence"),
    Index("ix_receipts_issued_at", "issued_at"),
)

receipt_prints = _table(
    "receipt_prints",
    Column("id", Integer, primary_key=True),
    _refers("receipt_uid", "receipts.uid"),
    _text("paper"),
    _text("at"),
    Index("ix_receipt_prints_receipt_uid", "receipt_uid"),
)

ledger_entries = _table(
    "ledger_entries",
    Column("id", Integer, primary_key=True),
    _desk(),
    _text("movement_uid"),
    _text("at"),
    _text("account"),
    _paise("amount_paise"),
    _refers("payment_uid", "payments.uid"),
    Index("ix_ledger_entries_payment_uid", "payment_uid"),
)

audit_entries = _table(
    "audit_entries",
    Column("id", Integer, primary_key=True),
    _desk(),
    _text("at"),
    _text("action"),
    _text("subject"),
    _text("detail"),
    _text("previous_hash"),
    Column("hash", Text, nullable=False, unique=True),
)

errands = _table(
    "errands",
    _uid(),
    _desk(),
    _text("kind"),
    _text("state"),
    _text("remote_id"),
    _text("key_id"),
    Column("tries", Integer, nullable=False),
    _text("due_at"),
    _text("problem"),
    _text("created_at"),
    _text("updated_at"),
    Index("ix_errands_unfinished", "due_at", sqlite_where=text("state != 'done'")),
)
"""What must be said to the gateway; the uid is that of the attempt or refund it is about."""

disputes = _table(
    "disputes",
    _uid(),
    _desk(),
    Column("dispute_id", Text, nullable=False, unique=True),
    _refers("payment_uid", "payments.uid"),
    _paise("amount_paise"),
    _paise("deducted_paise"),
    _text("status"),
    _text("phase"),
    _text("reason_code"),
    _text("respond_by", null=True),
    _text("noticed_at"),
    _text("updated_at"),
    Index("ix_disputes_payment_uid", "payment_uid"),
)

strays = _table(
    "strays",
    _uid(),
    _desk(),
    Column("payment_id", Text, nullable=False, unique=True),
    _text("order_id", null=True),
    _text("reference"),
    _text("key_id"),
    _text("rrn", null=True),
    _text("vpa_masked", null=True),
    _text("phone_masked"),
    _text("method"),
    _paise("amount_paise"),
    _text("state"),
    _text("received_at"),
    _text("noticed_at"),
    _text("updated_at"),
    Index("ix_strays_held", "received_at", sqlite_where=text("state = 'held'")),
)
"""Money of our own at the gateway whose fee is not in this book: it was restored from a backup."""

settings = _table("settings", Column("key", Text, primary_key=True), _text("value"))

capabilities = _table(
    "capabilities",
    Column("key_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    _flag("is_available"),
    _text("checked_at"),
    PrimaryKeyConstraint("key_id", "name"),
)
