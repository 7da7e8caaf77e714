"""`/v1/payments/qr_codes`: codes that are paid without an order.

Must not take payments; the phone does. `close_by` is clamped to 2 minutes … 2 hours, as the newest
create page for India says. Rules: razorpay.com/docs/api/qr-codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import validation as given
from .account import MAX_AMOUNT_PAISE
from .entities import QrCode
from .entity_json import Json, collection, payment_json, qr_json
from .errors import bad_request, extra_field
from .sandbox_context import Resource, Route, page_slice

if TYPE_CHECKING:
    from collections.abc import Iterator


SHORTEST_S = 120
LONGEST_S = 7200
FIELDS = (
    "type name usage fixed_amount payment_amount description customer_id close_by notes tax_invoice"
).split()
INVOICE_FIELDS = (
    "number date customer_name business_gstin gst_amount cess_amount supply_type"
).split()


class QrCodesResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        base, feature = "/v1/payments/qr_codes", "qr_codes"
        return [
            Route("POST", base, self.create, feature),
            Route("GET", base, self.list, feature),
            Route("GET", f"{base}/<id>", self.fetch, feature),
            Route("PATCH", f"{base}/<id>", self.update, feature),
            Route("POST", f"{base}/<id>/close", self.close, feature),
            Route("GET", f"{base}/<id>/payments", self.payments, feature),
        ]

    def create(self, call: given.Call) -> Json:
        """Create a QR code."""
        body = call.body
        given.check_fields(body, FIELDS)
        now = self._context.now()
        qr = QrCode(
            id="",
            created_at=now,
            usage=_usage(body),
            type=_type(body),
            name=given.text(body, "name", 255),
            description=given.text(body, "description", 2048),
            fixed_amount=given.boolean(body, "fixed_amount") or False,
            customer_id=given.text(body, "customer_id"),
            notes=given.notes(body),
            tax_invoice=_tax_invoice(body),
        )
        qr.payment_amount = _amount(body, qr)
        qr.close_by = _close_by(body, qr, now)
        qr.id = self._context.store.ids.new("qr")
        self._context.store.add(qr)
        self._context.lifecycle.events.record("qr_code.created", now, qr)
        return self._shown(qr, fresh=True)

    def fetch(self, call: given.Call) -> Json:
        """Return a QR code."""
        return self._shown(self._context.qr_code(call.path["id"]))

    def list(self, call: given.Call) -> Json:
        """Return a page of QR codes, newest first."""
        asked = given.page_query(call, "customer_id", "payment_id")
        found = self._matching(call, asked)
        return collection(self._shown(qr) for qr in page_slice(found, asked))

    def _matching(self, call: given.Call, asked: given.PageQuery) -> Iterator[QrCode]:
        customer, payment_id = call.asked("customer_id"), call.asked("payment_id")
        codes = self._context.store.qr_codes
        found = codes.newest_first(asked.start, asked.end)
        if payment_id is not None:
            qr = codes.get(self._context.payment(payment_id).qr_id or "")
            found = iter(() if qr is None else (qr,))
        return (qr for qr in found if customer in (None, qr.customer_id))

    def update(self, call: given.Call) -> Json:
        """Update a QR code's notes, its only changeable field."""
        qr = self._context.qr_code(call.path["id"])
        self._update_notes(call, qr)
        return self._shown(qr)

    def close(self, call: given.Call) -> Json:
        """Close a QR code."""
        qr = self._context.qr_code(call.path["id"])
        given.check_fields(call.body, ())
        if qr.status == "closed":
            raise bad_request("QR Code is already closed.")
        now = self._context.now()
        self._context.lifecycle.close_qr(qr, "on_demand", now)
        self._context.lifecycle.events.record("qr_code.closed", now, qr)
        return self._shown(qr)

    def payments(self, call: given.Call) -> Json:
        """Return a page of a QR code's payments, newest first."""
        qr = self._context.qr_code(call.path["id"])
        asked = given.page_query(call)
        found = self._context.store.payments_for(qr.id, asked.start, asked.end)
        return collection(map(payment_json, page_slice(found, asked)))

    def _shown(self, qr: QrCode, *, fresh: bool = False) -> Json:
        content = self._context.account.features["qr_image_content"]
        return qr_json(qr, self._context.base_url, content=content, fresh=fresh)


def _type(body: Json) -> str:
    kind = given.one_of(given.text(body, "type"), ("upi_qr", "bharat_qr"), "type")
    return str(given.required(kind, "type"))


def _usage(body: Json) -> str:
    return (
        given.one_of(given.text(body, "usage"), ("single_use", "multiple_use"), "usage")
        or "multiple_use"
    )


def _amount(body: Json, qr: QrCode) -> int | None:
    amount = given.integer(body, "payment_amount")
    if not qr.fixed_amount:
        if qr.usage == "single_use":
            raise bad_request("The selected fixed amount is invalid.", "fixed_amount")
        if amount is not None:
            raise extra_field("payment_amount")
        return None
    given.required(amount, "payment_amount")
    if amount is not None and amount < 1:
        raise bad_request("The payment amount must be at least 1.", "payment_amount")
    if amount is not None and amount > MAX_AMOUNT_PAISE:
        raise bad_request("Amount exceeds maximum amount allowed.", "payment_amount")
    return amount


def _close_by(body: Json, qr: QrCode, now: int) -> int | None:
    wanted = given.integer(body, "close_by")
    if wanted is not None:
        given.check_moment(wanted, "close_by")
    if qr.usage != "single_use":
        if wanted is not None:
            raise extra_field("close_by")
        return None
    return now + LONGEST_S if wanted is None else _within(wanted, now + SHORTEST_S, now + LONGEST_S)


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def _tax_invoice(body: Json) -> Json | None:
    invoice = given.mapping(body, "tax_invoice")
    if invoice is None:
        return None
    given.check_fields(invoice, INVOICE_FIELDS)
    numbers = ("date", "gst_amount", "cess_amount")
    read: Json = {
        name: given.integer(invoice, name) if name in numbers else given.text(invoice, name)
        for name in INVOICE_FIELDS
    }
    given.one_of(read["supply_type"], ("interstate", "intrastate"), "supply_type")
    if read["date"] is not None:
        given.check_moment(read["date"], "date")
    return {name: value for name, value in read.items() if value is not None} or None
