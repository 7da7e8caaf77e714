"""The parent's phone: scans codes and pays them, with the outcome that the control plane chose.

Plays banks and UPI apps; it never sees what a merchant sees. Must not be reachable by API keys:
it belongs to the control plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .entities import Invoice, Payment, PaymentLink, QrCode
from .entity_json import short_url
from .errors import ControlError
from .invoice_json import invoice_url
from .invoice_lifecycle import PAYABLE
from .offers import apply_offer
from .scalars import as_integer, as_switch
from .upi import FAILING_VPA, FAILURES, PAYEE_NAME, TEST_AMOUNTS, intent_text, qr_text, scanned_id

if TYPE_CHECKING:
    from .sandbox_context import SandboxContext

OUTCOMES = ("success", "failure", "timeout", "late", "authorized")
NO_EMAIL = "void@razorpay.com"
NO_CONTACT = "+919999999999"
LATEST_AFTER_S = 366 * 86_400

Scanned = Payment | QrCode | PaymentLink | Invoice


@dataclass(frozen=True, slots=True)
class PayerAction:
    """A parent's action on a scanned code.

    Attributes:
        again: whether a paid intent code is paid once more, from another phone.
    """

    vpa: str
    outcome: str
    reason: str | None = None
    after_s: int = 0
    amount: int | None = None
    again: bool = False


class UpiPhone:
    """A phone that scans and pays codes."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context

    def scan(self, text: str) -> dict[str, Any]:
        """Return what the phone would show; opening a link creates its order."""
        scanned = self._find_scanned(text)
        reason = self._refusal_reason(scanned)
        if isinstance(scanned, PaymentLink) and reason is None:
            self._context.lifecycle.open_link(scanned, self._context.now())
        return {
            "payable": reason is None,
            "payee": PAYEE_NAME,
            "amount": _amount_of(scanned),
            "note": _note_of(scanned),
            "reason": reason,
        }

    def pay(self, text: str, action: PayerAction) -> Payment:
        """Pay a scanned code with the given outcome; return the payment."""
        scanned = self._find_scanned(text)
        if isinstance(scanned, PaymentLink) and scanned.status in ("expired", "cancelled"):
            raise ControlError(f"the link is {scanned.status}: its page takes no payment")
        payment = self._payment_for(scanned, action)
        if payment.status in ("created", "failed"):
            apply_action(self._context, payment, action)
        return payment

    def _find_scanned(self, text: str) -> Scanned:
        entity = self._context.store.find(scanned_id(text) or "")
        if isinstance(entity, Payment):
            known = entity.has_code and intent_text(entity) == text
        elif isinstance(entity, QrCode):
            known = qr_text(entity) == text
        else:
            known = isinstance(entity, PaymentLink | Invoice)
        if not known or not isinstance(entity, Scanned):
            raise ControlError("no code of this sandbox reads like that")
        return entity

    def _refusal_reason(self, scanned: Scanned) -> str | None:
        if isinstance(scanned, Payment):
            is_open = scanned.status in ("created", "failed")
            return None if is_open else f"the payment is {scanned.status}"
        if isinstance(scanned, QrCode):
            return None if scanned.status == "active" else "the QR code is closed"
        if isinstance(scanned, Invoice):
            return None if scanned.status in PAYABLE else f"the invoice is {scanned.status}"
        is_open = scanned.status in ("created", "partially_paid")
        return None if is_open else f"the link is {scanned.status}"

    def _payment_for(self, scanned: Scanned, action: PayerAction) -> Payment:
        if isinstance(scanned, Payment):
            return self._second_of(scanned) if action.again and scanned.captured else scanned
        if isinstance(scanned, QrCode):
            return self._reusable_attempt(scanned) or self._start_qr_payment(scanned, action)
        if isinstance(scanned, Invoice):
            return self._start_invoice_payment(scanned, action)
        order = self._context.lifecycle.open_link(scanned, self._context.now())
        for payment in self._context.store.payments_for(order.id):
            is_open = payment.method == "upi" and payment.status in ("created", "failed")
            if is_open and not scanned.accept_partial:
                return payment
        return self._start_link_payment(scanned, order.id, action)

    def _second_of(self, paid: Payment) -> Payment:
        """Return another payment of a paid payment's order."""
        made_at = self._context.now()
        second = Payment(
            id=self._context.store.ids.new("pay"),
            created_at=made_at,
            amount=paid.amount - paid.added_fee,
            currency=paid.currency,
            order_id=paid.order_id,
            description=paid.description,
            email=paid.email,
            contact=paid.contact,
            customer_id=paid.customer_id,
            notes=paid.notes,
        )
        self._context.lifecycle.add_attempt(self._context.order(paid.order_id or ""), second)
        return second

    def _reusable_attempt(self, qr: QrCode) -> Payment | None:
        """Return the payment to retry: a one-time code reuses it, a multi-use code does not."""
        if qr.usage != "single_use":
            return None
        tries = self._context.store.payments_for(qr.id)
        return next((p for p in tries if p.status in ("created", "failed")), None)

    def _start_qr_payment(self, qr: QrCode, action: PayerAction) -> Payment:
        amount = qr.payment_amount if qr.fixed_amount else action.amount
        if amount is None:
            raise ControlError("this QR code has no amount: say how much (amount, in paise)")
        payment = Payment(
            id=self._context.store.ids.new("pay"),
            created_at=self._context.now(),
            amount=amount,
            currency="INR",
            qr_id=qr.id,
            channel=self._context.account.qr_channel,
            description="QRv2 Payment",
            email=NO_EMAIL,
            contact=NO_CONTACT,
            customer_id=qr.customer_id,
            notes=qr.notes,
        )
        self._context.store.add(payment)
        return payment

    def _start_invoice_payment(self, invoice: Invoice, action: PayerAction) -> Payment:
        if invoice.status not in PAYABLE:
            raise ControlError(f"the invoice is {invoice.status}: its page takes no payment")
        due = invoice.amount - invoice.amount_paid
        amount = action.amount if invoice.partial_payment and action.amount else due
        if amount > due:
            raise ControlError("that is more than is due on the invoice")
        customer = invoice.customer or {}
        payment = Payment(
            id=self._context.store.ids.new("pay"),
            created_at=self._context.now(),
            amount=amount,
            currency=invoice.currency,
            order_id=invoice.order_id,
            description=f"Invoice #{invoice.id}",
            email=customer.get("email") or NO_EMAIL,
            contact=customer.get("contact") or NO_CONTACT,
            customer_id=customer.get("id"),
            notes=invoice.notes,
        )
        order = self._context.order(invoice.order_id or "")
        self._context.lifecycle.add_attempt(order, payment)
        return payment

    def _start_link_payment(self, link: PaymentLink, order_id: str, action: PayerAction) -> Payment:
        order = self._context.order(order_id)
        due = order.amount - order.amount_paid
        amount = action.amount if link.accept_partial and action.amount else due or link.amount
        if due and amount > due:
            raise ControlError("that is more than is due on the link")
        if amount < min(link.first_min_partial_amount, due) and order.amount_paid == 0:
            raise ControlError("the first part must be first_min_partial_amount or more")
        customer = link.customer or {}
        payment = Payment(
            id="",
            created_at=self._context.now(),
            amount=amount,
            currency=link.currency,
            order_id=order_id,
            description=f"#{link.id.partition('_')[2]}",
            email=customer.get("email") or NO_EMAIL,
            contact=customer.get("contact") or NO_CONTACT,
            notes=link.notes,
        )
        apply_offer(self._context.store, order, payment)
        payment.id = self._context.store.ids.new("pay")
        self._context.lifecycle.add_attempt(order, payment)
        return payment


