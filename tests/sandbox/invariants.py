"""Invariants of a sandbox: sums, states, ids and settlements that must hold at every moment."""

from __future__ import annotations

from collections import defaultdict
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
    "refunds": {"pending": {"processed", "failed"}, "processed": set(), "failed": set()},
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
    "settlements": {"processed": set()},
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


class InvariantChecker:
    """Checker that remembers the states that it has seen."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.resolved: set[str] = set()
        self.settled = 0

    def check(self, client: SandboxClient) -> None:
        state = client.state()
        for kind, transitions in TRANSITIONS.items():
            for entity in state[kind]:
                self._check_transition(entity, transitions)
        self._check_sums(state)
        self._check_ids(client, state)
        if len(state["settlements"]) != self.settled:
            self.settled = len(state["settlements"])
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
        surplus: dict[str, int] = defaultdict(int)
        for payment in state["payments"]:
            attempts[payment["order_id"]] += 1
            assert payment["amount_refunded"] == returned[payment["id"]] <= payment["amount"]
            assert payment["refund_status"] in _refund_statuses(payment)
            if payment["captured"]:
                paid[payment["order_id"]] += payment["amount"]
            is_whole = (payment["id"], payment["amount"]) in whole  # including failed refunds
            if payment["captured"] and (payment["refund_status"] == "full" or is_whole):
                surplus[payment["order_id"]] += payment["amount"]
        for order in state["orders"]:
            key = order["id"]
            assert order["amount_due"] == order["amount"] - order["amount_paid"] >= 0
            # A surplus that is captured and refunded at once never counts on the order.
            assert paid[key] - surplus[key] <= order["amount_paid"] <= paid[key]
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


def _refund_statuses(payment: Json) -> set[str | None]:
    if payment["amount_refunded"] == 0:
        return {None}
    return {"full"} if payment["amount_refunded"] == payment["amount"] else {"partial"}


def check_recon(client: SandboxClient, state: Json) -> None:
    """Check that settlements are payments less fees, refunds and other debits, without repeats."""
    rows: dict[str, Json] = {}
    for day in {day_of(s["created_at"]) for s in state["settlements"]}:
        asked = {"year": day.year, "month": day.month, "day": day.day, "count": 1000}
        for row in client.ok("GET", "/v1/settlements/recon/combined", **asked)["items"]:
            assert row["entity_id"] not in rows
            rows[row["entity_id"]] = row
    payments = {p["id"]: p for p in state["payments"]}
    refunds = {r["id"]: r for r in state["refunds"]}
    at_once = {s["id"]: s for s in state["instant_settlements"]}
    sums: dict[str, int] = defaultdict(int)
    for key, row in rows.items():
        sums[row["settlement_id"]] += row["credit"] - row["debit"]
        if row["type"] == "payment":
            assert row["credit"] == payments[key]["amount"] - payments[key]["fee"]
        elif row["type"] == "refund":
            assert row["debit"] == refunds[key]["amount"]
            assert payments[row["payment_id"]]["captured"]
        elif key in at_once:
            assert row["debit"] == at_once[key]["amount_requested"]
    assert sums == {s["id"]: s["amount"] for s in state["settlements"]}
