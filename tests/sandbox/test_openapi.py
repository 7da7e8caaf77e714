"""The OpenAPI document: as many calls as there are routes, and bodies with the fields they take."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import pytest

import desktop_app.sandbox
from desktop_app.sandbox.account import _CHECKS as ACCOUNT_FIELDS
from desktop_app.sandbox.flask_app import build_app
from desktop_app.sandbox.openapi import shapes
from desktop_app.sandbox.own_addresses import OwnAddresses

from .test_manual_page import context_of_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .sandbox_client import SandboxClient

# What a browser loads; it is no call of a program.
PAGES = ("/", "/l/", "/i/", "/inv/", "/_pages/", "/checkout/", "/v1/checkout", "/v1/razorpay.js")


@pytest.fixture
def document(client: SandboxClient) -> dict[str, Any]:
    return client.control("openapi.json")


def _is_page(rule: str) -> bool:
    return rule == "/" or rule.startswith(PAGES[1:])


def test_it_has_every_route_and_no_other(document: dict[str, Any]) -> None:
    app = build_app(context_of_nothing(), OwnAddresses(1, tls=False), print)
    served = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not _is_page(rule.rule)
    }
    told = {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"
        for path, calls in document["paths"].items()
        for method in calls
    }
    assert told == served == set(shapes.operations())


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    known = document["components"]["schemas"]
    named = set(_references(document))
    assert named <= set(known)
    events = {name for name in known if name.endswith(("_event", "event"))}
    assert set(known) - named - events - {"order_record", "offer_name", "customer_details"} == set()
    assert set(shapes.answers()).isdisjoint(shapes.requests())


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix("#/components/schemas/")
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_every_call_says_what_it_does(document: dict[str, Any]) -> None:
    calls = [call for calls in document["paths"].values() for call in calls.values()]
    assert all(call["summary"].endswith(".") for call in calls)
    assert len({call["operationId"] for call in calls}) == len(calls)


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Return the fields that the calls of a test allow, each time that something is checked."""
    seen: list[set[str]] = []

    def watched(check: Any) -> Any:
        def checked(given: Any, names: Any) -> None:
            seen.append(set(names))
            check(given, names)

        return checked

    for found in pkgutil.walk_packages(desktop_app.sandbox.__path__, "desktop_app.sandbox."):
        module = importlib.import_module(found.name)
        for name in ("check_fields", "_check_fields", "check_known"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, watched(getattr(module, name)))
    return seen


BODIES = {
    call: line.partition("->")[0].strip()
    for call, line in shapes.operations().items()
    if line.partition("->")[0].strip()
}
# Checked in another way than by the names of their fields.
OTHERWISE = {"POST /_sandbox/account": set(ACCOUNT_FIELDS), "POST /_sandbox/disputes/<id>": None}


@pytest.mark.parametrize("call", BODIES)
def test_a_body_has_the_fields_that_are_taken(
    client: SandboxClient, allowed: list[set[str]], call: str
) -> None:
    told = {name.rstrip("?") for name in shapes.requests()[BODIES[call]]}
    if call in OTHERWISE:
        assert OTHERWISE[call] in (None, told)
        return
    method, rule = call.split(" ")
    path = _filled(client, rule)
    allowed.clear()
    body = {"nonsense": 1}
    if rule == "/v1/refunds":
        body |= {"payment_id": client.pay(client.code()[1])["id"]}
        told.remove("payment_id")
    if rule.startswith("/_sandbox"):
        client.try_control(path.removeprefix("/_sandbox/"), body, method)
    else:
        client.api(method, path, body)
    assert told in allowed


QUERIES = {
    call: line.partition("?")[2].split()
    for call, line in shapes.operations().items()
    if line.partition("?")[2].strip()
}


@pytest.mark.parametrize("call", QUERIES)
def test_a_query_has_the_parameters_that_are_taken(
    client: SandboxClient, allowed: list[set[str]], call: str
) -> None:
    method, rule = call.split(" ")
    told = {name.partition(":")[0] for name in QUERIES[call]} - {"expand[]"}
    if not told:
        return
    if "page" in told:
        told = told - {"page"} | {"from", "to", "count", "skip"}
    path = _filled(client, rule)
    allowed.clear()
    status, _, _ = client.send(method, f"{path}?nonsense=1", **client.auth)
    assert (status, told in allowed) == (400, True)


def _filled(client: SandboxClient, rule: str) -> str:
    """Return the path of a rule with the id of something that exists."""
    if "<" not in rule:
        return rule
    paid = client.pay(client.code()[1])["id"] if "payments/<" in rule else ""
    made: dict[str, Callable[[], Any]] = {
        "/v1/orders/": lambda: client.order()["id"],
        "/v1/payments/qr_codes/": lambda: client.qr_code()["id"],
        "/v1/payments/": lambda: paid,
        "/v1/refunds/": lambda: _refund(client),
        "/_sandbox/refunds/": lambda: _refund(client),
        "/v1/payment_links/": lambda: client.link()["id"],
        "/v1/customers/": lambda: client.ok("POST", "/v1/customers", {"contact": "9000000009"}),
        "/v1/disputes/": lambda: _dispute(client),
        "/v1/webhooks/": lambda: _webhook(client)["id"],
        "/v1/items/": lambda: client.ok(
            "POST", "/v1/items", {"name": "Book", "amount": 100, "currency": "INR"}
        ),
        "/v1/invoices/": lambda: client.invoice(draft=not rule.endswith("cancel"))["id"],
        "/_sandbox/settlements/": lambda: _settlement(client),
        "/_sandbox/offers/": lambda: _offer(client),
        "/_sandbox/downtimes/": lambda: client.control("downtimes", {"method": "upi"})["id"],
    }
    if rule.startswith("/v2/"):
        hook = _webhook(client)
        return rule.replace("<account>", f"acc_{hook['owner_id']}").replace("<id>", hook["id"])
    found = next(made[start] for start in sorted(made, reverse=True) if rule.startswith(start))()
    return rule.replace("<id>", found["id"] if isinstance(found, dict) else found)


def _refund(client: SandboxClient) -> str:
    paid = client.pay(client.code()[1])["id"]
    return str(client.ok("POST", f"/v1/payments/{paid}/refund", {"amount": 100})["id"])


def _dispute(client: SandboxClient) -> str:
    paid = client.pay(client.code()[1])["id"]
    return str(client.control("disputes", {"payment_id": paid})["id"])


def _webhook(client: SandboxClient) -> dict[str, Any]:
    hook = {"url": "http://127.0.0.1:9/", "events": ["order.paid"]}
    return client.ok("POST", "/v1/webhooks", hook)


def _settlement(client: SandboxClient) -> str:
    client.pay(client.code()[1])
    client.control("account", {"settlements": {"outcome": "failed"}})
    return str(client.control("settlements", {})["id"])


def _offer(client: SandboxClient) -> str:
    made = {"name": "Ten", "display_text": "10 % off", "percent_rate": 1000}
    return str(client.control("offers", made)["id"])


def test_a_schema_sees_what_is_wrong() -> None:
    assert shapes.rule_schema("= a | b or null") == {
        "anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]
    }
    assert shapes.rule_schema("id order")["pattern"] == "^order_[0-9A-Za-z]{14}$"
    assert shapes.rule_schema("text 40") == {"type": "string", "maxLength": 40}
    made = shapes.schema_of({"a": "string", "b?": "list of order"})
    assert (made["required"], made["additionalProperties"]) == (["a"], False)
    assert shapes.rule_schema("array of object")["items"] == {"type": "object"}
