"""Calls as Razorpay's SDKs and public shops make them: forms, odd scalars, odd paths."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.faults import FaultMiddleware, FaultRegistry
from desktop_app.sandbox.in_flight import InFlightOperations
from desktop_app.sandbox.response_delivery import ENVIRON_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from .sandbox_client import Json, SandboxClient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form(
    client: SandboxClient, path: str, text: str, method: str = "POST", status: int = 200
) -> Any:
    found, _, body = client.send(method, path, text.encode(), **client.auth, **FORM)
    assert found == status, body
    return json.loads(body)


def test_an_order_comes_as_a_form(client: SandboxClient) -> None:
    sent = "amount=50000&currency=INR&receipt=receipt%231&notes%5Bkey1%5D=value3&payment_capture=0"
    order = form(client, "/v1/orders", sent)
    assert (order["amount"], order["receipt"]) == (50000, "receipt#1")
    assert order["notes"] == {"key1": "value3"}
    paid = client.control("checkout/pay", {"order_id": order["id"], "method": "card"})
    assert paid["status"] == "authorized"
    assert form(client, f"/v1/payments/{paid['id']}/capture", "amount=50000")["captured"]
    assert form(client, f"/v1/orders/{order['id']}", "notes[a]=b", "PATCH")["notes"] == {"a": "b"}


def test_a_body_in_braces_is_json_whatever_its_type_says(client: SandboxClient) -> None:
    assert form(client, "/v1/orders", '{"amount": 50000, "currency": "INR"}')["amount"] == 50000


ODD: list[tuple[str, Json]] = [
    ("/v1/orders", {"amount": "50000", "currency": "INR", "payment_capture": "1"}),
    ("/v1/orders", {"amount": 50000.0, "currency": "INR", "partial_payment": 0}),
    ("/v1/orders", {"amount": 50000, "currency": "INR", "receipt": 1042}),
    ("/v1/customers", {"name": "Asha Rao", "contact": 9123456780}),
    ("/v1/payment_links", {"amount": "50000", "currency": "INR", "accept_partial": 1}),
    (
        "/v1/payments/qr_codes",
        {"type": "upi_qr", "usage": "single_use", "fixed_amount": 1, "payment_amount": "300"},
    ),
]


@pytest.mark.parametrize(("path", "body"), ODD)
def test_scalars_are_read_leniently_and_strictly_on_demand(
    client: SandboxClient, path: str, body: Json
) -> None:
    client.ok("POST", path, body)
    client.arm_fault("POST", path, "strict_types")
    client.refused("POST", path, body)


def test_strict_types_refuse_a_form_as_json_it_is_not(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "strict_types")
    error = form(client, "/v1/orders", "amount=50000&currency=INR", status=400)["error"]
    assert error["description"] == "The request body is not valid JSON."


def test_an_empty_phone_number_is_none(client: SandboxClient) -> None:
    made = client.ok("POST", "/v1/customers", {"name": "Asha", "email": "a@b.in", "contact": ""})
    assert made["contact"] is None
    again = {"name": "Asha", "email": "a@b.in", "fail_existing": "0"}
    assert client.ok("POST", "/v1/customers", again)["id"] == made["id"]


@pytest.mark.parametrize("body", [b"null", b"", b"[]", b" {} "])
def test_nothing_can_be_written_in_many_ways(client: SandboxClient, body: bytes) -> None:
    path = f"/v1/payments/qr_codes/{client.qr_code()['id']}/close"
    status, _, answer = client.send("POST", path, body, **client.auth)
    assert (status, json.loads(answer)["close_reason"]) == (200, "on_demand")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a=%ff", "The request body is not a valid form."),
        ("notes" + "[a]" * 40 + "=1", "The request body is nested too deeply."),
        ("&".join(f"a[{n}]=1" for n in range(1001)), "The request body has too many fields."),
    ],
)
def test_forms_have_the_bounds_of_json(client: SandboxClient, text: str, words: str) -> None:
    assert form(client, "/v1/orders", text, status=400)["error"]["description"] == words


def test_json_has_a_bound_on_its_values(client: SandboxClient) -> None:
    fits, over = {"a": [0] * 999}, {"a": [0] * 1000}
    assert client.refusal("POST", "/v1/orders", fits).startswith("a is/are not required")
    assert client.refusal("POST", "/v1/orders", over) == "The request body has too many fields."


def test_doubled_slashes_are_one(client: SandboxClient) -> None:
    assert client.ok("GET", "/v1//disputes")["count"] == 0
    client.arm_fault("GET", "/v1/orders", "status_503")
    assert client.api("GET", "//v1///orders")[0] == 503


def test_control_takes_forms_too(client: SandboxClient) -> None:
    status, _, body = client.send("POST", "/_sandbox/clock", b"advance_s=60", **FORM)
    assert (status, "now" in json.loads(body)) == (200, True)


# Orders

CART = {"sku": "A", "name": "Physics", "price": "50000", "quantity": 1}
SHOP: Json = {
    "app_offer": 0,
    "token": {"max_amount": 100000, "expire_at": 1900000000},
    "bank_account": {"account_number": "1", "name": "Asha", "ifsc": "HDFC0000001"},
    "customer_details": {"name": "Asha", "contact": "9000000001"},
    "line_items": [CART],
    "line_items_total": 50000,
}


def test_order_fields_in_use_are_taken_and_shown_as_razorpay_shows_them(
    client: SandboxClient,
) -> None:
    order = client.order(**SHOP, offer_id="offer_JGQvQtvJmVDRIA", method="emandate")
    assert order["offers"] == [order["offer_id"]] == ["offer_JGQvQtvJmVDRIA"]
    assert order["token"]["recurring_status"] is None
    assert (order["token"]["method"], order["token"]["max_amount"]) == ("emandate", 100000)
    assert order["customer_details"] == SHOP["customer_details"]
    assert "line_items" not in order
    assert client.ok("GET", f"/v1/orders/{order['id']}") == order
    assert client.order()["offer_id"] is None


def test_transfers_are_shown_but_not_made(client: SandboxClient) -> None:
    part = {"account": "acc_CPRsN1LkFccllA", "amount": "1000", "currency": "INR", "on_hold": "1"}
    order = client.order(transfers=[part])
    (made,) = order["transfers"]
    assert (made["source"], made["recipient"]) == (order["id"], part["account"])
    assert (made["amount"], made["on_hold"], made["status"]) == (1000, True, "created")
    assert made["id"].startswith("trf_")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"offer_id": "x"}, "x is not a valid id"),
        ({"transfers": "x"}, "The transfers must be an array."),
        ({"transfers": ["x"]}, "The transfers must be an array."),
        ({"transfers": [{"account": "x", "amount": 1}]}, "The account provided is invalid."),
        (
            {"transfers": [{"account": "acc_CPRsN1LkFccllA", "amount": 50001, "currency": "INR"}]},
            "The sum of amount requested",
        ),
        ({"token": 1}, "The token must be an array."),
        ({"app_offer": 5}, "The app_offer field must be true or false."),
    ],
)
def test_wrong_extras_are_refused(client: SandboxClient, more: Json, words: str) -> None:
    body = {"amount": 50000, "currency": "INR", **more}
    assert client.refusal("POST", "/v1/orders", body).startswith(words)


# Refunds by the payment's id in the body


def test_a_refund_names_its_payment_in_the_body(client: SandboxClient) -> None:
    key = client.pay(client.code()[1])["id"]
    sent = f"amount=100&speed=normal&payment_id={key}&notes[a]=b"
    refund = form(client, "/v1/refunds", sent)
    assert (refund["payment_id"], refund["amount"], refund["notes"]) == (key, 100, {"a": "b"})
    safe = {"payment_id": key, "amount": 200}
    named = {**client.auth, "X_Refund_Idempotency": "refund-row-0001"}
    first, second = (
        client.send("POST", "/v1/refunds", json.dumps(safe).encode(), **named) for _ in range(2)
    )
    assert first[2] == second[2]
    assert client.refusal("POST", "/v1/refunds", {"amount": 1}) == (
        "The payment id field is required."
    )
    assert client.ok("POST", "/v1/refunds", {"payment_id": key})["amount"] == 49700


def test_a_slow_refund_by_body_keeps_its_payment_busy() -> None:
    faults, busy = FaultRegistry(), InFlightOperations()
    faults.arm({"path": "/v1/refunds", "kind": "slow", "delay_s": 60})

    def refund(environ: Json, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [b'{"id": "rfnd_B", "payment_id": "pay_A"}']

    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/refunds", ENVIRON_KEY: SimpleNamespace()}
    FaultMiddleware(refund, faults, "", busy)(environ, lambda *_: lambda _data: None)
    assert busy.has("pay_A")


# Key-only reads


@pytest.mark.parametrize("path", ["/v1/methods", "/v1/preferences"])
def test_a_page_reads_with_the_key_id_alone(client: SandboxClient, path: str) -> None:
    key = client.server.key_id
    status, _, body = client.send("GET", f"{path}?key_id={key}")
    assert (status, b'"netbanking"' in body) == (200, True)
    assert client.send("GET", f"{path}?key_id=rzp_test_x")[0] == 401
    assert client.send("GET", path)[0] == 401
    assert client.api("GET", path)[0] == 200
    assert client.send("GET", f"/v1/orders?key_id={key}")[0] == 401


def test_the_key_id_alone_also_comes_as_a_login(client: SandboxClient) -> None:
    from base64 import b64encode

    login = b64encode(f"{client.server.key_id}:".encode()).decode()
    assert client.send("GET", "/v1/methods", Authorization=f"Basic {login}")[0] == 200
    assert client.send("GET", "/v1/orders", Authorization=f"Basic {login}")[0] == 401


# Instant settlements


def test_money_is_paid_out_before_its_time_and_deducted_later(client: SandboxClient) -> None:
    base = "/v1/settlements/ondemand"
    assert client.ok("GET", base)["count"] == 0
    words = "Insufficient balance for the instant settlement."
    assert client.refusal("POST", base, {"amount": 20000}) == words
    client.checkout(500000)
    made = client.ok("POST", base, {"amount": 200000, "description": "Rent"})
    assert (made["fees"], made["tax"], made["amount_pending"]) == (590, 90, 199410)
    assert made["ondemand_payouts"]["items"][0]["amount_settled"] is None
    client.advance(900)
    done = client.ok("GET", f"{base}/{made['id']}", **{"expand[]": "ondemand_payouts"})
    assert (done["status"], done["amount_settled"], done["amount_pending"]) == (
        "processed",
        199410,
        0,
    )
    assert "ondemand_payouts" not in client.ok("GET", base)["items"][0]
    rest = client.ok("POST", base, {"settle_full_balance": "1"})
    assert rest["amount_requested"] == 500000 - 11800 - 200000
    client.checkout(100000)
    client.advance(8 * 86_400)
    total = sum(s["amount"] for s in client.ok("GET", "/v1/settlements")["items"])
    assert total == 100000 - 2360
    assert client.refusal("GET", f"{base}/setlod_AAAAAAAAAAAAAA") == (
        "The id provided does not exist"
    )
