"""Sections of invoices and items."""

from __future__ import annotations

from typing import Any

from .actions import Action
from .fields import Field, typed_rupees
from .money_sections import AMOUNT, CREATED, GROUP, ID, RUPEES, STATE
from .payer_fields import DELAY, OUTCOME, PART, REASON
from .sections import Column, Section

Json = dict[str, Any]


def _invoice(body: Json) -> Json:
    """Return the body of an invoice of one line."""
    return {
        "type": "invoice",
        "customer": body.get("customer", {}),
        "line_items": [{"name": body["name"], "amount": body["amount"]}],
        "draft": "1" if body["draft"] else "0",
    }


INVOICES = Section(
    "invoices",
    "Invoices",
    "invoice",
    GROUP,
    "GET /v1/invoices",
    (
        ID,
        AMOUNT,
        Column("amount_paid", "Paid", "rupees"),
        STATE,
        Column("short_url", "Page", "link"),
        CREATED,
    ),
    prefixes=("inv",),
    entity_call="GET /v1/invoices/{id}",
    empty="No invoices yet. Your program creates one with POST /v1/invoices, or create one here.",
    list_actions=(
        Action(
            "create",
            "Create an invoice",
            "POST /v1/invoices",
            "Invoice created.",
            (
                Field("name", "What it is for", value="Physics XI", is_required=True),
                RUPEES,
                Field("customer.name", "Customer", value="Asha Rao"),
                Field("customer.email", "Email", value="asha@example.com"),
                Field("customer.contact", "Phone", value="9845012345"),
                Field("draft", "Keep it as a draft", "switch"),
            ),
            shape=_invoice,
            leads="made",
        ),
    ),
    actions=(
        Action(
            "pay",
            "Pay by phone",
            "POST /_sandbox/upi/pay",
            "The payer answered.",
            (PART, OUTCOME, REASON, DELAY),
            hint="Or open the page of the invoice to pay by card, bank or wallet.",
            when=lambda invoice: invoice["status"] in ("issued", "partially_paid"),
            fixed=lambda invoice: {"qr": invoice["short_url"]},
        ),
        Action(
            "issue",
            "Issue this invoice",
            "POST /v1/invoices/{id}/issue",
            "Invoice issued.",
            when=lambda invoice: invoice["status"] == "draft",
        ),
        Action(
            "cancel",
            "Cancel this invoice",
            "POST /v1/invoices/{id}/cancel",
            "Invoice cancelled.",
            when=lambda invoice: invoice["status"] == "issued",
        ),
        Action(
            "delete",
            "Delete this draft",
            "DELETE /v1/invoices/{id}",
            "Invoice deleted.",
            when=lambda invoice: invoice["status"] == "draft",
            leads="list",
            needs_yes=True,
        ),
    ),
)

NAME = Field("name", "Name", value="Physics XI", is_required=True)
ITEMS = Section(
    "items",
    "Items",
    "item",
    GROUP,
    "GET /v1/items",
    (ID, Column("name", "Name"), AMOUNT, Column("active", "Active"), CREATED),
    prefixes=("item",),
    entity_call="GET /v1/items/{id}",
    empty="No items yet. An item is what an invoice bills. Create one here.",
    list_actions=(
        Action(
            "create",
            "Create an item",
            "POST /v1/items",
            "Item created.",
            (NAME, RUPEES, Field("description", "Description")),
            fixed=lambda _: {"currency": "INR"},
            leads="made",
        ),
    ),
    actions=(
        Action(
            "edit",
            "Edit this item",
            "PATCH /v1/items/{id}",
            "Item changed.",
            (NAME, RUPEES, Field("active", "Active", "switch")),
            typed=lambda item: {
                "name": item["name"],
                "amount": typed_rupees(item["amount"]),
                "active": "on" if item["active"] else "",
            },
        ),
        Action(
            "delete",
            "Delete this item",
            "DELETE /v1/items/{id}",
            "Item deleted.",
            leads="list",
            needs_yes=True,
        ),
    ),
)

INVOICE_SECTIONS = (INVOICES, ITEMS)
