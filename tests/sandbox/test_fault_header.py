"""Faults that a request names for itself, in its header."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from desktop_app.sandbox.faults import KINDS

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

ORDER = b'{"amount": 100, "currency": "INR"}'
NO_WAIT = "timeout_before timeout_after slow drip".split()


def sent(client: SandboxClient, fault: str, method: str = "POST") -> tuple[int, bytes]:
    """Send one call on a new connection."""
    link = http.client.HTTPConnection(urlsplit(client.server.url).netloc, timeout=10)
    try:
        headers: dict[str, Any] = {**client.auth, "X-Sandbox-Fault": fault}
        link.request(method, "/v1/orders", ORDER if method == "POST" else None, headers)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def test_only_the_request_that_names_a_fault_has_it(client: SandboxClient) -> None:
    assert sent(client, "status_503")[0] == 503
    assert client.state()["orders"] == []
    assert client.order()["status"] == "created"
    assert client.control("faults") == {"faults": []}


def test_an_answer_is_lost_after_the_work(client: SandboxClient) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        sent(client, "timeout_after; delay_s=0")
    assert len(client.state()["orders"]) == 1
    (entry,) = client.control("requests")["items"]
    assert (entry["fault"], entry["sent"]) == ("timeout_after", "close")


def test_it_goes_before_an_armed_fault_which_waits(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "status_500")
    assert sent(client, "status_503")[0] == 503
    assert client.api("POST", "/v1/orders", {"amount": 100, "currency": "INR"})[0] == 500


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_named(client: SandboxClient, kind: str) -> None:
    named = f"{kind};delay_s=0.01" if kind in NO_WAIT else kind
    try:
        status, body = sent(client, named)
    except (http.client.HTTPException, ConnectionError):
        status, body = 0, b""
    if kind == "big_body":
        assert len(body) > 1_000_000
    assert client.control("requests")["items"][-1]["fault"] == kind
    assert status in (0, 200, 302, 400, 401, 403, 404, 429, 500, 502, 503, 504)


@pytest.mark.parametrize(
    "fault",
    ["", "earthquake", "slow; times=2", "slow; delay_s=x", "slow; delay_s=99999", "slow delay_s=1"],
)
def test_a_wrong_header_is_refused_and_nothing_happens(client: SandboxClient, fault: str) -> None:
    status, body = sent(client, fault)
    assert (status, list(json.loads(body))) == (400, ["error"])
    assert client.state()["orders"] == []


def test_the_control_plane_has_no_faults(client: SandboxClient) -> None:
    assert client.send("GET", "/_sandbox/clock", X_Sandbox_Fault="status_500")[0] == 200
