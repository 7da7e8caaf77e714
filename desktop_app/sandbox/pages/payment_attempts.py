"""Takes a parent's payment on a page: starts the attempt, then lets the parent's bank answer.

The rules of money are checkout.py's and the phone's; this adds what a page has and they have not:
an amount typed in rupees, a form with mistakes, and payments without an order. Must not know HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.sandbox.checkout import Checkout, Payer
from desktop_app.sandbox.entities import Payment
from desktop_app.sandbox.errors import ApiError, ControlError
from desktop_app.sandbox.upi import FAILURES, TRIGGERS
from desktop_app.sandbox.upi_phone import NO_CONTACT, NO_EMAIL, read_tap

from .payment_form import METHODS, OTP, FormError, Tender, read_paise, read_person, read_tender
from .rendering import rupees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.sandbox.sandbox_context import Box

OPEN = ("created", "failed")
OUTCOMES = {"success": "success", "failure": "failure", "leave": "timeout"}
# What else than UPI can fail of; UPI fails of anything.
REASONS = (
    "bank_technical_error",
    "gateway_technical_error",
    "insufficient_funds",
    "payment_cancelled",
    "payment_declined",
    "payment_failed",
    "payment_risk_check_failed",
    "payment_timed_out",
    "transaction_limit_exceeded",
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a page takes money for. Amounts are paise; `closed` says why it takes none any more."""

    home: str
    payee: str
    due: int
    order_id: str | None = None
    description: str = ""
    reference: str = ""
    may_part: bool = False
    least: int = 0
    email: str = ""
    contact: str = ""
    note: str | None = None
    notes: dict[str, Any] | None = None
    customer_id: str | None = None
    methods: tuple[str, ...] = tuple(METHODS)
    chosen: str = ""
    closed: str = ""


class Cashier:
    """Takes payments. Call inside a transaction, under the store's lock."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._checkout = Checkout(box)

    def begin(self, purchase: Purchase, form: Mapping[str, str]) -> tuple[Payment, Tender]:
        """Start an attempt as the form says; the payment is `created`.

        Raises:
            FormError: A field is wrong, or Razorpay would refuse.
        """
        if purchase.closed:
            raise FormError("", purchase.closed)
        tender = read_tender(form, purchase.methods, self._box.now())
        email, contact = read_person(
            form, purchase.email or NO_EMAIL, purchase.contact or NO_CONTACT
        )
        payer = Payer(email, contact, purchase.note, purchase.notes, purchase.customer_id)
        paise = self._amount(purchase, form)
        if purchase.order_id is None:
            payment = self._without_order(paise, tender, payer)
        else:
            payment = self._start(purchase.order_id, tender, paise, payer)
        if payment.method == "upi":
            payment.has_code = True
            payment.vpa = None
        return payment, tender

    def _start(self, order_id: str, tender: Tender, paise: int, payer: Payer) -> Payment:
        try:
            return self._checkout.start(self._box.order(order_id), tender.means, paise, payer)
        except (ApiError, ControlError) as problem:
            raise FormError("", str(problem)) from problem

    def _amount(self, purchase: Purchase, form: Mapping[str, str]) -> int:
        typed = form.get("rupees", "").strip()
        if not purchase.may_part or not typed:
            return purchase.due
        paise = read_paise(typed)
        least = min(purchase.least, purchase.due)
        if not least <= paise <= purchase.due:
            raise FormError(
                "rupees", f"Write an amount from {rupees(least)} to {rupees(purchase.due)}."
            )
        return paise

    def _without_order(self, paise: int, tender: Tender, payer: Payer) -> Payment:
        payment = Payment(
            id=self._box.store.ids.new("pay"),
            created_at=self._box.now(),
            amount=paise,
            currency="INR",
            description=payer.description,
            email=payer.email,
            contact=payer.contact,
            notes=payer.notes,
            customer_id=payer.customer_id,
        )
        tender.means.put_on(payment, self._box.store.ids)
        self._box.store.add(payment)
        return payment

    def answer(self, payment: Payment, form: Mapping[str, str]) -> None:
        """Let the bank answer as the parent pressed; what is settled stays as it is.

        Raises:
            FormError: A field is wrong.
        """
        outcome = OUTCOMES.get(form.get("outcome", ""))
        if outcome is None:
            raise FormError("outcome", "Press one of the buttons.")
        if payment.status not in OPEN:
            return
        if outcome == "success" and payment.method == "card" and not _is_otp(form):
            raise FormError("otp", "Write the one-time password: any four digits or more.")
        if outcome == "success" and payment.order_id is None and payment.amount not in TRIGGERS:
            outcome = "authorized"  # Razorpay captures by itself only what belongs to an order
        told = {"vpa": form.get("vpa") or "parent@okaxis", "outcome": outcome}
        if outcome == "failure" and form.get("reason"):
            told["reason"] = form["reason"]
        try:
            self._checkout.finish(payment, read_tap(told))
        except ControlError as problem:
            raise FormError(str(problem).partition(" ")[0], str(problem)) from problem


def reasons_for(payment: Payment) -> list[str]:
    """Name what a payment can fail of, for the page's list."""
    return sorted(FAILURES) if payment.method == "upi" else list(REASONS)


def _is_otp(form: Mapping[str, str]) -> bool:
    return OTP.fullmatch(form.get("otp", "").strip()) is not None
