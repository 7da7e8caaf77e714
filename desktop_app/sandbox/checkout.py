"""Paying an order by any method, as Checkout and the pages do it in a browser.

`pay_order` is what pages and control call; payments made by the API (payments.py) pass the same
checks. Must not know HTML. A refusal is Razorpay's own (ApiError); a wrong wish is a ControlError.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from .entities import Payment
from .errors import ALREADY_PAID, IN_PROGRESS, ControlError, bad_request
from .payment_instruments import Means, read_means
from .upi_phone import NO_CONTACT, NO_EMAIL, Tap, act, read_tap

if TYPE_CHECKING:
    from .entities import Order
    from .sandbox_context import Box

WRONG_AMOUNT = (
    "Your payment amount is different from your order amount. "
    "To pay successfully, please try using right amount."
)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as far as the page knows, and what the merchant's page said about it."""

    email: str | None = None
    contact: str | None = None
    description: str | None = None
    notes: dict[str, Any] | None = None
    customer_id: str | None = None


def read_payer(given: object) -> Payer:
    """Check what control says about the payer; raise ControlError where it cannot be."""
    if given is None:
        return Payer()
    if not isinstance(given, dict) or set(given) - {f.name for f in fields(Payer)}:
        raise ControlError("payer must be an object of email, contact, description, notes, …")
    for name, value in given.items():
        if not isinstance(value, dict if name == "notes" else str):
            raise ControlError(f"the payer's {name} cannot be that")
    return Payer(**given)


class Checkout:
    """Takes payments for orders. Call inside a transaction, under the store's lock."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def pay_order(
        self,
        order_id: str,
        method: str,
        details: dict[str, Any] | None = None,
        outcome: dict[str, Any] | None = None,
        payer: Payer | None = None,
    ) -> Payment:
        """Let a parent pay an order, or fail to; give the payment as it is then.

        Args:
            order_id: The order; a payment link's order counts on the link, too.
            method: `upi`, `card`, `netbanking` or `wallet`.
            details: What belongs to the method; see `means.read_means`.
            outcome: As on the phone: `outcome`, `reason`, `after_s`, `amount` (paise).
            payer: Email, contact and so on.

        Raises:
            ApiError: Razorpay would refuse: the order is paid, the amount is another.
            ControlError: The wish makes no sense: an unknown bank or outcome.
        """
        means = read_means(method, details)
        told = dict(outcome or {})
        tap = read_tap({**told, "vpa": means.vpa or "parent@okaxis"})
        order = self._box.order(order_id)
        payment = self.start(order, means, tap.amount, payer or Payer())
        act(self._box, payment, tap)
        return payment

    def start(self, order: Order, means: Means, amount: int | None, payer: Payer) -> Payment:
        """Make the attempt, without an outcome yet: the payment is `created`."""
        due = order.amount - order.amount_paid
        paise = due if amount is None else amount
        self._check_link(order)
        check_payable(self._box, order, paise, means.method)
        payment = Payment(
            id=self._box.store.ids.new("pay"),
            created_at=self._box.now(),
            amount=paise,
            currency=order.currency,
            order_id=order.id,
            description=payer.description,
            email=payer.email or NO_EMAIL,
            contact=payer.contact or NO_CONTACT,
            notes=payer.notes,
            customer_id=payer.customer_id,
        )
        means.put_on(payment, self._box.store.ids)
        add_attempt(self._box, order, payment)
        return payment

    def finish(self, payment: Payment, tap: Tap) -> Payment:
        """Bring a started attempt to its outcome."""
        act(self._box, payment, tap)
        return payment

    def _check_link(self, order: Order) -> None:
        link = self._box.store.links.get(order.link_id or "")
        if link is not None and link.status in ("expired", "cancelled"):
            raise ControlError(f"the link is {link.status}: its page takes no payment")


def check_payable(box: Box, order: Order, paise: int, method: str) -> None:
    """Refuse an attempt that Razorpay refuses.

    Raises:
        ApiError: With the documented reason: order_already_paid and others.
    """
    if order.status == "paid":
        raise bad_request(ALREADY_PAID, reason="order_already_paid")
    if order.method not in (None, method):
        raise bad_request(
            "Payment method is different from the order's payment method.",
            "method",
            reason="order_payment_method_mismatch",
        )
    if any(p.status == "authorized" for p in box.store.payments_for(order.id)):
        raise bad_request(IN_PROGRESS, reason="order_already_paid")
    if not _fits(order, paise):
        raise bad_request(WRONG_AMOUNT, "amount", reason="order_amount_mismatch")


def add_attempt(box: Box, order: Order, payment: Payment) -> None:
    """Keep a new attempt, and count it on its order."""
    box.store.add(payment)
    box.store.edit(order)
    order.attempts += 1
    order.status = "paid" if order.status == "paid" else "attempted"


def _fits(order: Order, amount: int) -> bool:
    due = order.amount - order.amount_paid
    if not order.partial_payment:
        return amount == due
    first = order.first_payment_min_amount if order.amount_paid == 0 else None
    return (first or 100) <= amount <= due or amount == due
