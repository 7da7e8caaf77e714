"""What comes after a payment, as readers see it: a family's dues, errands, disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.ports.records import OutboxCommand
from desktop_app.services.views.outbox import ErrandView
from desktop_app.services.views.refunds import DisputeView
from desktop_app.services.views.unapplied import FamilyDue
from desktop_app.storage.mapping import instant, maybe_instant, read_instant

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.storage.read_connections import ReadConnection

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


def family_dues(reading: ReadConnection, student_uid: str) -> tuple[FamilyDue, ...]:
    """Open dues of a student and of those who share a phone, newest first."""
    return tuple(_due_of(row) for row in reading.execute(FAMILY_DUES, {"student": student_uid}))


def dues_of(reading: ReadConnection, amount: Money) -> tuple[FamilyDue, ...]:
    """Open dues of exactly an amount, newest first."""
    return tuple(_due_of(row) for row in reading.execute(DUES_OF, {"paise": amount.paise}))


def _due_of(row: Any) -> FamilyDue:
    return FamilyDue(
        due_uid=row.uid,
        student_name=row.name,
        roll_no=row.roll_no,
        course_label=row.course_label,
        amount=Money(row.amount_paise),
        has_seat=bool(row.has_seat),
    )


OPEN_ERRANDS = """
    SELECT * FROM errands WHERE state != 'done' AND state IN ('pending','sending')
    ORDER BY due_at, uid
"""
ERRANDS = """
    SELECT x.*, s.name, e.course_label, coalesce(f.amount_paise, a.amount_paise, y.amount_paise)
           AS paise
    FROM errands x
    LEFT JOIN attempts a ON a.uid = x.uid
    LEFT JOIN refunds f ON f.uid = x.uid
    LEFT JOIN payments p ON p.uid = f.payment_uid
    LEFT JOIN strays y ON y.uid = x.uid
    LEFT JOIN enrollments e ON e.uid = coalesce(a.enrollment_uid, p.enrollment_uid)
    LEFT JOIN students s ON s.uid = e.student_uid
    WHERE x.state != 'done' AND (x.state != 'dead' OR x.updated_at >= :since)
    ORDER BY x.created_at, x.uid
"""
DISPUTES = """
    SELECT d.*, p.payment_id, s.name FROM disputes d
    JOIN payments p ON p.uid = d.payment_uid JOIN students s ON s.uid = p.student_uid
    ORDER BY d.noticed_at DESC, d.uid
"""


def errand_of(row: Any) -> OutboxCommand:
    """An errand of a row."""
    return OutboxCommand(
        uid=row.uid,
        kind=CommandKind(row.kind),
        state=CommandState(row.state),
        remote_id=row.remote_id,
        key_id=row.key_id,
        tries=row.tries,
        due_at=read_instant(row.due_at),
        problem=row.problem,
        created_at=read_instant(row.created_at),
        touched_at=read_instant(row.updated_at),
    )


def open_errands(reading: ReadConnection) -> tuple[OutboxCommand, ...]:
    """Errands that are not over, those due first before others."""
    return tuple(errand_of(row) for row in reading.execute(OPEN_ERRANDS))


def errands(reading: ReadConnection, since: datetime) -> tuple[ErrandView, ...]:
    """Errands that are not done; of those refused for good, the ones since then."""
    return tuple(
        ErrandView(
            uid=row.uid,
            kind=CommandKind(row.kind),
            state=CommandState(row.state),
            about=" · ".join(part for part in (row.name, row.course_label) if part),
            amount=None if row.paise is None else Money(row.paise),
            since=read_instant(row.created_at),
            tries=row.tries,
            problem=row.problem,
        )
        for row in reading.execute(ERRANDS, {"since": instant(since)})
    )


def disputes(reading: ReadConnection) -> tuple[DisputeView, ...]:
    """Disputes that were noticed, newest first."""
    found = []
    for row in reading.execute(DISPUTES):
        respond_by = maybe_instant(row.respond_by)
        found.append(
            DisputeView(
                uid=row.uid,
                dispute_id=row.dispute_id,
                payment_id=row.payment_id or "",
                student_name=row.name,
                amount=Money(row.amount_paise),
                status=row.status,
                respond_by=day_in_india(respond_by) if respond_by else None,
                noticed_at=read_instant(row.noticed_at),
            )
        )
    return tuple(found)
