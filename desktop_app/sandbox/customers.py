"""`/v1/customers`: payers, identified by contact and email.

Must not touch payments. Rules: razorpay.com/docs/api/customers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .entities import Customer
from .entity_json import Json, customer_json
from .errors import bad_request
from .sandbox_context import Resource, Route
from .scalars import as_switch
from .validation import Call, check_fields, notes, required, text

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = ("name", "email", "contact", "gstin", "notes", "fail_existing")
CHANGEABLE = ("name", "email", "contact")
EXISTS = "Customer already exists for the merchant"
NAME = re.compile(r"[^\x00-\x1f]{3,50}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,64}")
CONTACT = re.compile(r"\+?[0-9]{8,15}")
GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}")


class CustomersResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/v1/customers", self.create),
            Route("GET", "/v1/customers", self.list),
            Route("GET", "/v1/customers/<id>", self.fetch),
            Route("PUT", "/v1/customers/<id>", self.edit),
        ]

    def create(self, call: Call) -> Json:
        """Create a customer; with `fail_existing` 0 return the existing one instead."""
        check_fields(call.body, FIELDS)
        return customer_json(self.claim(call.body, fails=_fails_existing(call.body)))

    def claim(self, body: Json, *, fails: bool = False) -> Customer:
        """Return the customer of a body, created unless it exists; `fails` refuses the latter."""
        customer = Customer(id="", created_at=self._context.now(), notes=notes(body))
        _write(customer, body)
        known = next(self._same(customer), None)
        if known is not None and fails:
            raise bad_request(EXISTS)
        if known is not None:
            return known
        customer.id = self._context.store.ids.new("cust")
        self._context.store.add(customer)
        return customer

    def _same(self, wanted: Customer) -> Iterator[Customer]:
        for known in self._context.store.customers.newest_first():
            if known.id == wanted.id:
                continue
            if (known.email, known.contact) == (wanted.email, wanted.contact):
                yield known

    def fetch(self, call: Call) -> Json:
        """Return a customer."""
        return customer_json(self._context.customer(call.path["id"]))

    def list(self, call: Call) -> Json:
        """Return a page of customers, newest first."""
        return self._list(call, self._context.store.customers, customer_json)

    def edit(self, call: Call) -> Json:
        """Update a customer's name, email or contact."""
        customer = self._context.customer(call.path["id"])
        check_fields(call.body, CHANGEABLE)
        changed = Customer(customer.id, customer.created_at, *_current(customer))
        _write(changed, call.body)
        if next(self._same(changed), None) is not None:
            raise bad_request(EXISTS)
        self._context.store.edit(customer)
        customer.name, customer.email, customer.contact = _current(changed)
        return customer_json(customer)


def _current(customer: Customer) -> tuple[str | None, str | None, str | None]:
    return customer.name, customer.email, customer.contact


# Text field → (pattern, refusal).
FORMS = {
    "name": (NAME, "The name must be between 3 and 50 characters."),
    "email": (EMAIL, "The email must be a valid email address."),
    "contact": (CONTACT, "Contact number contains invalid characters or length."),
    "gstin": (GSTIN, "The gstin is invalid."),
}


def _write(customer: Customer, body: Json) -> None:
    for name, (form, words) in FORMS.items():
        if value := text(body, name):
            if not form.fullmatch(value):
                raise bad_request(words, name)
            setattr(customer, name, value)
    required(customer.name or customer.email or customer.contact, "contact")


def _fails_existing(body: Json) -> bool:
    """Read `fail_existing`, which samples send as a string, a number or a boolean."""
    wanted = body.get("fail_existing")
    if wanted in ("0", "1", 0, 1):
        wanted = wanted in ("1", 1)
    if (switch := as_switch(wanted)) is None or isinstance(switch, bool):
        return switch is not False
    raise bad_request("The selected fail_existing is invalid.", "fail_existing")
