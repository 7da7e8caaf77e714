"""Sections of what a merchant's account holds: orders, payments and what follows from them.

Settlements and balances are in settlement_sections.py.
"""

from __future__ import annotations

from typing import Any

from ..disputes import ENDS, PHASES
from .actions import Action
from .fields import Field, named, typed_rupees
from .payer_fields import DELAY, METHOD, OUTCOME, PART, REASON, VPA
from .sections import Column, Related, Section

Json = dict[str, Any]
GROUP = "Account"
CREATED = Column("created_at", "Created", "moment")
STATE = Column("status", "Status", "state")
ID = Column("id", "ID", "id")
AMOUNT = Column("amount", "Amount", "rupees")
RUPEES = Field("amount", "Amount in rupees", "rupees", "500", is_required=True)


REFUND_OUTCOMES = (
    ("processed", "Processed"),
    ("failed", "Failed"),
    ("pending", "Pending until you decide"),
)


def _payments(of: str, call: str) -> Related:
    return Related("Payments", call, "payments", f"Nobody has paid this {of} yet.")


def _code(entity: Json) -> Json:
    return {"qr": entity["_qr"]}


def _can_be_paid(entity: Json) -> bool:
    return "_qr" in entity and entity["status"] in ("created", "failed")


def _left(entity: Json) -> int:
    return int(entity["amount"]) - int(entity["amount_refunded"])


ORDERS = Section(
    "orders",
    "Orders",
    "order",
    GROUP,
    "GET /v1/orders",
    (
        ID,
        AMOUNT,
        Column("amount_paid", "Paid", "rupees"),
        STATE,
        Column("receipt", "Receipt"),
        CREATED,
    ),
    prefixes=("order",),
    entity_call="GET /v1/orders/{id}",
    empty="No orders yet. Your program creates one with POST /v1/orders, or create one here.",
    list_actions=(
        Action(
            "create",
            "Create an order",
            "POST /v1/orders",
            "Order created.",
            (RUPEES, Field("receipt", "Receipt", hint="Your own number, up to 40 characters.")),
            fixed=lambda _: {"currency": "INR"},
            leads="made",
        ),
    ),
    actions=(
        Action(
            "pay",
            "Pay this order",
            "POST /_sandbox/checkout/pay",
            "Payment made.",
            (METHOD, OUTCOME, REASON, DELAY),
            when=lambda order: order["status"] != "paid",
            fixed=lambda order: {"order_id": order["id"]},
        ),
    ),
    related=(_payments("order", "GET /v1/orders/{id}/payments"),),
)

