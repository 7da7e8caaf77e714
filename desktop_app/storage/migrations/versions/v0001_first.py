"""The first schema: students to receipts, full-text search, append-only money.

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE audit_entries (
    id INTEGER NOT NULL,
    desk_id TEXT NOT NULL,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_audit_entries PRIMARY KEY (id),
    CONSTRAINT uq_audit_entries_hash UNIQUE (hash)
)
 STRICT
    """,
    """
CREATE TABLE capabilities (
    key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    is_available INTEGER NOT NULL CONSTRAINT ck_capabilities_is_available CHECK (is_available IN (0, 1)),
    checked_at TEXT NOT NULL,
    CONSTRAINT pk_capabilities PRIMARY KEY (key_id, name)
)
 STRICT
    """,
    """
CREATE TABLE courses (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    code TEXT COLLATE "NOCASE" NOT NULL,
    title TEXT NOT NULL,
    batch TEXT NOT NULL,
    fee_paise INTEGER NOT NULL,
    gst_bp INTEGER NOT NULL,
    tax_inclusive INTEGER NOT NULL CONSTRAINT ck_courses_tax_inclusive CHECK (tax_inclusive IN (0, 1)),
    seats INTEGER,
    starts_on TEXT,
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_courses PRIMARY KEY (uid)
)
 STRICT
    """,
    """
CREATE UNIQUE INDEX uq_courses_code ON courses (code) WHERE withdrawn_at IS NULL
    """,
    """
CREATE TABLE receipt_series (
    series TEXT NOT NULL,
    year TEXT NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_receipt_series PRIMARY KEY (series, year)
)
 STRICT
    """,
    """
CREATE TABLE settings (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY ("key")
)
 STRICT
    """,
    """
CREATE TABLE students (
    id INTEGER NOT NULL,
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    roll_no TEXT COLLATE "NOCASE" NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    guardian_name TEXT NOT NULL,
    guardian_phone TEXT NOT NULL,
    date_of_birth TEXT,
    state TEXT NOT NULL,
    phone_reversed TEXT NOT NULL,
    guardian_phone_reversed TEXT NOT NULL,
    served_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_students PRIMARY KEY (id),
    CONSTRAINT uq_students_uid UNIQUE (uid),
    CONSTRAINT uq_students_roll_no UNIQUE (roll_no)
)
 STRICT
    """,
    """
CREATE INDEX ix_students_guardian_phone_reversed ON students (guardian_phone_reversed)
    """,
    """
CREATE INDEX ix_students_phone_reversed ON students (phone_reversed)
    """,
    """
CREATE INDEX ix_students_served_at ON students (served_at) WHERE served_at IS NOT NULL
    """,
    """
CREATE TABLE enrollments (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    student_uid TEXT NOT NULL,
    course_uid TEXT NOT NULL,
    course_code TEXT NOT NULL,
    course_label TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_enrollments PRIMARY KEY (uid),
    CONSTRAINT fk_enrollments_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid),
    CONSTRAINT fk_enrollments_course_uid FOREIGN KEY(course_uid) REFERENCES courses (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_enrollments_course_uid_state ON enrollments (course_uid, state)
    """,
    """
CREATE INDEX ix_enrollments_created_at ON enrollments (created_at)
    """,
    """
CREATE INDEX ix_enrollments_student_uid_created_at ON enrollments (student_uid, created_at)
    """,
    """
CREATE UNIQUE INDEX uq_enrollments_current ON enrollments (student_uid, course_uid) WHERE state IN ('pending','active')
    """,
    """
CREATE TABLE dues (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    enrollment_uid TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL,
    label TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    taxable_paise INTEGER NOT NULL,
    cgst_paise INTEGER NOT NULL,
    sgst_paise INTEGER NOT NULL,
    gst_bp INTEGER NOT NULL,
    registered INTEGER NOT NULL CONSTRAINT ck_dues_registered CHECK (registered IN (0, 1)),
    created_at TEXT NOT NULL,
    CONSTRAINT pk_dues PRIMARY KEY (uid),
    CONSTRAINT uq_dues_enrollment_uid_sequence UNIQUE (enrollment_uid, sequence),
    CONSTRAINT ck_dues_sums CHECK (taxable_paise + cgst_paise + sgst_paise = amount_paise),
    CONSTRAINT fk_dues_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid)
)
 STRICT
    """,
    """
CREATE TABLE orders (
    order_id TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    receipt TEXT NOT NULL,
    due_uid TEXT NOT NULL,
    key_id TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    gateway_created_at INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (order_id),
    CONSTRAINT uq_orders_receipt UNIQUE (receipt),
    CONSTRAINT fk_orders_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_orders_due_uid ON orders (due_uid)
    """,
    """
CREATE TABLE attempts (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    due_uid TEXT NOT NULL,
    enrollment_uid TEXT NOT NULL,
    method TEXT NOT NULL,
    chosen_by_auto INTEGER NOT NULL CONSTRAINT ck_attempts_chosen_by_auto CHECK (chosen_by_auto IN (0, 1)),
    state TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    reference TEXT NOT NULL,
    key_id TEXT NOT NULL,
    order_id TEXT,
    remote_id TEXT,
    qr_text TEXT,
    image_path TEXT,
    gateway_created_at INTEGER,
    expires_at TEXT,
    sent INTEGER NOT NULL CONSTRAINT ck_attempts_sent CHECK (sent IN (0, 1)),
    is_remote_open INTEGER NOT NULL CONSTRAINT ck_attempts_is_remote_open CHECK (is_remote_open IN (0, 1)),
    failure TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_attempts PRIMARY KEY (uid),
    CONSTRAINT fk_attempts_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid),
    CONSTRAINT fk_attempts_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid),
    CONSTRAINT uq_attempts_reference UNIQUE (reference),
    CONSTRAINT fk_attempts_order_id FOREIGN KEY(order_id) REFERENCES orders (order_id)
)
 STRICT
    """,
    """
CREATE INDEX ix_attempts_created_at ON attempts (created_at)
    """,
    """
CREATE INDEX ix_attempts_due_uid ON attempts (due_uid)
    """,
    """
CREATE INDEX ix_attempts_enrollment_uid ON attempts (enrollment_uid)
    """,
    """
CREATE INDEX ix_attempts_given_up ON attempts (created_at) WHERE state IN ('expired','cancelled')
    """,
    """
CREATE INDEX ix_attempts_live ON attempts (created_at) WHERE state IN ('intent','unknown','ordered','awaiting')
    """,
    """
CREATE INDEX ix_attempts_order_id ON attempts (order_id)
    """,
    """
CREATE UNIQUE INDEX uq_attempts_live_due ON attempts (due_uid) WHERE state IN ('intent','unknown','ordered','awaiting')
    """,
    """
CREATE TABLE attempt_events (
    id INTEGER NOT NULL,
    attempt_uid TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_attempt_events PRIMARY KEY (id),
    CONSTRAINT fk_attempt_events_attempt_uid FOREIGN KEY(attempt_uid) REFERENCES attempts (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_attempt_events_attempt_uid ON attempt_events (attempt_uid)
    """,
    """
CREATE TABLE payments (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    attempt_uid TEXT NOT NULL,
    enrollment_uid TEXT NOT NULL,
    student_uid TEXT NOT NULL,
    method TEXT NOT NULL,
    payment_id TEXT,
    order_id TEXT,
    rrn TEXT,
    vpa_masked TEXT,
    amount_paise INTEGER NOT NULL,
    fee_paise INTEGER,
    tax_paise INTEGER,
    is_late INTEGER NOT NULL CONSTRAINT ck_payments_is_late CHECK (is_late IN (0, 1)),
    placement TEXT NOT NULL,
    received_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (uid),
    CONSTRAINT fk_payments_attempt_uid FOREIGN KEY(attempt_uid) REFERENCES attempts (uid),
    CONSTRAINT fk_payments_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid),
    CONSTRAINT fk_payments_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid),
    CONSTRAINT uq_payments_payment_id UNIQUE (payment_id)
)
 STRICT
    """,
    """
CREATE INDEX ix_payments_attempt_uid ON payments (attempt_uid)
    """,
    """
CREATE INDEX ix_payments_enrollment_uid ON payments (enrollment_uid)
    """,
    """
CREATE INDEX ix_payments_method ON payments (method, recorded_at, amount_paise)
    """,
    """
CREATE INDEX ix_payments_recorded_at ON payments (recorded_at, amount_paise)
    """,
    """
CREATE INDEX ix_payments_rrn ON payments (rrn) WHERE rrn IS NOT NULL
    """,
    """
CREATE INDEX ix_payments_student_uid ON payments (student_uid, recorded_at)
    """,
    """
CREATE TABLE ledger_entries (
    id INTEGER NOT NULL,
    desk_id TEXT NOT NULL,
    movement_uid TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    payment_uid TEXT NOT NULL,
    CONSTRAINT pk_ledger_entries PRIMARY KEY (id),
    CONSTRAINT fk_ledger_entries_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_ledger_entries_payment_uid ON ledger_entries (payment_uid)
    """,
    """
CREATE TABLE receipts (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    number TEXT NOT NULL,
    series TEXT NOT NULL,
    year TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    payment_uid TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    issued_at TEXT NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_receipts PRIMARY KEY (uid),
    CONSTRAINT uq_receipts_series_year_sequence UNIQUE (series, year, sequence),
    CONSTRAINT uq_receipts_number UNIQUE (number),
    CONSTRAINT uq_receipts_payment_uid UNIQUE (payment_uid),
    CONSTRAINT fk_receipts_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_receipts_issued_at ON receipts (issued_at)
    """,
    """
CREATE TABLE refunds (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    payment_uid TEXT NOT NULL,
    refund_id TEXT,
    amount_paise INTEGER NOT NULL,
    state TEXT NOT NULL,
    origin TEXT NOT NULL,
    reason TEXT NOT NULL,
    noticed_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_refunds PRIMARY KEY (uid),
    CONSTRAINT fk_refunds_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid),
    CONSTRAINT uq_refunds_refund_id UNIQUE (refund_id)
)
 STRICT
    """,
    """
CREATE INDEX ix_refunds_payment_uid ON refunds (payment_uid)
    """,
    """
CREATE INDEX ix_refunds_open ON refunds (noticed_at)
    WHERE state IN ('intent','unknown','pending')
    """,
    """
CREATE INDEX ix_payments_held ON payments (recorded_at) WHERE placement IN ('surplus','no_seat')
    """,
    """
CREATE TABLE late_decisions (
    payment_uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_late_decisions PRIMARY KEY (payment_uid),
    CONSTRAINT fk_late_decisions_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE TABLE receipt_prints (
    id INTEGER NOT NULL,
    receipt_uid TEXT NOT NULL,
    paper TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_receipt_prints PRIMARY KEY (id),
    CONSTRAINT fk_receipt_prints_receipt_uid FOREIGN KEY(receipt_uid) REFERENCES receipts (uid)
)
 STRICT
    """,
    """
CREATE INDEX ix_receipt_prints_receipt_uid ON receipt_prints (receipt_uid)
    """,
)

