"""Tables of the evidence of counter tenders: typed references, cheques and their slips."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Text, text

from desktop_app.storage.schema.columns import (
    own_columns,
    paise_columns,
    reference_column,
    table,
    text_columns,
)

payment_evidence = table(
    "payment_evidence",
    Column("payment_uid", Text, ForeignKey("payments.uid"), primary_key=True),
    *text_columns("reference", "bank", "terminal", "auth_code", "last4", "payer"),
    *text_columns("dated_on", null=True),
    *paise_columns("tendered_paise", "change_paise", null=True),
    *text_columns("note"),
)
"""References typed at the counter about a payment; none of them is proof."""


verification_changes = table(
    "verification_changes",
    *own_columns(),
    reference_column("payment_uid", "payments.uid"),
    *text_columns("verification"),
    *text_columns("value_on", null=True),
    *text_columns("reference", "reason", "created_at"),
    indexed=("payment_uid",),
)
"""How sure a payment became after it was recorded: matched, reversed, realised, bounced."""


deposit_slips = table(
    "deposit_slips",
    *own_columns(),
    Column("number", Integer, nullable=False),
    *text_columns("account", "deposited_on"),
    *paise_columns("total_paise"),
    Column("pieces", Integer, nullable=False),
    *text_columns("created_at"),
    Index("uq_deposit_slips_number", "desk_id", "number", unique=True),
)


instruments = table(
    "instruments",
    *own_columns(),
    reference_column("attempt_uid", "attempts.uid"),
    reference_column("student_uid", "students.uid"),
    reference_column("payment_uid", "payments.uid", null=True),
    reference_column("deposit_slip_uid", "deposit_slips.uid", null=True),
    *text_columns("kind", "slip_no", "bank", "branch", "micr", "bank_key", "number"),
    *text_columns("account_last4", "drawer", "dated_on"),
    *text_columns("hold_until", null=True),
    *paise_columns("amount_paise"),
    *text_columns("state", "received_on", "created_at", "updated_at"),
    Index(
        "uq_instruments",
        "bank_key",
        "number",
        "account_last4",
        unique=True,
        sqlite_where=text("state NOT IN ('returned','lost')"),
    ),
    Index("uq_instruments_slip_no", "slip_no", unique=True),
    Index("ix_instruments_state", "state", "dated_on"),
    indexed=("attempt_uid", "student_uid"),
)
"""Cheques and demand drafts; their money is a payment only once the bank has credited it."""


instrument_events = table(
    "instrument_events",
    reference_column("instrument_uid", "instruments.uid"),
    Column("sequence", Integer, nullable=False),
    *text_columns("state", "on_day", "reason", "at"),
    PrimaryKeyConstraint("instrument_uid", "sequence"),
)
