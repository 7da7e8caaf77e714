"""Several dues an attempt, allocations, movements without a payment, receipt lines, families, modes.

What was sealed before keeps its seal: rows get columns, and columns lose their NOT NULL, in place.
The new tables are filled from the old ones and sealed here.

Revision ID: 0004
Revises: 0003
"""

import sqlite3
from datetime import UTC, datetime

from alembic import op

from desktop_app.domain.audit import GENESIS, AuditEntry, canonical_detail, chain_hash
from desktop_app.storage import row_seals

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FORMAT = 2
SEALED = (
    "families", "movements", "attempt_dues", "allocations", "due_changes", "receipt_lines",
)  # fmt: skip

NULLABLE = {
    "attempts": ("due_uid", "enrollment_uid"),
    "orders": ("due_uid",),
    "payments": ("attempt_uid", "enrollment_uid"),
    "receipts": ("payment_uid",),
    "ledger_entries": ("payment_uid",),
}
"""Columns that are empty where several dues are paid, or none."""

DUES_SUMS = "CHECK (taxable_paise + cgst_paise + sgst_paise = amount_paise)"
DUES_CHECKS = """CHECK (taxable_paise + cgst_paise + sgst_paise + igst_paise = amount_paise),
    CONSTRAINT ck_dues_halves CHECK (cgst_paise = sgst_paise OR split_rule = 1),
    CONSTRAINT ck_dues_igst CHECK (igst_paise = 0 OR cgst_paise = 0)"""

COLUMNS = (
    "dues ADD COLUMN instalment_no INTEGER NOT NULL DEFAULT 1",
    "dues ADD COLUMN head_code TEXT NOT NULL DEFAULT 'tuition'",
    "dues ADD COLUMN kind TEXT NOT NULL DEFAULT 'fee'",
    "dues ADD COLUMN due_on TEXT",
    "dues ADD COLUMN list_paise INTEGER",
    "dues ADD COLUMN conceded_paise INTEGER NOT NULL DEFAULT 0",
    "dues ADD COLUMN treatment TEXT NOT NULL DEFAULT 'taxable'",
    "dues ADD COLUMN sac TEXT",
    "dues ADD COLUMN igst_paise INTEGER NOT NULL DEFAULT 0",
    "dues ADD COLUMN split_rule INTEGER NOT NULL DEFAULT 1",
    "dues ADD COLUMN place_of_supply TEXT",
    "dues ADD COLUMN follows_due TEXT REFERENCES dues (uid)",
    "payments ADD COLUMN mode TEXT NOT NULL DEFAULT 'live'",
    "payments ADD COLUMN verification TEXT NOT NULL DEFAULT 'verified'",
    "payments ADD COLUMN currency TEXT NOT NULL DEFAULT 'INR'",
    "payments ADD COLUMN customer_fee_paise INTEGER",
    "payments ADD COLUMN typed_key TEXT",
    """payments ADD COLUMN tender TEXT GENERATED ALWAYS AS (
        CASE WHEN method IN ('upi_intent','qr_code','payment_link','checkout') THEN 'gateway'
        ELSE method END) VIRTUAL""",
    """payments ADD COLUMN channel TEXT GENERATED ALWAYS AS (
        CASE WHEN method IN ('upi_intent','qr_code','payment_link','checkout') THEN method END
        ) VIRTUAL""",
    "strays ADD COLUMN currency TEXT NOT NULL DEFAULT 'INR'",
    "receipts ADD COLUMN mode TEXT NOT NULL DEFAULT 'live'",
    "receipts ADD COLUMN student_uid TEXT REFERENCES students (uid)",
    "students ADD COLUMN family_uid TEXT REFERENCES families (uid)",
)

