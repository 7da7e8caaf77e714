"""Tables of orders, attempts, payments, refunds, disputes and the ledger."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Text, text

from desktop_app.storage.schema.columns import (
    LIVE,
    desk_column,
    flag_column,
    paise_column,
    reference_column,
    table,
    text_column,
    uid_column,
)

orders = table(
    "orders",
    Column("order_id", Text, primary_key=True),
    desk_column(),
    Column("receipt", Text, nullable=False, unique=True),
    reference_column("due_uid", "dues.uid"),
    text_column("key_id"),
    paise_column("amount_paise"),
    Column("gateway_created_at", Integer, nullable=False),
    text_column("created_at"),
    Index("ix_orders_due_uid", "due_uid"),
)


attempts = table(
    "attempts",
    uid_column(),
    desk_column(),
    reference_column("due_uid", "dues.uid"),
    reference_column("enrollment_uid", "enrollments.uid"),
    text_column("method"),
    flag_column("chosen_by_auto"),
    text_column("state"),
    paise_column("amount_paise"),
    Column("reference", Text, nullable=False, unique=True),
    text_column("key_id"),
    reference_column("order_id", "orders.order_id", null=True),
    text_column("remote_id", null=True),
    text_column("qr_text", null=True),
    text_column("image_path", null=True),
    Column("gateway_created_at", Integer),
    text_column("expires_at", null=True),
    flag_column("sent"),
    flag_column("is_remote_open"),
    text_column("failure"),
    text_column("created_at"),
    text_column("updated_at"),
    Index("uq_attempts_live_due", "due_uid", unique=True, sqlite_where=text(LIVE)),
    Index("ix_attempts_live", "created_at", sqlite_where=text(LIVE)),
    Index("ix_attempts_due_uid", "due_uid"),
    Index("ix_attempts_enrollment_uid", "enrollment_uid"),
    Index("ix_attempts_order_id", "order_id"),
    Index("ix_attempts_created_at", "created_at"),
    Index(
        "ix_attempts_given_up", "created_at", sqlite_where=text("state IN ('expired','cancelled')")
    ),
)


attempt_events = table(
    "attempt_events",
    Column("id", Integer, primary_key=True),
    reference_column("attempt_uid", "attempts.uid"),
    text_column("at"),
    text_column("state"),
    text_column("note"),
    Index("ix_attempt_events_attempt_uid", "attempt_uid"),
)


payments = table(
    "payments",
    uid_column(),
    desk_column(),
    reference_column("attempt_uid", "attempts.uid"),
    reference_column("enrollment_uid", "enrollments.uid"),
    reference_column("student_uid", "students.uid"),
    text_column("method"),
    Column("payment_id", Text, unique=True),
    text_column("order_id", null=True),
    text_column("rrn", null=True),
    text_column("vpa_masked", null=True),
    paise_column("amount_paise"),
    paise_column("fee_paise", null=True),
    paise_column("tax_paise", null=True),
    flag_column("is_late"),
    text_column("placement"),
    text_column("received_at"),
    text_column("recorded_at"),
    Index("ix_payments_recorded_at", "recorded_at", "amount_paise"),
    Index("ix_payments_method", "method", "recorded_at", "amount_paise"),
    Index("ix_payments_attempt_uid", "attempt_uid"),
    Index("ix_payments_enrollment_uid", "enrollment_uid"),
    Index("ix_payments_student_uid", "student_uid", "recorded_at"),
    Index("ix_payments_rrn", "rrn", sqlite_where=text("rrn IS NOT NULL")),
    Index(
        "ix_payments_held", "recorded_at", sqlite_where=text("placement IN ('surplus','no_seat')")
    ),
)


refunds = table(
    "refunds",
    uid_column(),
    desk_column(),
    reference_column("payment_uid", "payments.uid"),
    Column("refund_id", Text, unique=True),
    paise_column("amount_paise"),
    text_column("state"),
    text_column("origin"),
    text_column("reason"),
    text_column("noticed_at"),
    text_column("updated_at"),
    Index("ix_refunds_payment_uid", "payment_uid"),
    Index(
        "ix_refunds_open",
        "noticed_at",
        sqlite_where=text("state IN ('intent','unknown','pending')"),
    ),
)


late_decisions = table(
    "late_decisions",
    Column("payment_uid", Text, ForeignKey("payments.uid"), primary_key=True),
    desk_column(),
    text_column("decision"),
    text_column("at"),
    reference_column("due_uid", "dues.uid", null=True),
)


ledger_entries = table(
    "ledger_entries",
    Column("id", Integer, primary_key=True),
    desk_column(),
    text_column("movement_uid"),
    text_column("at"),
    text_column("account"),
    paise_column("amount_paise"),
    reference_column("payment_uid", "payments.uid"),
    Index("ix_ledger_entries_payment_uid", "payment_uid"),
)


disputes = table(
    "disputes",
    uid_column(),
    desk_column(),
    Column("dispute_id", Text, nullable=False, unique=True),
    reference_column("payment_uid", "payments.uid"),
    paise_column("amount_paise"),
    paise_column("deducted_paise"),
    text_column("status"),
    text_column("phase"),
    text_column("reason_code"),
    text_column("respond_by", null=True),
    text_column("noticed_at"),
    text_column("updated_at"),
    Index("ix_disputes_payment_uid", "payment_uid"),
)


strays = table(
    "strays",
    uid_column(),
    desk_column(),
    Column("payment_id", Text, nullable=False, unique=True),
    text_column("order_id", null=True),
    text_column("reference"),
    text_column("key_id"),
    text_column("rrn", null=True),
    text_column("vpa_masked", null=True),
    text_column("phone_masked"),
    text_column("method"),
    paise_column("amount_paise"),
    text_column("state"),
    text_column("received_at"),
    text_column("noticed_at"),
    text_column("updated_at"),
    Index("ix_strays_held", "received_at", sqlite_where=text("state = 'held'")),
)
"""Payments whose fee is not in this database, because it was restored from a backup."""
