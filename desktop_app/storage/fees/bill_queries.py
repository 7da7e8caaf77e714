"""Queries of families at the counter, of bills, and of what is paid of their lines."""

from __future__ import annotations

import re
from typing import Any

from desktop_app.domain.bills import BillState, tender_state
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.tender import NEVER_CAME, Verification
from desktop_app.domain.text import clean_line
from desktop_app.services.views.bills import (
    BillSummary,
    BillView,
    Family,
    LineView,
    Member,
    TenderView,
)
from desktop_app.services.views.fees import wishes_of
from desktop_app.services.views.payments import IssuedReceipt
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.mapping import optional_instant, read_instant, record_of
from desktop_app.storage.payments.payment_totals import VERIFICATION
from desktop_app.storage.read_connections import Queries

PAID = """coalesce((
    SELECT sum(a.amount_paise) FROM allocations a LEFT JOIN payments p ON p.uid = a.payment_uid
    LEFT JOIN allocations o ON o.uid = coalesce(a.reverses_uid, a.uid)
    LEFT JOIN movements m ON m.uid = o.movement_uid
    JOIN bill_tenders t ON t.attempt_uid = coalesce(p.attempt_uid, m.source_uid)
    WHERE a.due_uid = l.due_uid AND t.bill_uid = l.bill_uid), 0)"""
"""The amount of a line that the tenders of its bill have paid: by money, or from credit."""
REST = f"""max(0, min(coalesce(l.amount_paise, b.balance_paise) - {PAID}, b.balance_paise))"""
HAS_LIVE = f"""EXISTS (SELECT 1 FROM bill_tenders t JOIN attempts a ON a.uid = t.attempt_uid
    WHERE t.bill_uid = h.uid AND {IS_LIVE})"""
_OUT_OF_TIME = """h.closed_at IS NULL AND h.state = 'part_paid'
    AND (h.hold_until <= :at OR h.hold_until > :latest)"""
"""Held until now, or for longer than any bill: then the clock was set back since."""
EXPIRED = f"""
    SELECT h.* FROM bills h WHERE {_OUT_OF_TIME} AND NOT {HAS_LIVE}
"""
WITHOUT_RECEIPT = f"""
    FROM bill_tenders t JOIN payments p ON p.attempt_uid = t.attempt_uid
    WHERE p.placement = '{Placement.APPLIED}'
    AND NOT EXISTS (SELECT 1 FROM receipt_lines x WHERE x.payment_uid = p.uid)
    AND {VERIFICATION} NOT IN ({", ".join(f"'{each}'" for each in sorted(NEVER_CAME))})
"""
"""Payments of tenders that pay dues, came, and are on no receipt."""
SITTINGS_OVER = f"""
    SELECT h.uid FROM bills h
    WHERE {_OUT_OF_TIME}
    AND EXISTS (SELECT 1 {WITHOUT_RECEIPT} AND t.bill_uid = h.uid)
    AND NOT EXISTS (SELECT 1 FROM bill_tenders t JOIN attempts a ON a.uid = t.attempt_uid
        WHERE t.bill_uid = h.uid AND {IS_LIVE}
        AND a.method NOT IN ('{Method.PAYMENT_LINK}', '{Method.CHEQUE}', '{Method.DRAFT}'))
"""
COVERED = """EXISTS (
    SELECT 1 FROM attempt_dues x JOIN instruments i ON i.attempt_uid = x.attempt_uid
    WHERE x.due_uid = l.due_uid AND x.is_live = 1)"""