TABLES = (
    """
CREATE TABLE families (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    wants_whatsapp INTEGER NOT NULL CONSTRAINT ck_families_wants_whatsapp CHECK (wants_whatsapp IN (0, 1)),
    wants_email INTEGER NOT NULL CONSTRAINT ck_families_wants_email CHECK (wants_email IN (0, 1)),
    wants_sms INTEGER NOT NULL CONSTRAINT ck_families_wants_sms CHECK (wants_sms IN (0, 1)),
    note TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_families PRIMARY KEY (uid)
)
 STRICT
    """,
    """
CREATE UNIQUE INDEX uq_families_phone ON families (phone) WHERE phone != ''
    """,
    """
CREATE TABLE movements (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    source_uid TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_movements PRIMARY KEY (uid)
)
 STRICT
    """,
    """
CREATE TABLE attempt_dues (
    attempt_uid TEXT NOT NULL,
    due_uid TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    is_live INTEGER NOT NULL CONSTRAINT ck_attempt_dues_is_live CHECK (is_live IN (0, 1)),
    CONSTRAINT pk_attempt_dues PRIMARY KEY (attempt_uid, due_uid),
    CONSTRAINT ck_attempt_dues_amount CHECK (amount_paise > 0),
    CONSTRAINT fk_attempt_dues_attempt_uid FOREIGN KEY(attempt_uid) REFERENCES attempts (uid),
    CONSTRAINT fk_attempt_dues_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid)
)
 STRICT
    """,
    """
CREATE TABLE allocations (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    movement_uid TEXT NOT NULL,
    payment_uid TEXT,
    from_credit TEXT,
    due_uid TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    taxable_paise INTEGER NOT NULL,
    cgst_paise INTEGER NOT NULL,
    sgst_paise INTEGER NOT NULL,
    igst_paise INTEGER NOT NULL,
    split_rule INTEGER NOT NULL,
    reverses_uid TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_allocations PRIMARY KEY (uid),
    CONSTRAINT ck_allocations_amount CHECK (amount_paise != 0),
    CONSTRAINT ck_allocations_sums CHECK (taxable_paise + cgst_paise + sgst_paise + igst_paise = amount_paise),
    CONSTRAINT ck_allocations_halves CHECK (cgst_paise = sgst_paise OR split_rule = 1),
    CONSTRAINT ck_allocations_igst CHECK (igst_paise = 0 OR cgst_paise = 0),
    CONSTRAINT ck_allocations_source CHECK ((payment_uid IS NULL) != (from_credit IS NULL)),
    CONSTRAINT fk_allocations_movement_uid FOREIGN KEY(movement_uid) REFERENCES movements (uid),
    CONSTRAINT fk_allocations_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid),
    CONSTRAINT fk_allocations_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid),
    CONSTRAINT fk_allocations_reverses_uid FOREIGN KEY(reverses_uid) REFERENCES allocations (uid)
)
 STRICT
    """,
    """
CREATE TABLE due_changes (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    due_uid TEXT NOT NULL,
    kind TEXT NOT NULL,
    delta_paise INTEGER NOT NULL,
    new_due_on TEXT,
    reason TEXT NOT NULL,
    approval_uid TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_due_changes PRIMARY KEY (uid),
    CONSTRAINT fk_due_changes_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid)
)
 STRICT
    """,
    """
CREATE TABLE due_balances (
    due_uid TEXT NOT NULL,
    student_uid TEXT NOT NULL,
    course_uid TEXT NOT NULL,
    due_on TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_paise INTEGER NOT NULL,
    paid_paise INTEGER NOT NULL,
    balance_paise INTEGER NOT NULL,
    CONSTRAINT pk_due_balances PRIMARY KEY (due_uid),
    CONSTRAINT ck_due_balances_sums CHECK (asked_paise >= paid_paise AND paid_paise >= 0 AND balance_paise = asked_paise - paid_paise),
    CONSTRAINT fk_due_balances_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid),
    CONSTRAINT fk_due_balances_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid),
    CONSTRAINT fk_due_balances_course_uid FOREIGN KEY(course_uid) REFERENCES courses (uid)
)
 STRICT
    """,
    """
CREATE TABLE receipt_lines (
    id INTEGER NOT NULL,
    receipt_uid TEXT NOT NULL,
    payment_uid TEXT NOT NULL,
    due_uid TEXT,
    amount_paise INTEGER NOT NULL,
    CONSTRAINT pk_receipt_lines PRIMARY KEY (id),
    CONSTRAINT uq_receipt_lines_receipt_uid_payment_uid_due_uid UNIQUE (receipt_uid, payment_uid, due_uid),
    CONSTRAINT fk_receipt_lines_receipt_uid FOREIGN KEY(receipt_uid) REFERENCES receipts (uid),
    CONSTRAINT fk_receipt_lines_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid),
    CONSTRAINT fk_receipt_lines_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid)
)
 STRICT
    """,
)

