"""Tables of receipts, their series and their prints."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, Text, UniqueConstraint

from desktop_app.storage.schema.columns import (
    default_column,
    own_columns,
    paise_columns,
    reference_column,
    table,
    text_columns,
)

receipt_series = table(
    "receipt_series",
    Column("series", Text, nullable=False),
    Column("year", Text, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("series", "year"),
)

receipts = table(
    "receipts",
    *own_columns(),
    Column("number", Text, nullable=False, unique=True),
    *text_columns("series", "year"),
    Column("sequence", Integer, nullable=False),
    Column("payment_uid", Text, ForeignKey("payments.uid"), unique=True),
    *paise_columns("amount_paise"),
    *text_columns("issued_at", "content"),
    default_column("mode", Text, "live"),
    reference_column("student_uid", "students.uid", null=True),
    UniqueConstraint("series", "year", "sequence"),
    indexed=("issued_at",),
)

receipt_lines = table(
    "receipt_lines",
    Column("id", Integer, primary_key=True),
    reference_column("receipt_uid", "receipts.uid"),
    reference_column("payment_uid", "payments.uid"),
    reference_column("due_uid", "dues.uid", null=True),
    *paise_columns("amount_paise"),
    UniqueConstraint("receipt_uid", "payment_uid", "due_uid"),
    indexed=("payment_uid",),
)
"""The parts of payments that a receipt shows; without a due where the money paid none."""

receipt_prints = table(
    "receipt_prints",
    Column("id", Integer, primary_key=True),
    reference_column("receipt_uid", "receipts.uid"),
    *text_columns("paper", "at"),
    indexed=("receipt_uid",),
)
