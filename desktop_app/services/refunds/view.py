"""Maps refund records to views."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.services.views.refunds import RefundView


def refund_view(refund: RefundRecord) -> RefundView:
    """Show a refund."""
    from desktop_app.services.views.refunds import RefundView  # noqa: PLC0415 - when asked for

    return RefundView(
        uid=refund.uid,
        payment_uid=refund.payment_uid,
        amount=refund.amount,
        state=refund.state,
        reason=refund.reason,
        origin=refund.origin,
        refund_id=refund.refund_id,
        noticed_at=refund.noticed_at,
    )
