"""Webhooks: exact signatures, retries by the clock, disabling, and misbehaviour on demand."""

from __future__ import annotations

import hashlib
import hmac
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import razorpay

from desktop_app.sandbox.server import SandboxServer
from desktop_app.sandbox.webhook_events import EVENTS

from .sandbox_client import SandboxClient
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "my webhook secret"


@pytest.fixture
def server(fresh_server: SandboxServer) -> SandboxServer:
    """One for each test: they leave connections and threads behind."""
    return fresh_server


def listen(client: SandboxClient, receiver: WebhookReceiver, *events: str) -> dict[str, Any]:
    hook = {"url": receiver.url, "secret": SECRET, "events": list(events or ["*"])}
    return client.control("webhooks", hook)


def until(
    client: SandboxClient, status: str, count: int = 1, tries: int = 0
) -> list[dict[str, Any]]:
    """Wait until `count` deliveries have that status after `tries` tries."""
    ends = time.monotonic() + 8
    while time.monotonic() < ends:
        found = [d for d in client.state()["deliveries"] if d["status"] == status]
        found = [d for d in found if len(d["tries"]) >= tries]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(client.state()["deliveries"])


def test_events_of_a_payment_are_ordered_and_signed_over_their_bytes(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        listen(client, receiver)
        order, code = client.code()
        payment = client.pay(code)
        got = receiver.wait_for(3)
        until(client, "delivered", 3)
    assert receiver.names == ["payment.authorized", "payment.captured", "order.paid"]
    assert len({g.event_id for g in got}) == 3
    for g in got:
        expected = hmac.new(SECRET.encode(), g.body, hashlib.sha256).hexdigest()
        assert g.signature == expected
        assert razorpay.Utility().verify_webhook_signature(g.body.decode(), g.signature, SECRET)
    statuses = [g.event["payload"]["payment"]["entity"]["status"] for g in got]
    assert statuses == ["authorized", "captured", "captured"]
    assert got[2].event["payload"]["order"]["entity"]["id"] == order["id"]
    assert got[2].event["payload"]["payment"]["entity"]["id"] == payment["id"]
    assert got[2].event["contains"] == ["payment", "order"]


def test_only_what_was_asked_for_is_sent(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        listen(client, receiver, "order.paid")
        client.pay(client.code()[1], "failure")
        client.pay(client.code()[1])
        receiver.wait_for(1)
        until(client, "delivered")
    assert receiver.names == ["order.paid"]
    assert len(client.state()["deliveries"]) == 1


def test_every_event_is_sent_when_its_time_comes(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        listen(client, receiver)
        client.pay(client.code()[1], "failure")
        paid = client.pay(client.code(50000)[1])
        key = paid["id"]
        for body in ({"amount": 2468}, {"amount": 100, "speed": "optimum"}, {"amount": 200}):
            client.ok("POST", f"/v1/payments/{key}/refund", body)
        order = client.order(9000)
        card = {"order_id": order["id"], "method": "card"}
        by_card = client.control("checkout/pay", card)
        client.ok("POST", f"/v1/payments/{by_card['id']}/refund", {"speed": "optimum"})
        client.advance(3700)
        client.pay(client.qr_code()["image_content"])
        qr = client.qr_code()
        client.ok("POST", f"/v1/payments/qr_codes/{qr['id']}/close")
        client.pay(client.link()["short_url"])
        part = client.link(accept_partial=True)
        client.pay(part["short_url"], amount=1000)
        client.ok("POST", f"/v1/payment_links/{client.link()['id']}/cancel")
        client.link(expire_by=client.now() + 1000)
        bill = client.invoice(partial_payment=True)["short_url"]
        client.pay(bill, amount=1000)
        client.pay(bill)
        client.invoice(expire_by=client.now() + 1000)
        for end in ("won", "lost", "closed"):
            dispute = client.control("disputes", {"payment_id": key, "amount": 100})
            for status in ("under_review", "action_required", end):
                client.control(f"disputes/{dispute['id']}", {"status": status})
        down = client.control("downtimes", {"method": "upi", "instrument": {"psp": "bhim"}})
        client.control(f"downtimes/{down['id']}", {"severity": "low"})
        client.control(f"downtimes/{down['id']}", {"status": "resolved"})
        client.advance(14 * 86_400)
        client.state()
        ends = time.monotonic() + 8
        while time.monotonic() < ends and set(receiver.names) != set(EVENTS):
            time.sleep(0.02)
    assert set(EVENTS) - set(receiver.names) == set()
    assert {d["status"] for d in client.state()["deliveries"]} <= {"delivered", "waiting"}


def test_a_bad_answer_is_tried_again_by_the_clock(client: SandboxClient) -> None:
    with WebhookReceiver(500, 302) as receiver:
        listen(client, receiver, "order.paid")
        client.pay(client.code()[1])
        receiver.wait_for(1)
        (waiting,) = until(client, "waiting", tries=1)
        assert waiting["tries"][0]["status"] == 500
        assert waiting["next_at"] == waiting["created_at"] + 60
        client.advance(60)
        receiver.wait_for(2)
        client.advance(90)  # the sandbox's clock also moves by itself
        time.sleep(0.1)
        assert len(receiver.received) == 2
        client.advance(31)
        receiver.wait_for(3)
        (done,) = until(client, "delivered")
    assert [t["status"] for t in done["tries"]] == [500, 302, 200]
    assert (
        len({g.body for g in receiver.received})
        == len({g.event_id for g in receiver.received})
        == 1
    )


def test_after_a_day_the_webhook_is_disabled(client: SandboxClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    hook = client.control("webhooks", {"url": url, "secret": "s", "events": ["order.paid"]})
    client.pay(client.code()[1])
    client.advance(86_400 - 10)
    until(client, "waiting", tries=11)
    assert client.state()["webhooks"][0]["status"] == "active"
    client.advance(10)
    (failed,) = until(client, "failed")
    moments = [t["at"] - failed["created_at"] for t in failed["tries"]]
    assert moments == [60 * (2**n - 1) for n in range(11)] + [86_400]
    assert all(t["problem"] for t in failed["tries"])
    (off,) = client.state()["webhooks"]
    assert off.pop("disabled_at") >= failed["created_at"] + 86_400
    assert off == {**hook, "status": "disabled"}
    client.pay(client.code()[1])
    assert len(client.state()["deliveries"]) == 1


def test_an_answer_after_five_seconds_counts_as_none(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.sandbox.webhook_sender.ANSWER_TIMEOUT_S", 0.2)
    with WebhookReceiver(wait_s=0.6) as receiver:
        listen(client, receiver, "order.paid")
        client.pay(client.code()[1])
        (waiting,) = until(client, "waiting", tries=1)
    assert waiting["tries"][0]["problem"] == "no answer within 5 seconds"


def test_duplicates_and_reordering_and_delay_on_demand(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        listen(client, receiver)
        manner = {"duplicates": 1, "delay_s": 100, "order": "reversed"}
        assert client.control("webhooks/manner", manner) == manner
        client.pay(client.code()[1])
        time.sleep(0.1)
        assert receiver.received == []
        client.advance(100)
        got = receiver.wait_for(6)
        until(client, "delivered", 6)
    assert [g.event["event"] for g in got] == [
        *["order.paid"] * 2,
        *["payment.captured"] * 2,
        *["payment.authorized"] * 2,
    ]
    assert len({g.event_id for g in got}) == 3
    assert client.control("webhooks/manner") == manner
    for wrong in ({"duplicates": -1}, {"order": "x"}, {"delay_s": True}, {"x": 1}):
        assert client.try_control("webhooks/manner", wrong)[0] == 400


def test_an_event_is_replayed_to_the_byte(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        listen(client, receiver, "order.paid")
        client.pay(client.code()[1])
        (first,) = receiver.wait_for(1)
        assert client.control("webhooks/replay", {"event_id": first.event_id})["webhooks"]
        again = receiver.wait_for(2)[1]
        until(client, "delivered", 2)
    assert again == first


def test_sixteen_parallel_payments_send_each_event_once(client: SandboxClient) -> None:
    def collect(number: int) -> str:
        order, code = client.code(10000 + number)
        client.pay(code)
        return str(order["id"])

    with WebhookReceiver() as receiver:
        listen(client, receiver, "order.paid")
        with ThreadPoolExecutor(16) as pool:
            orders = sorted(pool.map(collect, range(64)))
        got = receiver.wait_for(64)
        until(client, "delivered", 64)
    assert sorted(g.event["payload"]["order"]["entity"]["id"] for g in got) == orders
    assert len({g.event_id for g in receiver.received}) == len(receiver.received) == 64


def test_timed_changes_are_sent_without_a_call(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        listen(client, receiver, "payment_link.expired")
        soon = client.link(expire_by=client.now() + 901)
        client.advance(900)
        (got,) = receiver.wait_for(1)
    assert got.event["payload"]["payment_link"]["entity"]["id"] == soon["id"]


def test_deliveries_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with WebhookReceiver(500) as receiver:
        with SandboxServer(state_file=path) as server:
            client = SandboxClient(server)
            listen(client, receiver, "order.paid")
            client.pay(client.code()[1])
            receiver.wait_for(1)
            before = until(client, "waiting", tries=1)
        with SandboxServer(state_file=path) as server:
            client = SandboxClient(server)
            assert client.state()["deliveries"] == before
            client.advance(60)
            receiver.wait_for(2)
            until(client, "delivered")


def test_a_reset_ends_what_was_on_its_way(client: SandboxClient) -> None:
    with WebhookReceiver(500) as receiver:
        listen(client, receiver, "order.paid")
        client.pay(client.code()[1])
        receiver.wait_for(1)
        client.control("reset", {})
        assert not any(client.state().values())
        listen(client, receiver, "order.paid")
        client.pay(client.code()[1])
        receiver.wait_for(2)
        until(client, "delivered")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "http://example.com/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1/\r\nX: y",
        "http://[::1",
        "ftp://127.0.0.1/",
    ],
)
def test_only_loopback_addresses_are_taken(client: SandboxClient, url: str) -> None:
    hook = {"url": url, "secret": "s", "events": []}
    assert client.try_control("webhooks", hook)[0] == 400
