"""Tables of the audit trail, the outbox, settings and account capabilities."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Text, text

from desktop_app.storage.schema.columns import (
    desk_column,
    flag_column,
    own_columns,
    table,
    text_columns,
)

audit_entries = table(
    "audit_entries",
    Column("id", Integer, primary_key=True),
    desk_column(),
    *text_columns("at", "action", "subject", "detail", "previous_hash"),
    Column("hash", Text, nullable=False, unique=True),
    Column("actor", Text, nullable=False, server_default=text("'desk'")),
    Column("format", Integer, nullable=False, server_default=text("1")),
)
"""The defaults are those of entries of the first two schemas."""


errands = table(
    "errands",
    *own_columns(),
    *text_columns("kind", "state", "remote_id", "key_id"),
    Column("tries", Integer, nullable=False),
    *text_columns("due_at", "problem", "created_at", "updated_at"),
    Index("ix_errands_unfinished", "due_at", sqlite_where=text("state != 'done'")),
)
"""Commands for the gateway; the uid is that of the attempt or refund they are about."""


settings = table("settings", Column("key", Text, primary_key=True), *text_columns("value"))


capabilities = table(
    "capabilities",
    Column("key_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    flag_column("is_available"),
    *text_columns("checked_at"),
    PrimaryKeyConstraint("key_id", "name"),
)
