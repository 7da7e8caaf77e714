"""Whatever is sent, the answer is a documented one: never a 500, never a trace, never silence."""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from .till import Till

NAMES = st.sampled_from(
    "amount currency receipt notes order_id email contact method upi type usage fixed_amount "
    "payment_amount close_by customer notify expire_by reference_id payment partial_payment "
    "first_payment_min_amount accept_partial qr outcome after_s kind path times delay_s "
    "features balance advance_s speed tax_invoice".split()
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
        "/_sandbox/upi/pay",
        "/_sandbox/upi/scan",
        "/_sandbox/clock",
        "/_sandbox/account",
        "/l/{page}/pay",
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PATCH", "DELETE"])
QUERIES = st.text(string.ascii_letters + string.digits + "%[]=&+-._~", max_size=40)


def _places(till: Till) -> dict[str, str]:
    order = till.order()
    link = till.link()
    return {
        "order": order["id"],
        "payment": till.intent(order)["razorpay_payment_id"],
        "qr": till.qr_code()["id"],
        "link": link["id"],
        "page": link["id"][6:],
    }


def test_no_call_breaks_it(till: Till) -> None:
    places = _places(till)

    @settings(
        max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(method=METHODS, path=PATHS, body=BODIES, query=QUERIES)
    def check(method: str, path: str, body: dict[str, Any], query: str) -> None:
        raw = json.dumps(body).encode()
        where = f"{path.format(**places)}?{query}"
        status, headers, answer = till.send(method, where, raw, **till.auth)
        assert status in (200, 303, 400, 401, 404, 429), (status, answer)
        if headers["Content-Type"] == "application/json":
            told = json.loads(answer)
            assert status == 200 or told["error"]

    check()
    till.control("account", {"features": {"s2s": True}, "rate_limit_per_min": None})
    assert till.pay(till.code()[1])["captured"] in (True, False)


def test_no_bytes_break_it(till: Till) -> None:
    @settings(
        max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/x", "a"]))
    def check(body: bytes, kind: str) -> None:
        for path in ("/v1/orders", "/_sandbox/account"):
            status, _, answer = till.send("POST", path, body, **till.auth, Content_Type=kind)
            assert status in (200, 400), answer

    check()
    assert till.order()["status"] == "created"
