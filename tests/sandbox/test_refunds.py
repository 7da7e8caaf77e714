"""Refunds: amounts, limits, idempotency."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

KEY = "refund-row-0001"


@pytest.fixture
def paid(client: SandboxClient) -> dict[str, Any]:
    return client.pay(client.code()[1])


def _path(payment: dict[str, Any]) -> str:
    return f"/v1/payments/{payment['id']}/refund"


def _with_key(client: SandboxClient, path: str, body: Any, key: str) -> tuple[int, Any]:
    status, _, answer = client.send(
        "POST", path, json.dumps(body).encode(), X_Refund_Idempotency=key, **client.auth
    )
    return status, json.loads(answer)


def test_parts_then_the_rest(client: SandboxClient, paid: dict[str, Any]) -> None:
    part = client.ok("POST", _path(paid), {"amount": 20000, "notes": {"a": "b"}, "receipt": "R1"})
    assert part.pop("id").startswith("rfnd_")
    assert part.pop("created_at") > 0
    assert part == {
        "entity": "refund",
        "amount": 20000,
        "currency": "INR",
        "payment_id": paid["id"],
        "notes": {"a": "b"},
        "receipt": "R1",
        "acquirer_data": {"arn": None},
        "batch_id": None,
        "status": "pending",
        "speed_processed": "normal",
        "speed_requested": "normal",
    }
    between = client.ok("GET", f"/v1/payments/{paid['id']}")
    assert (between["status"], between["refund_status"]) == ("captured", "partial")

    assert client.ok("POST", _path(paid), {})["amount"] == 30000
    after = client.ok("GET", f"/v1/payments/{paid['id']}")
    assert (after["status"], after["refund_status"]) == ("refunded", "full")
    order = client.ok("GET", f"/v1/orders/{paid['order_id']}")
    assert (order["status"], order["amount_paid"]) == ("paid", 50000)
    assert client.refusal("POST", _path(paid), {}) == "The payment has been fully refunded already."


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"amount": 50001}, "The refund amount provided is greater than amount captured."),
        ({"amount": 0}, "Amount cannot be blank."),
        ({"amount": "x"}, "The amount must be an integer."),
        ({"amount": -100}, "The amount must be at least INR 1.00"),
        ({"speed": "warp"}, "The selected speed is invalid."),
        ({"x": 1}, "x is/are not required and should not be sent"),
    ],
)
def test_wrong_refunds(
    client: SandboxClient, paid: dict[str, Any], body: dict[str, Any], words: str
) -> None:
    assert client.refusal("POST", _path(paid), body) == words
    assert client.ok("GET", "/v1/refunds")["count"] == 0


def test_only_captured_payments(client: SandboxClient) -> None:
    payment = client.pay(client.code()[1], "authorized")
    words = client.refusal("POST", _path(payment), {})
    assert words == "The payment status should be captured for action to be taken."


def test_a_receipt_is_used_once_per_payment(client: SandboxClient, paid: dict[str, Any]) -> None:
    client.ok("POST", _path(paid), {"amount": 100, "receipt": "R"})
    words = client.refusal("POST", _path(paid), {"amount": 100, "receipt": "R"})
    assert words == "Duplicate receipt found for this refund request."


def test_the_balance_must_cover_it(client: SandboxClient, paid: dict[str, Any]) -> None:
    client.control("account", {"balance": 30000})
    assert client.refusal("POST", _path(paid), {}).startswith(
        "Your account does not have enough balance"
    )
    client.ok("POST", _path(paid), {"amount": 30000})
    assert client.control("account")["balance"] == 0


def test_the_same_key_gives_the_same_refund(client: SandboxClient, paid: dict[str, Any]) -> None:
    first = _with_key(client, _path(paid), {"amount": 10000}, KEY)
    again = _with_key(client, _path(paid), {"amount": 10000}, KEY)
    assert first[0] == 200
    assert again == first
    assert client.ok("GET", "/v1/refunds")["count"] == 1

    status, answer = _with_key(client, _path(paid), {"amount": 20000}, KEY)
    assert status == 409
    assert answer["error"]["description"] == (
        "Different request with the same idempotency key has already been processed."
    )
    assert _with_key(client, _path(paid), {}, "short")[0] == 400
    assert _with_key(client, _path(paid), {}, "has spaces in it")[0] == 400


def test_instant_refunds_are_there_at_once(client: SandboxClient, paid: dict[str, Any]) -> None:
    refund = client.ok("POST", _path(paid), {"speed": "optimum"})
    assert (refund["status"], refund["speed_requested"]) == ("processed", "optimum")


def test_the_documented_failing_amount(client: SandboxClient, paid: dict[str, Any]) -> None:
    refund = client.ok("POST", _path(paid), {"amount": 2468})
    client.advance(3600)
    assert client.ok("GET", f"/v1/refunds/{refund['id']}")["status"] == "failed"
    assert client.ok("GET", f"/v1/payments/{paid['id']}")["amount_refunded"] == 0


def test_old_payments_are_not_refunded(client: SandboxClient, paid: dict[str, Any]) -> None:
    client.advance(184 * 86_400)
    error = client.refused("POST", _path(paid), {})
    assert "more than 6 months old" in error["description"]
    assert error["source"] is None


def test_reads(client: SandboxClient, paid: dict[str, Any]) -> None:
    refund = client.ok("POST", _path(paid), {"amount": 100})
    other = client.pay(client.code()[1])
    assert client.ok("GET", f"{_path(paid)}s")["items"] == [refund]
    assert client.ok("GET", f"{_path(paid)}s/{refund['id']}") == refund
    unknown = client.refusal("GET", f"{_path(other)}s/{refund['id']}")
    assert unknown == "The id provided does not exist"
    changed = client.ok("PATCH", f"/v1/refunds/{refund['id']}", {"notes": {"a": "b"}})
    assert changed["notes"] == {"a": "b"}
    assert client.ok("GET", "/v1/refunds", count=1)["items"] == [changed]
