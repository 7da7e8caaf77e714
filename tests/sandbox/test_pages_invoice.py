"""The page of an invoice: what it bills, its parts, and its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from .page_client import CARD, PageClient

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

WHOSE = {
    "name": "Asha Rao",
    "email": "asha@example.com",
    "contact": "9000000001",
    "billing_address": {
        "line1": "12 Bakers Street",
        "city": "Bengaluru",
        "zipcode": "560068",
        "state": "Karnataka",
        "country": "in",
    },
}


@pytest.fixture
def parent(client: SandboxClient) -> PageClient:
    return PageClient(client)


def test_it_shows_what_it_bills(client: SandboxClient, parent: PageClient) -> None:
    lines = [
        {"name": "Course <b>", "description": "Two terms", "amount": 50000, "quantity": 2},
        {"name": "Book", "amount": 20000},
    ]
    expiry = client.now() + 90_000
    more: dict[str, Any] = {
        "receipt": "F-12",
        "comment": "Thanks",
        "terms": "No returns",
        "expire_by": expiry,
    }
    invoice = client.invoice(customer=WHOSE, line_items=lines, description="Fee of June", **more)
    page = parent.read(parent.open(invoice))
    shown = re.sub(r"<[^>]*>", " ", page.replace("Course <b>", "Course"))
    for words in (
        "Invoice F-12",
        "₹1,200.00",
        "₹1,000.00",
        "2 \u00d7 ₹500.00",
        "Two terms",
        "Asha Rao",
        "12 Bakers Street, Bengaluru, Karnataka, 560068",
        "Thanks",
        "No returns",
        "Payable until",
    ):
        assert words in shown, words
    raw = client.send("GET", parent.open(invoice))[2].decode()
    assert "Course &lt;b&gt;" in raw


def test_it_is_paid_in_parts(client: SandboxClient, parent: PageClient) -> None:
    invoice = client.invoice(customer=WHOSE, partial_payment=True)
    path = parent.open(invoice)
    bank = parent.press(f"{path}/pay", method="netbanking", bank="SBIN", rupees="200")
    assert parent.press(bank, outcome="success") == path
    assert "₹200.00 of ₹700.00 is paid. ₹500.00 is left." in parent.read(path)
    assert "from ₹1.00 to ₹500.00" in parent.press(f"{path}/pay", 400, **CARD, rupees="501")
    bank = parent.press(f"{path}/pay", **CARD)
    parent.press(bank, outcome="failure", reason="payment_failed")
    assert "You can try again" in parent.read(path)
    parent.press(parent.press(f"{path}/pay", **CARD), outcome="success", otp="1234")
    assert "Paid. Thank you." in parent.read(path)
    assert client.ok("GET", f"/v1/invoices/{invoice['id']}")["status"] == "paid"
    latest = parent.latest()
    assert (latest["email"], latest["contact"]) == ("asha@example.com", "+919000000001")
    assert latest["customer_id"] == invoice["customer_id"]


def test_what_is_over_takes_nothing(client: SandboxClient, parent: PageClient) -> None:
    cancelled, expired = client.invoice(), client.invoice(expire_by=client.now() + 1000)
    client.ok("POST", f"/v1/invoices/{cancelled['id']}/cancel")
    client.advance(1000)
    for invoice, state in ((cancelled, "cancelled"), (expired, "expired")):
        path = parent.open(invoice)
        assert f"This invoice is {state}." in parent.read(path)
        assert f"This invoice is {state}." in parent.press(f"{path}/pay", 400, **CARD)
    draft = client.invoice(draft="1")
    status, _, _ = client.send("GET", f"/inv/{draft['id'][4:]}")
    assert status == 404
