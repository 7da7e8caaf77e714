"""Accounts by key pair: in one process, and nothing of one is seen or touched by another."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from desktop_app.sandbox import accounts
from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from pathlib import Path

APRIL = 1_775_017_800
FORM = "application/x-www-form-urlencoded"


class AccountClient(SandboxClient):
    """A client of one account, in the control plane too."""

    @classmethod
    def of(cls, server: Any, **wanted: object) -> AccountClient:
        """Create an account."""
        return cls(SimpleNamespace(**SandboxClient(server).control("accounts", wanted)))  # type: ignore[arg-type]

    def try_control(
        self, path: str, body: Any = None, method: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        raw = None if body is None else json.dumps(body).encode()
        chosen = method or ("GET" if body is None else "POST")
        status, _, answer = self.send(chosen, f"/_sandbox/{path}", raw, **self.auth)
        return status, json.loads(answer)


@pytest.fixture
def one(server: SandboxServer) -> AccountClient:
    return AccountClient.of(server)


@pytest.fixture
def two(server: SandboxServer) -> AccountClient:
    return AccountClient.of(server)


def test_nothing_of_one_account_is_seen_in_another(
    client: SandboxClient, one: AccountClient, two: AccountClient
) -> None:
    order, code = one.code(receipt="A")
    assert [len(c.state()["orders"]) for c in (client, one, two)] == [0, 1, 0]
    assert two.refusal("GET", f"/v1/orders/{order['id']}") == "The id provided does not exist"
    assert two.try_control("upi/pay", {"qr": code})[0] == 400
    assert client.try_control("upi/pay", {"qr": code})[0] == 400
    assert one.pay(code)["status"] == "captured"
    kept = one.control("account")
    two.control("account", {"balance": 5, "features": {"s2s": False}})
    assert one.control("account") == kept
    two.control("reset", {})
    assert one.state()["orders"][0]["status"] == "paid"


def test_clocks_faults_journals_and_snapshots_are_apart(
    client: SandboxClient, one: AccountClient, two: AccountClient
) -> None:
    one.control("clock", {"now": APRIL, "stopped": True})
    one.advance(60)
    assert one.order()["created_at"] == APRIL + 60
    assert one.send("GET", "/v1/orders", **one.auth)[1]["Date"] == "Wed, 01 Apr 2026 04:31:00 GMT"
    assert two.now() > APRIL + 3600
    one.arm_fault("GET", "/v1/orders", "status_500")
    assert two.ok("GET", "/v1/orders")["count"] == client.ok("GET", "/v1/orders")["count"] == 0
    assert one.api("GET", "/v1/orders")[0] == 500
    assert [c.control("requests")["count"] for c in (client, one, two)] == [1, 3, 1]
    one.control("snapshots", {"name": "a"})
    assert two.try_control("snapshots/a/restore", {})[0] == 400
    assert two.control("snapshots")["count"] == 0


def test_webhooks_carry_their_own_account(
    client: SandboxClient, one: AccountClient, two: AccountClient
) -> None:
    with WebhookReceiver() as receiver:
        for member, secret in ((one, "s-one"), (two, "s-two")):
            hook = {"url": receiver.url, "secret": secret, "events": ["order.paid"]}
            member.control("webhooks", hook)
        client.pay(client.code()[1])
        for member in (one, two):
            member.pay(member.code()[1])
        got = receiver.wait_for(2)
        assert len({g.event["account_id"] for g in got}) == 2
        assert len(client.state()["deliveries"]) == 0
        for member in (one, two):
            member.control("reset", {})
    assert len(receiver.received) == 2


def test_a_key_opens_its_own_account_only(
    client: SandboxClient, one: AccountClient, two: AccountClient
) -> None:
    mixed = [
        (one.server.key_id, two.server.key_secret),
        (one.server.key_id, ""),
        ("rzp_test_x", "y"),
    ]
    for pair in mixed:
        basic = b64encode(":".join(pair).encode()).decode()
        assert client.send("GET", "/v1/orders", Authorization=f"Basic {basic}")[0] == 401
    assert client.send("GET", f"/v1/preferences?key_id={one.server.key_id}")[0] == 200
    assert client.send("GET", "/v1/preferences?key_id=rzp_test_x")[0] == 401


def test_the_control_plane_chooses_by_key_id_too(client: SandboxClient, one: AccountClient) -> None:
    one.order()
    key = one.server.key_id
    assert len(client.control(f"state?key_id={key}")["orders"]) == 1
    assert client.control(f"clock?key_id={key}", {"advance_s": 5})["now"]
    assert client.control(f"requests?key_id={key}&method=POST")["count"] == 1
    assert client.control(f"deliveries?key_id={key}")["count"] == 0
    for wrong in ("rzp_test_x", "%ff"):
        status, answer = client.try_control(f"state?key_id={wrong}")
        assert (status, list(answer)) == (400, ["error"])
    basic = b64encode(b"rzp_test_x:y").decode()
    assert client.send("GET", "/_sandbox/state", Authorization=f"Basic {basic}")[0] == 400


def test_pages_find_their_account(client: SandboxClient, one: AccountClient) -> None:
    link, qr, order = one.link(), one.qr_code(), one.order()
    path = f"/l/{link['id'].partition('_')[2]}"
    assert client.send("GET", path)[0] == 200
    form = {"method": "netbanking", "bank": "HDFC", "email": "a@b.in", "contact": "9000000001"}
    bank = _post(client, f"{path}/pay", form)
    _post(client, bank, {"outcome": "success"})
    assert one.ok("GET", f"/v1/payment_links/{link['id']}")["status"] == "paid"
    assert client.send("GET", qr["image_url"].removeprefix(client.server.url))[0] == 200
    options = json.dumps({"key": one.server.key_id, "order_id": order["id"]})
    page = _post(client, "/v1/checkout/public", {"options": options})
    bank = _post(client, f"{page}/pay", form)
    assert b"<form" in client.send("GET", bank)[2]
    done = _post(client, bank, {"outcome": "success"})
    assert b"razorpay_signature" in client.send("GET", done)[2]
    assert one.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    assert client.state()["payments"] == []


@pytest.mark.parametrize("where", ["embedded", "hosted"])
def test_a_checkout_that_fills_the_window_finds_its_account(
    client: SandboxClient, one: AccountClient, where: str
) -> None:
    order = one.order()
    fields = {"key_id": one.server.key_id, "order_id": order["id"]}
    page = _post(client, f"/v1/checkout/{where}", fields)
    assert client.send("GET", page)[0] == 200
    sent = json.dumps(fields).encode()
    status = client.send("POST", f"/v1/checkout/{where}", sent, Content_Type="application/json")[0]
    assert status == 303
    for broken in (b"{", b"[]", b"options=[", b"", b"key_id=rzp_test_x"):
        status = client.send("POST", f"/v1/checkout/{where}", broken, Content_Type=FORM)[0]
        assert status == 400


def _post(client: SandboxClient, path: str, fields: dict[str, str]) -> str:
    """Send a form of a page; return where it leads."""
    body = urlencode(fields).encode()
    status, headers, page = client.send("POST", path, body, Content_Type=FORM)
    assert status == 303, page
    return headers["Location"]


def test_accounts_are_listed_and_deleted(client: SandboxClient, one: AccountClient) -> None:
    own = client.server.key_id
    named = {"key_id": "rzp_test_Mine", "key_secret": "my:secret"}
    assert client.control("accounts", named) == {"url": client.server.url, **named}
    assert client.control("accounts") == {
        "count": 3,
        "items": [
            {"key_id": own, "own": True},
            {"key_id": one.server.key_id, "own": False},
            {"key_id": "rzp_test_Mine", "own": False},
        ],
    }
    mine = AccountClient(SimpleNamespace(url=client.server.url, **named))  # type: ignore[arg-type]
    assert mine.order()["status"] == "created"
    assert mine.control("accounts/rzp_test_Mine", method="DELETE") == {"key_id": "rzp_test_Mine"}
    assert mine.api("GET", "/v1/orders")[0] == 401
    assert mine.try_control("state")[0] == 400
    assert client.try_control(f"accounts/{own}", method="DELETE")[0] == 400
    assert client.try_control("accounts/rzp_test_Mine", method="DELETE")[0] == 400
    assert client.control("accounts", named)["key_id"] == "rzp_test_Mine"
    assert mine.ok("GET", "/v1/orders")["count"] == 0


WRONG: list[dict[str, Any]] = [
    {"key_id": "rzp_live_x"},
    {"key_id": "rzp_test_"},
    {"key_id": "rzp_test_a:b"},
    {"key_id": 1},
    {"key_secret": ""},
    {"key_secret": "a b"},
    {"seed": 1.5},
    {"seed": True},
    {"now": "soon"},
    {"colour": 1},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_accounts_are_refused(client: SandboxClient, wrong: dict[str, Any]) -> None:
    status, answer = client.try_control("accounts", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert client.control("accounts")["count"] == 1


def test_a_key_id_is_given_once_and_their_number_is_bounded(
    client: SandboxClient, one: AccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for taken in (client.server.key_id, one.server.key_id):
        assert client.try_control("accounts", {"key_id": taken})[0] == 400
    monkeypatch.setattr(accounts, "MOST_ACCOUNTS", 2)
    assert client.try_control("accounts", {})[0] == 400
    client.control(f"accounts/{one.server.key_id}", method="DELETE")
    assert AccountClient.of(client.server).order()["status"] == "created"


def test_a_seed_and_a_time_of_its_own() -> None:
    def given(member: AccountClient) -> list[object]:
        order, code = member.code()
        return [member.server.key_id, order, member.pay(code)]

    with SandboxServer(seed=7, now=APRIL) as first, SandboxServer(seed=7, now=APRIL) as second:
        pairs = [(AccountClient.of(first), AccountClient.of(second)) for _ in range(2)]
        found = [given(a) for a, _ in pairs]
        assert found == [given(b) for _, b in pairs]
        assert found[0] != found[1]
        wanted = {"key_id": "rzp_test_A", "seed": 9, "now": "2026-05-01T10:00"}
        own = AccountClient.of(first, **wanted)
        kept = given(own)
        assert own.order()["created_at"] == APRIL + 30 * 86_400
        own.control("reset", {})
        assert given(own) == kept


def test_many_threads_work_beside_each_other(fresh_server: SandboxServer) -> None:
    def whole_day(number: int) -> tuple[int, int]:
        member = AccountClient.of(fresh_server)
        member.arm_fault("GET", "/v1/refunds", "status_500")
        paid = [member.pay(member.code(1000 + number)[1]) for _ in range(5)]
        member.ok("POST", f"/v1/payments/{paid[0]['id']}/refund", {"amount": 100})
        member.advance(9 * 86_400)
        assert member.api("GET", "/v1/refunds")[0] == 500
        (settled,) = member.ok("GET", "/v1/settlements")["items"]
        assert {p["amount"] for p in member.state()["payments"]} == {1000 + number}
        key = member.server.key_id
        if number % 2:
            member.control(f"accounts/{key}", method="DELETE")
        return number, settled["amount"]

    with ThreadPoolExecutor(8) as pool:
        settled = dict(pool.map(whole_day, range(16)))
    assert len(settled) == 16
    assert SandboxClient(fresh_server).control("accounts")["count"] == 9


def test_a_deleted_account_ends_its_threads(fresh_server: SandboxServer) -> None:
    before = set(threading.enumerate())
    member = AccountClient.of(fresh_server)
    with WebhookReceiver(wait_s=0.5) as receiver:
        member.control("webhooks", {"url": receiver.url, "secret": "s", "events": ["*"]})
        member.pay(member.code()[1])
        member.control(f"accounts/{member.server.key_id}", method="DELETE")
        named = {t.name for t in set(threading.enumerate()) - before}
        assert "sandbox-webhook" not in named


def test_accounts_survive_a_restart_and_their_files_go_with_them(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(state_file=path, seed=7) as server:
        member, other = AccountClient.of(server, now=APRIL), AccountClient.of(server)
        order = member.order()
        pair = (member.server.key_id, member.server.key_secret)
    with SandboxServer(state_file=path, seed=7) as server:
        known = SimpleNamespace(url=server.url, key_id=pair[0], key_secret=pair[1])
        member = AccountClient(known)  # type: ignore[arg-type]
        assert member.state()["orders"] == [order]
        member.control("reset", {})
        assert member.order() == order
        SandboxClient(server).control(f"accounts/{other.server.key_id}", method="DELETE")
        assert SandboxClient(server).control("accounts")["count"] == 2
        assert len(list(path.with_name("state.json.accounts").iterdir())) == 1
    with SandboxServer(state_file=path) as server:
        assert SandboxClient(server).control("accounts")["count"] == 2


def test_what_an_account_answered_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    command = [sys.executable, "-m", "desktop_app.sandbox.command_line", "--state-file", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        opened = SimpleNamespace(**json.loads(process.stdout.readline()))
        member = AccountClient.of(opened)
        made = [member.order()["id"] for _ in range(5)]
        process.kill()
    with SandboxServer(state_file=path) as server:
        pair = {"key_id": member.server.key_id, "key_secret": member.server.key_secret}
        member = AccountClient(SimpleNamespace(url=server.url, **pair))  # type: ignore[arg-type]
        assert [o["id"] for o in member.state()["orders"]] == made
