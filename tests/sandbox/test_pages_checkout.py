"""Checkout without a browser: offered methods, proofs, messages and refusals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from .page_client import CARD, FORM, MERCHANT, Json, PageClient, message, signed

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient


@pytest.fixture
def parent(client: SandboxClient) -> PageClient:
    return PageClient(client)


def test_checkout_pays_with_a_proof_that_verifies(
    client: SandboxClient, parent: PageClient
) -> None:
    order = client.order(51234)
    home = parent.checkout(
        order_id=order["id"],
        amount=1,
        name="Shop <1>",
        description="Boots",
        notes={"a": "b"},
        prefill={"email": "asha@example.com", "contact": "9845012345", "method": "card"},
        theme={"color": "#FFEE00"},
    )
    page = parent.read(home)
    assert "Shop <1>" in page
    assert "₹512.34" in page
    assert 'value="asha@example.com"' in page
    assert 'data-accent="#FFEE00" data-on-accent="#000000"' in page
    assert f'data-parent="{MERCHANT}"' in page
    assert re.search(r'value="card" id="method-card"\s+checked', page)
    _, headers, _ = client.send("GET", home)
    assert f"frame-ancestors 'self' {MERCHANT}" in headers["Content-Security-Policy"]
    bank = parent.press(f"{home}/pay", **CARD)
    done = parent.press(bank, outcome="success", otp="4321")
    sent = message(parent.read(done))
    payment = parent.latest()
    assert sent == {
        "event": "success",
        "data": {
            "razorpay_payment_id": payment["id"],
            "razorpay_order_id": order["id"],
            "razorpay_signature": signed(client, f"{order['id']}|{payment['id']}"),
        },
    }
    assert payment["notes"] == {"a": "b"}
    assert payment["email"] == "asha@example.com"
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    assert "already paid" in parent.checkout(400, order_id=order["id"])
    assert parent.leads(home) == done


def test_checkout_of_an_order_paid_elsewhere_takes_nothing(
    client: SandboxClient, parent: PageClient
) -> None:
    order = client.order()
    home = parent.checkout(order_id=order["id"])
    bank = parent.press(f"{home}/pay", method="upi")
    client.pay(client.intent(order)["link"])
    assert "already paid" in parent.read(home, 400)
    assert "already paid" in parent.press(f"{home}/pay", 400, method="upi")
    assert parent.press(bank, outcome="success") == home
    assert parent.state_of(bank) == "refunded"


def test_checkout_fails_with_its_reason(client: SandboxClient, parent: PageClient) -> None:
    order = client.order()
    home = parent.checkout(order_id=order["id"], retry={"enabled": True, "max_count": 1})
    for left in (True, False):
        bank = parent.press(f"{home}/pay", method="netbanking", bank="HDFC")
        assert parent.press(bank, outcome="failure", reason="insufficient_funds") == home
        page = parent.read(home)
        sent = message(page)
        assert sent["event"] == "failed"
        error = sent["data"]["error"]
        assert error["reason"] == "insufficient_funds"
        assert error["metadata"] == {"order_id": order["id"], "payment_id": parent.latest()["id"]}
        assert set(error) == {"code", "description", "source", "step", "reason", "metadata"}
        assert ("<form" in page) is left
    none = parent.checkout(order_id=order["id"], retry={"enabled": False})
    parent.press(parent.press(f"{none}/pay", method="upi"), outcome="failure")
    assert "no more attempts" in parent.read(none)


def test_checkout_without_an_order_is_not_captured(
    client: SandboxClient, parent: PageClient
) -> None:
    home = parent.checkout(amount="5000", currency="INR", origin="null")
    page = parent.read(home)
    assert 'data-parent="*"' in page
    done = parent.press(parent.press(f"{home}/pay", method="upi"), outcome="success")
    assert message(parent.read(done))["data"] == {"razorpay_payment_id": parent.latest()["id"]}
    assert parent.latest()["status"] == "authorized"
    client.advance(3 * 86_400)
    assert parent.latest()["status"] == "refunded"
    assert parent.leads(done) == home


def test_checkout_offers_what_it_may(client: SandboxClient, parent: PageClient) -> None:
    page = parent.read(parent.checkout(amount=500, method={"card": False, "upi": 0, "wallet": "0"}))
    assert re.findall(r'name="method" value="(\w+)"', page) == ["netbanking"]
    order = client.order(method="card")
    page = parent.read(parent.checkout(order_id=order["id"]))
    assert re.findall(r'name="method" value="(\w+)"', page) == ["card"]
    home = parent.checkout(order_id=order["id"])
    assert "Choose a payment method" in parent.press(f"{home}/pay", 400, method="upi")
    assert "No payment method" in parent.checkout(400, order_id=order["id"], method={"card": False})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key": "rzp_test_x", "amount": 500}, "api key provided is invalid"),
        ({"amount": 99}, "at least INR 1.00"),
        ({"amount": True}, "at least INR 1.00"),
        ({"order_id": "order_AAAAAAAAAAAAAA"}, "does not exist"),
        ({"order_id": {"a": 1}}, "does not exist"),
        ({"amount": 500, "notes": {str(n): "" for n in range(16)}}, "15"),
    ],
)
def test_checkout_refuses(parent: PageClient, options: Json, words: str) -> None:
    assert words in parent.checkout(400, **options)


@pytest.mark.parametrize("sent", ["", "x", "[]", "null", "[" * 5000, '{"a": "\\ud800"}'])
def test_checkout_survives_any_options(client: SandboxClient, sent: str) -> None:
    raw = urlencode({"options": sent}).encode()
    given = client.send("POST", "/v1/checkout/public", raw, Content_Type=FORM)
    assert given[0] == 400


def test_odd_options_are_cut_to_size(client: SandboxClient, parent: PageClient) -> None:
    home = parent.checkout(
        amount=500,
        name="x" * 500 + "\ud800",
        description={"a": 1},
        prefill="x",
        theme={"color": "red; }"},
        retry={"max_count": -5},
        method=[1],
        customer_id=True,
    )
    page = parent.read(home)
    assert "x" * 101 not in page
    assert 'data-accent=""' in page


def test_a_partial_order_takes_a_part(client: SandboxClient, parent: PageClient) -> None:
    order = client.order(partial_payment=True, first_payment_min_amount=10000)
    home = parent.checkout(order_id=order["id"])
    assert "from ₹100.00 to ₹500.00" in parent.press(f"{home}/pay", 400, method="upi", rupees="50")
    done = parent.press(parent.press(f"{home}/pay", method="upi", rupees="100"), outcome="success")
    assert "₹100.00" in parent.read(done)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["amount_due"] == 40000


def test_the_script_and_the_style_are_served(client: SandboxClient) -> None:
    for path, kind in (
        ("/v1/checkout.js", "text/javascript; charset=utf-8"),
        ("/_pages/page.js", "text/javascript; charset=utf-8"),
        ("/_pages/page.css", "text/css; charset=utf-8"),
    ):
        status, headers, body = client.send("GET", path)
        assert (status, headers["Content-Type"]) == (200, kind)
        assert body
