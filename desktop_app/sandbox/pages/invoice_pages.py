"""Hosted page of an invoice, at its short address: its lines, its customer, and the payment.

Must not show a draft, nor what only the merchant knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PageError
from ..invoice_lifecycle import PAYABLE
from ..upi import INVOICE_PATH, PAYEE_NAME
from .payment_attempts import Purchase
from .payment_pages import PaymentPages, Values
from .rendering import NOBODY

if TYPE_CHECKING:
    from flask import Response

    from ..entities import Invoice, Payment

SMALLEST_PART = 100


class InvoicePages(PaymentPages):
    """The pages under `/inv/`."""

    prefix = INVOICE_PATH
    name = "invoice"

    def find(self, code: str) -> Purchase:
        """Find an invoice."""
        invoice = self._invoice(code)
        customer = invoice.customer or {}
        is_open = invoice.status in PAYABLE
        return Purchase(
            home=f"{INVOICE_PATH}{code}",
            payee=PAYEE_NAME,
            due=invoice.amount - invoice.amount_paid,
            order_id=invoice.order_id,
            description=invoice.description or "",
            reference=invoice.receipt or "",
            accepts_partial=invoice.partial_payment,
            minimum=SMALLEST_PART,
            email=customer.get("email") or "",
            contact=customer.get("contact") or "",
            note=f"Invoice #{invoice.id}",
            notes=invoice.notes,
            customer_id=customer.get("id"),
            closed="" if is_open else f"This invoice is {invoice.status}.",
        )

    def home(self, code: str, purchase: Purchase, more: Values, status: int) -> Response:
        """Render the invoice."""
        invoice = self._invoice(code)
        values = {
            "purchase": purchase,
            "invoice": invoice,
            "customer": invoice.customer or {},
            "payment": next(self.context.store.payments_for(invoice.order_id or ""), None),
            "payable": invoice.status in PAYABLE,
            **more,
        }
        return self.render_home("invoice", code, values, status)

    def after(self, code: str, purchase: Purchase, payment: Payment) -> str:
        """Return the invoice's page."""
        del code, payment
        return purchase.home

    def owns(self, code: str, purchase: Purchase, payment: Payment) -> bool:
        """Return whether a payment is for the invoice's order."""
        del code
        return purchase.order_id is not None and payment.order_id == purchase.order_id

    def framed_by(self, code: str) -> str:
        """Return that no site may frame the page."""
        del code
        return NOBODY

    def _invoice(self, code: str) -> Invoice:
        invoice = self.context.store.invoices.get(f"inv_{code}")
        if invoice is None or invoice.issued_at is None:
            raise PageError("Page not found.")
        return invoice
