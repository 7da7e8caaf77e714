"""Situations of orders, payments, refunds and QR codes."""

from __future__ import annotations

from typing import Any

from .sandbox_client import upi_body
from .situation_base import ASHA, Answers, SituationBase

NOTES = {"notes_key_1": "Tea, Earl Grey, Hot", "notes_key_2": "Tea, Earl Grey… decaf."}
INVOICE = {
    "number": "INV001",
    "date": 1589994898,
    "customer_name": "Gaurav Kumar",
    "business_gstin": "06AABCU9605R1ZR",
    "gst_amount": 4000,
    "cess_amount": 0,
    "supply_type": "interstate",
}


class OrderAndPaymentSituations(SituationBase):
    """The situations, one resource after the other."""

    def plain_payments(self) -> Answers:
        """Fail, then pay by each method, with only the required fields."""
        answers: Answers = {}
        for method in ("upi", "card", "netbanking", "wallet"):
            key = self.client.order(10000, receipt="rcptid #1")["id"]
            payer = {"email": ASHA["email"], "contact": "+919000090000"}
            if method == "wallet":
                payer["description"] = "#inv_EpitssSmeINDJU"
            wanted = {"order_id": key, "method": method, "payer": payer}
            self.client.control("checkout/pay", {**wanted, "outcome": "failure"})
            paid = self.client.control("checkout/pay", {**wanted, "payer": payer})
            said = self.start(2100, method=method, payer={"description": "#MT47qgzX2EOko2"})
            answers[f"payment by {method} described"] = self.fetched(said, expand="card")
            answers[f"payment by {method} plain"] = self.fetched(paid)
        return answers

    def orders(self) -> Answers:
        client = self.client
        notes = {"key1": "value3", "key2": "value2"}
        made = client.order(5000, receipt="receipt#1", notes=notes)
        plain = client.order(50000, receipt="Receipt No. 1")
        other = client.order(100, receipt="Receipt No. 1")
        rule = {"capture": "automatic", "capture_options": {"refund_speed": "normal"}}
        tried = client.order(2200, receipt="Receipt #211")
        client.intent(tried)
        paid = client.order(50000, notes=NOTES)
        first, second = (client.intent(paid, description=None, notes=NOTES) for _ in range(2))
        known = {**ASHA, "customer_id": self.customer["id"], "description": "Order # 2"}
        theirs = self.start(50000, payer={k: v for k, v in known.items() if k != "name"})
        client.pay(first["link"])
        client.pay(second["link"], "failure")
        return {
            "order created": made,
            "order created plain": plain,
            "order created unreceipted": client.order(200),
            "order created with rule": client.order(50000, receipt="rcptid_11", payment=rule),
            "orders": self.get("/v1/orders", receipt="Receipt No. 1"),
            "order listed": {"entity": "collection", "count": 1, "items": [other]},
            "order updated": client.ok("PATCH", f"/v1/orders/{tried['id']}", {"notes": notes}),
            "payments of customer": self.get(f"/v1/orders/{theirs['order_id']}/payments"),
            "order paid": self.get(f"/v1/orders/{paid['id']}"),
            "order payments": self.get(f"/v1/orders/{paid['id']}/payments"),
        }

    def expanded_orders(self) -> Answers:
        since = self.client.now() + 5
        self.client.advance(5)
        for _ in range(2):
            self.start(method="card", outcome="authorized")
        answers = {"orders with payments": self.get("/v1/orders", from_=since, expand="payments")}
        self.client.advance(5)
        self.start(500, method="card")
        since += 5
        listed = self.get("/v1/orders", from_=since, **{"expand[]": "payments.card"})
        return {**answers, "orders with cards": listed}

    def payments(self) -> Answers:
        whose = {"customer_id": self.customer["id"], "description": "Purchase Shoes"}
        self.client.advance(5)
        since = self.client.now()
        card = self.start(1000, method="card", payer={**whose, "notes": {"address": "x"}})
        self.start(1000, method="card", payer={"description": "x", "notes": {"address": "x"}})
        bare = self.start(1000, method="card", payer=whose)
        listed = self.get("/v1/payments", from_=since, to=since + 4, skip=1, **{"expand[]": "card"})
        self.client.advance(5)
        since += 5
        self.start(2100, payer=whose, method="netbanking")
        netbanking = self.start(2100, payer=whose, method="netbanking")
        banked = self.get("/v1/payments", from_=since)
        wrong = {"outcome": "failure", "reason": "incorrect_card_details"}
        failed = self.start(100, method="card", payer={"notes": {"email": "x"}}, **wrong)
        upi = self.start(1000, method="upi", payer=whose, outcome="authorized")
        asked = {"amount": 1000, "currency": "INR"}
        emi = self.start(4000, method="card", outcome="authorized", payer={"description": "x"})
        path = f"/v1/payments/{emi['id']}"
        return {
            "payment by card": self.fetched(bare),
            "payment by card noted": self.fetched(card, expand="card"),
            "payments expanded": listed,
            "payments by netbanking": banked,
            "payment by netbanking": self.fetched(netbanking),
            "payment failed by card": self.fetched(failed, **{"expand[]": "card"}),
            "payment by upi captured": self.client.ok(
                "POST", f"/v1/payments/{upi['id']}/capture", asked
            ),
            "payment by upi": self.fetched(upi),
            "payment with an offer": self.with_offer(whose),
            "payment updated": self.client.ok("PATCH", path, {"notes": {"key1": "value1"}}),
            "methods": self.get("/v1/methods"),
        }

    def with_offer(self, whose: Answers) -> Any:
        offer = self.client.control("offers", {"percent_rate": 1000})
        key = self.client.order(1000, offer_id=offer["id"])["id"]
        wanted = {"order_id": key, "method": "netbanking", "payer": whose}
        paid = self.client.control("checkout/pay", wanted)
        return self.fetched(paid, **{"expand[]": "offers"})

    def upi(self) -> Answers:
        client = self.client
        order = client.order(200)
        body = {**upi_body(order), "ip": "192.168.0.103", "referer": "http", "user_agent": "Moz"}
        return {
            "intent": client.ok("POST", "/v1/payments/create/upi", body),
            "intent json": client.ok("POST", "/v1/payments/create/json", body),
            "vpa": client.ok(
                "POST", "/v1/payments/validate/vpa", {"vpa": "gauravkumar@exampleupi"}
            ),
        }

    def refunds(self) -> Answers:
        client, since = self.client, self.client.now()
        payment = self.start(900000, method="upi")
        path = f"/v1/payments/{payment['id']}/refund"
        normal = client.ok("POST", path, {"amount": 500100})
        asked = {"amount": 100, "notes": NOTES}
        receipted = client.ok("POST", path, {**asked, "receipt": "#Receipt No. 131"})
        noted = client.ok("POST", path, asked)
        second = self.start(900000, method="netbanking")
        other = f"/v1/payments/{second['id']}/refund"
        asked = {"speed": "optimum", "notes": NOTES, "amount": 300100}
        third = client.ok("POST", other, asked)
        client.ok("POST", other, {**asked, "amount": 2468})
        instant = client.ok("POST", other, {**asked, "amount": 500, "receipt": "Receipt No. 31"})
        client.advance(3600)
        listed = self.get("/v1/refunds", from_=since)
        by_id = {r["id"]: r for r in listed["items"]}
        ends = [by_id[third["id"]], by_id[noted["id"]]]
        of_payment = self.get(f"/v1/payments/{second['id']}/refunds")
        of_payment["items"] = [r for r in of_payment["items"] if not r["receipt"]][1:] * 2
        return {
            "refund created": normal,
            "refund created with notes": receipted,
            "refund created optimum": instant,
            "refund": self.get(f"/v1/refunds/{noted['id']}"),
            "refund optimum": self.get(f"/v1/refunds/{third['id']}"),
            "refund of payment": self.get(f"/v1/payments/{second['id']}/refunds/{third['id']}"),
            "refunds of payment": {**of_payment, "count": 2},
            "refunds": {**listed, "count": 2, "items": ends},
            "refund updated": client.ok("PATCH", f"/v1/refunds/{third['id']}", {"notes": NOTES}),
        }

    def qr_codes(self) -> Answers:
        client = self.client
        notes = {"purpose": "Test UPI QR Code notes"}
        more: dict[str, Any] = {"name": "Store_1", "description": "For Store 1", "notes": notes}
        more["customer_id"] = self.customer["id"]
        many = {"type": "upi_qr", "usage": "multiple_use", **more}
        invoiced = self.qr({**many, "tax_invoice": INVOICE})
        client.pay(invoiced["image_content"], amount=200)
        client.ok("POST", f"/v1/payments/qr_codes/{invoiced['id']}/close")
        poster = self.qr(many)
        closed = client.ok("POST", f"/v1/payments/qr_codes/{poster['id']}/close")
        answers = self.posters({k: v for k, v in many.items() if k != "notes"})
        single = client.qr_code(**more)
        answers["qr with text"] = single
        answers["qr with text for invoice"] = client.qr_code(**more, tax_invoice=INVOICE)
        pair = [self.get(f"/v1/payments/qr_codes/{q['id']}") for q in (single, closed)]
        answers["qrs with text"] = {"entity": "collection", "count": 2, "items": pair}
        where = f"/v1/payments/qr_codes/{single['id']}"
        answers["qr with text closed"] = client.ok("POST", f"{where}/close")
        client.control("account", {"features": {"qr_image_content": False}})
        answers["qr closed poster"] = self.get(f"/v1/payments/qr_codes/{poster['id']}")
        answers["qr created"] = client.qr_code(**more)
        answers["qr created for invoice"] = client.qr_code(**more, tax_invoice=INVOICE)
        where = f"/v1/payments/qr_codes/{client.qr_code(**more)['id']}"
        answers["qr"] = self.get(where)
        answers["qr closed"] = client.ok("POST", f"{where}/close")
        answers["qr updated"] = client.ok("PATCH", where, {"notes": {"key1": "value1"}})
        listed = self.get("/v1/payments/qr_codes", customer_id=self.customer["id"], count=100)
        pair = [answers["qr"], answers["qr closed poster"]]
        answers["qrs"] = {**listed, "items": pair, "count": 2}
        answers["qrs of customer"] = {**listed, "items": pair[:1], "count": 1}
        client.control("account", {"features": {"qr_image_content": True}})
        code = client.qr_code(**more)
        client.pay(code["image_content"])
        client.control("account", {"features": {"qr_image_content": False}})
        listed = self.get("/v1/payments/qr_codes", customer_id=self.customer["id"], count=1)
        client.control("account", {"features": {"qr_image_content": True}})
        return {**answers, "qrs paid": listed}

    def qr(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return self.client.ok("POST", "/v1/payments/qr_codes", wanted)

    def posters(self, wanted: dict[str, Any]) -> Answers:
        """Pay a multi-use QR code without notes twice, and refund one of the payments."""
        client = self.client
        poster = self.qr(wanted)
        paid = client.pay(poster["image_content"], amount=1000)
        client.pay(poster["image_content"], amount=500)
        client.ok("POST", f"/v1/payments/{paid['id']}/refund")
        answers: Answers = {
            "qr payments": self.get(f"/v1/payments/qr_codes/{poster['id']}/payments"),
            "qr refund": self.get(f"/v1/payments/{paid['id']}/refunds")["items"][0],
        }
        asked = {"payment_id": paid["id"]}
        answers["qrs of payment with text"] = self.get("/v1/payments/qr_codes", **asked)
        client.control("account", {"features": {"qr_image_content": False}})
        answers["qrs of payment"] = self.get("/v1/payments/qr_codes", **asked)
        client.control("account", {"features": {"qr_image_content": True}})
        return answers
