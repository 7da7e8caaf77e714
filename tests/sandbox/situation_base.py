"""Base of the situations: a sandbox with a webhook endpoint, and common first steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient
    from .webhook_receiver import WebhookReceiver

ASHA = {"name": "Gaurav Kumar", "email": "gaurav.kumar@example.com", "contact": "9000090000"}

Answers = dict[str, Any]


class SituationBase:
    """One sandbox and its webhook endpoint, with common first steps."""

    def __init__(self, client: SandboxClient, receiver: WebhookReceiver) -> None:
        self.client = client
        self.receiver = receiver
        client.control("webhooks", {"url": receiver.url, "secret": "s", "events": ["*"]})
        self.customer = client.ok("POST", "/v1/customers", {**ASHA, "fail_existing": "0"})
        self.answers: Answers = {"customer": self.customer}

    def get(self, path: str, **query: object) -> Any:
        return self.client.ok("GET", path, **query)

    def start(self, amount: int = 10000, **more: Any) -> dict[str, Any]:
        """Create an order and pay it by Checkout; `more` are fields of the control call."""
        wanted = {"order_id": self.client.order(amount)["id"], "method": "upi", **more}
        payer = {"email": ASHA["email"], "contact": "+919000090000"}
        wanted["payer"] = {**payer, **dict(wanted.get("payer", {}))}
        return self.client.control("checkout/pay", wanted)

    def fetched(self, payment: dict[str, Any], **query: object) -> Any:
        return self.get(f"/v1/payments/{payment['id']}", **query)
