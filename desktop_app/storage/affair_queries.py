"""What comes after a payment, as readers see it: dues of a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.services.records import OpenDue

if TYPE_CHECKING:
    from desktop_app.storage.reading import Reading

FAMILY_DUES = """
    WITH payer AS (SELECT uid, phone_reversed AS one, guardian_phone_reversed AS two
                   FROM students WHERE uid = :student),
    family AS (
        SELECT s.* FROM students s, payer p WHERE s.uid = p.uid
        UNION SELECT s.* FROM students s, payer p
              WHERE s.phone_reversed != '' AND s.phone_reversed IN (p.one, p.two)
        UNION SELECT s.* FROM students s, payer p
              WHERE s.guardian_phone_reversed != '' AND s.guardian_phone_reversed IN (p.one, p.two)
    )
    SELECT d.uid, f.name, f.roll_no, e.course_label, d.amount_paise,
           c.seats IS NULL OR c.seats > (
               SELECT count(*) FROM enrollments o WHERE o.course_uid = c.uid AND o.uid != e.uid
               AND (o.state = 'active' OR (o.state = 'pending' AND EXISTS (
                   SELECT 1 FROM attempts a WHERE a.enrollment_uid = o.uid
                   AND a.state IN ('intent','unknown','ordered','awaiting'))))
           ) AS has_seat
    FROM family f
    JOIN enrollments e ON e.student_uid = f.uid AND e.state = 'pending'
    JOIN courses c ON c.uid = e.course_uid
    JOIN dues d ON d.enrollment_uid = e.uid AND d.state = 'open'
    ORDER BY e.created_at DESC LIMIT 50
"""


def family_dues(reading: Reading, student_uid: str) -> tuple[OpenDue, ...]:
    """Open dues of a student and of those who share a phone, newest first."""
    return tuple(
        OpenDue(
            due_uid=row.uid,
            student_name=row.name,
            roll_no=row.roll_no,
            course_label=row.course_label,
            amount=Money(row.amount_paise),
            has_seat=bool(row.has_seat),
        )
        for row in reading.execute(FAMILY_DUES, {"student": student_uid})
    )