"""Whether a cheque that is not credited yet covers a line."""
LINES = f"""
    SELECT l.*, s.name AS student_name, s.roll_no, b.balance_paise, {PAID} AS paid_paise,
           {REST} AS rest_paise, {COVERED} AS is_covered, d.label, c.code, c.title, c.batch,
           coalesce(b.state = 'paid', 0) AS is_settled,
           coalesce(b.state IN ('cancelled','written_off'), 0) AS is_ended,
           coalesce(b.state = 'written_off', 0) AS is_written_off
    FROM bill_lines l JOIN students s ON s.uid = l.student_uid
    LEFT JOIN dues d ON d.uid = l.due_uid LEFT JOIN due_balances b ON b.due_uid = l.due_uid
    LEFT JOIN courses c ON c.uid = l.course_uid
    WHERE l.bill_uid = :bill AND l.removed_at IS NULL ORDER BY l.sequence
"""
TENDERS = """
    SELECT t.attempt_uid, t.method, t.amount_paise, t.created_at, a.state, a.method AS channel,
           (SELECT p.uid FROM payments p WHERE p.attempt_uid = a.uid
            ORDER BY p.recorded_at LIMIT 1) AS payment_uid
    FROM bill_tenders t JOIN attempts a ON a.uid = t.attempt_uid
    WHERE t.bill_uid = :bill ORDER BY t.sequence
"""
PAYMENT = f"""
    SELECT payment_id, rrn, {VERIFICATION} AS verification, mode,
           EXISTS (SELECT 1 FROM receipt_lines x WHERE x.payment_uid = p.uid) AS has_receipt
    FROM payments p WHERE uid = :uid
"""
RECEIPTS = """
    SELECT DISTINCT r.uid, r.number, s.roll_no, r.amount_paise,
           EXISTS (SELECT 1 FROM receipt_prints y
                   WHERE y.receipt_uid = r.uid AND y.paper NOT LIKE 'pdf-%') AS is_printed
    FROM bill_tenders t
    JOIN payments p ON p.attempt_uid = t.attempt_uid JOIN receipt_lines x ON x.payment_uid = p.uid
    JOIN receipts r ON r.uid = x.receipt_uid JOIN students s ON s.uid = r.student_uid
    WHERE t.bill_uid = :bill ORDER BY r.series, r.year, r.sequence
"""
SUMMARY = f"""
    SELECT h.*, (SELECT count(*) FROM bill_lines l
                 WHERE l.bill_uid = h.uid AND l.removed_at IS NULL) AS lines,
           CASE WHEN h.state = 'draft' THEN h.total_paise ELSE coalesce((
               SELECT sum({REST}) FROM bill_lines l
               JOIN due_balances b ON b.due_uid = l.due_uid
               WHERE l.bill_uid = h.uid AND l.removed_at IS NULL), 0) END AS rest_paise
    FROM bills h
"""
HELD = f"""
    {SUMMARY} WHERE h.closed_at IS NULL ORDER BY h.created_at DESC
"""
OF_STUDENT_LEFT = f"""
    {SUMMARY} WHERE h.closed_at IS NULL AND h.state = 'part_paid' AND NOT {HAS_LIVE}
    AND EXISTS (SELECT 1 FROM bill_lines l WHERE l.bill_uid = h.uid AND l.removed_at IS NULL
                AND l.student_uid = :student)
    ORDER BY h.created_at DESC LIMIT 1
"""
BY_NUMBER = f"{SUMMARY} WHERE h.number = :number"
BY_PHONE = f"""
    {SUMMARY} WHERE h.number IS NOT NULL AND (:phone = '' OR h.payer_phone = :phone)
    ORDER BY h.created_at DESC LIMIT :limit
"""
BY_REFERENCE = f"""
    {SUMMARY} WHERE h.uid IN (
        SELECT t.bill_uid FROM payments p JOIN bill_tenders t ON t.attempt_uid = p.attempt_uid
        WHERE p.rrn = :text OR p.payment_id = :text)
    ORDER BY h.created_at DESC LIMIT :limit
"""
STUDENT = "SELECT uid, name, roll_no, family_uid, phone, guardian_name, guardian_phone "
OF_STUDENT = f"{STUDENT} FROM students WHERE uid = :uid"
OF_FAMILY = f"{STUDENT} FROM students WHERE family_uid = :family ORDER BY id"
_NUMBER = re.compile(r"(?:B-?\s*)?(\d{1,9})", re.IGNORECASE)
_PHONE_DIGITS = 10


