"""Situations of links, disputes, downtimes, settlements and refusals."""

from __future__ import annotations

import json
import time
from typing import Any

from .situation_base import ASHA, Answers, SituationBase

EVIDENCE = {
    "amount": 9000,
    "summary": "goods delivered",
    "shipping_proof": ["doc_EFtmUsbwpXwBH9", "doc_EFtmUsbwpXwBH8"],
    "billing_proof": ["doc_EFtmUsbwpXwBG9", "doc_EFtmUsbwpXwBG8"],
    "others": [
        {
            "type": "receipt_signed_by_customer",
            "document_ids": ["doc_EFtmUsbwpXwBH1", "doc_EFtmUsbwpXwBH7"],
        }
    ],
    "action": "submit",
}
UNKNOWN = "AAAAAAAAAAAAAA"


class LinkAndDisputeSituations(SituationBase):
    """The situations, one resource after the other."""

    def links(self) -> Answers:
        client = self.client
        whose = {"name": "Gaurav Kumar", "contact": "+919876543210", "email": ASHA["email"]}
        more: dict[str, Any] = {
            "accept_partial": True,
            "first_min_partial_amount": 100,
            "description": "Payment for policy no #23456",
            "customer": whose,
            "notify": {"sms": True, "email": True},
            "reminder_enable": True,
        }
        back = {"callback_url": "https://example-callback-url.com/", "callback_method": "get"}
        noted = {"notes": {"policy_name": "Jeevan Bima"}}
        full = {**more, **back, **noted}
        once = {**full, "accept_partial": False, "first_min_partial_amount": None}
        client.pay(client.link(100, **once, reference_id="UPItest2")["short_url"])
        opened = client.link(1000, **full, expire_by=client.now() + 950)
        client.control("upi/scan", {"qr": opened["short_url"]})
        unopened = client.link(1000, **more, **back, reference_id="another")
        client.ok("POST", f"/v1/payment_links/{unopened['id']}/cancel")
        plain = client.link(1000, **more)
        standard = client.link(1000, **full, reference_id="TS1989")
        client.ok("POST", f"/v1/payment_links/{standard['id']}/cancel")
        single = client.link(3400, description="x", customer=whose, reference_id="#425")
        tested = client.link(20000, customer=whose, **back)
        partly = client.link(10000, accept_partial=True, reference_id="111")
        client.pay(partly["short_url"], amount=4000)
        bare = client.link(10000, description="Grocery")
        client.pay(bare["short_url"])
        opened = client.link(100, customer=whose, description="Payment for Acme Inc")
        client.control("upi/scan", {"qr": opened["short_url"]})
        path = f"/v1/payment_links/{opened['id']}"
        cancelled = client.ok("POST", f"{path}/cancel")
        edited = client.link(100, customer=whose, **noted)
        changes = {"reference_id": "TS35", "expire_by": client.now() + 1000}
        client.ok("PATCH", f"/v1/payment_links/{edited['id']}", changes)
        client.pay(edited["short_url"])
        client.link(1000, **full, reference_id="expiring", expire_by=client.now() + 950)
        client.advance(1001)
        fetched = self.get(f"/v1/payment_links/{edited['id']}")
        return {
            "link": plain,
            "link standard": self.get(f"/v1/payment_links/{standard['id']}"),
            "link single": single,
            "link back": tested,
            "link noted": client.link(1000, customer=whose, **noted, reminder_enable=True),
            "link paid": self.get(f"/v1/payment_links/{bare['id']}"),
            "link edited": fetched,
            "link cancelled": cancelled,
            "links": {"payment_links": [client.link(100, customer=whose, **noted), cancelled]},
            "link notified": client.ok("POST", f"/v1/payment_links/{plain['id']}/notify_by/sms"),
        }

    def invoices(self) -> Answers:
        """Return invoices in every state, and items."""
        client, at_home = self.client, {"line1": "Bakers Street", "city": "Bengaluru"}
        at_home |= {"zipcode": "560068", "state": "Karnataka", "country": "in"}
        book = client.ok("POST", "/v1/items", {"name": "Book", "amount": 20000, "currency": "INR"})
        whose = {**ASHA, "billing_address": at_home, "shipping_address": at_home}
        bill = {"customer": whose, "line_items": [{"item_id": book["id"]}]}
        draft = client.ok("POST", "/v1/invoices", {"draft": "1"})
        parts = client.ok("POST", "/v1/invoices", {**bill, "partial_payment": True})
        client.pay(parts["short_url"], amount=100)
        partly = self.get(f"/v1/invoices/{parts['id']}", **{"expand[]": "payments"})
        client.pay(parts["short_url"])
        expiring = client.ok("POST", "/v1/invoices", {**bill, "expire_by": client.now() + 950})
        other = client.ok("POST", "/v1/invoices", bill)
        client.advance(1001)
        return {
            "item": book,
            "items": self.get("/v1/items"),
            "invoice draft": draft,
            "invoice": parts,
            "invoice partly paid": partly,
            "invoice paid": self.get(f"/v1/invoices/{parts['id']}"),
            "invoice expired": self.get(f"/v1/invoices/{expiring['id']}"),
            "invoice cancelled": client.ok("POST", f"/v1/invoices/{other['id']}/cancel"),
            "invoices": self.get("/v1/invoices"),
        }

    def disputes(self) -> Answers:
        client = self.client
        answers: Answers = {}
        payment: dict[str, Any] = {}
        for end in ("lost", "won", "closed"):
            if end == "closed":
                self.closed_fraud()
            payment = self.start(10000, method="card")
            wanted = {"payment_id": payment["id"], "phase": "chargeback"}
            if end == "lost":
                client.ok("POST", f"/v1/payments/{payment['id']}/refund", {"amount": 100})
            opened = client.control("disputes", wanted)
            path = f"/v1/disputes/{opened['id']}"
            if end == "lost":
                client.control(f"disputes/{opened['id']}", {"status": "action_required"})
            if end == "won":
                answers["dispute under review"] = client.ok("PATCH", f"{path}/contest", EVIDENCE)
            if end == "closed":
                client.ok("PATCH", f"{path}/contest", {"summary": "goods delivered"})
            client.control(f"disputes/{opened['id']}", {"status": end})
            answers[f"dispute {end}"] = self.get(path)
        answers["disputes"] = self.get("/v1/disputes")
        answers["dispute evidence"] = answers["dispute won"]["evidence"]["others"]
        wanted = {"payment_id": payment["id"], "phase": "pre_arbitration"}
        opened = client.control("disputes", wanted)
        path = f"/v1/disputes/{opened['id']}"
        answers["dispute created"] = self.get(path)
        draft = {"summary": "goods delivered"}
        answers["dispute open"] = client.ok("PATCH", f"{path}/contest", draft)
        opened = client.control("disputes", wanted)
        answers["dispute accepted"] = client.ok("POST", f"/v1/disputes/{opened['id']}/accept")
        return answers

    def closed_fraud(self) -> None:
        """Close a dispute without evidence."""
        wanted = {"payment_id": self.start(10000, method="card")["id"], "phase": "fraud"}
        opened = self.client.control("disputes", wanted)
        self.client.control(f"disputes/{opened['id']}", {"status": "closed"})

    def downtimes(self) -> Answers:
        answers: Answers = {}
        for name, method, instrument in (
            ("issuer", "card", {"issuer": "SBIN", "card_type": "credit"}),
            ("network", "card", {"network": "VISA", "card_type": "credit"}),
            ("bank", "netbanking", {"bank": "COSB"}),
            ("flow", "upi", {"flow": "in_app"}),
            ("psp", "upi", {"psp": "bhim", "flow": "collect"}),
            ("handle", "upi", {"vpa_handle": "oksbi"}),
        ):
            wanted = {"method": method, "instrument": instrument}
            down = self.client.control("downtimes", wanted)
            answers[f"downtime {name}"] = self.get(f"/v1/payments/downtimes/{down['id']}")
            answers[f"downtimes {name}"] = self.get("/v1/payments/downtimes")
            one = {**answers[f"downtimes {name}"], "count": 1}
            one["items"] = one["items"][:1]
            answers[f"downtimes {name}"] = one
            self.client.control(f"downtimes/{down['id']}", {"severity": "medium"})
            self.client.control(f"downtimes/{down['id']}", {"status": "resolved"})
        return answers

    def errors(self) -> Answers:
        client = self.client
        order = client.order()
        paid = self.start(10000, method="upi")["id"]
        refund = f"/v1/payments/{paid}/refund"
        headers = {**client.auth, "X_Refund_Idempotency": "refund-of-asha"}
        client.send("POST", refund, b'{"amount": 100}', **headers)
        conflict = client.send("POST", refund, b'{"amount": 200}', **headers)
        strange = client.send("GET", "/v1/orders", Authorization="Basic eDp5")
        client.control("account", {"receipt_uniqueness": "refuse"})
        client.order(receipt="one")
        body = {"amount": 50000, "currency": "INR"}
        capture = f"/v1/payments/{paid}/capture"
        asked: dict[str, tuple[str, str, Any]] = {
            "unknown id": ("GET", f"/v1/orders/order_{UNKNOWN}", None),
            "unknown dispute": ("PATCH", f"/v1/disputes/disp_{UNKNOWN}/contest", {}),
            "invalid id": ("GET", "/v1/payments/qr_codes/KbWhkDGrmxw", None),
            "invalid refund": ("GET", f"/v1/payments/{paid}/refunds/AABBdHIieex", None),
            "invalid payment": ("POST", "/v1/payments/_29QQoUBi66xm2f/refund", {}),
            "below minimum": ("POST", "/v1/orders", {**body, "amount": 99}),
            "above maximum": ("POST", "/v1/orders", {**body, "amount": 10**9}),
            "not unique": ("POST", "/v1/orders", {**body, "receipt": "one"}),
            "link above maximum": ("POST", "/v1/payment_links", {**body, "amount": 10**9}),
            "invalid link": ("POST", "/v1/payment_links/link_QX7wiVUHdcOOoW/notify_by/sms", None),
            "not an integer": ("POST", capture, {"amount": "10.5", "currency": "INR"}),
            "wrong month": ("GET", "/v1/settlements/recon/combined?year=2026&month=13", None),
            "wrong expand": (
                "GET",
                f"/v1/disputes/{self.get('/v1/disputes')['items'][0]['id']}?expand[]=x",
                None,
            ),
            "no such url": ("GET", "/v1/nothing", None),
        }
        answers: Answers = {}
        for name, (method, path, sent) in asked.items():
            status, answers[name] = client.api(method, path, sent)
            assert status == 400, (name, answers[name])
        client.control("account", {"receipt_uniqueness": "allow"})
        client.arm_fault("GET", "/v1/orders", "status_500")
        answers["trouble"] = client.api("GET", "/v1/orders")[1]
        wrong = {"order_id": order["id"], "method": "card", "outcome": "failure"}
        client.control("checkout/pay", {**wrong, "reason": "invalid_otp"})
        answers["conflict"], answers["wrong key"] = map(_parsed, (conflict, strange))
        return {**answers, "too old": self.too_old()}

    def too_old(self) -> Any:
        old = self.client.pay(self.client.code(50000)[1])
        self.client.advance(200 * 86_400)
        return self.client.api("POST", f"/v1/payments/{old['id']}/refund")[1]

    def settlements(self) -> Answers:
        client = self.client
        listed = self.get("/v1/settlements")
        since = client.now()
        payment = self.start(100000, method="card", payer={"description": "x"})
        other = self.start(100000, method="card")
        client.ok("POST", f"/v1/payments/{other['id']}/refund", {"amount": 5000})
        dispute = client.control("disputes", {"payment_id": payment["id"], "amount": 1012})
        client.ok("POST", f"/v1/disputes/{dispute['id']}/accept")
        client.advance(10 * 86_400)
        made = self.get("/v1/settlements", from_=since)["items"]
        rows: dict[str, Any] = {}
        for settlement in made:
            day = time.gmtime(settlement["created_at"])
            query = {"year": day.tm_year, "month": day.tm_mon, "day": day.tm_mday}
            for row in self.get("/v1/settlements/recon/combined", **query, count=1000)["items"]:
                rows.setdefault(row["type"], row)
        items = [rows[kind] for kind in ("payment", "refund", "payment", "adjustment")]
        return {
            "settlements": {**listed, "items": listed["items"][:2], "count": 2},
            "settlement": self.get(f"/v1/settlements/{made[0]['id']}"),
            "recon": {"entity": "collection", "count": 4, "items": items},
        }


def _parsed(answer: tuple[int, dict[str, str], bytes]) -> Any:
    return json.loads(answer[2])
