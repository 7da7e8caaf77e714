"""Webhooks by hand: list, delete, trigger, redeliver, and what the receivers answered."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.webhook_events import EVENTS

from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .sandbox_client import SandboxClient

CLOSED = "http://127.0.0.1:9/x"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as opened:
        yield opened


def listen(client: SandboxClient, url: str, *events: str) -> dict[str, Any]:
    return client.control("webhooks", {"url": url, "secret": "hush", "events": list(events)})


def until(found: Callable[[], Any]) -> Any:
    ends = time.monotonic() + 8
    while not (value := found()):
        assert time.monotonic() < ends
        time.sleep(0.01)
    return value


def deliveries(client: SandboxClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.control(f"deliveries?{query}")["items"]
    return found


def everything(client: SandboxClient) -> dict[str, dict[str, Any]]:
    """Create one of everything that an event can report; return them by kind."""
    link = client.link()
    client.pay(link["short_url"])
    invoice = client.invoice()
    client.pay(invoice["short_url"])
    qr = client.qr_code()
    client.pay(qr["image_content"])
    order, code = client.code()
    payment = client.pay(code)
    refund = client.ok("POST", f"/v1/payments/{payment['id']}/refund", {"amount": 100})
    dispute = client.control("disputes", {"payment_id": payment["id"], "amount": 100})
    downtime = client.control("downtimes", {"method": "upi", "instrument": {"psp": "bhim"}})
    return {
        "order": order,
        "payment": payment,
        "qr_code": qr,
        "payment_link": link,
        "invoice": invoice,
        "refund": refund,
        "dispute": dispute,
        "payment.downtime": downtime,
    }


def test_endpoints_are_listed_and_deleted_by_either_plane(client: SandboxClient) -> None:
    one, two = listen(client, CLOSED, "*"), listen(client, CLOSED, "order.paid")
    assert client.control("webhooks") == {"count": 2, "items": [one, two]}
    assert client.control(f"webhooks/{one['id']}", method="DELETE") == one
    assert client.ok("GET", "/v1/webhooks")["count"] == 1
    client.control(f"webhooks/{two['id'].removeprefix('wh_')}", method="DELETE")
    assert client.control("webhooks") == {"count": 0, "items": []}
    assert client.try_control(f"webhooks/{one['id']}", method="DELETE")[0] == 400


def test_what_waits_for_a_deleted_endpoint_fails(client: SandboxClient) -> None:
    hook = listen(client, CLOSED, "*")
    client.pay(client.code()[1])
    until(lambda: deliveries(client, "status=waiting")[0]["tries"])
    client.control(f"webhooks/{hook['id']}", method="DELETE")
    until(lambda: {d["status"] for d in deliveries(client)} == {"failed"})
    assert {d["next_at"] for d in deliveries(client)} == {None}


def test_every_event_is_sent_on_demand_about_what_exists(
    client: SandboxClient, receiver: WebhookReceiver
) -> None:
    made = everything(client)
    client.advance(9 * 86_400)
    before = {kind: client.state()[kind] for kind in ("orders", "payments", "refunds")}
    listen(client, receiver.url, "*")
    for name in EVENTS:
        sent = client.control("webhooks/trigger", {"event": name})
        assert sent["event"] == name
        assert len(sent["deliveries"]) == len(sent["webhooks"]) == 1
    got = {r.event["event"]: r.event for r in receiver.wait_for(len(EVENTS))}
    assert set(got) == set(EVENTS)
    for name, event in got.items():
        assert event["contains"] == list(event["payload"])
        kind = event["contains"][0 if name.startswith("refund") else -1]
        if kind in made and name.startswith(kind):
            assert event["payload"][kind]["entity"]["id"]
    paid = got["order.paid"]["payload"]
    assert paid["order"]["entity"]["id"] == made["order"]["id"]
    assert paid["payment"]["entity"]["id"] == made["payment"]["id"]
    assert got["refund.processed"]["payload"]["refund"]["entity"]["id"] == made["refund"]["id"]
    assert got["qr_code.credited"]["contains"] == ["payment", "qr_code"]
    assert got["payment.dispute.won"]["contains"] == ["payment", "dispute"]
    assert got["payment_link.paid"]["contains"] == ["payment_link", "order", "payment"]
    assert {kind: client.state()[kind] for kind in before} == before


def test_an_event_can_be_about_a_named_entity(
    client: SandboxClient, receiver: WebhookReceiver
) -> None:
    order, code = client.code()
    payment = client.pay(code, "failure")
    client.pay(client.code()[1])
    hook = listen(client, receiver.url, "refund.failed")
    for key in (payment["id"], order["id"]):
        body = {"event": "payment.failed", "entity_id": key, "webhook_id": hook["id"]}
        client.control("webhooks/trigger", body)
    first, second = receiver.wait_for(2)
    assert first.event["payload"]["payment"]["entity"]["id"] == payment["id"]
    assert second.event["payload"] == first.event["payload"]
    asked = {"event": "shop.moved", "entities": [order["id"]], "webhook_id": hook["id"]}
    client.control("webhooks/trigger", asked)
    assert receiver.wait_for(3)[2].event["contains"] == ["order"]


WRONG: list[dict[str, Any]] = [
    {},
    {"event": "paid"},
    {"event": "x" * 200 + ".y"},
    {"event": "subscription.charged"},
    {"event": "order.paid", "entity_id": "order_AAAAAAAAAAAAAA"},
    {"event": "order.paid", "entity_id": 1},
    {"event": "order.paid", "entities": []},
    {"event": "order.paid", "entities": "x"},
    {"event": "order.paid", "entities": [1]},
    {"event": "order.paid", "webhook_id": "wh_AAAAAAAAAAAAAA"},
    {"event": "payment.dispute.won"},
    {"event": "payment_link.paid"},
    {"event": "order.paid", "colour": 1},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_triggered_is_refused(client: SandboxClient, wrong: dict[str, Any]) -> None:
    client.pay(client.code()[1])
    client.link()
    listen(client, CLOSED, "refund.failed")
    status, answer = client.try_control("webhooks/trigger", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert deliveries(client) == []


def test_without_a_listener_nothing_is_sent(client: SandboxClient) -> None:
    client.order()
    client.pay(client.code()[1])
    sent = client.control("webhooks/trigger", {"event": "order.paid"})
    assert (sent["webhooks"], sent["deliveries"]) == ([], [])


def test_a_delivery_is_sent_again_with_the_same_bytes(
    client: SandboxClient, receiver: WebhookReceiver
) -> None:
    hook = listen(client, receiver.url, "order.paid")
    client.pay(client.code()[1])
    first = receiver.wait_for(1)[0]
    (delivery,) = until(lambda: deliveries(client, "status=delivered"))
    sent = client.control(f"deliveries/{delivery['id']}/redeliver", {})
    assert (sent["event"], sent["webhooks"]) == ("order.paid", [hook["id"]])
    assert receiver.wait_for(2)[1] == first
    assert until(lambda: len(deliveries(client, "status=delivered")) == 2)
    assert client.try_control("deliveries/dlv_AAAAAAAAAAAAAA/redeliver", {})[0] == 400
    client.ok("PATCH", f"/v1/webhooks/{hook['id'][3:]}", {"active": False})
    assert client.try_control(f"deliveries/{delivery['id']}/redeliver", {})[0] == 400


def test_deliveries_show_what_the_receiver_answered(client: SandboxClient) -> None:
    reply = b"HTTP/1.1 422 No\r\nContent-Length: 12\r\n\r\nwrong secret and more"
    with answering(reply) as url:
        listen(client, url, "order.paid")
        client.pay(client.code()[1])
        (delivery,) = until(
            lambda: [d for d in deliveries(client, "event=order.paid&status=waiting") if d["tries"]]
        )
    (row,) = delivery["tries"]
    assert (row["status"], row["body"]) == (422, "wrong secret")
    assert row["problem"] == "not a 2xx answer"
    assert (row["at"], delivery["next_at"]) == (delivery["created_at"], delivery["created_at"] + 60)
    assert 0 <= row["ms"] < 5000


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 900, "x" * 500),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nshort \xff", "short \ufffd"),
    ],
)
def test_an_answer_that_stays_open_counts_at_once(
    client: SandboxClient, reply: bytes, body: str
) -> None:
    with answering(reply) as url:
        listen(client, url, "order.paid")
        client.pay(client.code()[1])
        (delivery,) = until(lambda: deliveries(client, "status=delivered"))
    assert delivery["tries"][0]["body"] == body
    assert delivery["tries"][0]["ms"] < 4000


def test_deliveries_are_filtered(client: SandboxClient, receiver: WebhookReceiver) -> None:
    hook = listen(client, receiver.url, "*")
    client.pay(client.code()[1])
    assert until(lambda: len(deliveries(client, "status=delivered")) == 3)
    found = client.control(f"deliveries?webhook_id={hook['id']}&limit=1")
    assert (found["count"], len(found["items"])) == (3, 1)
    assert found["items"][0]["event"] == "order.paid"
    assert found["items"][0]["payload"]["event"] == "order.paid"
    assert deliveries(client, "status=waiting") == deliveries(client, "webhook_id=wh_x") == []
    for wrong in ("status=lost", "limit=0", "colour=red"):
        assert client.try_control(f"deliveries?{wrong}")[0] == 400


class answering:  # noqa: N801 - a context, read as a function
    """A receiver that sends these bytes and keeps the connection open."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(link)
            link.settimeout(5)
            received = b""
            while b"\r\n\r\n" not in received or not _is_whole(received):
                received += link.recv(65536)
            link.sendall(self._reply)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/hook"

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)
        for link in self._open:
            link.close()


def _is_whole(received: bytes) -> bool:
    try:
        return bool(json.loads(received.partition(b"\r\n\r\n")[2]))
    except ValueError:
        return False