def apply_action(context: SandboxContext, payment: Payment, action: PayerAction) -> None:
    """Apply the bank's answer now, schedule it, or leave the payment unanswered."""
    rules, now = context.lifecycle, context.now()
    outcome, reason = action.outcome, action.reason
    if outcome == "success" and payment.amount in TEST_AMOUNTS:
        outcome, reason = "failure", TEST_AMOUNTS[payment.amount]
    if outcome == "success" and action.vpa == FAILING_VPA and payment.method == "upi":
        outcome, reason = "failure", "payment_failed"
    if outcome == "timeout":
        return
    if outcome == "late":
        rules.fail(payment, reason or "payment_timed_out", now)
        rules.plan(payment, "success", action.vpa, "", now + action.after_s)
    elif action.after_s > 0:
        rules.plan(payment, outcome, action.vpa, reason or "payment_failed", now + action.after_s)
    elif outcome == "failure":
        rules.fail(payment, reason or "payment_failed", now, action.vpa)
    else:
        rules.authorize(payment, action.vpa, now, capture=outcome == "success")


def read_action(body: dict[str, Any]) -> PayerAction:
    """Return the phone's action of a control call; raise ControlError if it is invalid."""
    vpa, outcome = body.get("vpa", "parent@okaxis"), body.get("outcome", "success")
    reason, again = body.get("reason"), as_switch(body.get("again", False))
    after_s, amount = as_integer(body.get("after_s", 0)), as_integer(body.get("amount"))
    if not isinstance(vpa, str) or not 3 <= len(vpa) <= 255 or "@" not in vpa:  # noqa: PLR2004
        raise ControlError("vpa must look like name@bank")
    if outcome not in OUTCOMES:
        raise ControlError(f"outcome must be one of {', '.join(OUTCOMES)}")
    if reason is not None and (not isinstance(reason, str) or reason not in FAILURES):
        raise ControlError(f"reason must be one of {', '.join(sorted(FAILURES))}")
    if type(after_s) is not int or not 0 <= after_s <= LATEST_AFTER_S:
        raise ControlError("after_s must be whole seconds, 0 or more, a year at most")
    if amount is not None and (type(amount) is not int or amount < 1):
        raise ControlError("amount must be paise, 1 or more")
    if type(again) is not bool:
        raise ControlError("again must be true or false")
    return PayerAction(vpa, outcome, reason, after_s, amount, again)


def _amount_of(scanned: Scanned) -> int | None:
    if isinstance(scanned, QrCode):
        return scanned.payment_amount
    if isinstance(scanned, PaymentLink | Invoice):
        return scanned.amount - scanned.amount_paid
    return scanned.amount


def _note_of(scanned: Scanned) -> str:
    if isinstance(scanned, QrCode):
        return scanned.description or scanned.name or ""
    return scanned.description or ""


def payable_text(entity: object, base_url: str) -> str | None:
    """Return the text that a phone scans to pay an entity, if there is one."""
    if isinstance(entity, Payment):
        return intent_text(entity) if entity.has_code else None
    if isinstance(entity, QrCode):
        return qr_text(entity)
    if isinstance(entity, Invoice):
        return None if entity.issued_at is None else invoice_url(entity, base_url)
    return short_url(entity, base_url) if isinstance(entity, PaymentLink) else None
