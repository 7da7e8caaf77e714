"""Payloads of webhooks, whose entities differ from those of the API.

Shapes are those of Razorpay's own webhook samples, including the internal order record in
`payment_link.paid`. Must not decide which events are recorded.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from . import entity_json as api
from .entities import (
    Dispute,
    Downtime,
    Invoice,
    Order,
    Payment,
    PaymentLink,
    QrCode,
    Refund,
    Settlement,
)
from .invoice_json import invoice_event_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .entities import Entity

NAMES: dict[type[Any], str] = {
    Payment: "payment",
    Order: "order",
    PaymentLink: "payment_link",
    QrCode: "qr_code",
    Refund: "refund",
    Dispute: "dispute",
    Downtime: "payment.downtime",
    Settlement: "settlement",
    Invoice: "invoice",
}
# Events whose payment repeats its amounts.
WITH_BASE = ("payment.captured", "refund.", "payment.dispute.", "payment_link.")


def event_payload(name: str, entities: Iterable[Entity], base_url: str, key_id: str) -> api.Json:
    """Return an event's `payload`."""
    return {
        NAMES[type(entity)]: {"entity": _entity(name, entity, base_url, key_id)}
        for entity in entities
    }


def _entity(name: str, entity: Entity, base_url: str, key_id: str) -> api.Json:
    of_link = name.startswith("payment_link.")
    if isinstance(entity, Payment):
        return _payment(name, entity, of_link=of_link)
    if isinstance(entity, Order):
        return _order_record(entity, key_id) if of_link else api.order_json(entity)
    if isinstance(entity, PaymentLink):
        return _link(entity, base_url)
    if isinstance(entity, Invoice):
        return invoice_event_json(entity, base_url)
    if isinstance(entity, QrCode):
        return api.qr_json(entity, base_url, content=False, fresh=name == "qr_code.created")
    return _OTHERS[type(entity)](entity)


_OTHERS: dict[type[Any], Callable[[Any], api.Json]] = {
    Refund: api.refund_json,
    Dispute: api.dispute_json,
    Downtime: partial(api.downtime_json, schema=True),
    Settlement: api.settlement_json,
}


def _payment(name: str, payment: Payment, *, of_link: bool) -> api.Json:
    shown = api.payment_json(payment, card=not name.startswith("payment.dispute."))
    if name.startswith(WITH_BASE):
        shown.update(base_amount=payment.amount, amount_transferred=0)
    if of_link:
        shown.update(amount_captured=None, fee_bearer="platform", provider=None, reward=None)
        shown.setdefault("card", None)
    return shown


def _link(link: PaymentLink, base_url: str) -> api.Json:
    shown = api.link_json(link, base_url)
    del shown["payments"]
    shown["notify"] = {"whatsapp": False, **shown["notify"]}
    shown["reminders"] = {"status": "failed"} if link.reminder_enable else []
    shown["whatsapp_link"] = False
    return shown


_ALWAYS_NULL = (
    "account_number bank bank_account checkout_config_id customer_id force_offer "
    "late_auth_config_id payer_name provider_context public_response source transfers "
    "reference2 reference3 reference4 reference5 reference6 reference7 reference8"
).split()


def _order_record(order: Order, key_id: str) -> api.Json:
    return {
        **dict.fromkeys(_ALWAYS_NULL),
        "id": order.id.partition("_")[2],
        "amount": order.amount,
        "amount_due": order.amount - order.amount_paid,
        "amount_paid": order.amount_paid,
        "app_offer": False,
        "attempts": order.attempts,
        "authorized": True,
        "created_at": order.created_at,
        "currency": order.currency,
        "discount": False,
        "first_payment_min_amount": order.first_payment_min_amount,
        "merchant_id": "PraveshSandbox",
        "method": order.method,
        "notes": order.notes or [],
        "offers": {},
        "order_metas": [],
        "order_relationships": [],
        "partial_payment": order.partial_payment,
        "payment_capture": True,
        "product_id": (order.link_id or "").partition("_")[2],
        "product_type": "payment_link_v2",
        "public_key": key_id,
        "receipt": order.receipt,
        "status": order.status,
        "updated_at": order.created_at,
    }
