"""Sums of payments by way of paying, from indexes that hold all they need."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from desktop_app.domain.channels import CHANNELS, kind_of_channel
from desktop_app.domain.money import Money
from desktop_app.domain.tender import NEVER_CAME, Method, Verification
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, tender_of
from desktop_app.services.identity.book import KIND, TRAINING
from desktop_app.services.views.payments import HeldCount, MethodTotals, PaymentTotals
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.mapping import instant
from desktop_app.storage.read_connections import TODAY

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.storage.read_connections import ReadConnection

LAST = "\U0010ffff"
"""Sorts after every instant."""
IS_UNCOUNTED = f"""mode != 'live' AND currency = 'INR' AND mode != coalesce(
    (SELECT value FROM settings WHERE key = '{KIND}' AND value = '{TRAINING}'), 'live')"""
"""Whether rupees are of another mode than their book: all money of training is training's."""
_IN_RANGE = "recorded_at >= :since AND recorded_at < :until"
_COLLECTED = f"""
    SELECT method, count(*) AS count, sum(amount_paise) AS paise
    FROM payments INDEXED BY ix_payments_method
    WHERE method IN (SELECT value FROM json_each(:methods)) AND {_IN_RANGE} GROUP BY method
"""
_UNCOUNTED = f"""
    SELECT method, currency, count(*) AS count, sum(amount_paise) AS paise FROM (
        SELECT rowid, method, currency, amount_paise FROM payments INDEXED BY ix_payments_currency
        WHERE currency != 'INR' AND {_IN_RANGE}
        UNION ALL
        SELECT rowid, method, currency, amount_paise FROM payments INDEXED BY ix_payments_mode
        WHERE {IS_UNCOUNTED} AND {_IN_RANGE})
    GROUP BY method, currency
"""
_REFUNDED = f"""
    SELECT method, sum(f.amount_paise) AS paise
    FROM refunds f CROSS JOIN payments p ON p.uid = f.payment_uid
    WHERE f.noticed_at >= :since AND f.noticed_at < :until
    AND f.state NOT IN ('failed', 'rejected') AND currency = 'INR' AND NOT ({IS_UNCOUNTED})
    GROUP BY method
"""
VERIFICATION = """coalesce((SELECT v.verification FROM verification_changes v
    WHERE v.payment_uid = p.uid ORDER BY v.rowid DESC LIMIT 1), p.verification)"""
"""How sure a payment `p` is now."""
_BANKED = f"""
    SELECT method, verification, count(*) AS count, sum(amount_paise) AS paise FROM (
        SELECT p.method, p.amount_paise, {VERIFICATION} AS verification
        FROM payments p INDEXED BY ix_payments_method
        WHERE p.method IN (SELECT value FROM json_each(:methods))
        AND p.recorded_at >= :since AND p.recorded_at < :until)
    GROUP BY method, verification
"""
BANKED = [each.value for each in COUNTER_TENDERS if tender_of(each).settled is not None]
"""Methods whose money the bank shows later than the desk."""
_UNSURE = f"""
    SELECT verification, sum(paise) AS paise FROM (
        SELECT {{amount}} AS paise, {VERIFICATION} AS verification
        FROM ({{pick}}) AS picked CROSS JOIN payments p ON p.rowid = picked.at_row
        WHERE p.method IN ({", ".join(f"'{each}'" for each in BANKED)})
        AND p.currency = 'INR' AND NOT ({IS_UNCOUNTED}))
    WHERE verification IN ('claimed', 'in_clearing') AND paise > 0 GROUP BY verification
"""
_PENDING = f"""
    SELECT count(*) FROM due_balances b JOIN dues d ON d.uid = b.due_uid
    JOIN enrollments e ON e.uid = d.enrollment_uid
    WHERE b.state = 'open' AND b.balance_paise > 0 AND b.due_on <= {TODAY}
    AND e.state != 'cancelled'
    AND NOT EXISTS (SELECT 1 FROM attempt_dues x WHERE x.due_uid = d.uid AND x.is_live = 1)
"""
"""Fees that are due and that no payment is being collected for."""
_HELD = f"""
    SELECT count(*) AS bills, coalesce(sum(h.state = 'part_paid'), 0) AS part_paid FROM bills h
    WHERE h.closed_at IS NULL AND date(h.created_at, '+330 minutes') = {TODAY}
    AND NOT EXISTS (SELECT 1 FROM bill_tenders t JOIN attempts a ON a.uid = t.attempt_uid
        WHERE t.bill_uid = h.uid AND {IS_LIVE})
"""
"""Bills of today that no payment is being collected for."""


