"""Queries of exceptions: unapplied money, the dues it may pay, open refunds, disputes."""

from __future__ import annotations

from typing import Any

from desktop_app.domain.money import Money
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.ports.records import OpenDue
from desktop_app.services.views.refunds import DisputeView
from desktop_app.storage.mapping import maybe_instant, read_instant
from desktop_app.storage.read_connections import Queries

_OPEN_DUES = """
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
"""
FAMILY_DUES = f"""
    WITH payer AS (SELECT uid, phone_reversed AS one, guardian_phone_reversed AS two
                   FROM students WHERE uid = :student),
    family AS (
        SELECT s.* FROM students s, payer p WHERE s.uid = p.uid
        UNION SELECT s.* FROM students s, payer p
              WHERE s.phone_reversed != '' AND s.phone_reversed IN (p.one, p.two)
        UNION SELECT s.* FROM students s, payer p
              WHERE s.guardian_phone_reversed != '' AND s.guardian_phone_reversed IN (p.one, p.two)
    )
    {_OPEN_DUES} ORDER BY e.created_at DESC LIMIT 50
"""  # noqa: S608
DUES_OF = f"""
    WITH family AS (SELECT * FROM students)
    {_OPEN_DUES} WHERE d.amount_paise = :paise ORDER BY e.created_at DESC LIMIT 50
"""  # noqa: S608
DISPUTES = """
    SELECT d.*, p.payment_id, s.name FROM disputes d
    JOIN payments p ON p.uid = d.payment_uid JOIN students s ON s.uid = p.student_uid
    ORDER BY d.noticed_at DESC, d.uid
"""
HELD = """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM payments WHERE placement IN ('surplus','no_seat'))
    OR EXISTS (SELECT 1 FROM refunds WHERE state = 'failed')
    OR EXISTS (SELECT 1 FROM strays WHERE state = 'held')
"""
OPEN_REFUND = "SELECT 1 FROM refunds WHERE state IN ('intent','unknown','pending') LIMIT 1"


class SqlExceptionQueries(Queries):
    """Queries of what needs a decision or an answer."""

    def family_dues(self, student_uid: str) -> tuple[OpenDue, ...]:
        """Return open dues of a student and of those who share a phone, newest first."""
        return tuple(_due_of(row) for row in self._all(FAMILY_DUES, student=student_uid))

    def dues_of(self, amount: Money) -> tuple[OpenDue, ...]:
        """Return open dues of exactly an amount, newest first."""
        return tuple(_due_of(row) for row in self._all(DUES_OF, paise=amount.paise))

    def may_hold_money(self) -> bool:
        """Return whether anything may wait for a decision: any surplus or failed refund counts."""
        return bool(self._scalar(HELD))

    def has_open_refunds(self) -> bool:
        """Return whether a refund is not final."""
        return bool(self._scalar(OPEN_REFUND))

    def disputes(self) -> tuple[DisputeView, ...]:
        """Return disputes, newest first."""
        return tuple(_dispute_of(row) for row in self._all(DISPUTES))


def _due_of(row: Any) -> OpenDue:
    return OpenDue(
        due_uid=row.uid,
        student_name=row.name,
        roll_no=row.roll_no,
        course_label=row.course_label,
        amount=Money(row.amount_paise),
        has_seat=bool(row.has_seat),
    )


def _dispute_of(row: Any) -> DisputeView:
    respond_by = maybe_instant(row.respond_by)
    return DisputeView(
        uid=row.uid,
        dispute_id=row.dispute_id,
        payment_id=row.payment_id or "",
        student_name=row.name,
        amount=Money(row.amount_paise),
        status=row.status,
        respond_by=day_in_india(respond_by) if respond_by else None,
        noticed_at=read_instant(row.noticed_at),
    )
