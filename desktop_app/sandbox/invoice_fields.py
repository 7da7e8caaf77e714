"""Reading of an invoice's fields: its texts, its lines and its customer, refused as Razorpay does.

Must not change anything; invoices.py does. The API makes no tax invoices: tax rates and codes are
unknown fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import validation as given
from .account import MAX_AMOUNT_PAISE
from .errors import bad_request
from .items import MAX_NAME, MAX_TEXT, MIN_AMOUNT_PAISE, item_currency
from .scalars import as_switch

if TYPE_CHECKING:
    from .entities import Item
    from .entity_json import Json
    from .ids import SandboxIdSource
    from .sandbox_context import SandboxContext

MAX_RECEIPT = 40
MAX_LINES = 50
MAX_QUANTITY = 10_000
MIN_EXPIRY_S = 900
TEXTS = ("description", "comment", "terms")
SWITCHES = ("partial_payment", "sms_notify", "email_notify")
LINE_FIELDS = ("item_id", "name", "description", "amount", "currency", "quantity")
CUSTOMER_FIELDS = ("name", "email", "contact", "gstin", "billing_address", "shipping_address")
ADDRESSES = CUSTOMER_FIELDS[-2:]
ADDRESS_FIELDS = ("line1", "line2", "zipcode", "city", "state", "country")
TOO_SOON = "expire_by should be at least 15 minutes after current time."
MIXED = "Currency of all items should be the same as of the invoice."
INACTIVE = "The item is inactive and cannot be added to an invoice."
NEEDED = "The {} field is required when item id is not present."


def read_plain(body: Json, now: int) -> Json:
    """Return the given fields that need no look-up, by their names in the record."""
    found: Json = {name: given.text(body, name, MAX_TEXT) for name in TEXTS if name in body}
    if "receipt" in body:
        found["receipt"] = given.text(body, "receipt", MAX_RECEIPT) or None
    for name in SWITCHES:
        if (switch := given.boolean(body, name)) is not None:
            found[name] = switch
    if "notes" in body:
        found["notes"] = given.notes(body)
    if "date" in body:
        found["date"] = _moment(body, "date")
    if "expire_by" in body:
        found["expire_by"] = _expiry(body, now)
    given.one_of(given.text(body, "type"), ("invoice",), "type")
    return found


def is_draft(body: Json) -> bool:
    """Return whether the invoice stays a draft: `draft` is 1, in any spelling."""
    draft = as_switch(body.get("draft"))
    if draft is not None and draft not in (0, 1):
        raise bad_request("The selected draft is invalid.", "draft")
    return bool(draft)


def _moment(body: Json, name: str) -> int | None:
    value = given.integer(body, name)
    if value is not None:
        given.check_moment(value, name)
    return value


def _expiry(body: Json, now: int) -> int | None:
    wanted = _moment(body, "expire_by")
    if wanted is not None and wanted < now + MIN_EXPIRY_S:
        raise bad_request(TOO_SOON, "expire_by")
    return wanted


def listed(body: Json, name: str) -> list[Any] | None:
    """Return a list, which some SDKs send as an object with numbers for keys."""
    value = body.get(name)
    if isinstance(value, dict) and all(key.isdigit() for key in value):
        return list(value.values())
    if value is not None and not isinstance(value, list):
        raise bad_request(f"The {name} must be an array.", name)
    return value


class LineReader:
    """Reader of line items.

    Args:
        context: The sandbox.
        known: The lines that the invoice has, which a line with their id changes.
    """

    def __init__(self, context: SandboxContext, known: tuple[Json, ...] = ()) -> None:
        self._context = context
        self._known = {line["id"]: line for line in known}

    def read(self, sent: list[Any]) -> tuple[Json, ...]:
        """Return the lines in the API's form, each with an id."""
        if len(sent) > MAX_LINES:
            raise bad_request(
                f"The line_items may not have more than {MAX_LINES} items.", "line_items"
            )
        return tuple(self._line(line) for line in sent)

    def _line(self, sent: Any) -> Json:
        if not isinstance(sent, dict):
            raise bad_request("The line_items must be an array.", "line_items")
        given.check_fields(sent, (*LINE_FIELDS, "id"))
        old = self._old(given.text(sent, "id"))
        item = self._item(given.text(sent, "item_id"), old)
        base = {**(old or {}), **_of_item(item)}
        name = given.text(sent, "name", MAX_NAME) or base.get("name")
        amount = _unit_price(sent, base)
        for field, value in (("amount", amount), ("name", name)):
            if value is None:
                raise bad_request(NEEDED.format(field), field)
        if given.text(sent, "currency") not in (None, "INR"):
            item_currency(sent)
        quantity = _quantity(sent, base)
        description = given.text(sent, "description", MAX_TEXT) or base.get("description")
        return {
            "id": old["id"] if old else self._context.store.ids.new("li"),
            "item_id": item.id if item else base.get("item_id"),
            "ref_id": None,
            "ref_type": None,
            "name": name,
            "description": description,
            **_sums(int(amount or 0), quantity),
            "quantity": quantity,
        }

    def _old(self, key: str | None) -> Json | None:
        if key is None:
            return None
        if key not in self._known:
            given.known_id(key, "li")
            raise bad_request("The id provided does not exist", "line_items")
        return self._known[key]

    def _item(self, key: str | None, old: Json | None) -> Item | None:
        if key is None:
            return None
        item = self._context.item(key)
        if not item.active and (old is None or old["item_id"] != key):
            raise bad_request(INACTIVE, "item_id")
        return item