MOVEMENTS = """
INSERT INTO movements
SELECT movement_uid, min(desk_id),
    CASE WHEN max(account = 'disputed') THEN 'dispute'
         WHEN max(account IN ('cash', 'gateway') AND amount_paise < 0) THEN 'refund'
         WHEN max(account IN ('cash', 'gateway')) AND min(id) > (
             SELECT min(f.id) FROM ledger_entries f WHERE f.payment_uid = l.payment_uid)
         THEN 'refund_failed'
         WHEN max(account IN ('cash', 'gateway')) THEN 'payment'
         ELSE 'decision' END,
    'payment', payment_uid, min(at)
FROM ledger_entries l GROUP BY movement_uid ORDER BY min(id)
"""
ATTEMPT_DUES = """
INSERT INTO attempt_dues
SELECT uid, due_uid, amount_paise, state IN ('intent','unknown','ordered','awaiting')
FROM attempts WHERE amount_paise > 0 ORDER BY rowid
"""
ALLOCATIONS = """
INSERT INTO allocations
SELECT p.uid || '-' || d.uid, p.desk_id,
    coalesce(
        CASE WHEN k.due_uid IS NOT NULL THEN (
            SELECT max(m.uid) FROM ledger_entries l JOIN movements m ON m.uid = l.movement_uid
            WHERE l.payment_uid = p.uid AND m.kind = 'decision') END,
        (SELECT l.movement_uid FROM ledger_entries l WHERE l.payment_uid = p.uid
         ORDER BY l.id LIMIT 1)),
    p.uid, NULL, d.uid, d.amount_paise, d.taxable_paise, d.cgst_paise, d.sgst_paise, 0, 1, NULL,
    p.recorded_at
FROM payments p
LEFT JOIN late_decisions k ON k.payment_uid = p.uid AND k.number = (
    SELECT max(n.number) FROM late_decisions n WHERE n.payment_uid = p.uid)
JOIN dues d ON d.uid = coalesce(k.due_uid, CASE p.placement WHEN 'due' THEN (
    SELECT b.uid FROM dues b WHERE b.enrollment_uid = p.enrollment_uid AND b.sequence = 1) END)
WHERE d.state = 'paid' AND d.amount_paise > 0
AND EXISTS (SELECT 1 FROM ledger_entries l WHERE l.payment_uid = p.uid)
GROUP BY d.uid ORDER BY p.rowid
"""
CANCELLED = """
INSERT INTO due_changes
SELECT d.uid || '-cancel', d.desk_id, d.uid, 'cancel', -d.amount_paise, NULL, 'refunded', NULL,
    d.created_at
FROM dues d WHERE d.state = 'cancelled'
"""
PARTLY_RETURNED = """
SELECT a.uid, a.desk_id, a.payment_uid, a.due_uid, a.amount_paise, a.taxable_paise, a.cgst_paise,
    a.sgst_paise, min(sum(f.amount_paise), a.amount_paise) AS returned,
    coalesce((SELECT max(m.uid) FROM ledger_entries l JOIN movements m ON m.uid = l.movement_uid
              WHERE l.payment_uid = a.payment_uid AND m.kind = 'refund'), a.movement_uid),
    max(f.noticed_at)
FROM allocations a JOIN refunds f ON f.payment_uid = a.payment_uid
WHERE f.state IN ('pending', 'processed') AND f.noticed_at > coalesce(
    (SELECT max(k.at) FROM late_decisions k WHERE k.payment_uid = a.payment_uid), '')
GROUP BY a.uid
"""
BALANCES = """
INSERT INTO due_balances
SELECT d.uid, e.student_uid, e.course_uid, date(d.created_at, '+330 minutes'), d.state,
    d.amount_paise + coalesce(c.delta, 0), coalesce(a.paid, 0),
    d.amount_paise + coalesce(c.delta, 0) - coalesce(a.paid, 0)
FROM dues d JOIN enrollments e ON e.uid = d.enrollment_uid
LEFT JOIN (SELECT due_uid, sum(delta_paise) AS delta FROM due_changes GROUP BY due_uid) c
    ON c.due_uid = d.uid
LEFT JOIN (SELECT due_uid, sum(amount_paise) AS paid FROM allocations GROUP BY due_uid) a
    ON a.due_uid = d.uid
ORDER BY d.rowid
"""
RECEIPT_LINES = """
INSERT INTO receipt_lines (receipt_uid, payment_uid, due_uid, amount_paise)
SELECT r.uid, r.payment_uid, CASE p.placement WHEN 'due' THEN (
    SELECT d.uid FROM dues d WHERE d.enrollment_uid = p.enrollment_uid AND d.sequence = 1) END,
    r.amount_paise
FROM receipts r JOIN payments p ON p.uid = r.payment_uid ORDER BY r.rowid
"""
FAMILIES = """
INSERT INTO families
SELECT 'family-' || min(uid), min(desk_id), max(guardian_name), guardian_phone, '', '', 0, 0, 0, '',
    :now, :now
FROM students WHERE guardian_phone != '' GROUP BY guardian_phone HAVING count(*) BETWEEN 2 AND 8
"""
MEMBERS = """
UPDATE students SET family_uid = f.uid FROM families f WHERE f.phone = students.guardian_phone
"""
MODES = """
UPDATE payments SET
    placement = CASE placement WHEN 'due' THEN 'applied' ELSE placement END,
    verification = CASE method WHEN 'cash' THEN 'counted' ELSE 'verified' END,
    mode = CASE WHEN :training THEN 'training' ELSE coalesce((
        SELECT CASE WHEN a.key_id = '' OR substr(a.key_id, 1, 8) = 'rzp_live' THEN 'live'
               ELSE 'test' END FROM attempts a WHERE a.uid = payments.attempt_uid), 'live') END
"""
RECEIPT_MODES = """
UPDATE receipts SET mode = p.mode FROM payments p
WHERE p.uid = receipts.payment_uid AND p.mode != 'live'
"""

