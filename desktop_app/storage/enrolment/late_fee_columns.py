"""Columns from which the late fee of a due `d` with its balance `b` and terms `t` follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.late_fee import from_text, late_fee_left
from desktop_app.domain.money import ZERO, Money

if TYPE_CHECKING:
    from datetime import date

PAID_LATE = """coalesce((SELECT sum(a.amount_paise) FROM allocations a
    LEFT JOIN payments p ON p.uid = a.payment_uid WHERE a.due_uid = b.due_uid
    AND date(coalesce(p.received_at, a.created_at), '+330 minutes') > b.due_on), 0)"""
"""The part of a due that was paid after its due date."""
ASKED = """coalesce((SELECT sum(f.amount_paise + coalesce((SELECT sum(c.delta_paise)
        FROM due_changes c WHERE c.due_uid = f.uid AND c.kind IN ('reprice', 'restore')), 0))
    FROM dues f WHERE f.enrollment_uid = d.enrollment_uid AND f.follows_due = d.uid), 0)"""
"""The late fees that follow a due, those waived since among them."""
WAIVED = """coalesce((SELECT -sum(w.delta_paise) FROM due_changes w
    WHERE w.due_uid = d.uid AND w.kind = 'waive'), 0)"""
LATE = f"""
    CASE WHEN d.kind = 'fee' THEN t.late_rule END AS late_rule,
    CASE WHEN t.late_rule IS NULL THEN 0 ELSE {PAID_LATE} END AS late_paid,
    CASE WHEN t.late_rule IS NULL THEN 0 ELSE {ASKED} END AS late_asked,
    CASE WHEN t.late_rule IS NULL THEN 0 ELSE {WAIVED} END AS late_waived
"""


def late_fee_of(row: Any, due_on: date, on: date) -> Money:
    """Return the late fee of a row with the columns of `LATE`, were it paid on a day."""
    if not row.late_rule:
        return ZERO
    return late_fee_left(
        from_text(row.late_rule),
        (on - due_on).days,
        Money(row.balance_paise + row.late_paid),
        asked=Money(row.late_asked),
        waived=Money(row.late_waived),
    )
