"""State machine of invoices: draft → issued → partially_paid → paid, or cancelled or expired.

A draft can be deleted. Call only inside a transaction; `at` is the instant of the change in Unix
seconds. Must not read requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .entities import Order

if TYPE_CHECKING:
    from .entities import Invoice, Payment
    from .entity_store import EntityStore
    from .webhook_events import EventRecorder

PAYABLE = ("issued", "partially_paid")


def not_allowed(invoice: Invoice) -> str:
    """Return Razorpay's refusal of what an invoice's state forbids."""
    return f"Operation not allowed for Invoice in {invoice.status} status."


class InvoiceLifecycle:
    """Transitions of invoices."""

    def __init__(self, store: EntityStore, events: EventRecorder) -> None:
        self._store = store
        self._events = events

    def issue(self, invoice: Invoice, at: int) -> None:
        """Create the order of an invoice and open its page."""
        order = Order(
            id=self._store.ids.new("order"),
            created_at=at,
            amount=invoice.amount,
            currency=invoice.currency,
            receipt=invoice.receipt,
            notes=invoice.notes,
            partial_payment=invoice.partial_payment,
            invoice_id=invoice.id,
        )
        self._store.add(order)
        invoice.order_id = order.id
        invoice.status, invoice.issued_at = "issued", at
        invoice.date = invoice.date or at
        invoice.sms_status = "pending" if invoice.sms_notify else None
        invoice.email_status = "pending" if invoice.email_notify else None

    def refusal_of(self, order: Order) -> str | None:
        """Return why the invoice of an order takes no money any more, None if it does."""
        invoice = self._store.invoices.get(order.invoice_id or "")
        if invoice is None or invoice.status not in ("cancelled", "expired"):
            return None
        return not_allowed(invoice)

    def count(self, order: Order, payment: Payment, at: int) -> None:
        """Count a captured payment on its order's invoice, if there is one."""
        invoice = self._store.invoices.get(order.invoice_id or "")
        if invoice is None:
            return
        self._store.edit(invoice)
        invoice.amount_paid = order.amount_paid
        invoice.payment_id = invoice.payment_id or payment.id
        invoice.status = "paid" if order.status == "paid" else "partially_paid"
        if invoice.status == "paid":
            invoice.paid_at = at
        self._events.record(f"invoice.{invoice.status}", at, payment, order, invoice)

    def cancel(self, invoice: Invoice, at: int) -> None:
        """Cancel an invoice."""
        self._store.edit(invoice)
        invoice.status, invoice.cancelled_at = "cancelled", at

    def expire(self, invoice: Invoice, at: int) -> None:
        """Close an invoice at the end of its time."""
        self._store.edit(invoice)
        invoice.status, invoice.expired_at = "expired", at
        self._events.record("invoice.expired", at, invoice)