INDEXES = (
    "CREATE UNIQUE INDEX uq_attempt_dues_live ON attempt_dues (due_uid) WHERE is_live = 1",
    "CREATE INDEX ix_attempt_dues_due_uid ON attempt_dues (due_uid)",
    "CREATE INDEX ix_allocations_payment_uid ON allocations (payment_uid)",
    "CREATE INDEX ix_allocations_due_uid ON allocations (due_uid)",
    "CREATE INDEX ix_allocations_movement_uid ON allocations (movement_uid)",
    "CREATE INDEX ix_due_changes_due_uid ON due_changes (due_uid)",
    "CREATE INDEX ix_due_balances_state ON due_balances (state, due_on)",
    "CREATE INDEX ix_due_balances_student_uid ON due_balances (student_uid)",
    "CREATE INDEX ix_due_balances_course_uid ON due_balances (course_uid, due_on)",
    "CREATE INDEX ix_receipt_lines_payment_uid ON receipt_lines (payment_uid)",
    """
CREATE INDEX ix_ledger_entries_to_return ON ledger_entries (payment_uid, amount_paise)
    WHERE account IN ('to_return','foreign_to_return')
    """,
    "CREATE INDEX ix_movements_source_uid ON movements (source_uid)",
    "CREATE UNIQUE INDEX uq_payments_typed ON payments (typed_key) WHERE typed_key IS NOT NULL",
    "CREATE INDEX ix_students_family_uid ON students (family_uid) WHERE family_uid IS NOT NULL",
    """
CREATE INDEX ix_payments_held ON payments (recorded_at)
    WHERE placement IN ('surplus','no_seat','misfit')
    """,
    "CREATE INDEX ix_payments_currency ON payments (recorded_at, amount_paise) WHERE currency != 'INR'",
    "CREATE INDEX ix_payments_mode ON payments (mode, recorded_at) WHERE mode != 'live'",
)

