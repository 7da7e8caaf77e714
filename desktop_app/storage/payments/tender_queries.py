"""Queries of cheques, deposit slips, claimed money and credit."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.instruments import (
    CRIMINAL,
    InstrumentState,
    notice_by,
    stale_from,
)
from desktop_app.domain.money import Money
from desktop_app.domain.tender import InstrumentKind, Verification
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, tender_of
from desktop_app.domain.text import clean_line
from desktop_app.domain.words import amount_in_words
from desktop_app.services.views.tenders import ChequeRow, ClaimedPayment, DepositSlipView
from desktop_app.storage.mapping import record_of
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
