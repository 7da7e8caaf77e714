"""The parent's phone: what it shows when it scans a text, and what it does when it pays.

Plays banks and UPI apps; it never sees what a merchant sees. Must not be reachable by API keys:
it belongs to the control plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .entities import Payment, PaymentLink, QrCode
from .entity_json import short_url
from .errors import ControlError
from .upi import FAILURES, PAYEE_NAME, TRIGGERS, id_in, intent_text, qr_text

if TYPE_CHECKING:
    from .sandbox_context import Box

OUTCOMES = ("success", "failure", "timeout", "late", "authorized")
NO_EMAIL = "void@razorpay.com"
NO_CONTACT = "+919999999999"
LATEST_AFTER_S = 366 * 86_400

Scanned = Payment | QrCode | PaymentLink


@dataclass(frozen=True, slots=True)
class Tap:
    """What the parent does with a code."""

    vpa: str
    outcome: str
    reason: str | None = None
    after_s: int = 0
    amount: int | None = None


class Phone:
    """Scans and pays."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def scan(self, text: str) -> dict[str, Any]:
        """Tell what the phone would show; opening a link makes its order."""
        scanned = self._scanned(text)
        reason = self._why_not(scanned)
        if isinstance(scanned, PaymentLink) and reason is None:
            self._box.lifecycle.open_link(scanned, self._box.now())
        return {
            "payable": reason is None,
            "payee": PAYEE_NAME,
            "amount": _amount_of(scanned),
            "note": _note_of(scanned),
            "reason": reason,
        }

    def pay(self, text: str, tap: Tap) -> Payment:
        """Pay what was scanned, or fail to; give the payment as it is then."""
        scanned = self._scanned(text)
        if isinstance(scanned, PaymentLink) and scanned.status in ("expired", "cancelled"):
            raise ControlError(f"the link is {scanned.status}: its page takes no payment")
        payment = self._payment_for(scanned, tap)
        if payment.status in ("created", "failed"):
            act(self._box, payment, tap)
        return payment

    def _scanned(self, text: str) -> Scanned:
        entity = self._box.store.find(id_in(text) or "")
        if isinstance(entity, Payment):
            known = entity.has_code and intent_text(entity) == text
        elif isinstance(entity, QrCode):
            known = qr_text(entity) == text
        else:
            known = isinstance(entity, PaymentLink)
        if not known or not isinstance(entity, Payment | QrCode | PaymentLink):
            raise ControlError("no code of this sandbox reads like that")
        return entity

    def _why_not(self, scanned: Scanned) -> str | None:
        if isinstance(scanned, Payment):
            open_still = scanned.status in ("created", "failed")
            return None if open_still else f"the payment is {scanned.status}"
        if isinstance(scanned, QrCode):
            return None if scanned.status == "active" else "the QR code is closed"
        open_still = scanned.status in ("created", "partially_paid")
        return None if open_still else f"the link is {scanned.status}"

    def _payment_for(self, scanned: Scanned, tap: Tap) -> Payment:
        if isinstance(scanned, Payment):
            return scanned
        if isinstance(scanned, QrCode):
            return self._open_try(scanned) or self._start_on_qr(scanned, tap)
        order = self._box.lifecycle.open_link(scanned, self._box.now())
        for payment in self._box.store.payments_for(order.id):
            open_still = payment.method == "upi" and payment.status in ("created", "failed")
            if open_still and not scanned.accept_partial:
                return payment
        return self._start_on_link(scanned, order.id, tap)

    def _open_try(self, qr: QrCode) -> Payment | None:
        """A one-time code that failed is paid by the same payment; a poster's by a new one."""
        if qr.usage != "single_use":
            return None
        tries = self._box.store.payments_for(qr.id)
        return next((p for p in tries if p.status in ("created", "failed")), None)

    def _start_on_qr(self, qr: QrCode, tap: Tap) -> Payment:
        amount = qr.payment_amount if qr.fixed_amount else tap.amount
        if amount is None:
            raise ControlError("this QR code has no amount: say how much (amount, in paise)")
        payment = Payment(
            id=self._box.store.ids.new("pay"),
            created_at=self._box.now(),
            amount=amount,
            currency="INR",
            qr_id=qr.id,
            description="QRv2 Payment",
            email=NO_EMAIL,
            contact=NO_CONTACT,
            customer_id=qr.customer_id,
            notes=qr.notes,
        )
        self._box.store.add(payment)
        return payment

    def _start_on_link(self, link: PaymentLink, order_id: str, tap: Tap) -> Payment:
        order = self._box.order(order_id)
        due = order.amount - order.amount_paid
        amount = tap.amount if link.accept_partial and tap.amount else due or link.amount
        if due and amount > due:
            raise ControlError("that is more than is due on the link")
        if amount < min(link.first_min_partial_amount, due) and order.amount_paid == 0:
            raise ControlError("the first part must be first_min_partial_amount or more")
        customer = link.customer or {}
        payment = Payment(
            id=self._box.store.ids.new("pay"),
            created_at=self._box.now(),
            amount=amount,
            currency=link.currency,
            order_id=order_id,
            description=f"#{link.id.partition('_')[2]}",
            email=customer.get("email") or NO_EMAIL,
            contact=customer.get("contact") or NO_CONTACT,
            notes=link.notes,
        )
        self._box.store.add(payment)
        self._box.store.edit(order)
        order.attempts += 1
        order.status = "paid" if order.status == "paid" else "attempted"
        return payment


def act(box: Box, payment: Payment, tap: Tap) -> None:
    """Let the bank answer: now, later or never."""
    rules, now = box.lifecycle, box.now()
    outcome, reason = tap.outcome, tap.reason
    if outcome == "success" and payment.amount in TRIGGERS:
        outcome, reason = "failure", TRIGGERS[payment.amount]
    if outcome == "timeout":
        return
    if outcome == "late":
        rules.fail(payment, reason or "payment_timed_out", now)
        rules.plan(payment, "success", tap.vpa, "", now + tap.after_s)
    elif tap.after_s > 0:
        rules.plan(payment, outcome, tap.vpa, reason or "payment_failed", now + tap.after_s)
    elif outcome == "failure":
        rules.fail(payment, reason or "payment_failed", now, tap.vpa)
    else:
        rules.authorize(payment, tap.vpa, now, capture=outcome == "success")


def read_tap(body: dict[str, Any]) -> Tap:
    """Check what control was told about the phone."""
    vpa, outcome = body.get("vpa", "parent@okaxis"), body.get("outcome", "success")
    reason, after_s, amount = body.get("reason"), body.get("after_s", 0), body.get("amount")
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
    return Tap(vpa, outcome, reason, after_s, amount)


def _amount_of(scanned: Scanned) -> int | None:
    if isinstance(scanned, QrCode):
        return scanned.payment_amount
    if isinstance(scanned, PaymentLink):
        return scanned.amount - scanned.amount_paid
    return scanned.amount


def _note_of(scanned: Scanned) -> str:
    if isinstance(scanned, QrCode):
        return scanned.description or scanned.name or ""
    return scanned.description or ""


def code_of(entity: object, base_url: str) -> str | None:
    """Give the text that a phone would scan to pay an entity, if there is one."""
    if isinstance(entity, Payment):
        return intent_text(entity) if entity.has_code else None
    if isinstance(entity, QrCode):
        return qr_text(entity)
    return short_url(entity, base_url) if isinstance(entity, PaymentLink) else None
