"""Evidence of counter tenders inside a transaction, and sums of cash: rows are only added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain.cash_credit import CreditCause, CreditStep, cash_in_credit
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, tender_of
from desktop_app.services.ports.tender_records import CashSums, EvidenceRecord, UsedReference
from desktop_app.storage.mapping import columns_of, instant, record_of
from desktop_app.storage.payments.credit_repository import MOVED, OPENING
from desktop_app.storage.payments.payment_totals import VERIFICATION
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.row_seals import known_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from desktop_app.domain.cash_credit import CashInCredit
    from desktop_app.domain.typed_references import TypedReference
    from desktop_app.services.ports.tender_records import VerificationChange

_CASH = ", ".join(f"'{each.value}'" for each in COUNTER_TENDERS if tender_of(each).is_cash)
_EVIDENCE = "SELECT * FROM payment_evidence WHERE payment_uid = :uid"
_VERIFICATION = f"SELECT {VERIFICATION} FROM payments p WHERE p.uid = :uid"
_USED = """
    SELECT p.uid AS payment_uid, p.received_at, s.name AS student_name,
        coalesce((SELECT r.number FROM receipt_lines l JOIN receipts r ON r.uid = l.receipt_uid
            WHERE l.payment_uid = p.uid ORDER BY l.id LIMIT 1), '') AS receipt_no
    FROM payments p JOIN students s ON s.uid = p.student_uid
    WHERE p.uid IN (
        SELECT uid FROM payments WHERE typed_key = :key
        UNION SELECT uid FROM payments WHERE rrn = :rrn
              AND (:is_own = 0 OR typed_key IS NULL OR typed_key NOT LIKE 'card:%')
        UNION SELECT payment_uid FROM verification_changes
              WHERE verification = 'claimed' AND reference = :text)
    ORDER BY p.recorded_at LIMIT 1
"""
"""RRNs of two card machines may be the same; any other must be nobody's."""
_STRAY = """
    SELECT uid AS payment_uid, received_at, phone_masked AS student_name, '' AS receipt_no
    FROM strays WHERE rrn = :rrn LIMIT 1
"""
_PAYERS = """
    SELECT value FROM json_each(:students)
    UNION SELECT s.uid FROM json_each(:students) j JOIN students o ON o.uid = j.value
          JOIN students s ON s.family_uid = o.family_uid
"""
_DAY = f"""
    SELECT sum(p.amount_paise) FROM payments p
    WHERE p.student_uid IN ({_PAYERS}) AND p.recorded_at >= :since AND +p.method IN ({_CASH})
"""
_ENROLLMENTS = f"""
    SELECT d.enrollment_uid, a.from_credit, sum(a.amount_paise) FROM json_each(:enrollments) e
    JOIN dues d ON d.enrollment_uid = e.value
    JOIN allocations a ON a.due_uid = d.uid
    LEFT JOIN payments p ON p.uid = a.payment_uid
    WHERE (p.method IN ({_CASH}) OR a.from_credit IS NOT NULL)
    AND (a.reverses_uid IS NULL OR EXISTS (
        SELECT 1 FROM credits c WHERE c.movement_uid = a.movement_uid AND c.amount_paise > 0))
    GROUP BY d.enrollment_uid, a.from_credit
"""
"""Refunded cash counts; cash that became credit counts where the credit is used."""
_CREDIT_STEPS = f"""
    WITH RECURSIVE who(uid) AS (
        SELECT value FROM json_each(:students)
        UNION SELECT c.student_uid FROM json_each(:uses) u JOIN credits c ON c.uid = u.value
        UNION SELECT o.student_uid FROM who w JOIN credits c ON c.student_uid = w.uid
              JOIN credits o ON o.movement_uid = c.movement_uid)
    SELECT c.uid, c.student_uid, c.movement_uid, c.amount_paise,
        CASE WHEN p.method IN ({_CASH}) THEN 'cash' WHEN c.payment_uid IS NOT NULL THEN 'other'
             WHEN c.reason = '{MOVED}' THEN 'moved' WHEN c.amount_paise < 0 THEN 'used'
             WHEN c.reason LIKE '{OPENING}%' THEN 'other' ELSE 'back' END AS cause
    FROM who w JOIN credits c ON c.student_uid = w.uid LEFT JOIN payments p ON p.uid = c.payment_uid
    ORDER BY c.rowid
"""
_DEPOSITS = f"""
    SELECT sum(b.paid_paise) FROM due_balances b JOIN dues d ON d.uid = b.due_uid
    WHERE b.student_uid IN ({_PAYERS}) AND +d.kind = 'deposit'
"""


