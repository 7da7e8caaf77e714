"""Computes again what follows from other rows: balances of dues, flags, modes, families, sums.

Triggers and postings keep them in the transaction of their cause; the doctor names what differs.
"""

from __future__ import annotations

from typing import Any

from desktop_app.domain.ledger import Account
from desktop_app.domain.money import Money
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, tender_of
from desktop_app.services.identity.book import KIND, LEFT, TRAINING
from desktop_app.services.views.maintenance import TestFees, UnlistedMoney
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.payments.ledger_repository import OVERDRAWN
from desktop_app.storage.payments.payment_queries import HELD
from desktop_app.storage.read_connections import Queries

_COUNTED = ", ".join(
    f"'{each.value}'"
    for each in COUNTER_TENDERS
    if tender_of(each).verification is Verification.COUNTED
)
_HELD_IN = ", ".join(
    f"'{each.value}'"
    for each in (
        Account.CASH, Account.GATEWAY, Account.FOREIGN_GATEWAY, Account.BANK, Account.CHEQUES,
        Account.CARD_MACHINE, Account.CLAIMED,
    )
)  # fmt: skip
"""The accounts in which money of payments is."""
DUES = """
    SELECT d.uid FROM dues d JOIN enrollments e ON e.uid = d.enrollment_uid
    LEFT JOIN due_balances b ON b.due_uid = d.uid
    LEFT JOIN (SELECT due_uid, sum(delta_paise) FILTER (WHERE kind != 'waive') AS delta,
                   sum(delta_paise) FILTER (WHERE kind = 'waive') AS waived
               FROM due_changes GROUP BY due_uid) c ON c.due_uid = d.uid
    LEFT JOIN (SELECT due_uid, sum(amount_paise) AS paid FROM allocations GROUP BY due_uid) a
        ON a.due_uid = d.uid
    WHERE b.due_uid IS NULL OR b.state != d.state
    OR b.student_uid != e.student_uid OR b.course_uid != e.course_uid
    OR b.due_on != coalesce(
        (SELECT m.new_due_on FROM due_changes m WHERE m.due_uid = d.uid
         AND m.new_due_on IS NOT NULL ORDER BY m.rowid DESC LIMIT 1),
        d.due_on, date(d.created_at, '+330 minutes'))
    OR b.asked_paise != d.amount_paise + coalesce(c.delta, 0)
        + CASE WHEN d.kind = 'fee' THEN 0 ELSE coalesce(c.waived, 0) END
    OR b.paid_paise != coalesce(a.paid, 0)
    OR b.balance_paise != b.asked_paise - b.paid_paise
    OR d.state = 'paid' AND b.balance_paise != 0
    OR d.state = 'open' AND b.balance_paise = 0 AND b.asked_paise > 0
"""
PAYMENTS = f"""
    SELECT p.uid FROM payments p
    LEFT JOIN (SELECT payment_uid, sum(amount_paise) AS paid FROM allocations GROUP BY payment_uid)
        a ON a.payment_uid = p.uid
    LEFT JOIN (SELECT payment_uid, sum((account = 'fees') * -amount_paise) AS fees,
                   sum((account = 'credit') * -amount_paise) AS on_credit,
                   sum((account IN ({_HELD_IN})) * amount_paise) AS here
               FROM ledger_entries GROUP BY payment_uid) l ON l.payment_uid = p.uid
    LEFT JOIN (SELECT payment_uid, sum(amount_paise) AS back FROM refunds
               WHERE state IN ('pending', 'processed') GROUP BY payment_uid)
        f ON f.payment_uid = p.uid
    LEFT JOIN (SELECT payment_uid, sum(deducted_paise) AS taken FROM disputes GROUP BY payment_uid)
        x ON x.payment_uid = p.uid
    LEFT JOIN (SELECT payment_uid, sum(amount_paise) AS brought FROM credits GROUP BY payment_uid)
        c ON c.payment_uid = p.uid
    LEFT JOIN (SELECT DISTINCT payment_uid FROM verification_changes
               WHERE verification IN ('reversed', 'bounced')) v ON v.payment_uid = p.uid
    WHERE coalesce(a.paid, 0) != coalesce(l.fees, 0) OR coalesce(a.paid, 0) > p.amount_paise
    OR coalesce(c.brought, 0) != coalesce(l.on_credit, 0)
    OR coalesce(l.here, 0) != CASE WHEN v.payment_uid IS NOT NULL THEN 0
        ELSE p.amount_paise - coalesce(f.back, 0) - coalesce(x.taken, 0) END
"""
CONCESSIONS = """
    SELECT d.uid FROM dues d
    LEFT JOIN (SELECT due_uid, sum(amount_paise) AS off FROM concession_dues GROUP BY due_uid) o
        ON o.due_uid = d.uid
    LEFT JOIN (SELECT due_uid, -sum(delta_paise) AS off FROM due_changes
               WHERE kind = 'concession' GROUP BY due_uid) c ON c.due_uid = d.uid
    WHERE coalesce(o.off, 0) != coalesce(c.off, 0)
    UNION ALL SELECT p.uid FROM promo_codes p WHERE p.max_uses < (
        SELECT count(*) FROM promo_holds h WHERE h.promo_uid = p.uid AND h.state != 'freed')
"""
CREDITS = """
    SELECT b.student_uid FROM credit_balances b WHERE b.balance_paise != (
        SELECT coalesce(sum(c.amount_paise), 0) FROM credits c WHERE c.student_uid = b.student_uid)
    UNION SELECT student_uid FROM credits
    WHERE student_uid NOT IN (SELECT student_uid FROM credit_balances)
"""
CREDIT_MOVEMENTS = """
    SELECT m.uid FROM movements m
    LEFT JOIN (SELECT movement_uid, sum(amount_paise) AS paise FROM credits GROUP BY movement_uid)
        c ON c.movement_uid = m.uid
    LEFT JOIN (SELECT movement_uid, sum(amount_paise) AS paise FROM ledger_entries
               WHERE account = 'credit' GROUP BY movement_uid) l ON l.movement_uid = m.uid
    WHERE coalesce(c.paise, 0) != -coalesce(l.paise, 0)
"""
CHEQUES = """
    SELECT i.uid FROM instruments i JOIN attempts a ON a.uid = i.attempt_uid
    WHERE a.state = 'awaiting' AND i.state NOT IN ('in_hand', 'deposited')
    OR a.state = 'paid' AND i.payment_uid IS NULL AND NOT EXISTS (
        SELECT 1 FROM payments p JOIN verification_changes v ON v.payment_uid = p.uid
        WHERE p.attempt_uid = a.uid AND v.verification = 'bounced')
"""
MOVEMENTS = """
    SELECT movement_uid FROM ledger_entries GROUP BY movement_uid HAVING sum(amount_paise) != 0
"""
LIVE = f"""
    SELECT a.uid FROM attempt_dues t JOIN attempts a ON a.uid = t.attempt_uid
    WHERE t.is_live != ({IS_LIVE})
"""
MODES = f"""
    SELECT p.uid FROM payments p JOIN attempts a ON a.uid = p.attempt_uid
    WHERE p.mode != CASE
        WHEN EXISTS (SELECT 1 FROM settings WHERE key = '{KIND}' AND value = '{TRAINING}')
        THEN 'training'
        WHEN a.key_id = '' OR substr(a.key_id, 1, 8) = 'rzp_live' THEN 'live' ELSE 'test' END
"""
VERIFICATIONS = f"""
    SELECT uid FROM payments WHERE verification IN ('verified', 'counted')
    AND (verification = 'counted') != (method IN ({_COUNTED}))
"""
RECEIPT_MODES = """
    SELECT DISTINCT r.uid FROM receipts r JOIN receipt_lines l ON l.receipt_uid = r.uid
    JOIN payments p ON p.uid = l.payment_uid WHERE r.mode != p.mode
"""
FAMILIES = """
    SELECT s.uid FROM students s
    LEFT JOIN families f ON f.phone = s.guardian_phone AND s.guardian_phone != ''
    WHERE s.family_uid IS NOT f.uid
"""
RECEIPTS = """
    SELECT r.uid FROM receipts r LEFT JOIN (
        SELECT receipt_uid, sum(amount_paise) AS shown FROM receipt_lines GROUP BY receipt_uid
    ) l ON l.receipt_uid = r.uid WHERE coalesce(l.shown, -1) != r.amount_paise
"""
_HIDDEN = f"""
    SELECT p.uid, -sum(l.amount_paise) - (
            SELECT coalesce(sum(f.amount_paise), 0) FROM refunds f
            WHERE f.payment_uid = p.uid AND f.state IN ('intent', 'unknown'))
        - (SELECT coalesce(sum(x.deducted_paise), 0) FROM disputes x WHERE x.payment_uid = p.uid)
        AS paise
    FROM ledger_entries l INDEXED BY ix_ledger_entries_to_return
    JOIN payments p ON p.uid = l.payment_uid
    WHERE l.account IN ('to_return','foreign_to_return') AND p.rowid NOT IN ({HELD})
    AND NOT EXISTS (SELECT 1 FROM late_decisions k
                    WHERE k.payment_uid = p.uid AND k.decision = '{LEFT}')
    GROUP BY p.uid HAVING sum(l.amount_paise) < 0 AND paise > 0
"""
"""Payments of which something is owed to the payer that the inbox does not show."""
UNLISTED = f"""
    SELECT coalesce(p.payment_id, p.uid) AS payment, s.name, s.roll_no, g.paise,
           g.is_overdrawn
    FROM (SELECT uid, paise, 1 AS is_overdrawn FROM ({OVERDRAWN})
          UNION ALL SELECT uid, paise, 0 FROM ({_HIDDEN})) g
    JOIN payments p ON p.uid = g.uid JOIN students s ON s.uid = p.student_uid
    ORDER BY p.recorded_at, p.rowid
"""
TEST_FEES = """
    SELECT count(*) AS payments, coalesce(sum(paise), 0) AS paise FROM (
        SELECT sum(a.amount_paise) AS paise FROM payments p
        JOIN allocations a ON a.payment_uid = p.uid
        WHERE p.mode = 'test' GROUP BY p.uid HAVING paise > 0)
"""
CHECKS = {
    "due": DUES,
    "payment": PAYMENTS,
    "movement": MOVEMENTS,
    "credit of student": CREDITS,
    "credit of movement": CREDIT_MOVEMENTS,
    "cheque": CHEQUES,
    "attempt": LIVE,
    "mode of payment": MODES,
    "verification of payment": VERIFICATIONS,
    "receipt": RECEIPTS,
    "mode of receipt": RECEIPT_MODES,
    "family of student": FAMILIES,
    "concession": CONCESSIONS,
}
"""By the kind of row, the query of the uids that differ."""


class SqlBalanceQueries(Queries):
    """Recomputation of what follows from other rows."""

    def differences(self) -> tuple[str, ...]:
        """Return kind and uid of every row that is not what others make it."""
        with self._connections.reading() as reading:
            return tuple(
                f"{kind} {row[0]}" for kind, sql in CHECKS.items() for row in reading.execute(sql)
            )

    def unlisted(self) -> tuple[UnlistedMoney, ...]:
        """Return money of payments that the books owe or are owed, and no list shows."""
        return tuple(map(_unlisted_of, self._all(UNLISTED)))

    def of_test_keys(self) -> TestFees:
        """Return the payments made with test keys that pay fees, and how much they pay."""
        [row] = self._all(TEST_FEES)
        return TestFees(row.payments, Money(row.paise))


def _unlisted_of(row: Any) -> UnlistedMoney:
    return UnlistedMoney(
        row.payment, row.name, row.roll_no, Money(row.paise), is_overdrawn=bool(row.is_overdrawn)
    )
