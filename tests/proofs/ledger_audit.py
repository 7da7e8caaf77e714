"""Audits a desk's database, and compares it with what the gateway captured.

Judges rows only; does not know how they were written.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.storage.store import DATABASE

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Captured = dict[str, tuple[int, int]]
"""By payment id: the paise captured, and the paise refunded of them."""

REFUNDED = """
    (SELECT coalesce(sum(r.amount_paise), 0) FROM refunds r WHERE r.payment_uid = p.uid
     AND r.state NOT IN ('failed','rejected'))
"""
RETURNED = """
    (SELECT coalesce(sum(r.amount_paise), 0) FROM refunds r WHERE r.payment_uid = p.uid
     AND r.state IN ('pending','processed'))
"""
"""Paise that the gateway has accepted to refund; a refund only requested may keep its seat."""

NOT_ALLOCATED = """p.amount_paise - (SELECT coalesce(sum(a.amount_paise), 0)
    FROM allocations a WHERE a.payment_uid = p.uid)"""
"""Paise of a payment that pay no due."""

BOOKED_SQL = (
    f"SELECT payment_id, amount_paise, {REFUNDED} FROM payments p WHERE payment_id IS NOT NULL"
)
GATEWAY_BALANCE_SQL = (
    "SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries "
    "WHERE account IN ('gateway','foreign_gateway')"
)
REFUNDS_SQL = """
    SELECT r.refund_id, p.payment_id, r.amount_paise, r.state
    FROM refunds r JOIN payments p ON p.uid = r.payment_uid WHERE r.refund_id IS NOT NULL
