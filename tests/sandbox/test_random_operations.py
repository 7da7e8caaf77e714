"""Random operations in random order: sums agree, and states change only as documented."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .invariants import check_balances
from .sandbox_client import SandboxClient, upi_body

if TYPE_CHECKING:
    from pathlib import Path

TRANSITIONS = {
    "created": {"authorized", "captured", "failed", "refunded"},
    "failed": {"authorized", "captured", "refunded"},
    "authorized": {"captured", "refunded"},
    "captured": {"refunded"},
    "refunded": {"captured"},  # only if the refund failed
}
CHANNELS = ["online", "in_person"]
OUTCOMES = ["success", "success", "failure", "timeout", "late", "authorized"]


class RandomOperations:
    """Random operations on a sandbox, with checks after each."""

    def __init__(self, client: SandboxClient, seed: int) -> None:
        self.client = client
        self.rng = random.Random(seed)  # noqa: S311 - no secret
        self.statuses: dict[str, str] = {}
        self.returned: set[str] = set()
        self.state = client.state()

    def step(self) -> None:
        actions = [self.order, self.start, self.start, self.qr_code, self.link]
        actions += [self.pay, self.pay, self.pay, self.capture, self.refund, self.close]
        actions += [self.move, self.account, self.settle, self.decide, self.adjust, self.machine]
        actions += [self.refund_at_dashboard]
        self.rng.choice(actions)()
        self.state = self.client.state()
        self.check(self.state)

    def pick(self, kind: str) -> dict[str, Any] | None:
        found = self.state[kind]
        return self.rng.choice(found) if found else None

    def order(self) -> None:
        self.client.order(
            self.rng.choice([100, 201, 5000]), partial_payment=self.rng.random() < 0.2
        )

    def start(self) -> None:
        if order := self.pick("orders"):
            self.client.api("POST", "/v1/payments/create/upi", upi_body(order))

    def qr_code(self) -> None:
        self.client.qr_code(close_by=self.client.now() + self.rng.choice([120, 7200]))

    def link(self) -> None:
        self.client.link(accept_partial=self.rng.random() < 0.3)

    def pay(self) -> None:
        kind = self.rng.choice(["payments", "payments", "qr_codes", "payment_links"])
        thing = self.pick(kind)
        if thing and "_qr" in thing:
            body = {
                "qr": thing["_qr"],
                "outcome": self.rng.choice(OUTCOMES),
                "after_s": self.rng.choice([0, 0, 50, 5000]),
            }
            assert self.client.try_control("upi/pay", body)[0] in (200, 400)

    def capture(self) -> None:
        if payment := self.pick("payments"):
            body = {"amount": payment["amount"], "currency": "INR"}
            self.client.api("POST", f"/v1/payments/{payment['id']}/capture", body)

    def refund(self) -> None:
        if payment := self.pick("payments"):
            body = self.rng.choice([{}, {"amount": 100}, {"speed": "optimum"}])
            self.client.api("POST", f"/v1/payments/{payment['id']}/refund", body)

    def close(self) -> None:
        if qr := self.pick("qr_codes"):
            self.client.api("POST", f"/v1/payments/qr_codes/{qr['id']}/close")
        if (link := self.pick("payment_links")) and self.rng.random() < 0.3:
            self.client.api("POST", f"/v1/payment_links/{link['id']}/cancel")

    def move(self) -> None:
        self.client.advance(self.rng.choice([1, 60, 600, 3600, 86_400, 3 * 86_400]))

    def account(self) -> None:
        self.client.control("account", {"auto_capture": self.rng.random() < 0.7})

    def settle(self) -> None:
        plan = {
            "most": self.rng.choice([None, None, 9000]),
            "outcome": self.rng.choice(["processed", "created", "failed"]),
            "after_s": self.rng.choice([None, 3600]),
        }
        self.client.control("account", {"settlements": plan})
        self.client.try_control("settlements", {"channel": self.rng.choice(CHANNELS)})

    def decide(self) -> None:
        kind = self.rng.choice(["refunds", "settlements"])
        if found := self.pick(kind):
            status = {"status": self.rng.choice(["processed", "failed"])}
            assert self.client.try_control(f"{kind}/{found['id']}", status)[0] in (200, 400)

    def adjust(self) -> None:
        kind, channel = self.rng.choice(["credit", "debit"]), self.rng.choice(CHANNELS)
        self.client.control("adjustments", {"amount": 700, "type": kind, "channel": channel})

    def machine(self) -> None:
        self.client.control("pos/pay", {"amount": 3000, "method": self.rng.choice(["card", "upi"])})

    def refund_at_dashboard(self) -> None:
        if payment := self.pick("payments"):
            outcome = self.rng.choice(["processed", "failed", "pending"])
            body = {"payment_id": payment["id"], "outcome": outcome, "after_s": 60}
            self.client.try_control("refunds", body)

    def check(self, state: dict[str, Any]) -> None:
        check_balances(self.client, state)
        payments = defaultdict(list)
        refunds: dict[str, int] = defaultdict(int)
        self.returned = {refund["payment_id"] for refund in state["refunds"]}
        for refund in state["refunds"]:
            if refund["status"] != "failed":
                refunds[refund["payment_id"]] += refund["amount"]
        for payment in state["payments"]:
            payments[payment["order_id"]].append(payment)
            self.check_payment(payment, refunds[payment["id"]])
        for order in state["orders"]:
            self.check_order(order, payments[order["id"]])
        for qr in state["qr_codes"]:
            assert qr["usage"] != "single_use" or qr["payments_count_received"] <= 1
            assert (qr["closed_at"] is None) == (qr["status"] == "active")

    def check_payment(self, payment: dict[str, Any], refunded: int) -> None:
        assert payment["amount_refunded"] == refunded <= payment["amount"]
        assert (payment["fee"] is not None) == payment["captured"]
        assert (payment["error_reason"] is not None) == (payment["status"] == "failed")
        if payment["status"] == "captured":
            assert payment["captured"]
        before = self.statuses.get(payment["id"], "created")
        assert payment["status"] == before or payment["status"] in TRANSITIONS[before]
        self.statuses[payment["id"]] = payment["status"]

    def check_order(self, order: dict[str, Any], payments: list[dict[str, Any]]) -> None:
        # A surplus goes back at once and never counts, even if its refund fails later.
        kept = sum(
            p["amount"]
            for p in payments
            if p["status"] == "captured" and p["id"] not in self.returned
        )
        taken = sum(p["amount"] for p in payments if p["captured"])
        assert order["amount_due"] == order["amount"] - order["amount_paid"] >= 0
        assert kept <= order["amount_paid"] <= taken
        assert order["attempts"] == len(payments)
        assert (order["status"] == "paid") == (order["amount_due"] == 0)
        assert (order["status"] == "created") == (not payments)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_agree_and_a_restart_changes_nothing(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(state_file=path) as server:
        operations = RandomOperations(SandboxClient(server), seed)
        for _ in range(150):
            operations.step()
        before, url = operations.client.state(), server.url
    with SandboxServer(state_file=path) as server:
        after = SandboxClient(server).state()
        for kind, shown in before.items():
            for old, new in zip(shown, after[kind], strict=True):
                told = {**new}
                for name in ("image_url", "short_url", "_qr"):
                    if name in told:
                        told[name] = told[name].replace(server.url, url)
                assert told == old
        operations.client = SandboxClient(server)
        for _ in range(50):
            operations.step()
        assert len(operations.statuses) > 20
