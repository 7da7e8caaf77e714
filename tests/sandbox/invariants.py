"""Invariants of a sandbox: sums, states, ids and settlements that must hold at every moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desktop_app.sandbox.banking_days import day_of

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

Json = dict[str, Any]

# Documented transitions; several may happen between two checks.
TRANSITIONS: dict[str, dict[str, set[str]]] = {
    "orders": {"created": {"attempted", "paid"}, "attempted": {"paid"}, "paid": set()},
    "payments": {
        "created": {"authorized", "captured", "failed", "refunded"},
        "failed": {"authorized", "captured", "refunded"},
        "authorized": {"captured", "refunded"},
        "captured": {"refunded"},
        "refunded": {"captured"},  # only if the refund failed
    },
    "refunds": {"pending": {"processed", "failed"}, "processed": {"failed"}, "failed": set()},
    "qr_codes": {"active": {"closed"}, "closed": set()},
    "payment_links": {
        "created": {"partially_paid", "paid", "expired", "cancelled"},
        "partially_paid": {"paid", "expired"},
        "paid": set(),
        "expired": set(),
        "cancelled": set(),
    },
    "disputes": {
        "open": {"under_review", "won", "lost", "closed"},
        "under_review": {"open", "won", "lost", "closed"},
        "won": set(),
        "lost": set(),
        "closed": set(),
    },
    "settlements": {
        "created": {"processed", "failed"},
        "failed": {"processed"},
        "processed": set(),
    },
    "invoices": {
        "draft": {"issued", "partially_paid", "paid", "expired", "cancelled"},
        "issued": {"partially_paid", "paid", "expired", "cancelled"},
        "partially_paid": {"paid", "expired"},
        "paid": set(),
        "expired": set(),
        "cancelled": set(),
    },
}
PATHS = {
    "orders": "/v1/orders",
    "payments": "/v1/payments",
    "refunds": "/v1/refunds",
    "qr_codes": "/v1/payments/qr_codes",
    "payment_links": "/v1/payment_links",
    "disputes": "/v1/disputes",
    "settlements": "/v1/settlements",
    "customers": "/v1/customers",
    "invoices": "/v1/invoices",
    "items": "/v1/items",
}
READABLE_S = 180 * 86_400
RESERVE = 100_000_000


class InvariantChecker:
    """Checker that remembers the states that it has seen."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.resolved: set[str] = set()
        self.settled: list[str] = []

    def check(self, client: SandboxClient) -> None:
        state = client.state()
        for kind, transitions in TRANSITIONS.items():
            for entity in state[kind]:
                self._check_transition(entity, transitions)
        self._check_sums(state)
        self._check_ids(client, state)
        check_balances(client, state)
        settled = [s["id"] for s in state["settlements"] if s["status"] == "processed"]
        if settled != self.settled:
            self.settled = settled
            check_recon(client, state)

    def _check_transition(self, entity: Json, transitions: dict[str, set[str]]) -> None:
        now = entity["status"]
        assert now in transitions, entity
        before = self.statuses.setdefault(entity["id"], now)
        assert now == before or now in transitions[before], (before, entity)
        self.statuses[entity["id"]] = now

    def _check_sums(self, state: Json) -> None:
        paid: dict[str, int] = defaultdict(int)
        attempts: dict[str, int] = defaultdict(int)
        returned: dict[str, int] = defaultdict(int)
        whole = {(r["payment_id"], r["amount"]) for r in state["refunds"]}
        for refund in state["refunds"]:
            if refund["status"] != "failed":
                returned[refund["payment_id"]] += refund["amount"]
        least: dict[str, int] = defaultdict(int)  # what counted on the order for certain
        for payment in state["payments"]:
            attempts[payment["order_id"]] += 1
            assert payment["amount_refunded"] == returned[payment["id"]] <= payment["amount"]
            assert payment["refund_status"] in _refund_statuses(payment)
            if payment["captured"]:
                paid[payment["order_id"]] += payment["amount"] + _discount(state, payment)
                # A surplus that is captured and refunded at once never counts on the order; its
                # refund may have failed since. A fee that was added counts on none.
                is_whole = (payment["id"], payment["amount"]) in whole
                if payment["refund_status"] != "full" and not is_whole:
                    added = payment["fee"] if payment.get("fee_bearer") == "customer" else 0
                    covered = payment["amount"] + _discount(state, payment) - added
                    least[payment["order_id"]] += covered
        for order in state["orders"]:
            key = order["id"]
            assert order["amount_due"] == order["amount"] - order["amount_paid"] >= 0
            assert least[key] <= order["amount_paid"] <= paid[key]
            assert order["attempts"] == attempts[key]
            assert (order["status"] == "paid") == (order["amount_due"] == 0)

    def _check_ids(self, client: SandboxClient, state: Json) -> None:
        now = client.now()
        for kind, path in PATHS.items():
            for entity in state[kind]:
                key = entity["id"]
                too_old = kind == "orders" and now - entity["created_at"] > READABLE_S
                if key not in self.resolved and not too_old:
                    assert client.ok("GET", f"{path}/{key}")["id"] == key
                    self.resolved.add(key)


