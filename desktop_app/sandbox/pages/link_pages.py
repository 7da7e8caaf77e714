"""Hosted page of a payment link, at its short address.

Opening it creates the link's order. Once paid, the browser goes to the merchant's `callback_url`
with a signature, if the link has one. Must not show what only the merchant knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..errors import PageError
from ..offers import open_offers
from ..signatures import sign_link
from ..upi import LINK_PATH, PAYEE_NAME
from .checkout_sessions import ORIGIN
from .payment_attempts import Purchase
from .payment_pages import PaymentPages, Values
from .rendering import NOBODY

if TYPE_CHECKING:
    from flask import Response

    from ..entities import Payment, PaymentLink

PAYABLE = ("created", "partially_paid")
SMALLEST_PART = 100


class LinkPages(PaymentPages):
    """The pages under `/l/`."""

    prefix = LINK_PATH
    name = "link"

    def find(self, code: str) -> Purchase:
        """Find a link; create its order while it is payable."""
        link = self._link(code)
        if link.status in PAYABLE:
            self.context.lifecycle.open_link(link, self.context.now())
        customer = link.customer or {}
        first = 0 if link.amount_paid else link.first_min_partial_amount
        return Purchase(
            home=f"{LINK_PATH}{code}",
            payee=PAYEE_NAME,
            due=link.amount - link.amount_paid,
            order_id=link.order_id,
            description=link.description,
            reference=link.reference_id,
            accepts_partial=link.accept_partial,
            minimum=max(first, SMALLEST_PART),
            email=customer.get("email") or "",
            contact=customer.get("contact") or "",
            note=f"#{code}",
            notes=link.notes,
            offers=open_offers(self.context.store, link.order_id),
            closed="" if link.status in PAYABLE else f"This link is {link.status}.",
        )

    def home(self, code: str, purchase: Purchase, more: Values, status: int) -> Response:
        """Render the link's page."""
        link = self._link(code)
        values = {
            "purchase": purchase,
            "link": link,
            "payment": next(self.context.store.payments_for(link.order_id or ""), None),
            "payable": link.status in PAYABLE,
            "expires": link.expire_by,
            **more,
        }
        return self.render_home("link", code, values, status)

    def after(self, code: str, purchase: Purchase, payment: Payment) -> str:
        """Return the merchant's callback once paid, else the link's page."""
        link = self._link(code)
        if not link.callback_url or not payment.captured:
            return purchase.home
        signed = (link.id, link.reference_id, link.status, payment.id)
        query = {
            "razorpay_payment_id": payment.id,
            "razorpay_payment_link_id": link.id,
            "razorpay_payment_link_reference_id": link.reference_id,
            "razorpay_payment_link_status": link.status,
            "razorpay_signature": sign_link(*signed, self.context.key_secret),
        }
        joint = "&" if "?" in link.callback_url else "?"
        return f"{link.callback_url}{joint}{urlencode(query)}"

    def owns(self, code: str, purchase: Purchase, payment: Payment) -> bool:
        """Return whether a payment is for the link's order."""
        del code
        return purchase.order_id is not None and payment.order_id == purchase.order_id

    def framed_by(self, code: str) -> str:
        """Return that no site may frame the page."""
        del code
        return NOBODY

    def sends_to(self, code: str) -> str:
        """Return the callback's origin, since browsers apply the policy to redirects."""
        found = ORIGIN.match(self._link(code).callback_url or "")
        return found[0] if found else ""

    def _link(self, code: str) -> PaymentLink:
        link = self.context.store.links.get(f"plink_{code}")
        if link is None:
            raise PageError("Page not found.")
        return link
