"""JSON of entities in the API: the keys, types and nulls of Razorpay's own samples.

Must not decide or change anything. Empty notes are `[]`, except in payment links, where they
are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .upi import LINK_PATH, PICTURE_PATH, qr_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from . import entities

Json = dict[str, Any]


def collection(items: Iterable[Json]) -> Json:
    """Return a page of a list in Razorpay's envelope."""
    listed = list(items)
    return {"entity": "collection", "count": len(listed), "items": listed}


def _fields_of(record: entities.Entity, names: str, /, **computed: Any) -> Json:
    """Return the named fields in their order: those computed, the others as in the record."""
    return {
        name: computed[name] if name in computed else getattr(record, name)
        for name in names.split()
    }


def order_json(order: entities.Order, payments: Iterable[Json] | None = None) -> Json:
    """Return an order, with its payments if given."""
    shown = _fields_of(
        order,
        "id entity amount amount_paid amount_due currency receipt offer_id status attempts notes "
        "created_at",
        entity="order",
        amount_due=order.amount - order.amount_paid,
        offer_id=None,
        notes=order.notes or [],
    )
    shown.update(order.extras or {})
    if payments is not None:
        shown["payments"] = collection(payments)
    return shown


def payment_json(payment: entities.Payment, *, card: bool = False, offers: bool = False) -> Json:
    """Return a payment; `card` and `offers` expand the card it was made with and its offer."""
    error = payment.error or {}
    shown = _fields_of(
        payment,
        "id entity amount currency status order_id invoice_id international method "
        "amount_refunded refund_status captured description card_id bank wallet vpa email contact "
        "notes fee tax error_code error_description error_source error_step error_reason "
        "acquirer_data created_at",
        entity="payment",
        international=payment.card is not None and payment.card["international"],
        refund_status=_refund_status(payment),
        card_id=None if payment.card is None else payment.card["id"],
        notes=payment.notes or [],
        acquirer_data=_acquirer_data(payment),
        **{
            f"error_{part}": error.get(part)
            for part in ("code", "description", "source", "step", "reason")
        },
    )
    if payment.method == "upi":
        shown["upi"] = _upi(payment)
    if card and payment.card is not None:
        shown["card"] = payment.card
    if payment.offer_id is not None:
        shown["offer_id"] = payment.offer_id
    if offers:
        shown["offers"] = collection({"id": i} for i in filter(None, [payment.offer_id]))
    if payment.fee_bearer is not None:
        shown["fee_bearer"] = payment.fee_bearer
    if payment.customer_id:
        shown["customer_id"] = payment.customer_id
    return shown


def _refund_status(payment: entities.Payment) -> str | None:
    if payment.amount_refunded == 0:
        return None
    return "full" if payment.amount_refunded >= payment.amount else "partial"


def _acquirer_data(payment: entities.Payment) -> Json:
    if payment.method == "card":
        return {"auth_code": payment.bank_reference, "rrn": payment.rrn}
    if payment.method == "netbanking":
        return {"bank_transaction_id": payment.bank_reference}
    if payment.method == "wallet":
        return {"transaction_id": payment.bank_reference}
    if payment.rrn is None:
        return {"rrn": None}
    return {"rrn": payment.rrn, "upi_transaction_id": payment.upi_transaction_id}


def _upi(payment: entities.Payment) -> Json:
    if payment.vpa is None:
        return {"flow": "intent"}
    return {"payer_account_type": "bank_account", "vpa": payment.vpa, "flow": "intent"}


def refund_json(refund: entities.Refund) -> Json:
    """Return a refund."""
    return _fields_of(
        refund,
        "id entity amount currency payment_id notes receipt acquirer_data created_at batch_id "
        "status speed_processed speed_requested",
        entity="refund",
        notes=refund.notes or [],
        acquirer_data={"arn": refund.arn},
        batch_id=None,
    )


def qr_json(qr: entities.QrCode, base_url: str, *, content: bool, fresh: bool = False) -> Json:
    """Return a QR code; `content` adds its text, `fresh` is the answer to its creation."""
    shown = _fields_of(
        qr,
        "id entity created_at name usage type image_url payment_amount status description "
        "fixed_amount payments_amount_received payments_count_received notes customer_id close_by",
        entity="qr_code",
        image_url=f"{base_url}{PICTURE_PATH}{qr.id.partition('_')[2]}",
        payments_amount_received=qr.amount_received,
        payments_count_received=qr.count_received,
        notes=qr.notes or [],
    )
    if content:
        shown["image_content"] = qr_text(qr)
    if not fresh:
        shown.update(closed_at=qr.closed_at, close_reason=qr.close_reason)
    if qr.tax_invoice:
        shown["tax_invoice"] = qr.tax_invoice
    return shown


