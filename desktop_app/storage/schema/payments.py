"""Tables of orders, attempts, payments, refunds, disputes and the ledger."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Text, text

from desktop_app.storage.schema.columns import (
    LIVE,
    desk_column,
    flag_column,
    own_columns,
    paise_columns,
    reference_column,
    table,
    text_columns,
)

orders = table(
    "orders",
    Column("order_id", Text, primary_key=True),
    desk_column(),
    Column("receipt", Text, nullable=False, unique=True),
    reference_column("due_uid", "dues.uid"),
    *text_columns("key_id"),
    *paise_columns("amount_paise"),
    Column("gateway_created_at", Integer, nullable=False),
    *text_columns("created_at"),
    indexed=("due_uid",),
)


attempts = table(
    "attempts",
    *own_columns(),
    reference_column("due_uid", "dues.uid"),
    reference_column("enrollment_uid", "enrollments.uid"),
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
    Index("uq_attempts_live_due", "due_uid", unique=True, sqlite_where=text(LIVE)),
    Index("ix_attempts_live", "created_at", sqlite_where=text(LIVE)),
    Index(
        "ix_attempts_given_up", "created_at", sqlite_where=text("state IN ('expired','cancelled')")
    ),
    indexed=("due_uid", "enrollment_uid", "order_id", "created_at"),
)


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
    reference_column("attempt_uid", "attempts.uid"),
    reference_column("enrollment_uid", "enrollments.uid"),
    reference_column("student_uid", "students.uid"),
    *text_columns("method"),
    Column("payment_id", Text, unique=True),
    *text_columns("order_id", "rrn", "vpa_masked", null=True),
    *paise_columns("amount_paise"),
    *paise_columns("fee_paise", "tax_paise", null=True),
    flag_column("is_late"),
    *text_columns("placement", "received_at", "recorded_at"),
    Index("ix_payments_recorded_at", "recorded_at", "amount_paise"),
    Index("ix_payments_method", "method", "recorded_at", "amount_paise"),
    Index("ix_payments_student_uid", "student_uid", "recorded_at"),
    Index("ix_payments_rrn", "rrn", sqlite_where=text("rrn IS NOT NULL")),
    Index(
        "ix_payments_held", "recorded_at", sqlite_where=text("placement IN ('surplus','no_seat')")
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


ledger_entries = table(
    "ledger_entries",
    Column("id", Integer, primary_key=True),
    desk_column(),
    *text_columns("movement_uid", "at", "account"),
    *paise_columns("amount_paise"),
    reference_column("payment_uid", "payments.uid"),
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
    Index("ix_strays_held", "received_at", sqlite_where=text("state = 'held'")),
)
"""Payments whose fee is not in this database, because it was restored from a backup."""
