"""Payments: start, success, failure, capture, and the effects on the order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .sandbox_client import upi_body

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient


def test_an_intent_gives_a_text_that_names_amount_and_payment(client: SandboxClient) -> None:
    order = client.order(1_180_050)
    answer = client.intent(order)

    assert set(answer) == {"razorpay_payment_id", "link"}
    assert re.fullmatch(r"pay_[0-9A-Za-z]{14}", answer["razorpay_payment_id"])
    asked = parse_qs(urlsplit(answer["link"]).query)
    assert asked["am"] == ["11800.50"]
    assert asked["cu"] == ["INR"]
    assert asked["tn"] == ["FeeofAsha"]
    assert answer["link"].startswith("upi://pay?")


def test_create_json_says_what_comes_next(client: SandboxClient) -> None:
    order = client.order()
    answer = client.ok("POST", "/v1/payments/create/json", upi_body(order))

    intent, poll = answer["next"]
    assert intent["action"] == "intent"
    assert client.pay(intent["url"])["status"] == "captured"
    assert poll["action"] == "poll"
    assert poll["url"].endswith(f"/v1/payments/{answer['razorpay_payment_id']}")


def test_a_started_payment_looks_like_razorpays(client: SandboxClient) -> None:
    order = client.order()
    key = client.intent(order)["razorpay_payment_id"]

    payment = client.ok("GET", f"/v1/payments/{key}")
    assert payment.pop("created_at") >= order["created_at"]
    assert payment == {
        "id": key,
        "entity": "payment",
        "amount": 50000,
        "currency": "INR",
        "status": "created",
        "order_id": order["id"],
        "invoice_id": None,
        "international": False,
        "method": "upi",
        "amount_refunded": 0,
        "refund_status": None,
        "captured": False,
        "description": "Fee of Asha",
        "card_id": None,
        "bank": None,
        "wallet": None,
        "vpa": None,
        "email": "parent@example.com",
        "contact": "+919000000001",
        "notes": {"row": "1"},
        "fee": None,
        "tax": None,
        "error_code": None,
        "error_description": None,
        "error_source": None,
        "error_step": None,
        "error_reason": None,
        "acquirer_data": {"rrn": None},
        "upi": {"flow": "intent"},
    }
    after = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (after["status"], after["attempts"], after["amount_paid"]) == ("attempted", 1, 0)


def test_success_is_captured_with_fee_and_reference(client: SandboxClient) -> None:
    order, code = client.code(50000)
    payment = client.pay(code, vpa="asha@okaxis")

    assert (payment["status"], payment["captured"]) == ("captured", True)
    assert (payment["fee"], payment["tax"]) == (0, 0)
    assert re.fullmatch(r"[0-9]{12}", payment["acquirer_data"]["rrn"])
    assert payment["upi"] == {
        "payer_account_type": "bank_account",
        "vpa": "asha@okaxis",
        "flow": "intent",
    }
    paid = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["amount_due"]) == ("paid", 50000, 0)


@pytest.mark.parametrize(
    ("paise", "fee", "tax"), [(100, 2, 0), (1000, 24, 4), (2100, 50, 8), (250000, 5900, 900)]
)
def test_fees_as_in_razorpays_samples(
    client: SandboxClient, paise: int, fee: int, tax: int
) -> None:
    for method in ("card", "netbanking", "wallet"):
        payment = client.checkout(paise, method)
        assert (payment["fee"], payment["tax"]) == (fee, tax)


@pytest.mark.parametrize(("bearer", "added"), [("customer_added", 27_848), ("customer_beside", 0)])
def test_a_payer_who_bears_the_fee_pays_the_order_in_full(
    client: SandboxClient, bearer: str, added: int
) -> None:
    client.control("account", {"fee_bearer": bearer, "fees": {"upi": 200}})
    order = client.order(1_180_000)
    text = client.intent(order)["link"]
    payment = client.pay(text)
    assert (payment["amount"], payment["fee"]) == (1_180_000 + added, 27_848)
    assert payment["fee_bearer"] == "customer"
    paid = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["amount_due"]) == ("paid", 1_180_000, 0)
    assert client.pay(text)["id"] == payment["id"], "its code still reads the same"


def test_failure_then_success_is_the_same_payment_and_attempt(client: SandboxClient) -> None:
    order, code = client.code()
    failed = client.pay(code, "failure", reason="insufficient_funds")
    assert (failed["status"], failed["error_reason"]) == ("failed", "insufficient_funds")
    assert failed["error_code"] == "GATEWAY_ERROR"
    assert failed["acquirer_data"] == {"rrn": None}

    paid = client.pay(code)
    assert paid["id"] == failed["id"]
    assert (paid["status"], paid["error_reason"]) == ("captured", None)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 1


@pytest.mark.parametrize(
    ("paise", "reason"),
    [
        (201, "insufficient_funds"),
        (402, "payment_declined"),
        (204, "incorrect_pin"),
        (302, "payment_cancelled"),
    ],
)
def test_documented_test_amounts_fail(client: SandboxClient, paise: int, reason: str) -> None:
    _, code = client.code(paise)
    payment = client.pay(code)
    assert (payment["status"], payment["error_reason"]) == ("failed", reason)


def test_a_second_code_of_a_paid_order_is_refunded(client: SandboxClient) -> None:
    order, first = client.code()
    second = client.intent(order)["link"]
    client.pay(first)

    surplus = client.pay(second)
    assert (surplus["status"], surplus["captured"]) == ("refunded", True)
    assert (surplus["amount_refunded"], surplus["refund_status"]) == (50000, "full")
    refunds = client.ok("GET", f"/v1/payments/{surplus['id']}/refunds")["items"]
    assert [r["amount"] for r in refunds] == [50000]
    paid = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["attempts"]) == ("paid", 50000, 2)


def test_a_paid_code_shows_and_does_nothing_more(client: SandboxClient) -> None:
    _, code = client.code()
    seen = client.control("upi/scan", {"qr": code})
    assert (seen["payable"], seen["amount"], seen["reason"]) == (True, 50000, None)
    assert seen["payee"]
    paid = client.pay(code)
    assert client.pay(code) == paid
    assert client.control("upi/scan", {"qr": code})["payable"] is False


def test_a_paid_order_takes_no_further_payment(client: SandboxClient) -> None:
    order, code = client.code()
    client.pay(code)
    error = client.refused("POST", "/v1/payments/create/upi", upi_body(order))
    assert error["reason"] == "order_already_paid"


def test_an_authorized_payment_blocks_another(client: SandboxClient) -> None:
    order, code = client.code()
    assert client.pay(code, "authorized")["captured"] is False
    words = client.refusal("POST", "/v1/payments/create/upi", upi_body(order))
    assert words == "Request failed because another payment operation is in progress."


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"amount": None}, "The amount field is required."),
    ({"amount": "50000 "}, "The amount must be an integer."),
    ({"amount": 40000}, "Your payment amount is different from your order amount."),
    ({"order_id": None}, "The order id field is required."),
    ({"order_id": "x"}, "x is not a valid id"),
    ({"order_id": "order_AAAAAAAAAAAAAA"}, "The id provided does not exist"),
    ({"email": "nobody"}, "The email must be a valid email address."),
    ({"contact": "abc"}, "Contact number contains invalid characters or length."),
    ({"method": "card"}, "The payment method is not enabled for the merchant."),
    ({"upi": {"flow": "collect"}}, "UPI Collect is not enabled for the merchant."),
    ({"upi": {"flow": "x"}}, "The selected flow is invalid."),
    ({"upi": []}, "The upi must be an array."),
    ({"description": "आ" * 86}, "The description may not be greater than 255 characters."),
    ({"card": {}}, "card is/are not required and should not be sent"),
]


@pytest.mark.parametrize(("change", "words"), REFUSALS)
def test_wrong_starts_are_refused(
    client: SandboxClient, change: dict[str, Any], words: str
) -> None:
    order = client.order()
    said = client.refusal("POST", "/v1/payments/create/upi", {**upi_body(order), **change})
    assert said.startswith(words)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 0


def test_orders_for_another_method_refuse_upi(client: SandboxClient) -> None:
    order = client.order(method="netbanking")
    error = client.refused("POST", "/v1/payments/create/upi", upi_body(order))
    assert error["reason"] == "order_payment_method_mismatch"


def test_without_the_feature_there_is_no_such_address(client: SandboxClient) -> None:
    order = client.order()
    client.control("account", {"features": {"s2s": False}})
    for path in ("/v1/payments/create/upi", "/v1/payments/create/json"):
        words = client.refusal("POST", path, upi_body(order))
        assert words == "The requested URL was not found on the server."


def test_manual_capture(client: SandboxClient) -> None:
    client.control("account", {"auto_capture": False})
    order, code = client.code()
    payment = client.pay(code)
    assert (payment["status"], payment["fee"]) == ("authorized", None)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["amount_paid"] == 0

    path = f"/v1/payments/{payment['id']}/capture"
    assert client.refusal("POST", path, {"amount": 1, "currency": "INR"}) == (
        "Capture amount must be equal to the amount authorized."
    )
    assert client.refusal("POST", path, {"amount": 50000, "currency": "USD"}) == (
        "Capture request currency must be same as payment currency."
    )
    captured = client.ok("POST", path, {"amount": 50000})
    assert (captured["status"], captured["captured"], captured["fee"]) == ("captured", True, 0)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    assert client.refusal("POST", path, {"amount": 50000, "currency": "INR"}) == (
        "The payment has already been either captured or voided."
    )


def test_captures_that_cannot_be(client: SandboxClient) -> None:
    order, code = client.code()
    key = client.state()["payments"][0]["id"]
    body = {"amount": 50000, "currency": "INR"}
    path = f"/v1/payments/{key}/capture"
    assert client.refusal("POST", path, body) == "Payment is not in authorized state."
    client.pay(code, "failure")
    assert client.refusal("POST", path, body).startswith("Only payments which have been authorized")

    other = client.intent(order)["link"]
    client.pay(code, "authorized")
    client.pay(other)
    assert client.refused("POST", path, body)["reason"] == "order_already_paid"


def test_an_orders_own_capture_rule_wins(client: SandboxClient) -> None:
    _, manual = client.code(payment={"capture": "manual"})
    assert client.pay(manual)["status"] == "authorized"
    client.control("account", {"auto_capture": False})
    _, automatic = client.code(payment={"capture": "automatic"})
    assert client.pay(automatic)["status"] == "captured"


def test_partial_payments_fill_an_order(client: SandboxClient) -> None:
    order = client.order(partial_payment=True, first_payment_min_amount=20000)
    small = {**upi_body(order), "amount": 10000}
    error = client.refused("POST", "/v1/payments/create/upi", small)
    assert error["reason"] == "order_amount_mismatch"

    client.pay(client.intent(order, amount=20000)["link"])
    between = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (between["status"], between["amount_due"]) == ("attempted", 30000)
    client.pay(client.intent(order, amount=30000)["link"])
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_payment_reads_and_notes(client: SandboxClient) -> None:
    _, code = client.code()
    payment = client.pay(code)
    path = f"/v1/payments/{payment['id']}"

    assert client.ok("GET", "/v1/payments", **{"expand[]": "card", "count": 5})["items"] == [
        payment
    ]
    assert client.ok("PATCH", path, {"notes": {"k": "v"}})["notes"] == {"k": "v"}
    assert client.refused("PATCH", path, {"email": "x"})["reason"] == "extra_field_sent"
    assert client.refusal("GET", f"{path}/card") == "The id provided does not exist"
    assert client.refusal("GET", "/v1/payments/x") == "x is not a valid id"


def test_small_reads(client: SandboxClient) -> None:
    assert client.ok("GET", "/v1/payments/downtimes") == {
        "entity": "collection",
        "count": 0,
        "items": [],
    }
    unknown = client.refusal("GET", "/v1/payments/downtimes/down_AAAAAAAAAAAAAA")
    assert unknown == "The id provided does not exist"
    assert client.ok("GET", "/v1/methods")["upi"] is True


def test_upi_addresses(client: SandboxClient) -> None:
    path = "/v1/payments/validate/vpa"
    assert client.ok("POST", path, {"vpa": "asha@okaxis"})["success"] is True
    assert client.refused("POST", path, {"vpa": "asha"})["reason"] == "invalid_vpa"
