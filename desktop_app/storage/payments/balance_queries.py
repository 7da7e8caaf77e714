"""Computes again what follows from other rows: balances of dues, flags, modes, sums of movements.

Triggers and postings keep them in the transaction of their cause; the doctor names what differs.
"""

from __future__ import annotations

from desktop_app.services.identity.book import KIND, TRAINING
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.read_connections import Queries

DUES = """
    SELECT d.uid FROM dues d LEFT JOIN due_balances b ON b.due_uid = d.uid
    LEFT JOIN (SELECT due_uid, sum(delta_paise) AS delta FROM due_changes GROUP BY due_uid) c
        ON c.due_uid = d.uid
    LEFT JOIN (SELECT due_uid, sum(amount_paise) AS paid FROM allocations GROUP BY due_uid) a
        ON a.due_uid = d.uid
    WHERE b.due_uid IS NULL OR b.state != d.state
    OR b.asked_paise != d.amount_paise + coalesce(c.delta, 0) OR b.paid_paise != coalesce(a.paid, 0)
    OR (d.state = 'paid') != (b.balance_paise = 0 AND d.state != 'cancelled')
"""
PAYMENTS = """
    SELECT p.uid FROM payments p
    LEFT JOIN (SELECT payment_uid, sum(amount_paise) AS paid FROM allocations GROUP BY payment_uid)
        a ON a.payment_uid = p.uid
    LEFT JOIN (SELECT payment_uid, -sum(amount_paise) AS fees FROM ledger_entries
               WHERE account = 'fees' GROUP BY payment_uid) l ON l.payment_uid = p.uid
    WHERE coalesce(a.paid, 0) != coalesce(l.fees, 0) OR coalesce(a.paid, 0) > p.amount_paise
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
RECEIPTS = """
    SELECT r.uid FROM receipts r LEFT JOIN (
        SELECT receipt_uid, sum(amount_paise) AS shown FROM receipt_lines GROUP BY receipt_uid
    ) l ON l.receipt_uid = r.uid WHERE coalesce(l.shown, -1) != r.amount_paise
"""
RECEIPT_MODES = """
    SELECT r.uid FROM payments p JOIN receipt_lines l ON l.payment_uid = p.uid
    JOIN receipts r ON r.uid = l.receipt_uid WHERE p.mode != 'live' AND r.mode != p.mode
"""
"""Receipts of money that is not live, and that do not say so."""
CHECKS = {
    "due": DUES,
    "payment": PAYMENTS,
    "movement": MOVEMENTS,
    "attempt": LIVE,
    "mode of payment": MODES,
    "receipt": RECEIPTS,
    "mode of receipt": RECEIPT_MODES,
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
