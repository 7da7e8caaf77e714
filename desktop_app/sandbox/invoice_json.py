"""JSON of invoices and items: the keys, types and nulls of Razorpay's own samples.

Must not decide or change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .entity_json import Json, collection
from .upi import INVOICE_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .entities import Invoice, Item

AS_STORED = (
    "id receipt order_id payment_id status expire_by issued_at paid_at cancelled_at expired_at "
    "sms_status email_status date terms partial_payment amount currency description comment "
    "created_at"
).split()
NO_CUSTOMER = dict.fromkeys(
    ("id", "name", "email", "contact", "gstin", "billing_address", "shipping_address")
)
# The API makes no tax invoices, so that a line's tax is always that.
NO_TAX: Json = {
    "tax_inclusive": False,
    "hsn_code": None,
    "sac_code": None,
    "tax_rate": None,
    "unit": None,
}


def item_json(item: Item) -> Json:
    """Return an item."""
    return {
        "id": item.id,
        "active": item.active,
        "name": item.name,
        "description": item.description,
        "amount": item.amount,
        "unit_amount": item.amount,
        "currency": item.currency,
        "type": "invoice",
        **NO_TAX,
        "tax_id": None,
        "tax_group_id": None,
        "created_at": item.created_at,
    }


def invoice_url(invoice: Invoice, base_url: str) -> str:
    """Return the address of an invoice's page."""
    return f"{base_url}{INVOICE_PATH}{invoice.id.partition('_')[2]}"


def invoice_json(
    invoice: Invoice, base_url: str, payments: Iterable[Json] | None = None
) -> dict[str, Any]:
    """Return an invoice, with its payments if given; a draft owes nothing yet."""
    is_draft = invoice.issued_at is None
    due = invoice.amount - invoice.amount_paid
    shown: Json = {
        **{name: getattr(invoice, name) for name in AS_STORED},
        "entity": "invoice",
        "type": "invoice",
        "invoice_number": invoice.receipt,
        "line_items": list(invoice.lines),
        "gross_amount": invoice.amount,
        "tax_amount": 0,
        "taxable_amount": invoice.amount,
        "amount_paid": None if is_draft else invoice.amount_paid,
        "amount_due": None if is_draft else due,
        "currency_symbol": "₹",
        "notes": invoice.notes or [],
        "short_url": None if is_draft else invoice_url(invoice, base_url),
        "view_less": True,
        "billing_start": None,
        "billing_end": None,
        "group_taxes_discounts": False,
        "idempotency_key": None,
        **_customer(invoice),
    }
    if payments is not None:
        shown["payments"] = collection(payments)
    return shown


def _customer(invoice: Invoice) -> Json:
    customer = {**NO_CUSTOMER, **(invoice.customer or {})}
    again = {f"customer_{name}": customer[name] for name in ("name", "email", "contact")}
    return {"customer_id": customer["id"], "customer_details": {**customer, **again}}


def invoice_event_json(invoice: Invoice, base_url: str) -> Json:
    """Return an invoice as webhooks show it, without its lines."""
    shown = invoice_json(invoice, base_url)
    del shown["line_items"], shown["currency_symbol"]
    empty = dict.fromkeys(("first_payment_min_amount", "supply_state_code"))
    return {**shown, **empty, "user_id": ""}
