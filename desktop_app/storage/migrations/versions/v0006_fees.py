"""Fee plans, concessions, promises, credit, bills, and the evidence of the counter's tenders.

New tables only, besides two columns of courses, the state of a due that was written off, an index,
and that a waiver of a fee's late fee asks no less for the fee: what was sealed before keeps its
seal. No row is written: the heads and concessions that ship are in the
program, and the tables hold what a centre adds or edits.

Revision ID: 0006
Revises: 0005
"""

import sqlite3

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = ("courses ADD COLUMN ends_on TEXT", "courses ADD COLUMN classes_planned INTEGER")

TABLES = (
    """
CREATE TABLE concession_kinds (
    code TEXT COLLATE "NOCASE" NOT NULL,
    desk_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_hi TEXT NOT NULL,
    grouping TEXT NOT NULL,
    kind TEXT NOT NULL,
    value INTEGER NOT NULL,
    heads TEXT NOT NULL,
    needs_proof INTEGER NOT NULL CONSTRAINT ck_concession_kinds_needs_proof CHECK (needs_proof IN (0, 1)),
    ignores_cap INTEGER NOT NULL CONSTRAINT ck_concession_kinds_ignores_cap CHECK (ignores_cap IN (0, 1)),
    max_paise INTEGER,
    valid_from TEXT,
    valid_to TEXT,
    spread TEXT NOT NULL,
    bands TEXT NOT NULL,
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_concession_kinds PRIMARY KEY (code)
)
 STRICT
    """,
    """
CREATE TABLE deposit_slips (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    account TEXT NOT NULL,
    deposited_on TEXT NOT NULL,
    total_paise INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_deposit_slips PRIMARY KEY (uid)
)
 STRICT
    """,
    """
CREATE TABLE fee_heads (
    code TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_hi TEXT NOT NULL,
    treatment TEXT NOT NULL,
    sac TEXT NOT NULL,
    gst_bp INTEGER NOT NULL,
    refund TEXT NOT NULL,
    priority INTEGER NOT NULL,
    concession_ok INTEGER NOT NULL CONSTRAINT ck_fee_heads_concession_ok CHECK (concession_ok IN (0, 1)),
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_fee_heads PRIMARY KEY (code)
)
 STRICT
    """,
    """
CREATE TABLE late_rules (
    code TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    bp INTEGER NOT NULL,
    grace_days INTEGER NOT NULL,
    cap_paise INTEGER,
    cap_bp INTEGER,
    slabs TEXT NOT NULL,
    counts_from TEXT NOT NULL,
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_late_rules PRIMARY KEY (code)
)
 STRICT
    """,
    """
CREATE TABLE promo_codes (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    code TEXT COLLATE "NOCASE" NOT NULL,
    kind TEXT NOT NULL,
    value INTEGER NOT NULL,
    courses TEXT NOT NULL,
    heads TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    max_uses INTEGER,
    max_per_family INTEGER,
    min_bill_paise INTEGER NOT NULL,
    first_enrollment_only INTEGER NOT NULL CONSTRAINT ck_promo_codes_first_enrollment_only CHECK (first_enrollment_only IN (0, 1)),
    is_combinable INTEGER NOT NULL CONSTRAINT ck_promo_codes_is_combinable CHECK (is_combinable IN (0, 1)),
    note TEXT NOT NULL,
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_promo_codes PRIMARY KEY (uid)
)
 STRICT
    """,
    """
CREATE TABLE bills (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    number INTEGER,
    family_uid TEXT,
    payer_name TEXT NOT NULL,
    payer_phone TEXT NOT NULL,
    state TEXT NOT NULL,
    total_paise INTEGER NOT NULL,
    offered_at TEXT,
    hold_until TEXT,
    closed_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_bills PRIMARY KEY (uid),
    CONSTRAINT fk_bills_family_uid FOREIGN KEY(family_uid) REFERENCES families (uid)
)
 STRICT
    """,
    """
CREATE TABLE fee_plans (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    course_uid TEXT NOT NULL,
    code TEXT COLLATE "NOCASE" NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    parts INTEGER NOT NULL,
    down_paise INTEGER NOT NULL,
    unit_paise INTEGER NOT NULL,
    day_of_month INTEGER,
    is_default INTEGER NOT NULL CONSTRAINT ck_fee_plans_is_default CHECK (is_default IN (0, 1)),
    late_rule_code TEXT,
    offered_from TEXT,
    offered_to TEXT,
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_fee_plans PRIMARY KEY (uid),
    CONSTRAINT fk_fee_plans_course_uid FOREIGN KEY(course_uid) REFERENCES courses (uid),
    CONSTRAINT fk_fee_plans_late_rule_code FOREIGN KEY(late_rule_code) REFERENCES late_rules (code)
)
 STRICT
    """,
    """
CREATE TABLE credit_balances (
    student_uid TEXT NOT NULL,
    balance_paise INTEGER NOT NULL,
    CONSTRAINT pk_credit_balances PRIMARY KEY (student_uid),
    CONSTRAINT ck_credit_balances_balance CHECK (balance_paise >= 0),
    CONSTRAINT fk_credit_balances_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid)
)
 STRICT
    """,
    """
CREATE TABLE fee_plan_heads (
    plan_uid TEXT NOT NULL,
    head_code TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    tax_inclusive INTEGER NOT NULL CONSTRAINT ck_fee_plan_heads_tax_inclusive CHECK (tax_inclusive IN (0, 1)),
    spread TEXT NOT NULL,
    due_on TEXT,
    CONSTRAINT pk_fee_plan_heads PRIMARY KEY (plan_uid, head_code),
    CONSTRAINT ck_fee_plan_heads_amount CHECK (amount_paise > 0),
    CONSTRAINT fk_fee_plan_heads_plan_uid FOREIGN KEY(plan_uid) REFERENCES fee_plans (uid)
)
 STRICT
    """,
    """
CREATE TABLE fee_plan_parts (
    plan_uid TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    share_bp INTEGER NOT NULL,
    due_on TEXT,
    due_after_days INTEGER,
    due_after_start_days INTEGER,
    CONSTRAINT pk_fee_plan_parts PRIMARY KEY (plan_uid, sequence),
    CONSTRAINT fk_fee_plan_parts_plan_uid FOREIGN KEY(plan_uid) REFERENCES fee_plans (uid)
)
 STRICT
    """,
    """
CREATE TABLE promises (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    family_uid TEXT,
    student_uid TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    by_on TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_promises PRIMARY KEY (uid),
    CONSTRAINT ck_promises_amount CHECK (amount_paise > 0),
    CONSTRAINT fk_promises_family_uid FOREIGN KEY(family_uid) REFERENCES families (uid),
    CONSTRAINT fk_promises_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid)
)
 STRICT
    """,
    """
CREATE TABLE contacts (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    family_uid TEXT,
    student_uid TEXT NOT NULL,
    way TEXT NOT NULL,
    note TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (uid),
    CONSTRAINT fk_contacts_family_uid FOREIGN KEY(family_uid) REFERENCES families (uid),
    CONSTRAINT fk_contacts_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid)
)
 STRICT
    """,
    """
CREATE TABLE concessions (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    enrollment_uid TEXT NOT NULL,
    kind_code TEXT NOT NULL,
    promo_uid TEXT,
    listed_paise INTEGER NOT NULL,
    asked_paise INTEGER NOT NULL,
    amount_paise INTEGER NOT NULL,
    terms TEXT NOT NULL,
    reason TEXT NOT NULL,
    proof_note TEXT NOT NULL,
    reverses_uid TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_concessions PRIMARY KEY (uid),
    CONSTRAINT fk_concessions_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid),
    CONSTRAINT fk_concessions_promo_uid FOREIGN KEY(promo_uid) REFERENCES promo_codes (uid),
    CONSTRAINT fk_concessions_reverses_uid FOREIGN KEY(reverses_uid) REFERENCES concessions (uid)
)
 STRICT
    """,
    """
CREATE TABLE concession_dues (
    concession_uid TEXT NOT NULL,
    due_uid TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    CONSTRAINT pk_concession_dues PRIMARY KEY (concession_uid, due_uid),
    CONSTRAINT ck_concession_dues_amount CHECK (amount_paise != 0),
    CONSTRAINT fk_concession_dues_concession_uid FOREIGN KEY(concession_uid) REFERENCES concessions (uid),
    CONSTRAINT fk_concession_dues_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid)
)
 STRICT
    """,
    """
CREATE TABLE enrollment_moves (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    enrollment_uid TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_course_uid TEXT NOT NULL,
    to_course_uid TEXT NOT NULL,
    moved_on TEXT NOT NULL,
    keep_paise INTEGER NOT NULL,
    charge_paise INTEGER NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_enrollment_moves PRIMARY KEY (uid),
    CONSTRAINT fk_enrollment_moves_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid),
    CONSTRAINT fk_enrollment_moves_from_course_uid FOREIGN KEY(from_course_uid) REFERENCES courses (uid),
    CONSTRAINT fk_enrollment_moves_to_course_uid FOREIGN KEY(to_course_uid) REFERENCES courses (uid)
)
 STRICT
    """,
    """
CREATE TABLE enrollment_terms (
    enrollment_uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    plan_code TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    refund_basis TEXT NOT NULL,
    classes_planned INTEGER,
    late_rule TEXT NOT NULL,
    quote TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_enrollment_terms PRIMARY KEY (enrollment_uid),
    CONSTRAINT fk_enrollment_terms_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid)
)
 STRICT
    """,
    """
CREATE TABLE promo_holds (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    promo_uid TEXT NOT NULL,
    enrollment_uid TEXT,
    bill_uid TEXT,
    state TEXT NOT NULL,
    held_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_promo_holds PRIMARY KEY (uid),
    CONSTRAINT fk_promo_holds_promo_uid FOREIGN KEY(promo_uid) REFERENCES promo_codes (uid),
    CONSTRAINT fk_promo_holds_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid),
    CONSTRAINT fk_promo_holds_bill_uid FOREIGN KEY(bill_uid) REFERENCES bills (uid)
)
 STRICT
    """,
    """
CREATE TABLE bill_lines (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    bill_uid TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    student_uid TEXT NOT NULL,
    due_uid TEXT,
    course_uid TEXT,
    enrollment_uid TEXT,
    plan_code TEXT NOT NULL,
    wishes TEXT NOT NULL,
    amount_paise INTEGER,
    is_new INTEGER NOT NULL CONSTRAINT ck_bill_lines_is_new CHECK (is_new IN (0, 1)),
    removed_at TEXT,
    CONSTRAINT pk_bill_lines PRIMARY KEY (uid),
    CONSTRAINT ck_bill_lines_what CHECK (due_uid IS NOT NULL OR course_uid IS NOT NULL),
    CONSTRAINT fk_bill_lines_bill_uid FOREIGN KEY(bill_uid) REFERENCES bills (uid),
    CONSTRAINT fk_bill_lines_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid),
    CONSTRAINT fk_bill_lines_due_uid FOREIGN KEY(due_uid) REFERENCES dues (uid),
    CONSTRAINT fk_bill_lines_course_uid FOREIGN KEY(course_uid) REFERENCES courses (uid),
    CONSTRAINT fk_bill_lines_enrollment_uid FOREIGN KEY(enrollment_uid) REFERENCES enrollments (uid)
)
 STRICT
    """,
    """
CREATE TABLE bill_tenders (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    bill_uid TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    method TEXT NOT NULL,
    amount_paise INTEGER NOT NULL,
    attempt_uid TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_bill_tenders PRIMARY KEY (uid),
    CONSTRAINT ck_bill_tenders_amount CHECK (amount_paise > 0),
    CONSTRAINT fk_bill_tenders_bill_uid FOREIGN KEY(bill_uid) REFERENCES bills (uid),
    CONSTRAINT fk_bill_tenders_attempt_uid FOREIGN KEY(attempt_uid) REFERENCES attempts (uid)
)
 STRICT
    """,
    """
CREATE TABLE credits (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    student_uid TEXT NOT NULL,
    movement_uid TEXT NOT NULL,
    payment_uid TEXT,
    amount_paise INTEGER NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_credits PRIMARY KEY (uid),
    CONSTRAINT ck_credits_amount CHECK (amount_paise != 0),
    CONSTRAINT fk_credits_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid),
    CONSTRAINT fk_credits_movement_uid FOREIGN KEY(movement_uid) REFERENCES movements (uid),
    CONSTRAINT fk_credits_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE TABLE instruments (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    attempt_uid TEXT NOT NULL,
    student_uid TEXT NOT NULL,
    payment_uid TEXT,
    deposit_slip_uid TEXT,
    kind TEXT NOT NULL,
    slip_no TEXT NOT NULL,
    bank TEXT NOT NULL,
    branch TEXT NOT NULL,
    micr TEXT NOT NULL,
    bank_key TEXT NOT NULL,
    number TEXT NOT NULL,
    account_last4 TEXT NOT NULL,
    drawer TEXT NOT NULL,
    dated_on TEXT NOT NULL,
    hold_until TEXT,
    amount_paise INTEGER NOT NULL,
    state TEXT NOT NULL,
    received_on TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_instruments PRIMARY KEY (uid),
    CONSTRAINT fk_instruments_attempt_uid FOREIGN KEY(attempt_uid) REFERENCES attempts (uid),
    CONSTRAINT fk_instruments_student_uid FOREIGN KEY(student_uid) REFERENCES students (uid),
    CONSTRAINT fk_instruments_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid),
    CONSTRAINT fk_instruments_deposit_slip_uid FOREIGN KEY(deposit_slip_uid) REFERENCES deposit_slips (uid)
)
 STRICT
    """,
    """
CREATE TABLE payment_evidence (
    payment_uid TEXT NOT NULL,
    reference TEXT NOT NULL,
    bank TEXT NOT NULL,
    terminal TEXT NOT NULL,
    auth_code TEXT NOT NULL,
    last4 TEXT NOT NULL,
    payer TEXT NOT NULL,
    dated_on TEXT,
    tendered_paise INTEGER,
    change_paise INTEGER,
    note TEXT NOT NULL,
    CONSTRAINT pk_payment_evidence PRIMARY KEY (payment_uid),
    CONSTRAINT fk_payment_evidence_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE TABLE verification_changes (
    uid TEXT NOT NULL,
    desk_id TEXT NOT NULL,
    payment_uid TEXT NOT NULL,
    verification TEXT NOT NULL,
    value_on TEXT,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_verification_changes PRIMARY KEY (uid),
    CONSTRAINT fk_verification_changes_payment_uid FOREIGN KEY(payment_uid) REFERENCES payments (uid)
)
 STRICT
    """,
    """
CREATE TABLE instrument_events (
    instrument_uid TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL,
    on_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT pk_instrument_events PRIMARY KEY (instrument_uid, sequence),
    CONSTRAINT fk_instrument_events_instrument_uid FOREIGN KEY(instrument_uid) REFERENCES instruments (uid)
)
 STRICT
    """,
)