PAYMENTS = Section(
    "payments",
    "Payments",
    "payment",
    GROUP,
    "GET /v1/payments",
    (ID, AMOUNT, STATE, Column("method", "Method"), Column("order_id", "Order", "id"), CREATED),
    prefixes=("pay",),
    entity_call="GET /v1/payments/{id}",
    empty="No payments yet. Open an order and pay it, or open Checkout in your shop.",
    list_actions=(
        Action(
            "machine",
            "Pay at a card machine",
            "POST /_sandbox/pos/pay",
            "Payment made.",
            (
                RUPEES,
                Field("method", "Method", "choice", "card", (("card", "Card"), ("upi", "UPI"))),
                Field("outcome", "Outcome", "choice", "success", OUTCOME.options[:2]),
            ),
            hint="An in-person payment, without an order. It has a separate balance.",
            leads="made",
        ),
    ),
    actions=(
        Action(
            "pay",
            "Answer as the payer",
            "POST /_sandbox/upi/pay",
            "The payer answered.",
            (OUTCOME, REASON, DELAY, VPA),
            when=_can_be_paid,
            fixed=_code,
        ),
        Action(
            "capture",
            "Capture this payment",
            "POST /v1/payments/{id}/capture",
            "Payment captured.",
            hint="Always the whole amount. After three days the sandbox refunds it instead.",
            when=lambda payment: payment["status"] == "authorized",
            fixed=lambda payment: {"amount": payment["amount"], "currency": payment["currency"]},
        ),
        Action(
            "refund",
            "Refund this payment",
            "POST /v1/payments/{id}/refund",
            "Refund created.",
            (
                RUPEES,
                Field(
                    "speed",
                    "Speed",
                    "choice",
                    "normal",
                    (("normal", "Normal"), ("optimum", "Optimum (instant)")),
                ),
                Field("receipt", "Receipt"),
            ),
            when=lambda payment: payment["status"] == "captured" and _left(payment) > 0,
            typed=lambda payment: {"amount": typed_rupees(_left(payment))},
        ),
        Action(
            "dashboard-refund",
            "Refund as from the dashboard",
            "POST /_sandbox/refunds",
            "Refund created.",
            (
                RUPEES,
                Field("outcome", "Outcome at the bank", "choice", "processed", REFUND_OUTCOMES),
                Field("after_s", "Delay in seconds", "number", "0", hint=DELAY.hint),
            ),
            hint="Without your program, as someone does at Razorpay's dashboard.",
            when=lambda payment: payment["status"] == "captured" and _left(payment) > 0,
            fixed=lambda payment: {"payment_id": payment["id"]},
            typed=lambda payment: {"amount": typed_rupees(_left(payment)), "after_s": 0},
        ),
        Action(
            "dispute",
            "Open a dispute",
            "POST /_sandbox/disputes",
            "Dispute opened.",
            (
                RUPEES,
                Field("phase", "Phase", "choice", "chargeback", named(PHASES)),
                Field("reason_code", "Reason code", value="goods_or_services_not_provided"),
            ),
            hint="As the payer's bank does.",
            when=lambda payment: payment["status"] not in ("created", "failed"),
            fixed=lambda payment: {"payment_id": payment["id"]},
            typed=lambda payment: {"amount": typed_rupees(payment["amount"])},
        ),
    ),
    related=(
        Related(
            "Refunds", "GET /v1/payments/{id}/refunds", "refunds", "None of it has been refunded."
        ),
    ),
)

REFUNDS = Section(
    "refunds",
    "Refunds",
    "refund",
    GROUP,
    "GET /v1/refunds",
    (ID, AMOUNT, STATE, Column("payment_id", "Payment", "id"), CREATED),
    prefixes=("rfnd",),
    entity_call="GET /v1/refunds/{id}",
    empty="No refunds yet. Open a captured payment and refund it.",
    actions=(
        Action(
            "process",
            "Process this refund",
            "POST /_sandbox/refunds/{id}",
            "Refund processed.",
            when=lambda refund: refund["status"] == "pending",
            fixed=lambda _: {"status": "processed"},
        ),
        Action(
            "fail",
            "Fail this refund",
            "POST /_sandbox/refunds/{id}",
            "Refund failed. The amount is back on the payment.",
            hint="A processed refund can fail too.",
            when=lambda refund: refund["status"] != "failed",
            fixed=lambda _: {"status": "failed"},
        ),
    ),
)

USAGE = (("single_use", "Once"), ("multiple_use", "Many times"))


def _fixed_if_typed(body: Json) -> Json:
    return {**body, "type": "upi_qr", "fixed_amount": "payment_amount" in body}


QR_CODES = Section(
    "qr-codes",
    "QR codes",
    "QR code",
    GROUP,
    "GET /v1/payments/qr_codes",
    (
        ID,
        Column("payment_amount", "Amount", "any_rupees"),
        STATE,
        Column("payments_amount_received", "Received", "rupees"),
        Column("name", "Name"),
        CREATED,
    ),
    prefixes=("qr",),
    entity_call="GET /v1/payments/qr_codes/{id}",
    empty="No QR codes yet. Your program creates one with POST /v1/payments/qr_codes, or create "
    "one here.",
    list_actions=(
        Action(
            "create",
            "Create a QR code",
            "POST /v1/payments/qr_codes",
            "QR code created.",
            (
                Field(
                    "payment_amount",
                    "Amount in rupees",
                    "rupees",
                    "300",
                    hint="Leave it empty if the payer chooses.",
                ),
                Field("usage", "Can be paid", "choice", "single_use", USAGE),
                Field("name", "Name"),
            ),
            shape=_fixed_if_typed,
            leads="made",
        ),
    ),
    actions=(
        Action(
            "pay",
            "Scan and pay",
            "POST /_sandbox/upi/pay",
            "The payer answered.",
            (Field("amount", "Amount in rupees", "rupees", "100"), OUTCOME, REASON, DELAY, VPA),
            when=lambda qr: qr["status"] == "active" and not qr["fixed_amount"],
            fixed=_code,
        ),
        Action(
            "pay",
            "Scan and pay",
            "POST /_sandbox/upi/pay",
            "The payer answered.",
            (OUTCOME, REASON, DELAY, VPA),
            when=lambda qr: qr["status"] == "active" and qr["fixed_amount"],
            fixed=_code,
        ),
        Action(
            "close",
            "Close this QR code",
            "POST /v1/payments/qr_codes/{id}/close",
            "QR code closed.",
            when=lambda qr: qr["status"] == "active",
        ),
    ),
    related=(_payments("QR code", "GET /v1/payments/qr_codes/{id}/payments"),),
)


