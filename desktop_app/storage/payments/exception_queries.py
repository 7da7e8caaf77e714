"""Queries of exceptions: unapplied money, the dues it may pay, open refunds, disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.capture import CaptureStep, newest_notes
from desktop_app.domain.money import Money
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, tender_of
from desktop_app.services.views.refunds import DisputeView
from desktop_app.services.views.unapplied import FamilyDue, ReturningPayment
from desktop_app.storage.enrolment.seats import seats_taken
from desktop_app.storage.mapping import instant, optional_instant, read_instant, record_of
from desktop_app.storage.payments.attempt_queries import AT_COUNTER, NAMES, joined_names
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from datetime import datetime

_OPEN_DUES = f"""
    SELECT d.uid AS due_uid, f.name AS student_name, f.roll_no, e.course_label,
           b.balance_paise AS amount_paise, e.state = 'active' OR c.seats IS NULL
           OR c.seats > {seats_taken("c.uid", besides="e.uid")} AS has_seat
    FROM family f
    JOIN enrollments e ON e.student_uid = f.uid AND e.state IN ('pending','active')
    JOIN courses c ON c.uid = e.course_uid
    JOIN dues d ON d.enrollment_uid = e.uid AND d.state = 'open'
    JOIN due_balances b ON b.due_uid = d.uid
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
"""
DUES_OF = f"""
    WITH family AS (SELECT * FROM students)
    {_OPEN_DUES} WHERE b.balance_paise = :paise ORDER BY e.created_at DESC LIMIT 50
"""
DISPUTES = """
    SELECT d.*, coalesce(p.payment_id, '') AS payment_id, s.name AS student_name FROM disputes d
    JOIN payments p ON p.uid = d.payment_uid JOIN students s ON s.uid = p.student_uid
    ORDER BY d.noticed_at DESC, d.uid
"""
HELD = """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM payments WHERE placement IN ('surplus','no_seat','misfit'))
    OR EXISTS (SELECT 1 FROM refunds WHERE state = 'failed')
    OR EXISTS (SELECT 1 FROM strays WHERE state = 'held')
"""
_CLAIMABLE = ", ".join(
    f"'{each.value}'"
    for each in COUNTER_TENDERS
    if tender_of(each).verification is Verification.CLAIMED
)
CLAIMS = f"SELECT 1 FROM payments WHERE method IN ({_CLAIMABLE}) LIMIT 1"
OPEN_REFUND = "SELECT 1 FROM refunds WHERE state IN ('intent','unknown','pending') LIMIT 1"


NOTED = f"""
    SELECT e.attempt_uid, e.note, e.at FROM attempts a
    JOIN attempt_events e ON e.attempt_uid = a.uid
    WHERE a.created_at >= :since AND a.method NOT IN ({AT_COUNTER})
    AND e.note GLOB '* pay_*' ORDER BY e.id
"""
RETURNING = """
    SELECT a.amount_paise FROM attempts a WHERE a.uid = :uid
    AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.payment_id = :payment_id)
"""


class SqlExceptionQueries(Queries):
    """Queries of what needs a decision or an answer."""

    def family_dues(self, student_uid: str) -> tuple[FamilyDue, ...]:
        """Return open dues of a student and of those who share a phone, newest first."""
        return tuple(map(_due_of, self._all(FAMILY_DUES, student=student_uid)))

    def dues_of(self, amount: Money) -> tuple[FamilyDue, ...]:
        """Return open dues of exactly an amount, newest first."""
        return tuple(map(_due_of, self._all(DUES_OF, paise=amount.paise)))

    def may_hold_money(self) -> bool:
        """Return whether anything may wait for a decision: any surplus or failed refund counts."""
        return bool(self._scalar(HELD))

    def has_claims(self) -> bool:
        """Return whether a payment was ever recorded on a person's word."""
        return bool(self._scalar(CLAIMS))

    def has_open_refunds(self) -> bool:
        """Return whether a refund is not final."""
        return bool(self._scalar(OPEN_REFUND))

    def returning(self, since: datetime) -> tuple[ReturningPayment, ...]:
        """Return payments left to return by themselves, of attempts made since then."""
        events = self._all(NOTED, since=instant(since))
        notes = newest_notes((row.attempt_uid, row.note, read_instant(row.at)) for row in events)
        found = []
        for note in notes.values():
            row = None
            if note.step is CaptureStep.LEFT:
                row = self._first(RETURNING, uid=note.attempt_uid, payment_id=note.payment_id)
            if row is not None:
                names = joined_names(self._all(NAMES, uid=note.attempt_uid))
                amount = Money(row.amount_paise)
                found.append(ReturningPayment(note.payment_id, *names, amount, note.at))
        return tuple(found)

    def disputes(self) -> tuple[DisputeView, ...]:
        """Return disputes, newest first."""
        return tuple(_dispute_of(row) for row in self._all(DISPUTES))


def _due_of(row: Any) -> FamilyDue:
    return record_of(FamilyDue, row, fits=False)


def _dispute_of(row: Any) -> DisputeView:
    respond_by = optional_instant(row.respond_by)
    day = day_in_india(respond_by) if respond_by else None
    return record_of(DisputeView, row, respond_by=day)