INDEXES = (
    """
CREATE INDEX ix_due_balances_open ON due_balances (due_on, balance_paise DESC) WHERE state = 'open' AND balance_paise > 0
    """,
    "CREATE INDEX ix_contacts_student_uid ON contacts (student_uid, noted_at)",
    "CREATE INDEX ix_contacts_family_uid ON contacts (family_uid, noted_at)",
    "CREATE UNIQUE INDEX uq_deposit_slips_number ON deposit_slips (desk_id, number)",
    "CREATE UNIQUE INDEX uq_promo_codes_code ON promo_codes (code) WHERE withdrawn_at IS NULL",
    "CREATE INDEX ix_bills_created_at ON bills (created_at)",
    "CREATE INDEX ix_bills_family_uid ON bills (family_uid)",
    "CREATE INDEX ix_bills_open ON bills (created_at) WHERE closed_at IS NULL",
    "CREATE UNIQUE INDEX uq_bills_number ON bills (desk_id, number) WHERE number IS NOT NULL",
    """
CREATE UNIQUE INDEX uq_fee_plans_code ON fee_plans (course_uid, code) WHERE withdrawn_at IS NULL
    """,
    """
CREATE UNIQUE INDEX uq_fee_plans_default ON fee_plans (course_uid) WHERE is_default = 1 AND withdrawn_at IS NULL
    """,
    "CREATE INDEX ix_promises_family_uid ON promises (family_uid)",
    "CREATE INDEX ix_promises_open ON promises (by_on) WHERE state = 'open'",
    "CREATE INDEX ix_promises_student_uid ON promises (student_uid)",
    "CREATE INDEX ix_concessions_enrollment_uid ON concessions (enrollment_uid)",
    "CREATE INDEX ix_concessions_promo_uid ON concessions (promo_uid)",
    "CREATE INDEX ix_concession_dues_due_uid ON concession_dues (due_uid)",
    "CREATE INDEX ix_enrollment_moves_enrollment_uid ON enrollment_moves (enrollment_uid)",
    "CREATE INDEX ix_promo_holds_promo_uid ON promo_holds (promo_uid)",
    """
CREATE UNIQUE INDEX uq_promo_holds_bill ON promo_holds (promo_uid, bill_uid) WHERE bill_uid IS NOT NULL AND state IN ('held','used')
    """,
    """
CREATE UNIQUE INDEX uq_promo_holds_enrollment ON promo_holds (promo_uid, enrollment_uid) WHERE enrollment_uid IS NOT NULL AND state IN ('held','used')
    """,
    "CREATE INDEX ix_bill_lines_bill_uid ON bill_lines (bill_uid)",
    "CREATE INDEX ix_bill_lines_due_uid ON bill_lines (due_uid)",
    "CREATE INDEX ix_bill_lines_student_uid ON bill_lines (student_uid)",
    "CREATE INDEX ix_bill_tenders_bill_uid ON bill_tenders (bill_uid)",
    "CREATE UNIQUE INDEX uq_bill_tenders_attempt_uid ON bill_tenders (attempt_uid)",
    "CREATE INDEX ix_credits_movement_uid ON credits (movement_uid)",
    "CREATE INDEX ix_credits_payment_uid ON credits (payment_uid)",
    "CREATE INDEX ix_credits_student_uid ON credits (student_uid)",
    "CREATE INDEX ix_instruments_attempt_uid ON instruments (attempt_uid)",
    "CREATE INDEX ix_instruments_state ON instruments (state, dated_on)",
    "CREATE INDEX ix_instruments_student_uid ON instruments (student_uid)",
    """
CREATE UNIQUE INDEX uq_instruments ON instruments (bank_key, number, account_last4) WHERE state NOT IN ('returned','lost')
    """,
    "CREATE UNIQUE INDEX uq_instruments_slip_no ON instruments (slip_no)",
    "CREATE INDEX ix_verification_changes_payment_uid ON verification_changes (payment_uid)",
)

