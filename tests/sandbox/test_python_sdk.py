"""Razorpay's own Python SDK runs a merchant's day against the sandbox, in 40 calls or more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import razorpay

from desktop_app.sandbox.signatures import sign_checkout, sign_link

from .sandbox_client import upi_body
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

MANY = 40
SIGNED = razorpay.errors.SignatureVerificationError


class CountingClient:
    """An SDK client that counts the requests it sends."""

    def __init__(self, client: SandboxClient) -> None:
        auth = (client.server.key_id, client.server.key_secret)
        self.sdk: Any = razorpay.Client(auth=auth, base_url=client.server.url)
        self.sdk.session.hooks["response"].append(self._count)
        self.sent: list[str] = []

    def _count(self, response: Any, *_: object, **__: object) -> None:
        self.sent.append(f"{response.request.method} {response.request.path_url}")


@pytest.fixture
def counting(client: SandboxClient) -> CountingClient:
    return CountingClient(client)


def people_and_orders(client: SandboxClient, sdk: Any) -> dict[str, Any]:
    customer = sdk.customer.create({"name": "Asha Rao", "contact": "9000000001"})
    assert sdk.customer.fetch(customer["id"]) == customer
    assert sdk.customer.edit(customer["id"], {"name": "Asha R"})["name"] == "Asha R"
    assert sdk.customer.all()["count"] == 1
    order = sdk.order.create({"amount": 50000, "currency": "INR", "receipt": "A"})
    assert sdk.order.fetch(order["id"]) == order
    assert sdk.order.edit(order["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert sdk.order.all({"receipt": "A", "authorized": 0})["count"] == 1
    started = sdk.payment.createUpi(upi_body(order))
    client.pay(started["link"], "authorized")
    key = started["razorpay_payment_id"]
    assert sdk.payment.capture(key, 50000, {"currency": "INR"})["captured"] is True
    assert sdk.order.payments(order["id"])["items"][0]["id"] == key
    return {"order": order["id"], "payment": key}


def payments_and_refunds(client: SandboxClient, sdk: Any, key: str) -> None:
    assert sdk.payment.fetch(key)["status"] == "captured"
    assert sdk.payment.all({"count": 5, "expand[]": ["card"]})["count"] == 1
    assert sdk.payment.edit(key, {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    other = sdk.order.create({"amount": 7000, "currency": "INR"})
    by_card = client.control("checkout/pay", {"order_id": other["id"], "method": "card"})
    assert sdk.payment.fetchCardDetails(by_card["id"])["last4"] == "1007"
    third = sdk.order.create({"amount": 900, "currency": "INR"})
    assert len(sdk.payment.createPaymentJson(upi_body(third))["next"]) == 2
    assert sdk.payment.validateVpa({"vpa": "asha@okaxis"})["success"] is True
    assert sdk.payment.fetchPaymentMethods()["upi"] is True
    safe = {"X-Refund-Idempotency": "refund-row-0001"}
    refund = sdk.payment.refund(key, {"amount": 1000}, headers=dict(safe))
    assert sdk.payment.refund(key, {"amount": 1000}, headers=dict(safe)) == refund
    assert sdk.refund.fetch(refund["id"]) == refund
    assert sdk.refund.edit(refund["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert sdk.refund.all()["count"] == 1
    assert sdk.payment.fetch_multiple_refund(key)["count"] == 1
    assert sdk.payment.fetch_refund_id(key, refund["id"])["amount"] == 1000


def codes_and_links(client: SandboxClient, sdk: Any) -> None:
    fixed = {"usage": "single_use", "fixed_amount": True, "payment_amount": 300}
    code = sdk.qrcode.create({"type": "upi_qr", **fixed})
    client.pay(code["image_content"])
    assert sdk.qrcode.fetch(code["id"])["close_reason"] == "paid"
    assert sdk.qrcode.fetch_all_payments(code["id"])["count"] == 1
    poster = sdk.qrcode.create({"type": "upi_qr"})
    assert sdk.qrcode.close(poster["id"])["status"] == "closed"
    assert sdk.qrcode.all()["count"] == 2
    link = sdk.payment_link.create({"amount": 1000, "currency": "INR", "reference_id": "A"})
    assert sdk.payment_link.edit(link["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert sdk.payment_link.notifyBy(link["id"], "sms") == {"success": True}
    client.pay(link["short_url"])
    assert sdk.payment_link.fetch(link["id"])["status"] == "paid"
    other = sdk.payment_link.create({"amount": 1000, "currency": "INR"})
    assert sdk.payment_link.cancel(other["id"])["status"] == "cancelled"
    assert len(sdk.payment_link.all()["payment_links"]) == 2


def bank(client: SandboxClient, sdk: Any, key: str) -> None:
    dispute = client.control("disputes", {"payment_id": key, "amount": 100})["id"]
    assert sdk.dispute.all()["count"] == 1
    assert sdk.dispute.fetch(dispute)["status"] == "open"
    draft = {"summary": "was taught", "action": "draft"}
    assert sdk.dispute.contest(dispute, draft)["evidence"]["summary"] == "was taught"
    assert sdk.dispute.accept(dispute)["status"] == "lost"
    down = client.control("downtimes", {"method": "upi"})["id"]
    assert sdk.payment.fetchDownTime()["count"] == 1
    assert sdk.payment.fetchDownTimeById(down)["status"] == "started"
    client.advance(10 * 86_400)
    settlement = sdk.settlement.all()["items"][0]
    assert sdk.settlement.fetch(settlement["id"]) == settlement
    months = {_month(client.now()), _month(client.now() - 10 * 86_400)}
    rows = [
        row
        for year, month in months
        for row in sdk.settlement.report({"year": year, "month": month, "count": 1000})["items"]
    ]
    assert key in {row["entity_id"] for row in rows}


def _month(instant: int) -> tuple[int, int]:
    then = time.gmtime(instant)
    return then.tm_year, then.tm_mon


def test_a_merchants_day(
    client: SandboxClient, counting: CountingClient, capsys: pytest.CaptureFixture[str]
) -> None:
    sdk, secret = counting.sdk, client.server.key_secret
    made = people_and_orders(client, sdk)
    payments_and_refunds(client, sdk, made["payment"])
    codes_and_links(client, sdk)
    bank(client, sdk, made["payment"])
    signature = sign_checkout(made["order"], made["payment"], secret)
    signed = {"razorpay_order_id": made["order"], "razorpay_payment_id": made["payment"]}
    assert sdk.utility.verify_payment_signature({**signed, "razorpay_signature": signature})
    link = {
        "payment_link_id": "plink_A",
        "payment_link_reference_id": "A",
        "payment_link_status": "paid",
        "razorpay_payment_id": made["payment"],
    }
    signature = sign_link("plink_A", "A", "paid", made["payment"], secret)
    assert sdk.utility.verify_payment_link_signature({**link, "razorpay_signature": signature})
    with capsys.disabled():
        print(f"\n{len(counting.sent)} calls by the Python SDK")  # noqa: T201
    assert len(counting.sent) >= MANY


def test_the_sdk_verifies_a_webhook(client: SandboxClient, counting: CountingClient) -> None:
    with WebhookReceiver() as receiver:
        hook = {"url": receiver.url, "secret": "my secret", "events": ["order.paid"]}
        client.control("webhooks", hook)
        client.pay(client.code()[1])
        (got,) = receiver.wait_for(1)
    verify = counting.sdk.utility.verify_webhook_signature
    assert verify(got.body.decode(), got.signature, "my secret")
    with pytest.raises(SIGNED):
        verify(got.body.decode() + " ", got.signature, "my secret")