LISTS = {
    ("dues", "kind"): ("fee", "late_fee", "bounce", "deposit", "other"),
    ("dues", "treatment"): ("taxable", "exempt", "outside"),
    ("dues", "split_rule"): (1, 2),
    ("payments", "placement"): ("applied", "surplus", "no_seat", "misfit", "returned"),
    ("payments", "mode"): ("live", "test", "training"),
    ("payments", "verification"): (
        "verified", "counted", "claimed", "matched", "reversed", "internal", "in_clearing",
        "realised", "bounced",
    ),
    ("receipts", "mode"): ("live", "test", "training"),
    ("due_changes", "kind"): (
        "concession", "waive", "reprice", "cancel", "write_off", "restore", "move_date",
    ),
}  # fmt: skip

TRIGGERS = (
    """
CREATE TRIGGER dues_balance AFTER INSERT ON dues BEGIN
    INSERT INTO due_balances
    SELECT new.uid, e.student_uid, e.course_uid,
        coalesce(new.due_on, date(new.created_at, '+330 minutes')), new.state, new.amount_paise, 0,
        new.amount_paise
    FROM enrollments e WHERE e.uid = new.enrollment_uid;
END
    """,
    """
CREATE TRIGGER dues_balance_state AFTER UPDATE OF state ON dues BEGIN
    UPDATE due_balances SET state = new.state WHERE due_uid = new.uid;
END
    """,
    """
CREATE TRIGGER dues_amounts_no_update BEFORE UPDATE OF
    uid, enrollment_uid, sequence, amount_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise,
    list_paise, conceded_paise, due_on, gst_bp, split_rule ON dues
BEGIN SELECT RAISE(ABORT, 'dues change by due_changes'); END
    """,
    """
CREATE TRIGGER due_changes_balance AFTER INSERT ON due_changes BEGIN
    UPDATE due_balances SET asked_paise = asked_paise + new.delta_paise,
        balance_paise = balance_paise + new.delta_paise, due_on = coalesce(new.new_due_on, due_on)
    WHERE due_uid = new.due_uid;
END
    """,
    """
CREATE TRIGGER allocations_balance AFTER INSERT ON allocations BEGIN
    UPDATE due_balances SET paid_paise = paid_paise + new.amount_paise,
        balance_paise = balance_paise - new.amount_paise
    WHERE due_uid = new.due_uid;
END
    """,
    """
CREATE TRIGGER attempts_dues_live AFTER UPDATE OF state ON attempts BEGIN
    UPDATE attempt_dues SET is_live = new.state IN ('intent','unknown','ordered','awaiting')
    WHERE attempt_uid = new.uid
    AND is_live != (new.state IN ('intent','unknown','ordered','awaiting'));
END
    """,
    """
CREATE TRIGGER payments_origin BEFORE INSERT ON payments
WHEN new.attempt_uid IS NULL AND new.typed_key IS NULL
BEGIN SELECT RAISE(ABORT, 'a payment has an origin'); END
    """,
)
APPEND_ONLY = ("movements", "allocations", "due_changes", "receipt_lines")


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - this file is SQLite's
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    _alter(connection)
    for statement in TABLES:
        connection.execute(statement)
    _fill(connection, now)
    for statement in (*INDEXES, *TRIGGERS):
        connection.execute(statement)
    for (table, column), allowed in LISTS.items():
        _guard(connection, table, column, allowed)
    for table in APPEND_ONLY:
        _forbid(connection, table)
    _seal(connection, now)


def _alter(connection: sqlite3.Connection) -> None:
    """Add the columns, and drop what holds an attempt to one due, all without rewriting rows."""
    for name in ("uq_attempts_live_due", "ix_payments_held"):
        connection.execute(f"DROP INDEX {name}")
    for column in ("placement",):
        for verb in ("insert", "update"):
            connection.execute(f"DROP TRIGGER payments_{column}_{verb}")
    for verb in ("insert", "update"):  # the registry of tenders and channels is the list of methods
        connection.execute(f"DROP TRIGGER attempts_method_{verb}")
    for column in COLUMNS:
        connection.execute(f"ALTER TABLE {column}")
    edits = [
        (table, f"    {column} TEXT NOT NULL", f"    {column} TEXT")
        for table, columns in NULLABLE.items()
        for column in columns
    ]
    edits.append(("dues", DUES_SUMS, DUES_CHECKS))
    _edit_schema(connection, edits)


