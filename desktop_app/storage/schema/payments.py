"""Tables of orders, attempts, payments, refunds, disputes and the ledger."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)

from desktop_app.storage.schema.columns import (
    LIVE,
    default_column,
    desk_column,
    flag_column,
    own_columns,
    paise_columns,
    reference_column,
    table,
    text_columns,
)

_GATEWAY = "method IN ('upi_intent','qr_code','payment_link','checkout')"
TENDER = f"CASE WHEN {_GATEWAY} THEN 'gateway' ELSE method END"
"""Who vouches for the money."""
CHANNEL = f"CASE WHEN {_GATEWAY} THEN method END"
"""How the gateway was asked; null for other tenders."""

orders = table(
    "orders",
    Column("order_id", Text, primary_key=True),
    desk_column(),
    Column("receipt", Text, nullable=False, unique=True),
    reference_column("due_uid", "dues.uid", null=True),
    *text_columns("key_id"),
    *paise_columns("amount_paise"),
    Column("gateway_created_at", Integer, nullable=False),
    *text_columns("created_at"),
    indexed=("due_uid",),
)


attempts = table(
    "attempts",
    *own_columns(),
    reference_column("due_uid", "dues.uid", null=True),
    reference_column("enrollment_uid", "enrollments.uid", null=True),
    *text_columns("method"),
    flag_column("chosen_by_auto"),
    *text_columns("state"),
    *paise_columns("amount_paise"),
    Column("reference", Text, nullable=False, unique=True),
    *text_columns("key_id"),
    reference_column("order_id", "orders.order_id", null=True),
    *text_columns("remote_id", "qr_text", "image_path", null=True),
    Column("gateway_created_at", Integer),
    *text_columns("expires_at", null=True),
    flag_column("sent"),
    flag_column("is_remote_open"),
    *text_columns("failure", "created_at", "updated_at"),
    Index("ix_attempts_live", "created_at", sqlite_where=text(LIVE)),
    Index(
        "ix_attempts_given_up", "created_at", sqlite_where=text("state IN ('expired','cancelled')")
    ),
    indexed=("due_uid", "enrollment_uid", "order_id", "created_at"),
)


attempt_dues = table(
    "attempt_dues",
    reference_column("attempt_uid", "attempts.uid"),
    reference_column("due_uid", "dues.uid"),
    *paise_columns("amount_paise"),
    flag_column("is_live"),
    PrimaryKeyConstraint("attempt_uid", "due_uid"),
    CheckConstraint("amount_paise > 0", name="amount"),
    Index("uq_attempt_dues_live", "due_uid", unique=True, sqlite_where=text("is_live = 1")),
    indexed=("due_uid",),
)
"""The dues that an attempt covers, fixed when it is offered; `is_live` follows its state."""


attempt_events = table(
    "attempt_events",
    Column("id", Integer, primary_key=True),
    reference_column("attempt_uid", "attempts.uid"),
    *text_columns("at", "state", "note"),
    indexed=("attempt_uid",),
)


payments = table(
    "payments",
    *own_columns(),
    reference_column("attempt_uid", "attempts.uid", null=True),
    reference_column("enrollment_uid", "enrollments.uid", null=True),
    reference_column("student_uid", "students.uid"),
    *text_columns("method"),
    Column("payment_id", Text, unique=True),
    *text_columns("order_id", "rrn", "vpa_masked", null=True),
    *paise_columns("amount_paise"),
    *paise_columns("fee_paise", "tax_paise", null=True),
    flag_column("is_late"),
    *text_columns("placement", "received_at", "recorded_at"),
    default_column("mode", Text, "live"),
    default_column("verification", Text, "verified"),
    default_column("currency", Text, "INR"),
    *paise_columns("customer_fee_paise", null=True),
    *text_columns("typed_key", null=True),
    Column("tender", Text, Computed(TENDER, persisted=False)),
    Column("channel", Text, Computed(CHANNEL, persisted=False)),
    Index(
        "uq_payments_typed", "typed_key", unique=True, sqlite_where=text("typed_key IS NOT NULL")
    ),
    Index(
        "ix_payments_currency",
        "recorded_at",
        "amount_paise",
        sqlite_where=text("currency != 'INR'"),
    ),
    Index("ix_payments_mode", "mode", "recorded_at", sqlite_where=text("mode != 'live'")),
    Index("ix_payments_recorded_at", "recorded_at", "amount_paise"),
    Index("ix_payments_method", "method", "recorded_at", "amount_paise"),
    Index("ix_payments_student_uid", "student_uid", "recorded_at"),
    Index("ix_payments_rrn", "rrn", sqlite_where=text("rrn IS NOT NULL")),
    Index(
        "ix_payments_held",
        "recorded_at",
        sqlite_where=text("placement IN ('surplus','no_seat','misfit')"),
    ),
    indexed=("attempt_uid", "enrollment_uid"),
)


refunds = table(
    "refunds",
    *own_columns(),
    reference_column("payment_uid", "payments.uid"),
    Column("refund_id", Text, unique=True),
    *paise_columns("amount_paise"),
    *text_columns("state", "origin", "reason", "noticed_at", "updated_at"),
    Index(
        "ix_refunds_open",
        "noticed_at",
        sqlite_where=text("state IN ('intent','unknown','pending')"),
    ),
    indexed=("payment_uid",),
)


late_decisions = table(
    "late_decisions",
    reference_column("payment_uid", "payments.uid"),
    Column("number", Integer, nullable=False),
    desk_column(),
    *text_columns("decision", "at"),
    reference_column("due_uid", "dues.uid", null=True),
    PrimaryKeyConstraint("payment_uid", "number"),
)
"""The decisions about a payment; a later one follows where its refund failed and it came back."""


movements = table(
    "movements",
    *own_columns(),
    *text_columns("kind", "source_kind", "source_uid", "at"),
    indexed=("source_uid",),
)
"""Why entries of the ledger were made; they sum to zero and need no payment."""


allocations = table(
    "allocations",
    *own_columns(),
    reference_column("movement_uid", "movements.uid"),
    reference_column("payment_uid", "payments.uid", null=True),
    *text_columns("from_credit", null=True),
    reference_column("due_uid", "dues.uid"),
    *paise_columns("amount_paise", "taxable_paise", "cgst_paise", "sgst_paise", "igst_paise"),
    Column("split_rule", Integer, nullable=False),
    reference_column("reverses_uid", "allocations.uid", null=True),
    *text_columns("created_at"),
    CheckConstraint("amount_paise != 0", name="amount"),
    CheckConstraint(
        "taxable_paise + cgst_paise + sgst_paise + igst_paise = amount_paise", name="sums"
    ),
    CheckConstraint("cgst_paise = sgst_paise OR split_rule = 1", name="halves"),
    CheckConstraint("igst_paise = 0 OR cgst_paise = 0", name="igst"),
    CheckConstraint("(payment_uid IS NULL) != (from_credit IS NULL)", name="source"),
    indexed=("payment_uid", "due_uid", "movement_uid"),
)
"""The part of a payment that pays a due, with its share of the tax; negative where it went back."""


ledger_entries = table(
    "ledger_entries",
    Column("id", Integer, primary_key=True),
    desk_column(),
    *text_columns("movement_uid", "at", "account"),
    *paise_columns("amount_paise"),
    reference_column("payment_uid", "payments.uid", null=True),
    Index(
        "ix_ledger_entries_to_return",
        "payment_uid",
        "amount_paise",
        sqlite_where=text("account IN ('to_return','foreign_to_return')"),
    ),
    indexed=("payment_uid",),
)


disputes = table(
    "disputes",
    *own_columns(),
    Column("dispute_id", Text, nullable=False, unique=True),
    reference_column("payment_uid", "payments.uid"),
    *paise_columns("amount_paise", "deducted_paise"),
    *text_columns("status", "phase", "reason_code"),
    *text_columns("respond_by", null=True),
    *text_columns("noticed_at", "updated_at"),
    indexed=("payment_uid",),
)


strays = table(
    "strays",
    *own_columns(),
    Column("payment_id", Text, nullable=False, unique=True),
    *text_columns("order_id", null=True),
    *text_columns("reference", "key_id"),
    *text_columns("rrn", "vpa_masked", null=True),
    *text_columns("phone_masked", "method"),
    *paise_columns("amount_paise"),
    *text_columns("state", "received_at", "noticed_at", "updated_at"),
    default_column("currency", Text, "INR"),
    Index("ix_strays_held", "received_at", sqlite_where=text("state = 'held'")),
)
"""Payments whose fee is not in this database, because it was restored from a backup."""
