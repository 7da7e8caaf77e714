"""Edits of what staff enter and of the schema, by a person with a SQL shell.

Students, courses, settings and features of the account; triggers, indexes, views and columns. The
last kind plants a trigger, lets the desk write while it is there, and takes it away again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.storage.schema_objects import ALTERED
from desktop_app.storage.store import open_store

from .tamper_edits import sql_shell

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from .tamper_edits import Edit

LISTS = ("students", "courses", "settings", "capabilities")
"""The tables that staff fill, and the features that the desk found."""

UNSEALED = "served_at"
"""The column of students that orders a list and is written with each payment."""

PLANTED = """
    CREATE TRIGGER cheap AFTER INSERT ON dues BEGIN UPDATE dues
    SET amount_paise = 100, taxable_paise = 100, cgst_paise = 0, sgst_paise = 0
    WHERE uid = NEW.uid; END
"""
HIDING = """
    CREATE TRIGGER hide BEFORE INSERT ON audit_entries WHEN NEW.action = 'refund.asked'
    BEGIN SELECT RAISE(IGNORE); END
"""
SCHEMA_EDITS = (
    PLANTED,
    HIDING,
    "DROP TRIGGER payments_no_update",
    "DROP TRIGGER audit_entries_no_delete",
    "DROP TRIGGER attempts_state_insert",
    "DROP INDEX uq_attempt_dues_live",
    "CREATE VIEW takings AS SELECT * FROM payments",
    "ALTER TABLE courses ADD COLUMN discount INTEGER",
    "ALTER TABLE receipts RENAME COLUMN content TO shown",
)


def change_course(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Change a fee, the number of seats, a tax rate, or whether a course is on offer."""
    change = rng.choice((
        "fee_paise = fee_paise - 100", "fee_paise = 100", "seats = coalesce(seats, 0) + 1",
        "seats = NULL, batch = batch || '*'", "gst_bp = gst_bp + 1", "withdrawn_at = created_at",
        "tax_inclusive = 1 - tax_inclusive", "updated_at = created_at || '0'",
    ))  # fmt: skip
    return _update(path, "courses", change, rng)


def change_student(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Change a name or where its parents are reached."""
    change = rng.choice((
        "name = name || 'x'", "guardian_phone = '9812345678'", "email = 'thief@example.com'",
        "roll_no = roll_no || '0'", "uid = uid || '0'",
    ))  # fmt: skip
    return _update(path, "students", change, rng)


def change_setting(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    return _update(path, "settings", rng.choice(("value = value || '1'", "key = key || 'x'")), rng)


def change_feature(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Change what the account of a key can do, or which key can."""
    changes = ("is_available = 1 - is_available", "key_id = 'rzp_live_other'")
    return _update(path, "capabilities", rng.choice(changes), rng)


def _update(path: Path, table: str, change: str, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        [row] = rng.choice(raw.execute(f"SELECT rowid FROM {table}").fetchall())
        raw.execute(f"UPDATE {table} SET {change} WHERE rowid = ?", (row,))
    return f"{table} {row}: {change}"


def delete_from_a_list(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        table = rng.choice(LISTS)
        [row] = rng.choice(raw.execute(f"SELECT rowid FROM {table}").fetchall())
        raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    return f"{table} {row}"


def add_to_a_list(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Add a copy of a row under new keys."""
    keys: dict[str, dict[str, object]] = {
        "students": {"id": 9_999, "uid": "u", "roll_no": "R9999"},
        "courses": {"uid": "u", "code": "ADDED"},
        "settings": {"key": "centre.upi"},
        "capabilities": {"key_id": "rzp_live_other"},
    }
    with sql_shell(path) as raw:
        table = rng.choice(LISTS)
        raw.row_factory = sqlite3.Row
        row = dict(rng.choice(raw.execute(f"SELECT * FROM {table}").fetchall())) | keys[table]
        marks = ", ".join("?" * len(row))
        raw.execute(f"INSERT INTO {table} VALUES ({marks})", list(row.values()))
        raw.row_factory = None
    return table


def alter_schema(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    statement = rng.choice(SCHEMA_EDITS)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(statement)
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return " ".join(statement.split())


def plant_for_a_while(path: Path, _yesterday: bytes, _rng: random.Random) -> str:
    """Plant a trigger, write as the desk does, and remove the trigger."""
    with closing(sqlite3.connect(path)) as raw:
        (last,) = raw.execute("SELECT max(at) FROM audit_entries").fetchone()
        raw.execute(PLANTED)
        raw.commit()
    now = partial(datetime.fromisoformat, last)
    with closing(open_store(path.parent, now)) as store, store.writing() as work:
        work.put_setting("centre.name", "Written then")
        work.commit()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TRIGGER cheap")
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return f"a trigger that is in the trail as {ALTERED}"


LIST_EDITS: dict[str, Edit] = {
    "a course": change_course,
    "a student": change_student,
    "a setting": change_setting,
    "a feature": change_feature,
    "a list shortened": delete_from_a_list,
    "a list lengthened": add_to_a_list,
    "the schema": alter_schema,
    "a trigger for a while": plant_for_a_while,
}
