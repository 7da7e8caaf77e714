"""The control plane, and its checks of Host and Origin."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

KINDS = (
    "timeout_before timeout_after reset_before reset_after truncate slow drip empty_200 html_502 "
    "html_429 json_429 status_400 status_401 status_403 status_404 status_429 status_500 "
    "status_503 status_504 redirect stale_read wrong_type deep_json duplicate_keys nan big_body "
    "wrong_amount wrong_currency wrong_receipt wrong_order test_payment"
).split()


def _basic(pair: str) -> dict[str, Any]:
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def test_wrong_keys_are_401(client: SandboxClient) -> None:
    right = f"{client.server.key_id}:{client.server.key_secret}"
    wrong: list[dict[str, Any]] = [
        {},
        _basic("rzp_test_x:y"),
        _basic(right + "x"),
        _basic(f"{client.server.key_id}:"),
        {"Authorization": "Basic !!!"},
        {"Authorization": _basic(right)["Authorization"].replace("Basic", "Bearer")},
        {"Authorization": _basic(right)["Authorization"].replace("Basic", "basic")},
    ]
    for headers in wrong:
        for path in ("/v1/orders", "/v1/nothing", "/v1/payment_links"):
            status, _, body = client.send("GET", path, **headers)
            assert status == 401
            assert b'"Authentication failed"' in body
    assert client.send("GET", "/v1/orders", **_basic(right))[0] == 200


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
        ("GET", "/v2/orders"),
    ],
)
def test_wrong_addresses_and_methods_are_400(client: SandboxClient, method: str, path: str) -> None:
    assert client.refusal(method, path) == "The requested URL was not found on the server."


def test_a_slash_at_the_end_does_no_harm(client: SandboxClient) -> None:
    assert client.ok("GET", "/v1/orders/")["count"] == 0


def test_state_shows_everything_with_what_could_be_scanned(client: SandboxClient) -> None:
    order, code = client.code()
    qr, link = client.qr_code(), client.link()
    state = client.state()

    assert list(state) == [
        "orders",
        "payments",
        "qr_codes",
        "payment_links",
        "refunds",
        "settlements",
        "offers",
        "adjustments",
        "instant_settlements",
        "disputes",
        "webhooks",
        "deliveries",
        "invoices",
        "items",
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
def test_unknown_texts_are_refused(client: SandboxClient, text: str) -> None:
    for path in ("upi/scan", "upi/pay"):
        status, answer = client.try_control(path, {"qr": text})
        assert (status, list(answer)) == (400, ["error"])


def test_an_altered_text_is_unknown(client: SandboxClient) -> None:
    _, code = client.code(50000)
    assert client.try_control("upi/pay", {"qr": code.replace("am=500.00", "am=5.00")})[0] == 400
    assert client.pay(code)["status"] == "captured"


def test_a_paid_code_is_paid_again_only_where_that_is_asked_for(client: SandboxClient) -> None:
    order, code = client.code(50000)
    first, same = client.pay(code), client.pay(code)
    assert same["id"] == first["id"]
    second = client.pay(code, again=True)
    assert (second["order_id"], second["amount"]) == (order["id"], 50000)
    assert (second["status"], second["amount_refunded"]) == ("refunded", 50000)
    assert len(client.state()["payments"]) == 2


WRONG_TAPS: list[dict[str, Any]] = [
    {"outcome": "maybe"},
    {"vpa": "nobody"},
    {"vpa": 1},
    {"reason": "moon"},
    {"after_s": -1},
    {"after_s": "1.5"},
    {"amount": 0},
    {"again": 2},
    {"colour": "red"},
    {"qr": 1},
    {"outcome": []},
]


@pytest.mark.parametrize("wrong", WRONG_TAPS)
def test_wrong_taps_are_refused(client: SandboxClient, wrong: dict[str, Any]) -> None:
    _, code = client.code()
    status, answer = client.try_control("upi/pay", {"qr": code, **wrong})
    assert (status, list(answer)) == (400, ["error"])
    assert client.state()["payments"][0]["status"] == "created"


def test_account_changes_only_what_is_named(client: SandboxClient) -> None:
    begin = client.control("account")
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
        "fee_bearer": "platform",
        "fees": {"upi": 0, "card": 200, "netbanking": 200, "wallet": 200},
        "qr_channel": "online",
        "in_person_balance": 100_000_000,
        "settlements": {
            "most": None,
            "outcome": "processed",
            "after_s": None,
            "recon_delay_s": 0,
        },
    }
    changed = client.control("account", {"features": {"s2s": False}, "balance": 5})
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
        {"fee_bearer": "customer"},
        {"fees": {"upi": -1}},
        {"fees": {"upi": 2001}},
        {"fees": {"emi": 200}},
        {"fees": 200},
        {"qr_channel": "counter"},
        {"in_person_balance": -1},
        {"settlements": {"outcome": "lost"}},
        {"settlements": {"most": 0}},
        {"settlements": {"after_s": 0}},
        {"settlements": {"recon_delay_s": -1}},
        {"settlements": {"recon_delay_s": None}},
        {"settlements": {"day": 1}},
        {"settlements": []},
        {"colour": 1},
        {"auto_capture": False, "colour": 1},
    ],
)
def test_wrong_account_settings_change_nothing(
    client: SandboxClient, wrong: dict[str, Any]
) -> None:
    before = client.control("account")
    status, answer = client.try_control("account", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert client.control("account") == before


def test_the_rate_limit_counts_a_minute_of_the_sandbox(client: SandboxClient) -> None:
    client.control("account", {"rate_limit_per_min": 3})
    statuses = [client.api("GET", "/v1/orders")[0] for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    client.advance(60)
    assert client.api("GET", "/v1/orders")[0] == 200


def test_reset_forgets_everything(client: SandboxClient) -> None:
    _, code = client.code()
    client.pay(code, "late", after_s=100)
    client.control("account", {"balance": 1})
    client.arm_fault("GET", "/v1/orders", "status_500")
    client.control(
        "webhooks", {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["order.paid"]}
    )
    client.advance(90 * 86_400)
    client.control("reset", {})

    assert not any(client.state().values())
    assert client.control("faults") == {"faults": []}
    assert client.control("account")["balance"] == 100_000_000
    client.advance(200)
    assert client.ok("GET", "/v1/orders")["count"] == 0
    assert abs(client.order()["created_at"] - client.now()) <= 2


def test_webhooks_are_noted(client: SandboxClient) -> None:
    hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["order.paid"]}
    noted = client.control("webhooks", hook)
    assert client.state()["webhooks"] == [noted]
    assert {**noted, **hook, "status": "active"} == noted
    for wrong in ({"url": "http://example.com"}, {"events": "x"}, {"secret": ""}, {"x": 1}):
        assert client.try_control("webhooks", {**hook, **wrong})[0] == 400
    assert client.try_control("webhooks/replay", {"event_id": "x"})[0] == 400


def test_armed_faults_are_listed_with_what_is_left(client: SandboxClient) -> None:
    client.arm_fault("GET", "/v1/orders", "status_500", times=2, skip=1)
    assert client.api("GET", "/v1/orders")[0] == 200
    assert client.api("GET", "/v1/orders")[0] == 500
    (left,) = client.control("faults")["faults"]
    assert left == {
        "method": "GET",
        "path": "/v1/orders",
        "kind": "status_500",
        "times": 1,
        "skip": 0,
        "delay_s": 0.0,
    }
    assert client.control("faults", method="DELETE") == {"faults": []}
    assert client.api("GET", "/v1/orders")[0] == 200


def test_every_kind_can_be_armed(client: SandboxClient) -> None:
    for kind in KINDS:
        client.arm_fault("GET", "/v1/orders", kind)
    assert [f["kind"] for f in client.control("faults")["faults"]] == KINDS


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
def test_wrong_faults_are_refused(client: SandboxClient, wrong: dict[str, Any]) -> None:
    body = {"method": "GET", "path": "/v1/orders", "kind": "slow", **wrong}
    status, answer = client.try_control("faults", body)
    assert (status, list(answer)) == (400, ["error"])
    assert client.control("faults") == {"faults": []}


def test_a_star_stands_for_one_segment(client: SandboxClient) -> None:
    order = client.order()
    client.arm_fault("GET", "/v1/orders/*", "status_500", times=3)
    assert client.api("GET", "/v1/orders")[0] == 200
    assert client.api("GET", f"/v1/orders/{order['id']}/payments")[0] == 200
    assert client.api("POST", "/v1/orders", {"amount": 100, "currency": "INR"})[0] == 200
    assert client.api("GET", f"/v1/orders/{order['id']}", x=1)[0] == 500


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
def test_foreign_pages_are_kept_out_of_control(
    client: SandboxClient, headers: dict[str, Any]
) -> None:
    for method, path in (("GET", "/_sandbox/state"), ("POST", "/_sandbox/reset")):
        assert client.send(method, path, b"{}" if method == "POST" else None, **headers)[0] == 403


def test_own_pages_are_let_in(client: SandboxClient) -> None:
    port = client.server.url.rsplit(":", 1)[1]
    for name in ("127.0.0.1", "localhost"):
        headers: dict[str, Any] = {"Host": f"{name}:{port}", "Origin": f"http://{name}:{port}"}
        assert client.send("GET", "/_sandbox/state", **headers)[0] == 200


def test_control_has_no_other_calls(client: SandboxClient) -> None:
    assert client.try_control("nothing")[0] == 404
    assert client.try_control("state", {})[0] == 400
    status, _, body = client.send("POST", "/_sandbox/clock", b"{")
    assert (status, body.startswith(b'{"error": ')) == (400, True)
    assert client.try_control("clock", [1])[0] == 400
