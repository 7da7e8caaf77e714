"""The state file: every answered change survives a restart, however the process ended."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from desktop_app.sandbox import state_file
from desktop_app.sandbox.server import SandboxServer
from desktop_app.sandbox.state_file import StateFileError

from .sandbox_client import SandboxClient, upi_body

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def _busy_day(client: SandboxClient) -> None:
    order, code = client.code(receipt="A", notes={"a": "b"})
    other = client.intent(order)["link"]
    client.pay(code, "failure")
    client.pay(code)
    client.pay(other)
    client.pay(client.qr_code()["image_content"])
    link = client.link(reference_id="L", accept_partial=True, customer={"name": "A"})
    client.pay(link["short_url"], amount=10000)
    part = {"account": "acc_CPRsN1LkFccllA", "amount": 1000, "currency": "INR"}
    client.order(offer_id="offer_JGQvQtvJmVDRIA", transfers=[part])
    client.ok("POST", "/v1/settlements/ondemand", {"amount": 1000, "notes": {"a": "b"}})
    hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["invoice.paid"]}
    client.ok("POST", "/v1/webhooks", hook)
    client.control("account", {"balance": 77, "features": {"qr_image_content": False}})
    client.pay(client.code()[1], "late", after_s=5000)
    client.advance(100)


def _everything(client: SandboxClient) -> list[Any]:
    state = json.dumps(client.state()).replace(client.server.url, "")
    orders = client.ok("GET", "/v1/orders", **{"expand[]": "payments", "count": 100})
    hooks = client.ok("GET", "/v1/webhooks")
    return [json.loads(state), orders, hooks, client.control("account")]


def test_a_restart_gives_the_same_answers(path: Path) -> None:
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        _busy_day(client)
        before, keys = _everything(client), (server.key_id, server.key_secret)
        now = client.now()
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        assert (server.key_id, server.key_secret) == keys
        assert _everything(client) == before
        assert 0 <= client.now() - now <= 5
        # Scheduled changes still happen, and no id is reused.
        client.advance(5000)
        assert client.ok("GET", "/v1/payments")["items"][0]["status"] == "captured"
        client.order()
        ids = [o["id"] for o in client.state()["orders"]]
        assert len(ids) == len(set(ids))
        words = client.refusal("POST", "/v1/payment_links", {"amount": 100, "reference_id": "L"})
        assert words.startswith("payment link creation with reference ID")


def test_idempotency_keys_are_remembered(path: Path) -> None:
    def refund(client: SandboxClient, key: str) -> bytes:
        headers = {**client.auth, "X-Refund-Idempotency": "refund-row-0001"}
        return client.send("POST", f"/v1/payments/{key}/refund", b"{}", **headers)[2]

    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        payment = client.pay(client.code()[1])["id"]
        first = refund(client, payment)
    with SandboxServer(state_file=path) as server:
        assert refund(SandboxClient(server), payment) == first


def test_other_keys_may_take_the_file_over(path: Path) -> None:
    with SandboxServer(state_file=path) as server:
        SandboxClient(server).order()
    with SandboxServer(state_file=path, key_id="rzp_test_x", key_secret="y") as server:
        assert (server.key_id, server.key_secret) == ("rzp_test_x", "y")
        assert SandboxClient(server).ok("GET", "/v1/orders")["count"] == 1


def test_what_was_answered_survives_a_kill(path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from desktop_app.sandbox.server import SandboxServer, serve\n"
        "serve(SandboxServer(state_file=pathlib.Path(sys.argv[1])))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    opened = json.loads(process.stdout.readline())
    link = http.client.HTTPConnection(urlsplit(opened["url"]).netloc, timeout=5)
    pair = b64encode(f"{opened['key_id']}:{opened['key_secret']}".encode()).decode()
    made = []
    for _ in range(20):
        body = '{"amount": 100, "currency": "INR"}'
        link.request("POST", "/v1/orders", body, {"Authorization": f"Basic {pair}"})
        made.append(json.loads(link.getresponse().read())["id"])
    process.kill()
    process.wait(10)
    process.stdout.close()
    link.close()
    with SandboxServer(state_file=path) as server:
        assert [o["id"] for o in SandboxClient(server).state()["orders"]] == made


def test_a_line_that_was_cut_off_is_dropped(path: Path) -> None:
    with SandboxServer(state_file=path) as server:
        order = SandboxClient(server).order()
    with path.open("ab") as file:
        file.write(b'{"put": [{"id": "order_half')
    with SandboxServer(state_file=path) as server:
        assert SandboxClient(server).state()["orders"] == [order]
        SandboxClient(server).order()
    with SandboxServer(state_file=path) as server:
        assert len(SandboxClient(server).state()["orders"]) == 2


@pytest.mark.parametrize("content", [b"hello", b"hello\n", b'{"a": 1}\n', b"[]\n", b"\x00\xff\n"])
def test_a_foreign_file_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StateFileError):
        SandboxServer(state_file=path).start()
    assert path.read_bytes() == content


def test_a_damaged_file_is_refused(path: Path) -> None:
    with SandboxServer(state_file=path) as server:
        SandboxClient(server).order()
        SandboxClient(server).order()
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], b"{broken", *lines[1:], b""]))
    with pytest.raises(StateFileError, match="damaged"):
        SandboxServer(state_file=path).start()
    path.write_bytes(lines[0] + b'\n{"put": [{"id": "order_AAAAAAAAAAAAAA", "colour": 1}]}\n')
    with pytest.raises(StateFileError, match="damaged"):
        SandboxServer(state_file=path).start()
    path.write_bytes(lines[0].replace(b'"pravesh_sandbox":1', b'"pravesh_sandbox":2') + b"\n")
    with pytest.raises(StateFileError, match="not a state file of this sandbox"):
        SandboxServer(state_file=path).start()


def test_an_unreadable_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(StateFileError):
        SandboxServer(state_file=tmp_path).start()


def test_the_file_is_rewritten_when_it_grows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_file, "MIN_LINES_BEFORE_REWRITE", 10)
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        order = client.order()
        for n in range(60):
            client.ok("PATCH", f"/v1/orders/{order['id']}", {"notes": {"n": str(n)}})
    assert len(path.read_bytes().splitlines()) < 20
    with SandboxServer(state_file=path) as server:
        assert SandboxClient(server).state()["orders"][0]["notes"] == {"n": "59"}


def test_what_the_disk_refuses_did_not_happen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        order, code = client.code(receipt="A")
        qr, link = client.qr_code(), client.link(reference_id="L")
        paid = client.pay(client.code()[1])
        before = client.state()
        with monkeypatch.context() as patched:
            patched.setattr("os.fsync", full)
            body = {"amount": 100, "currency": "INR", "receipt": "B", "reference_id": "M"}
            for method, where, sent in (
                ("POST", "/v1/orders", {k: body[k] for k in ("amount", "currency", "receipt")}),
                ("POST", "/v1/payments/create/upi", upi_body(order)),
                ("POST", "/v1/payment_links", {k: body[k] for k in ("amount", "reference_id")}),
                ("POST", "/v1/payments/qr_codes", {"type": "upi_qr"}),
                ("POST", f"/v1/payments/{paid['id']}/refund", {}),
                ("PATCH", f"/v1/orders/{order['id']}", {"notes": {"a": "b"}}),
            ):
                status, answer = client.api(method, where, sent)
                assert (status, answer["error"]["code"]) == (500, "SERVER_ERROR")
            for text in (code, qr["image_content"], link["short_url"]):
                assert client.try_control("upi/pay", {"qr": text})[0] == 500
        assert client.state() == before
        assert client.link(reference_id="M")["reference_id"] == "M"
        assert client.ok("GET", "/v1/orders", receipt="B")["count"] == 0
        assert client.pay(code)["status"] == "captured"
    with SandboxServer(state_file=path) as server:
        assert SandboxClient(server).ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_reset_empties_the_file(path: Path) -> None:
    with SandboxServer(state_file=path) as server:
        SandboxClient(server).order()
        SandboxClient(server).control("reset", {})
    with SandboxServer(state_file=path) as server:
        assert SandboxClient(server).state()["orders"] == []


def test_the_same_seed_gives_the_same_ids(path: Path) -> None:
    def ids(server: SandboxServer) -> list[str]:
        client = SandboxClient(server)
        order, code = client.code()
        return [order["id"], client.pay(code)["acquirer_data"]["rrn"], client.qr_code()["id"]]

    with SandboxServer(seed=7) as one, SandboxServer(seed=7) as two, SandboxServer() as other:
        first = ids(one)
        assert ids(two) == first
        assert ids(other) != first
        SandboxClient(one).control("reset", {})
        assert ids(one) == first


def test_what_was_authorised_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        order, code = client.code()
        client.pay(code)
        other = client.order()
    with SandboxServer(state_file=path) as server:
        found = SandboxClient(server).ok("GET", "/v1/orders", authorized=1)
        assert [o["id"] for o in found["items"]] == [order["id"]]
        found = SandboxClient(server).ok("GET", "/v1/orders", authorized=0)
        assert [o["id"] for o in found["items"]] == [other["id"]]


def test_what_falls_due_on_a_full_disk_happens_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        client.pay(client.code()[1])
        client.advance(700)
        unanswered = client.intent(client.order())["razorpay_payment_id"]
        with monkeypatch.context() as patched:
            patched.setattr("os.fsync", full)
            assert client.try_control("clock", {"advance_s": 9 * 86_400})[0] == 500
            assert server._store is not None
            server._store.clock.advance(9 * 86_400)  # as time that passes by itself
            assert client.api("GET", "/v1/settlements")[0] == 500
        assert client.ok("GET", "/v1/settlements")["count"] == 1
        assert client.ok("GET", f"/v1/payments/{unanswered}")["status"] == "failed"
