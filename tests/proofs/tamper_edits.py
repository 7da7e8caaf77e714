"""Edits of a desk's database file by a person with a SQL shell or a hex editor.

Each edit receives the file, yesterday's content and a random generator, changes the file, and
returns a description.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from desktop_app.domain.audit import GENESIS, AuditEntry, chain_hash
from desktop_app.storage.audit_anchor import ANCHOR

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Edit = Callable[[Path, bytes, random.Random], str]

MONEY = (
    "payments", "ledger_entries", "movements", "allocations", "receipts", "receipt_lines",
    "refunds", "audit_entries",
)  # fmt: skip
AROUND = ("attempts", "dues", "enrollments")
MONEY_RELATED = (
    *MONEY, *AROUND, "attempt_dues", "due_changes", "late_decisions", "receipt_series",
)  # fmt: skip
"""The tables that hold payments or relate to them."""

AMOUNTS = (
    "payments", "ledger_entries", "allocations", "receipts", "receipt_lines", "refunds", *AROUND,
    "attempt_dues",
)  # fmt: skip
STATES = {
    "refunds": ("processed", "failed", "rejected", "pending"),
    "enrollments": ("active", "cancelled", "pending"),
    "dues": ("paid", "open", "cancelled"),
    "attempts": ("paid", "cancelled", "expired", "lapsed"),
}


@contextmanager
def sql_shell(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a SQL shell without triggers and foreign keys; restore the triggers afterwards.

    Their rows are taken out of the schema and put back: 240 statements take three times as long.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        triggers = raw.execute("SELECT * FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        _edit_schema(raw, "DELETE FROM sqlite_schema WHERE type = 'trigger'", [()])
        yield raw
        _edit_schema(raw, "INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", triggers)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _edit_schema(raw: sqlite3.Connection, sql: str, rows: list[tuple[Any, ...]]) -> None:
    """Edit the schema itself; every connection, this one too, reads it again."""
    raw.execute("PRAGMA writable_schema=ON")
    raw.executemany(sql, rows)
    [(version,)] = raw.execute("PRAGMA schema_version")
    raw.execute(f"PRAGMA schema_version={version + 1}")
    raw.execute("PRAGMA writable_schema=RESET")


def is_sound(path: Path) -> bool:
    """Return whether SQLite's own check passes, indexes included."""
    try:
        with closing(sqlite3.connect(path)) as raw:
            return raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False


def _random_row(raw: sqlite3.Connection, table: str, rng: random.Random) -> int:
    return int(rng.choice(raw.execute(f"SELECT rowid FROM {table}").fetchall())[0])


def _table_with_rows(raw: sqlite3.Connection, tables: tuple[str, ...], rng: random.Random) -> str:
    """Return a random table that has rows."""
    return rng.choice([t for t in tables if raw.execute(f"SELECT 1 FROM {t}").fetchone()])


def _columns(raw: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]


def _row(raw: sqlite3.Connection, table: str, row: int) -> tuple[Any, ...]:
    """Return a row without the columns that SQLite computes."""
    columns = ", ".join(_columns(raw, table))
    found: tuple[Any, ...] = raw.execute(
        f"SELECT {columns} FROM {table} WHERE rowid = ?", (row,)
    ).fetchone()
    return found


def _set_column(raw: sqlite3.Connection, table: str, row: int, column: str, value: Any) -> str:
    try:
        raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row))
    except sqlite3.IntegrityError:
        return "refused by the schema"
    return f"{table} {row} {column} to {value!r:.40}"