"""
"""Each refund as the gateway knows it, in the form of `gateway_facts.refund_entities`."""

HALF_WRITTEN: Mapping[str, str] = {
    "a payment without ledger": """
        SELECT 1 FROM payments p WHERE NOT EXISTS (SELECT 1 FROM ledger_entries l
        WHERE l.payment_uid = p.uid AND l.account IN ('gateway','foreign_gateway','cash','bank',
            'cheques','card_machine','claimed')
        AND l.amount_paise = p.amount_paise)""",
    "a movement that does not sum to zero": """
        SELECT 1 FROM ledger_entries GROUP BY movement_uid HAVING sum(amount_paise) != 0""",
    "a payment that its receipts do not show": """
        SELECT 1 FROM payments p
        WHERE placement NOT IN ('returned','misfit') AND p.amount_paise != (
        SELECT coalesce(sum(l.amount_paise), 0) FROM receipt_lines l
        JOIN receipts r ON r.uid = l.receipt_uid WHERE l.payment_uid = p.uid)
        AND (EXISTS (SELECT 1 FROM receipt_lines l WHERE l.payment_uid = p.uid) OR NOT EXISTS (
            SELECT 1 FROM bill_tenders t JOIN bills b ON b.uid = t.bill_uid
            WHERE t.attempt_uid = p.attempt_uid AND (b.state = 'part_paid' OR EXISTS (
                SELECT 1 FROM verification_changes v WHERE v.payment_uid = p.uid
                AND v.verification IN ('reversed','bounced')))))""",
    "a receipt that is not the sum of its lines": """
        SELECT 1 FROM receipts r WHERE r.amount_paise != (
        SELECT coalesce(sum(l.amount_paise), 0) FROM receipt_lines l
        WHERE l.receipt_uid = r.uid)""",
    "a receipt of two students": """
        SELECT 1 FROM receipt_lines l JOIN due_balances b ON b.due_uid = l.due_uid
        GROUP BY l.receipt_uid HAVING count(DISTINCT b.student_uid) > 1""",
    "money on a due without a seat": """
        SELECT 1 FROM allocations a JOIN dues d ON d.uid = a.due_uid
        JOIN enrollments e ON e.uid = d.enrollment_uid WHERE e.state != 'active'
        GROUP BY d.uid HAVING sum(a.amount_paise) > 0""",
    "a seat without money on a due": """
        SELECT 1 FROM enrollments e WHERE e.state = 'active' AND NOT EXISTS (
        SELECT 1 FROM dues d JOIN allocations a ON a.due_uid = d.uid
        WHERE d.enrollment_uid = e.uid GROUP BY d.uid HAVING sum(a.amount_paise) > 0)
        AND NOT EXISTS (SELECT 1 FROM dues d JOIN attempt_dues t ON t.due_uid = d.uid
        JOIN instruments i ON i.attempt_uid = t.attempt_uid WHERE d.enrollment_uid = e.uid)
        AND NOT EXISTS (SELECT 1 FROM dues d JOIN allocations a ON a.due_uid = d.uid
        WHERE d.enrollment_uid = e.uid AND (a.from_credit IS NOT NULL OR EXISTS (
        SELECT 1 FROM verification_changes v WHERE v.payment_uid = a.payment_uid
        AND v.verification IN ('reversed','bounced'))))
        AND NOT EXISTS (SELECT 1 FROM concessions c WHERE c.enrollment_uid = e.uid)""",
    "fees that are not allocated": """
        SELECT 1 FROM payments p WHERE (
        SELECT coalesce(sum(l.amount_paise), 0) FROM ledger_entries l
        WHERE l.payment_uid = p.uid AND l.account = 'fees') + (
        SELECT coalesce(sum(a.amount_paise), 0) FROM allocations a
        WHERE a.payment_uid = p.uid) != 0""",
    "a balance that is not its rows": """
        SELECT 1 FROM dues d LEFT JOIN due_balances b ON b.due_uid = d.uid WHERE
        coalesce(b.paid_paise, -1) != (SELECT coalesce(sum(a.amount_paise), 0) FROM allocations a
                                       WHERE a.due_uid = d.uid)
        OR b.asked_paise != d.amount_paise + (
            SELECT coalesce(sum(c.delta_paise), 0) FROM due_changes c WHERE c.due_uid = d.uid
            AND NOT (c.kind = 'waive' AND d.kind = 'fee'))
        OR b.balance_paise != b.asked_paise - b.paid_paise OR b.state != d.state
        OR (d.state = 'open') != (b.balance_paise > 0)
        OR d.state != 'written_off'
           AND (d.state = 'paid') != (b.balance_paise = 0 AND (b.paid_paise > 0
               OR d.state != 'cancelled' AND EXISTS (SELECT 1 FROM due_changes c
                   WHERE c.due_uid = d.uid AND c.kind = 'concession')))""",
    "a balance below a rupee": """
        SELECT 1 FROM due_balances WHERE balance_paise BETWEEN 1 AND 99""",
    "a due whose tax does not add up": """
        SELECT 1 FROM dues d JOIN allocations a ON a.due_uid = d.uid
        WHERE d.state = 'paid' GROUP BY d.uid
        HAVING sum(a.amount_paise) = d.amount_paise AND sum(a.taxable_paise) != d.taxable_paise""",
    "an attempt that is not the sum of its dues": """
        SELECT 1 FROM attempts a WHERE a.amount_paise != (
        SELECT coalesce(sum(t.amount_paise), 0) FROM attempt_dues t WHERE t.attempt_uid = a.uid)""",
    "a due whose cover disagrees with its attempt": """
        SELECT 1 FROM attempt_dues t JOIN attempts a ON a.uid = t.attempt_uid
        WHERE t.is_live != (a.state IN ('intent','unknown','ordered','awaiting'))""",
    "an attempt paid without a payment": """
        SELECT 1 FROM attempts a WHERE a.state = 'paid' AND a.method NOT IN ('credit','opening')
        AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.attempt_uid = a.uid)""",
    "a payment whose attempt is not paid": """
        SELECT 1 FROM payments p JOIN attempts a ON a.uid = p.attempt_uid
        WHERE p.placement NOT IN ('returned','misfit') AND a.state != 'paid'""",
    "an enrolment without a due": """
        SELECT 1 FROM enrollments e
        WHERE NOT EXISTS (SELECT 1 FROM dues d WHERE d.enrollment_uid = e.uid)""",
    "a part of a payment without a receipt": """
        SELECT 1 FROM allocations a JOIN payments p ON p.uid = a.payment_uid
        WHERE p.placement = 'misfit' AND a.amount_paise > 0 AND a.reverses_uid IS NULL
        AND NOT EXISTS (SELECT 1 FROM receipt_lines l WHERE l.payment_uid = p.uid
        AND l.due_uid = a.due_uid AND l.amount_paise = a.amount_paise)""",
    "a gap in the receipts' numbers": """
        SELECT 1 FROM receipts GROUP BY series, year HAVING max(sequence) != count(*)""",
    "an attempt's change without its event": """
        SELECT 1 FROM attempts a WHERE a.state != (SELECT e.state FROM attempt_events e
        WHERE e.attempt_uid = a.uid ORDER BY e.id DESC LIMIT 1)""",
}
DOUBLED: Mapping[str, str] = {
    "two live attempts for one due": """
        SELECT 1 FROM attempts a JOIN attempt_dues t ON t.attempt_uid = a.uid
        WHERE a.state IN ('intent','unknown','ordered','awaiting')
        GROUP BY t.due_uid HAVING count(*) > 1""",
    "more paid of a due than was asked": """
        SELECT 1 FROM dues d JOIN allocations a ON a.due_uid = d.uid
        GROUP BY d.uid HAVING sum(a.amount_paise) > d.amount_paise""",
    "more allocated than was paid": """
        SELECT 1 FROM payments p JOIN allocations a ON a.payment_uid = p.uid
        GROUP BY p.uid HAVING sum(a.amount_paise) > p.amount_paise""",
    "two enrolments of a student in a course": """
        SELECT 1 FROM enrollments WHERE state != 'cancelled'
        GROUP BY student_uid, course_uid HAVING count(*) > 1""",
    "more refunded than was paid": f"""
        SELECT 1 FROM payments p WHERE {RETURNED} > p.amount_paise""",
    "a refund of the gateway without its id": """
        SELECT 1 FROM refunds r JOIN payments p ON p.uid = r.payment_uid
        WHERE r.refund_id IS NULL AND p.payment_id IS NOT NULL
        AND r.state IN ('pending','processed','failed')""",
}


@dataclass(frozen=True, slots=True)
class AuditFindings:
    """Differences between a desk's books and the gateway's.

    Attributes:
        lost_paise: captured or refunded at the gateway, and not booked so.
        invented_paise: booked, and not at the gateway.
        half_written: names of what is only partly there.
        doubled: names of what is there twice.
    """

    lost_paise: int
    invented_paise: int
    half_written: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is wrong."""
        return not (self.lost_paise or self.invented_paise or self.half_written or self.doubled)


