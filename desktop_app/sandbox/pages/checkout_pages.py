"""Standard Checkout: the frame that `checkout.js` opens over a merchant's page.

The merchant's page may be of any site; it posts its options, receives messages about the result,
and never sees the content of these pages. Only the sandbox's own forms can pay. Must hand out a
signature only for a successful payment of this checkout.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request

from desktop_app.sandbox.errors import ALREADY_PAID, PageError
from desktop_app.sandbox.signatures import sign_checkout

from .checkout_sessions import (
    CheckoutRefusedError,
    CheckoutSession,
    CheckoutSessions,
    text_colour_on,
)
from .payment_attempts import Purchase
from .payment_pages import PaymentPages, Values
from .rendering import see_other, static_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from desktop_app.sandbox.entities import Payment
    from desktop_app.sandbox.sandbox_context import SandboxContext

    from .rendering import PageRenderer

SCRIPT_PATH = "/v1/checkout.js"
OPEN_PATH = "/v1/checkout/public"
WENT_THROUGH = ("authorized", "captured")
ENDED = "This checkout has ended. Close it and open it again."


class CheckoutPages(PaymentPages):
    """The pages under `/checkout/`, and the script that opens them."""

    prefix = "/checkout/"
    name = "checkout"

    def __init__(
        self,
        context: SandboxContext,
        renderer: PageRenderer,
        check_own: Callable[[], None],
        check_host: Callable[[], None],
    ) -> None:
        super().__init__(context, renderer, check_own)
        self._check_host = check_host
        self._sessions = CheckoutSessions(context)

    def register(self, app: Flask) -> None:
        """Add the pages to the application."""
        super().register(app)
        app.add_url_rule(SCRIPT_PATH, "checkout_script", self.script)
        app.add_url_rule(OPEN_PATH, "checkout_open", self.open, methods=["POST"])
        app.add_url_rule(f"{self.prefix}<code>/done/<tail>", "checkout_done", self.done)

    def script(self) -> Response:
        """Return `checkout.js`."""
        found = static_file("checkout.js")
        if found is None:
            raise PageError("Script not found.")
        return found

    def open(self) -> Response:
        """Open a checkout for a merchant's page of any site."""
        self._check_host()
        origin = request.headers.get("Origin")
        with self.context.store.lock:
            try:
                session = self._sessions.open(request.form.get("options", ""), origin)
            except CheckoutRefusedError as problem:
                return self._refusal(str(problem), origin)
        return see_other(f"{self.prefix}{session.code}")

    def done(self, code: str, tail: str) -> Response:
        """Send the payment's proof to the merchant's page."""
        with self.opened(code) as purchase:
            session = self._session(code)
            payment = self._payment(code, purchase, tail)
            if payment.status not in WENT_THROUGH:
                return see_other(purchase.home)
            message = {"event": "success", "data": self._proof(payment)}
            values = {**self.frame_values(code), "purchase": purchase, "payment": payment}
            return self._print("done", session, values, message)

    def find(self, code: str) -> Purchase:
        """Find an open checkout."""
        session = self._session(code)
        order = self.context.store.orders.get(session.order_id or "")
        due = session.amount if order is None else order.amount - order.amount_paid
        first = (order and not order.amount_paid and order.first_payment_min_amount) or 100
        return Purchase(
            home=f"{self.prefix}{code}",
            payee=session.name,
            due=due,
            order_id=session.order_id,
            description=session.description,
            accepts_partial=order is not None and order.partial_payment,
            minimum=first,
            email=session.email,
            contact=session.contact,
            note=session.description or None,
            notes=session.notes,
            customer_id=session.customer_id,
            methods=session.methods,
            chosen=session.chosen,
            closed="" if due > 0 else ALREADY_PAID,
        )

    def home(self, code: str, purchase: Purchase, more: Values, status: int) -> Response:
        """Render the choice of methods and the result of the last attempt."""
        session = self._session(code)
        tried = [p for p in map(self.context.store.payments.get, session.payments) if p is not None]
        paid = next((p for p in tried if p.status in WENT_THROUGH), None)
        if paid is not None:
            return see_other(self.after(code, purchase, paid))
        if purchase.closed:
            return self._refusal(purchase.closed, session.origin)
        failed = [p for p in tried if p.status == "failed"]
        last = tried[-1] if tried else None
        values = {
            **self._frame(session, _failure(last)),
            "purchase": purchase,
            "payment": last,
            "over": session.retries is not None and len(failed) > session.retries,
            **more,
        }
        return self.render_home("checkout", code, values, status)

    def after(self, code: str, purchase: Purchase, payment: Payment) -> str:
        """Return the proof's path for a successful payment, else the choice of methods."""
        if payment.status in WENT_THROUGH:
            return f"{self.prefix}{code}/done/{payment.id.partition('_')[2]}"
        return purchase.home

    def begun(self, code: str, payment: Payment) -> None:
        """Record a payment of this checkout."""
        self._session(code).payments.append(payment.id)

    def owns(self, code: str, purchase: Purchase, payment: Payment) -> bool:
        """Return whether a payment was started in this checkout."""
        del purchase
        return payment.id in self._session(code).payments

    def framed_by(self, code: str) -> str:
        """Return the merchant's origin; empty for pages without one, such as a file."""
        return _ancestors(self._session(code).origin)

    def frame_values(self, code: str) -> Values:
        """Return the merchant's colour and the target of messages."""
        return self._frame(self._session(code), None)

    def _frame(self, session: CheckoutSession, message: dict[str, Any] | None) -> Values:
        return {
            "accent": session.accent,
            "on_accent": text_colour_on(session.accent) if session.accent else "",
            "parent": session.origin or "*",
            "message": json.dumps(message) if message else "",
        }

    def _print(
        self, template: str, session: CheckoutSession, values: Values, message: dict[str, Any]
    ) -> Response:
        filled = {**values, **self._frame(session, message)}
        return self.renderer.page(template, filled, framed_by=_ancestors(session.origin))

    def _refusal(self, words: str, origin: str | None) -> Response:
        values = {"words": words, "accent": "", "on_accent": "", "message": ""}
        known = origin if origin and origin != "null" else None
        return self.renderer.page(
            "refusal", {**values, "parent": known or "*"}, status=400, framed_by=_ancestors(known)
        )

    def _proof(self, payment: Payment) -> dict[str, str]:
        proof = {"razorpay_payment_id": payment.id}
        if payment.order_id is not None:
            proof["razorpay_order_id"] = payment.order_id
            signed = sign_checkout(payment.order_id, payment.id, self.context.key_secret)
            proof["razorpay_signature"] = signed
        return proof

    def _session(self, code: str) -> CheckoutSession:
        session = self._sessions.get(code)
        if session is None:
            raise PageError(ENDED)
        return session


def _ancestors(origin: str | None) -> str:
    return f"'self' {origin}" if origin else ""


def _failure(payment: Payment | None) -> dict[str, Any] | None:
    """Return the event `payment.failed` as merchants' pages receive it."""
    if payment is None or payment.status != "failed" or payment.error is None:
        return None
    metadata = {"payment_id": payment.id, "order_id": payment.order_id}
    return {"event": "failed", "data": {"error": {**payment.error, "metadata": metadata}}}
