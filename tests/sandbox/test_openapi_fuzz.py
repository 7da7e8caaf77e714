"""Every call of the OpenAPI document, fuzzed by schemathesis: each answer is as the document says.

Ids in paths and bodies are replaced by those of things that exist, so that a call gets past its
look-ups.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import pytest
import requests
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from .sandbox_client import SandboxClient

if TYPE_CHECKING:
    from desktop_app.sandbox.server import SandboxServer

FEW, MANY = 1, 150
# Calls that change what all the others need; everything is created again after them.
SWEEPING = ("reset", "faults", "account", "clock", "restore", "snapshots")
ID = re.compile(r"(acc|order|pay|qr|plink|rfnd|cust|disp|item|inv|offer|setl|setlod|down)_\w{14}")
KINDS = {
    "/v1/orders/": "order",
    "/v1/payments/qr_codes/": "qr",
    "/v1/payments/downtimes/": "down",
    "/v1/payments/": "pay",
    "/v1/refunds/": "rfnd",
    "/v1/payment_links/": "plink",
    "/v1/customers/": "cust",
    "/v1/settlements/ondemand/": "setlod",
    "/v1/settlements/": "setl",
    "/v1/disputes/": "disp",
    "/v1/items/": "item",
    "/v1/invoices/": "inv",
    "/v1/webhooks/": "wh",
    "/v2/accounts/": "wh",
    "/_sandbox/settlements/": "setl",
    "/_sandbox/disputes/": "disp",
    "/_sandbox/refunds/": "rfnd",
    "/_sandbox/offers/": "offer",
    "/_sandbox/downtimes/": "down",
}


class Fuzzer:
    """Fuzzer of one sandbox."""

    def __init__(self, server: SandboxServer) -> None:
        from schemathesis import GenerationMode, openapi

        self.right, self.wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        self.client = SandboxClient(server)
        self.schema = openapi.from_dict(self.client.control("openapi.json"))
        self.known: dict[str, str] = {}
        self.calls = 0
        self.session = requests.Session()

    def run(self, examples: int) -> None:
        with self.session:
            self._run(examples)

    def _run(self, examples: int) -> None:
        self._fill()
        for result in self.schema.get_all_operations():
            operation = cast("Any", result).ok()
            self._fuzz(operation, examples)
            if any(word in operation.path for word in SWEEPING):
                self._fill()

    def _fill(self) -> None:
        """Create one of everything, and note the ids by their prefix."""
        client = self.client
        client.control("reset", {})
        paid = client.pay(client.code()[1])["id"]
        made = [
            client.order(partial_payment=True),
            client.qr_code(),
            client.link(accept_partial=True),
            client.invoice(draft="1"),
            client.ok("POST", "/v1/items", {"name": "Book", "amount": 100, "currency": "INR"}),
            client.ok("POST", "/v1/customers", {"contact": "9000000009"}),
            client.ok("POST", f"/v1/payments/{paid}/refund", {"amount": 100}),
            client.ok("POST", "/v1/settlements/ondemand", {"amount": 100}),
            client.control("settlements", {}),
            client.control("disputes", {"payment_id": paid, "amount": 100}),
            client.control("downtimes", {"method": "upi"}),
            client.control("offers", {"name": "A", "display_text": "A", "percent_rate": 100}),
        ]
        self.known = {entity["id"].partition("_")[0]: entity["id"] for entity in made}
        hook = {"url": "http://127.0.0.1:9/", "events": ["invoice.paid"]}
        webhook = client.ok("POST", "/v1/webhooks", hook)
        account = f"acc_{webhook['owner_id']}"
        self.known |= {"wh": webhook["id"], "pay": paid, "acc": account}

    def _fuzz(self, operation: Any, examples: int) -> None:
        known = self._path_to_what_exists(operation)
        modes = [self.right]
        if operation.body or operation.query:  # any text is right in a path
            modes.append(self.wrong)
        elif known:
            modes.append(self.right)
        cases = {
            (mode, path is known): operation.as_strategy(generation_mode=mode, path_parameters=path)
            for mode in modes
            for path in (None, known)
        }

        @seed(len(operation.path))
        @settings(
            max_examples=1 + examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(data=st.data(), turn=st.integers(0, 4))
        def check(data: st.DataObject, turn: int) -> None:
            if turn == 0:  # the first example is always the simplest, which other tests call
                return
            for at, mode in enumerate(modes, 1):  # at most one of the two has an unknown id
                self._check(data.draw(cases[mode, known is None or turn != at]))

        with suppress(Unsatisfiable):  # a body without required fields can hardly be wrong
            check()

    def _check(self, case: Any) -> None:
        case.body = self._named(case.body)
        response = case.call(self.client.server.url, self.session, headers=self.client.auth)
        self.calls += 1
        case.validate_response(response, checks=_checks())

    def _path_to_what_exists(self, operation: Any) -> dict[str, str] | None:
        kind = next((KINDS[start] for start in KINDS if operation.path.startswith(start)), "")
        named = {"id": self.known.get(kind), "account": self.known["acc"]}
        path = {
            name: text for name, text in named.items() if text and f"{{{name}}}" in operation.path
        }
        return path or None

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._named(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._named(inner) for inner in value]
        found = ID.fullmatch(value) if isinstance(value, str) else None
        return value if found is None else self.known.get(found[1], value)


def _checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    return [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]


def test_a_few_wild_calls_are_answered_as_documented(fresh_server: SandboxServer) -> None:
    fuzzer = Fuzzer(fresh_server)
    fuzzer.run(FEW)
    assert fuzzer.calls > 190


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_wild_calls_are_answered_as_documented(fresh_server: SandboxServer) -> None:
    Fuzzer(fresh_server).run(MANY)