def _discount(state: Json, payment: Json) -> int:
    """Return what the offer of a payment took off its order's amount."""
    if "offer_id" not in payment:
        return 0
    [offer] = (o for o in state["offers"] if o["id"] == payment["offer_id"])
    [order] = (o for o in state["orders"] if o["id"] == payment["order_id"])
    off = offer["flat_cashback"] or order["amount"] * offer["percent_rate"] // 10_000
    return int(min(off, offer["max_cashback"] or off, order["amount"] - 100))


def _refund_statuses(payment: Json) -> set[str | None]:
    if payment["amount_refunded"] == 0:
        return {None}
    return {"full"} if payment["amount_refunded"] == payment["amount"] else {"partial"}


def check_balances(client: SandboxClient, state: Json) -> None:
    """Check that each balance is the reserve and what was captured, less what went out."""
    channels = {p["id"]: p.get("_channel", "online") for p in state["payments"]}
    captured = {p["id"] for p in state["payments"] if p["captured"]}
    expected: dict[str, int] = defaultdict(lambda: RESERVE)
    for refund in state["refunds"]:
        if refund["status"] == "pending" and refund["payment_id"] in captured:
            expected[channels[refund["payment_id"]]] -= refund["amount"]
    for settlement in state["settlements"]:
        if settlement["status"] == "failed":
            expected[settlement.get("_channel", "online")] += settlement["amount"]
    for channel, shown in client.control("balances").items():
        assert shown["balance"] == expected[channel] + shown["unsettled"], (channel, shown)


def check_recon(client: SandboxClient, state: Json) -> None:
    """Check that settlements are payments less fees, refunds and other debits, without repeats."""
    processed = [s for s in state["settlements"] if s["status"] == "processed"]
    payments = {p["id"]: p for p in state["payments"]}
    refunds = {r["id"]: r for r in state["refunds"]}
    at_once = {s["id"]: s for s in state["instant_settlements"]}
    adjusted = {a["id"]: a for a in state["adjustments"]}
    sums: dict[str, int] = defaultdict(int)
    for key, row in _rows(client, min((s["created_at"] for s in processed), default=0)).items():
        sums[row["settlement_id"]] += row["credit"] - row["debit"]
        assert row["type"] in ("payment", "refund", "adjustment")
        if row["type"] == "payment":
            assert row["amount"] == payments[key]["amount"]
            assert row["fee"] in (0, payments[key]["fee"])
            assert row["credit"] == row["amount"] - row["fee"]
        elif row["type"] == "refund":
            assert row["debit"] == refunds[key]["amount"]
            assert payments[row["payment_id"]]["captured"]
        elif key in at_once:
            assert row["debit"] == at_once[key]["amount_requested"]
        elif key in adjusted:
            assert adjusted[key]["amount"] in (row["credit"], row["debit"])
            assert row["settlement_id"] == adjusted[key]["settlement_id"]
    assert sums == {s["id"]: s["amount"] for s in processed}


def _rows(client: SandboxClient, since: int) -> dict[str, Json]:
    """Return all rows of the report by entity, each exactly once."""
    rows: dict[str, Json] = {}
    day, last = day_of(since), day_of(client.now())
    while day <= last:
        asked = {"year": day.year, "month": day.month, "count": 1000}
        for row in client.ok("GET", "/v1/settlements/recon/combined", **asked)["items"]:
            assert row["entity_id"] not in rows
            rows[row["entity_id"]] = row
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return rows