def short_url(link: entities.PaymentLink, base_url: str) -> str:
    """Return the address of a link's page."""
    return f"{base_url}{LINK_PATH}{link.id.partition('_')[2]}"


def _has_reminders(link: entities.PaymentLink) -> bool:
    # The sandbox sends no messages, so every requested reminder has failed.
    return link.reminder_enable and link.status != "created"


def link_json(link: entities.PaymentLink, base_url: str) -> Json:
    """Return a payment link; `order_id` is absent until the link is opened."""
    shown = _fields_of(
        link,
        "accept_partial amount amount_paid cancelled_at created_at currency customer description "
        "expire_by expired_at first_min_partial_amount id notes notify payments reference_id "
        "reminder_enable reminders short_url status updated_at upi_link user_id",
        customer=link.customer or [],
        notes=link.notes or None,
        notify=link.notify or {"email": False, "sms": False},
        payments=list(link.payments) or (None if link.status == "created" else []),
        reminders={"status": "failed"} if _has_reminders(link) else [],
        short_url=short_url(link, base_url),
        user_id="",
    )
    if link.callback_url is not None:
        shown["callback_url"] = link.callback_url
        shown["callback_method"] = link.callback_method or ""
    if link.order_id is not None:
        shown["order_id"] = link.order_id
    return shown


def customer_json(customer: entities.Customer) -> Json:
    """Return a customer."""
    names = "id entity name email contact gstin notes created_at"
    return _fields_of(customer, names, entity="customer", notes=customer.notes or [])


def settlement_json(settlement: entities.Settlement) -> Json:
    """Return a settlement."""
    names = "id entity amount status fees tax utr created_at"
    return _fields_of(settlement, names, entity="settlement")


def adjustment_json(made: entities.Adjustment) -> Json:
    """Return an adjustment, which only the report of settlements shows at Razorpay."""
    return _fields_of(
        made,
        "id entity amount type currency description channel settlement_id created_at",
        entity="adjustment",
        amount=abs(made.amount),
        type="credit" if made.amount > 0 else "debit",
        currency="INR",
    )


def offer_json(offer: entities.Offer) -> Json:
    """Return an offer, which only the control plane shows."""
    return _fields_of(
        offer,
        "id entity name display_text type payment_method payment_method_type payment_network "
        "issuer percent_rate flat_cashback max_cashback min_amount max_payment_count starts_at "
        "ends_at block checkout_display active used created_at",
        entity="offer",
    )


def instant_settlement_json(made: entities.InstantSettlement, *, payouts: bool) -> Json:
    """Return an instant settlement; `payouts` expands the transfer to the bank."""
    is_paid, net = made.processed_at is not None, made.amount - made.fees
    shown = _fields_of(
        made,
        "id entity amount_requested amount_settled amount_pending amount_reversed fees tax "
        "currency settle_full_balance status description notes created_at",
        entity="settlement.ondemand",
        amount_requested=made.amount,
        amount_settled=net if is_paid else 0,
        amount_pending=0 if is_paid else net,
        amount_reversed=0,
        currency="INR",
        status="processed" if is_paid else "initiated",
        notes=made.notes or [],
    )
    if payouts:
        payout = _fields_of(
            made,
            "id entity initiated_at processed_at reversed_at amount amount_settled fees tax utr "
            "status created_at",
            id=made.payout_id,
            entity="settlement.ondemand_payout",
            initiated_at=made.created_at,
            reversed_at=None,
            amount_settled=net if is_paid else None,
            status="processed" if is_paid else "initiated",
        )
        shown["ondemand_payouts"] = collection([payout])
    return shown


EVIDENCE = (
    "shipping_proof billing_proof cancellation_proof customer_communication proof_of_service "
    "explanation_letter refund_confirmation access_activity_log refund_cancellation_policy "
    "term_and_conditions others"
).split()


def dispute_json(dispute: entities.Dispute) -> Json:
    """Return a dispute; missing evidence is null."""
    empty = {"amount": dispute.amount, "summary": None, **dict.fromkeys(EVIDENCE)}
    return _fields_of(
        dispute,
        "id entity payment_id amount currency amount_deducted reason_code respond_by status phase "
        "created_at evidence",
        entity="dispute",
        evidence={**empty, "submitted_at": None, **(dispute.evidence or {})},
    )


def downtime_json(downtime: entities.Downtime, *, schema: bool = False) -> Json:
    """Return a downtime; `schema` adds the instrument's keys, as in webhooks."""
    shown = _fields_of(
        downtime,
        "id entity method begin end status scheduled severity instrument created_at updated_at",
        entity="payment.downtime",
    )
    if schema:
        shown["instrument_schema"] = list(downtime.instrument)
    return shown
