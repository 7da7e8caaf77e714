"""A seed and a stopped clock: the same calls get the same bytes, in another process too."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from .sandbox_client import SandboxClient, raw_exchange, upi_body
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .webhook_receiver import ReceivedEvent

TRIES = 3
DAY = 86_400
FORM = "application/x-www-form-urlencoded"


class PortTakenError(Exception):
    """Another program has taken the port between two runs."""


class RecordingClient(SandboxClient):
    """A client that keeps every byte it gets."""

    answers: list[bytes]

    def send(
        self, method: str, path: str, sent: bytes | None = None, **headers: Any
    ) -> tuple[int, dict[str, str], bytes]:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.server.url[7:]}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines.append(f"Content-Length: {len(sent or b'')}")
        request = "\r\n".join((*lines, "", "")).encode() + (sent or b"")
        answer = raw_exchange(self, request, timeout=20)
        self.answers.append(answer)
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head[9:12]), {"Location": _location(head)}, body


def _location(head: bytes) -> str:
    found = re.search(rb"\r\nLocation: ([^\r]+)", head)
    return found[1].decode() if found else ""


@contextmanager
def sandbox(port: int) -> Iterator[RecordingClient]:
    command = [sys.executable, "-m", "desktop_app.sandbox.command_line", "--port", str(port)]
    options = ["--seed", "7", "--now", "2026-04-01T10:00"]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        opened = process.stdout.readline()
        if not opened:
            raise PortTakenError
        client = RecordingClient(SimpleNamespace(**json.loads(opened)))  # type: ignore[arg-type]
        client.answers = [opened]
        try:
            yield client
        finally:
            process.terminate()


def by_api(client: RecordingClient) -> None:
    """Use what the API has, with refusals and faults in between."""
    customer = client.ok("POST", "/v1/customers", {"name": "Asha", "contact": "9000000001"})
    order, code = client.code(receipt="A", notes={"row": "1"}, partial_payment=True)
    client.refused("POST", "/v1/orders", {"amount": 1})
    client.pay(code, "failure", reason="incorrect_pin")
    paid = client.pay(code)
    for body in ({"amount": 2468}, {"amount": 100, "speed": "optimum"}):
        client.ok("POST", f"/v1/payments/{paid['id']}/refund", body)
    qr = client.qr_code(customer_id=customer["id"])
    client.pay(qr["image_content"])
    late = client.intent(client.order())["link"]
    client.pay(late, "late", after_s=DAY)
    client.control("checkout/pay", {"order_id": client.order()["id"], "method": "card"})
    client.control("disputes", {"payment_id": paid["id"], "amount": 100})
    client.control("downtimes", {"method": "upi", "instrument": {"psp": "bhim"}})
    client.ok("POST", "/v1/settlements/ondemand", {"amount": 1000})
    client.arm_fault("GET", "/v1/orders", "wrong_order")
    client.api("GET", "/v1/orders", **{"expand[]": "payments"})
    client.api("POST", "/v1/payments/create/upi", upi_body(order))


def by_pages(client: RecordingClient) -> None:
    """Pay a link and an order on their pages."""
    link = client.link(reference_id="L", accept_partial=True)
    path = f"/l/{link['id'].partition('_')[2]}"
    client.send("GET", path)
    form = {"method": "netbanking", "bank": "HDFC", "email": "a@b.in", "contact": "9000000001"}
    asked = urlencode({**form, "rupees": "10"}).encode()
    bank = client.send("POST", f"{path}/pay", asked, Content_Type=FORM)[1]["Location"]
    assert bank
    client.send("GET", bank)
    client.send("POST", bank, b"outcome=success", Content_Type=FORM)
    client.send("GET", path)
    options = {"key": client.server.key_id, "order_id": client.order()["id"]}
    body = urlencode({"options": json.dumps(options)}).encode()
    page = client.send("POST", "/v1/checkout/public", body, Content_Type=FORM)[1]["Location"]
    assert page
    client.send("GET", page)
    body = urlencode(form).encode()
    bank = client.send("POST", f"{page}/pay", body, Content_Type=FORM)[1]["Location"]
    done = client.send("POST", bank, b"outcome=success", Content_Type=FORM)[1]
    assert b"razorpay_signature" in client.send("GET", done["Location"])[2]


def a_while(client: RecordingClient) -> None:
    """Move the clock by days, and read everything."""
    for _ in range(4):
        client.advance(3 * DAY)
    client.control("account")
    for kind in ("orders", "payments", "refunds", "settlements", "disputes", "customers"):
        client.ok("GET", f"/v1/{kind}", count=100)
    day = {"year": 2026, "month": 4, "day": 3}
    client.ok("GET", "/v1/settlements/recon/combined", **day)
    client.api("GET", "/v1/orders", authorized=1, **{"expand[]": "payments"})


@dataclass(frozen=True)
class Given:
    """All that a run of the flow got."""

    opened: bytes
    answers: list[bytes]
    webhooks: list[ReceivedEvent]


def flow(client: RecordingClient, receiver: WebhookReceiver, opened: bytes) -> Given:
    """Run everything; return all bytes that were answered, and all webhooks. Ends with a reset."""
    client.answers = []
    receiver.received.clear()
    client.control("webhooks", {"url": receiver.url, "secret": "s", "events": ["*"]})
    by_api(client)
    by_pages(client)
    a_while(client)
    answers = client.answers[:]
    got = receiver.wait_for(len(client.state()["deliveries"]))
    client.control("reset", {})
    return Given(opened, answers, got)


def run(port: int, receiver: WebhookReceiver) -> tuple[int, Given]:
    """Run the flow in a process; return its port and what it gave, its keys among it."""
    with sandbox(port) as client:
        opened = client.answers[0]
        given = flow(client, receiver, opened)
        if not port:
            assert flow(client, receiver, opened) == given, "a reset leads to other bytes"
        return int(client.server.url.rsplit(":", 1)[1]), given


@pytest.mark.timeout(120)
def test_the_same_flow_gets_the_same_bytes_in_two_processes() -> None:
    with WebhookReceiver() as receiver:
        for _ in range(TRIES):
            port, first = run(0, receiver)
            try:
                second = run(port, receiver)[1]
            except PortTakenError:
                continue
            break
        else:
            pytest.fail("no port stays free")
    assert first == second
    assert b"rzp_test_" in first.opened
    assert len(first.answers) > 45
    assert len(first.webhooks) > 20
    assert b"Wed, 01 Apr 2026 04:30:00 GMT" in first.answers[0]
