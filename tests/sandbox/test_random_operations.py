"""Whatever happens in whatever order: the sums agree, and states move only as documented."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import Till, upi_body

if TYPE_CHECKING:
    from pathlib import Path

ARROWS = {
    "created": {"authorized", "captured", "failed", "refunded"},
    "failed": {"authorized", "captured", "refunded"},
    "authorized": {"captured", "refunded"},
    "captured": {"refunded"},
    "refunded": set[str](),
}
OUTCOMES = ["success", "success", "failure", "timeout", "late", "authorized"]


class Chaos:
    """Does random things to a sandbox, and checks it after each."""

    def __init__(self, till: Till, seed: int) -> None:
        self.till = till
        self.dice = random.Random(seed)  # noqa: S311 - no secret
        self.statuses: dict[str, str] = {}

    def step(self) -> None:
        actions = [self.order, self.start, self.start, self.qr_code, self.link]
        actions += [self.pay, self.pay, self.pay, self.capture, self.refund, self.close]
        actions += [self.move, self.account]
        self.dice.choice(actions)()
        self.check(self.till.state())

    def pick(self, kind: str) -> dict[str, Any] | None:
        found = self.till.state()[kind]
        return self.dice.choice(found) if found else None

    def order(self) -> None:
        self.till.order(
            self.dice.choice([100, 201, 5000]), partial_payment=self.dice.random() < 0.2
        )

    def start(self) -> None:
        if order := self.pick("orders"):
            self.till.api("POST", "/v1/payments/create/upi", upi_body(order))

    def qr_code(self) -> None:
        self.till.qr_code(close_by=self.till.now() + self.dice.choice([120, 7200]))

    def link(self) -> None:
        self.till.link(accept_partial=self.dice.random() < 0.3)

    def pay(self) -> None:
        kind = self.dice.choice(["payments", "payments", "qr_codes", "payment_links"])
        thing = self.pick(kind)
        if thing and "_qr" in thing:
            body = {
                "qr": thing["_qr"],
                "outcome": self.dice.choice(OUTCOMES),
                "after_s": self.dice.choice([0, 0, 50, 5000]),
            }
            assert self.till.try_control("upi/pay", body)[0] in (200, 400)

    def capture(self) -> None:
        if payment := self.pick("payments"):
            body = {"amount": payment["amount"], "currency": "INR"}
            self.till.api("POST", f"/v1/payments/{payment['id']}/capture", body)

    def refund(self) -> None:
        if payment := self.pick("payments"):
            body = self.dice.choice([{}, {"amount": 100}, {"speed": "optimum"}])
            self.till.api("POST", f"/v1/payments/{payment['id']}/refund", body)

    def close(self) -> None:
        if qr := self.pick("qr_codes"):
            self.till.api("POST", f"/v1/payments/qr_codes/{qr['id']}/close")
        if (link := self.pick("payment_links")) and self.dice.random() < 0.3:
            self.till.api("POST", f"/v1/payment_links/{link['id']}/cancel")

    def move(self) -> None:
        self.till.advance(self.dice.choice([1, 60, 600, 3600, 86_400, 3 * 86_400]))

    def account(self) -> None:
        self.till.control("account", {"auto_capture": self.dice.random() < 0.7})

    def check(self, state: dict[str, Any]) -> None:
        payments = defaultdict(list)
        refunds: dict[str, int] = defaultdict(int)
        for refund in state["refunds"]:
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
        assert payment["status"] == before or payment["status"] in ARROWS[before]
        self.statuses[payment["id"]] = payment["status"]

    def check_order(self, order: dict[str, Any], payments: list[dict[str, Any]]) -> None:
        kept = sum(p["amount"] for p in payments if p["status"] == "captured")
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
        chaos = Chaos(Till(server), seed)
        for _ in range(150):
            chaos.step()
        before, url = chaos.till.state(), server.url
    with SandboxServer(state_file=path) as server:
        after = Till(server).state()
        for kind, shown in before.items():
            for old, new in zip(shown, after[kind], strict=True):
                told = {**new}
                for name in ("image_url", "short_url", "_qr"):
                    if name in told:
                        told[name] = told[name].replace(server.url, url)
                assert told == old
        chaos.till = Till(server)
        for _ in range(50):
            chaos.step()
        assert len(chaos.statuses) > 20
