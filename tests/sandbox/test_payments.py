"""Payments: starting, paying, failing, capturing, and what follows for the order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .sandbox_client import upi_body

if TYPE_CHECKING:
    from .sandbox_client import Till


def test_an_intent_gives_a_text_that_names_amount_and_payment(till: Till) -> None:
    order = till.order(1_180_050)
    answer = till.intent(order)

    assert set(answer) == {"razorpay_payment_id", "link"}
    assert re.fullmatch(r"pay_[0-9A-Za-z]{14}", answer["razorpay_payment_id"])
    asked = parse_qs(urlsplit(answer["link"]).query)
    assert asked["am"] == ["11800.50"]
    assert asked["cu"] == ["INR"]
    assert asked["tn"] == ["FeeofAsha"]
    assert answer["link"].startswith("upi://pay?")


def test_create_json_says_what_comes_next(till: Till) -> None:
    order = till.order()
    answer = till.ok("POST", "/v1/payments/create/json", upi_body(order))

    intent, poll = answer["next"]
    assert intent["action"] == "intent"
    assert till.pay(intent["url"])["status"] == "captured"
    assert poll["action"] == "poll"
    assert poll["url"].endswith(f"/v1/payments/{answer['razorpay_payment_id']}")


def test_a_started_payment_looks_like_razorpays(till: Till) -> None:
    order = till.order()
    key = till.intent(order)["razorpay_payment_id"]

    payment = till.ok("GET", f"/v1/payments/{key}")
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
    after = till.ok("GET", f"/v1/orders/{order['id']}")
    assert (after["status"], after["attempts"], after["amount_paid"]) == ("attempted", 1, 0)


def test_success_is_captured_with_fee_and_reference(till: Till) -> None:
    order, code = till.code(50000)
    payment = till.pay(code, vpa="asha@okaxis")

    assert (payment["status"], payment["captured"]) == ("captured", True)
    assert (payment["fee"], payment["tax"]) == (1180, 180)
    assert re.fullmatch(r"[0-9]{12}", payment["acquirer_data"]["rrn"])
    assert payment["upi"] == {
        "payer_account_type": "bank_account",
        "vpa": "asha@okaxis",
        "flow": "intent",
    }
    paid = till.ok("GET", f"/v1/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["amount_due"]) == ("paid", 50000, 0)


@pytest.mark.parametrize(
    ("paise", "fee", "tax"), [(100, 2, 0), (1000, 24, 4), (2100, 50, 8), (250000, 5900, 900)]
)
def test_fees_as_in_razorpays_samples(till: Till, paise: int, fee: int, tax: int) -> None:
    _, code = till.code(paise)
    payment = till.pay(code)
    assert (payment["fee"], payment["tax"]) == (fee, tax)


def test_failure_then_success_is_the_same_payment_and_attempt(till: Till) -> None:
    order, code = till.code()
    failed = till.pay(code, "failure", reason="insufficient_funds")
    assert (failed["status"], failed["error_reason"]) == ("failed", "insufficient_funds")
    assert failed["error_code"] == "GATEWAY_ERROR"
    assert failed["acquirer_data"] == {"rrn": None}

    paid = till.pay(code)
    assert paid["id"] == failed["id"]
    assert (paid["status"], paid["error_reason"]) == ("captured", None)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 1


@pytest.mark.parametrize(
    ("paise", "reason"),
    [
        (201, "insufficient_funds"),
        (402, "payment_declined"),
        (204, "incorrect_pin"),
        (302, "payment_cancelled"),
    ],
)
def test_documented_test_amounts_fail(till: Till, paise: int, reason: str) -> None:
    _, code = till.code(paise)
    payment = till.pay(code)
    assert (payment["status"], payment["error_reason"]) == ("failed", reason)


def test_a_second_code_of_a_paid_order_is_refunded(till: Till) -> None:
    order, first = till.code()
    second = till.intent(order)["link"]
    till.pay(first)

    surplus = till.pay(second)
    assert (surplus["status"], surplus["captured"]) == ("refunded", True)
    assert (surplus["amount_refunded"], surplus["refund_status"]) == (50000, "full")
    refunds = till.ok("GET", f"/v1/payments/{surplus['id']}/refunds")["items"]
    assert [r["amount"] for r in refunds] == [50000]
    paid = till.ok("GET", f"/v1/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["attempts"]) == ("paid", 50000, 2)


def test_a_paid_code_shows_and_does_nothing_more(till: Till) -> None:
    _, code = till.code()
    seen = till.control("upi/scan", {"qr": code})
    assert (seen["payable"], seen["amount"], seen["reason"]) == (True, 50000, None)
    assert seen["payee"]
    paid = till.pay(code)
    assert till.pay(code) == paid
    assert till.control("upi/scan", {"qr": code})["payable"] is False


def test_a_paid_order_takes_no_further_payment(till: Till) -> None:
    order, code = till.code()
    till.pay(code)
    error = till.refused("POST", "/v1/payments/create/upi", upi_body(order))
    assert error["reason"] == "order_already_paid"


def test_an_authorized_payment_blocks_another(till: Till) -> None:
    order, code = till.code()
    assert till.pay(code, "authorized")["captured"] is False
    words = till.why("POST", "/v1/payments/create/upi", upi_body(order))
    assert words == "Request failed because another payment operation is in progress."


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"amount": None}, "The amount field is required."),
    ({"amount": "50000"}, "The amount must be an integer."),
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
def test_wrong_starts_are_refused(till: Till, change: dict[str, Any], words: str) -> None:
    order = till.order()
    said = till.why("POST", "/v1/payments/create/upi", {**upi_body(order), **change})
    assert said.startswith(words)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 0


def test_orders_for_another_method_refuse_upi(till: Till) -> None:
    order = till.order(method="netbanking")
    error = till.refused("POST", "/v1/payments/create/upi", upi_body(order))
    assert error["reason"] == "order_payment_method_mismatch"


def test_without_the_feature_there_is_no_such_address(till: Till) -> None:
    order = till.order()
    till.control("account", {"features": {"s2s": False}})
    for path in ("/v1/payments/create/upi", "/v1/payments/create/json"):
        words = till.why("POST", path, upi_body(order))
        assert words == "The requested URL was not found on the server."


def test_manual_capture(till: Till) -> None:
    till.control("account", {"auto_capture": False})
    order, code = till.code()
    payment = till.pay(code)
    assert (payment["status"], payment["fee"]) == ("authorized", None)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["amount_paid"] == 0

    path = f"/v1/payments/{payment['id']}/capture"
    assert till.why("POST", path, {"amount": 50000}) == "The currency field is required."
    assert till.why("POST", path, {"amount": 1, "currency": "INR"}) == (
        "Capture amount must be equal to the amount authorized."
    )
    assert till.why("POST", path, {"amount": 50000, "currency": "USD"}) == (
        "Capture request currency must be same as payment currency."
    )
    captured = till.ok("POST", path, {"amount": 50000, "currency": "INR"})
    assert (captured["status"], captured["captured"], captured["fee"]) == ("captured", True, 1180)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    assert till.why("POST", path, {"amount": 50000, "currency": "INR"}) == (
        "The payment has already been either captured or voided."
    )


def test_captures_that_cannot_be(till: Till) -> None:
    order, code = till.code()
    key = till.state()["payments"][0]["id"]
    body = {"amount": 50000, "currency": "INR"}
    path = f"/v1/payments/{key}/capture"
    assert till.why("POST", path, body) == "Payment is not in authorized state."
    till.pay(code, "failure")
    assert till.why("POST", path, body).startswith("Only payments which have been authorized")

    other = till.intent(order)["link"]
    till.pay(code, "authorized")
    till.pay(other)
    assert till.refused("POST", path, body)["reason"] == "order_already_paid"


def test_an_orders_own_capture_rule_wins(till: Till) -> None:
    _, manual = till.code(payment={"capture": "manual"})
    assert till.pay(manual)["status"] == "authorized"
    till.control("account", {"auto_capture": False})
    _, automatic = till.code(payment={"capture": "automatic"})
    assert till.pay(automatic)["status"] == "captured"


def test_partial_payments_fill_an_order(till: Till) -> None:
    order = till.order(partial_payment=True, first_payment_min_amount=20000)
    small = {**upi_body(order), "amount": 10000}
    error = till.refused("POST", "/v1/payments/create/upi", small)
    assert error["reason"] == "order_amount_mismatch"

    till.pay(till.intent(order, amount=20000)["link"])
    between = till.ok("GET", f"/v1/orders/{order['id']}")
    assert (between["status"], between["amount_due"]) == ("attempted", 30000)
    till.pay(till.intent(order, amount=30000)["link"])
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_payment_reads_and_notes(till: Till) -> None:
    _, code = till.code()
    payment = till.pay(code)
    path = f"/v1/payments/{payment['id']}"

    assert till.ok("GET", "/v1/payments", **{"expand[]": "card", "count": 5})["items"] == [payment]
    assert till.ok("PATCH", path, {"notes": {"k": "v"}})["notes"] == {"k": "v"}
    assert till.refused("PATCH", path, {"email": "x"})["reason"] == "extra_field_sent"
    assert till.why("GET", f"{path}/card") == "The id provided does not exist"
    assert till.why("GET", "/v1/payments/x") == "x is not a valid id"


def test_small_reads(till: Till) -> None:
    assert till.ok("GET", "/v1/payments/downtimes") == {
        "entity": "collection",
        "count": 0,
        "items": [],
    }
    unknown = till.why("GET", "/v1/payments/downtimes/down_AAAAAAAAAAAAAA")
    assert unknown == "The id provided does not exist"
    assert till.ok("GET", "/v1/methods")["upi"] is True


def test_upi_addresses(till: Till) -> None:
    path = "/v1/payments/validate/vpa"
    assert till.ok("POST", path, {"vpa": "asha@okaxis"})["success"] is True
    assert till.refused("POST", path, {"vpa": "asha"})["reason"] == "invalid_vpa"
