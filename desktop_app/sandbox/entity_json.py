"""JSON of entities in the API: the keys, types and nulls of Razorpay's own samples.

Must not decide or change anything. Empty notes are `[]`, except in payment links, where they
are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .upi import LINK_PATH, PICTURE_PATH, qr_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .entities import (
        Customer,
        Dispute,
        Downtime,
        Order,
        Payment,
        PaymentLink,
        QrCode,
        Refund,
        Settlement,
    )

Json = dict[str, Any]


def collection(items: Iterable[Json]) -> Json:
    """Return a page of a list in Razorpay's envelope."""
    listed = list(items)
    return {"entity": "collection", "count": len(listed), "items": listed}


def order_json(order: Order, payments: Iterable[Json] | None = None) -> Json:
    """Return an order, with its payments if given."""
    shown: Json = {
        "id": order.id,
        "entity": "order",
        "amount": order.amount,
        "amount_paid": order.amount_paid,
        "amount_due": order.amount - order.amount_paid,
        "currency": order.currency,
        "receipt": order.receipt,
        "offer_id": None,
        "status": order.status,
        "attempts": order.attempts,
        "notes": order.notes or [],
        "created_at": order.created_at,
    }
    if payments is not None:
        shown["payments"] = collection(payments)
    return shown


def payment_json(payment: Payment, *, card: bool = False) -> Json:
    """Return a payment; `card` expands the card it was made with."""
    error = payment.error or {}
    shown: Json = {
        "id": payment.id,
        "entity": "payment",
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "order_id": payment.order_id,
        "invoice_id": None,
        "international": False,
        "method": payment.method,
        "amount_refunded": payment.amount_refunded,
        "refund_status": _refund_status(payment),
        "captured": payment.captured,
        "description": payment.description,
        "card_id": None if payment.card is None else payment.card["id"],
        "bank": payment.bank,
        "wallet": payment.wallet,
        "vpa": payment.vpa,
        "email": payment.email,
        "contact": payment.contact,
        "notes": payment.notes or [],
        "fee": payment.fee,
        "tax": payment.tax,
        "error_code": error.get("code"),
        "error_description": error.get("description"),
        "error_source": error.get("source"),
        "error_step": error.get("step"),
        "error_reason": error.get("reason"),
        "acquirer_data": _acquirer_data(payment),
        "created_at": payment.created_at,
    }
    if payment.method == "upi":
        shown["upi"] = _upi(payment)
    if card and payment.card is not None:
        shown["card"] = payment.card
    if payment.customer_id:
        shown["customer_id"] = payment.customer_id
    return shown


def _refund_status(payment: Payment) -> str | None:
    if payment.amount_refunded == 0:
        return None
    return "full" if payment.amount_refunded >= payment.amount else "partial"


def _acquirer_data(payment: Payment) -> Json:
    if payment.method == "card":
        return {"auth_code": payment.bank_reference, "rrn": payment.rrn}
    if payment.method == "netbanking":
        return {"bank_transaction_id": payment.bank_reference}
    if payment.method == "wallet":
        return {"transaction_id": payment.bank_reference}
    if payment.rrn is None:
        return {"rrn": None}
    return {"rrn": payment.rrn, "upi_transaction_id": payment.upi_transaction_id}


def _upi(payment: Payment) -> Json:
    if payment.vpa is None:
        return {"flow": "intent"}
    return {"payer_account_type": "bank_account", "vpa": payment.vpa, "flow": "intent"}


def refund_json(refund: Refund) -> Json:
    """Return a refund."""
    return {
        "id": refund.id,
        "entity": "refund",
        "amount": refund.amount,
        "currency": refund.currency,
        "payment_id": refund.payment_id,
        "notes": refund.notes or [],
        "receipt": refund.receipt,
        "acquirer_data": {"arn": refund.arn},
        "created_at": refund.created_at,
        "batch_id": None,
        "status": refund.status,
        "speed_processed": refund.speed_processed,
        "speed_requested": refund.speed_requested,
    }


def qr_json(qr: QrCode, base_url: str, *, content: bool, fresh: bool = False) -> Json:
    """Return a QR code; `content` adds its text, `fresh` is the answer to its creation."""
    shown: Json = {
        "id": qr.id,
        "entity": "qr_code",
        "created_at": qr.created_at,
        "name": qr.name,
        "usage": qr.usage,
        "type": qr.type,
        "image_url": f"{base_url}{PICTURE_PATH}{qr.id.partition('_')[2]}",
        "payment_amount": qr.payment_amount,
        "status": qr.status,
        "description": qr.description,
        "fixed_amount": qr.fixed_amount,
        "payments_amount_received": qr.amount_received,
        "payments_count_received": qr.count_received,
        "notes": qr.notes or [],
        "customer_id": qr.customer_id,
        "close_by": qr.close_by,
    }
    if content:
        shown["image_content"] = qr_text(qr)
    if not fresh:
        shown.update(closed_at=qr.closed_at, close_reason=qr.close_reason)
    if qr.tax_invoice:
        shown["tax_invoice"] = qr.tax_invoice
    return shown


