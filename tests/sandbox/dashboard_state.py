"""A sandbox in which each thing that the owner's pages can do is possible once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.sandbox.dashboard.all_sections import ALL_SECTIONS

if TYPE_CHECKING:
    from desktop_app.sandbox.dashboard.actions import Action

    from .sandbox_client import SandboxClient

Json = dict[str, Any]
LONG = "W" * 120
BOARD = "/_pages/board/"
FIRST = ("instant-settlements.create",)
LAST = ("webhooks.delete", "faults.clear", "requests.clear", "settings.reset")
"""Actions that take away what the others need."""

ROW = "before"
"""The row that the forms make and then use."""


def fill(client: SandboxClient, endpoint: str) -> dict[str, str]:
    """Create what the actions need; return the entity of each `section.action`.

    `endpoint` must answer, or the sandbox switches its webhooks off when the clock moves.
    """
    paid = client.pay(client.code(11_800_000, receipt="A/26-27/000122")[1])
    disputed = client.pay(client.code(59_000)[1])
    client.ok("POST", f"/v1/payments/{paid['id']}/refund", {"amount": 100_000})
    refunds = [
        client.ok("POST", f"/v1/payments/{disputed['id']}/refund", {"amount": 1000})["id"]
        for _ in range(2)
    ]
    client.control("account", {"settlements": {"outcome": "created"}})
    settlements = []
    for _ in range(2):
        client.pay(client.code(70_000)[1])
        settlements.append(client.control("settlements", {})["id"])
    client.control("account", {"settlements": {"outcome": "processed"}})
    client.pay(client.code(80_000)[1])
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
    book = {"name": LONG, "amount": 20_000, "currency": "INR"}
    item = client.ok("POST", "/v1/items", book)["id"]
    any_amount = client.qr_code(usage="multiple_use", fixed_amount=False, payment_amount=None)
    return {
        "orders.pay": client.order()["id"],
        "payments.pay": waiting,
        "payments.capture": held["id"],
        "payments.refund": held["id"],
        "payments.dashboard-refund": disputed["id"],
        "payments.dispute": paid["id"],
        "qr-codes.pay": any_amount["id"],
        "qr-codes.pay once": codes[0]["id"],
        "qr-codes.close": codes[1]["id"],
        "payment-links.pay": links[0]["id"],
        "payment-links.cancel": links[1]["id"],
        "refunds.process": refunds[0],
        "refunds.fail": refunds[1],
        "settlements.process": settlements[0],
        "settlements.fail": settlements[1],
        "disputes.decide": disputes[0]["id"],
        "disputes.accept": disputes[1]["id"],
        "webhooks.edit": kept,
        "webhooks.trigger": kept,
        "webhooks.delete": doomed,
        "deliveries.redeliver": delivery,
        "invoices.pay": client.invoice()["id"],
        "invoices.cancel": client.invoice()["id"],
        "invoices.issue": client.invoice(draft="1")["id"],
        "invoices.delete": client.invoice(draft="1")["id"],
        "items.edit": item,
        "items.delete": item,
        "accounts row": client.control("accounts", {})["key_id"],
        "offers row": client.control("offers", {"percent_rate": 1000})["id"],
        "downtimes.end": client.control("downtimes", {})["id"],
    }


def remove_accounts(client: SandboxClient) -> None:
    """Delete what a reset leaves: the accounts beside the sandbox's own."""
    for account in client.control("accounts")["items"]:
        if not account["own"]:
            client.control(f"accounts/{account['key_id']}", method="DELETE")


@dataclass(frozen=True)
class Deed:
    """One thing to do: on which page, and where its form leads."""

    name: str
    action: Action
    page: str
    to: str
    is_of_row: bool


def deeds(keys: dict[str, str]) -> list[Deed]:
    """Return everything that can be done, in an order in which it can."""
    known = {
        f"{section.slug}.{action.slug}": (section, action)
        for section in ALL_SECTIONS
        for action in (*section.actions, *section.list_actions, *section.row_actions)
    }
    middle = [
        name
        for name in {**keys, **known}
        if name.partition(" ")[0] in known and name not in (*FIRST, *LAST)
    ]
    found = []
    for name in (*FIRST, *middle, *LAST):
        section, action = known[name.partition(" ")[0]]
        home, key = f"{BOARD}{section.slug}", keys.get(name, "")
        page = f"{home}/{key}" if key else home
        of_row = action in section.row_actions
        row = f"{home}/{keys.get(f'{section.slug} row', ROW)}"
        to = f"{row}/do/{action.slug}" if of_row else f"{page}/do/{action.slug}"
        found.append(Deed(name, action, page, to, of_row))
    return found
