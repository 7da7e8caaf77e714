"""The outbox of errands, disputes, money of unknown fees; every row of money under a seal.

Revision ID: 0002
Revises: 0001
"""

import sqlite3
from datetime import UTC, datetime

from alembic import op

from desktop_app.domain.audit import (
    GENESIS,
    OLD_FORMAT,
    AuditEntry,
    canonical_detail,
    chain_hash,
)
from desktop_app.storage import row_seals

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE errands (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    problem TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_errands PRIMARY KEY (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_errands_unfinished ON errands (due_at) WHERE state != 'done'
    """,
    """
CREATE TABLE disputes (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    dispute_id TEXT NOT NULL,
    payment_uid TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    deducted_paise INTEGER NOT NULL,
    status TEXT NOT NULL,
    phase TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    respond_by TEXT,
    noticed_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_disputes PRIMARY KEY (uid),
    CONSTRAINT uq_disputes_dispute_id UNIQUE (dispute_id),
    CONSTRAINT fk_disputes_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_disputes_payment_uid ON disputes (payment_uid)
    """,
    """
CREATE TABLE strays (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    order_id TEXT,
    reference TEXT NOT NULL,
    key_id TEXT NOT NULL,
    rrn TEXT,
    vpa_masked TEXT,
    phone_masked TEXT NOT NULL,
    method TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    state TEXT NOT NULL,
    received_at TEXT NOT NULL,
    noticed_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_strays PRIMARY KEY (uid),
    CONSTRAINT uq_strays_payment_id UNIQUE (payment_id)
)
 STRICT
    """,
    """
CREATE INDEX ix_strays_held ON strays (received_at) WHERE state = 'held'
    """,
)

STATES = {
    ("attempts", "state"): (
        "intent",
        "unknown",
        "ordered",
        "awaiting",
        "expired",
        "cancelled",
        "paid",
        "rejected",
        "lapsed",
    ),
    ("attempts", "method"): ("upi_intent", "qr_code", "payment_link", "cash"),
    ("enrollments", "state"): ("pending", "active", "cancelled"),
    ("dues", "state"): ("open", "paid", "cancelled"),
    ("payments", "placement"): ("due", "surplus", "no_seat", "returned"),
    ("refunds", "state"): ("intent", "unknown", "pending", "processed", "failed", "rejected"),
    ("errands", "state"): ("pending", "sending", "done", "dead"),
    ("errands", "kind"): ("close_qr", "cancel_link", "refund"),
    ("strays", "state"): ("held", "placed", "returned"),
}

TO_CLOSE = """
INSERT INTO errands
SELECT uid, desk_id, CASE method WHEN 'qr_code' THEN 'close_qr' ELSE 'cancel_link' END, 'pending',
       remote_id, key_id, 0, :now, '', updated_at, :now
FROM attempts
WHERE is_remote_open = 1 AND remote_id IS NOT NULL AND method IN ('qr_code', 'payment_link')
AND state IN ('expired', 'cancelled', 'lapsed')
"""

DECIDED = """
UPDATE late_decisions SET due_uid = (
    SELECT d.uid FROM audit_entries a
    JOIN dues d ON d.enrollment_uid = json_extract(a.detail, '$.enrollment')
    WHERE a.action = 'late.settled' AND a.subject = late_decisions.payment_uid LIMIT 1
)
"""

# They may have been sent before: an errand that was tried looks first.
TO_REFUND = """
INSERT INTO errands
SELECT f.uid, f.desk_id, 'refund', 'pending', p.payment_id, a.key_id, 1, :now, '', f.noticed_at,
       :now
FROM refunds f JOIN payments p ON p.uid = f.payment_uid JOIN attempts a ON a.uid = p.attempt_uid
WHERE f.state IN ('intent', 'unknown') AND p.payment_id IS NOT NULL
"""


SEALED = (
    "payments", "receipts", "ledger_entries", "refunds", "late_decisions", "receipt_series",
    "attempts", "attempt_events", "orders", "errands", "receipt_prints", "enrollments", "dues",
    "disputes", "strays",
)  # fmt: skip


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    op.execute("ALTER TABLE late_decisions ADD COLUMN due_uid TEXT REFERENCES dues (uid)")
    op.execute("DROP TRIGGER late_decisions_no_update")
    op.execute(DECIDED)
    op.execute(
        "CREATE TRIGGER late_decisions_no_update BEFORE UPDATE ON late_decisions "
        "BEGIN SELECT RAISE(ABORT, 'late_decisions is append-only'); END"
    )
    for (table, column), allowed in STATES.items():
        _guard(table, column, allowed)
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - this file is SQLite's
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    for statement in (TO_CLOSE, TO_REFUND):
        connection.execute(statement, {"now": now})
    _seal(connection, now)


def _guard(table: str, column: str, allowed: tuple[str, ...]) -> None:
    """Restrict a column to an allowed set of values."""
    names = ", ".join(f"'{each}'" for each in allowed)
    for verb in ("INSERT", f"UPDATE OF {column}"):
        op.execute(
            f"CREATE TRIGGER {table}_{column}_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
            f"WHEN NEW.{column} NOT IN ({names}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}.{column} has no such value'); END"
        )


def _seal(connection: sqlite3.Connection, now: str) -> None:
    """Put what the first schema wrote under seals, once."""
    last = connection.execute("SELECT hash FROM audit_entries ORDER BY id DESC LIMIT 1").fetchone()
    desk = connection.execute("SELECT value FROM settings WHERE key = 'desk.id'").fetchone()
    previous = last[0] if last else GENESIS
    for seals in row_seals.everything(connection, SEALED):
        entry = AuditEntry(now, desk[0] if desk else "D1", row_seals.ACTION, "schema 2", seals)
        linked = chain_hash(previous, entry, version=OLD_FORMAT)
        connection.execute(
            "INSERT INTO audit_entries "
            "(desk_id, at, action, subject, detail, previous_hash, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                entry.desk_id,
                entry.at,
                entry.action,
                entry.subject,
                canonical_detail(entry),
                previous,
                linked,
            ),
        )
        previous = linked
