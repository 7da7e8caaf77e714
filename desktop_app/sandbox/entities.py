"""Entities of the sandbox: orders, payments, refunds and everything else that has an id.

Plain records in paise and Unix seconds; their JSON is in entity_json.py, their transitions are in
lifecycle.py. Slots keep hundreds of thousands of them small. A record's dicts are replaced, never
changed in place: copies of a record share them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Notes = dict[str, Any]


@dataclass(slots=True)
class Order:
    """An amount to collect."""

    id: str
    created_at: int
    amount: int
    currency: str
    receipt: str | None = None
    notes: Notes | None = None
    status: str = "created"
    amount_paid: int = 0
    attempts: int = 0
    partial_payment: bool = False
    first_payment_min_amount: int | None = None
    method: str | None = None
    capture: dict[str, Any] | None = None
    link_id: str | None = None
    invoice_id: str | None = None
    extras: dict[str, Any] | None = None
    force_offer: bool = False


@dataclass(slots=True)
class Payment:
    """One attempt to pay an order, a QR code or a link."""

    id: str
    created_at: int
    amount: int
    currency: str
    order_id: str | None = None
    qr_id: str | None = None
    status: str = "created"
    method: str = "upi"
    description: str | None = None
    email: str | None = None
    contact: str | None = None
    customer_id: str | None = None
    notes: Notes | None = None
    vpa: str | None = None
    rrn: str | None = None
    upi_transaction_id: str | None = None
    captured: bool = False
    authorized_at: int | None = None
    amount_refunded: int = 0
    fee: int | None = None
    tax: int | None = None
    error: dict[str, str] | None = None
    has_code: bool = False
    due_at: int | None = None
    due_outcome: str | None = None
    due_vpa: str | None = None
    due_reason: str | None = None
    captured_at: int | None = None
    settlement_id: str | None = None
    card: dict[str, Any] | None = None
    bank: str | None = None
    wallet: str | None = None
    fee_bearer: str | None = None
    added_fee: int = 0
    bank_reference: str | None = None
    invoice_id: str | None = None
    channel: str = "online"
    offer_id: str | None = None
    discount: int = 0

    @property
    def covers(self) -> int:
        """The part of what is due that this payment settles: without its payer's fee and offer."""
        return self.amount - self.added_fee + self.discount


@dataclass(slots=True)
class QrCode:
    """A QR code that can be scanned and paid, once or many times."""

    id: str
    created_at: int
    usage: str
    type: str = "upi_qr"
    name: str | None = None
    description: str | None = None
    fixed_amount: bool = False
    payment_amount: int | None = None
    customer_id: str | None = None
    notes: Notes | None = None
    close_by: int | None = None
    status: str = "active"
    closed_at: int | None = None
    close_reason: str | None = None
    amount_received: int = 0
    count_received: int = 0
    tax_invoice: dict[str, Any] | None = None


@dataclass(slots=True)
class PaymentLink:
    """A payment page with a short address; its order is created when the page is first opened."""

    id: str
    created_at: int
    updated_at: int
    amount: int
    currency: str
    status: str = "created"
    amount_paid: int = 0
    accept_partial: bool = False
    first_min_partial_amount: int = 0
    reference_id: str = ""
    description: str = ""
    customer: dict[str, Any] | None = None
    notify: dict[str, Any] | None = None
    notes: Notes | None = None
    reminder_enable: bool = False
    callback_url: str | None = None
    callback_method: str | None = None
    expire_by: int = 0
    expired_at: int = 0
    cancelled_at: int = 0
    order_id: str | None = None
    upi_link: bool = False
    offers: tuple[str, ...] = ()
    payments: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class Refund:
    """Money on its way back to the payer."""

    id: str
    created_at: int
    amount: int
    currency: str
    payment_id: str
    status: str = "pending"
    receipt: str | None = None
    notes: Notes | None = None
    speed_requested: str = "normal"
    speed_processed: str = "normal"
    arn: str | None = None
    idempotency_key: str | None = None
    fingerprint: str | None = None
    processed_at: int | None = None
    settlement_id: str | None = None
    outcome: str = "processed"
    due_at: int | None = None


@dataclass(slots=True)
class Customer:
    """A payer known to the merchant."""

    id: str
    created_at: int
    name: str | None = None
    email: str | None = None
    contact: str | None = None
    gstin: str | None = None
    notes: Notes | None = None


@dataclass(slots=True)
class Item:
    """A product or a service that invoices bill; a deleted one is not found again."""

    id: str
    created_at: int
    name: str
    amount: int
    currency: str
    description: str | None = None
    active: bool = True
    is_deleted: bool = False