def _edit_schema(connection: sqlite3.Connection, edits: list[tuple[str, str, str]]) -> None:
    """Change the text of tables whose rows stay as they are.

    SQLite documents this for constraints: the rows of a million payments need not be copied.
    """
    version: int = connection.execute("PRAGMA schema_version").fetchone()[0]
    connection.execute("PRAGMA writable_schema=ON")
    for table, old, new in edits:
        where = "type = 'table' AND name = ?"
        found = connection.execute(
            f"SELECT sql FROM sqlite_master WHERE {where}", (table,)
        ).fetchone()[0]
        if found.count(old) != 1:
            raise sqlite3.DatabaseError(f"the table {table} is not as its migration made it")
        connection.execute(
            f"UPDATE sqlite_master SET sql = ? WHERE {where}", (found.replace(old, new), table)
        )
    connection.execute(f"PRAGMA schema_version={version + 1:d}")
    connection.execute("PRAGMA writable_schema=RESET")


def _fill(connection: sqlite3.Connection, now: str) -> None:
    kind = connection.execute("SELECT value FROM settings WHERE key = 'book.kind'").fetchone()
    values = {"now": now, "training": int(kind is not None and kind[0] == "training")}
    for statement in (MOVEMENTS, ATTEMPT_DUES, ALLOCATIONS, CANCELLED):
        connection.execute(statement)
    _return_parts(connection)
    for statement in (BALANCES, RECEIPT_LINES):
        connection.execute(statement)
    connection.execute(FAMILIES, values)
    connection.execute(MEMBERS)
    for table in ("payments", "receipts"):
        connection.execute(f"DROP TRIGGER {table}_no_update")
    connection.execute(MODES, values)
    connection.execute(RECEIPT_MODES)
    for table in ("payments", "receipts"):
        _forbid(connection, table, ("UPDATE",))


def _return_parts(connection: sqlite3.Connection) -> None:
    """Reverse the part of an allocation that was refunded, and ask that much less."""
    for (
        uid, desk, payment, due, amount, taxable, cgst, sgst, part, movement, at,
    ) in connection.execute(PARTLY_RETURNED).fetchall():  # fmt: skip
        halves = [(2 * tax * part + amount) // (2 * amount) for tax in (cgst, sgst)]
        net = part - sum(halves)
        if part == amount:
            net, halves = taxable, [cgst, sgst]
        connection.execute(
            "INSERT INTO allocations VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, 0, 1, ?, ?)",
            (f"{uid}-back", desk, movement, payment, due, -part, -net, -halves[0], -halves[1],
             uid, at),
        )  # fmt: skip
        connection.execute(
            "INSERT INTO due_changes VALUES (?, ?, ?, 'reprice', ?, NULL, 'refunded', NULL, ?)",
            (f"{uid}-back", desk, due, -part, at),
        )


def _guard(
    connection: sqlite3.Connection, table: str, column: str, allowed: tuple[str | int, ...]
) -> None:
    """Restrict a column to an allowed set of values."""
    names = ", ".join(f"'{each}'" if isinstance(each, str) else str(each) for each in allowed)
    for verb in ("INSERT", f"UPDATE OF {column}"):
        connection.execute(
            f"CREATE TRIGGER {table}_{column}_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
            f"WHEN NEW.{column} NOT IN ({names}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}.{column} has no such value'); END"
        )


def _forbid(
    connection: sqlite3.Connection, table: str, verbs: tuple[str, ...] = ("UPDATE", "DELETE")
) -> None:
    """Make a table append-only."""
    for verb in verbs:
        connection.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _seal(connection: sqlite3.Connection, now: str) -> None:
    """Put the rows of the new tables under seals."""
    last = connection.execute("SELECT hash FROM audit_entries ORDER BY id DESC LIMIT 1").fetchone()
    desk = connection.execute("SELECT value FROM settings WHERE key = 'desk.id'").fetchone()
    previous = last[0] if last else GENESIS
    for seals in row_seals.everything(connection, SEALED):
        entry = AuditEntry(now, desk[0] if desk else "D1", row_seals.ACTION, "schema 4", seals)
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