LISTS = {
    ("dues", "state"): ("open", "paid", "cancelled", "written_off"),
    ("fee_heads", "treatment"): ("taxable", "exempt", "outside"),
    ("fee_heads", "refund"): ("pro_rata", "until_start", "never", "deposit"),
    ("late_rules", "kind"): (
        "none", "flat", "per_day", "percent_once", "percent_month", "slabs",
    ),
    ("late_rules", "counts_from"): ("due", "grace_end"),
    ("fee_plans", "kind"): ("single", "equal", "percent", "dates", "monthly"),
    ("fee_plan_heads", "spread"): ("plan", "first", "on_date"),
    ("enrollment_moves", "kind"): ("batch", "prorate", "difference"),
    ("promises", "state"): ("open", "kept", "broken", "withdrawn"),
    ("contacts", "way"): ("whatsapp", "call"),
    ("concession_kinds", "kind"): ("percent", "amount", "fixed_price"),
    ("concession_kinds", "grouping"): ("family", "merit", "early", "promo", "other"),
    ("concession_kinds", "spread"): ("proportional", "first", "last"),
    ("promo_codes", "kind"): ("percent", "amount", "fixed_price"),
    ("promo_holds", "state"): ("held", "used", "freed"),
    ("bills", "state"): ("draft", "offered", "part_paid", "paid", "abandoned"),
    ("verification_changes", "verification"): (
        "claimed", "matched", "reversed", "in_clearing", "realised", "bounced",
    ),
    ("instruments", "kind"): ("cheque", "demand_draft"),
    ("instruments", "state"): (
        "in_hand", "deposited", "cleared", "bounced", "returned", "lost", "stale",
    ),
}  # fmt: skip

