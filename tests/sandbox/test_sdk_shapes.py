"""Calls in the shapes of the SDKs that are not run here: PHP, Ruby, Go, Java, and common shops.

`{order}`, `{paid}`, … in a path or a body are entities of the test's own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.form_parsing import FORM

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

JSON = "application/json"
# What the answer must show: a path of keys and its value.
Row = tuple[str, str, str, str, str, dict[str, Any]]

PHP: list[Row] = [
    (
        "order.create", "POST /v1/orders", FORM,
        "receipt=123&amount=100&currency=INR&notes%5Bkey1%5D=value3&notes%5Bkey2%5D=value2",
        "", {"amount": 100, "notes": {"key1": "value3", "key2": "value2"}},
    ),
    ("order.edit", "PATCH /v1/orders/{order}", FORM, "notes%5Ba%5D=b", "", {"notes": {"a": "b"}}),
    ("payment.capture", "POST /v1/payments/{authorized}/capture", FORM, "amount=50000&currency=INR",
     "", {"captured": True}),
    ("payment.edit", "PATCH /v1/payments/{paid}", FORM, "notes%5Ba%5D=b",
     "", {"notes": {"a": "b"}}),
    (
        "payment.refund", "POST /v1/refunds", FORM,
        "amount=100&speed=normal&receipt=Receipt+No.+31&notes%5Ba%5D=b+c&payment_id={paid}",
        "", {"amount": 100, "receipt": "Receipt No. 31", "notes": {"a": "b c"}},
    ),
    (
        "customer.create", "POST /v1/customers", FORM,
        "name=Razorpay+User&email=customer%40razorpay.com&contact=9123456780&fail_existing=0",
        "", {"contact": "9123456780", "email": "customer@razorpay.com"},
    ),
    ("customer.edit", "PUT /v1/customers/{customer}", FORM, "name=Asha+R&email=a%40b.in",
     "", {"name": "Asha R"}),
    (
        "qrCode.create", "POST /v1/payments/qr_codes", FORM,
        "type=upi_qr&name=Store_1&usage=single_use&fixed_amount=1&payment_amount=300&notes%5Ba%5D=b",
        "", {"fixed_amount": True, "payment_amount": 300},
    ),
    ("qrCode.close", "POST /v1/payments/qr_codes/{qr}/close", FORM, "", "", {"status": "closed"}),
    (
        "paymentLink.create", "POST /v1/payment_links", JSON,
        '{{"amount":500,"currency":"INR","accept_partial":true,"first_min_partial_amount":100}}',
        "", {"accept_partial": True},
    ),
    ("paymentLink.cancel", "POST /v1/payment_links/{link}/cancel", FORM, "",
     "", {"status": "cancelled"}),
    ("settlement.createOndemand", "POST /v1/settlements/ondemand", FORM,
     "amount=1221&settle_full_balance=0&description=Testing&notes%5Ba%5D=b",
     "", {"amount_requested": 1221, "settle_full_balance": False}),
    (
        "dispute.contest", "PATCH /v1/disputes/{dispute}/contest", FORM,
        ("amount=50&summary=goods+delivered&shipping_proof%5B0%5D=doc_EFtmUsbwpXwBH9"
        "&others%5B0%5D%5Btype%5D=receipt&others%5B0%5D%5Bdocument_ids%5D%5B0%5D=doc_EFtmUsbwpXwBH9"
        "&action=draft"),
        "evidence", {"shipping_proof": ["doc_EFtmUsbwpXwBH9"], "others": [
            {"type": "receipt", "document_ids": ["doc_EFtmUsbwpXwBH9"]}]},
    ),
    ("item.create", "POST /v1/items", FORM,
     "name=Book&description=A+story&amount=20000&currency=INR",
     "", {"amount": 20000, "unit": None}),
    ("item.edit", "PATCH /v1/items/{item}", FORM, "name=Novel&amount=20000&currency=INR&active=1",
     "", {"name": "Novel", "active": True}),
    (
        "invoice.create", "POST /v1/invoices", FORM,
        ("type=invoice&partial_payment=1&customer%5Bname%5D=Gaurav+Kumar"
        "&customer%5Bcontact%5D=9999999999&customer%5Bbilling_address%5D%5Bline1%5D=Hosur+Road"
        "&customer%5Bbilling_address%5D%5Bzipcode%5D=560068"
        "&customer%5Bbilling_address%5D%5Bcity%5D=Bengaluru"
        "&customer%5Bbilling_address%5D%5Bstate%5D=Karnataka"
        "&customer%5Bbilling_address%5D%5Bcountry%5D=in&line_items%5B0%5D%5Bname%5D=Book"
        "&line_items%5B0%5D%5Bamount%5D=399&line_items%5B0%5D%5Bquantity%5D=1"
        "&sms_notify=1&email_notify=1&currency=INR"),
        "", {"status": "issued", "amount_due": 399, "sms_status": "pending"},
    ),
    ("invoice.edit", "PATCH /v1/invoices/{draft}", FORM,
     ("line_items%5B0%5D%5Bname%5D=Pen&line_items%5B0%5D%5Bamount%5D=200"
     "&line_items%5B0%5D%5Bcurrency%5D=INR&notes%5Bupdated-key%5D=An+updated+note."),
     "", {"amount": 200, "notes": {"updated-key": "An updated note."}}),
    ("invoice.issue", "POST /v1/invoices/{draft}/issue", FORM, "", "", {"status": "issued"}),
    ("invoice.cancel", "POST /v1/invoices/{invoice}/cancel", FORM, "",
     "", {"status": "cancelled"}),
    ("invoice.notifyBy", "POST /v1/invoices/{invoice}/notify_by/sms", FORM, "",
     "", {"success": True}),
    (
        "webhook.create", "POST /v1/webhooks", FORM,
        "url=http%3A%2F%2F127.0.0.1%3A9%2Fx&active=1&secret=s&events%5Bpayment.authorized%5D=1",
        "", {"events": ["payment.authorized"], "active": True},
    ),
]  # fmt: skip
RUBY: list[Row] = [
    (
        "Order.create", "POST /v1/orders", FORM,
        "amount=50000&currency=INR&receipt=TEST&partial_payment=true&first_payment_min_amount=10000",
        "", {"amount": 50000, "receipt": "TEST"},
    ),
    (
        "PaymentLink.create", "POST /v1/payment_links", FORM,
        ("amount=500&currency=INR&accept_partial=true&first_min_partial_amount=100"
        "&customer[name]=Gaurav&customer[contact]=%2B919999999999&notify[sms]=true"
        "&notify[email]=false&reminder_enable=true&expire_by="),
        "", {"accept_partial": True, "reminder_enable": True,
             "notify": {"email": False, "sms": True}},
    ),
    ("PaymentLink.edit", "PATCH /v1/payment_links/{link}", FORM,
     "reference_id=TS35&reminder_enable=false&notes[a]=b", "", {"reference_id": "TS35"}),
    ("QrCode.create", "POST /v1/payments/qr_codes", FORM,
     "type=upi_qr&usage=multiple_use&fixed_amount=false", "", {"usage": "multiple_use"}),
    ("Payment.create_upi", "POST /v1/payments/create/upi", FORM,
     ("amount=50000&currency=INR&order_id={order}&email=a%40b.in&contact=9090909090&method=upi"
     "&upi[flow]=intent"), "", {}),
    (
        "Order with transfers", "POST /v1/orders", FORM,
        ("amount=2000&currency=INR&transfers[0][account]=acc_CPRsN1LkFccllA&transfers[0][amount]=1000"
        "&transfers[0][currency]=INR&transfers[0][linked_account_notes][0]=branch"
        "&transfers[0][notes][branch]=South&transfers[0][on_hold]=1"),
        "", {"amount": 2000},
    ),
    (
        "Invoice.create", "POST /v1/invoices", FORM,
        ("type=invoice&date=1589994898&customer_id={customer}&draft=1"
        "&line_items[][item_id]={item}"),
        "", {"status": "draft", "amount": 20000},
    ),
    ("Item.edit", "PATCH /v1/items/{item}", FORM, "name=Novel&active=false",
     "", {"active": False}),
    ("Payment.fetch expanded", "GET /v1/payments/{paid}?expand[]=card", FORM, "", "", {}),
]  # fmt: skip
GO: list[Row] = [
    ("QrCode.Close", "POST /v1/payments/qr_codes/{qr}/close", JSON, "null",
     "", {"status": "closed"}),
    ("PaymentLink.Cancel", "POST /v1/payment_links/{link}/cancel", JSON, "null",
     "", {"status": "cancelled"}),
    ("Dispute.Accept", "POST /v1/disputes/{dispute}/accept", JSON, "null", "", {"status": "lost"}),
    ("Payment.Capture", "POST /v1/payments/{authorized}/capture", JSON,
     '{{"amount":50000,"currency":"INR"}}', "", {"status": "captured"}),
    ("Customer.Create", "POST /v1/customers", JSON,
     '{{"name":"Asha R","contact":9123456780,"fail_existing":0}}', "", {"contact": "9123456780"}),
    ("Item.Create", "POST /v1/items", JSON, '{{"name":"Book","amount":20000,"currency":"INR"}}',
     "", {"name": "Book"}),
    ("Invoice.Create", "POST /v1/invoices", JSON,
     ('{{"type":"invoice","customer_id":"{customer}","date":1589994898,'
     '"line_items":{{"0":{{"item_id":"{item}"}}}}}}'), "", {"amount": 20000, "date": 1589994898}),
    ("Invoice.Issue", "POST /v1/invoices/{draft}/issue", JSON, "null", "", {"status": "issued"}),
    ("Settlement.FetchAllOnDemand", "GET /v1/settlements/ondemand", JSON, "", "", {"count": 0}),
]  # fmt: skip
JAVA: list[Row] = [
    ("invoices.create", "POST /v1/invoices", f"{JSON}; charset=utf-8",
     ('{{"type":"invoice","date":"1589994898","customer_id":"{customer}",'
     '"line_items":[{{"item_id":"{item}"}}]}}'), "", {"status": "issued"}),
    ("items.fetchAll", "GET /v1/items?count=1", JSON, "", "", {"count": 1}),
    ("dispute.fetchAll", "GET /v1//disputes", JSON, "", "", {"count": 1}),
    ("dispute.accept", "POST /v1//disputes/{dispute}/accept", JSON, "", "", {"status": "lost"}),
    ("qrCode.close", "POST /v1/payments/qr_codes/{qr}/close", JSON, "", "", {"status": "closed"}),
    ("payments.refund", "POST /v1/payments/{paid}/refund", f"{JSON}; charset=utf-8",
     '{{"amount":"100","speed":"normal"}}', "", {"amount": 100}),
]  # fmt: skip
SHOPS: list[Row] = [
    (
        "WooCommerce", "POST /v1/orders", JSON,
        ('{{"receipt":"12","amount":50000,"currency":"INR","payment_capture":1,"app_offer":0,'
        '"notes":{{"woocommerce_order_number":"12"}}}}'),
        "", {"receipt": "12"},
    ),
    ("Frappe", "POST /v1/orders", FORM,
     "amount=50000&currency=INR&receipt=INV-1&payment_capture=True", "", {"receipt": "INV-1"}),
    ("Frappe's capture", "POST /v1/payments/{authorized}/capture", FORM, "amount=50000",
     "", {"captured": True}),
    ("Odoo", "POST /v1/customers", JSON,
     '{{"name":"Mitchell","email":"a@b.in","contact":"","fail_existing":"0"}}',
     "", {"contact": None}),
    ("Django tutorials", "POST /v1/orders", JSON,
     '{{"amount":20000,"currency":"INR","payment_capture":"0"}}', "", {"amount": 20000}),
    ("A float of rupees", "POST /v1/orders", JSON, '{{"amount":49900.0,"currency":"INR"}}',
     "", {"amount": 49900}),
    ("curl -d", "POST /v1/orders", FORM, "amount=100&currency=INR", "", {"amount": 100}),
]  # fmt: skip
ROWS = [
    pytest.param(*row[1:], id=f"{name} {row[0]}")
    for name, rows in (("PHP", PHP), ("Ruby", RUBY), ("Go", GO), ("Java", JAVA), ("shop", SHOPS))
    for row in rows
]


@pytest.fixture
def places(client: SandboxClient) -> dict[str, str]:
    """Return the ids of one entity of each kind."""
    late = {"order_id": client.order()["id"], "method": "card", "outcome": "authorized"}
    paid = client.pay(client.code()[1])["id"]
    book = {"name": "Book", "amount": 20000, "currency": "INR"}
    return {
        "order": client.order()["id"],
        "authorized": client.control("checkout/pay", late)["id"],
        "paid": paid,
        "customer": client.ok("POST", "/v1/customers", {"contact": "9000000009"})["id"],
        "qr": client.qr_code()["id"],
        "link": client.link()["id"],
        "item": client.ok("POST", "/v1/items", book)["id"],
        "invoice": client.invoice()["id"],
        "draft": client.invoice(draft="1")["id"],
        "dispute": client.control("disputes", {"payment_id": paid, "amount": 100})["id"],
    }


@pytest.mark.parametrize(("call", "kind", "body", "inside", "wanted"), ROWS)
def test_the_call_is_taken_as_razorpay_takes_it(
    client: SandboxClient,
    places: dict[str, str],
    call: str,
    kind: str,
    body: str,
    inside: str,
    wanted: dict[str, Any],
) -> None:
    method, path = call.format(**places).split(" ")
    sent = body.format(**places).encode()
    status, _, raw = client.send(method, path, sent, **client.auth, Content_Type=kind)
    assert status == 200, raw
    answer = json.loads(raw)
    shown = answer[inside] if inside else answer
    assert {name: shown[name] for name in wanted} == wanted
