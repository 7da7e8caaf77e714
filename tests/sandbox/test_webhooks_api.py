"""The webhooks API, the bytes of an event, and the addresses that events may go to."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer
from desktop_app.sandbox.webhook_events import account_id, as_php_json
from desktop_app.sandbox.webhook_targets import is_target, private_address

from .sandbox_client import SandboxClient
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from .sandbox_client import Json

HOOK: dict[str, Any] = {
    "url": "http://127.0.0.1:9/hook",
    "secret": "hush",
    "events": ["order.paid"],
}
BASE = "/v1/webhooks"


def test_create_list_fetch_edit_delete(client: SandboxClient) -> None:
    made = client.ok("POST", BASE, {**HOOK, "alert_email": "a@b.in"})
    assert (made["entity"], made["active"], made["secret_exists"]) == ("webhook", True, True)
    assert (len(made["id"]), made["events"], "secret" in made) == (14, ["order.paid"], False)
    path = f"{BASE}/{made['id']}"
    assert client.ok("GET", path) == made
    assert client.ok("GET", BASE)["items"] == [made]
    edited = client.ok("PUT", path, {"active": 0, "events": ["payment.failed"]})
    assert (edited["active"], edited["events"]) == (False, ["payment.failed"])
    assert client.ok("PATCH", path, {"active": True})["active"]
    status, _, answer = client.send("DELETE", path, **client.auth)
    assert (status, answer) == (200, b"[]")
    assert client.refusal("GET", path) == "The id provided does not exist"
    assert client.ok("GET", BASE)["count"] == 0


def test_it_answers_by_account_too(client: SandboxClient) -> None:
    own = f"/v2/accounts/{account_id(client.server.key_id)}/webhooks"
    made = client.ok("POST", own, HOOK)
    assert client.ok("GET", f"{BASE}/{made['id']}") == made
    assert client.refusal("GET", "/v2/accounts/acc_AAAAAAAAAAAAAA/webhooks") == (
        "The id provided does not exist"
    )


def test_a_shop_registers_with_a_form_of_switches(client: SandboxClient) -> None:
    sent = "url=http://localhost:9/x&active=1&events[payment.authorized]=1&events[order.paid]=0"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, body = client.send("POST", f"{BASE}/", sent.encode(), **client.auth, **kind)
    assert (status, json.loads(body)["events"]) == (200, ["payment.authorized"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": None}, "The url field is required."),
        ({"url": "https://example.com/hook"}, "This sandbox sends webhooks to this machine"),
        ({"url": "http://10.0.0.1/hook"}, "This sandbox sends webhooks to this machine"),
        ({"events": ["paid"]}, "Invalid event name/names: paid"),
        ({"events": "order.paid"}, "The events must be an array."),
        ({"colour": 1}, "colour is/are not required"),
    ],
)
def test_wrong_webhooks_are_refused(client: SandboxClient, change: Json, words: str) -> None:
    assert client.refusal("POST", BASE, {**HOOK, **change}).startswith(words)


def test_there_are_thirty_at_most(client: SandboxClient) -> None:
    for _ in range(30):
        client.ok("POST", BASE, HOOK)
    assert client.refusal("POST", BASE, HOOK) == "You can create up to 30 webhooks."


def test_a_switched_off_or_deleted_webhook_gets_nothing(fresh_server: SandboxServer) -> None:
    client = SandboxClient(fresh_server)
    with WebhookReceiver() as kept, WebhookReceiver() as off, WebhookReceiver() as gone:
        hooks = [
            client.ok("POST", BASE, {**HOOK, "url": receiver.url})["id"]
            for receiver in (kept, off, gone)
        ]
        client.ok("PUT", f"{BASE}/{hooks[1]}", {"active": False})
        client.api("DELETE", f"{BASE}/{hooks[2]}")
        client.pay(client.code()[1])
        kept.wait_for(1)
        assert [d["webhook_id"] for d in client.state()["deliveries"]] == [f"wh_{hooks[0]}"]
    assert (off.names, gone.names) == ([], [])


def test_an_event_is_written_as_php_writes_it() -> None:
    assert as_php_json({"a": "x/y ₹", "b": [1, None]}) == r'{"a":"x\/y \u20b9","b":[1,null]}'


def test_the_signature_of_the_parsed_body_verifies(fresh_server: SandboxServer) -> None:
    """`JSON.stringify(req.body)` gives the bytes back unless they hold a slash or other letters."""
    client = SandboxClient(fresh_server)
    with WebhookReceiver() as receiver:
        client.ok("POST", BASE, {**HOOK, "url": receiver.url, "events": ["*"]})
        client.pay(client.code()[1])
        events = receiver.wait_for(3)
    for got in events:
        parsed = json.dumps(json.loads(got.body), separators=(",", ":"), ensure_ascii=False)
        assert parsed.encode() == got.body
        assert hmac.new(b"hush", parsed.encode(), hashlib.sha256).hexdigest() == got.signature


# Addresses


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://127.0.0.1:8000/hook", True),
        ("http://localhost/x", True),
        ("http://[::1]:9/x", True),
        ("http://192.168.1.20/x", True),
        ("http://192.168.1.21/x", False),
        ("https://127.0.0.1/x", False),
        ("http://127.0.0.1:0/x", False),
        ("http://127.0.0.1.example.com/x", False),
        ("http://127.0.0.1/a b", False),
        ("http://[x/", False),
    ],
)
def test_targets(url: str, wanted: bool) -> None:
    assert is_target(url, frozenset({"192.168.1.20"})) is wanted


def test_only_private_addresses_can_be_named() -> None:
    assert private_address("192.168.1.20") == "192.168.1.20"
    assert private_address("FD00::0001") == "fd00::1"
    for wrong in ("8.8.8.8", "::", "example.com", "", "224.0.0.1"):
        with pytest.raises(ValueError, match="addr"):
            private_address(wrong)


def test_a_named_address_is_taken_by_the_server() -> None:
    with SandboxServer(webhook_hosts=frozenset({"10.1.2.3"})) as server:
        client = SandboxClient(server)
        hook = {**HOOK, "url": "http://10.1.2.3/hook"}
        assert client.ok("POST", BASE, hook)["url"] == hook["url"]
        assert client.control("webhooks", hook)["url"] == hook["url"]