def audit(folder: Path, captured: Captured) -> AuditFindings:
    """Compare a folder's database with what the gateway captured."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        booked = booked_payments(raw.execute(BOOKED_SQL))
        lost, invented = _differences(captured, booked)
        return AuditFindings(
            lost, invented, _violations(raw, HALF_WRITTEN), _violations(raw, DOUBLED)
        )


def booked_payments(found: Iterable[Any]) -> Captured:
    """Return rows of `BOOKED_SQL` in the same form as the gateway's payments."""
    return {row[0]: (row[1], row[2]) for row in found}


def _differences(captured: Captured, booked: Captured) -> tuple[int, int]:
    lost = invented = 0
    for payment_id in captured.keys() | booked.keys():
        theirs, back = captured.get(payment_id, (0, 0))
        ours, returned = booked.get(payment_id, (0, 0))
        lost += max(0, theirs - ours) + max(0, back - returned)
        invented += max(0, ours - theirs) + max(0, returned - back)
    return lost, invented


def _violations(raw: sqlite3.Connection, questions: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(words for words, sql in questions.items() if raw.execute(sql).fetchone())


def broken_rules(folder: Path) -> set[str]:
    """Return the names of what is only partly in a folder's database, or twice."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        return {*_violations(raw, HALF_WRITTEN), *_violations(raw, DOUBLED)}


def query(folder: Path, sql: str) -> list[Any]:
    """Read a folder's database."""
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        return raw.execute(sql).fetchall()


def fingerprint(raw: sqlite3.Connection, tables: Sequence[str] = ()) -> str:
    """Return a digest of every row of every table, or of those named, as a connection sees them.

    The shadow tables of full-text search are left out: they are written at the commit.
    """
    digest = hashlib.sha256()
    known = raw.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name"
    ).fetchall()
    for table in tables or [name for (name,) in known]:
        digest.update(f"\n{table}:".encode())
        digest.update("".join(sorted(map(repr, raw.execute(f'SELECT * FROM "{table}"')))).encode())
    return digest.hexdigest()


def format_counts(findings: Mapping[str, int] | Counter[str]) -> str:
    """Return counts by name on one line, highest first."""
    ordered = sorted(findings.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{name} {number}" for name, number in ordered)
