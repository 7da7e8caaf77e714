"""The steps in the life of one payment, from what was written about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.views.payments import PaymentEvent
from desktop_app.storage.mapping import record_of

if TYPE_CHECKING:
    from desktop_app.storage.read_connections import ReadConnection

_RECEIPTS = "SELECT receipt_uid FROM receipt_lines WHERE payment_uid = :uid"
_STEPS = f"""
    SELECT a.created_at AS at, 'begun' AS kind, a.method AS detail, a.amount_paise, 0 AS rank
    FROM payments p JOIN attempts a ON a.uid = p.attempt_uid
    WHERE p.uid = :uid AND p.payment_id IS NOT NULL
    UNION ALL SELECT received_at, 'paid', method, amount_paise, 1 FROM payments WHERE uid = :uid
    UNION ALL SELECT issued_at, 'receipt', number, NULL, 2
    FROM receipts WHERE uid IN ({_RECEIPTS})
    UNION ALL SELECT max(at), CASE WHEN paper LIKE 'pdf%' THEN 'saved' ELSE 'printed' END,
        count(*) || '', NULL, 2
    FROM receipt_prints WHERE receipt_uid IN ({_RECEIPTS}) GROUP BY paper LIKE 'pdf%'
    UNION ALL SELECT at, 'decided', decision, NULL, 2
    FROM late_decisions WHERE payment_uid = :uid
    UNION ALL SELECT created_at, 'bank ' || verification, reason, NULL, 2
    FROM verification_changes WHERE payment_uid = :uid
    UNION ALL SELECT noticed_at, CASE origin WHEN 'desk' THEN 'refund intent'
        ELSE 'refund noticed' END, reason, amount_paise, 2
    FROM refunds WHERE payment_uid = :uid
    UNION ALL SELECT max(updated_at, noticed_at), 'refund ' || state, '', amount_paise, 3
    FROM refunds WHERE payment_uid = :uid AND state != 'intent'
"""
STEPS = f"SELECT * FROM ({_STEPS}) ORDER BY min(rank, 2), at, rank"
"""The gateway's clock dates what was paid: it cannot come before it was asked for."""


def steps_of(reading: ReadConnection, payment_uid: str) -> tuple[PaymentEvent, ...]:
    """Return the steps in the life of a payment, oldest first."""
    rows = reading.execute(STEPS, {"uid": payment_uid})
    return tuple(record_of(PaymentEvent, row) for row in rows)
