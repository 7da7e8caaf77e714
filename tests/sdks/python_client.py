"""Calls everything that the sandbox serves through Razorpay's own Python SDK.

Run by `python -m tests.sdks` in an environment that holds one version of the SDK and nothing of
this project; prints a JSON report. Both versions have the same calls.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import razorpay

URL, KEY, SECRET = (os.environ[f"RAZORPAY_{name}"] for name in ("URL", "KEY_ID", "KEY_SECRET"))
Json = dict[str, Any]
report: Json = {"calls": 0, "signatures": 0, "version": sys.argv[1]}


def count(response: Any, *_: object, **__: object) -> Any:
    report["calls"] += 1
    return response


def client(secret: str = SECRET) -> Any:
    made = razorpay.Client(auth=(KEY, secret), base_url=URL)
    made.session.hooks["response"].append(count)
    return made


def control(path: str, body: Json) -> Json:
    sent = urllib.request.Request(f"{URL}/_sandbox/{path}", json.dumps(body).encode())
    with urllib.request.urlopen(sent) as answer:
        told: Json = json.load(answer)
    return told


def same(given: object, wanted: object) -> None:
    if given != wanted:
        raise AssertionError(f"{given!r} is not {wanted!r}")


def refused(words: str, call: Any, *given: Any) -> None:
    try:
        call(*given)
    except razorpay.errors.BadRequestError as problem:
        if words not in str(problem):
            raise AssertionError(f"{problem} is not {words}") from problem
    else:
        raise AssertionError(f"not refused: {words}")


def sign(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def orders(rzp: Any) -> Json:
    order: Json = rzp.order.create(
        {"amount": 50000, "currency": "INR", "receipt": "A", "notes": {"a": "b"}}
    )
    same(rzp.order.fetch(order["id"]), order)
    same(rzp.order.edit(order["id"], {"notes": {"b": "c"}})["notes"], {"b": "c"})
    same(rzp.order.all({"receipt": "A", "expand[]": "payments"})["count"], 1)
    refused("less than minimum", rzp.order.create, {"amount": 99, "currency": "INR"})
    refused("should not be sent", rzp.order.create, {"amount": 500, "currency": "INR", "colour": 1})
    refused("does not exist", rzp.order.fetch, "order_AAAAAAAAAAAAAA")
    return order


def payments(rzp: Any, order: Json) -> str:
    upi = {
        "amount": order["amount"], "currency": "INR", "order_id": order["id"], "method": "upi",
        "email": "a@example.com", "contact": "9000000001", "upi": {"flow": "intent"},
    }  # fmt: skip
    failing = rzp.payment.createUpi(upi)
    control("upi/pay", {"qr": failing["link"], "vpa": "failure@razorpay"})
    same(rzp.payment.fetch(failing["razorpay_payment_id"])["error_reason"], "payment_failed")
    started = rzp.payment.createPaymentJson(upi)
    key = str(started["razorpay_payment_id"])
    control("upi/pay", {"qr": started["next"][0]["url"], "outcome": "authorized"})
    refused("equal to the amount", rzp.payment.capture, key, 1, {"currency": "INR"})
    same(rzp.payment.capture(key, 50000)["captured"], True)
    refused("already", rzp.payment.capture, key, 50000)
    same(rzp.order.payments(order["id"])["count"], 2)
    same(rzp.order.fetch(order["id"])["status"], "paid")
    same(rzp.payment.all({"count": 1})["items"][0]["id"], key)
    same(rzp.payment.edit(key, {"notes": {"a": "b"}})["notes"], {"a": "b"})
    same(rzp.payment.validateVpa({"vpa": "asha@okaxis"})["success"], True)
    same(rzp.payment.fetchPaymentMethods()["upi"], True)
    same(rzp.payment.fetchDownTime()["count"], 0)
    down = control("downtimes", {"method": "upi"})["id"]
    same(rzp.payment.fetchDownTimeById(down)["id"], down)
    proof = {"razorpay_order_id": order["id"], "razorpay_payment_id": key}
    signed = sign(f"{order['id']}|{key}")
    same(rzp.utility.verify_payment_signature({**proof, "razorpay_signature": signed}), True)
    report["signatures"] += 1
    return key


def tutorials(rzp: Any) -> None:
    """Call as Django tutorials and shops do."""
    order = rzp.order.create({"amount": 20000.0, "currency": "INR", "payment_capture": "0"})
    paid = control("checkout/pay", {"order_id": order["id"], "method": "card"})
    same(rzp.payment.fetchCardDetails(paid["id"])["last4"], "1007")
    same(rzp.payment.capture(paid["id"], "20000")["status"], "captured")
    more = {"app_offer": 0, "offer_id": "offer_JGQvQtvJmVDRIA", "line_items_total": 50000}
    cart = {"amount": "50000", "currency": "INR", "receipt": 1042, **more}
    same(rzp.order.create(cart)["receipt"], "1042")
    part = {"account": "acc_CPRsN1LkFccllA", "amount": 1000, "currency": "INR"}
    routed = rzp.order.create({"amount": 5000, "currency": "INR", "transfers": [part]})
    same(routed["transfers"][0]["recipient"], part["account"])


def refunds(rzp: Any, key: str) -> None:
    refund = rzp.payment.refund(key, {"amount": "1000", "speed": "normal", "receipt": "r-1"})
    same(rzp.refund.fetch(refund["id"]), refund)
    same(rzp.refund.edit(refund["id"], {"notes": {"a": "b"}})["notes"], {"a": "b"})
    same(rzp.refund.create({"payment_id": key, "amount": 500})["payment_id"], key)
    same(rzp.refund.all({"count": 5})["count"], 2)
    same(rzp.payment.fetch_multiple_refund(key)["count"], 2)
    same(rzp.payment.fetch_refund_id(key, refund["id"])["amount"], 1000)
    refused("greater than", rzp.payment.refund, key, {"amount": 10_000_000})


def codes(rzp: Any) -> None:
    fixed = {"usage": "single_use", "fixed_amount": 1, "payment_amount": 300}
    code = rzp.qrcode.create({"type": "upi_qr", **fixed})
    control("upi/pay", {"qr": code["image_content"]})
    same(rzp.qrcode.fetch(code["id"])["close_reason"], "paid")
    same(rzp.qrcode.fetch_all_payments(code["id"])["count"], 1)
    same(rzp.qrcode.close(rzp.qrcode.create({"type": "upi_qr"})["id"])["status"], "closed")
    same(rzp.qrcode.all()["count"], 2)


def links(rzp: Any) -> None:
    link = rzp.payment_link.create({"amount": 1000, "currency": "INR", "reference_id": "A"})
    same(rzp.payment_link.edit(link["id"], {"notes": {"a": "b"}})["notes"], {"a": "b"})
    same(rzp.payment_link.notifyBy(link["id"], "sms"), {"success": True})
    paid = control("upi/pay", {"qr": link["short_url"]})["id"]
    same(rzp.payment_link.fetch(link["id"])["status"], "paid")
    other = rzp.payment_link.create({"amount": 1000, "currency": "INR"})
    same(rzp.payment_link.cancel(other["id"])["status"], "cancelled")
    same(len(rzp.payment_link.all()["payment_links"]), 2)
    proof = {
        "payment_link_id": link["id"],
        "payment_link_reference_id": "A",
        "payment_link_status": "paid",
        "razorpay_payment_id": paid,
    }
    signed = sign("|".join(proof.values()))
    same(rzp.utility.verify_payment_link_signature({**proof, "razorpay_signature": signed}), True)
    report["signatures"] += 1


def invoices(rzp: Any) -> None:
    book = rzp.item.create({"name": "Book", "amount": "20000", "currency": "INR"})
    same(rzp.item.fetch(book["id"]), book)
    same(rzp.item.edit(book["id"], {"description": "A story"})["description"], "A story")
    same(rzp.item.all({"active": 1})["count"], 1)
    bill = {"customer": {"name": "Gaurav Kumar", "contact": 9999999999}, "type": "invoice"}
    draft = rzp.invoice.create({**bill, "line_items": [{"item_id": book["id"]}], "draft": "1"})
    key = draft["id"]
    lines = [{"id": draft["line_items"][0]["id"], "quantity": 2}, {"name": "Pen", "amount": 200}]
    same(rzp.invoice.edit(key, {"line_items": lines, "partial_payment": True})["amount"], 40200)
    issued = rzp.invoice.issue(key)
    same((issued["status"], issued["amount_due"]), ("issued", 40200))
    refused("in issued status", rzp.invoice.delete, key)
    same(rzp.invoice.notify_by(key, "sms"), {"success": True})
    control("upi/pay", {"qr": issued["short_url"], "amount": 10000})
    same(rzp.invoice.fetch(key)["status"], "partially_paid")
    rest = control("upi/pay", {"qr": issued["short_url"]})["id"]
    same(rzp.invoice.all({"payment_id": rest})["items"][0]["status"], "paid")
    other = rzp.invoice.create({**bill, "line_items": lines[1:]})
    same(rzp.invoice.cancel(other["id"])["status"], "cancelled")
    same(rzp.invoice.delete(rzp.invoice.create({"draft": 1})["id"]), [])
    refused("Item is used", rzp.item.delete, book["id"])
    pen = rzp.item.create({"name": "Pen", "amount": 200, "currency": "INR"})
    same(rzp.item.delete(pen["id"]), [])


def customers(rzp: Any) -> None:
    asha = rzp.customer.create({"name": "Asha Rao", "contact": 9000000001, "email": "a@b.in"})
    same(rzp.customer.fetch(asha["id"]), asha)
    same(rzp.customer.edit(asha["id"], {"name": "Asha R"})["name"], "Asha R")
    same(rzp.customer.all()["count"], 1)
    again = {"name": "Asha R", "contact": "9000000001", "email": "a@b.in", "fail_existing": "0"}
    same(rzp.customer.create(again)["id"], asha["id"])


def disputes(rzp: Any, key: str) -> None:
    dispute = control("disputes", {"payment_id": key, "amount": 100})["id"]
    same(rzp.dispute.all()["count"], 1)
    same(rzp.dispute.fetch(dispute)["status"], "open")
    draft = {"summary": "was taught", "action": "draft"}
    same(rzp.dispute.contest(dispute, draft)["evidence"]["summary"], "was taught")
    same(rzp.dispute.accept(dispute)["status"], "lost")


def settlements(rzp: Any) -> None:
    made = rzp.settlement.create_ondemand_settlement({"amount": 1000, "description": "Rent"})
    same(rzp.settlement.fetch_ondemand_settlement_id(made["id"])["id"], made["id"])
    same(rzp.settlement.fetch_all_ondemand_settlement()["count"], 1)
    now = control("clock", {"advance_s": 10 * 86_400})["now"]
    settled = rzp.settlement.all()["items"][0]
    same(rzp.settlement.fetch(settled["id"]), settled)
    months = {time.gmtime(at)[:2] for at in (now, now - 10 * 86_400)}
    rows = [rzp.settlement.report({"year": y, "month": m})["count"] for y, m in sorted(months)]
    if not any(rows):
        raise AssertionError("nothing is reconciled")


def webhooks(rzp: Any) -> None:
    received: list[tuple[str, str]] = []
    came = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((raw, self.headers["X-Razorpay-Signature"]))
            self.send_response(200)
            self.end_headers()
            came.set()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook = {"url": f"http://127.0.0.1:{server.server_port}/", "secret": "hush"}
    made = rzp.webhook.create({**hook, "events": ["order.paid"]})
    same(rzp.webhook.fetch(made["id"], None), made)
    same(rzp.webhook.all()["count"], 1)
    same(rzp.webhook.edit(made["id"], None, {"active": True})["active"], True)
    order = rzp.order.create({"amount": 700, "currency": "INR"})
    control("checkout/pay", {"order_id": order["id"], "method": "wallet"})
    came.wait(10)
    server.shutdown()
    raw, signature = received[0]
    again = json.dumps(json.loads(raw), separators=(",", ":"))
    for body in (raw, again):
        same(rzp.utility.verify_webhook_signature(body, signature, "hush"), True)
        report["signatures"] += 1
    account = f"acc_{made['owner_id']}"
    same(rzp.webhook.delete(made["id"], account), [])


def main() -> None:
    rzp = client()
    key = payments(rzp, orders(rzp))
    tutorials(rzp)
    refunds(rzp, key)
    codes(rzp)
    links(rzp)
    customers(rzp)
    invoices(rzp)
    webhooks(rzp)
    disputes(rzp, key)
    settlements(rzp)
    refused("Authentication failed", client("wrong").order.all)
    sys.stdout.write(json.dumps(report))


main()