def _of_item(item: Item | None) -> Json:
    if item is None:
        return {}
    return {"name": item.name, "description": item.description, "unit_amount": item.amount}


def _unit_price(sent: Json, base: Json) -> int | None:
    amount = given.integer(sent, "amount")
    if amount is None:
        return base.get("unit_amount")
    if amount < 0:
        raise bad_request("The amount must be at least 0.", "amount")
    return amount


def _quantity(sent: Json, base: Json) -> int:
    quantity = given.integer(sent, "quantity")
    if quantity is None:
        return int(base.get("quantity", 1))
    if not 1 <= quantity <= MAX_QUANTITY:
        raise bad_request(f"The quantity must be between 1 and {MAX_QUANTITY}.", "quantity")
    return quantity


def _sums(unit: int, quantity: int) -> Json:
    total = unit * quantity
    return {
        "amount": unit,
        "unit_amount": unit,
        "gross_amount": total,
        "tax_amount": 0,
        "taxable_amount": total,
        "net_amount": total,
        "currency": "INR",
        "type": "invoice",
        "tax_inclusive": False,
        "hsn_code": None,
        "sac_code": None,
        "tax_rate": None,
        "unit": None,
        "taxes": [],
    }


def total_of(lines: tuple[Json, ...]) -> int:
    """Return the sum of the lines, refused where no order can have it."""
    total = sum(int(line["net_amount"]) for line in lines)
    if lines and total < MIN_AMOUNT_PAISE:
        raise bad_request("The amount must be at least INR 1.00", "amount")
    if total > MAX_AMOUNT_PAISE:
        raise bad_request("Amount exceeds maximum amount allowed.", "amount")
    return total


def check_currency(body: Json) -> None:
    """Refuse foreign money, and lines in another currency than the invoice's."""
    wanted = given.text(body, "currency") or "INR"
    for line in listed(body, "line_items") or []:
        if isinstance(line, dict) and (given.text(line, "currency") or wanted) != wanted:
            raise bad_request(MIXED, "currency")
    item_currency(body)


def read_address(customer: Json, name: str, ids: SandboxIdSource) -> Json | None:
    """Return an address of a customer in the API's form."""
    sent = given.mapping(customer, name)
    if not sent:
        return None
    given.check_fields(sent, ADDRESS_FIELDS)
    found = {field: given.text(sent, field, MAX_TEXT) for field in ADDRESS_FIELDS}
    for field in ADDRESS_FIELDS:
        if field != "line2":
            given.required(found[field] or None, field)
    return {"id": ids.new("addr"), "type": name, "primary": True, **found}