@dataclass(slots=True)
class Invoice:
    """A bill with a payment page; its order is created when it is issued.

    Attributes:
        customer: the payer's details at the last change of the draft, with the addresses.
        lines: the line items as the API shows them.
        payment_id: the first captured payment.
    """

    id: str
    created_at: int
    currency: str
    status: str = "draft"
    amount: int = 0
    amount_paid: int = 0
    receipt: str | None = None
    description: str | None = None
    comment: str | None = None
    terms: str | None = None
    notes: Notes | None = None
    customer: dict[str, Any] | None = None
    lines: tuple[dict[str, Any], ...] = ()
    partial_payment: bool = False
    date: int | None = None
    expire_by: int | None = None
    sms_notify: bool = True
    email_notify: bool = True
    sms_status: str | None = None
    email_status: str | None = None
    order_id: str | None = None
    payment_id: str | None = None
    issued_at: int | None = None
    paid_at: int | None = None
    cancelled_at: int | None = None
    expired_at: int | None = None


@dataclass(slots=True)
class Settlement:
    """A payout to the merchant's bank, and the ids of its items."""

    id: str
    created_at: int
    amount: int
    fees: int
    tax: int
    utr: str | None
    status: str = "processed"
    items: tuple[str, ...] = ()
    channel: str = "online"
    processed_at: int | None = None
    due_at: int | None = None
    recon_delay_s: int = 0


@dataclass(slots=True)
class InstantSettlement:
    """A payout that the merchant asked for before its time."""

    id: str
    created_at: int
    amount: int
    fees: int
    tax: int
    payout_id: str
    settle_full_balance: bool = False
    description: str | None = None
    notes: Notes | None = None
    processed_at: int | None = None
    utr: str | None = None
    settlement_id: str | None = None


@dataclass(slots=True)
class Adjustment:
    """Money that Razorpay adds to a balance, or below zero takes from it, such as a rent."""

    id: str
    created_at: int
    amount: int
    description: str
    channel: str = "online"
    settlement_id: str | None = None


@dataclass(slots=True)
class Offer:
    """A discount for payers of some method, card, bank or wallet; null stands for any."""

    id: str
    created_at: int
    name: str
    display_text: str
    starts_at: int
    type: str = "instant"
    payment_method: str | None = None
    payment_method_type: str | None = None
    payment_network: str | None = None
    issuer: str | None = None
    percent_rate: int | None = None
    flat_cashback: int | None = None
    max_cashback: int | None = None
    min_amount: int | None = None
    max_payment_count: int | None = None
    ends_at: int | None = None
    block: bool = False
    checkout_display: bool = False
    active: bool = True
    used: int = 0


@dataclass(slots=True)
class Dispute:
    """A claim of a payer's bank for a refund."""

    id: str
    created_at: int
    payment_id: str
    amount: int
    currency: str
    reason_code: str
    respond_by: int
    status: str = "open"
    phase: str = "chargeback"
    amount_deducted: int = 0
    evidence: dict[str, Any] | None = None
    lost_at: int | None = None
    adjustment_id: str | None = None
    settlement_id: str | None = None


@dataclass(slots=True)
class Downtime:
    """A period in which a payment method does not work."""

    id: str
    created_at: int
    updated_at: int
    method: str
    begin: int
    instrument: dict[str, Any]
    end: int | None = None
    status: str = "started"
    scheduled: bool = False
    severity: str = "high"


@dataclass(slots=True)
class Event:
    """A webhook event: the exact body, a snapshot of its instant."""

    id: str
    created_at: int
    name: str
    body: str


@dataclass(slots=True)
class WebhookDelivery:
    """The delivery of one event to one webhook."""

    id: str
    created_at: int
    event_id: str
    webhook_id: str
    status: str = "waiting"
    next_at: int | None = None
    give_up_at: int = 0
    tries: tuple[dict[str, Any], ...] = ()


Entity = (
    Order | Payment | QrCode | PaymentLink | Refund | Customer | Settlement | Dispute | Downtime
    | Event | WebhookDelivery | InstantSettlement | Adjustment | Offer | Item | Invoice
)  # fmt: skip

KINDS: dict[str, type[Entity]] = {
    "order": Order, "pay": Payment, "qr": QrCode, "plink": PaymentLink, "rfnd": Refund,
    "cust": Customer, "setl": Settlement, "disp": Dispute, "down": Downtime, "evt": Event,
    "dlv": WebhookDelivery, "setlod": InstantSettlement, "adj": Adjustment, "offer": Offer,
    "item": Item, "inv": Invoice,
}  # fmt: skip
TUPLES = ("payments", "offers", "items", "tries", "lines")


def related_ids(entity: Entity) -> tuple[str, ...]:
    """Return the ids of the entities whose JSON changes with this one, itself first."""
    if isinstance(entity, Payment):
        return tuple(i for i in (entity.id, entity.order_id, entity.qr_id) if i)
    if isinstance(entity, Refund):
        return (entity.id, entity.payment_id)
    if isinstance(entity, Dispute):
        return (entity.id, entity.payment_id)
    return (entity.id,)
