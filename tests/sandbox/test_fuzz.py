"""Fuzzed requests: every answer is a documented one, never a 500, a traceback or silence."""

from __future__ import annotations

import contextlib
import json
import string
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.sandbox.form_parsing import FORM

from .sandbox_client import raw_exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sandbox_client import SandboxClient

NAMES = st.sampled_from(
    "amount currency receipt notes order_id email contact method upi type usage fixed_amount "
    "payment_amount close_by customer notify expire_by reference_id payment partial_payment "
    "first_payment_min_amount accept_partial qr outcome after_s kind path times delay_s "
    "features balance advance_s speed tax_invoice name gstin fail_existing summary action others "
    "shipping_proof transfers token offer_id line_items settle_full_balance payment_id key_id "
    "callback_url active readonly config order_id details payer payment_id phase instrument "
    "severity begin url secret events duplicates order event_id reason status event channel fees "
    "settlements qr_channel in_person_balance most recon_delay_s percent_rate flat_cashback "
    "payment_method issuer options offers force_offer "
    "entities entity_id webhook_id now stopped".split()
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=50)
    | st.sampled_from(["INR", "upi", "upi_qr", "single_use", 50000, "order_AAAAAAAAAAAAAA"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(NAMES | st.text(max_size=8), VALUES, max_size=8)
PATHS = st.sampled_from(
    [
        "/v1/orders",
        "/v1/orders/{order}",
        "/v1/orders/{order}/payments",
        "/v1/payments",
        "/v1/payments/create/upi",
        "/v1/payments/create/json",
        "/v1/payments/{payment}",
        "/v1/payments/{payment}/capture",
        "/v1/payments/{payment}/refund",
        "/v1/payments/qr_codes",
        "/v1/payments/qr_codes/{qr}",
        "/v1/payments/qr_codes/{qr}/close",
        "/v1/payment_links",
        "/v1/payment_links/{link}",
        "/v1/payment_links/{link}/cancel",
        "/v1/refunds/x",
        "/v1/settlements/ondemand",
        "/v1/webhooks",
        "/v1/webhooks/x",
        "/v1/checkout/embedded",
        "/v1//orders",
        "/v1/refunds",
        "/v1/customers",
        "/v1/customers/{customer}",
        "/v1/settlements",
        "/v1/settlements/recon/combined",
        "/v1/disputes",
        "/v1/disputes/{dispute}/contest",
        "/v1/disputes/{dispute}/accept",
        "/v1/payments/downtimes",
        "/v1/payments/{payment}/card",
        "/v1/payments/validate/vpa",
        "/_sandbox/checkout/pay",
        "/_sandbox/disputes",
        "/_sandbox/disputes/{dispute}",
        "/_sandbox/downtimes",
        "/_sandbox/webhooks",
        "/_sandbox/webhooks/replay",
        "/_sandbox/webhooks/trigger",
        "/_sandbox/webhooks/{order}",
        "/_sandbox/deliveries/{order}/redeliver",
        "/_sandbox/snapshots",
        "/_sandbox/snapshots/a/restore",
        "/_sandbox/webhooks/manner",
        "/_sandbox/upi/pay",
        "/_sandbox/upi/scan",
        "/_sandbox/clock",
        "/_sandbox/account",
        "/_sandbox/settlements",
        "/_sandbox/settlements/{settlement}",
        "/_sandbox/adjustments",
        "/_sandbox/refunds",
        "/_sandbox/refunds/{refund}",
        "/_sandbox/pos/pay",
        "/_sandbox/offers",
        "/_sandbox/offers/{offer}",
        "/l/{page}/pay",
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"])
# Drawing a body takes ten times as long as a call, so each is sent to several places.
CALLS = st.lists(st.tuples(METHODS, PATHS), min_size=5, max_size=5)
FEW, MANY = 40, 2_000
REQUEST_LINES = st.binary(max_size=60) | st.sampled_from(
    [
        b"BREW /v1/orders HTTP/1.1",
        b"GET /v1/%00 HTTP/1.1",
        b"get /v1/orders HTTP/1.1",
        b"GET * HTTP/9",
    ]
)
HEADERS = st.lists(
    st.binary(max_size=40)
    | st.sampled_from(
        [
            b"Content-Length: -1",
            b"Content-Length: 5\r\nContent-Length: 6",
            b"Transfer-Encoding: gzip",
            b"Content-Encoding: br",
            b"Authorization: Basic \xff",
            b"X-Refund-Idempotency: a\x00b",
            b"X-Sandbox-Fault: status_503",
            b"X-Sandbox-Fault: \xff; delay_s=1e9; kind",
            b"Authorization: Basic cnpwX3Rlc3RfeDp5",
            b"Host: a\r\n b",
        ]
    ),
    max_size=5,
)
QUERIES = st.text(string.ascii_letters + string.digits + "%[]=&+-._~", max_size=40)


def _places(client: SandboxClient) -> dict[str, str]:
    order = client.order()
    link = client.link()
    paid = client.pay(client.code()[1])
    client.control("account", {"settlements": {"outcome": "created"}})
    refund = client.control("refunds", {"payment_id": paid["id"], "amount": 100})
    return {
        "order": order["id"],
        "payment": client.intent(order)["razorpay_payment_id"],
        "qr": client.qr_code()["id"],
        "link": link["id"],
        "customer": client.ok("POST", "/v1/customers", {"contact": "9000000009"})["id"],
        "dispute": client.control("disputes", {"payment_id": paid["id"]})["id"],
        "page": link["id"][6:],
        "refund": refund["id"],
        "offer": client.control("offers", {"flat_cashback": 100})["id"],
        "settlement": client.control("settlements", {})["id"],
    }


def form_pairs(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield a value as the pairs of a form, in PHP's brackets."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in inner:
            yield from form_pairs(part, f"{name}[{key}]" if name else str(key))
    else:
        yield name, "" if value is None else str(value)


def _call_wildly(client: SandboxClient, examples: int) -> None:
    places = _places(client)

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(calls=CALLS, body=BODIES, query=QUERIES, as_form=st.booleans())
    def check(
        calls: list[tuple[str, str]], body: dict[str, Any], query: str, as_form: bool
    ) -> None:
        raw = (urlencode(list(form_pairs(body))) if as_form else json.dumps(body)).encode()
        kind = FORM if as_form else "application/json"
        headers = {**client.auth, "Content_Type": kind}
        for method, path in calls:
            where = f"{path.format(**places)}?{query}"
            status, told, answer = client.send(method, where, raw, **headers)
            assert status in (200, 303, 400, 401, 404, 429), (method, where, status, answer)
            if told["Content-Type"] == "application/json":
                shown = json.loads(answer)
                assert status == 200 or shown["error"]

    check()
    client.control("reset", {})
    client.control("account", {"features": {"s2s": True}, "rate_limit_per_min": None})
    assert client.pay(client.code()[1])["captured"] in (True, False)


def test_no_call_breaks_it(client: SandboxClient) -> None:
    _call_wildly(client, FEW)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_calls_do_not_break_it(client: SandboxClient) -> None:
    _call_wildly(client, MANY)


def test_no_headers_break_it(client: SandboxClient) -> None:
    @settings(
        max_examples=75, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(line=REQUEST_LINES, headers=HEADERS)
    def check(line: bytes, headers: list[bytes]) -> None:
        end = b"Connection: close\r\n\r\n"
        with contextlib.suppress(ConnectionError):
            answer = raw_exchange(client, b"\r\n".join((line, *headers, end)), shut=True)
            assert not answer.startswith(b"HTTP/1.1 500"), answer
            assert b"Traceback" not in answer

    check()
    assert client.order()["status"] == "created"
    assert client.control("requests?limit=1000")["items"]


def test_no_bytes_break_it(client: SandboxClient) -> None:
    @settings(
        max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", FORM, "a"]))
    def check(body: bytes, kind: str) -> None:
        for path in ("/v1/orders", "/_sandbox/account"):
            status, _, answer = client.send("POST", path, body, **client.auth, Content_Type=kind)
            assert status in (200, 400), answer

    check()
    assert client.order()["status"] == "created"
    assert client.control("requests?limit=1000&path=/v1/orders")["count"] > 100
