"""Random calls and clock moves, with all invariants checked after each."""

from __future__ import annotations

import shutil
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desktop_app.sandbox.server import SandboxServer

from .invariants import InvariantChecker
from .sandbox_client import SandboxClient, upi_body

WHICH = st.integers(0, 999)
AMOUNTS = st.sampled_from([100, 201, 402, 2468, 5000, 100000])
METHODS = st.sampled_from(["upi", "card", "netbanking", "wallet"])
OUTCOMES = st.sampled_from(["success", "success", "failure", "timeout", "late", "authorized"])
MOVES = st.sampled_from([1, 61, 600, 3600, 7200, 86_400, 3 * 86_400, 9 * 86_400, 181 * 86_400])
MOST_STEPS = 25
CHANNELS = st.sampled_from(["online", "in_person"])
KINDS = st.sampled_from(["credit", "debit"])


class SandboxMachine(RuleBasedStateMachine):
    """Random actions of merchants, parents, banks and time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.checker = InvariantChecker()
        self.kept: tuple[dict[str, Any], InvariantChecker, bool] | None = None
        self.limited = False
        self.server = self.serve()

    def serve(self) -> SandboxServer:
        server = SandboxServer(state_file=self.folder / "state.json")
        server.start()
        self.client = SandboxClient(server)
        return server

    def teardown(self) -> None:
        self.server.stop()
        shutil.rmtree(self.folder)

    def pick(self, kind: str, which: int) -> dict[str, Any] | None:
        found = self.client.state()[kind]
        return found[which % len(found)] if found else None

    def trying(self, method: str, path: str, body: Any = None) -> None:
        assert self.client.api(method, path, body)[0] in (200, 400)

    @initialize(automatic=st.booleans())
    def open_account(self, automatic: bool) -> None:
        self.client.control("account", {"auto_capture": automatic})

    @rule(
        amount=AMOUNTS,
        partly=st.booleans(),
        offers=st.sets(WHICH, max_size=2),
        forced=st.booleans(),
    )
    def order(self, amount: int, partly: bool, offers: set[int], forced: bool) -> None:
        named = [o["id"] for o in (self.pick("offers", which) for which in offers) if o]
        more = {"offers": named, "force_offer": forced} if named else {}
        self.client.order(amount, partial_payment=partly, receipt="R", **more)

    @rule(
        reward=st.sampled_from(
            [
                {"flat_cashback": 300},
                {"percent_rate": 1000},
                {"percent_rate": 5000, "max_cashback": 200},
            ]
        ),
        uses=st.sampled_from([None, 1]),
        method=st.sampled_from([None, "upi", "card"]),
        block=st.booleans(),
    )
    def offer(
        self, reward: dict[str, int], uses: int | None, method: str | None, block: bool
    ) -> None:
        limits = {"max_payment_count": uses, "payment_method": method, "block": block}
        self.client.control("offers", {**reward, **limits})

    @rule(which=WHICH, part=st.sampled_from([1, 2]))
    def start(self, which: int, part: int) -> None:
        if order := self.pick("orders", which):
            body = {**upi_body(order), "amount": max(order["amount_due"] // part, 100)}
            status, answer = self.client.api("POST", "/v1/payments/create/upi", body)
            if order["status"] == "paid":
                assert (status, answer["error"]["reason"]) == (400, "order_already_paid")

    @rule(which=WHICH, method=METHODS, outcome=OUTCOMES)
    def check_out(self, which: int, method: str, outcome: str) -> None:
        if order := self.pick("orders", which):
            wanted = {"order_id": order["id"], "method": method, "outcome": outcome}
            status, answer = self.client.try_control("checkout/pay", wanted)
            if order["status"] == "paid":
                assert (status, answer["error"]["reason"]) == (400, "order_already_paid")

    @rule(
        which=WHICH,
        kind=st.sampled_from(["payments", "qr_codes", "payment_links"]),
        outcome=OUTCOMES,
        after_s=st.sampled_from([0, 0, 50, 5000]),
    )
    def pay(self, which: int, kind: str, outcome: str, after_s: int) -> None:
        thing = self.pick(kind, which)
        if thing and "_qr" in thing:
            wanted = {"qr": thing["_qr"], "outcome": outcome, "after_s": after_s, "amount": 700}
            assert self.client.try_control("upi/pay", wanted)[0] in (200, 400)

    @rule(which=WHICH)
    def capture(self, which: int) -> None:
        if payment := self.pick("payments", which):
            body = {"amount": payment["amount"], "currency": "INR"}
            self.trying("POST", f"/v1/payments/{payment['id']}/capture", body)

    @rule(which=WHICH, amount=st.sampled_from([None, 100, 2468, 10**6]), fast=st.booleans())
    def refund(self, which: int, amount: int | None, fast: bool) -> None:
        if payment := self.pick("payments", which):
            body = {"amount": amount, "speed": "optimum" if fast else "normal"}
            self.trying("POST", f"/v1/payments/{payment['id']}/refund", body)

    @rule(single=st.booleans())
    def qr_code(self, single: bool) -> None:
        if single:
            self.client.qr_code()
        else:
            self.client.ok("POST", "/v1/payments/qr_codes", {"type": "upi_qr"})

    @rule(which=WHICH)
    def close(self, which: int) -> None:
        if qr := self.pick("qr_codes", which):
            self.trying("POST", f"/v1/payments/qr_codes/{qr['id']}/close")

    @rule(partly=st.booleans())
    def link(self, partly: bool) -> None:
        self.client.link(accept_partial=partly, expire_by=self.client.now() + 5000)

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        if link := self.pick("payment_links", which):
            self.trying("POST", f"/v1/payment_links/{link['id']}/cancel")

    @rule(which=WHICH)
    def dispute(self, which: int) -> None:
        if payment := self.pick("payments", which):
            self.client.try_control("disputes", {"payment_id": payment["id"], "amount": 100})

    @rule(which=WHICH, end=st.sampled_from(["accept", "won", "lost", "action_required"]))
    def decide(self, which: int, end: str) -> None:
        dispute = self.pick("disputes", which)
        if dispute and end == "accept":
            self.trying("POST", f"/v1/disputes/{dispute['id']}/accept")
        elif dispute:
            self.client.try_control(f"disputes/{dispute['id']}", {"status": end})

    @rule(amount=st.sampled_from([100, 700, None]))
    def settle_at_once(self, amount: int | None) -> None:
        body = {"amount": amount, "settle_full_balance": amount is None}
        self.trying("POST", "/v1/settlements/ondemand", body)

    @rule(amount=st.sampled_from([100, 5000]), method=st.sampled_from(["card", "upi"]))
    def pay_at_machine(self, amount: int, method: str) -> None:
        self.client.control("pos/pay", {"amount": amount, "method": method})

    @rule(
        which=WHICH,
        amount=st.sampled_from([None, 100]),
        outcome=st.sampled_from(["processed", "failed", "pending"]),
        after_s=st.sampled_from([0, 50, 90_000]),
        speed=st.sampled_from(["normal", "optimum"]),
    )
    def refund_at_dashboard(
        self, which: int, amount: int | None, outcome: str, after_s: int, speed: str
    ) -> None:
        if payment := self.pick("payments", which):
            body = {"payment_id": payment["id"], "outcome": outcome, "after_s": after_s}
            body |= {"speed": speed} | ({} if amount is None else {"amount": amount})
            self.client.try_control("refunds", body)

    @rule(
        which=WHICH,
        kind=st.sampled_from(["refunds", "settlements"]),
        status=st.sampled_from(["processed", "failed"]),
    )
    def decide_money(self, which: int, kind: str, status: str) -> None:
        if found := self.pick(kind, which):
            path = f"{kind}/{found['id']}"
            is_open = found["status"] not in (
                status,
                "failed" if kind == "refunds" else "processed",
            )
            code, answer = self.client.try_control(path, {"status": status})
            assert code == 200 or not is_open or "never captured" in answer["error"]

    @rule(amount=st.sampled_from([50, 5000]), kind=KINDS, channel=CHANNELS)
    def adjust(self, amount: int, kind: str, channel: str) -> None:
        self.client.control("adjustments", {"amount": amount, "type": kind, "channel": channel})

    @rule(channel=CHANNELS)
    def settle(self, channel: str) -> None:
        before = self.client.control("balances")[channel]["unsettled"]
        status, made = self.client.try_control("settlements", {"channel": channel})
        assert status == 400 or self.limited or made["amount"] == before > 0

    @rule(
        most=st.sampled_from([None, None, 6000]),
        outcome=st.sampled_from(["processed", "created", "failed"]),
        after_s=st.sampled_from([None, 3600, 90_000]),
        bearer=st.sampled_from(["platform", "customer_added", "customer_beside"]),
        qr_channel=CHANNELS,
        fee=st.sampled_from([0, 200]),
    )
    def change_account(self, qr_channel: str, bearer: str, fee: int, **plan: Any) -> None:
        self.limited = plan["most"] is not None
        wanted = {"settlements": plan, "fee_bearer": bearer, "qr_channel": qr_channel}
        self.client.control("account", {**wanted, "fees": {"upi": fee}})

    @rule(seconds=MOVES)
    def move(self, seconds: int) -> None:
        self.client.advance(seconds)

    @rule()
    def restart(self) -> None:
        before, url = self.client.state(), self.server.url
        self.server.stop()
        self.server = self.serve()
        self.kept = None
        after = self.client.state()
        assert _without(after, self.server.url) == _without(before, url)

    @rule()
    def keep(self) -> None:
        self.client.control("snapshots", {"name": "kept"})
        self.kept = (self.client.state(), deepcopy(self.checker), self.limited)

    @rule()
    def go_back(self) -> None:
        if self.kept:
            self.client.control("snapshots/kept/restore", {})
            assert self.client.state() == self.kept[0]
            self.checker, self.limited = deepcopy(self.kept[1]), self.kept[2]

    @invariant()
    def in_order(self) -> None:
        self.checker.check(self.client)


def _without(value: Any, url: str) -> Any:
    """Return a state without the address, which differs after a restart."""
    if isinstance(value, dict):
        return {name: _without(inner, url) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, url) for inner in value]
    return value.replace(url, "") if isinstance(value, str) else value


def _run(examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(SandboxMachine, settings=chosen)


def test_the_books_are_always_in_order() -> None:
    _run(examples=12, steps=MOST_STEPS)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_books_are_always_in_order_for_long() -> None:
    _run(examples=300, steps=60)
