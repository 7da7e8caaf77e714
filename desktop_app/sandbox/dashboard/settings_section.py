"""Sections of the account's settings, and of the accounts beside it."""

from __future__ import annotations

from typing import Any

from ..account import OUTCOMES as FIRST
from .actions import Action
from .fields import Field, named, typed_rupees
from .sections import Column, Section
from .tool_sections import GROUP

Json = dict[str, Any]
FEE_LABELS = (
    ("upi", "UPI"),
    ("card", "cards"),
    ("netbanking", "netbanking"),
    ("wallet", "wallets"),
)


def _on(value: object) -> str:
    return "on" if value else ""


def _limit_or_none(body: Json) -> Json:
    return {"rate_limit_per_min": None, **body}


def _settlements(body: Json) -> Json:
    return {"settlements": {"most": None, "after_s": None, **body.get("settlements", {})}}


SETTINGS = Section(
    "settings",
    "Settings",
    "settings",
    GROUP,
    "GET /_sandbox/account",
    note="What Razorpay sets for an account, and you can set here.",
    actions=(
        Action(
            "change",
            "Change features",
            "POST /_sandbox/account",
            "Features changed.",
            (
                Field("auto_capture", "Capture payments automatically", "switch"),
                Field("features.s2s", "Payments by API (s2s)", "switch"),
                Field("features.qr_codes", "QR codes", "switch"),
                Field("features.qr_image_content", "Text of a QR code in answers", "switch"),
                Field("features.unique_receipt", "Orders by receipt", "switch"),
                Field(
                    "receipt_uniqueness",
                    "A second order with the same receipt",
                    "choice",
                    "allow",
                    (("allow", "Allowed"), ("refuse", "Rejected")),
                ),
                Field(
                    "rate_limit_per_min",
                    "Calls a minute",
                    "number",
                    hint="Leave it empty for no limit.",
                ),
            ),
            typed=lambda account: {
                **{f"features.{name}": _on(on) for name, on in account["features"].items()},
                "auto_capture": _on(account["auto_capture"]),
                "receipt_uniqueness": account["receipt_uniqueness"],
                "rate_limit_per_min": account["rate_limit_per_min"] or "",
            },
            shape=_limit_or_none,
        ),
        Action(
            "fees",
            "Change fees and balances",
            "POST /_sandbox/account",
            "Fees and balances changed.",
            (
                *(
                    Field(f"fees.{method}", f"Fee for {label} in %", "percent", is_required=True)
                    for method, label in FEE_LABELS
                ),
                Field(
                    "fee_bearer",
                    "The fee is paid by",
                    "choice",
                    "platform",
                    (
                        ("platform", "the merchant"),
                        ("customer_added", "the payer, added to the amount"),
                        ("customer_beside", "the payer, beside the amount"),
                    ),
                ),
                Field("balance", "Online balance in rupees", "rupees"),
                Field("in_person_balance", "In-person balance in rupees", "rupees"),
                Field(
                    "qr_channel",
                    "QR codes are paid",
                    "choice",
                    "online",
                    (("online", "Online"), ("in_person", "In person")),
                ),
            ),
            hint="GST of 18% is added to each fee.",
            typed=lambda account: {
                **{f"fees.{name}": typed_rupees(fee) for name, fee in account["fees"].items()},
                "fee_bearer": account["fee_bearer"],
                "balance": typed_rupees(max(account["balance"], 0)),
                "in_person_balance": typed_rupees(max(account["in_person_balance"], 0)),
                "qr_channel": account["qr_channel"],
            },
        ),
        Action(
            "settlements",
            "Change settlements",
            "POST /_sandbox/account",
            "Settlements changed.",
            (
                Field(
                    "settlements.most",
                    "Largest settlement in rupees",
                    "rupees",
                    hint="Leave it empty for no limit.",
                ),
                Field("settlements.outcome", "First status", "choice", "processed", named(FIRST)),
                Field(
                    "settlements.after_s",
                    "Processed after, in seconds",
                    "number",
                    hint="Leave it empty to decide each one.",
                ),
                Field("settlements.recon_delay_s", "Delay of half its rows in seconds", "number"),
            ),
            typed=lambda account: {
                "settlements.most": typed_rupees(account["settlements"]["most"]),
                "settlements.outcome": account["settlements"]["outcome"],
                "settlements.after_s": account["settlements"]["after_s"] or "",
                "settlements.recon_delay_s": account["settlements"]["recon_delay_s"],
            },
            shape=_settlements,
        ),
        Action(
            "reset",
            "Delete everything",
            "POST /_sandbox/reset",
            "Everything is deleted. The keys stay.",
            hint="Entities, webhooks, faults, snapshots and settings. The clock goes back to now.",
            needs_yes=True,
        ),
    ),
)

ACCOUNTS = Section(
    "accounts",
    "Accounts",
    "account",
    GROUP,
    "GET /_sandbox/accounts",
    (Column("key_id", "Key ID", "account"), Column("own", "The sandbox's own")),
    note="Accounts share nothing but the address, so that tests can run side by side.",
    is_paged=False,
    list_actions=(
        Action(
            "create",
            "Create an account",
            "POST /_sandbox/accounts",
            "Account created.",
            (
                Field("key_id", "Key ID", hint="rzp_test_… Leave it empty for a new one."),
                Field("key_secret", "Key secret", hint="Leave it empty for a new one."),
                Field("seed", "Seed", hint="The same seed gives the same IDs."),
            ),
        ),
    ),
    row_key="key_id",
    row_actions=(
        Action(
            "delete",
            "Delete",
            "DELETE /_sandbox/accounts/{id}",
            "Account deleted.",
            when=lambda account: not account["own"],
        ),
    ),
)
