"""Every documented refusal of the served endpoints, each in its situation.

A row names the endpoint and the text as the catalog does; `{…}` and `<…>` in it are placeholders.
Where two texts fit one situation the newer is served, and the other is listed in OLDER.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from .refusals import (
    UNKNOWN,
    authorized,
    balance_too_low,
    call,
    capture,
    capture_running,
    captured_already,
    create_link,
    create_order,
    create_qr_code,
    denied,
    failed,
    link_to,
    more_than_due,
    not_authorized,
    not_unique,
    order_done,
    order_paid,
    other_body,
    reference_again,
    refund,
    refund_running,
    refund_uncaptured,
    same_body_running,
    short_key,
    too_old,
    unknown_medium,
    wrong_key,
)
from .test_fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from .refusals import Answer
    from .sandbox_client import SandboxClient

EXTRA = "is/are not required and should not be sent"
SERVED: list[tuple[str, str, Callable[[SandboxClient], Answer]]] = [
    ("any", "Authentication failed", wrong_key),
    ("any", "The requested URL was not found on the server.", call("GET", "/v1/nothing")),
    ("any", "The id provided does not exist", call("GET", f"/v1/orders/{UNKNOWN}")),
    ("any", "{id} is not a valid id", call("GET", "/v1/orders/x")),
    ("any", "Access Denied", denied),
    (
        "any",
        "from must be between 946684800 and 4765046400",
        call("GET", "/v1/payments", from_=1),
    ),
    (
        "GET list",
        "The count may not be greater than 100.",
        call("GET", "/v1/orders", count=101),
    ),
    ("GET list", "The count must be at least 1.", call("GET", "/v1/refunds", count=0)),
    ("POST orders", "Order amount less than minimum amount allowed", create_order(amount=99)),
    ("POST orders", "The amount must be an integer.", create_order(amount=100.5)),
    ("POST orders", "amount: is required.", create_order(amount=None)),
    ("POST orders", "expected string but provided <value>", create_order(currency=[])),
    ("POST orders", "Order receipt should be unique.", not_unique),
    ("POST orders", f"<field> {EXTRA}", create_order(colour="red")),
    (
        "POST orders",
        "receipt: the length must be no more than 40.",
        create_order(receipt="r" * 41),
    ),
    ("POST orders", "Amount exceeds maximum amount allowed.", create_order(amount=10**9)),
    ("GET orders/:id", "Order older than 180 days, please use reports.", too_old),
    (
        "POST capture",
        "Capture amount must be equal to the amount authorized.",
        lambda client: capture(client, authorized(client), 40000),
    ),
    (
        "POST capture",
        (
            "Your payment has been declined as the order is already paid. "
            "Please initiate the payment with a new order."
        ),
        order_paid,
    ),
    (
        "POST capture",
        "The payment has already been either captured or voided.",
        captured_already,
    ),
    ("POST capture", "Payment is not in authorized state.", not_authorized),
    (
        "POST capture",
        "Only payments which have been authorized and not yet captured can be captured.",
        failed,
    ),
    ("POST capture", "Payment already done for this order.", order_done),
    (
        "POST capture",
        "Payment amount is greater than the amount due for order.",
        more_than_due,
    ),
    (
        "POST capture",
        "Capture request currency must be same as payment currency.",
        lambda client: capture(client, authorized(client), currency="USD"),
    ),
    (
        "POST capture",
        "Request failed because another payment operation is in progress.",
        capture_running,
    ),
    (
        "POST refund",
        "Request failed because another payment operation is in progress.",
        refund_running,
    ),
    (
        "POST refund",
        "The refund amount provided is greater than amount captured.",
        refund({"amount": 50001}),
    ),
    ("POST refund", "The payment has been fully refunded already.", refund({}, {})),
    (
        "POST refund",
        "The payment status should be captured for action to be taken.",
        refund_uncaptured,
    ),
    (
        "POST refund",
        "Your account does not have enough balance to carry out the refund operation.",
        balance_too_low,
    ),
    (
        "POST refund",
        "Duplicate receipt found for this refund request.",
        refund({"amount": 100, "receipt": "R"}, {"amount": 100, "receipt": "R"}),
    ),
    ("POST refund", "Amount cannot be blank.", refund({"amount": 0})),
    (
        "POST refund",
        "Different request with the same idempotency key has already been processed.",
        other_body,
    ),
    (
        "POST refund",
        "Another request with the same idempotency key is still in progress.",
        same_body_running,
    ),
    ("POST refund", "The idempotency key must be at least 10 characters long.", short_key),
    ("POST qr_codes", "The selected {field name} is invalid.", create_qr_code(type="x")),
    ("POST qr_codes", "The {field name} is required.", create_qr_code(payment_amount=None)),
    ("POST qr_codes", "The payment amount must be at least 1.", create_qr_code(payment_amount=0)),
    (
        "POST qr_codes",
        "{close_by} must be between 946684800 and 4765046400",
        create_qr_code(close_by=1),
    ),
    ("POST qr_codes", f"{{field}} {EXTRA}", create_qr_code(colour="red")),
    (
        "POST payment_links",
        "payment link creation with reference ID already attempted",
        reference_again,
    ),
    (
        "POST payment_links",
        (
            "UPI Payment Links is not supported in Test Mode. "
            "Please experience the product in Live Mode."
        ),
        create_link(upi_link=True),
    ),
    (
        "POST payment_links",
        "partial payment not supported in upi link",
        create_link(upi_link=True, accept_partial=True),
    ),
    (
        "POST payment_links",
        "upi is currently supported only in indian currency",
        create_link(upi_link=True, currency="USD"),
    ),
    (
        "POST payment_links",
        "expire_by: timestamp must be atleast 15 minutes in future",
        create_link(expire_by=1_000_000_000),
    ),
    (
        "POST payment_links",
        "value: the length must not be greater than 255.",
        create_link(notes={"a": "x" * 256}),
    ),
    (
        "POST payment_links/:id/cancel",
        "cannot cancel or expire an already paid/partially paid link",
        link_to("paid", "/cancel"),
    ),
    (
        "POST payment_links/:id/cancel",
        "cannot cancel or expire an expired link",
        link_to("expired", "/cancel"),
    ),
    (
        "PATCH payment_links/:id",
        "update can only be made in created or partially paid state",
        link_to("expired", "", "PATCH"),
    ),
    (
        "POST payment_links/:id/notify_by/x",
        "not a valid notification medium",
        unknown_medium,
    ),
]
OLDER = {
    ("any", "The api key provided is invalid"): (
        "a wrong key pair; the order page of 2026 says `Authentication failed`"
    ),
    ("any", "The server encountered an error. The incident has been reported to admins."): (
        "a 500 seen by users; the text on the documented pages is served"
    ),
    ("POST orders", "The amount must be at least INR 1.00"): (
        "an amount of 99; the error index of 2026 has `Order amount less than minimum …`"
    ),
}
STATUSES = {"Authentication failed": 401, "Access Denied": 403}
CONFLICTS = ("same idempotency key",)


def as_pattern(text: str) -> str:
    return re.sub(r"\\\{.*?\\\}|<.*?>", ".+", re.escape(text))


@pytest.mark.parametrize(("endpoint", "text", "situation"), SERVED)
def test_each_refusal_is_served(
    client: SandboxClient, endpoint: str, text: str, situation: Callable[[SandboxClient], Answer]
) -> None:
    status, answer = situation(client)
    error = answer["error"]
    assert re.fullmatch(as_pattern(text), error["description"]), error
    conflict = any(words in text for words in CONFLICTS)
    assert status == STATUSES.get(text, 409 if conflict else 400)
    assert error["code"] == "BAD_REQUEST_ERROR"
    assert {"source", "step", "reason", "metadata"} <= error.keys()
    assert error["metadata"] in ({}, []) or "unique" in text


@pytest.mark.skipif(not FOLDER.is_dir(), reason="Razorpay's samples are not here")
def test_no_documented_refusal_is_left_out() -> None:
    catalog = json.loads((FOLDER / "errors" / "catalog.json").read_text(encoding="utf-8"))
    listed = [(row["endpoint"], row["description"]) for row in catalog]
    assert sorted(listed) == sorted([*((e, t) for e, t, _ in SERVED), *OLDER])
    assert len(listed) == 54
