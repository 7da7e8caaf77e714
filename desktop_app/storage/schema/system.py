"""Tables of the audit trail, the outbox, settings and account capabilities."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Text, text

from desktop_app.storage.schema.columns import (
    desk_column,
    flag_column,
    table,
    text_column,
    uid_column,
)

audit_entries = table(
    "audit_entries",
    Column("id", Integer, primary_key=True),
    desk_column(),
    text_column("at"),
    text_column("action"),
    text_column("subject"),
    text_column("detail"),
    text_column("previous_hash"),
    Column("hash", Text, nullable=False, unique=True),
)


errands = table(
    "errands",
    uid_column(),
    desk_column(),
    text_column("kind"),
    text_column("state"),
    text_column("remote_id"),
    text_column("key_id"),
    Column("tries", Integer, nullable=False),
    text_column("due_at"),
    text_column("problem"),
    text_column("created_at"),
    text_column("updated_at"),
    Index("ix_errands_unfinished", "due_at", sqlite_where=text("state != 'done'")),
)
"""Commands for the gateway; the uid is that of the attempt or refund they are about."""


settings = table("settings", Column("key", Text, primary_key=True), text_column("value"))


capabilities = table(
    "capabilities",
    Column("key_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    flag_column("is_available"),
    text_column("checked_at"),
    PrimaryKeyConstraint("key_id", "name"),
)
