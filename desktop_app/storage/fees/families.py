"""The students of a family, and what is open of their fees."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from desktop_app.domain.defaulters import OpenPrincipal
from desktop_app.domain.money import Money
from desktop_app.storage.repository import run

if TYPE_CHECKING:
    import sqlite3

FAMILY = """
    SELECT :student AS uid UNION SELECT m.uid FROM students s
    JOIN students m ON m.family_uid = s.family_uid WHERE s.uid = :student
"""
"""The students of a student's family, among them the student."""
PRINCIPALS = f"""
    SELECT b.due_uid AS uid, b.due_on, b.balance_paise,
        json_extract(nullif(t.late_rule, ''), '$.grace_days') AS grace
    FROM due_balances b JOIN dues d ON d.uid = b.due_uid AND d.kind = 'fee'
    LEFT JOIN enrollment_terms t ON t.enrollment_uid = d.enrollment_uid
    WHERE b.student_uid IN ({FAMILY}) AND b.state = 'open' AND b.balance_paise > 0
    ORDER BY b.due_on, d.instalment_no, b.rowid
"""


def principals_of(connection: sqlite3.Connection, student_uid: str) -> tuple[OpenPrincipal, ...]:
    """Return the open fees of a student's family, what fell due first at the beginning."""
    rows = run(connection, PRINCIPALS, {"student": student_uid})
    return tuple(
        OpenPrincipal(
            row.uid, date.fromisoformat(row.due_on), Money(row.balance_paise), row.grace or 0
        )
        for row in rows
    )
