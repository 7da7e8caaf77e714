"""The doctor's recomputation of balances, against one pass of raw SQL over the same tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.storage.payments.balance_queries import SqlBalanceQueries
from desktop_app.storage.read_connections import ReadConnections

from .figures import Figure, milliseconds
from .many_payments import FILE, folder_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 1_000_000
TARGET = 2.0
ONE_PASS = (
    "SELECT due_uid, sum(amount_paise) FROM allocations GROUP BY due_uid",
    "SELECT payment_uid, sum(amount_paise) FROM allocations GROUP BY payment_uid",
    """SELECT payment_uid, sum((account = 'fees') * amount_paise),
    sum((account IN ('cash', 'gateway')) * amount_paise)
    FROM ledger_entries GROUP BY payment_uid""",
    "SELECT payment_uid, sum(amount_paise) FROM refunds GROUP BY payment_uid",
    "SELECT uid, method, verification FROM payments",
    "SELECT l.receipt_uid, p.mode FROM receipt_lines l JOIN payments p ON p.uid = l.payment_uid",
    "SELECT s.uid, f.uid FROM students s LEFT JOIN families f ON f.phone = s.guardian_phone",
    "SELECT movement_uid, sum(amount_paise) FROM ledger_entries GROUP BY movement_uid",
    "SELECT receipt_uid, sum(amount_paise) FROM receipt_lines GROUP BY receipt_uid",
    """SELECT d.uid, d.amount_paise, b.balance_paise, e.student_uid FROM dues d
    JOIN due_balances b ON b.due_uid = d.uid JOIN enrollments e ON e.uid = d.enrollment_uid""",
    "SELECT p.uid, p.mode, a.key_id FROM payments p JOIN attempts a ON a.uid = p.attempt_uid",
    "SELECT a.uid, t.is_live FROM attempt_dues t JOIN attempts a ON a.uid = t.attempt_uid",
)
"""Each figure that the doctor compares, read once and not compared."""


def run() -> Iterator[Figure]:
    """Measure."""
    path = folder_with(COUNT) / FILE
    _raw(path)
    queries = SqlBalanceQueries(ReadConnections(path, lambda: datetime.now(UTC)))
    found: list[tuple[object, ...]] = []
    ours = milliseconds(lambda: found.append((*queries.differences(), *queries.unlisted())))
    if found != [()]:
        raise RuntimeError(f"the file does not add up: {found[0][:3]}")
    yield Figure("recomputation", ours, TARGET, milliseconds(lambda: _raw(path)))


def _raw(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for sql in ONE_PASS:
            for _row in connection.execute(sql):
                pass