class SqlBillQueries(Queries):
    """Queries of families and bills."""

    def get(self, uid: str) -> BillView | None:
        """Return a bill with its lines, tenders and receipts."""
        with self._connections.reading() as reading:
            row = reading.execute("SELECT * FROM bills WHERE uid = :bill", {"bill": uid}).first()
            if row is None:
                return None
            values = {"bill": uid}
            lines = reading.execute(LINES, values).all()
            tenders = []
            for each in reading.execute(TENDERS, values).all():
                found = {"uid": each.payment_uid}
                tenders.append(_tender_of(each, reading.execute(PAYMENT, found).first()))
            receipts = reading.execute(RECEIPTS, values).all()
        return record_of(
            BillView,
            row,
            state=BillState(row.state),
            lines=tuple(map(_line_of, lines)),
            tenders=tuple(tenders),
            receipts=tuple(record_of(IssuedReceipt, each) for each in receipts),
        )

    def held(self) -> tuple[BillSummary, ...]:
        """Return drafts and open bills, newest first."""
        return tuple(map(_summary_of, self._all(HELD)))

    def left_part_paid(self, student_uid: str) -> BillSummary | None:
        """Return the newest part-paid bill of a student that no payment is collected for."""
        row = self._first(OF_STUDENT_LEFT, student=student_uid)
        return None if row is None else _summary_of(row)

    def found(self, text: str, limit: int) -> tuple[BillSummary, ...]:
        """Return offered bills by number, UTR or the payer's phone, newest first; all for none."""
        typed = clean_line(text)
        number = _NUMBER.fullmatch(typed)
        if number is not None and len(number[1]) < _PHONE_DIGITS:
            return tuple(map(_summary_of, self._all(BY_NUMBER, number=int(number[1]))))
        if not typed or (typed.isdigit() and len(typed) == _PHONE_DIGITS):
            return tuple(map(_summary_of, self._all(BY_PHONE, phone=typed, limit=limit)))
        return tuple(map(_summary_of, self._all(BY_REFERENCE, text=typed, limit=limit)))

    def family(self, student_uid: str) -> Family | None:
        """Return the family of a student, or the student alone."""
        row = self._first(OF_STUDENT, uid=student_uid)
        if row is None:
            return None
        rows = [row] if row.family_uid is None else self._all(OF_FAMILY, family=row.family_uid)
        return Family(
            uid=row.family_uid,
            name=row.guardian_name or row.name,
            phone=row.guardian_phone or row.phone,
            members=tuple(Member(each.uid, each.name, each.roll_no) for each in rows),
        )


def _line_of(row: Any) -> LineView:
    is_due = row.due_uid is not None
    course = " · ".join(part for part in (row.title, row.batch) if part) if row.title else ""
    asked = row.balance_paise if row.amount_paise is None else row.amount_paise
    return LineView(
        student_uid=row.student_uid,
        student_name=row.student_name,
        roll_no=row.roll_no,
        label=row.label if is_due else course,
        due_uid=row.due_uid,
        course_uid=row.course_uid,
        plan_code=row.plan_code,
        amount=Money(asked or 0),
        paid=Money(row.paid_paise),
        rest=Money(row.rest_paise or 0) if is_due else ZERO,
        is_new=bool(row.is_new),
        is_part=row.amount_paise is not None,
        wishes=wishes_of(row.wishes),
        is_covered=bool(row.is_covered),
        is_ended=bool(row.is_ended),
        is_written_off=bool(row.is_written_off),
    )


def _tender_of(row: Any, payment: Any) -> TenderView:
    reference = "" if payment is None else payment.rrn or payment.payment_id or ""
    return TenderView(
        attempt_uid=row.attempt_uid,
        method=Method(row.channel),
        amount=Money(row.amount_paise),
        state=tender_state(AttemptState(row.state)),
        at=read_instant(row.created_at),
        reference=reference,
        verification=None if payment is None else Verification(payment.verification),
        mode=None if payment is None else MoneyMode(payment.mode),
        has_receipt=payment is not None and bool(payment.has_receipt),
    )


def _summary_of(row: Any) -> BillSummary:
    return BillSummary(
        uid=row.uid,
        number=row.number,
        state=BillState(row.state),
        payer_name=row.payer_name,
        total=Money(row.total_paise),
        rest=Money(row.rest_paise),
        lines=row.lines,
        at=read_instant(row.offered_at or row.created_at),
        hold_until=optional_instant(row.hold_until),
    )
