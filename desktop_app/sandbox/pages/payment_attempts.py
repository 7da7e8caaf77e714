"""Payment attempts of the pages: starts one, then applies the bank's answer that the parent chose.

The rules of money are in checkout.py and upi_phone.py; this module adds what only a page has:
amounts typed in rupees, invalid forms, and payments without an order. Must not know HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..checkout import Checkout, PayerDetails
from ..entities import Payment
from ..errors import ApiError, ControlError
from ..upi import FAILURES, TEST_AMOUNTS
from ..upi_phone import NO_CONTACT, NO_EMAIL, read_action
from . import payment_form
from .rendering import rupees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sandbox_context import SandboxContext

OPEN = ("created", "failed")
OUTCOMES = {"success": "success", "failure": "failure", "leave": "timeout"}
# Failure reasons of the other methods; UPI has all of them.
REASONS = (
    "bank_technical_error gateway_technical_error insufficient_funds payment_cancelled "
    "payment_declined payment_failed payment_risk_check_failed payment_timed_out "
    "transaction_limit_exceeded"
).split()


@dataclass(frozen=True, slots=True)
class Purchase:
    """The object of a page's payment.

    Attributes:
        due: paise, as all amounts.
        closed: why it is not payable.
        fixed: fields of the payer that cannot be changed on the page.
        concealed: fields of the payer that the page does not show.
        vpa: the payer's UPI address, as far as it is known.
        offers: words about discounts; the bank's page shows the rest to pay.
    """

    home: str
    payee: str
    due: int
    order_id: str | None = None
    description: str = ""
    reference: str = ""
    accepts_partial: bool = False
    minimum: int = 0
    email: str = ""
    contact: str = ""
    note: str | None = None
    notes: dict[str, Any] | None = None
    customer_id: str | None = None
    methods: tuple[str, ...] = tuple(payment_form.METHODS)
    chosen: str = ""
    closed: str = ""
    fixed: tuple[str, ...] = ()
    concealed: tuple[str, ...] = ()
    vpa: str = ""
    offers: tuple[str, ...] = ()


class PaymentAttempts:
    """Attempts of the pages. Call inside a transaction, under the store's lock."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._checkout = Checkout(context)

    def begin(
        self, purchase: Purchase, form: Mapping[str, str]
    ) -> tuple[Payment, payment_form.PaymentChoice]:
        """Start the attempt of a form; the payment is `created`.

        Raises:
            FormError: A field is invalid, or Razorpay would refuse.
        """
        if purchase.closed:
            raise payment_form.FormError("", purchase.closed)
        choice = payment_form.read_choice(form, purchase.methods, self._context.now())
        email, contact = payment_form.read_payer_contact(
            {name: form[name] for name in form if name not in purchase.fixed + purchase.concealed},
            purchase.email or NO_EMAIL,
            purchase.contact or NO_CONTACT,
        )
        payer = PayerDetails(email, contact, purchase.note, purchase.notes, purchase.customer_id)
        paise = self._amount(purchase, form)
        if purchase.order_id is None:
            payment = self._without_order(paise, choice, payer)
        else:
            payment = self._start(purchase.order_id, choice, paise, payer)
        if payment.method == "upi":
            payment.has_code = True
            payment.vpa = None
        return payment, choice

    def _start(
        self, order_id: str, choice: payment_form.PaymentChoice, paise: int, payer: PayerDetails
    ) -> Payment:
        try:
            return self._checkout.start(
                self._context.order(order_id), choice.instrument, paise, payer
            )
        except (ApiError, ControlError) as problem:
            raise payment_form.FormError("", str(problem)) from problem

    def _amount(self, purchase: Purchase, form: Mapping[str, str]) -> int:
        typed = form.get("rupees", "").strip()
        if not purchase.accepts_partial or not typed:
            return purchase.due
        paise = payment_form.read_paise(typed)
        minimum = min(purchase.minimum, purchase.due)
        if not minimum <= paise <= purchase.due:
            raise payment_form.FormError(
                "rupees", f"Enter an amount from {rupees(minimum)} to {rupees(purchase.due)}."
            )
        return paise

    def _without_order(
        self, paise: int, choice: payment_form.PaymentChoice, payer: PayerDetails
    ) -> Payment:
        payment = Payment(
            id=self._context.store.ids.new("pay"),
            created_at=self._context.now(),
            amount=paise,
            currency="INR",
            description=payer.description,
            email=payer.email,
            contact=payer.contact,
            notes=payer.notes,
            customer_id=payer.customer_id,
        )
        choice.instrument.apply_to(payment, self._context.store.ids)
        self._context.store.add(payment)
        return payment

    def answer(self, payment: Payment, form: Mapping[str, str]) -> None:
        """Apply the bank's answer of a form; a decided payment stays unchanged.

        Raises:
            FormError: A field is invalid.
        """
        outcome = OUTCOMES.get(form.get("outcome", ""))
        if outcome is None:
            raise payment_form.FormError("outcome", "Press one of the buttons.")
        if payment.status not in OPEN:
            return
        is_card = outcome == "success" and payment.method == "card"
        if is_card and not _is_otp(form):
            raise payment_form.FormError(
                "otp", "Enter the one-time password. Any 4 digits or more work."
            )
        if outcome == "success" and payment.order_id is None and payment.amount not in TEST_AMOUNTS:
            outcome = "authorized"  # Razorpay auto-captures only payments of an order
        fields = {"vpa": form.get("vpa") or "parent@okaxis", "outcome": outcome}
        if outcome == "failure" and form.get("reason"):
            fields["reason"] = form["reason"]
        if is_card and payment_form.SHORT_OTP.fullmatch(_otp(form)):
            fields.update(outcome="failure", reason="invalid_otp")
        try:
            self._checkout.finish(payment, read_action(fields))
        except ControlError as problem:
            raise payment_form.FormError(str(problem).partition(" ")[0], str(problem)) from problem


def reasons_for(payment: Payment) -> list[str]:
    """Return the failure reasons to offer for a payment."""
    return sorted(FAILURES) if payment.method == "upi" else list(REASONS)


def _otp(form: Mapping[str, str]) -> str:
    return form.get("otp", "").strip()


def _is_otp(form: Mapping[str, str]) -> bool:
    """Return whether digits were typed; fewer than four are a wrong password, not a slip."""
    kinds = (payment_form.OTP, payment_form.SHORT_OTP)
    return any(kind.fullmatch(_otp(form)) for kind in kinds)
