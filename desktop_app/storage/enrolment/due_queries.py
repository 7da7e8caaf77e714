"""Queries of open dues, by student, family or batch."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.ageing import bucket_of, span_of
from desktop_app.services.views.enrolment import DueFilter, DueRow
from desktop_app.storage.enrolment.late_fee_columns import LATE, late_fee_of
from desktop_app.storage.mapping import record_of
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Sequence

OPEN = f"""
    SELECT d.uid, b.student_uid, s.name AS student_name, s.roll_no, e.course_code, e.course_label,
           d.label, d.head_code AS head, d.instalment_no AS instalment, b.due_on,
           b.asked_paise AS amount_paise, b.balance_paise,
           coalesce((SELECT x.amount_paise FROM attempt_dues x
                     WHERE x.due_uid = d.uid AND x.is_live = 1), 0) AS covered_paise,
           {LATE}
    FROM due_balances b JOIN dues d ON d.uid = b.due_uid
    JOIN enrollments e ON e.uid = d.enrollment_uid JOIN students s ON s.uid = b.student_uid
    LEFT JOIN enrollment_terms t ON t.enrollment_uid = d.enrollment_uid
    WHERE b.state = 'open' AND b.balance_paise > 0 AND e.state != 'cancelled'
"""
ORDER = "ORDER BY b.due_on, d.instalment_no, d.rowid"
OF_ENROLLMENT = f"{OPEN} AND d.enrollment_uid = :enrollment {ORDER}"
OF_STUDENTS = f"{OPEN} AND b.student_uid IN (SELECT value FROM json_each(:students)) {ORDER}"
OF_STUDENT = "AND b.student_uid = :student"
OF_FAMILY = """AND b.student_uid IN (
    SELECT uid FROM students WHERE phone_reversed = :reversed
    UNION SELECT uid FROM students WHERE guardian_phone_reversed = :reversed
    UNION SELECT m.uid FROM families f JOIN students m ON m.family_uid = f.uid
          WHERE f.phone = :phone)"""
OF_BATCH = """AND b.course_uid IN (
    SELECT uid FROM courses WHERE code = :batch OR batch = :batch COLLATE NOCASE)"""
DUE_BETWEEN = "AND b.due_on BETWEEN :since AND :until"
HAS_BATCH = "SELECT 1 FROM courses WHERE code = :batch OR batch = :batch COLLATE NOCASE"


class SqlDueQueries(Queries):
    """Queries of open dues."""

    def listed(self, which: DueFilter, as_of: date) -> tuple[DueRow, ...]:
        """Return open dues with something to pay, the one that fell due first at the beginning."""
        since, until = (each.isoformat() for each in span_of(which.bucket, as_of))
        conditions = {
            OF_STUDENT: which.student_uid,
            OF_FAMILY: which.phone,
            OF_BATCH: which.batch,
            DUE_BETWEEN: which.bucket,
        }
        given = " ".join(sql for sql, value in conditions.items() if value)
        rows = self._all(
            f"{OPEN} {given} {ORDER}",
            student=which.student_uid,
            phone=which.phone,
            reversed=which.phone[::-1],
            batch=which.batch,
            since=since,
            until=until,
        )
        return tuple(_due_of(row, as_of) for row in rows)

    def of_students(self, students: Sequence[str], as_of: date) -> tuple[DueRow, ...]:
        """Return the open dues of students, the one that fell due first at the beginning."""
        rows = self._all(OF_STUDENTS, students=json.dumps(students))
        return tuple(_due_of(row, as_of) for row in rows)

    def of_enrollment(self, enrollment_uid: str, as_of: date) -> tuple[DueRow, ...]:
        """Return the open dues of an enrolment."""
        rows = self._all(OF_ENROLLMENT, enrollment=enrollment_uid)
        return tuple(_due_of(row, as_of) for row in rows)

    def has_batch(self, batch: str) -> bool:
        """Return whether a course, withdrawn or not, has this code or batch."""
        return bool(self._scalar(HAS_BATCH, batch=batch))


def _due_of(row: Any, as_of: date) -> DueRow:
    due_on = date.fromisoformat(row.due_on)
    late_fee = late_fee_of(row, due_on, as_of)
    return record_of(DueRow, row, bucket=bucket_of(due_on, as_of), late_fee=late_fee)
