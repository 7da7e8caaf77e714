"""Webhooks: signed to the byte, retried by the clock, then given up; misbehaving on demand."""

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

from .sandbox_client import Till
from .webhook_receiver import Receiver

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "my webhook secret"


def listen(till: Till, receiver: Receiver, *events: str) -> dict[str, Any]:
    hook = {"url": receiver.url, "secret": SECRET, "events": list(events or ["*"])}
    return till.control("webhooks", hook)


def until(till: Till, status: str, count: int = 1, tries: int = 0) -> list[dict[str, Any]]:
    """Wait until so many deliveries have that status, tried so often."""
    ends = time.monotonic() + 8
    while time.monotonic() < ends:
        found = [d for d in till.state()["deliveries"] if d["status"] == status]
        found = [d for d in found if len(d["tries"]) >= tries]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(till.state()["deliveries"])


def test_a_payment_is_told_in_order_and_signed_over_its_bytes(till: Till) -> None:
    with Receiver() as receiver:
        listen(till, receiver)
        order, code = till.code()
        payment = till.pay(code)
        got = receiver.wait_for(3)
        until(till, "delivered", 3)
    assert receiver.names == ["payment.authorized", "payment.captured", "order.paid"]
    assert len({g.event_id for g in got}) == 3
    for g in got:
        expected = hmac.new(SECRET.encode(), g.body, hashlib.sha256).hexdigest()
        assert g.signature == expected
        assert razorpay.Utility().verify_webhook_signature(g.body.decode(), g.signature, SECRET)
    statuses = [g.told["payload"]["payment"]["entity"]["status"] for g in got]
    assert statuses == ["authorized", "captured", "captured"]
    assert got[2].told["payload"]["order"]["entity"]["id"] == order["id"]
    assert got[2].told["payload"]["payment"]["entity"]["id"] == payment["id"]
    assert got[2].told["contains"] == ["payment", "order"]


def test_only_what_was_asked_for_is_sent(till: Till) -> None:
    with Receiver() as receiver:
        listen(till, receiver, "order.paid")
        till.pay(till.code()[1], "failure")
        till.pay(till.code()[1])
        receiver.wait_for(1)
        until(till, "delivered")
    assert receiver.names == ["order.paid"]
    assert len(till.state()["deliveries"]) == 1


def test_every_event_is_sent_when_its_time_comes(till: Till) -> None:
    with Receiver() as receiver:
        listen(till, receiver)
        till.pay(till.code()[1], "failure")
        paid = till.pay(till.code(50000)[1])
        key = paid["id"]
        for body in ({"amount": 2468}, {"amount": 100, "speed": "optimum"}, {"amount": 200}):
            till.ok("POST", f"/v1/payments/{key}/refund", body)
        order = till.order(9000)
        card = {"order_id": order["id"], "method": "card"}
        by_card = till.control("checkout/pay", card)
        till.ok("POST", f"/v1/payments/{by_card['id']}/refund", {"speed": "optimum"})
        till.advance(3700)
        till.pay(till.qr_code()["image_content"])
        qr = till.qr_code()
        till.ok("POST", f"/v1/payments/qr_codes/{qr['id']}/close")
        till.pay(till.link()["short_url"])
        part = till.link(accept_partial=True)
        till.pay(part["short_url"], amount=1000)
        till.ok("POST", f"/v1/payment_links/{till.link()['id']}/cancel")
        till.link(expire_by=till.now() + 1000)
        for end in ("won", "lost", "closed"):
            dispute = till.control("disputes", {"payment_id": key, "amount": 100})
            for status in ("under_review", "action_required", end):
                till.control(f"disputes/{dispute['id']}", {"status": status})
        down = till.control("downtimes", {"method": "upi", "instrument": {"psp": "bhim"}})
        till.control(f"downtimes/{down['id']}", {"severity": "low"})
        till.control(f"downtimes/{down['id']}", {"status": "resolved"})
        till.advance(14 * 86_400)
        till.state()
        ends = time.monotonic() + 8
        while time.monotonic() < ends and set(receiver.names) != set(EVENTS):
            time.sleep(0.02)
    assert set(EVENTS) - set(receiver.names) == set()
    assert {d["status"] for d in till.state()["deliveries"]} <= {"delivered", "waiting"}


def test_a_bad_answer_is_tried_again_by_the_clock(till: Till) -> None:
    with Receiver(500, 302) as receiver:
        listen(till, receiver, "order.paid")
        till.pay(till.code()[1])
        receiver.wait_for(1)
        (waiting,) = until(till, "waiting", tries=1)
        assert waiting["tries"][0]["status"] == 500
        assert waiting["next_at"] == waiting["created_at"] + 60
        till.advance(60)
        receiver.wait_for(2)
        till.advance(119)
        time.sleep(0.1)
        assert len(receiver.got) == 2
        till.advance(2)
        receiver.wait_for(3)
        (done,) = until(till, "delivered")
    assert [t["status"] for t in done["tries"]] == [500, 302, 200]
    assert len({g.body for g in receiver.got}) == len({g.event_id for g in receiver.got}) == 1


