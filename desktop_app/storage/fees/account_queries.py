"""The account of a family: its open dues, its promises, and its statement.

The statement is what the books hold: dues as they were asked, their changes, what was allocated to
them and taken back, and credit. Its balance is that of the dues, less the credit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop_app.domain.ageing import Standing
from desktop_app.domain.defaulters import is_defaulter
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.tender import Verification
from desktop_app.services.views.dues import (
    FamilyAccount,
    LineKind,
    Member,
    PromiseRow,
    StatementLine,
    WrittenOffDue,
)
from desktop_app.storage.fees.due_rows import OPEN, rows_of
from desktop_app.storage.fees.families import FAMILY, principals_of
from desktop_app.storage.mapping import optional_instant, read_instant, record_of
from desktop_app.storage.payments.payment_totals import VERIFICATION

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.storage.read_connections import ReadConnection

HEAD = """
    SELECT s.uid, coalesce(nullif(s.guardian_name, ''), nullif(m.name, ''), '') AS family,
        coalesce(nullif(s.guardian_phone, ''), nullif(m.phone, ''), s.phone) AS phone
    FROM students s LEFT JOIN families m ON m.uid = s.family_uid WHERE s.uid = :student
"""
MEMBERS = f"SELECT uid, name, roll_no FROM students WHERE uid IN ({FAMILY}) ORDER BY id"
OPEN_DUES = f"""
    SELECT b.rowid FROM due_balances b WHERE b.student_uid IN ({FAMILY}) AND {OPEN}
    ORDER BY b.due_on, b.balance_paise DESC, b.rowid
"""
PROMISES = f"""
    SELECT r.* FROM promises r WHERE r.student_uid IN ({FAMILY})
    OR r.family_uid = (SELECT family_uid FROM students WHERE uid = :student)
    ORDER BY r.noted_at DESC
"""
CREDIT = f"""
    SELECT coalesce(sum(balance_paise), 0) FROM credit_balances WHERE student_uid IN ({FAMILY})
"""
CONTACTED = f"""
    SELECT max(noted_at) FROM (
        SELECT noted_at FROM contacts WHERE student_uid IN ({FAMILY})
        UNION ALL SELECT noted_at FROM promises WHERE student_uid IN ({FAMILY}))
"""
WRITTEN_OFF = f"""
    SELECT d.uid, s.name AS student_name, e.course_label, d.label, b.due_on,
        (SELECT -sum(c.delta_paise) FROM due_changes c
         WHERE c.due_uid = d.uid AND c.kind IN ('write_off','restore')) AS amount_paise
    FROM due_balances b JOIN dues d ON d.uid = b.due_uid
    JOIN enrollments e ON e.uid = d.enrollment_uid JOIN students s ON s.uid = b.student_uid
    WHERE b.student_uid IN ({FAMILY}) AND b.state = 'written_off'
    ORDER BY b.due_on, d.rowid
"""
_DUES = f"""
    dues d JOIN due_balances b ON b.due_uid = d.uid AND b.student_uid IN ({FAMILY})
    JOIN students s ON s.uid = b.student_uid JOIN enrollments e ON e.uid = d.enrollment_uid
"""
_ABOUT = """CASE WHEN instr(d.label, e.course_label) THEN d.label
    ELSE e.course_label || ' · ' || d.label END"""
"""The fee of a due: its label, with the course where that is not in it."""
LINES = f"""
    SELECT d.created_at AS at, 1 AS place, d.rowid AS number,
        CASE d.kind WHEN 'late_fee' THEN 'late_fee' ELSE 'asked' END AS kind,
        s.name AS student_name, {_ABOUT} AS about, '' AS reference, d.amount_paise AS paise,
        NULL AS verification, NULL AS mode
    FROM {_DUES}
    UNION ALL
    SELECT c.created_at, 2, c.rowid, c.kind, s.name, {_ABOUT} || ' · ' || c.reason, '',
        c.delta_paise, NULL, NULL
    FROM {_DUES} JOIN due_changes c ON c.due_uid = d.uid
    WHERE c.delta_paise != 0 AND NOT (c.kind = 'waive' AND d.kind = 'fee')
    UNION ALL
    SELECT a.created_at, 3, min(a.rowid), CASE WHEN sum(a.amount_paise) > 0 THEN 'paid'
            WHEN max(m.kind) = 'credit' THEN 'kept' ELSE 'taken_back' END,
        s.name, coalesce(max(p.method), 'credit'),
        coalesce((SELECT r.number FROM receipt_lines l JOIN receipts r ON r.uid = l.receipt_uid
                  WHERE l.payment_uid = a.payment_uid AND l.due_uid = a.due_uid
                  ORDER BY l.id LIMIT 1), ''),
        -sum(a.amount_paise), CASE WHEN p.uid IS NULL THEN NULL ELSE {VERIFICATION} END, p.mode
    FROM {_DUES} JOIN allocations a ON a.due_uid = d.uid
    LEFT JOIN movements m ON m.uid = a.movement_uid
    LEFT JOIN payments p ON p.uid = a.payment_uid
    GROUP BY a.movement_uid, a.payment_uid, b.student_uid
    UNION ALL
    SELECT k.created_at, 4, k.rowid, 'credit', s.name, k.reason, '', -k.amount_paise, NULL, NULL
    FROM credits k JOIN students s ON s.uid = k.student_uid WHERE k.student_uid IN ({FAMILY})
    ORDER BY 1, 2, 3
"""
"""An amount that adds to the balance is positive."""


def account_of(
    reading: ReadConnection, student_uid: str, as_of: date, days: int
) -> FamilyAccount | None:
    """Return the account of a student's family; None for an unknown student."""
    whose = {"student": student_uid}
    head = reading.execute(HEAD, whose).first()
    if head is None:
        return None
    promises = tuple(record_of(PromiseRow, row) for row in reading.execute(PROMISES, whose))
    promised = total(each.amount for each in promises if each.state is PromiseState.OPEN)
    dues = rows_of(reading, [row[0] for row in reading.execute(OPEN_DUES, whose)], as_of)
    principals = principals_of(reading.connection, student_uid)
    return FamilyAccount(
        student_uid=student_uid,
        family=head.family,
        phone=head.phone,
        members=tuple(record_of(Member, row) for row in reading.execute(MEMBERS, whose)),
        dues=dues,
        promises=promises,
        lines=_running(reading.execute(LINES, whose).all()),
        standing=sum((each.standing for each in dues), Standing()),
        credit=Money(reading.execute(CREDIT, whose).scalar() or 0),
        is_defaulter=is_defaulter(principals, promised, as_of, days),
        contacted_at=optional_instant(reading.execute(CONTACTED, whose).scalar()),
        written_off=tuple(
            record_of(WrittenOffDue, row) for row in reading.execute(WRITTEN_OFF, whose)
        ),
    )


def _running(rows: list[Any]) -> tuple[StatementLine, ...]:
    """Return lines with the balance after each."""
    balance, lines = ZERO, []
    for row in rows:
        amount = Money(row.paise)
        balance += amount
        line = StatementLine(
            read_instant(row.at),
            LineKind(row.kind),
            row.student_name,
            row.about,
            row.reference,
            amount,
            verification=Verification(row.verification) if row.verification else None,
            mode=MoneyMode(row.mode) if row.mode else None,
        )
        lines.append(replace(line, balance=balance))
    return tuple(lines)
