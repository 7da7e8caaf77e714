"""`/v1/invoices`: bills with lines, a customer and a payment page.

Must not take payments; the pages, Checkout and the phone do. No message is sent, whatever is asked.
Rules: razorpay.com/docs/api/payments/invoices.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from . import validation as given
from .customers import CustomersResource
from .entities import Invoice
from .entity_json import Json, collection, payment_json
from .errors import bad_request
from .invoice_fields import (
    ADDRESSES,
    CUSTOMER_FIELDS,
    LineReader,
    check_currency,
    is_draft,
    listed,
    read_address,
    read_plain,
    total_of,
)
from .invoice_json import invoice_json
from .invoice_lifecycle import PAYABLE, not_allowed
from .sandbox_context import Resource, Route, page_slice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .entities import Customer
    from .sandbox_context import SandboxContext

DRAFT_FIELDS = (
    "type receipt description comment terms notes customer_id customer line_items currency date "
    "expire_by partial_payment sms_notify email_notify"
).split()
CREATE_FIELDS = (*DRAFT_FIELDS, "draft")
ISSUED_FIELDS = ("partial_payment", "receipt", "comment", "terms", "notes", "expire_by")
CHANGEABLE = {"draft": DRAFT_FIELDS, "issued": ISSUED_FIELDS}
MEDIA = {"sms": "sms_status", "email": "email_status"}
FILTERS = ("type", "payment_id", "customer_id", "receipt")


class InvoicesResource(Resource):
    """The resource's calls."""

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self._customers = CustomersResource(context)

    def routes(self) -> list[Route]:
        """Return the routes."""
        base = "/v1/invoices"
        return [
            Route("POST", base, self.create),
            Route("GET", base, self.list_all),
            Route("GET", f"{base}/<id>", self.fetch),
            Route("PATCH", f"{base}/<id>", self.update),
            Route("DELETE", f"{base}/<id>", self.delete),
            Route("POST", f"{base}/<id>/issue", self.issue),
            Route("POST", f"{base}/<id>/cancel", self.cancel),
            Route("POST", f"{base}/<id>/notify_by/<medium>", self.notify_by),
        ]

    def create(self, call: given.Call) -> Json:
        """Create an invoice, and issue it unless it is to stay a draft."""
        body, now = call.body, self._context.now()
        given.check_fields(body, CREATE_FIELDS)
        later = is_draft(body)
        changed = self._changes(body, Invoice("", now, "INR"))
        invoice = Invoice(self._context.store.ids.new("inv"), now, "INR")
        invoice.date = None if later else now
        _apply(invoice, changed)
        if not later:
            self._issue(invoice)
        self._context.store.add(invoice)
        return self._shown(invoice)

    def _changes(self, body: Json, invoice: Invoice) -> Json:
        """Return what a body changes in an invoice, checked."""
        check_currency(body)
        changed = read_plain(body, self._context.now())
        if (lines := listed(body, "line_items")) is not None:
            changed["lines"] = LineReader(self._context, invoice.lines).read(lines)
            changed["amount"] = total_of(changed["lines"])
        if body.get("customer_id") is not None or body.get("customer") is not None:
            changed["customer"] = self._customer(body)
        return changed

    def _customer(self, body: Json) -> Json:
        """Return the payer of a body; a new one becomes a customer."""
        sent = given.mapping(body, "customer") or {}
        given.check_fields(sent, CUSTOMER_FIELDS)
        ids, key = self._context.store.ids, given.text(body, "customer_id")
        addresses = {name: read_address(sent, name, ids) for name in ADDRESSES}
        customer = self._claimed(sent) if key is None else self._context.customer(key)
        names = ("id", "name", "email", "contact", "gstin")
        return {**{name: getattr(customer, name) for name in names}, **addresses}

    def _claimed(self, sent: Json) -> Customer:
        known = {name: sent[name] for name in sent if name not in ADDRESSES}
        return self._customers.claim(known)

    def fetch(self, call: given.Call) -> Json:
        """Return an invoice."""
        return self._shown(self._invoice(call), call)

    def list_all(self, call: given.Call) -> Json:
        """Return a page of invoices, newest first."""
        asked = given.page_query(call, *FILTERS)
        given.one_of(call.asked("type"), ("invoice",), "type")
        found = self._matching(call, asked)
        return collection(self._shown(invoice, call) for invoice in page_slice(found, asked))

    def _matching(self, call: given.Call, asked: given.PageQuery) -> Iterator[Invoice]:
        receipt, customer_id = call.asked("receipt"), call.asked("customer_id")
        payment_id = call.asked("payment_id")
        paid = None if payment_id is None else self._context.payment(payment_id).invoice_id
        for invoice in self._context.store.invoices.newest_first(asked.start, asked.end):
            if invoice.status == "deleted" or (payment_id is not None and invoice.id != paid):
                continue
            whose = (invoice.customer or {}).get("id")
            if receipt in (None, invoice.receipt) and customer_id in (None, whose):
                yield invoice

    def update(self, call: given.Call) -> Json:
        """Update what may change in the invoice's state: all, some, or its notes only."""
        invoice, body = self._invoice(call), call.body
        given.check_fields(body, CHANGEABLE.get(invoice.status, ("notes",)))
        changed = self._changes(body, invoice)
        self._context.store.edit(invoice)
        _apply(invoice, changed)
        order = self._context.store.orders.get(invoice.order_id or "")
        if order is not None and order.partial_payment != invoice.partial_payment:
            self._context.store.edit(order)
            order.partial_payment = invoice.partial_payment
        return self._shown(invoice)

    def issue(self, call: given.Call) -> Json:
        """Issue a draft."""
        invoice = self._invoice(call, "draft")
        given.check_fields(call.body, ())
        self._context.store.edit(invoice)
        self._issue(invoice)
        return self._shown(invoice)

    def _issue(self, invoice: Invoice) -> None:
        for field, value in (("line_items", invoice.lines), ("customer", invoice.customer)):
            if not value:
                raise bad_request(f"{field} is required.", field)
        self._context.lifecycle.invoices.issue(invoice, self._context.now())

    def delete(self, call: given.Call) -> list[Json]:
        """Delete a draft; the answer is an empty list, as Razorpay's."""
        invoice = self._invoice(call, "draft")
        self._context.store.edit(invoice)
        invoice.status = "deleted"
        return []

    def cancel(self, call: given.Call) -> Json:
        """Cancel an invoice that nothing was paid on."""
        invoice = self._invoice(call, "issued")
        given.check_fields(call.body, ())
        self._context.lifecycle.invoices.cancel(invoice, self._context.now())
        return self._shown(invoice)

    def notify_by(self, call: given.Call) -> Json:
        """Note a message as sent; nothing is sent."""
        medium = call.path["medium"]
        if medium not in MEDIA:
            raise bad_request(f"{medium} is not a valid communication medium.")
        invoice = self._invoice(call, *PAYABLE)
        self._context.store.edit(invoice)
        setattr(invoice, MEDIA[medium], "sent")
        return {"success": True}

    def _invoice(self, call: given.Call, *states: str) -> Invoice:
        """Return the invoice of a call, in one of these states if they are given."""
        invoice = self._context.invoice(call.path["id"])
        if states and invoice.status not in states:
            raise bad_request(not_allowed(invoice))
        return invoice

    def _shown(self, invoice: Invoice, call: given.Call | None = None) -> Json:
        wanted = set() if call is None else call.expands()
        if not wanted & {"payments", "payments.card"}:
            return invoice_json(invoice, self._context.base_url)
        show = partial(payment_json, card="payments.card" in wanted)
        payments = self._context.store.payments_for(invoice.order_id or "")
        return invoice_json(invoice, self._context.base_url, map(show, payments))


def _apply(invoice: Invoice, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(invoice, name, value)
