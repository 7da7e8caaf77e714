"""Steps of a payment through pages: choose a method, answer at the bank, return.

Payment links and Checkout share them and differ in what they sell and where they lead afterwards.
Needs no key; only forms of the sandbox's own pages are accepted. Must not show what only the
merchant knows.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, request

from ..errors import PageError
from ..payment_instruments import BANKS, WALLETS
from ..upi import intent_text
from .payment_attempts import PaymentAttempts, Purchase, reasons_for
from .payment_form import APPS, CARDS, METHODS, FormError
from .rendering import see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask

    from ..entities import Payment
    from ..sandbox_context import SandboxContext
    from .rendering import PageRenderer

KEPT = tuple("method app bank wallet number expiry holder email contact rupees".split())
Values = dict[str, Any]


class PaymentPages:
    """Base of the pages that take payments."""

    prefix = ""
    name = ""

    def __init__(
        self, context: SandboxContext, renderer: PageRenderer, check_own: Callable[[], None]
    ) -> None:
        self.context = context
        self.renderer = renderer
        self._check_own = check_own
        self._attempts = PaymentAttempts(context)

    def register(self, app: Flask) -> None:
        """Add the pages to the application."""
        base, name = f"{self.prefix}<code>", self.name
        bank = f"{base}/bank/<tail>"
        app.add_url_rule(base, name, self.show)
        app.add_url_rule(f"{base}/pay", f"{name}_pay", self.pay, methods=["POST"])
        app.add_url_rule(bank, f"{name}_bank", self.bank)
        app.add_url_rule(bank, f"{name}_answer", self.answer, methods=["POST"])
        app.add_url_rule(f"{bank}/state", f"{name}_state", self.state)
        app.add_url_rule(f"{bank}/next", f"{name}_next", self.proceed)

    # For subclasses

    def find(self, code: str) -> Purchase:
        """Return the purchase of a code, inside a transaction; raise PageError if there is none."""
        raise NotImplementedError

    def home(self, code: str, purchase: Purchase, more: Values, status: int) -> Response:
        """Render the first page."""
        raise NotImplementedError

    def after(self, code: str, purchase: Purchase, payment: Payment) -> str:
        """Return the address that follows a decided payment."""
        raise NotImplementedError

    def owns(self, code: str, purchase: Purchase, payment: Payment) -> bool:
        """Return whether a payment was started on these pages."""
        raise NotImplementedError

    def framed_by(self, code: str) -> str:
        """Return the `frame-ancestors` of the pages; empty for any site."""
        raise NotImplementedError

    def sends_to(self, code: str) -> str:
        """Return another origin to which forms may lead."""
        del code
        return ""

    def frame_values(self, code: str) -> Values:
        """Return the values of the page's frame."""
        del code
        return {}

    # The pages

    def show(self, code: str) -> Response:
        """Show the first page."""
        with self.opened(code) as purchase:
            return self.home(code, purchase, {"form": {}, "mistake": None}, 200)

    def pay(self, code: str) -> Response:
        """Start the payment of the form and redirect to the bank."""
        self._check_own()
        with self.opened(code) as purchase:
            try:
                return see_other(self.begin(code, purchase, request.form))
            except FormError as mistake:
                kept = {name: request.form[name] for name in KEPT if name in request.form}
                return self.home(code, purchase, {"form": kept, "mistake": mistake}, 400)

    def begin(self, code: str, purchase: Purchase, form: Mapping[str, str]) -> str:
        """Start the payment of a form; return the path of the bank's page."""
        with self.context.store.transaction():
            payment, choice = self._attempts.begin(purchase, form)
            self.begun(code, payment)
        query = f"?{urlencode({'app': choice.app})}" if choice.app else ""
        return f"{_bank(purchase, payment)}{query}"

    def begun(self, code: str, payment: Payment) -> None:
        """Record a payment started on these pages."""

    def bank(self, code: str, tail: str) -> Response:
        """Show the parent's bank, card issuer, wallet or UPI app."""
        with self.opened(code) as purchase:
            payment = self._payment(code, purchase, tail)
            if payment.status != "created":
                return see_other(self.after(code, purchase, payment))
            return self._bank_page(code, purchase, payment, None, 200)

    def answer(self, code: str, tail: str) -> Response:
        """Apply the parent's answer at the bank."""
        self._check_own()
        with self.opened(code) as purchase:
            payment = self._payment(code, purchase, tail)
            try:
                with self.context.store.transaction():
                    self._attempts.answer(payment, request.form)
            except FormError as mistake:
                return self._bank_page(code, purchase, payment, mistake, 400)
            self.context.timers.run_due()
            return see_other(self.after(code, purchase, payment))

    def state(self, code: str, tail: str) -> Response:
        """Return a payment's state, for pages that poll it."""
        with self.opened(code) as purchase:
            status = self._payment(code, purchase, tail).status
        answer_json = {"waits": status == "created", "paid": status in ("authorized", "captured")}
        return Response(json.dumps(answer_json), content_type="application/json")

    def proceed(self, code: str, tail: str) -> Response:
        """Redirect onwards once the payment is decided, until then to the bank."""
        with self.opened(code) as purchase:
            payment = self._payment(code, purchase, tail)
            waits = payment.status == "created"
            target = _bank(purchase, payment) if waits else self.after(code, purchase, payment)
            return see_other(target)

    @contextmanager
    def opened(self, code: str) -> Iterator[Purchase]:
        """Hold the lock, apply what is due, and yield the purchase of a code."""
        with self.context.store.lock:
            self.context.timers.run_due()
            with self.context.store.transaction():
                purchase = self.find(code)
            yield purchase

    def _payment(self, code: str, purchase: Purchase, tail: str) -> Payment:
        payment = self.context.store.payments.get(f"pay_{tail}")
        if payment is None or not self.owns(code, purchase, payment):
            raise PageError("Payment not found.")
        return payment

    def _bank_page(
        self,
        code: str,
        purchase: Purchase,
        payment: Payment,
        mistake: FormError | None,
        status: int,
    ) -> Response:
        app = APPS.get(request.args.get("app", ""))
        values = {
            **self.frame_values(code),
            "purchase": purchase,
            "payment": payment,
            "app": app,
            "action": request.full_path.rstrip("?"),
            "bank_path": _bank(purchase, payment),
            "payer_bank": BANKS.get(payment.bank or "") or WALLETS.get(payment.wallet or ""),
            "qr_path": f"/_pages/qr/{payment.id}" if payment.method == "upi" else "",
            "intent": intent_text(payment) if payment.method == "upi" else "",
            "reasons": reasons_for(payment),
            "mistake": mistake,
        }
        return self.renderer.page(
            "bank",
            values,
            status=status,
            framed_by=self.framed_by(code),
            sends_to=self.sends_to(code),
        )

    def render_home(self, template: str, code: str, values: Values, status: int) -> Response:
        """Render a first page with the choice of methods."""
        lists = {
            "methods": METHODS,
            "apps": APPS,
            "banks": BANKS,
            "wallets": WALLETS,
            "cards": [" ".join(n[at : at + 4] for at in range(0, 16, 4)) for n in CARDS],
        }
        return self.renderer.page(
            template,
            {**self.frame_values(code), **lists, **values},
            status=status,
            framed_by=self.framed_by(code),
            sends_to=self.sends_to(code),
        )


def _bank(purchase: Purchase, payment: Payment) -> str:
    return f"{purchase.home}/bank/{payment.id.partition('_')[2]}"
