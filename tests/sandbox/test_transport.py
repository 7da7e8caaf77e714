"""HTTP itself: keep-alive, invalid bodies, and a stop at any moment."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from desktop_app.sandbox import request_log
from desktop_app.sandbox.orders import OrdersResource
from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient, raw_exchange

if TYPE_CHECKING:
    from pathlib import Path

ORDER = b'{"amount": 50000, "currency": "INR"}'


@pytest.fixture
def server(fresh_server: SandboxServer) -> SandboxServer:
    """One for each test: they leave connections and threads behind."""
    return fresh_server


def _link(client: SandboxClient) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(client.server.url).netloc, timeout=5)


def _request(client: SandboxClient, body: bytes, *headers: str, method: str = "POST") -> bytes:
    lines = [
        f"{method} /v1/orders HTTP/1.1",
        "Host: x",
        f"Authorization: {client.auth['Authorization']}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_connection_is_kept(client: SandboxClient) -> None:
    link = _link(client)
    ports = set()
    for _ in range(50):
        link.request("POST", "/v1/orders", ORDER, client.auth)
        assert link.getresponse().read().startswith(b'{"id": "order_')
        assert link.sock is not None
        ports.add(link.sock.getsockname())
    assert len(ports) == 1
    link.close()


def test_requests_sent_together_are_answered_in_order(client: SandboxClient) -> None:
    one = _request(client, ORDER, f"Content-Length: {len(ORDER)}")
    last = _request(client, b"", "Connection: close", method="GET")
    answer = raw_exchange(client, one + one + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.endswith(b"]}")


def test_http_1_0_ends_the_connection(client: SandboxClient) -> None:
    answer = raw_exchange(client, b"GET /v1/orders HTTP/1.0\r\n\r\n")
    assert b"401" in answer
    assert b"Connection: close" in answer


def test_head_has_no_body(client: SandboxClient) -> None:
    status, headers, body = client.send("HEAD", "/v1/orders", **client.auth)
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


def test_chunked_bodies_are_read(client: SandboxClient) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ORDER), ORDER)
    answer = raw_exchange(
        client, _request(client, body, "Transfer-Encoding: chunked", "Connection: close")
    )
    assert b"200 OK" in answer
    assert len(client.state()["orders"]) == 1


def test_a_body_over_a_megabyte_is_refused_and_the_client_hears_it(client: SandboxClient) -> None:
    body = b'{"amount": 50000, "currency": "INR", "receipt": "' + b"x" * (3 << 20) + b'"}'
    status, _, answer = client.send("POST", "/v1/orders", body, **client.auth)
    assert status == 400
    assert json.loads(answer)["error"]["description"] == "The request body is too large."

    chunk = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
    raw = _request(client, chunk + chunk, "Transfer-Encoding: chunked")
    assert b"400 BAD REQUEST" in raw_exchange(client, raw)


@pytest.mark.parametrize(
    "head",
    [
        ["Content-Length: many"],
        ["Content-Length: -5"],
        ["Content-Length: 99999999999999999999"],
        ["Transfer-Encoding: chunked", "X: y"],
    ],
)
def test_lengths_that_cannot_be(client: SandboxClient, head: list[str]) -> None:
    answer = raw_exchange(client, _request(client, b"zz\r\n\r\n", *head))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"code": "BAD_REQUEST_ERROR"' in answer


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"one two three four five\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /v1/orders HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"GET /v1/orders HTTP/1.1\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_noise_is_refused(client: SandboxClient, noise: bytes) -> None:
    assert raw_exchange(client, noise).startswith(b"HTTP/1.1 400 ")
    assert client.ok("GET", "/v1/orders")["count"] == 0


BAD_JSON = [
    b"{",
    b"[1]",
    b'"x"',
    b"\xff\xfe",
    b'{"amount": NaN}',
    b'{"amount": 1e999}',
    b'{"receipt": "\\ud800"}',
    b'{"amount": ' + b"9" * 5000 + b"}",
    b'{"notes": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"notes": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
    b"amount=50000&currency=INR",
]


@pytest.mark.parametrize("body", BAD_JSON)
def test_bodies_that_are_no_json_object(client: SandboxClient, body: bytes) -> None:
    status, _, answer = client.send("POST", "/v1/orders", body, **client.auth)
    assert status == 400
    assert json.loads(answer)["error"]["code"] == "BAD_REQUEST_ERROR"
    assert client.state()["orders"] == []


def test_only_this_machine_is_served(client: SandboxClient) -> None:
    port = urlsplit(client.server.url).port or 0
    assert client.server.url == f"http://127.0.0.1:{port}"
    # Another loopback address would be served if it listened on all interfaces.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=2)


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "slow", "drip"])
def test_stop_does_not_wait_for_faults(kind: str) -> None:
    before = set(threading.enumerate())
    server = SandboxServer()
    server.start()
    client = SandboxClient(server)
    client.arm_fault("GET", "/v1/orders", kind, delay_s=300)
    link = _link(client)
    link.request("GET", "/v1/orders", headers=client.auth)
    time.sleep(0.1)
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 2
    assert set(threading.enumerate()) <= before
    with pytest.raises((http.client.HTTPException, OSError)):
        link.getresponse().read()
    link.close()


def test_stop_ends_idle_connections_and_frees_the_port() -> None:
    server = SandboxServer()
    server.start()
    client = SandboxClient(server)
    link = _link(client)
    link.request("GET", "/v1/orders", headers=client.auth)
    link.getresponse().read()
    server.stop()
    server.stop()
    port = urlsplit(client.server.url).port or 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)
    with SandboxServer(port=port) as again:
        assert SandboxClient(again).ok("GET", "/v1/orders")["count"] == 0
    link.close()


def test_a_taken_port_is_said_and_leaves_nothing() -> None:
    before = set(threading.enumerate())
    with SandboxServer() as first:
        second = SandboxServer(port=urlsplit(first.url).port or 0)
        with pytest.raises(OSError, match="in use"):
            second.start()
        second.stop()
    assert set(threading.enumerate()) <= before


def test_the_log_has_a_line_per_request_and_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "requests.log"
    with SandboxServer(log_file=path) as server:
        client = SandboxClient(server)
        client.order(receipt="SECRET-RECEIPT")
        client.api("GET", "/v1/orders", receipt="SECRET-RECEIPT")
        client.arm_fault("GET", "/v1/orders", "reset_after")
        with pytest.raises(ConnectionResetError):
            raw_exchange(client, _request(client, b"", method="GET"))
        secret = server.key_secret
    lines = path.read_text().splitlines()
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "POST /v1/orders 200",
        "GET /v1/orders 200",
        "POST /_sandbox/faults 200",
        "GET /v1/orders reset",
    ]
    assert all(line.endswith(" ms") for line in lines)
    assert secret not in path.read_text()
    assert "SECRET-RECEIPT" not in path.read_text()


def test_a_long_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "MAX_BYTES", 200)
    path = tmp_path / "logs" / "requests.log"
    with SandboxServer(log_file=path) as server:
        for _ in range(20):
            SandboxClient(server).ok("GET", "/v1/orders")
    assert path.stat().st_size < 300
    assert path.with_name("requests.log.1").stat().st_size < 300


def test_a_fault_of_its_own_is_a_500_and_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: OrdersResource, _call: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(OrdersResource, "list", broken)
    path = tmp_path / "requests.log"
    with SandboxServer(log_file=path) as server:
        status, answer = SandboxClient(server).api("GET", "/v1/orders")
        assert (status, answer["error"]["code"]) == (500, "SERVER_ERROR")
        assert SandboxClient(server).order()["status"] == "created"
    assert "ZeroDivisionError" in path.read_text()
