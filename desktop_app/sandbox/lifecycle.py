"""State machines of payments, orders, QR codes, links, refunds, disputes and settlements.

created → authorized → captured → refunded, and created → failed, which is not final. Call only
inside a transaction; `at` is the instant of the change in Unix seconds. Must not read requests or
build answers.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .account import FEE_ADDED, PLATFORM
from .entities import (
    Adjustment,
    Dispute,
    Order,
    Payment,
    PaymentLink,
    QrCode,
    Refund,
    Settlement,
)
from .invoice_lifecycle import InvoiceLifecycle
from .settlement_items import channel_of, net_paise
from .upi import failure
from .webhook_events import EventRecorder

if TYPE_CHECKING:
    from .entity_store import EntityStore

UNANSWERED_S = 600
UNCAPTURED_S = 3 * 86_400
REFUND_PENDING_S = 3600
LINK_LIFE_S = 180 * 86_400
FAILING_REFUND_PAISE = 2468


class Lifecycle:
    """Transitions of payments, and of their orders, QR codes, links and refunds."""

    def __init__(self, store: EntityStore) -> None:
        self._store = store
        self.events = EventRecorder(store)
        self.invoices = InvoiceLifecycle(store, self.events)

    # Payments

    def add_attempt(self, order: Order, payment: Payment) -> None:
        """Store a new payment of an order and count it there."""
        payment.invoice_id = order.invoice_id
        self._store.add(payment)
        self._store.edit(order)
        order.attempts += 1
        order.status = "paid" if order.status == "paid" else "attempted"

    def authorize(self, payment: Payment, vpa: str, at: int, *, capture: bool = True) -> None:
        """Authorize a payment, then capture or refund it by the account's rules."""
        if payment.status not in ("created", "failed"):
            return
        self._store.edit(payment)
        payment.status = "authorized"
        payment.authorized_at = at
        payment.error = None
        self._set_references(payment, vpa)
        self._clear_plan(payment)
        self.events.record("payment.authorized", at, payment)
        if self.is_surplus(payment):
            self._collect(payment, at)
            self.refund(payment, payment.amount, at)
        elif capture and self._captures_automatically(payment, at):
            self.capture(payment, at)

    def _set_references(self, payment: Payment, vpa: str) -> None:
        """Set the bank's reference numbers of a payment."""
        number = self._store.ids.rrn()
        if payment.method == "upi":
            payment.vpa, payment.rrn = vpa, number
            payment.upi_transaction_id = self._store.ids.upi_transaction()
        elif payment.method == "card":
            payment.rrn, payment.bank_reference = number, self._store.ids.rrn()[:6]
        else:
            payment.bank_reference = number

    def fail(self, payment: Payment, reason: str, at: int, vpa: str | None = None) -> None:
        """Fail a payment; `vpa` is the address of the app, if one was open."""
        if payment.status not in ("created", "failed"):
            return
        self._store.edit(payment)
        payment.status = "failed"
        payment.error = failure(reason, payment.method)
        if payment.method == "upi" and vpa:
            payment.vpa = vpa
        self._clear_plan(payment)
        self.events.record("payment.failed", at, payment)

    def plan(self, payment: Payment, outcome: str, vpa: str, reason: str, due_at: int) -> None:
        """Schedule an outcome for a later instant."""
        self._store.edit(payment)
        payment.due_at, payment.due_outcome = due_at, outcome
        payment.due_vpa, payment.due_reason = vpa, reason

    def capture(self, payment: Payment, at: int) -> None:
        """Capture an authorized payment and count it on its order, link or QR code."""
        self._collect(payment, at)
        if payment.qr_id is not None:
            self._count_on_qr(payment, at)
        if payment.order_id is not None:
            self._count_on_order(payment, at)

    def _collect(self, payment: Payment, at: int) -> None:
        self._store.edit(payment)
        payment.captured_at = at
        payment.status = "captured"
        payment.captured = True
        account = self._store.account
        payment.fee, payment.tax = account.fee_and_tax(payment.amount, payment.method)
        if account.fee_bearer != PLATFORM:
            payment.fee_bearer = "customer"
        if account.fee_bearer == FEE_ADDED:
            payment.added_fee = payment.fee
            payment.amount += payment.fee
        account.move(payment.channel, net_paise(payment))
        offer = self._store.offers.get(payment.offer_id or "")
        if offer is not None:
            self._store.edit(offer)
            offer.used += 1
        self.events.record("payment.captured", at, payment)

    def _clear_plan(self, payment: Payment) -> None:
        payment.due_at = payment.due_outcome = payment.due_vpa = payment.due_reason = None

    def order_of(self, payment: Payment) -> Order | None:
        """Return a payment's order; payments of QR codes have none."""
        return None if payment.order_id is None else self._store.orders.get(payment.order_id)

    def is_surplus(self, payment: Payment) -> bool:
        """Return whether a payment exceeds what is due, so that it is refunded."""
        order = self.order_of(payment)
        if order is not None:
            link = self._store.links.get(order.link_id or "")
            is_over = link is not None and link.status in ("expired", "cancelled")
            is_over = is_over or self.invoices.refusal_of(order) is not None
            return is_over or payment.covers > order.amount - order.amount_paid
        qr = self._store.qr_codes.get(payment.qr_id or "")
        return qr is not None and qr.status == "closed"

    def _captures_automatically(self, payment: Payment, at: int) -> bool:
        """Decide auto-capture from the order, else the account; ignore late authorisations."""
        order = self.order_of(payment)
        rule = (order.capture if order is not None else None) or {}
        minutes = rule.get("capture_options", {}).get("automatic_expiry_period")
        if minutes is not None and at > payment.created_at + minutes * 60:
            return False
        if rule.get("capture") in ("automatic", "manual"):
            return bool(rule["capture"] == "automatic")
        return self._store.account.auto_capture

    def _count_on_qr(self, payment: Payment, at: int) -> None:
        qr = self._store.qr_codes.get(payment.qr_id or "")
        if qr is None:
            return
        self._store.edit(qr)
        qr.amount_received += payment.covers
        qr.count_received += 1
        if qr.usage == "single_use":
            self.close_qr(qr, "paid", at)
        self.events.record("qr_code.credited", at, payment, qr)

    def _count_on_order(self, payment: Payment, at: int) -> None:
        order = self.order_of(payment)
        if order is None:
            return
        self._store.edit(order)
        order.amount_paid += payment.covers
        if payment.offer_id is not None:
            order.extras = {**(order.extras or {}), "offer_id": payment.offer_id}
        order.status = "paid" if order.amount_paid >= order.amount else "attempted"
        if order.status == "paid":
            self.events.record("order.paid", at, payment, order)
        link = self._store.links.get(order.link_id or "")
        if link is not None:
            self._count_on_link(link, payment, order, at)
        self.invoices.count(order, payment, at)

    def _count_on_link(self, link: PaymentLink, payment: Payment, order: Order, at: int) -> None:
        self._store.edit(link)
        link.amount_paid = order.amount_paid
        link.status = "paid" if order.status == "paid" else "partially_paid"
        link.updated_at = at
        row = {
            "amount": payment.amount,
            "created_at": at,
            "method": payment.method,
            "payment_id": payment.id,
            "status": "captured",
        }
        link.payments = (*link.payments, row)
        self.events.record(f"payment_link.{link.status}", at, link, order, payment)

    # Refunds

    def refund(self, payment: Payment, paise: int, at: int, asked: Refund | None = None) -> Refund:
        """Refund a payment; its order stays paid, and `captured` stays true.

        Args:
            payment: The payment.
            paise: The amount to refund.
            at: The instant, in Unix seconds.
            asked: The merchant's request: speed, receipt, notes, idempotency key.
        """
        self._store.edit(payment)
        if payment.captured:
            self._store.account.move(payment.channel, -paise)
        payment.amount_refunded += paise
        if payment.amount_refunded >= payment.amount:
            payment.status = "refunded"
        refund = asked or Refund("", at, paise, payment.currency, payment.id)
        refund.id = self._store.ids.new("rfnd")
        is_instant = refund.speed_requested == "optimum" and payment.method == "upi"
        refund.speed_processed = "instant" if is_instant else "normal"
        self._store.add(refund)
        self.events.record("refund.created", at, refund, payment)
        if is_instant and refund.outcome != "pending" and refund.due_at is None:
            self.finish_refund(refund, at)
        elif refund.speed_requested == "optimum":
            self.events.record("refund.speed_changed", at, refund, payment)
        return refund

    def finish_refund(self, refund: Refund, at: int) -> None:
        """Process a refund at the bank; the documented test amount fails on purpose."""
        payment = self._store.payments.get(refund.payment_id)
        fails = refund.outcome == "failed" or refund.amount == FAILING_REFUND_PAISE
        if fails and payment is not None and payment.captured:
            self.fail_refund(refund, at)
        else:
            self.process_refund(refund, at)

    def process_refund(self, refund: Refund, at: int) -> None:
        """Mark a refund as processed by the bank."""
        self._store.edit(refund)
        refund.status, refund.processed_at = "processed", at
        refund.arn = self._store.ids.rrn()
        self._record_refund(refund, at)

    def fail_refund(self, refund: Refund, at: int) -> None:
        """Fail a refund, pending or processed; its amount returns to the merchant's balance.

        If a settlement deducted it already, the next one adds it again, as an adjustment.
        """
        payment = self._store.payments.get(refund.payment_id)
        if payment is None:
            return
        self._store.edit(refund)
        self._store.edit(payment)
        refund.status = "failed"
        payment.amount_refunded -= refund.amount
        payment.status = "captured"
        if refund.settlement_id is None:
            self._store.account.move(payment.channel, refund.amount)
        else:
            self.adjust(refund.amount, f"Reversal of refund {refund.id}", payment.channel, at)
        self._record_refund(refund, at)

    def _record_refund(self, refund: Refund, at: int) -> None:
        payment = self._store.payments.get(refund.payment_id)
        if payment is not None:
            self.events.record(f"refund.{refund.status}", at, refund, payment)

    # Settlements and adjustments

    def adjust(self, paise: int, description: str, channel: str, at: int) -> Adjustment:
        """Add an amount to a balance and to its next settlement, or deduct it below zero."""
        made = Adjustment(self._store.ids.new("adj"), at, paise, description, channel)
        self._store.add(made)
        self._store.account.move(channel, paise)
        return made

    def process_settlement(self, settlement: Settlement, at: int) -> None:
        """Mark a settlement as taken by the bank, at its first or a later try."""
        self._store.edit(settlement)
        if settlement.status == "failed":
            self._store.account.move(settlement.channel, -settlement.amount)
        settlement.status, settlement.processed_at = "processed", at
        settlement.utr = _utr(settlement, at)
        self.events.record("settlement.processed", at, settlement)

    def fail_settlement(self, settlement: Settlement, at: int) -> None:
        """Mark a settlement as refused by the bank; its money returns to the balance."""
        self._store.edit(settlement)
        settlement.status, settlement.utr = "failed", _utr(settlement, at)
        self._store.account.move(settlement.channel, settlement.amount)

    # Disputes

    def record_dispute(self, what: str, dispute: Dispute, at: int) -> None:
        """Record the event `payment.dispute.<what>`."""
        payment = self._store.payments.get(dispute.payment_id)
        if payment is not None:
            self.events.record(f"payment.dispute.{what}", at, payment, dispute)

    def lose(self, dispute: Dispute, at: int) -> None:
        """Mark a dispute as lost; the next settlement deducts its amount."""
        self._store.edit(dispute)
        dispute.status, dispute.lost_at = "lost", at
        dispute.amount_deducted = dispute.amount
        dispute.adjustment_id = self._store.ids.new("adj")
        self._store.account.move(channel_of(dispute, self._store), -dispute.amount)
        self.record_dispute("lost", dispute, at)

    # QR codes and links

    def close_qr(self, qr: QrCode, reason: str | None, at: int) -> None:
        """Close a QR code."""
        self._store.edit(qr)
        qr.status, qr.closed_at, qr.close_reason = "closed", at, reason

    def open_link(self, link: PaymentLink, at: int) -> Order:
        """Return a link's order, created when the link is first opened."""
        known = self._store.orders.get(link.order_id or "")
        if known is not None:
            return known
        order = Order(
            id=self._store.ids.new("order"),
            created_at=at,
            amount=link.amount,
            currency=link.currency,
            receipt=link.reference_id or None,
            notes=link.notes,
            partial_payment=link.accept_partial,
            first_payment_min_amount=link.first_min_partial_amount or None,
            link_id=link.id,
            extras={"offers": list(link.offers)} if link.offers else None,
        )
        self._store.add(order)
        self._store.edit(link)
        link.order_id = order.id
        return order


def _utr(settlement: Settlement, at: int) -> str:
    """Return the bank's reference for a transfer, another one at each try."""
    return f"{at}{hashlib.sha256(settlement.id.encode()).hexdigest()[:6]}"
