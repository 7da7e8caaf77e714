"""The control plane, and who is let in where."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox_client import Till

KINDS = (
    "timeout_before timeout_after reset_before reset_after truncate slow drip empty_200 html_502 "
    "html_429 json_429 status_400 status_401 status_403 status_404 status_429 status_500 "
    "status_503 status_504 redirect stale_read wrong_type deep_json duplicate_keys nan big_body "
    "wrong_amount wrong_currency wrong_receipt wrong_order test_payment"
).split()


def _basic(pair: str) -> dict[str, Any]:
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def test_wrong_keys_are_401(till: Till) -> None:
    right = f"{till.server.key_id}:{till.server.key_secret}"
    wrong: list[dict[str, Any]] = [
        {},
        _basic("rzp_test_x:y"),
        _basic(right + "x"),
        _basic(f"{till.server.key_id}:"),
        {"Authorization": "Basic !!!"},
        {"Authorization": _basic(right)["Authorization"].replace("Basic", "Bearer")},
        {"Authorization": _basic(right)["Authorization"].replace("Basic", "basic")},
    ]
    for headers in wrong:
        for path in ("/v1/orders", "/v1/nothing", "/v1/payment_links"):
            status, _, body = till.send("GET", path, **headers)
            assert status == 401
            assert b'"Authentication failed"' in body
    assert till.send("GET", "/v1/orders", **_basic(right))[0] == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("POST", "/"),
        ("DELETE", "/v1/orders"),
        ("PUT", "/v1/orders/order_AAAAAAAAAAAAAA"),
        ("BREW", "/v1/orders"),
        ("OPTIONS", "/v1/orders"),
        ("POST", "/v1/payments/pay_AAAAAAAAAAAAAA"),
        ("GET", "/v1//orders"),
        ("GET", "/v2/orders"),
    ],
)
def test_wrong_addresses_and_methods_are_400(till: Till, method: str, path: str) -> None:
    assert till.why(method, path) == "The requested URL was not found on the server."


def test_a_slash_at_the_end_does_no_harm(till: Till) -> None:
    assert till.ok("GET", "/v1/orders/")["count"] == 0


def test_state_shows_everything_with_what_could_be_scanned(till: Till) -> None:
    order, code = till.code()
    qr, link = till.qr_code(), till.link()
    state = till.state()

    assert list(state) == [
        "orders",
        "payments",
        "qr_codes",
        "payment_links",
        "refunds",
        "settlements",
        "disputes",
        "webhooks",
        "deliveries",
        "customers",
        "downtimes",
    ]
    assert [o["id"] for o in state["orders"]] == [order["id"]]
    assert state["payments"][0]["_qr"] == code
    assert state["qr_codes"][0]["_qr"] == qr["image_content"]
    assert state["payment_links"][0]["_qr"] == link["short_url"]


@pytest.mark.parametrize(
    "text", ["", "hello", "upi://pay?pa=x@y&am=1", "http://127.0.0.1/l/x", "//["]
)
def test_unknown_texts_are_refused(till: Till, text: str) -> None:
    for path in ("upi/scan", "upi/pay"):
        status, answer = till.try_control(path, {"qr": text})
        assert (status, list(answer)) == (400, ["error"])


def test_an_altered_text_is_unknown(till: Till) -> None:
    _, code = till.code(50000)
    assert till.try_control("upi/pay", {"qr": code.replace("am=500.00", "am=5.00")})[0] == 400
    assert till.pay(code)["status"] == "captured"


WRONG_TAPS: list[dict[str, Any]] = [
    {"outcome": "maybe"},
    {"vpa": "nobody"},
    {"vpa": 1},
    {"reason": "moon"},
    {"after_s": -1},
    {"after_s": "1"},
    {"amount": 0},
    {"colour": "red"},
    {"qr": 1},
    {"outcome": []},
]


@pytest.mark.parametrize("wrong", WRONG_TAPS)
def test_wrong_taps_are_refused(till: Till, wrong: dict[str, Any]) -> None:
    _, code = till.code()
    status, answer = till.try_control("upi/pay", {"qr": code, **wrong})
    assert (status, list(answer)) == (400, ["error"])
    assert till.state()["payments"][0]["status"] == "created"


def test_account_changes_only_what_is_named(till: Till) -> None:
    begin = till.control("account")
    assert begin == {
        "features": {
            "s2s": True,
            "qr_codes": True,
            "qr_image_content": True,
            "unique_receipt": True,
        },
        "receipt_uniqueness": "allow",
        "auto_capture": True,
        "balance": 100_000_000,
        "rate_limit_per_min": None,
    }
    changed = till.control("account", {"features": {"s2s": False}, "balance": 5})
    assert changed == {**begin, "features": {**begin["features"], "s2s": False}, "balance": 5}


@pytest.mark.parametrize(
    "wrong",
    [
        {"features": {"teleport": True}},
        {"features": {"s2s": 1}},
        {"features": []},
        {"receipt_uniqueness": "x"},
        {"auto_capture": None},
        {"balance": -1},
        {"balance": True},
        {"rate_limit_per_min": 0},
        {"colour": 1},
        {"auto_capture": False, "colour": 1},
    ],
)
def test_wrong_account_settings_change_nothing(till: Till, wrong: dict[str, Any]) -> None:
    before = till.control("account")
    status, answer = till.try_control("account", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert till.control("account") == before


def test_the_rate_limit_counts_a_minute_of_the_sandbox(till: Till) -> None:
    till.control("account", {"rate_limit_per_min": 3})
    statuses = [till.api("GET", "/v1/orders")[0] for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    till.advance(60)
    assert till.api("GET", "/v1/orders")[0] == 200


def test_reset_forgets_everything(till: Till) -> None:
    _, code = till.code()
    till.pay(code, "late", after_s=100)
    till.control("account", {"balance": 1})
    till.spoil("GET", "/v1/orders", "status_500")
    till.control(
        "webhooks", {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["order.paid"]}
    )
    till.advance(90 * 86_400)
    till.control("reset", {})

    assert not any(till.state().values())
    assert till.control("faults") == {"faults": []}
    assert till.control("account")["balance"] == 100_000_000
    till.advance(200)
    assert till.ok("GET", "/v1/orders")["count"] == 0
    assert abs(till.order()["created_at"] - till.now()) <= 2


def test_webhooks_are_noted(till: Till) -> None:
    hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["order.paid"]}
    noted = till.control("webhooks", hook)
    assert till.state()["webhooks"] == [{**hook, "id": noted["id"], "status": "active"}]
    for wrong in ({"url": "http://example.com"}, {"events": "x"}, {"secret": ""}, {"x": 1}):
        assert till.try_control("webhooks", {**hook, **wrong})[0] == 400
    assert till.try_control("webhooks/replay", {"event_id": "x"})[0] == 400


def test_armed_faults_are_listed_with_what_is_left(till: Till) -> None:
    till.spoil("GET", "/v1/orders", "status_500", times=2, skip=1)
    assert till.api("GET", "/v1/orders")[0] == 200
    assert till.api("GET", "/v1/orders")[0] == 500
    (left,) = till.control("faults")["faults"]
    assert left == {
        "method": "GET",
        "path": "/v1/orders",
        "kind": "status_500",
        "times": 1,
        "skip": 0,
        "delay_s": 0.0,
    }
    assert till.control("faults", method="DELETE") == {"faults": []}
    assert till.api("GET", "/v1/orders")[0] == 200


def test_every_kind_can_be_armed(till: Till) -> None:
    for kind in KINDS:
        till.spoil("GET", "/v1/orders", kind)
    assert [f["kind"] for f in till.control("faults")["faults"]] == KINDS


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "earthquake"},
        {"kind": []},
        {"method": "BREW"},
        {"path": "orders"},
        {"path": "/v1/orders?x=1"},
        {"path": 1},
        {"times": 0},
        {"times": True},
        {"skip": -1},
        {"delay_s": "1"},
        {"delay_s": -1},
        {"colour": 1},
    ],
)
def test_wrong_faults_are_refused(till: Till, wrong: dict[str, Any]) -> None:
    body = {"method": "GET", "path": "/v1/orders", "kind": "slow", **wrong}
    status, answer = till.try_control("faults", body)
    assert (status, list(answer)) == (400, ["error"])
    assert till.control("faults") == {"faults": []}


def test_a_star_stands_for_one_segment(till: Till) -> None:
    order = till.order()
    till.spoil("GET", "/v1/orders/*", "status_500", times=3)
    assert till.api("GET", "/v1/orders")[0] == 200
    assert till.api("GET", f"/v1/orders/{order['id']}/payments")[0] == 200
    assert till.api("POST", "/v1/orders", {"amount": 100, "currency": "INR"})[0] == 200
    assert till.api("GET", f"/v1/orders/{order['id']}", x=1)[0] == 500


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
    ],
)
def test_foreign_pages_are_kept_out_of_control(till: Till, headers: dict[str, Any]) -> None:
    for method, path in (("GET", "/_sandbox/state"), ("POST", "/_sandbox/reset")):
        assert till.send(method, path, b"{}" if method == "POST" else None, **headers)[0] == 403


def test_own_pages_are_let_in(till: Till) -> None:
    port = till.server.url.rsplit(":", 1)[1]
    for name in ("127.0.0.1", "localhost"):
        headers: dict[str, Any] = {"Host": f"{name}:{port}", "Origin": f"http://{name}:{port}"}
        assert till.send("GET", "/_sandbox/state", **headers)[0] == 200


def test_control_has_no_other_calls(till: Till) -> None:
    assert till.try_control("nothing")[0] == 404
    assert till.try_control("state", {})[0] == 400
    status, _, body = till.send("POST", "/_sandbox/clock", b"{")
    assert (status, body.startswith(b'{"error": ')) == (400, True)
    assert till.try_control("clock", [1])[0] == 400
