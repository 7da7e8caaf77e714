"""From what the gateway shows of an order, QR code or link to a snapshot of an attempt.

The header is checked here: own id, own reference, exact amount, INR, and sums that agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import INR, GatewaySnapshot

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.ports.gateway import LinkFact, OrderFact, QrFact


def of_order(attempt: Attempt, order: OrderFact) -> GatewaySnapshot:
    """See an attempt by its order, payments expanded."""
    facts = (
        (order.order_id == attempt.order_id, "another order was shown"),
        (order.receipt == attempt.order_receipt, "the order has another receipt reference"),
        (order.amount_paise == attempt.amount.paise, "the order is for another amount"),
        (order.currency == INR, f"the order is in {order.currency}"),
        (
            order.amount_due_paise == order.amount_paise - order.amount_paid_paise,
            "the order's sums do not agree",
        ),
        (order.payments is not None, "the order's payments were not shown"),
    )
    settled = (
        order.status == "paid"
        and order.amount_paid_paise == attempt.amount.paise
        and order.amount_due_paise == 0
    )
    return GatewaySnapshot(
        header_problem=next((words for held, words in facts if not held), None),
        is_settled=settled,
        is_closed=order.status == "paid",
        payments=order.payments or (),
    )


def of_qr(attempt: Attempt, code: QrFact, payments: tuple[PaymentFact, ...]) -> GatewaySnapshot:
    """See an attempt by its QR code; a single-use code that was paid closes itself."""
    facts = (
        (code.qr_id == attempt.remote_id, "another QR code was shown"),
        (code.reference == attempt.reference, "the QR code has another reference"),
        (code.amount_paise == attempt.amount.paise, "the QR code is for another amount"),
    )
    return GatewaySnapshot(
        header_problem=next((words for held, words in facts if not held), None),
        is_settled=code.close_reason == "paid" or any(each.captured for each in payments),
        is_closed=code.status == "closed",
        payments=payments,
    )


def of_link(attempt: Attempt, link: LinkFact, payments: tuple[PaymentFact, ...]) -> GatewaySnapshot:
    """See an attempt by its payment link and the payments on the link's order."""
    facts = (
        (link.link_id == attempt.remote_id, "another link was shown"),
        (link.reference == attempt.reference, "the link has another reference"),
        (link.amount_paise == attempt.amount.paise, "the link is for another amount"),
        (link.currency == INR, f"the link is in {link.currency}"),
        (
            all(payment.order_id == link.order_id for payment in payments),
            "a payment names another order than the link",
        ),
    )
    return GatewaySnapshot(
        header_problem=next((words for held, words in facts if not held), None),
        is_settled=link.status == "paid" and link.amount_paid_paise == attempt.amount.paise,
        is_closed=link.status in {"paid", "expired", "cancelled"},
        payments=payments,
    )