def short_url(link: PaymentLink, base_url: str) -> str:
    """Return the address of a link's page."""
    return f"{base_url}{LINK_PATH}{link.id.partition('_')[2]}"


def _has_reminders(link: PaymentLink) -> bool:
    # The sandbox sends no messages, so every requested reminder has failed.
    return link.reminder_enable and link.status != "created"


def link_json(link: PaymentLink, base_url: str) -> Json:
    """Return a payment link; `order_id` is absent until the link is opened."""
    shown: Json = {
        "accept_partial": link.accept_partial,
        "amount": link.amount,
        "amount_paid": link.amount_paid,
        "cancelled_at": link.cancelled_at,
        "created_at": link.created_at,
        "currency": link.currency,
        "customer": link.customer or [],
        "description": link.description,
        "expire_by": link.expire_by,
        "expired_at": link.expired_at,
        "first_min_partial_amount": link.first_min_partial_amount,
        "id": link.id,
        "notes": link.notes or None,
        "notify": link.notify or {"email": False, "sms": False},
        "payments": list(link.payments) or (None if link.status == "created" else []),
        "reference_id": link.reference_id,
        "reminder_enable": link.reminder_enable,
        "reminders": {"status": "failed"} if _has_reminders(link) else [],
        "short_url": short_url(link, base_url),
        "status": link.status,
        "updated_at": link.updated_at,
        "upi_link": link.upi_link,
        "user_id": "",
    }
    if link.callback_url is not None:
        shown["callback_url"] = link.callback_url
        shown["callback_method"] = link.callback_method or ""
    if link.order_id is not None:
        shown["order_id"] = link.order_id
    return shown


def customer_json(customer: Customer) -> Json:
    """Return a customer."""
    return {
        "id": customer.id,
        "entity": "customer",
        "name": customer.name,
        "email": customer.email,
        "contact": customer.contact,
        "gstin": customer.gstin,
        "notes": customer.notes or [],
        "created_at": customer.created_at,
    }


def settlement_json(settlement: Settlement) -> Json:
    """Return a settlement."""
    return {
        "id": settlement.id,
        "entity": "settlement",
        "amount": settlement.amount,
        "status": settlement.status,
        "fees": settlement.fees,
        "tax": settlement.tax,
        "utr": settlement.utr,
        "created_at": settlement.created_at,
    }


EVIDENCE = (
    "shipping_proof",
    "billing_proof",
    "cancellation_proof",
    "customer_communication",
    "proof_of_service",
    "explanation_letter",
    "refund_confirmation",
    "access_activity_log",
    "refund_cancellation_policy",
    "term_and_conditions",
    "others",
)


def dispute_json(dispute: Dispute) -> Json:
    """Return a dispute; missing evidence is null."""
    empty = {"amount": dispute.amount, "summary": None, **dict.fromkeys(EVIDENCE)}
    return {
        "id": dispute.id,
        "entity": "dispute",
        "payment_id": dispute.payment_id,
        "amount": dispute.amount,
        "currency": dispute.currency,
        "amount_deducted": dispute.amount_deducted,
        "reason_code": dispute.reason_code,
        "respond_by": dispute.respond_by,
        "status": dispute.status,
        "phase": dispute.phase,
        "created_at": dispute.created_at,
        "evidence": {**empty, "submitted_at": None, **(dispute.evidence or {})},
    }


def downtime_json(downtime: Downtime, *, schema: bool = False) -> Json:
    """Return a downtime; `schema` adds the instrument's keys, as in webhooks."""
    shown: Json = {
        "id": downtime.id,
        "entity": "payment.downtime",
        "method": downtime.method,
        "begin": downtime.begin,
        "end": downtime.end,
        "status": downtime.status,
        "scheduled": downtime.scheduled,
        "severity": downtime.severity,
        "instrument": downtime.instrument,
        "created_at": downtime.created_at,
        "updated_at": downtime.updated_at,
    }
    if schema:
        shown["instrument_schema"] = list(downtime.instrument)
    return shown
