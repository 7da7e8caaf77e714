"""Queries of cheques, deposit slips, claimed money and credit."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.fees import QuoteLine
from desktop_app.domain.instruments import (
    CRIMINAL,
    InstrumentState,
    notice_by,
    stale_from,
)
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.tender import InstrumentKind, Verification
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, tender_of
from desktop_app.domain.text import clean_line
from desktop_app.domain.words import amount_in_words
from desktop_app.services.identity.book import KIND, TRAINING
from desktop_app.services.posting.receipt_content import ON_CREDIT, ON_CREDIT_HI
from desktop_app.services.views.centre import CentreView
from desktop_app.services.views.receipts import ChequeFacts, ReceiptView
from desktop_app.services.views.tenders import ChequeRow, ClaimedPayment, DepositSlipView
from desktop_app.storage.mapping import read_instant, record_of
from desktop_app.storage.payments.credit_repository import BALANCE
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Collection

_CLAIMABLE = ", ".join(
    f"'{each.value}'"
    for each in COUNTER_TENDERS
    if tender_of(each).verification is Verification.CLAIMED
)
_CHEQUE = """
    SELECT i.*, s.name AS student_name, s.roll_no,
        coalesce((SELECT group_concat(label, ', ') FROM (
            SELECT e.course_label AS label FROM attempt_dues t JOIN dues d ON d.uid = t.due_uid
            JOIN enrollments e ON e.uid = d.enrollment_uid WHERE t.attempt_uid = i.attempt_uid
            GROUP BY label ORDER BY min(t.rowid))), '') AS course_labels,
        (SELECT v.reason FROM instrument_events v WHERE v.instrument_uid = i.uid
         ORDER BY v.sequence DESC LIMIT 1) AS reason,
        (SELECT v.on_day FROM instrument_events v WHERE v.instrument_uid = i.uid
         ORDER BY v.sequence DESC LIMIT 1) AS on_day,
        (SELECT count(*) FROM instrument_events v WHERE v.instrument_uid = i.uid
         AND v.state = 'bounced') AS bounces,
        z.number AS slip_number, r.number AS receipt_no, r.uid AS receipt_uid
    FROM instruments i JOIN students s ON s.uid = i.student_uid
    LEFT JOIN deposit_slips z ON z.uid = i.deposit_slip_uid
    LEFT JOIN receipts r ON r.uid = (SELECT l.receipt_uid FROM receipt_lines l
        WHERE l.payment_uid = i.payment_uid ORDER BY l.id LIMIT 1)
"""
_ACKNOWLEDGED = f"""
    SELECT i.*, s.name, s.roll_no, s.guardian_name, a.method, CASE WHEN EXISTS (
        SELECT 1 FROM settings WHERE key = '{KIND}' AND value = '{TRAINING}')
        THEN 'training' ELSE 'live' END AS mode
    FROM instruments i JOIN students s ON s.uid = i.student_uid
    JOIN attempts a ON a.uid = i.attempt_uid WHERE i.uid = :uid OR i.attempt_uid = :uid
"""
_COVERED = """
    SELECT e.course_label, t.amount_paise FROM attempt_dues t JOIN dues d ON d.uid = t.due_uid
    JOIN enrollments e ON e.uid = d.enrollment_uid WHERE t.attempt_uid = :uid ORDER BY t.rowid
"""
_IN_STATES = f"""
    {_CHEQUE} WHERE i.state IN (SELECT value FROM json_each(:states))
    AND (:text = '' OR s.name LIKE :like OR s.roll_no = :text COLLATE NOCASE
        OR i.number = :text OR i.bank LIKE :like OR i.slip_no LIKE :like)
    ORDER BY i.dated_on, i.created_at LIMIT 500
"""
_ONE = f"""
    {_CHEQUE} WHERE i.uid = :reference OR i.attempt_uid = :reference
    OR i.slip_no = :reference COLLATE NOCASE OR i.number = :reference
    ORDER BY i.number = :reference LIMIT 2
"""
_OF_SLIP = f"{_CHEQUE} WHERE i.deposit_slip_uid = :uid ORDER BY i.dated_on, i.created_at"
_SLIP = "SELECT * FROM deposit_slips WHERE uid = :uid"
_CLAIMED = f"""
    SELECT p.uid, p.amount_paise, p.method, p.recorded_at, s.name AS student_name, s.roll_no,
        coalesce((SELECT group_concat(label, ', ') FROM (
            SELECT e.course_label AS label FROM allocations a JOIN dues d ON d.uid = a.due_uid
            JOIN enrollments e ON e.uid = d.enrollment_uid WHERE a.payment_uid = p.uid
            GROUP BY label ORDER BY min(a.rowid))), '') AS course_label,
        coalesce((SELECT v.reference FROM verification_changes v WHERE v.payment_uid = p.uid
            ORDER BY v.rowid DESC LIMIT 1), x.reference, '') AS reference,
        coalesce(x.payer, '') AS payer, x.dated_on, r.number AS receipt_no, r.uid AS receipt_uid
    FROM payments p JOIN students s ON s.uid = p.student_uid
    LEFT JOIN payment_evidence x ON x.payment_uid = p.uid
    LEFT JOIN receipts r ON r.uid = (SELECT l.receipt_uid FROM receipt_lines l
        WHERE l.payment_uid = p.uid ORDER BY l.id LIMIT 1)
    WHERE p.method IN ({_CLAIMABLE}) AND NOT EXISTS (SELECT 1 FROM verification_changes v
        WHERE v.payment_uid = p.uid AND v.verification != 'claimed')
    ORDER BY p.recorded_at
