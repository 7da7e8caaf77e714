"""Actor and format of audit entries, decisions one after another, seals over what staff enter.

Revision ID: 0003
Revises: 0002
"""

import sqlite3
from datetime import UTC, datetime

from alembic import op

from desktop_app.domain.audit import GENESIS, AuditEntry, canonical_detail, chain_hash
from desktop_app.storage import row_seals

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FORMAT = 2
SEALED = ("courses", "settings", "capabilities", "students")

DECISIONS = (
    "ALTER TABLE late_decisions RENAME TO late_decisions_before",
    """
CREATE TABLE late_decisions (
    payment_uid TEXT NOT NULL,
    number INTEGER NOT NULL,
    desk_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    at TEXT NOT NULL,
    due_uid TEXT,
    CONSTRAINT pk_late_decisions PRIMARY KEY (payment_uid, number),
    CONSTRAINT fk_late_decisions_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid),
    CONSTRAINT fk_late_decisions_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid)
)
 STRICT
    """,
    """
INSERT INTO late_decisions
SELECT payment_uid, 1, desk_id, decision, at, due_uid FROM late_decisions_before ORDER BY rowid
    """,
    "DROP TABLE late_decisions_before",
)


def upgrade() -> None:
    op.execute("ALTER TABLE audit_entries ADD COLUMN actor TEXT NOT NULL DEFAULT 'desk'")
    op.execute("ALTER TABLE audit_entries ADD COLUMN format INTEGER NOT NULL DEFAULT 1")
    for statement in DECISIONS:
        op.execute(statement)
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER late_decisions_no_{verb.lower()} BEFORE {verb} ON late_decisions "
            f"BEGIN SELECT RAISE(ABORT, 'late_decisions is append-only'); END"
        )
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - this file is SQLite's
    _seal(connection, datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"))


def _seal(connection: sqlite3.Connection, now: str) -> None:
    """Put students, courses, settings and features under seals, as they are now."""
    last = connection.execute("SELECT hash FROM audit_entries ORDER BY id DESC LIMIT 1").fetchone()
    desk = connection.execute("SELECT value FROM settings WHERE key = 'desk.id'").fetchone()
    previous = last[0] if last else GENESIS
    for seals in row_seals.everything(connection, SEALED):
        entry = AuditEntry(now, desk[0] if desk else "D1", row_seals.ACTION, "schema 3", seals)
        linked = chain_hash(previous, entry, version=FORMAT)
        connection.execute(
            "INSERT INTO audit_entries "
            "(desk_id, at, action, subject, detail, previous_hash, hash, actor, format) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.desk_id,
                entry.at,
                entry.action,
                entry.subject,
                canonical_detail(entry),
                previous,
                linked,
                entry.actor,
                FORMAT,
            ),
        )
        previous = linked
