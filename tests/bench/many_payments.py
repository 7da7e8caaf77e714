"""A data folder with a million payments, built once per schema and cached in the temp folder.

Bulk loading as in `big_file.py`, into a file of the second schema, which is then upgraded: the
schema is identical to the desk's own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.storage.migrate import upgrade

from . import big_file, population

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
OLD_SCHEMA = "0002"
STUDENTS = 20_000
FILE = "desk.sqlite3"
COURSE = "01976f00-0000-7000-8000-0000000c0ffe"
FEE = 1_180_000
NEWEST = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
METHODS = ("upi_intent", "cash", "qr_code", "upi_intent", "payment_link")
TABLES = (
    "students", "courses", "enrollments", "dues", "attempts", "payments", "ledger_entries",
    "receipts",
)  # fmt: skip


def folder_with(count: int) -> Path:
    """Return a data folder with a number of payments; reuse a cached one of the same schema."""
    with tempfile.TemporaryDirectory(dir=_home()) as scratch:
        fresh = big_file.migrated(Path(scratch, FILE))
        kept = _home() / f"payments-{count}-{_hash(fresh)}"
        if not kept.exists():
            for old in _home().glob(f"payments-{count}-*"):
                shutil.rmtree(old)
            upgraded = Path(scratch, "upgraded.sqlite3")
            shutil.copyfile(old_file_with(count), upgraded)
            upgrade(upgraded)
            kept.mkdir()
            upgraded.rename(kept / FILE)
    return kept


def old_file_with(count: int) -> Path:
    """Return a file of the second schema with a number of payments; reuse a cached one."""
    with tempfile.TemporaryDirectory(dir=_home()) as scratch:
        fresh = Path(scratch, FILE)
        upgrade(fresh, OLD_SCHEMA)
        kept = _home() / f"old-payments-{count}-{_hash(fresh)}.sqlite3"
        if not kept.exists():
            for old in _home().glob(f"old-payments-{count}-*"):
                old.unlink()
            _fill(fresh, count)
            fresh.rename(kept)
    return kept


def _home() -> Path:
    home = Path(tempfile.gettempdir()) / f"pravesh-bench-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _hash(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        text = f"{VERSION} {population.VERSION} {_schema(connection)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    ).fetchall()


def _fill(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = _schema(connection)
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
        _insert(connection, "students", _students())
        _insert(connection, "courses", iter([_course()]))
        _insert(connection, "enrollments", (_enrollment(at, count) for at in range(count)))
        _insert(connection, "dues", (_due(at, count) for at in range(count)))
        _insert(connection, "attempts", (_attempt(at, count) for at in range(count)))
        _insert(connection, "payments", (_payment(at, count) for at in range(count)))
        _insert(connection, "ledger_entries", _entries(count))
        _insert(connection, "receipts", (_receipt(at, count) for at in range(count)))
        for _kind, _name, sql in sorted(dropped, reverse=True, key=lambda each: each[0] == "index"):
            connection.execute(sql)
        for table in big_file.FULL_TEXT:
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if _schema(connection) != before:
            raise RuntimeError("the filled file has not the desk's schema")


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    names = ", ".join(first)
    marks = ", ".join(f":{name}" for name in first)
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    connection.execute(sql, first)
    connection.executemany(sql, rows)


def _uid(kind: int, number: int) -> str:
    return f"01976f{kind:02x}-{number >> 16:04x}-7{number & 0xFFF:03x}-8000-{number:012x}"


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _at(number: int, count: int) -> str:
    """Return the instant of a payment: one every few seconds, the newest last."""
    return _text(NEWEST - timedelta(seconds=7 * (count - number), microseconds=number % 977))


def _students() -> Iterator[dict[str, object]]:
    names = (
        "roll_no", "name", "phone", "email", "guardian_name", "guardian_phone", "date_of_birth",
        "state",
    )  # fmt: skip
    for number, row in enumerate(population.students(STUDENTS)):
        values: dict[str, object] = dict(zip(names, row, strict=True))
        yield {
            "uid": _uid(0, number), "desk_id": "D1", **values, "phone_reversed": row[2][::-1],
            "guardian_phone_reversed": row[5][::-1], "created_at": big_file.NOW,
            "updated_at": big_file.NOW,
        }  # fmt: skip


def _course() -> dict[str, object]:
    return {
        "uid": COURSE, "desk_id": "D1", "code": "PHY-11", "title": "Physics XI", "batch": "",
        "fee_paise": FEE, "gst_bp": 1800, "tax_inclusive": 1, "seats": None,
        "created_at": big_file.NOW, "updated_at": big_file.NOW,
    }  # fmt: skip


def _enrollment(number: int, count: int) -> dict[str, object]:
    return {
        "uid": _uid(1, number), "desk_id": "D1", "student_uid": _uid(0, number % STUDENTS),
        "course_uid": COURSE, "course_code": "PHY-11", "course_label": "Physics XI · Morning",
        "state": "active" if number < STUDENTS else "cancelled", "amount_paise": FEE,
        "created_at": _at(number, count), "updated_at": _at(number, count),
    }  # fmt: skip


def _due(number: int, count: int) -> dict[str, object]:
    return {
        "uid": _uid(5, number), "desk_id": "D1", "enrollment_uid": _uid(1, number), "sequence": 1,
        "state": "paid", "label": "Physics XI · Morning", "amount_paise": FEE,
        "taxable_paise": FEE - 180_000, "cgst_paise": 90_000, "sgst_paise": 90_000, "gst_bp": 1800,
        "registered": 1, "created_at": _at(number, count),
    }  # fmt: skip


def _attempt(number: int, count: int) -> dict[str, object]:
    method = METHODS[number % len(METHODS)]
    return {
        "uid": _uid(3, number), "desk_id": "D1", "due_uid": _uid(5, number),
        "enrollment_uid": _uid(1, number), "method": method, "chosen_by_auto": 0, "state": "paid",
        "amount_paise": FEE, "reference": f"D1-{number:014d}",
        "key_id": "" if method == "cash" else "rzp_live_bench000000001", "sent": 1,
        "is_remote_open": 0, "failure": "", "created_at": _at(number, count),
        "updated_at": _at(number, count),
    }  # fmt: skip


def _entries(count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        is_cash = METHODS[number % len(METHODS)] == "cash"
        for account, paise in (("cash" if is_cash else "gateway", FEE), ("fees", -FEE)):
            yield {
                "desk_id": "D1", "movement_uid": _uid(6, number), "at": _at(number, count),
                "account": account, "amount_paise": paise, "payment_uid": _uid(2, number),
            }  # fmt: skip


def _payment(number: int, count: int) -> dict[str, object]:
    method = METHODS[number % len(METHODS)]
    is_cash = method == "cash"
    return {
        "uid": _uid(2, number), "desk_id": "D1", "attempt_uid": _uid(3, number),
        "enrollment_uid": _uid(1, number), "student_uid": _uid(0, number % STUDENTS),
        "method": method, "payment_id": None if is_cash else f"pay_{number:014d}",
        "order_id": None if is_cash else f"order_{number:014d}",
        "rrn": None if is_cash else f"{632400000000 + number}", "vpa_masked": None,
        "amount_paise": FEE, "fee_paise": None, "tax_paise": None, "is_late": 0,
        "placement": "due", "received_at": _at(number, count),
        "recorded_at": _at(number, count),
    }  # fmt: skip


def _receipt(number: int, count: int) -> dict[str, object]:
    return {
        "uid": _uid(4, number), "desk_id": "D1", "number": f"D1/26-27/{number + 1:06d}",
        "series": "D1", "year": "26-27", "sequence": number + 1, "payment_uid": _uid(2, number),
        "amount_paise": FEE, "issued_at": _at(number, count), "content": "{}",
    }  # fmt: skip