def _is_open(link: Json) -> bool:
    return link["status"] in ("created", "partially_paid")


LINKS = Section(
    "payment-links",
    "Payment links",
    "payment link",
    GROUP,
    "GET /v1/payment_links",
    (
        ID,
        AMOUNT,
        Column("amount_paid", "Paid", "rupees"),
        STATE,
        Column("short_url", "Page", "link"),
        CREATED,
    ),
    "payment_links",
    prefixes=("plink",),
    entity_call="GET /v1/payment_links/{id}",
    empty="No payment links yet. Your program creates one with POST /v1/payment_links, or create "
    "one here.",
    list_actions=(
        Action(
            "create",
            "Create a payment link",
            "POST /v1/payment_links",
            "Payment link created.",
            (
                RUPEES,
                Field("description", "Description"),
                Field("reference_id", "Reference ID"),
                Field("accept_partial", "Accept part of the amount", "switch"),
            ),
            fixed=lambda _: {"currency": "INR"},
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
            hint="Or open the page above to pay by card, bank or wallet.",
            when=_is_open,
            fixed=_code,
        ),
        Action(
            "cancel",
            "Cancel this link",
            "POST /v1/payment_links/{id}/cancel",
            "Payment link cancelled.",
            when=lambda link: link["status"] == "created",
        ),
    ),
)

DISPUTES = Section(
    "disputes",
    "Disputes",
    "dispute",
    GROUP,
    "GET /v1/disputes",
    (
        ID,
        AMOUNT,
        STATE,
        Column("phase", "Phase"),
        Column("payment_id", "Payment", "id"),
        Column("respond_by", "Respond by", "moment"),
    ),
    prefixes=("disp",),
    entity_call="GET /v1/disputes/{id}",
    empty="No disputes yet. Open a payment and open a dispute, as the payer's bank does.",
    actions=(
        Action(
            "decide",
            "Decide as the bank",
            "POST /_sandbox/disputes/{id}",
            "Dispute updated.",
            (
                Field(
                    "status",
                    "New status",
                    "choice",
                    "won",
                    named(("won", "lost", "closed", "under_review", "action_required")),
                ),
            ),
            when=lambda dispute: dispute["status"] not in ENDS,
        ),
        Action(
            "accept",
            "Accept as the merchant",
            "POST /v1/disputes/{id}/accept",
            "Dispute accepted. You lose the amount.",
            when=lambda dispute: dispute["status"] == "open",
        ),
    ),
)

CUSTOMERS = Section(
    "customers",
    "Customers",
    "customer",
    GROUP,
    "GET /v1/customers",
    (ID, Column("name", "Name"), Column("email", "Email"), Column("contact", "Phone"), CREATED),
    prefixes=("cust",),
    entity_call="GET /v1/customers/{id}",
    empty="No customers yet. Your program creates one with POST /v1/customers, or create one here.",
    list_actions=(
        Action(
            "create",
            "Create a customer",
            "POST /v1/customers",
            "Customer created.",
            (
                Field("name", "Name", value="Asha Rao"),
                Field("email", "Email", value="asha@example.com"),
                Field("contact", "Phone", value="9845012345"),
            ),
            leads="made",
        ),
    ),
)

MONEY_SECTIONS = (
    ORDERS,
    PAYMENTS,
    REFUNDS,
    QR_CODES,
    LINKS,
    DISPUTES,
    CUSTOMERS,
)