TRIGGERS = (
    """
CREATE TRIGGER due_changes_balance AFTER INSERT ON due_changes
WHEN new.kind != 'waive' OR (SELECT kind FROM dues WHERE uid = new.due_uid) != 'fee' BEGIN
    UPDATE due_balances SET asked_paise = asked_paise + new.delta_paise,
        balance_paise = balance_paise + new.delta_paise, due_on = coalesce(new.new_due_on, due_on)
    WHERE due_uid = new.due_uid;
END
    """,
    """
CREATE TRIGGER credits_balance AFTER INSERT ON credits BEGIN
    INSERT OR IGNORE INTO credit_balances VALUES (new.student_uid, 0);
    UPDATE credit_balances SET balance_paise = balance_paise + new.amount_paise
    WHERE student_uid = new.student_uid;
END
    """,
    """
CREATE TRIGGER enrollments_balance_course AFTER UPDATE OF course_uid ON enrollments BEGIN
    UPDATE due_balances SET course_uid = new.course_uid
    WHERE due_uid IN (SELECT uid FROM dues WHERE enrollment_uid = new.uid);
END
    """,
)
APPEND_ONLY = (
    "enrollment_terms", "enrollment_moves", "credits", "concessions", "concession_dues",
    "payment_evidence", "verification_changes", "deposit_slips", "instrument_events", "contacts",
)  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - this file is SQLite's
    for verb in ("insert", "update"):
        connection.execute(f"DROP TRIGGER dues_state_{verb}")
    connection.execute("DROP TRIGGER due_changes_balance")
    connection.execute("DROP INDEX ix_due_balances_state")
    for column in COLUMNS:
        connection.execute(f"ALTER TABLE {column}")
    for statement in (*TABLES, *INDEXES, *TRIGGERS):
        connection.execute(statement)
    for (table, column), allowed in LISTS.items():
        _guard(connection, table, column, allowed)
    for table in APPEND_ONLY:
        _forbid(connection, table)


def _guard(
    connection: sqlite3.Connection, table: str, column: str, allowed: tuple[str, ...]
) -> None:
    """Restrict a column to an allowed set of values."""
    names = ", ".join(f"'{each}'" for each in allowed)
    for verb in ("INSERT", f"UPDATE OF {column}"):
        connection.execute(
            f"CREATE TRIGGER {table}_{column}_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
            f"WHEN NEW.{column} NOT IN ({names}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}.{column} has no such value'); END"
        )


def _forbid(connection: sqlite3.Connection, table: str) -> None:
    """Make a table append-only."""
    for verb in ("UPDATE", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
