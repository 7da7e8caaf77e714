"""All documented situations, played on one sandbox.

Each name stands for one answer, as a client of the API or a webhook endpoint received it. The
answers are compared with Razorpay's fixtures where they are present, and always with schemas.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .situations_links_disputes import LinkAndDisputeSituations
from .situations_orders_payments import OrderAndPaymentSituations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .situation_base import Answers


class AllSituations(OrderAndPaymentSituations, LinkAndDisputeSituations):
    """All situations on one sandbox, one resource after the other."""

    def all(self) -> Answers:
        for part in (
            self.plain_payments,
            self.orders,
            self.expanded_orders,
            self.payments,
            self.upi,
            self.refunds,
            self.qr_codes,
            self.links,
            self.invoices,
            self.disputes,
            self.downtimes,
            self.errors,
            self.settlements,
            self.other_products,
        ):
            self.answers.update(part())
        self.answers.update(self.webhooks())
        return self.answers

    def other_products(self) -> Answers:
        """Return orders of products that are not played, instant settlements and webhooks."""
        client, part = self.client, {"account": "acc_CPRsN1LkFccllA", "amount": 1000}
        shop: Answers = {
            "offer_id": "offer_JGQvQtvJmVDRIA",
            "token": {"max_amount": 5000},
            "customer_details": {"name": "Gaurav"},
            "line_items_total": 50000,
        }
        self.start(500000)
        made = client.ok("POST", "/v1/settlements/ondemand", {"amount": 10000})
        client.advance(900)
        hook = {"url": self.receiver.url, "events": ["invoice.paid"]}
        return {
            "order with transfers": client.order(transfers=[{**part, "currency": "INR"}]),
            "order of a shop": client.order(**shop, method="emandate"),
            "instant settlement": made,
            "instant settlements": self.get("/v1/settlements/ondemand"),
            "instant settlement with payouts": self.get(
                f"/v1/settlements/ondemand/{made['id']}", **{"expand[]": "ondemand_payouts"}
            ),
            "webhook": client.ok("POST", "/v1/webhooks", hook),
            "webhooks": self.get("/v1/webhooks"),
        }

    def webhooks(self) -> Answers:
        """Return the received events by name and by the special features of their entity."""
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            state = self.client.state()["deliveries"]
            if all(d["status"] == "delivered" for d in state):
                break
            time.sleep(0.05)
        answers: Answers = {}
        for received in self.receiver.received:
            for name in _names(received.event):
                answers.setdefault(f"event {name}", received.event)
        return answers


def _names(body: dict[str, Any]) -> Iterator[str]:
    event, payload = body["event"], body["payload"]
    yield event
    entity = payload.get("payment", {}).get("entity", {})
    if entity:
        yield f"{event} by {entity['method']}"
    down = payload.get("payment.downtime", {}).get("entity", {})
    for part in down.get("instrument", {}):
        yield f"{event} {part}"
    if payload.get("qr_code", {}).get("entity", {}).get("tax_invoice"):
        yield f"{event} for invoice"
    elif "qr_code" in payload:
        yield f"{event} plain"
    if "order_id" in payload.get("payment_link", {}).get("entity", {}):
        yield f"{event} opened"
    elif payload.get("payment_link", {}).get("entity", {}).get("notes"):
        yield f"{event} noted"
    elif "payment_link" in payload:
        yield f"{event} plain"
