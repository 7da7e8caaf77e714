"""Tables of receipts, their series and their prints."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from desktop_app.storage.schema.columns import (
    desk_column,
    paise_column,
    reference_column,
    table,
    text_column,
    uid_column,
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
    uid_column(),
    desk_column(),
    Column("number", Text, nullable=False, unique=True),
    text_column("series"),
    text_column("year"),
    Column("sequence", Integer, nullable=False),
    Column("payment_uid", Text, ForeignKey("payments.uid"), nullable=False, unique=True),
    paise_column("amount_paise"),
    text_column("issued_at"),
    text_column("content"),
    UniqueConstraint("series", "year", "sequence"),
    Index("ix_receipts_issued_at", "issued_at"),
)

receipt_prints = table(
    "receipt_prints",
    Column("id", Integer, primary_key=True),
    reference_column("receipt_uid", "receipts.uid"),
    text_column("paper"),
    text_column("at"),
    Index("ix_receipt_prints_receipt_uid", "receipt_uid"),
)