APPEND_ONLY = (
    "attempt_events",
    "payments",
    "receipts",
    "receipt_prints",
    "ledger_entries",
    "audit_entries",
    "late_decisions",
)

SEARCH = (
    """
    CREATE VIRTUAL TABLE student_words USING fts5(
        name, guardian_name, content='students', content_rowid='id', prefix='1 2',
        tokenize="unicode61 categories 'L* N* Co Mn Mc'"
    )
    """,
    """
    CREATE VIRTUAL TABLE student_parts USING fts5(
        name, roll_no, phone, guardian_phone, content='students', content_rowid='id',
        tokenize='trigram'
    )
    """,
    """
    CREATE TRIGGER students_added AFTER INSERT ON students BEGIN
        INSERT INTO student_words(rowid, name, guardian_name)
        VALUES (new.id, new.name, new.guardian_name);
        INSERT INTO student_parts(rowid, name, roll_no, phone, guardian_phone)
        VALUES (new.id, new.name, new.roll_no, new.phone, new.guardian_phone);
    END
    """,
    """
    CREATE TRIGGER students_removed AFTER DELETE ON students BEGIN
        INSERT INTO student_words(student_words, rowid, name, guardian_name)
        VALUES ('delete', old.id, old.name, old.guardian_name);
        INSERT INTO student_parts(student_parts, rowid, name, roll_no, phone, guardian_phone)
        VALUES ('delete', old.id, old.name, old.roll_no, old.phone, old.guardian_phone);
    END
    """,
    """
    CREATE TRIGGER students_changed
    AFTER UPDATE OF name, guardian_name, roll_no, phone, guardian_phone ON students BEGIN
        INSERT INTO student_words(student_words, rowid, name, guardian_name)
        VALUES ('delete', old.id, old.name, old.guardian_name);
        INSERT INTO student_words(rowid, name, guardian_name)
        VALUES (new.id, new.name, new.guardian_name);
        INSERT INTO student_parts(student_parts, rowid, name, roll_no, phone, guardian_phone)
        VALUES ('delete', old.id, old.name, old.roll_no, old.phone, old.guardian_phone);
        INSERT INTO student_parts(rowid, name, roll_no, phone, guardian_phone)
        VALUES (new.id, new.name, new.roll_no, new.phone, new.guardian_phone);
    END
    """,
)


def upgrade() -> None:
    for statement in (*TABLES, *SEARCH):
        op.execute(statement)
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