def change_amount(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        table = _table_with_rows(raw, AMOUNTS, rng)
        row = _random_row(raw, table, rng)
        by = rng.choice((-100, -1, 1, 100_000))
        parts = "amount_paise = amount_paise + :by"
        if table in {"dues", "allocations"}:  # its parts have to add up
            parts += ", taxable_paise = taxable_paise + :by"
        raw.execute(f"UPDATE {table} SET {parts} WHERE rowid = :row", {"by": by, "row": row})
    return f"{table} {row} by {by}"


def change_amounts_consistently(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Lower a payment, its receipt and its ledger by the same amount, so that the sums agree."""
    with sql_shell(path) as raw:
        (uid,) = rng.choice(raw.execute("SELECT uid FROM payments").fetchall())
        raw.execute("UPDATE payments SET amount_paise = amount_paise - 100 WHERE uid = ?", (uid,))
        raw.execute(
            "UPDATE receipts SET amount_paise = amount_paise - 100 WHERE payment_uid = ?", (uid,)
        )
        raw.execute(
            "UPDATE ledger_entries SET amount_paise = amount_paise - 100 * sign(amount_paise) "
            "WHERE payment_uid = ?",
            (uid,),
        )
    return f"payment {uid} by -100 everywhere"


def change_state(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        table = _table_with_rows(raw, tuple(STATES), rng)
        row = _random_row(raw, table, rng)
        (now,) = raw.execute(f"SELECT state FROM {table} WHERE rowid = ?", (row,)).fetchone()
        then = rng.choice([each for each in STATES[table] if each != now])
        return _set_column(raw, table, row, "state", then)


def change_receipt_name(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        row = _random_row(raw, "receipts", rng)
        (content,) = raw.execute("SELECT content FROM receipts WHERE rowid = ?", (row,)).fetchone()
        shown = json.loads(content) | {"student_name": "Somebody Else"}
        raw.execute(
            "UPDATE receipts SET content = ? WHERE rowid = ?",
            (json.dumps(shown, ensure_ascii=False), row),
        )
    return f"receipt {row}"


def change_any_column(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Change any column of a money row: a bank's reference, a date, an account, a number."""
    with sql_shell(path) as raw:
        table = _table_with_rows(raw, MONEY_RELATED, rng)
        row, column = _random_row(raw, table, rng), rng.choice(_columns(raw, table))
        (now,) = raw.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (row,)).fetchone()
        then: Any = now + 1 if isinstance(now, int) else f"{now or ''}x"
        return _set_column(raw, table, row, column, then)


def delete_row(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        table = _table_with_rows(raw, MONEY, rng)
        row = _random_row(raw, table, rng)
        raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    return f"{table} {row}"


def delete_payment(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Delete a payment with everything that refers to it, and its seat: stolen cash."""
    with sql_shell(path) as raw:
        uid, attempt, enrollment = rng.choice(
            raw.execute("SELECT uid, attempt_uid, enrollment_uid FROM payments").fetchall()
        )
        raw.execute(
            "DELETE FROM receipt_prints WHERE receipt_uid IN "
            "(SELECT uid FROM receipts WHERE payment_uid = ?)",
            (uid,),
        )
        raw.execute(
            "DELETE FROM movements WHERE uid IN "
            "(SELECT movement_uid FROM ledger_entries WHERE payment_uid = ?)",
            (uid,),
        )
        for table in (
            "receipts", "receipt_lines", "ledger_entries", "allocations", "refunds",
            "late_decisions",
        ):  # fmt: skip
            raw.execute(f"DELETE FROM {table} WHERE payment_uid = ?", (uid,))
        raw.execute("DELETE FROM payments WHERE uid = ?", (uid,))
        raw.execute("UPDATE attempts SET state = 'cancelled' WHERE uid = ?", (attempt,))
        raw.execute("UPDATE enrollments SET state = 'cancelled' WHERE uid = ?", (enrollment,))
        raw.execute("UPDATE dues SET state = 'open' WHERE enrollment_uid = ?", (enrollment,))
    return f"payment {uid}"


def insert_row(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Insert a copy of a row under new keys."""
    with sql_shell(path) as raw:
        table = _table_with_rows(raw, MONEY, rng)
        columns = _columns(raw, table)
        like = _random_row(raw, table, rng)
        values = dict(
            zip(
                columns,
                _row(raw, table, like),
                strict=True,
            )
        )
        if "id" in values:
            (values["id"],) = raw.execute(f"SELECT max(id) + 1 FROM {table}").fetchone()
        keys = ["uid", "payment_id", "refund_id", "number", "hash"]
        for column in [*keys, "receipt_uid"] if table == "receipt_lines" else keys:
            if values.get(column):
                values[column] = f"{values[column][:-4]}{rng.randrange(10_000):04d}"
        if table == "receipts":
            (last,) = raw.execute("SELECT max(sequence) + 1 FROM receipts").fetchone()
            values["sequence"] = last
            paid = values["payment_uid"]
            values["payment_uid"] = paid and f"{paid[:-4]}{rng.randrange(10_000):04d}"
        marks = ", ".join("?" * len(columns))
        raw.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
            [values[each] for each in columns],
        )
    return f"{table} like {like}"


def swap_rows(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Exchange the facts of two rows, each keeping its place."""
    facts = {
        "payments": "amount_paise, rrn, method, received_at",
        "ledger_entries": "amount_paise, account, payment_uid",
        "movements": "kind, source_uid, at",
        "allocations": "due_uid, payment_uid, created_at",
        "receipts": "content, amount_paise",
        "receipt_lines": "amount_paise, payment_uid, due_uid",
        "refunds": "amount_paise, reason, payment_uid",
        "audit_entries": "at, action, subject, detail",
    }
    with sql_shell(path) as raw:
        table = _table_with_rows(raw, MONEY, rng)
        columns = facts[table].split(", ")
        rows = [each[0] for each in raw.execute(f"SELECT rowid FROM {table}").fetchall()]
        if len(rows) < 2:
            return "nothing to swap"
        one, other = rng.sample(rows, 2)
        read = f"SELECT {facts[table]} FROM {table} WHERE rowid = ?"
        first, second = raw.execute(read, (one,)).fetchone(), raw.execute(read, (other,)).fetchone()
        write = f"UPDATE {table} SET {', '.join(f'{c} = ?' for c in columns)} WHERE rowid = ?"
        raw.execute(write, (*second, one))
        raw.execute(write, (*first, other))
    return f"{table} {one} and {other}"


def cut_audit_tail(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    with sql_shell(path) as raw:
        rows = rng.randint(1, 12)
        raw.execute(
            "DELETE FROM audit_entries WHERE id > (SELECT max(id) FROM audit_entries) - ?", (rows,)
        )
    return f"the last {rows}"


def restore_yesterdays_file(path: Path, yesterday: bytes, _rng: random.Random) -> str:
    path.write_bytes(yesterday)
    return "yesterday's file"


def delete_anchor_too(path: Path, yesterday: bytes, _rng: random.Random) -> str:
    """Put yesterday's file back and delete what it would be compared with."""
    path.write_bytes(yesterday)
    path.with_name(ANCHOR).unlink(missing_ok=True)
    return "yesterday's file, no anchor"


def forge_chain(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Change a time in the audit trail, recompute every hash after it, and write an anchor."""
    with sql_shell(path) as raw:
        row = _random_row(raw, "audit_entries", rng)
        raw.execute("UPDATE audit_entries SET at = '2026-01-01T00:00:00Z' WHERE id = ?", (row,))
        previous, number = GENESIS, 0
        for number, at, desk, action, subject, detail, actor, version in raw.execute(
            "SELECT id, at, desk_id, action, subject, detail, actor, format FROM audit_entries "
            "ORDER BY id"
        ).fetchall():
            entry = AuditEntry(at, desk, action, subject, {}, actor)
            linked = chain_hash(previous, entry, detail, version=version)
            raw.execute(
                "UPDATE audit_entries SET previous_hash = ?, hash = ? WHERE id = ?",
                (previous, linked, number),
            )
            previous = linked
    anchor = json.loads(path.with_name(ANCHOR).read_text()) | {"number": number, "hash": previous}
    path.with_name(ANCHOR).write_text(json.dumps(anchor))
    return f"from {row}"


def flip_byte(path: Path, _yesterday: bytes, rng: random.Random) -> str:
    """Change one byte of a text of a money row, in the table or in an index."""
    with closing(sqlite3.connect(path)) as raw:
        table = _table_with_rows(raw, MONEY, rng)
        row = _random_row(raw, table, rng)
        values = _row(raw, table, row)
        columns = _columns(raw, table)
    texts = [
        (name, value.encode())
        for name, value in zip(columns, values, strict=True)
        if isinstance(value, str) and len(value) >= 8
    ]
    column, text = rng.choice(texts)
    content = bytearray(path.read_bytes())
    places = []
    at = content.find(text)
    while at >= 0:
        places.append(at)
        at = content.find(text, at + 1)
    if not places:
        return "not in one piece in the file"
    place = rng.choice(places) + rng.randrange(len(text))
    content[place] ^= rng.choice((1, 2, 4))
    path.write_bytes(content)
    return f"{table} {row} {column} at {place}"


EDITS: dict[str, Edit] = {
    "an amount": change_amount,
    "amounts that agree": change_amounts_consistently,
    "a state": change_state,
    "the name on a receipt": change_receipt_name,
    "any column": change_any_column,
    "a row deleted": delete_row,
    "a payment deleted whole": delete_payment,
    "a row inserted": insert_row,
    "two rows swapped": swap_rows,
    "the audit's tail cut": cut_audit_tail,
    "yesterday's file": restore_yesterdays_file,
    "yesterday's file, no anchor": delete_anchor_too,
    "a forged chain": forge_chain,
    "a byte": flip_byte,
}
