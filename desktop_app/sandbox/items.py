"""`/v1/items`: products and services that invoices bill.

An inactive item cannot be added to an invoice; one that an invoice bills cannot be deleted.
Rules: razorpay.com/docs/api/payments/invoices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import validation as given
from .account import MAX_AMOUNT_PAISE
from .entities import Item
from .entity_json import Json, collection
from .errors import bad_request
from .invoice_json import item_json
from .sandbox_context import Resource, Route, page_slice

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = ("name", "description", "amount", "currency")
CHANGEABLE = (*FIELDS, "active")
MIN_AMOUNT_PAISE = 100
MAX_NAME = 512
MAX_TEXT = 2048
NOT_ABROAD = "The merchant doesn't have international activated"
IN_USE = "Operation not allowed. Item is used in an invoice."


class ItemsResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/v1/items", self.create),
            Route("GET", "/v1/items", self.list_all),
            Route("GET", "/v1/items/<id>", self.fetch),
            Route("PATCH", "/v1/items/<id>", self.update),
            Route("DELETE", "/v1/items/<id>", self.delete),
        ]

    def create(self, call: given.Call) -> Json:
        """Create an item."""
        body = call.body
        given.check_fields(body, FIELDS)
        item = Item(
            id="",
            created_at=self._context.now(),
            name=item_name(body),
            amount=item_amount(body),
            currency=given.required(item_currency(body), "currency"),
            description=given.text(body, "description", MAX_TEXT),
        )
        item.id = self._context.store.ids.new("item")
        self._context.store.add(item)
        return item_json(item)

    def fetch(self, call: given.Call) -> Json:
        """Return an item."""
        return item_json(self._context.item(call.path["id"]))

    def list_all(self, call: given.Call) -> Json:
        """Return a page of items, newest first; `active` keeps the active or the other ones."""
        asked = given.page_query(call, "active")
        active = given.one_of(call.asked("active"), ("0", "1"), "active")
        found = self._matching(asked, None if active is None else active == "1")
        return collection(map(item_json, page_slice(found, asked)))

    def _matching(self, asked: given.PageQuery, active: bool | None) -> Iterator[Item]:  # noqa: FBT001
        for item in self._context.store.items.newest_first(asked.start, asked.end):
            if not item.is_deleted and active in (None, item.active):
                yield item

    def update(self, call: given.Call) -> Json:
        """Update the given fields; invoices keep what they have billed."""
        item, body = self._context.item(call.path["id"]), call.body
        given.check_fields(body, CHANGEABLE)
        changed = {
            "name": item_name({"name": item.name, **body}),
            "amount": item_amount({"amount": item.amount, **body}),
            "currency": item_currency(body) or item.currency,
            "active": item.active if body.get("active") is None else given.boolean(body, "active"),
            "description": given.text(body, "description", MAX_TEXT),
        }
        self._context.store.edit(item)
        for name in body:
            setattr(item, name, changed[name])
        return item_json(item)

    def delete(self, call: given.Call) -> list[Json]:
        """Delete an item that no invoice bills; the answer is an empty list, as Razorpay's."""
        item = self._context.item(call.path["id"])
        for invoice in self._context.store.invoices.newest_first():
            is_kept = invoice.status != "deleted"
            if is_kept and any(line["item_id"] == item.id for line in invoice.lines):
                raise bad_request(IN_USE)
        self._context.store.edit(item)
        item.is_deleted = True
        return []


def item_name(body: Json) -> str:
    """Return the required name of an item or a line."""
    name = given.text(body, "name", MAX_NAME)
    return str(given.required(name or None, "name"))


def item_amount(body: Json) -> int:
    """Return the required price of one unit, in paise."""
    amount: int = given.required(given.integer(body, "amount"), "amount")
    if amount < MIN_AMOUNT_PAISE:
        raise bad_request("The amount must be at least INR 1.00", "amount")
    if amount > MAX_AMOUNT_PAISE:
        raise bad_request("Amount exceeds maximum amount allowed.", "amount")
    return amount


def item_currency(body: Json) -> str | None:
    """Return the currency if it is sent; money from abroad is not switched on."""
    currency = given.text(body, "currency")
    if currency is not None and currency != "INR":
        raise bad_request(NOT_ABROAD, "currency")
    return currency
