"""Checkout: the frame that `checkout.js` opens over a merchant's page, or a whole page.

The merchant's page may be of any site; it posts its options, receives messages about the result,
and never sees the content of these pages. Embedded and hosted Checkout fill the window instead, and
post the result to the merchant's callback. Only the sandbox's own forms can pay. Must hand out a
signature only for a successful payment of this checkout.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request

from ..errors import ALREADY_PAID, PageError, bad_request
from ..offers import open_offers
from ..request_parsing import UnreadableBodyError, read_object
from ..signatures import sign_checkout
from .checkout_sessions import (
    ORIGIN,
    CheckoutRefusedError,
    CheckoutSession,
    CheckoutSessions,
    WayBack,
    read_options,
    read_way_back,
    text_colour_on,
)
from .payment_attempts import Purchase
from .payment_form import FormError, read_direct
from .payment_pages import PaymentPages, Values
from .rendering import NOBODY, see_other, static_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from ..entities import Payment
    from ..sandbox_context import SandboxContext
    from .rendering import PageRenderer

SCRIPT_PATHS = ("/v1/checkout.js", "/v1/razorpay.js")
OPEN_PATH = "/v1/checkout/public"
WINDOW_PATHS = ("/v1/checkout/embedded", "/v1/checkout/hosted")
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
        for path in SCRIPT_PATHS:
            app.add_url_rule(path, path, self.script)
        app.add_url_rule(OPEN_PATH, "checkout_open", self.open, methods=["POST"])
        for path in WINDOW_PATHS:
            app.add_url_rule(path, path, self.fill_window, methods=["POST"])
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
                options = read_options(request.form.get("options", ""))
                session = self._sessions.open(options, origin)
            except CheckoutRefusedError as problem:
                return self._refusal(str(problem), origin)
            if session.direct is not None:
                return self._begin_direct(session, session.direct)
        return see_other(f"{self.prefix}{session.code}")

    def _begin_direct(self, session: CheckoutSession, sent: dict[str, Any]) -> Response:
        """Start the payment that the merchant's own form has collected."""
        with self.opened(session.code) as purchase:
            try:
                return see_other(self.begin(session.code, purchase, read_direct(sent)))
            except FormError as mistake:
                refused = {"event": "failed", "data": bad_request(str(mistake)).body()}
                return self._refusal(str(mistake), session.origin, refused)

    def fill_window(self) -> Response:
        """Open a checkout for a merchant's form, which leaves its page."""
        self._check_host()
        try:
            form = read_object(request)
            options = {**form, "key": form.get("key_id") or form.get("key")}
            with self.context.store.lock:
                session = self._sessions.open(options, None, read_way_back(form))
        except (CheckoutRefusedError, UnreadableBodyError) as problem:
            return self._refusal(str(problem), None)
        return see_other(f"{self.prefix}{session.code}")

    def done(self, code: str, tail: str) -> Response:
        """Send the payment's proof to the merchant's page."""
        with self.opened(code) as purchase:
            session = self._session(code)
            payment = self._payment(code, purchase, tail)
            if payment.status not in WENT_THROUGH:
                return see_other(purchase.home)
            message = {"event": "success", "data": self._proof(payment)}
            back = session.way_back or WayBack("", "")
            values = {
                **self._frame(session, message),
                "purchase": purchase,
                "payment": payment,
                "callback": back.callback_url,
                "answer": message["data"],
            }
            return self.renderer.page(
                "done", values, framed_by=self.framed_by(code), sends_to=self.sends_to(code)
            )

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
            offers=open_offers(self.context.store, session.order_id),
            customer_id=session.customer_id,
            methods=session.methods,
            chosen=session.chosen,
            fixed=session.fixed,
            concealed=session.concealed,
            vpa=str((session.direct or {}).get("vpa", ""))[:100],
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
        told = _failure(last)
        values = {
            **self._frame(session, told),
            "callback": session.way_back.callback_url if session.way_back else "",
            "answer": _as_fields(told["data"]["error"]) if told else {},
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
        session = self._session(code)
        return NOBODY if session.way_back else _ancestors(session.origin)

    def sends_to(self, code: str) -> str:
        """Return the callback's origin."""
        back = self._session(code).way_back
        found = ORIGIN.match(back.callback_url) if back else None
        return found[0] if found else ""

    def frame_values(self, code: str) -> Values:
        """Return the merchant's colour and the target of messages."""
        return self._frame(self._session(code), None)

    def _frame(self, session: CheckoutSession, message: dict[str, Any] | None) -> Values:
        return {
            "accent": session.accent,
            "on_accent": text_colour_on(session.accent) if session.accent else "",
            "parent": "" if session.way_back else session.origin or "*",
            "leave": session.way_back.cancel_url if session.way_back else "",
            "message": json.dumps(message) if message else "",
        }

    def _refusal(
        self, words: str, origin: str | None, message: dict[str, Any] | None = None
    ) -> Response:
        sent = json.dumps(message) if message else ""
        values = {"words": words, "accent": "", "on_accent": "", "message": sent, "leave": ""}
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


def _as_fields(error: dict[str, Any]) -> dict[str, str]:
    """Return the form fields in which a callback receives a failure."""
    values = {**error, "metadata": json.dumps(error["metadata"])}
    return {f"error[{name}]": str(value) for name, value in values.items()}
