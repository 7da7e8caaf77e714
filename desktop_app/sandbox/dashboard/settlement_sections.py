"""Sections of money on its way to the merchant: settlements, balances and offers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..account import CHANNELS, ONLINE
from ..banking_days import INDIA
from .actions import Action
from .fields import Field
from .money_sections import AMOUNT, CREATED, GROUP, ID, RUPEES, STATE
from .payer_fields import METHOD, PART
from .sections import Column, Related, Section

Json = dict[str, Any]
MOST_ROWS = 200
CHANNEL_OPTIONS = tuple(zip(CHANNELS, ("Online", "In person"), strict=True))
CHANNEL = Field(
    "channel",
    "Channel",
    "choice",
    ONLINE,
    CHANNEL_OPTIONS,
)


def _day_of(settlement: Json) -> dict[str, object]:
    day = datetime.fromtimestamp(settlement["created_at"], INDIA)
    return {"year": day.year, "month": day.month, "day": day.day, "count": MOST_ROWS}


SETTLEMENTS = Section(
    "settlements",
    "Settlements",
    "settlement",
    GROUP,
    "GET /v1/settlements",
    (
        ID,
        AMOUNT,
        STATE,
        Column("fees", "Fees", "rupees"),
        Column("utr", "UTR", "code"),
        CREATED,
    ),
    prefixes=("setl",),
    entity_call="GET /v1/settlements/{id}",
    empty="No settlements yet. Captured payments settle after two working days. Move the clock "
    "forward, or settle now.",
    list_actions=(
        Action(
            "settle",
            "Settle everything now",
            "POST /_sandbox/settlements",
            "Settlement created.",
            (CHANNEL,),
            leads="made",
        ),
    ),
    actions=(
        Action(
            "process",
            "Process this settlement",
            "POST /_sandbox/settlements/{id}",
            "Settlement processed.",
            when=lambda settlement: settlement["status"] != "processed",
            fixed=lambda _: {"status": "processed"},
        ),
        Action(
            "fail",
            "Fail this settlement",
            "POST /_sandbox/settlements/{id}",
            "Settlement failed. The amount is back in the balance.",
            when=lambda settlement: settlement["status"] == "created",
            fixed=lambda _: {"status": "failed"},
        ),
    ),
    related=(
        Related(
            "What it settles",
            "GET /v1/settlements/recon/combined",
            "settlements",
            "The report shows its rows once it is processed.",
            (
                Column("entity_id", "ID", "id"),
                Column("type", "Type"),
                Column("credit", "Credit", "rupees"),
                Column("debit", "Debit", "rupees"),
                Column("fee", "Fee", "rupees"),
                Column("order_receipt", "Receipt"),
            ),
            query=_day_of,
            keep=lambda settlement, row: bool(row["settlement_id"] == settlement["id"]),
        ),
    ),
)

INSTANT_SETTLEMENTS = Section(
    "instant-settlements",
    "Instant settlements",
    "instant settlement",
    GROUP,
    "GET /v1/settlements/ondemand",
    (
        ID,
        Column("amount_requested", "Requested", "rupees"),
        STATE,
        Column("fees", "Fees", "rupees"),
        CREATED,
    ),
    prefixes=("setlod",),
    entity_call="GET /v1/settlements/ondemand/{id}",
    empty="No instant settlements yet. Capture a payment first, then settle it at once here.",
    list_actions=(
        Action(
            "create",
            "Settle at once",
            "POST /v1/settlements/ondemand",
            "Instant settlement created.",
            (PART,),
            shape=lambda body: body or {"settle_full_balance": True},
            leads="made",
        ),
    ),
)

BALANCES = Section(
    "balances",
    "Balances",
    "balance",
    GROUP,
    "GET /_sandbox/balances",
    note="Refunds draw on the balance. The unsettled amount is paid out with the next settlement.",
    actions=(
        Action(
            "adjust",
            "Adjust a balance",
            "POST /_sandbox/adjustments",
            "Balance adjusted.",
            (
                RUPEES,
                Field(
                    "type",
                    "Type",
                    "choice",
                    "credit",
                    (("credit", "Credit (you get it)"), ("debit", "Debit (you pay it)")),
                ),
                Field("description", "Description", value="Adjustment"),
                CHANNEL,
            ),
            hint="As Razorpay does. It appears in the next settlement.",
        ),
    ),
    related=(
        Related(
            "Adjustments",
            "GET /_sandbox/adjustments",
            "balances",
            "No adjustments yet.",
            (
                Column("id", "ID", "code"),
                AMOUNT,
                Column("type", "Type"),
                Column("description", "Description"),
                Column("settlement_id", "Settlement", "id"),
                CREATED,
            ),
        ),
    ),
)

OFFERS = Section(
    "offers",
    "Offers",
    "offer",
    GROUP,
    "GET /_sandbox/offers",
    (
        Column("id", "ID", "code"),
        Column("name", "Name"),
        Column("percent_rate", "Percent", "percent"),
        Column("flat_cashback", "Amount off", "rupees"),
        Column("payment_method", "Method"),
        Column("active", "Active"),
    ),
    is_paged=False,
    empty="No offers yet. Make one, and name it in an order with offer_id.",
    list_actions=(
        Action(
            "make",
            "Make an offer",
            "POST /_sandbox/offers",
            "Offer made.",
            (
                Field("name", "Name", value="Festival"),
                Field("percent_rate", "Percent off", "percent", "10"),
                Field(
                    "flat_cashback",
                    "Or amount off in rupees",
                    "rupees",
                    hint="Fill one of the two.",
                ),
                Field("payment_method", "Method", "choice", "", (("", "Any"), *METHOD.options)),
                Field("checkout_display", "Show it on every checkout", "switch"),
            ),
        ),
    ),
    row_actions=(
        Action(
            "off",
            "Switch off",
            "POST /_sandbox/offers/{id}",
            "Offer switched off.",
            when=lambda offer: offer["active"],
            fixed=lambda _: {"active": False},
        ),
        Action(
            "on",
            "Switch on",
            "POST /_sandbox/offers/{id}",
            "Offer switched on.",
            when=lambda offer: not offer["active"],
            fixed=lambda _: {"active": True},
        ),
    ),
)

SETTLEMENT_SECTIONS = (SETTLEMENTS, INSTANT_SETTLEMENTS, BALANCES, OFFERS)
