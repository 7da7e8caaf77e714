"""The request journal: what was asked and answered, to be asserted, with nothing secret in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

from desktop_app.sandbox import journal
from desktop_app.sandbox.journal_masking import MASK, Masker

from .sandbox_client import upi_body

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

CARD, CVV, SECRET = "4111 1111 1111 1111", "7391", "hush hush hush"
FORM = "application/x-www-form-urlencoded"


def entries(client: SandboxClient, **query: Any) -> dict[str, Any]:
    return client.control(f"requests?{urlencode(query)}" if query else "requests")


def test_a_call_and_its_answer_are_recorded_with_bodies_and_headers(client: SandboxClient) -> None:
    order = client.order(receipt="A-1", notes={"row": "1"})
    (entry,) = entries(client, method="POST", path="/v1/orders", status=200)["items"]
    assert entry["body"] == {
        "amount": 50000,
        "currency": "INR",
        "receipt": "A-1",
        "notes": {"row": "1"},
    }
    assert entry["answer"]["body"] == order
    assert entry["answer"]["headers"]["Content-Type"] == "application/json"
    assert entry["headers"]["Authorization"] == MASK
    assert (entry["fault"], entry["sent"]) == (None, "answer")
    assert entry["at"] == order["created_at"]
    assert entry["answer"]["bytes"] == len(json.dumps(order))
    assert entry["ms"] > 0


def test_what_was_called_once_can_be_asserted(client: SandboxClient) -> None:
    order = client.order()
    client.intent(order)
    client.refused("POST", "/v1/orders", {"amount": 1})
    assert entries(client, method="POST", path="/v1/payments/create/upi")["count"] == 1
    assert entries(client, path="/v1/orders", status=400)["count"] == 1
    assert entries(client, path="/v1/orders/*")["count"] == 0
    mark = entries(client)["last"]
    client.ok("GET", f"/v1/orders/{order['id']}", **{"expand[]": ["payments", "x"]})
    later = entries(client, since=mark)
    assert (later["count"], later["last"]) == (1, mark + 1)
    assert later["items"][0]["query"] == {"expand[]": ["payments", "x"]}
    for _ in range(3):
        client.ok("GET", "/v1/orders")
    found = entries(client, method="GET", limit=2)
    assert (found["count"], [e["id"] for e in found["items"]]) == (4, [mark + 3, mark + 4])
    assert entries(client, method="DELETE")["count"] == 0


def test_the_journal_is_emptied_and_counts_on(client: SandboxClient) -> None:
    client.order()
    last = entries(client)["last"]
    assert client.control("requests", method="DELETE")["count"] == 0
    assert entries(client) == {"count": 0, "last": last, "dropped": 0, "items": []}
    client.order()
    assert [e["id"] for e in entries(client)["items"]] == [last + 1]


def test_control_calls_and_the_page_are_not_recorded(client: SandboxClient) -> None:
    mark = entries(client)["last"]
    client.state()
    client.send("GET", "/")
    client.send("GET", "/_pages/page.css")
    assert entries(client)["last"] == mark
    assert client.send("GET", f"/l/{client.link()['id'][6:]}")[0] == 200
    assert [e["path"][:3] for e in entries(client, since=mark)["items"]] == ["/v1", "/l/"]


def test_a_fault_shows_with_what_the_client_got(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "reset_after")
    with pytest.raises(OSError, match=r"\w"):
        client.order()
    (lost,) = entries(client, path="/v1/orders")["items"]
    assert (lost["fault"], lost["sent"], lost["status"]) == ("reset_after", "reset", 200)
    assert lost["answer"]["body"]["entity"] == "order"
    client.arm_fault("GET", "/v1/orders", "status_500")
    client.api("GET", "/v1/orders")
    (refused,) = entries(client, method="GET", path="/v1/orders")["items"]
    assert (refused["fault"], refused["status"]) == ("status_500", 500)


NESTED = json.dumps({"key_secret": SECRET, "payment": {"card[number]": CARD, "card[cvv]": CVV}})
SENT: list[tuple[str, str]] = [
    ("application/json", json.dumps({"card": {"number": CARD.replace(" ", ""), "cvv": CVV}})),
    ("application/json", json.dumps({"card": {"number": int(CARD.replace(" ", "")), "cvv": 7391}})),
    ("application/json", json.dumps({"a": [{"webhook_secret": SECRET, "note": f"x {CARD} y"}]})),
    ("application/json", f'{{"card": {{"number": "{CARD}", "cvv": "{CVV}", "secret":"{SECRET[:4]}'),
    ("text/plain", f"number={CARD}&cvv={CVV}"),
    (FORM, urlencode({"card[number]": CARD, "card[cvv]": CVV, "secret": SECRET})),
    (FORM, urlencode({"number": CARD.replace(" ", "-"), "cvv": CVV, "otp": CVV})),
    (FORM, urlencode({"options": NESTED})),
    (FORM, NESTED),
    ("multipart/form-data; boundary=x", f'--x\r\nname="card[cvv]"\r\n\r\n{CVV}\r\n--x\r\n{CARD}'),
]


@pytest.mark.parametrize(("kind", "sent"), SENT)
def test_nothing_secret_is_shown(client: SandboxClient, kind: str, sent: str) -> None:
    client.send("POST", "/v1/orders", sent.encode(), **client.auth, Content_Type=kind)
    shown = json.dumps(entries(client, path="/v1/orders"))
    for secret in (CARD, CARD.replace(" ", ""), CARD.replace(" ", "-"), CVV, SECRET, "hush"):
        assert secret not in shown
    assert MASK in shown


def test_keys_are_masked_wherever_they_are(client: SandboxClient) -> None:
    secret = client.server.key_secret
    client.ok(
        "POST",
        "/v1/webhooks",
        {"url": "http://127.0.0.1:9/x", "events": ["order.paid"], "secret": SECRET},
    )
    client.order(notes={"mistake": f"pasted {secret} and {SECRET}"}, receipt=secret)
    client.api("GET", "/v1/orders", key_secret=secret, x=quote(secret))
    shown = json.dumps(entries(client))
    assert secret not in shown
    assert SECRET not in shown
    assert "pasted *** and ***" in shown


def test_what_is_no_secret_stays(client: SandboxClient) -> None:
    told = {"id": "order_4111111111111111", "rrn": "123456789012", "at": 1700000000000, "pin": ""}
    masked = Masker(["s"]).value({**told, "number": "INV-7", "secret": None, "token": {"max": 1}})
    assert masked == {**told, "number": "INV-7", "secret": None, "token": {"max": 1}}


def test_a_page_that_repeats_a_card_shows_none_of_it(client: SandboxClient) -> None:
    link = client.link()
    path = f"/l/{link['id'].partition('_')[2]}"
    form = urlencode({"method": "card", "number": "4000 0000 0000 1234", "cvv": CVV, "expiry": "1"})
    status, _, page = client.send("POST", f"{path}/pay", form.encode(), Content_Type=FORM)
    assert (status, b"4000 0000 0000 1234" in page) == (400, True)
    shown = json.dumps(entries(client, path=f"{path}/pay"))
    assert "4000 0000 0000 1234" not in shown


@pytest.mark.parametrize("kind", ["nan", "deep_json", "duplicate_keys", "big_body", "cut_json"])
def test_an_answer_that_is_no_json_is_shown_as_text(client: SandboxClient, kind: str) -> None:
    client.arm_fault("GET", "/v1/orders", kind)
    client.send("GET", "/v1/orders", **client.auth)
    raw = client.send("GET", "/_sandbox/requests")[2]
    json.loads(raw, parse_constant=pytest.fail)
    (entry,) = entries(client)["items"]
    assert isinstance(entry["answer"]["body"], dict if kind == "duplicate_keys" else str)
    assert len(raw) < 500_000


def test_memory_is_bounded_by_number_and_by_bytes(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_ENTRIES", 5)
    for _ in range(7):
        client.ok("GET", "/v1/orders")
    found = entries(client)
    assert (found["count"], found["dropped"]) == (5, 2)
    monkeypatch.setattr(journal, "MOST_BYTES", 10_000)
    client.order(notes={"long": "x" * 200})
    found = entries(client)
    assert 0 < found["count"] < 5
    assert found["dropped"] > 3
    assert found["items"][-1]["method"] == "POST"


def test_a_long_body_is_kept_in_part(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_BODY_BYTES", 60)
    client.ok("POST", "/v1/payments/create/upi", upi_body(client.order()))
    (entry,) = entries(client, path="/v1/payments/create/upi")["items"]
    assert isinstance(entry["body"], str)
    assert len(entry["body"]) <= 60 < entry["body_bytes"]


@pytest.mark.parametrize(
    "query",
    ["status=x", "status=99", "path=v1", "method=BREW", "since=-1", "limit=0", "limit=1001", "a=b"],
)
def test_wrong_filters_are_refused(client: SandboxClient, query: str) -> None:
    status, answer = client.try_control(f"requests?{query}")
    assert (status, list(answer)) == (400, ["error"])


def test_health_tells_that_the_sandbox_serves(client: SandboxClient) -> None:
    first, second = client.control("health"), client.control("health")
    assert first["status"] == "ok"
    assert abs(first["now"] - client.now()) <= 2
    assert 0 <= first["running_s"] <= second["running_s"]
