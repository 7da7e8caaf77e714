"""Clients from other authors, many clients at once, and the server by itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import razorpay

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient


@pytest.fixture
def sdk(client: SandboxClient) -> Any:
    return razorpay.Client(
        auth=(client.server.key_id, client.server.key_secret), base_url=client.server.url
    )


def test_the_python_sdk_collects_by_intent(client: SandboxClient, sdk: Any) -> None:
    order = sdk.order.create({"amount": 50000, "currency": "INR", "receipt": "A"})
    started = sdk.payment.createUpi(
        {
            "amount": 50000,
            "currency": "INR",
            "order_id": order["id"],
            "email": "void@razorpay.com",
            "contact": "9000000001",
            "method": "upi",
            "upi": {"flow": "intent"},
        }
    )
    client.pay(started["link"], "authorized")
    key = started["razorpay_payment_id"]
    captured = sdk.payment.capture(key, 50000, {"currency": "INR"})
    assert captured["status"] == "captured"
    assert sdk.order.fetch(order["id"])["status"] == "paid"
    assert sdk.order.payments(order["id"])["count"] == 1
    listed = sdk.order.all({"expand[]": ["payments"], "receipt": "A"})
    assert listed["items"][0]["payments"]["items"][0]["id"] == key
    assert sdk.order.edit(order["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert sdk.payment.fetch(key)["id"] == key
    assert sdk.payment.all({"count": 2})["count"] == 1
    assert sdk.payment.edit(key, {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    refund = sdk.payment.refund(key, {"amount": 100})
    assert sdk.refund.fetch(refund["id"]) == refund
    assert sdk.refund.all()["count"] == sdk.payment.fetch_multiple_refund(key)["count"] == 1
    assert sdk.payment.fetchDownTime()["count"] == 0
    assert sdk.payment.fetchPaymentMethods()["upi"] is True


def test_the_python_sdk_collects_by_code_and_link(client: SandboxClient, sdk: Any) -> None:
    qr = sdk.qrcode.create(
        {"type": "upi_qr", "usage": "single_use", "fixed_amount": True, "payment_amount": 300}
    )
    client.pay(qr["image_content"])
    assert sdk.qrcode.fetch(qr["id"])["close_reason"] == "paid"
    assert sdk.qrcode.fetch_all_payments(qr["id"])["count"] == 1
    assert sdk.qrcode.all({"count": 1})["count"] == 1
    second = sdk.qrcode.create({"type": "upi_qr"})
    assert sdk.qrcode.close(second["id"])["close_reason"] == "on_demand"

    link = sdk.payment_link.create({"amount": 1000, "currency": "INR", "reference_id": "A"})
    assert sdk.payment_link.all({"reference_id": "A"})["payment_links"] == [link]
    assert sdk.payment_link.edit(link["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert sdk.payment_link.notifyBy(link["id"], "sms") == {"success": True}
    client.pay(link["short_url"])
    assert sdk.payment_link.fetch(link["id"])["status"] == "paid"
    other = sdk.payment_link.create({"amount": 1000, "currency": "INR"})
    assert sdk.payment_link.cancel(other["id"])["status"] == "cancelled"


def test_the_python_sdk_raises_what_it_raises_with_razorpay(
    client: SandboxClient, sdk: Any
) -> None:
    with pytest.raises(razorpay.errors.BadRequestError, match="The id provided does not exist"):
        sdk.order.fetch("order_AAAAAAAAAAAAAA")
    client.arm_fault("GET", "/v1/orders", "status_500")
    with pytest.raises(razorpay.errors.ServerError):
        sdk.order.all()
    stranger = razorpay.Client(auth=("rzp_test_x", "y"), base_url=client.server.url)
    with pytest.raises(razorpay.errors.BadRequestError, match="Authentication failed"):
        stranger.order.all()


def test_sixteen_clients_lose_and_double_nothing(client: SandboxClient) -> None:
    def collect(number: int) -> tuple[str, str]:
        order, code = client.code(10000 + number, receipt=f"R-{number}")
        if number % 3 == 0:
            client.pay(code, "failure")
        payment = client.pay(code)
        shown = client.ok("GET", "/v1/orders", receipt=f"R-{number}", **{"expand[]": "payments"})
        assert payment in [p for o in shown["items"] for p in o["payments"]["items"]]
        return order["id"], payment["id"]

    with ThreadPoolExecutor(16) as pool:
        pairs = list(pool.map(collect, range(160)))
    state = client.state()
    assert {o["id"] for o in state["orders"]} == {order for order, _ in pairs}
    assert {p["id"] for p in state["payments"]} == {payment for _, payment in pairs}
    assert len(state["orders"]) == len(state["payments"]) == 160
    assert all(o["status"] == "paid" and o["amount_due"] == 0 for o in state["orders"])


def test_one_order_paid_from_sixteen_phones_keeps_one_payment(client: SandboxClient) -> None:
    order = client.order()
    codes = [client.intent(order)["link"] for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(p["status"] for p in pool.map(client.pay, codes))
    assert statuses == ["captured"] + ["refunded"] * 15
    assert client.ok("GET", f"/v1/orders/{order['id']}")["amount_paid"] == 50000


def test_unique_receipts_from_sixteen_clients_make_one_order(client: SandboxClient) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = pool.map(lambda _: client.order(receipt="U", unique_receipt=True)["id"], range(64))
        assert len(set(made)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_by_itself_it_says_where_and_ends_cleanly(number: signal.Signals) -> None:
    code = (
        "from desktop_app.sandbox.server import SandboxServer, serve\n"
        "serve(SandboxServer(key_id='rzp_test_a', key_secret='b', log_to_stderr=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    opened = json.loads(process.stdout.readline())
    assert (opened["key_id"], opened["key_secret"]) == ("rzp_test_a", "b")
    assert opened["url"].startswith("http://127.0.0.1:")
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")
