"""A sandbox in which each thing that the owner's pages can do is possible once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

Json = dict[str, Any]
LONG = "W" * 120


def fill(client: SandboxClient, endpoint: str) -> dict[str, str]:
    """Create what the actions need; return the entity of each `section.action`.

    `endpoint` must answer, or the sandbox switches its webhooks off when the clock moves.
    """
    paid = client.pay(client.code(11_800_000, receipt="A/26-27/000122")[1])
    disputed = client.pay(client.code(59_000)[1])
    client.ok("POST", f"/v1/payments/{paid['id']}/refund", {"amount": 100_000})
    waiting = client.intent(client.order(40_000))["razorpay_payment_id"]
    held = client.pay(client.code(50_000)[1], "authorized")
    client.ok("POST", "/v1/customers", {"name": LONG[:50], "email": "asha@example.com"})
    client.arm_fault("POST", "/v1/payments/*/capture", "timeout_after", times=3, skip=2)
    hook = {"url": endpoint, "secret": "hush-hush", "events": ["*"]}
    kept, doomed = (client.control("webhooks", hook)["id"] for _ in range(2))
    disputes = [
        client.control("disputes", {"payment_id": disputed["id"], "amount": 100}) for _ in "ab"
    ]
    sent = client.control("deliveries")["items"]
    delivery = next(d["id"] for d in sent if d["webhook_id"] == kept)
    links = [client.link(description=LONG, reference_id=f"R{n}") for n in range(2)]
    codes = [client.qr_code(name="Counter 1") for _ in range(2)]
    any_amount = client.qr_code(usage="multiple_use", fixed_amount=False, payment_amount=None)
    return {
        "orders.pay": client.order()["id"],
        "payments.pay": waiting,
        "payments.capture": held["id"],
        "payments.refund": paid["id"],
        "payments.dispute": paid["id"],
        "qr-codes.pay": any_amount["id"],
        "qr-codes.pay once": codes[0]["id"],
        "qr-codes.close": codes[1]["id"],
        "payment-links.pay": links[0]["id"],
        "payment-links.cancel": links[1]["id"],
        "disputes.decide": disputes[0]["id"],
        "disputes.accept": disputes[1]["id"],
        "webhooks.edit": kept,
        "webhooks.trigger": kept,
        "webhooks.delete": doomed,
        "deliveries.redeliver": delivery,
        "downtimes.end": client.control("downtimes", {})["id"],
    }


def place(name: str, keys: dict[str, str]) -> str:
    """Return the page on which an action is done."""
    section, _, _ = name.partition(".")
    key = keys.get(name)
    return f"/_pages/board/{section}/{key}" if key else f"/_pages/board/{section}"
