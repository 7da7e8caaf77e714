"""Orders: creation, look-up and refusals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient


def test_an_order_looks_like_razorpays(client: SandboxClient) -> None:
    order = client.order(5000, receipt="receipt#1", notes={"key1": "value3"})

    assert re.fullmatch(r"order_[0-9A-Za-z]{14}", order.pop("id"))
    assert abs(order.pop("created_at") - client.now()) <= 2
    assert order == {
        "entity": "order",
        "amount": 5000,
        "amount_paid": 0,
        "amount_due": 5000,
        "currency": "INR",
        "receipt": "receipt#1",
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": {"key1": "value3"},
    }


def test_empty_notes_are_a_list_and_a_missing_receipt_null(client: SandboxClient) -> None:
    order = client.order()
    assert (order["notes"], order["receipt"]) == ([], None)
    assert client.ok("GET", f"/v1/orders/{order['id']}") == order


REFUSALS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"amount": None}, "amount: is required.", "amount"),
    ({"amount": 100.5}, "The amount must be an integer.", "amount"),
    ({"amount": "1e3"}, "The amount must be an integer.", "amount"),
    ({"amount": True}, "The amount must be an integer.", "amount"),
    ({"amount": 99}, "Order amount less than minimum amount allowed", "amount"),
    ({"amount": -100}, "Order amount less than minimum amount allowed", "amount"),
    ({"amount": 50_000_001}, "Amount exceeds maximum amount allowed.", "amount"),
    ({"currency": True}, "expected string but provided true", "currency"),
    ({"currency": "USD"}, "The selected currency is invalid.", "currency"),
    ({"receipt": "x" * 41}, "receipt: the length must be no more than 40.", "receipt"),
    ({"color": 1}, "color is/are not required and should not be sent", None),
    ({"notes": {str(n): "x" for n in range(16)}}, "Number of fields in notes", "notes"),
    ({"notes": {"a": "x" * 257}}, "notes: the length must be no more than 256.", "notes"),
    ({"notes": {"a": {}}}, "notes values themselves should not be an array", "notes"),
    ({"partial_payment": 2}, "The partial_payment field must be true or false.", None),
    ({"first_payment_min_amount": 100}, "first_payment_min_amount is/are not required", None),
    ({"payment": {"capture": "maybe"}}, "The selected capture is invalid.", "capture"),
]


@pytest.mark.parametrize(("change", "words", "field"), REFUSALS)
def test_wrong_orders_are_refused_in_razorpays_words(
    client: SandboxClient, change: dict[str, Any], words: str, field: str | None
) -> None:
    error = client.refused("POST", "/v1/orders", {"amount": 50000, "currency": "INR", **change})

    assert error["description"].startswith(words)
    assert error["source"] == "business"
    assert field is None or error["field"] == field
    assert client.state()["orders"] == []


def test_reasons_that_clients_branch_on(client: SandboxClient) -> None:
    small = client.refused("POST", "/v1/orders", {"amount": 99, "currency": "INR"})
    assert (small["reason"], small["step"]) == ("amount_less_than_minimum_amount", "order_creation")
    extra = client.refused("POST", "/v1/orders", {"amount": 100, "currency": "INR", "x": 1})
    assert extra["reason"] == "extra_field_sent"


def test_a_receipt_of_forty_devanagari_characters_fits(client: SandboxClient) -> None:
    receipt = "आ" * 40
    order = client.order(receipt=receipt)
    assert client.ok("GET", "/v1/orders", receipt=receipt)["items"] == [order]


def test_receipts_may_repeat_unless_the_account_refuses(client: SandboxClient) -> None:
    first = client.order(receipt="A-1")
    assert client.order(receipt="A-1")["id"] != first["id"]

    client.control("account", {"receipt_uniqueness": "refuse"})
    error = client.refused(
        "POST", "/v1/orders", {"amount": 100, "currency": "INR", "receipt": "A-1"}
    )
    assert error["description"] == "Order receipt should be unique."
    assert error["metadata"] == {"order_id": first["id"]}


def test_unique_receipt_gives_the_same_order_again(client: SandboxClient) -> None:
    first = client.order(receipt="A-2", unique_receipt=True)
    assert client.order(receipt="A-2", unique_receipt=True) == first
    assert len(client.state()["orders"]) == 1

    client.control("account", {"features": {"unique_receipt": False}})
    asked = {"amount": 50000, "currency": "INR", "receipt": "A-2", "unique_receipt": True}
    assert client.refused("POST", "/v1/orders", asked)["reason"] == "extra_field_sent"


def test_lists_are_newest_first_and_paged(client: SandboxClient) -> None:
    orders = [client.order(receipt=f"R-{n:02d}") for n in range(12)]
    ids = [order["id"] for order in reversed(orders)]

    first = client.ok("GET", "/v1/orders")
    assert (first["entity"], first["count"]) == ("collection", 10)
    assert [o["id"] for o in first["items"]] == ids[:10]
    rest = client.ok("GET", "/v1/orders", count=5, skip=10)
    assert [o["id"] for o in rest["items"]] == ids[10:]


def test_lists_are_cut_by_time_and_receipt(client: SandboxClient) -> None:
    client.order(receipt="ENR-1")
    client.advance(1000)
    late = client.order(receipt="ENR-10")

    assert client.ok("GET", "/v1/orders", from_=late["created_at"])["items"] == [late]
    assert client.ok("GET", "/v1/orders", to=late["created_at"] - 1)["count"] == 1
    assert client.ok("GET", "/v1/orders", receipt="ENR-1")["count"] == 2
    assert client.ok("GET", "/v1/orders", receipt="NR-10")["items"] == [late]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"count": 101}, "The count may not be greater than 100."),
        ({"count": 0}, "The count must be at least 1."),
        ({"count": "many"}, "The count must be an integer."),
        ({"skip": -1}, "The skip must be at least 0."),
        ({"from_": 1}, "from must be between 946684800 and 4765046400"),
        ({"to": 4765046401}, "to must be between 946684800 and 4765046400"),
        ({"status": "paid"}, "status is/are not required and should not be sent"),
        ({"authorized": 2}, "The selected authorized is invalid."),
    ],
)
def test_wrong_paging_is_refused(client: SandboxClient, query: dict[str, Any], words: str) -> None:
    assert client.refusal("GET", "/v1/orders", **query) == words


@pytest.mark.parametrize("spelling", ["expand[]", "expand[0]", "expand[expand]"])
def test_payments_are_shown_inside_where_asked(client: SandboxClient, spelling: str) -> None:
    order, code = client.code()
    payment = client.pay(code)

    shown = client.ok("GET", "/v1/orders", **{spelling: "payments"})["items"][0]
    assert shown["payments"] == {"entity": "collection", "count": 1, "items": [payment]}
    assert "payments" not in client.ok("GET", f"/v1/orders/{order['id']}")
    assert client.ok("GET", f"/v1/orders/{order['id']}/payments")["items"] == [payment]


def test_authorized_filter(client: SandboxClient) -> None:
    order, code = client.code()
    empty = client.order()
    client.pay(code, "authorized")

    def ids(value: int) -> list[str]:
        return [o["id"] for o in client.ok("GET", "/v1/orders", authorized=value)["items"]]

    assert (ids(1), ids(0)) == ([order["id"]], [empty["id"]])


def test_only_notes_can_be_changed(client: SandboxClient) -> None:
    order = client.order(notes={"a": "1"})
    path = f"/v1/orders/{order['id']}"
    assert client.ok("PATCH", path, {"notes": {"b": "2"}})["notes"] == {"b": "2"}
    assert client.refused("PATCH", path, {"amount": 1})["reason"] == "extra_field_sent"
    assert client.ok("GET", path)["notes"] == {"b": "2"}


def test_malformed_and_unknown_ids(client: SandboxClient) -> None:
    assert client.refusal("GET", "/v1/orders/order_x") == "order_x is not a valid id"
    assert (
        client.refusal("GET", "/v1/orders/order_AAAAAAAAAAAAAA") == "The id provided does not exist"
    )
    assert client.refusal("GET", "/v1/orders/pay_AAAAAAAAAAAAAA/payments").endswith(
        "not a valid id"
    )


def test_old_orders_are_for_reports(client: SandboxClient) -> None:
    order = client.order()
    client.advance(181 * 86_400)
    words = client.refusal("GET", f"/v1/orders/{order['id']}")
    assert words == "Order older than 180 days, please use reports."