class SqlTenderRepository(SqlRepository):
    """Evidence, how sure money is, and cash, in one transaction."""

    def add_evidence(self, evidence: EvidenceRecord) -> None:
        """Add what was typed about a payment."""
        values = columns_of(evidence)
        names, row = tuple(values), tuple(values.values())
        self._cursor.execute(known_columns("payment_evidence", names).insert, row)
        self._seals.add("payment_evidence", evidence.payment_uid)

    def evidence(self, payment_uid: str) -> EvidenceRecord | None:
        """Return what was typed about a payment."""
        row = self._first(_EVIDENCE, uid=payment_uid)
        return None if row is None else record_of(EvidenceRecord, row)

    def change(self, change: VerificationChange) -> None:
        """Add a change of how sure a payment is."""
        self._seals.add("verification_changes", change.payment_uid)
        self._add("verification_changes", columns_of(change))

    def verification(self, payment_uid: str) -> Verification:
        """Return how sure a payment is now. Raises KeyError."""
        found = self._scalar(_VERIFICATION, uid=payment_uid)
        if found is None:
            raise KeyError(payment_uid)
        return Verification(found)

    def used(self, reference: TypedReference) -> UsedReference | None:
        """Return the payment of any method that has a reference already, now or before."""
        values = {"key": reference.key, "rrn": reference.rrn or reference.text}
        is_own = int(reference.key.startswith("card:"))
        row = self._first(_USED, text=reference.text, is_own=is_own, **values)
        row = row or self._first(_STRAY, rrn=values["rrn"])
        return None if row is None else record_of(UsedReference, row)

    def cash(
        self,
        students: Collection[str],
        enrollments: Collection[str],
        since: datetime,
        *,
        has_deposits: bool,
    ) -> CashSums:
        """Return the cash taken before of the families of students, and for enrolments."""
        of = json.dumps(list(students))
        day = self._scalar(_DAY, students=of, since=instant(since))
        deposits = self._scalar(_DEPOSITS, students=of) if has_deposits else 0
        return CashSums(
            Money(int(day or 0)), self._cash_of_enrollments(enrollments), Money(int(deposits or 0))
        )

    def _cash_of_enrollments(self, enrollments: Collection[str]) -> dict[str, Money]:
        found = self._all(_ENROLLMENTS, enrollments=json.dumps(list(enrollments)))
        uses = [credit for _, credit, _ in found if credit is not None]
        in_use = self._cash_in_credit((), uses).used if uses else {}
        sums: dict[str, Money] = {}
        for uid, credit, paise in found:
            amount = Money(int(paise))
            part = amount if credit is None else min(amount, in_use[credit])
            sums[uid] = sums.get(uid, ZERO) + part
        return sums

    def cash_in_credit(self, students: Collection[str]) -> Mapping[str, Money]:
        """Return how much cash is in the credit of students, by uid."""
        return self._cash_in_credit(students, ()).left

    def _cash_in_credit(self, students: Collection[str], uses: Collection[str]) -> CashInCredit:
        rows = self._all(
            _CREDIT_STEPS, students=json.dumps(list(students)), uses=json.dumps(list(uses))
        )
        return cash_in_credit(
            CreditStep(uid, student, movement, Money(paise), CreditCause(cause))
            for uid, student, movement, paise, cause in rows
        )