def between(since: datetime | None, until: datetime | None) -> dict[str, str]:
    """Return the values of `:since` and `:until`."""
    return {"since": instant(since) if since else "", "until": instant(until) if until else LAST}


def totals_of(
    reading: ReadConnection, since: datetime | None, until: datetime | None
) -> PaymentTotals:
    """Return the sums of what was recorded from one instant until before another.

    Other currencies and modes are read by themselves and subtracted, as a filter would read every
    row of a million, not an index.
    """
    values = between(since, until)
    counts, collected, refunded = Counter[str](), Counter[str](), Counter[str]()
    uncounted = 0
    methods = {"methods": json.dumps([method.value for method in Method])}
    for row in reading.execute(_COLLECTED, {**values, **methods}):
        kind = kind_of(Method(row.method))
        counts[kind] += row.count
        collected[kind] += row.paise
    for row in reading.execute(_UNCOUNTED, values):
        kind = kind_of(Method(row.method))
        counts[kind] -= row.count
        collected[kind] -= row.paise
        uncounted += row.paise if row.currency == "INR" else 0
    sure = _take_out_what_never_came(reading, values, counts, collected)
    for row in reading.execute(_REFUNDED, values):
        refunded[kind_of(Method(row.method))] += row.paise
    pending = reading.execute(_PENDING, {}).scalar()
    [held] = reading.execute(_HELD, {})
    kinds = dict.fromkeys(("cash", "upi", "link", *collected, *refunded))
    by_kind = {
        kind: MethodTotals(counts[kind], Money(collected[kind]), Money(refunded[kind]))
        for kind in kinds
    }
    by_verification = {each: Money(paise) for each, paise in sure.items() if paise}
    return PaymentTotals(
        by_kind, Money(uncounted), int(pending or 0), by_verification, HeldCount(*held)
    )


def _take_out_what_never_came(
    reading: ReadConnection,
    values: dict[str, str],
    counts: Counter[str],
    collected: Counter[str],
) -> Counter[Verification]:
    """Subtract payments that were taken back; return how sure the money is, by paise."""
    sure, gateway = Counter[Verification](), {kind_of_channel(each) for each in CHANNELS}
    for row in reading.execute(_BANKED, {**values, "methods": json.dumps(BANKED)}):
        sure[Verification(row.verification)] += row.paise
        if row.verification in NEVER_CAME:
            counts[row.method] -= row.count
            collected[row.method] -= row.paise
    for name, paise in collected.items():
        if name not in BANKED:
            is_gateway = name in gateway
            sure[Verification.VERIFIED if is_gateway else Verification.COUNTED] += paise
    return sure


def unsure_of(
    reading: ReadConnection, pick: str, amount: str, values: dict[str, Any]
) -> tuple[tuple[Verification, Money], ...]:
    """Return what of some payments is claimed, and what is in clearing.

    Args:
        reading: the connection.
        pick: the query that picks their rows.
        amount: what of a payment `p` counts, in SQL.
        values: of the query.
    """
    every = {**values, "limit": -1, "offset": 0, "reach": -1}
    rows = reading.execute(_UNSURE.format(amount=amount, pick=pick), every)
    return tuple((Verification(row.verification), Money(row.paise)) for row in rows)


def kind_of(method: Method) -> str:
    """Return how filters and sums group a method: `upi`, `link`, `checkout`, or its tender."""
    tender = COUNTER_TENDERS.get(method)
    return kind_of_channel(method) if tender is None else tender.value
