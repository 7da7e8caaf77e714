"""Invariants of dues, concessions, counter tenders and credit: queries and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money, total

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from .proof_desk import DeskServices

NOW = """coalesce((SELECT v.verification FROM verification_changes v
    WHERE v.payment_uid = p.uid ORDER BY v.rowid DESC LIMIT 1), p.verification)"""
"""How sure a payment is now."""
BACK = """(SELECT coalesce(sum(r.amount_paise), 0) FROM refunds r WHERE r.payment_uid = p.uid
    AND r.state IN ('pending','processed'))"""
FEE_INVARIANTS: Mapping[str, str] = {
    "a balance below zero": """
        SELECT 1 FROM due_balances WHERE balance_paise < 0 OR paid_paise < 0 OR asked_paise < 0""",
    "more of a due allocated than is asked now": """
        SELECT 1 FROM due_balances b JOIN allocations a ON a.due_uid = b.due_uid
        GROUP BY b.due_uid HAVING sum(a.amount_paise) > b.asked_paise""",
    "an allocation with a negative part": """
        SELECT 1 FROM allocations WHERE reverses_uid IS NULL AND min(
            amount_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise) < 0""",
    "an allocation that is not its parts": """
        SELECT 1 FROM allocations
        WHERE amount_paise != taxable_paise + cgst_paise + sgst_paise + igst_paise
        OR cgst_paise != sgst_paise""",
    "a due with a negative net of tax": """
        SELECT 1 FROM allocations GROUP BY due_uid HAVING min(sum(taxable_paise), sum(cgst_paise),
            sum(sgst_paise), sum(igst_paise)) < 0""",
    "tax of a paid due that is not that of its price": """
        SELECT 1 FROM due_balances b JOIN dues d ON d.uid = b.due_uid
        JOIN allocations a ON a.due_uid = d.uid WHERE d.state = 'paid' AND d.igst_paise = 0
        GROUP BY d.uid HAVING abs(sum(a.cgst_paise)
            - (2 * b.asked_paise * d.gst_bp + 2 * (10000 + d.gst_bp))
              / (4 * (10000 + d.gst_bp))) > 1""",
    "fees of the ledger that are not allocated": """
        SELECT 1 WHERE (SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries
            WHERE account = 'fees')
            + (SELECT coalesce(sum(amount_paise), 0) FROM allocations) != 0""",
    "credit that is not the ledger's": """
        SELECT 1 WHERE (SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries
            WHERE account = 'credit')
            + (SELECT coalesce(sum(balance_paise), 0) FROM credit_balances) != 0""",
    "a credit balance that is not its rows": """
        SELECT 1 FROM credit_balances b WHERE b.balance_paise != (
            SELECT coalesce(sum(c.amount_paise), 0) FROM credits c
            WHERE c.student_uid = b.student_uid) OR b.balance_paise < 0""",
    "typed money that is called verified": f"""
        SELECT 1 FROM payments p WHERE (p.payment_id IS NULL) = ({NOW} = 'verified')""",
    "a cheque that is called more than realised": f"""
        SELECT 1 FROM payments p WHERE p.method IN ('cheque','demand_draft')
        AND {NOW} NOT IN ('in_clearing','realised','bounced')""",
    "claimed money that is not on its account": f"""
        SELECT 1 WHERE (SELECT coalesce(sum(p.amount_paise - {BACK}), 0) FROM payments p
            WHERE {NOW} = 'claimed') != (SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries
            WHERE account IN ('claimed','card_machine'))""",
    "money in the bank that no bank showed": f"""
        SELECT 1 WHERE (SELECT coalesce(sum(p.amount_paise - {BACK}), 0) FROM payments p
            WHERE {NOW} IN ('matched','realised')) != (
            SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries WHERE account = 'bank')""",
    "cash that is not counted": f"""
        SELECT 1 WHERE (SELECT coalesce(sum(p.amount_paise - {BACK}), 0) FROM payments p
            WHERE {NOW} = 'counted') != (
            SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries WHERE account = 'cash')""",
    "a typed reference of two payments": """
        SELECT 1 FROM payments WHERE typed_key IS NOT NULL
        GROUP BY typed_key HAVING count(*) > 1""",
    "a cheque twice": """
        SELECT 1 FROM instruments WHERE state NOT IN ('returned','lost')
        GROUP BY bank_key, number, account_last4 HAVING count(*) > 1""",
    "a gap in the slips' numbers": """
        SELECT 1 FROM instruments GROUP BY substr(slip_no, 1, length(slip_no) - 6)
        HAVING max(CAST(substr(slip_no, -6) AS INTEGER)) != count(*)""",
    "a cheque that is gone and covers a due": """
        SELECT 1 FROM instruments i JOIN attempt_dues t ON t.attempt_uid = i.attempt_uid
        WHERE t.is_live = 1 AND i.state NOT IN ('in_hand','deposited')""",
    "a promo code used too often": """
        SELECT 1 FROM promo_codes c JOIN promo_holds h ON h.promo_uid = c.uid
        WHERE h.state IN ('held','used') AND c.max_uses IS NOT NULL
        AND EXISTS (SELECT 1 FROM dues d JOIN due_balances b ON b.due_uid = d.uid
            LEFT JOIN attempt_dues t ON t.due_uid = d.uid AND t.is_live = 1
            WHERE d.enrollment_uid = h.enrollment_uid
            AND (b.paid_paise > 0 OR t.due_uid IS NOT NULL))
        GROUP BY c.uid HAVING count(DISTINCT h.enrollment_uid) > c.max_uses""",
    "a concession that its dues do not show": """
        SELECT 1 FROM concession_dues x JOIN concessions c ON c.uid = x.concession_uid
        GROUP BY x.due_uid HAVING sum(x.amount_paise) != (
            SELECT -coalesce(sum(g.delta_paise), 0) FROM due_changes g
            WHERE g.due_uid = x.due_uid AND g.kind = 'concession')""",
    "an open due that nobody is asked for": """
        SELECT 1 FROM due_balances b JOIN dues d ON d.uid = b.due_uid
        JOIN enrollments e ON e.uid = d.enrollment_uid
        WHERE b.balance_paise > 0 AND (d.state NOT IN ('open') OR e.state = 'cancelled')""",
    "a paid bill with a rest": """
        SELECT 1 FROM bills h JOIN bill_lines l ON l.bill_uid = h.uid
        JOIN due_balances b ON b.due_uid = l.due_uid
        WHERE h.state = 'paid' AND h.closed_at = (SELECT max(closed_at) FROM bills)
        AND b.state = 'open' AND b.paid_paise = 0
        AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.due_uid = b.due_uid
                        AND a.reverses_uid IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM due_changes g WHERE g.due_uid = b.due_uid
                        AND g.kind = 'restore' AND g.created_at >= h.closed_at)""",
    "two live tenders of a bill": """
        SELECT 1 FROM bill_tenders t JOIN attempts a ON a.uid = t.attempt_uid
        WHERE a.state IN ('intent','unknown','ordered','awaiting')
        AND a.uid NOT IN (SELECT attempt_uid FROM instruments)
        GROUP BY t.bill_uid HAVING count(*) > 1""",
}


def check_statement(desk: DeskServices, raw: sqlite3.Connection, student_uid: str) -> None:
    """Check that a family's statement, its dues and the ledger say the same.

    Raises:
        AssertionError: they do not.
    """
    account = desk.desk.dues.account(student_uid)
    members = ", ".join(f"'{each.uid}'" for each in account.members)
    [(open_, credit)] = raw.execute(
        f"SELECT (SELECT coalesce(sum(balance_paise), 0) FROM due_balances "
        f"WHERE state = 'open' AND student_uid IN ({members})), "
        f"(SELECT coalesce(sum(balance_paise), 0) FROM credit_balances "
        f"WHERE student_uid IN ({members}))"
    ).fetchall()
    assert account.balance == Money(open_ - credit), "the statement differs from the ledger"
    assert account.credit == Money(credit), "the credit of the account differs from the ledger"
    assert total(each.amount for each in account.lines) == account.balance
    assert account.standing.balance == total(each.balance for each in account.dues)
