"""A data folder with many open dues, built once per schema and cached in the temp folder.

Four instalments an enrolment, each with its late-fee rule. Two in five fall due on one of four
days, as where everybody has the same plan; the others on any day of three hundred.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from . import big_file, many_payments

VERSION = 1
FILE = many_payments.FILE
PARTS = 4
FEE = 1_416_000
TODAY = date(2026, 11, 29)
TABLES = ("students", "courses", "enrollments", "enrollment_terms", "dues", "due_balances")
RULE = (
    '{"kind": "per_day", "amount": 5000, "bp": 0, "grace_days": 5, "cap": 150000, "cap_bp": null, '
    '"slabs": [], "counts_from": "due"}'
)


def folder_with(count: int) -> Path:
    """Return a data folder with a number of open dues; reuse a cached one of the same schema."""
    home = many_payments._home()
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        fresh = big_file.migrated(Path(scratch, FILE))
        kept = home / f"dues-{count}-{_hash(fresh)}"
        if not kept.exists():
            for old in home.glob(f"dues-{count}-*"):
                shutil.rmtree(old)
            _fill(fresh, count)
            kept.mkdir()
            fresh.rename(kept / FILE)
    return kept


def _hash(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        text = f"{VERSION} {many_payments._schema(connection)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _fill(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = many_payments._schema(connection)
        dropped = [
            (kind, name, sql)
            for kind, name, sql in before
            if kind in {"index", "trigger"} and any(f" {table} " in f"{sql} " for table in TABLES)
        ]
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("BEGIN")
        for kind, name, _sql in dropped:
            connection.execute(f"DROP {kind} {name}")
        enrolled = (count + PARTS - 1) // PARTS
        for table, rows in (
            ("students", many_payments._students()),
            ("courses", iter([many_payments._course()])),
            ("enrollments", (_enrollment(at) for at in range(enrolled))),
            ("enrollment_terms", (_terms(at) for at in range(enrolled))),
            ("dues", (_due(at) for at in range(count))),
            ("due_balances", (_balance(at) for at in range(count))),
        ):
            many_payments._insert(connection, table, rows)
        for _kind, _name, sql in sorted(dropped, reverse=True, key=lambda each: each[0] == "index"):
            connection.execute(sql)
        for table in big_file.FULL_TEXT:
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if many_payments._schema(connection) != before:
            raise RuntimeError("the filled file has not the desk's schema")


def _enrollment(number: int) -> dict[str, object]:
    return {
        "uid": many_payments._uid(1, number), "desk_id": "D1",
        "student_uid": many_payments._uid(0, number % many_payments.STUDENTS),
        "course_uid": many_payments.COURSE, "course_code": "PHY-11",
        "course_label": "Physics XI · Morning", "state": "cancelled" if number >= 20_000 else
        "active", "amount_paise": FEE * PARTS, "created_at": big_file.NOW,
        "updated_at": big_file.NOW,
    }  # fmt: skip


def _terms(number: int) -> dict[str, object]:
    return {
        "enrollment_uid": many_payments._uid(1, number), "desk_id": "D1", "plan_code": "FOUR",
        "starts_on": None, "ends_on": None, "refund_basis": "days", "classes_planned": None,
        "late_rule": RULE, "quote": "{}", "created_at": big_file.NOW,
    }  # fmt: skip


def _due_on(number: int) -> str:
    days = (number % 4) * 60 if number % 5 < 2 else number * 7919 % 300
    return (TODAY + timedelta(days=60 - days)).isoformat()


def _due(number: int) -> dict[str, object]:
    return {
        "uid": many_payments._uid(5, number), "desk_id": "D1",
        "enrollment_uid": many_payments._uid(1, number // PARTS), "sequence": number % PARTS + 1,
        "state": "open", "label": "Physics XI · Morning", "amount_paise": FEE,
        "taxable_paise": 1_200_000, "cgst_paise": 108_000, "sgst_paise": 108_000, "gst_bp": 1800,
        "registered": 1, "created_at": big_file.NOW, "instalment_no": number % PARTS + 1,
        "due_on": _due_on(number), "split_rule": 2,
    }  # fmt: skip


def _balance(number: int) -> dict[str, object]:
    paid = number % 3 * 100_000
    return {
        "due_uid": many_payments._uid(5, number),
        "student_uid": many_payments._uid(0, number // PARTS % many_payments.STUDENTS),
        "course_uid": many_payments.COURSE, "due_on": _due_on(number), "state": "open",
        "asked_paise": FEE, "paid_paise": paid, "balance_paise": FEE - paid,
    }  # fmt: skip
