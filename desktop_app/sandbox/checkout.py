"""Payment of an order by any method, as Checkout and the pages do it in a browser.

Pages and the control plane call `pay_order`; payments made through the API (payments.py) pass the
same checks. Must not know HTML. Razorpay's own refusals are ApiErrors, invalid input of the control
plane is a ControlError.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from .entities import Payment
from .errors import ALREADY_PAID, IN_PROGRESS, ControlError, bad_request
from .offers import apply_offer
from .payment_instruments import PaymentInstrument, read_instrument
from .upi_phone import NO_CONTACT, NO_EMAIL, PayerAction, apply_action, read_action

if TYPE_CHECKING:
    from .entities import Order
    from .sandbox_context import SandboxContext

WRONG_AMOUNT = (
    "Your payment amount is different from your order amount. "
    "To pay successfully, please try using right amount."
)


@dataclass(frozen=True, slots=True)
class PayerDetails:
    """The payer and the payment's description, as far as the page knows them."""

    email: str | None = None
    contact: str | None = None
    description: str | None = None
    notes: dict[str, Any] | None = None
    customer_id: str | None = None


def read_payer(given: object) -> PayerDetails:
    """Read the payer's details from a control call; raise ControlError if they are invalid."""
    if given is None:
        return PayerDetails()
    if not isinstance(given, dict) or set(given) - {f.name for f in fields(PayerDetails)}:
        raise ControlError("payer must be an object of email, contact, description, notes, …")
    for name, value in given.items():
        if not isinstance(value, dict if name == "notes" else str):
            raise ControlError(f"the payer's {name} cannot be that")
    return PayerDetails(**given)


class Checkout:
    """Payment of orders. Call inside a transaction, under the store's lock."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context

    def pay_order(
        self,
        order_id: str,
        method: str,
        details: dict[str, Any] | None = None,
        outcome: dict[str, Any] | None = None,
        payer: PayerDetails | None = None,
        offer_id: str | None = None,
    ) -> Payment:
        """Pay an order with the given outcome; return the payment.

        Args:
            order_id: The order; a payment link's order counts on the link too.
            method: `upi`, `card`, `netbanking` or `wallet`.
            details: Fields of the method; see `payment_instruments.read_instrument`.
            outcome: As for the phone: `outcome`, `reason`, `after_s`, `amount` (paise).
            payer: Email, contact and so on.
            offer_id: The offer that the payer chose; None for the best that fits.

        Raises:
            ApiError: Razorpay would refuse: the order is paid, the amount differs.
            ControlError: Invalid input, such as an unknown bank or outcome.
        """
        instrument = read_instrument(method, details)
        outcome_fields = dict(outcome or {})
        action = read_action({**outcome_fields, "vpa": instrument.vpa or "parent@okaxis"})
        order = self._context.order(order_id)
        who = payer or PayerDetails()
        payment = self.start(order, instrument, action.amount, who, offer_id)
        apply_action(self._context, payment, action)
        return payment

    def start(
        self,
        order: Order,
        instrument: PaymentInstrument,
        amount: int | None,
        payer: PayerDetails,
        offer_id: str | None = None,
    ) -> Payment:
        """Create the attempt; the payment is `created`, without an outcome yet."""
        due = order.amount - order.amount_paid
        paise = due if amount is None else amount
        self._check_link(order)
        check_payable(self._context, order, paise, instrument.method)
        payment = Payment(
            id="",
            created_at=self._context.now(),
            amount=paise,
            currency=order.currency,
            order_id=order.id,
            description=payer.description,
            email=payer.email or NO_EMAIL,
            contact=payer.contact or NO_CONTACT,
            notes=payer.notes,
            customer_id=payer.customer_id,
        )
        instrument.apply_to(payment, self._context.store.ids)
        apply_offer(self._context.store, order, payment, offer_id)
        payment.id = self._context.store.ids.new("pay")
        self._context.lifecycle.add_attempt(order, payment)
        return payment

    def finish(self, payment: Payment, action: PayerAction) -> Payment:
        """Apply the outcome to a started attempt."""
        apply_action(self._context, payment, action)
        return payment

    def _check_link(self, order: Order) -> None:
        link = self._context.store.links.get(order.link_id or "")
        if link is not None and link.status in ("expired", "cancelled"):
            raise ControlError(f"the link is {link.status}: its page takes no payment")


def check_payable(context: SandboxContext, order: Order, paise: int, method: str) -> None:
    """Refuse an attempt as Razorpay does.

    Raises:
        ApiError: With the documented reason: order_already_paid and others.
    """
    if order.status == "paid":
        raise bad_request(ALREADY_PAID, reason="order_already_paid")
    if (words := context.lifecycle.invoices.refusal_of(order)) is not None:
        raise bad_request(words)
    if order.method not in (None, method):
        raise bad_request(
            "Payment method is different from the order's payment method.",
            "method",
            reason="order_payment_method_mismatch",
        )
    if any(p.status == "authorized" for p in context.store.payments_for(order.id)):
        raise bad_request(IN_PROGRESS, reason="order_already_paid")
    if not _fits(order, paise):
        raise bad_request(WRONG_AMOUNT, "amount", reason="order_amount_mismatch")


def _fits(order: Order, amount: int) -> bool:
    due = order.amount - order.amount_paid
    if not order.partial_payment:
        return amount == due
    first = order.first_payment_min_amount if order.amount_paid == 0 else None
    return (first or 100) <= amount <= due or amount == due