def test_after_a_day_the_webhook_is_disabled(till: Till) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    hook = till.control("webhooks", {"url": url, "secret": "s", "events": ["order.paid"]})
    till.pay(till.code()[1])
    till.advance(86_400 - 10)
    until(till, "waiting", tries=11)
    assert till.state()["webhooks"][0]["status"] == "active"
    till.advance(10)
    (failed,) = until(till, "failed")
    moments = [t["at"] - failed["created_at"] for t in failed["tries"]]
    assert moments == [60 * (2**n - 1) for n in range(11)] + [86_400]
    assert all(t["problem"] for t in failed["tries"])
    assert till.state()["webhooks"] == [{**hook, "status": "disabled"}]
    till.pay(till.code()[1])
    assert len(till.state()["deliveries"]) == 1


def test_an_answer_after_five_seconds_counts_as_none(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.sandbox.webhook_sender.LIMIT_S", 0.2)
    with Receiver(wait_s=0.6) as receiver:
        listen(till, receiver, "order.paid")
        till.pay(till.code()[1])
        (waiting,) = until(till, "waiting", tries=1)
    assert waiting["tries"][0]["problem"] == "no answer within 5 seconds"


def test_duplicates_and_reordering_and_delay_on_demand(till: Till) -> None:
    with Receiver() as receiver:
        listen(till, receiver)
        manner = {"duplicates": 1, "delay_s": 100, "order": "reversed"}
        assert till.control("webhooks/manner", manner) == manner
        till.pay(till.code()[1])
        time.sleep(0.1)
        assert receiver.got == []
        till.advance(100)
        got = receiver.wait_for(6)
        until(till, "delivered", 6)
    assert [g.told["event"] for g in got] == [
        *["order.paid"] * 2,
        *["payment.captured"] * 2,
        *["payment.authorized"] * 2,
    ]
    assert len({g.event_id for g in got}) == 3
    assert till.control("webhooks/manner") == manner
    for wrong in ({"duplicates": -1}, {"order": "x"}, {"delay_s": True}, {"x": 1}):
        assert till.try_control("webhooks/manner", wrong)[0] == 400


def test_an_event_is_replayed_to_the_byte(till: Till) -> None:
    with Receiver() as receiver:
        listen(till, receiver, "order.paid")
        till.pay(till.code()[1])
        (first,) = receiver.wait_for(1)
        assert till.control("webhooks/replay", {"event_id": first.event_id})["webhooks"]
        again = receiver.wait_for(2)[1]
        until(till, "delivered", 2)
    assert again == first


def test_sixteen_clients_are_told_of_every_payment_once(till: Till) -> None:
    def collect(number: int) -> str:
        order, code = till.code(10000 + number)
        till.pay(code)
        return str(order["id"])

    with Receiver() as receiver:
        listen(till, receiver, "order.paid")
        with ThreadPoolExecutor(16) as pool:
            orders = sorted(pool.map(collect, range(64)))
        got = receiver.wait_for(64)
        until(till, "delivered", 64)
    assert sorted(g.told["payload"]["order"]["entity"]["id"] for g in got) == orders
    assert len({g.event_id for g in receiver.got}) == len(receiver.got) == 64


def test_what_falls_due_is_told_without_anybody_calling(till: Till) -> None:
    with Receiver() as receiver:
        listen(till, receiver, "payment_link.expired")
        soon = till.link(expire_by=till.now() + 901)
        till.advance(899)
        (got,) = receiver.wait_for(1)
    assert got.told["payload"]["payment_link"]["entity"]["id"] == soon["id"]


def test_deliveries_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with Receiver(500) as receiver:
        with SandboxServer(state_file=path) as server:
            till = Till(server)
            listen(till, receiver, "order.paid")
            till.pay(till.code()[1])
            receiver.wait_for(1)
            before = until(till, "waiting", tries=1)
        with SandboxServer(state_file=path) as server:
            till = Till(server)
            assert till.state()["deliveries"] == before
            till.advance(60)
            receiver.wait_for(2)
            until(till, "delivered")


def test_a_reset_ends_what_was_on_its_way(till: Till) -> None:
    with Receiver(500) as receiver:
        listen(till, receiver, "order.paid")
        till.pay(till.code()[1])
        receiver.wait_for(1)
        till.control("reset", {})
        assert not any(till.state().values())
        listen(till, receiver, "order.paid")
        till.pay(till.code()[1])
        receiver.wait_for(2)
        until(till, "delivered")


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
def test_only_loopback_addresses_are_taken(till: Till, url: str) -> None:
    hook = {"url": url, "secret": "s", "events": []}
    assert till.try_control("webhooks", hook)[0] == 400
