"""Invoices and items: what they show, their states, and their payments by page, phone and order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from pathlib import Path

BASE = "/v1/invoices"
HOME = {
    "line1": "12 Bakers Street",
    "city": "Bengaluru",
    "zipcode": 560068,
    "state": "Karnataka",
    "country": "in",
}
LINE = {"name": "Course", "amount": 500, "currency": "INR"}
WHOSE = {"name": "Asha Rao", "contact": "9000000001"}


def test_an_item_as_razorpay_shows_it(client: SandboxClient) -> None:
    asked = {"name": "Book", "description": "A story", "amount": 20000, "currency": "INR"}
    item = client.ok("POST", "/v1/items", asked)
    assert client.ok("GET", f"/v1/items/{item['id']}") == item
    created_at = item.pop("created_at")
    assert abs(created_at - client.now()) < 5
    assert item.pop("id").startswith("item_")
    assert item == {
        **asked,
        "active": True,
        "unit_amount": 20000,
        "type": "invoice",
        "unit": None,
        "tax_inclusive": False,
        "hsn_code": None,
        "sac_code": None,
        "tax_rate": None,
        "tax_id": None,
        "tax_group_id": None,
    }


def test_an_item_changes_and_is_deleted(client: SandboxClient) -> None:
    book, pen = (_item(client, name=name) for name in ("Book", "Pen"))
    path = f"/v1/items/{book['id']}"
    changed = client.ok("PATCH", path, {"name": "Novel", "amount": "25000", "active": "0"})
    assert (changed["name"], changed["amount"], changed["active"]) == ("Novel", 25000, False)

    def ids(**query: object) -> list[str]:
        return [i["id"] for i in client.ok("GET", "/v1/items", **query)["items"]]

    assert ids() == [pen["id"], book["id"]]
    assert ids(active=0) == [book["id"]]
    assert ids(active=1) == [pen["id"]]
    assert client.gone(path)
    assert client.refusal("GET", path) == "The id provided does not exist"
    assert ids() == [pen["id"]]


def test_what_an_invoice_bills_stays(client: SandboxClient) -> None:
    used, old = _item(client), _item(client, name="Old")
    path = f"/v1/items/{used['id']}"
    draft = client.invoice(line_items=[{"item_id": used["id"]}], draft="1")
    assert client.refusal("DELETE", path).startswith("Operation not allowed")
    client.ok("DELETE", f"{BASE}/{draft['id']}")
    assert client.gone(path)
    client.ok("PATCH", f"/v1/items/{old['id']}", {"active": False})
    bill = {"customer": WHOSE, "line_items": [{"item_id": old["id"]}]}
    assert "inactive" in client.refusal("POST", BASE, bill)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": None}, "The name field is required."),
        ({"amount": None}, "The amount field is required."),
        ({"amount": 99}, "The amount must be at least INR 1.00"),
        ({"amount": "1,000"}, "The amount must be an integer."),
        ({"amount": 50_000_001}, "Amount exceeds maximum amount allowed."),
        ({"currency": None}, "The currency field is required."),
        ({"currency": "USD"}, "The merchant doesn't have international activated"),
        ({"hsn_code": 1234}, "hsn_code is/are not required and should not be sent"),
        ({"name": "x" * 513}, "name: the length must be no more than 512."),
    ],
)
def test_wrong_items_are_refused(client: SandboxClient, change: dict[str, Any], words: str) -> None:
    asked = {"name": "Book", "amount": 20000, "currency": "INR", **change}
    assert client.refusal("POST", "/v1/items", asked) == words


def _item(client: SandboxClient, **more: object) -> dict[str, Any]:
    asked = {"name": "Book", "amount": 20000, "currency": "INR", **more}
    return client.ok("POST", "/v1/items", asked)


def test_an_invoice_as_razorpay_shows_it(client: SandboxClient) -> None:
    now = client.now()
    invoice = client.invoice(
        customer={**WHOSE, "email": "a@b.in", "billing_address": HOME},
        line_items=[{**LINE, "description": "Two terms", "quantity": 2}],
        description="Fee",
        receipt="F-1",
        expire_by=now + 2000,
        partial_payment=1,
        email_notify=0,
        notes={"a": "b"},
    )
    key = invoice["id"]
    assert client.ok("GET", f"{BASE}/{key}") == invoice
    assert invoice["order_id"].startswith("order_")
    assert invoice["short_url"] == f"{client.server.url}/inv/{key[4:]}"
    customer = invoice["customer_details"]
    assert customer["id"] == invoice["customer_id"]
    assert customer["customer_contact"] == customer["contact"] == "9000000001"
    assert customer["shipping_address"] is None
    address = customer["billing_address"]
    assert address.pop("id").startswith("addr_")
    kept = {**HOME, "zipcode": "560068", "line2": None}
    assert address == {**kept, "type": "billing_address", "primary": True}
    (line,) = invoice["line_items"]
    assert line["id"].startswith("li_")
    sums = ("amount", "unit_amount", "gross_amount", "taxable_amount", "net_amount", "quantity")
    assert [line[name] for name in sums] == [500, 500, 1000, 1000, 1000, 2]
    wanted = {
        "entity": "invoice",
        "type": "invoice",
        "status": "issued",
        "receipt": "F-1",
        "invoice_number": "F-1",
        "description": "Fee",
        "amount": 1000,
        "gross_amount": 1000,
        "tax_amount": 0,
        "taxable_amount": 1000,
        "amount_paid": 0,
        "amount_due": 1000,
        "partial_payment": True,
        "expire_by": now + 2000,
        "sms_status": "pending",
        "email_status": None,
        "paid_at": None,
        "cancelled_at": None,
        "expired_at": None,
        "payment_id": None,
        "currency": "INR",
        "currency_symbol": "₹",
        "notes": {"a": "b"},
        "view_less": True,
        "group_taxes_discounts": False,
    }
    assert {name: invoice[name] for name in wanted} == wanted
    order = client.ok("GET", f"/v1/orders/{invoice['order_id']}")
    assert (order["amount"], order["receipt"], order["notes"]) == (1000, "F-1", {"a": "b"})


def test_an_invoice_by_ids(client: SandboxClient) -> None:
    asha = client.ok("POST", "/v1/customers", {"contact": "9000000009"})
    book = _item(client, description="A story")
    lines = {"0": {"item_id": book["id"]}, "1": {"item_id": book["id"], "name": "Own", "amount": 7}}
    invoice = client.invoice(customer=None, customer_id=asha["id"], line_items=lines)
    assert invoice["customer_details"]["contact"] == "9000000009"
    told = [(line["name"], line["amount"], line["item_id"]) for line in invoice["line_items"]]
    assert told == [("Book", 20000, book["id"]), ("Own", 7, book["id"])]
    assert invoice["amount"] == 20007
    again = client.invoice(customer={"contact": "9000000009"})
    assert again["customer_id"] == asha["id"]


def test_a_draft_is_changed_and_issued(client: SandboxClient) -> None:
    draft = client.ok("POST", BASE, {"draft": "1", "notes": {"a": "b"}})
    path = f"{BASE}/{draft['id']}"
    empty = ("order_id", "short_url", "amount_due", "amount_paid", "issued_at", "sms_status")
    assert {draft[name] for name in empty} == {None}
    assert (draft["status"], draft["line_items"], draft["amount"]) == ("draft", [], 0)
    assert client.refusal("POST", f"{path}/issue") == "line_items is required."
    one = client.ok("PATCH", path, {"line_items": [LINE]})["line_items"][0]
    assert client.refusal("POST", f"{path}/issue") == "customer is required."
    both = [{"id": one["id"], "quantity": 3}, {"name": "Pen", "amount": 100}]
    changed = client.ok("PATCH", path, {"line_items": both, "customer": WHOSE, "receipt": "9"})
    assert [line["net_amount"] for line in changed["line_items"]] == [1500, 100]
    assert changed["line_items"][0]["id"] == one["id"]
    issued = client.ok("POST", f"{path}/issue")
    assert (issued["status"], issued["amount_due"]) == ("issued", 1600)
    assert issued["line_items"] == changed["line_items"]
    words = "Operation not allowed for Invoice in issued status."
    assert client.refusal("POST", f"{path}/issue") == words
    assert client.refusal("DELETE", path) == words


def test_a_deleted_draft_is_gone(client: SandboxClient) -> None:
    draft = client.invoice(draft="1")
    path = f"{BASE}/{draft['id']}"
    assert client.refusal("POST", f"{path}/cancel").endswith("in draft status.")
    assert client.gone(path)
    for method, rest in (("GET", ""), ("PATCH", ""), ("POST", "/issue"), ("DELETE", "")):
        assert client.refusal(method, f"{path}{rest}") == "The id provided does not exist"
    assert client.ok("GET", BASE)["count"] == 0


def test_what_may_change_in_each_state(client: SandboxClient) -> None:
    invoice = client.invoice()
    path = f"{BASE}/{invoice['id']}"
    expiry = client.now() + 3000
    more = {"terms": "T", "comment": "C", "receipt": "R", "expire_by": expiry, "notes": {"a": "b"}}
    changed = client.ok("PATCH", path, {**more, "partial_payment": True})
    assert {name: changed[name] for name in more} == more
    client.pay(invoice["short_url"], amount=100)
    words = "customer, line_items is/are not required and should not be sent"
    assert client.refusal("PATCH", path, {"line_items": [LINE], "customer": WHOSE}) == words
    assert client.refusal("PATCH", path, {"terms": "x"}).startswith("terms is/are not")
    assert client.ok("PATCH", path, {"notes": {"c": "d"}})["notes"] == {"c": "d"}
    issued = client.invoice()
    assert client.refusal("PATCH", f"{BASE}/{issued['id']}", {"date": 1, "draft": "1"}) == (
        "date, draft is/are not required and should not be sent"
    )


def test_cancelling(client: SandboxClient) -> None:
    invoice = client.invoice(partial_payment=True)
    path = f"{BASE}/{invoice['id']}"
    cancelled = client.ok("POST", f"{path}/cancel")
    assert (cancelled["status"], cancelled["cancelled_at"] > 0) == ("cancelled", True)
    words = "Operation not allowed for Invoice in cancelled status."
    assert client.refusal("POST", f"{path}/cancel") == words
    assert client.refusal("POST", f"{path}/notify_by/sms") == words
    assert client.try_control("upi/pay", {"qr": invoice["short_url"]})[0] == 400
    status, answer = client.try_control(
        "checkout/pay", {"order_id": invoice["order_id"], "method": "card"}
    )
    assert (status, answer["error"]["description"]) == (400, words)
    partly = client.invoice(partial_payment=True)
    client.pay(partly["short_url"], amount=100)
    words = "Operation not allowed for Invoice in partially_paid status."
    assert client.refusal("POST", f"{BASE}/{partly['id']}/cancel") == words


def test_paying_by_phone_in_parts(client: SandboxClient) -> None:
    invoice = client.invoice(partial_payment=True)
    seen = client.control("upi/scan", {"qr": invoice["short_url"]})
    assert (seen["payable"], seen["amount"]) == (True, 70000)
    first = client.pay(invoice["short_url"], amount=20000)
    assert first["invoice_id"] == invoice["id"]
    assert first["description"] == f"Invoice #{invoice['id']}"
    path = f"{BASE}/{invoice['id']}"
    part = client.ok("GET", path)
    assert (part["status"], part["amount_paid"], part["amount_due"]) == (
        "partially_paid",
        20000,
        50000,
    )
    assert client.try_control("upi/pay", {"qr": invoice["short_url"], "amount": 50001})[0] == 400
    client.pay(invoice["short_url"])
    paid = client.ok("GET", path, **{"expand[]": "payments"})
    assert (paid["status"], paid["amount_due"], paid["payment_id"]) == ("paid", 0, first["id"])
    assert paid["paid_at"] >= paid["issued_at"]
    assert paid["payments"]["count"] == 2
    scanned = client.control("upi/scan", {"qr": invoice["short_url"]})
    assert scanned["reason"] == "the invoice is paid"


@pytest.mark.parametrize("method", ["card", "netbanking", "wallet", "upi"])
def test_its_order_is_paid_by_checkout(client: SandboxClient, method: str) -> None:
    invoice = client.invoice()
    failed = {"order_id": invoice["order_id"], "method": method, "outcome": "failure"}
    assert client.control("checkout/pay", failed)["invoice_id"] == invoice["id"]
    assert client.ok("GET", f"{BASE}/{invoice['id']}")["status"] == "issued"
    client.control("checkout/pay", {**failed, "outcome": "success"})
    assert client.ok("GET", f"{BASE}/{invoice['id']}")["status"] == "paid"
    assert client.ok("GET", f"/v1/orders/{invoice['order_id']}")["status"] == "paid"


def test_it_expires_and_late_money_goes_back(client: SandboxClient) -> None:
    invoice = client.invoice(expire_by=client.now() + 1000)
    late = client.pay(invoice["short_url"], after_s=2000)["id"]
    client.advance(1000)
    expired = client.ok("GET", f"{BASE}/{invoice['id']}")
    assert (expired["status"], expired["expired_at"]) == ("expired", invoice["expire_by"])
    client.advance(1000)
    payment = client.ok("GET", f"/v1/payments/{late}")
    assert (payment["status"], payment["refund_status"]) == ("refunded", "full")
    assert client.ok("GET", f"{BASE}/{invoice['id']}")["amount_paid"] == 0


def test_lists(client: SandboxClient) -> None:
    asha = client.ok("POST", "/v1/customers", {"contact": "9000000009"})
    first = client.invoice(receipt="A", customer=None, customer_id=asha["id"])
    second = client.invoice(receipt="AB", draft="1")
    payment = client.pay(first["short_url"])

    def ids(**query: object) -> list[str]:
        return [i["id"] for i in client.ok("GET", BASE, **query)["items"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(type="invoice", count=1) == [second["id"]]
    assert ids(receipt="A") == [first["id"]]
    assert ids(customer_id=asha["id"]) == [first["id"]]
    assert ids(payment_id=payment["id"]) == [first["id"]]
    other = client.pay(client.code()[1])
    assert ids(payment_id=other["id"]) == []
    assert client.refusal("GET", BASE, colour=1).startswith("colour is/are not required")


def test_messages(client: SandboxClient) -> None:
    path = f"{BASE}/{client.invoice(sms_notify=False)['id']}"
    assert client.ok("POST", f"{path}/notify_by/sms") == {"success": True}
    shown = client.ok("GET", path)
    assert (shown["sms_status"], shown["email_status"]) == ("sent", "pending")
    words = "emial is not a valid communication medium."
    assert client.refusal("POST", f"{path}/notify_by/emial") == words


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"line_items": None}, "line_items is required."),
    ({"line_items": []}, "line_items is required."),
    ({"customer": None}, "customer is required."),
    ({"customer": {"colour": 1}}, "colour is/are not required and should not be sent"),
    ({"customer": {**WHOSE, "billing_address": {"line1": "x"}}}, "The zipcode field is required."),
    ({"customer_id": "cust_AAAAAAAAAAAAAA"}, "The id provided does not exist"),
    ({"line_items": [{"name": "x"}]}, "The amount field is required when item id is not present."),
    ({"line_items": [{"amount": 5}]}, "The name field is required when item id is not present."),
    ({"line_items": [{}]}, "The amount field is required when item id is not present."),
    ({"line_items": [{**LINE, "quantity": 0}]}, "The quantity must be between 1 and 10000."),
    ({"line_items": [{**LINE, "tax_rate": 18}]}, "tax_rate is/are not required and should not be"),
    ({"line_items": [{**LINE, "amount": 99}]}, "The amount must be at least INR 1.00"),
    ({"line_items": [{**LINE, "amount": -1}]}, "The amount must be at least 0."),
    ({"line_items": [LINE] * 51}, "The line_items may not have more than 50 items."),
    ({"line_items": "x"}, "The line_items must be an array."),
    ({"line_items": ["x"]}, "The line_items must be an array."),
    ({"line_items": [{"item_id": "item_AAAAAAAAAAAAAA"}]}, "The id provided does not exist"),
    ({"line_items": [{"id": "li_AAAAAAAAAAAAAA"}]}, "The id provided does not exist"),
    ({"line_items": [{**LINE, "amount": 50_000_001}]}, "Amount exceeds maximum amount allowed."),
    ({"currency": "USD"}, "Currency of all items should be the same as of the invoice."),
    (
        {"currency": "USD", "line_items": [{"name": "x", "amount": 500}]},
        "The merchant doesn't have international activated",
    ),
    ({"expire_by": 1_900_000_000}, ""),
    ({"expire_by": 1_000_000_000}, "expire_by should be at least 15 minutes after current time."),
    ({"type": "link"}, "The selected type is invalid."),
    ({"draft": 2}, "The selected draft is invalid."),
    ({"receipt": "x" * 41}, "receipt: the length must be no more than 40."),
    ({"terms": "x" * 2049}, "terms: the length must be no more than 2048."),
    ({"colour": 1}, "colour is/are not required and should not be sent"),
]


@pytest.mark.parametrize(("change", "words"), REFUSALS)
def test_wrong_invoices_are_refused(
    client: SandboxClient, change: dict[str, Any], words: str
) -> None:
    asked = {"customer": WHOSE, "line_items": [LINE], **change}
    status, answer = client.api("POST", BASE, asked)
    if not words:
        assert status == 200
        return
    assert status == 400
    assert answer["error"]["description"].startswith(words)
    state = client.state()
    assert (state["invoices"], state["orders"], state["customers"]) == ([], [], [])


def test_its_events(fresh_server: SandboxServer) -> None:
    client = SandboxClient(fresh_server)
    with WebhookReceiver() as receiver:
        names = ["invoice.partially_paid", "invoice.paid", "invoice.expired"]
        client.control("webhooks", {"url": receiver.url, "secret": "s", "events": names})
        invoice = client.invoice(partial_payment=True)
        client.pay(invoice["short_url"], amount=20000)
        client.pay(invoice["short_url"])
        client.invoice(expire_by=client.now() + 1000)
        client.advance(1000)
        receiver.wait_for(3)
        told = {received.event["event"]: received.event for received in receiver.received}
    assert set(told) == set(names)
    partly = told["invoice.partially_paid"]
    assert partly["contains"] == ["payment", "order", "invoice"]
    inside = partly["payload"]["invoice"]["entity"]
    assert (inside["status"], inside["amount_due"]) == ("partially_paid", 50000)
    assert partly["payload"]["payment"]["entity"]["invoice_id"] == invoice["id"]
    assert told["invoice.expired"]["contains"] == ["invoice"]


def test_a_restart_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        item = _item(client)
        gone = _item(client)
        client.ok("DELETE", f"/v1/items/{gone['id']}")
        invoice = client.invoice(
            line_items=[{"item_id": item["id"]}], expire_by=client.now() + 1000
        )
        draft = client.invoice(draft="1")
        before, url = client.state(), server.url
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        after = client.state()
        assert after["items"] == before["items"]
        for old, new in zip(before["invoices"], after["invoices"], strict=True):
            address = (new["short_url"] or "").replace(server.url, url) or None
            assert {**new, "short_url": address, "_qr": None} == {**old, "_qr": None}
        assert client.refusal("GET", f"/v1/items/{gone['id']}") == "The id provided does not exist"
        client.advance(1000)
        assert client.ok("GET", f"{BASE}/{invoice['id']}")["status"] == "expired"
        assert client.ok("POST", f"{BASE}/{draft['id']}/issue")["status"] == "issued"