"""
_ONE_FAMILY = """
    SELECT 1 FROM students a JOIN students b ON b.family_uid = a.family_uid
    WHERE a.uid = :one AND b.uid = :other
"""
_TWIN = """
    SELECT p.payment_id FROM payments p WHERE p.rrn = :rrn AND p.payment_id IS NOT NULL
    UNION SELECT payment_id FROM strays WHERE rrn = :rrn LIMIT 1
"""


class SqlTenderQueries(Queries):
    """Queries of cheques and of money that is only claimed."""

    def cheques(
        self, states: Collection[InstrumentState], today: date, text: str = ""
    ) -> tuple[ChequeRow, ...]:
        """Return cheques and drafts in some states by their date."""
        wanted = clean_line(text)
        names = json.dumps([each.value for each in states])
        rows = self._all(_IN_STATES, states=names, text=wanted, like=f"%{wanted}%")
        return tuple(_cheque_of(row, today) for row in rows)

    def cheque(self, reference: str, today: date) -> ChequeRow | None:
        """Return one by its uid, attempt or acknowledgement's number, or its own if unique."""
        rows = self._all(_ONE, reference=clean_line(reference))
        is_clear = len(rows) == 1 or (rows and rows[0].number != reference)
        return _cheque_of(rows[0], today) if is_clear else None

    def slip(self, uid: str, today: date) -> DepositSlipView | None:
        """Return a deposit slip with its cheques."""
        row = self._first(_SLIP, uid=uid)
        if row is None:
            return None
        cheques = tuple(_cheque_of(each, today) for each in self._all(_OF_SLIP, uid=uid))
        words = amount_in_words(Money(row.total_paise))
        return record_of(DepositSlipView, row, words=words, cheques=cheques)

    def acknowledgement(self, uid: str) -> ReceiptView | None:
        """Return the acknowledgement of a cheque by its uid, without the centre."""
        row = self._first(_ACKNOWLEDGED, uid=uid)
        if row is None:
            return None
        lines = [
            QuoteLine(each.course_label, Money(each.amount_paise))
            for each in self._all(_COVERED, uid=row.attempt_uid)
        ]
        amount = Money(row.amount_paise)
        rest = amount - total(line.amount for line in lines)
        if rest > ZERO:
            lines.append(QuoteLine(ON_CREDIT, rest, ON_CREDIT_HI))
        labels = ", ".join(dict.fromkeys(line.label for line in lines))
        return ReceiptView(
            uid=row.uid, number=row.slip_no, issued_at=read_instant(row.created_at),
            centre=CentreView(), desk_id=row.desk_id, student_name=row.name, roll_no=row.roll_no,
            guardian_name=row.guardian_name, student_state="", course_code="",
            course_label=labels, sac="", lines=tuple(lines), amount=amount,
            words=amount_in_words(amount), gst_rate="", method=Method(row.method),
            payment_id=None, order_id=None, rrn=None, is_training=row.mode == MoneyMode.TRAINING,
            placement=Placement.APPLIED,
            cheque=ChequeFacts(row.number, row.bank, date.fromisoformat(row.dated_on), row.drawer),
        )  # fmt: skip

    def claimed(self) -> tuple[ClaimedPayment, ...]:
        """Return payments that the bank has not shown yet, oldest first."""
        return tuple(
            record_of(
                ClaimedPayment, row, days=0, is_late=False,
                twin=self._scalar(_TWIN, rrn=row.reference) if row.reference else None,
            )
            for row in self._all(_CLAIMED)
        )  # fmt: skip

    def is_one_family(self, one: str, other: str) -> bool:
        """Return whether two students are of one family."""
        return bool(self._scalar(_ONE_FAMILY, one=one, other=other))

    def credit_of(self, student_uid: str) -> Money:
        """Return the credit of a student."""
        return Money(int(self._scalar(BALANCE, uid=student_uid) or 0))


def _cheque_of(row: Any, today: date) -> ChequeRow:
    state, dated = InstrumentState(row.state), date.fromisoformat(row.dated_on)
    on_day = date.fromisoformat(row.on_day)
    is_bounced = state is InstrumentState.BOUNCED
    is_held = state is InstrumentState.IN_HAND and dated > today
    is_criminal = is_bounced and row.reason in {each.value for each in CRIMINAL}
    return record_of(
        ChequeRow, row, kind=InstrumentKind(row.kind), state=state, on_day=on_day,
        stale_from=stale_from(dated), is_held=is_held, is_criminal=is_criminal,
        notice_by=notice_by(on_day) if is_bounced else None, receipt_no=row.receipt_no or "",
    )  # fmt: skip
