"""Clients that nobody here wrote, many at once, and the command line's way in."""

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
    from .sandbox_client import Till


@pytest.fixture
def client(till: Till) -> Any:
    return razorpay.Client(
        auth=(till.server.key_id, till.server.key_secret), base_url=till.server.url
    )


def test_the_python_sdk_collects_by_intent(till: Till, client: Any) -> None:
    order = client.order.create({"amount": 50000, "currency": "INR", "receipt": "A"})
    started = client.payment.createUpi(
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
    till.pay(started["link"], "authorized")
    key = started["razorpay_payment_id"]
    captured = client.payment.capture(key, 50000, {"currency": "INR"})
    assert captured["status"] == "captured"
    assert client.order.fetch(order["id"])["status"] == "paid"
    assert client.order.payments(order["id"])["count"] == 1
    listed = client.order.all({"expand[]": ["payments"], "receipt": "A"})
    assert listed["items"][0]["payments"]["items"][0]["id"] == key
    assert client.order.edit(order["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert client.payment.fetch(key)["id"] == key
    assert client.payment.all({"count": 2})["count"] == 1
    assert client.payment.edit(key, {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    refund = client.payment.refund(key, {"amount": 100})
    assert client.refund.fetch(refund["id"]) == refund
    assert client.refund.all()["count"] == client.payment.fetch_multiple_refund(key)["count"] == 1
    assert client.payment.fetchDownTime()["count"] == 0
    assert client.payment.fetchPaymentMethods()["upi"] is True


def test_the_python_sdk_collects_by_code_and_link(till: Till, client: Any) -> None:
    qr = client.qrcode.create(
        {"type": "upi_qr", "usage": "single_use", "fixed_amount": True, "payment_amount": 300}
    )
    till.pay(qr["image_content"])
    assert client.qrcode.fetch(qr["id"])["close_reason"] == "paid"
    assert client.qrcode.fetch_all_payments(qr["id"])["count"] == 1
    assert client.qrcode.all({"count": 1})["count"] == 1
    second = client.qrcode.create({"type": "upi_qr"})
    assert client.qrcode.close(second["id"])["close_reason"] == "on_demand"

    link = client.payment_link.create({"amount": 1000, "currency": "INR", "reference_id": "A"})
    assert client.payment_link.all({"reference_id": "A"})["payment_links"] == [link]
    assert client.payment_link.edit(link["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    assert client.payment_link.notifyBy(link["id"], "sms") == {"success": True}
    till.pay(link["short_url"])
    assert client.payment_link.fetch(link["id"])["status"] == "paid"
    other = client.payment_link.create({"amount": 1000, "currency": "INR"})
    assert client.payment_link.cancel(other["id"])["status"] == "cancelled"


def test_the_python_sdk_raises_what_it_raises_with_razorpay(till: Till, client: Any) -> None:
    with pytest.raises(razorpay.errors.BadRequestError, match="The id provided does not exist"):
        client.order.fetch("order_AAAAAAAAAAAAAA")
    till.spoil("GET", "/v1/orders", "status_500")
    with pytest.raises(razorpay.errors.ServerError):
        client.order.all()
    stranger = razorpay.Client(auth=("rzp_test_x", "y"), base_url=till.server.url)
    with pytest.raises(razorpay.errors.BadRequestError, match="Authentication failed"):
        stranger.order.all()


def test_sixteen_clients_lose_and_double_nothing(till: Till) -> None:
    def collect(number: int) -> tuple[str, str]:
        order, code = till.code(10000 + number, receipt=f"R-{number}")
        if number % 3 == 0:
            till.pay(code, "failure")
        payment = till.pay(code)
        shown = till.ok("GET", "/v1/orders", receipt=f"R-{number}", **{"expand[]": "payments"})
        assert payment in [p for o in shown["items"] for p in o["payments"]["items"]]
        return order["id"], payment["id"]

    with ThreadPoolExecutor(16) as pool:
        pairs = list(pool.map(collect, range(160)))
    state = till.state()
    assert {o["id"] for o in state["orders"]} == {order for order, _ in pairs}
    assert {p["id"] for p in state["payments"]} == {payment for _, payment in pairs}
    assert len(state["orders"]) == len(state["payments"]) == 160
    assert all(o["status"] == "paid" and o["amount_due"] == 0 for o in state["orders"])


def test_one_order_paid_from_sixteen_phones_keeps_one_payment(till: Till) -> None:
    order = till.order()
    codes = [till.intent(order)["link"] for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(p["status"] for p in pool.map(till.pay, codes))
    assert statuses == ["captured"] + ["refunded"] * 15
    assert till.ok("GET", f"/v1/orders/{order['id']}")["amount_paid"] == 50000


def test_unique_receipts_from_sixteen_clients_make_one_order(till: Till) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = pool.map(lambda _: till.order(receipt="U", unique_receipt=True)["id"], range(64))
        assert len(set(made)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_by_itself_it_says_where_and_ends_cleanly(number: signal.Signals) -> None:
    code = (
        "from desktop_app.sandbox.server import serve; serve(key_id='rzp_test_a', key_secret='b')"
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
