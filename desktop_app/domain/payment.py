"""A payment attempt: its states, what the gateway may show of it, and what follows from that.

"Paid" is what an authenticated fetch says: captured, own order and reference, exact paise, INR.
Nothing here talks to anybody; `observe` turns one sighting into the next state and facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from desktop_app.domain.money import Money

INR = "INR"


class Method(StrEnum):
    """How a fee is collected; `auto` is resolved to one of the UPI channels before sending."""

    AUTO = "auto"
    UPI_INTENT = "upi_intent"
    QR_CODE = "qr_code"
    PAYMENT_LINK = "payment_link"
    CASH = "cash"


UPI_CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
"""In the order in which `auto` tries them."""


class AttemptState(StrEnum):
    """Where an attempt to collect stands."""

    INTENT = "intent"
    """Row committed; the gateway may or may not know."""
    UNKNOWN = "unknown"
    """A write's answer was lost; it is being looked up."""
    ORDERED = "ordered"
    """Order id known; nothing payable shown yet."""
    AWAITING = "awaiting"
    """A QR or link is payable."""
    EXPIRED = "expired"
    """No longer shown, still watched."""
    CANCELLED = "cancelled"
    """Given up at the desk, still watched."""
    PAID = "paid"
    """Captured and verified; final. Refunds are rows of their own."""
    REJECTED = "rejected"
    """The gateway refused to create it; nothing payable exists."""
    LAPSED = "lapsed"
    """Watched to the end, no money came."""


_S = AttemptState
ATTEMPT_TABLE: Mapping[AttemptState, frozenset[AttemptState]] = {
    _S.INTENT: frozenset({_S.ORDERED, _S.AWAITING, _S.UNKNOWN, _S.REJECTED, _S.CANCELLED, _S.PAID}),
    _S.UNKNOWN: frozenset({_S.ORDERED, _S.AWAITING, _S.REJECTED, _S.CANCELLED, _S.PAID}),
    _S.ORDERED: frozenset({_S.AWAITING, _S.UNKNOWN, _S.EXPIRED, _S.CANCELLED, _S.PAID}),
    _S.AWAITING: frozenset({_S.PAID, _S.EXPIRED, _S.CANCELLED}),
    _S.EXPIRED: frozenset({_S.PAID, _S.LAPSED}),
    _S.CANCELLED: frozenset({_S.PAID, _S.LAPSED}),
    _S.PAID: frozenset(),
    _S.REJECTED: frozenset({_S.PAID}),
    _S.LAPSED: frozenset({_S.PAID}),
}

LIVE_STATES = frozenset({_S.INTENT, _S.UNKNOWN, _S.ORDERED, _S.AWAITING})
"""A live attempt holds its seat, and there is at most one per due."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to collect one due.

    Attributes:
        uid: our own id, UUIDv7 text.
        reference: our own reference for it at the gateway, unique, at most 40 characters.
        key_id: the key it was made with; empty for cash.
        order_id: the gateway's order; several attempts may share one.
        order_receipt: the reference under which that order was made.
        remote_id: what was made payable: a payment (`pay_`), QR code (`qr_`) or link (`plink_`).
        qr_text: what the QR on screen says, None where only its picture is known.
        gateway_created_at: unix seconds by the gateway's clock, None until it answered.
        expires_at: when the desk stops showing it, aware UTC by the gateway's clock.
        sent: False when it is certain that nothing of it ever reached the gateway.
        is_remote_open: whether the QR code or link may still be open at the gateway.
    """

    uid: str
    enrollment_uid: str
    due_uid: str
    method: Method
    state: AttemptState
    amount: Money
    reference: str
    key_id: str
    created_at: datetime
    order_id: str | None = None
    order_receipt: str | None = None
    remote_id: str | None = None
    qr_text: str | None = None
    image_path: str | None = None
    gateway_created_at: int | None = None
    expires_at: datetime | None = None
    sent: bool = True
    is_remote_open: bool = False
    chosen_by_auto: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it holds its seat."""
        return self.state in LIVE_STATES


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment as the gateway shows it. Amounts in paise, instants in unix seconds.

    Attributes:
        status: `created`, `authorized`, `captured`, `refunded` or `failed`.
        captured: whether it was ever captured; stays true after a refund.
        vpa: the payer's, in full; masked before it is kept.
    """

    payment_id: str
    order_id: str | None
    amount_paise: int
    currency: str
    status: str
    captured: bool
    created_at: int
    amount_refunded_paise: int = 0
    rrn: str | None = None
    vpa: str | None = None
    fee_paise: int | None = None
    tax_paise: int | None = None
    method: str | None = None
    error_reason: str | None = None
    error_description: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One authenticated look at what an attempt made payable.

    Attributes:
        header_problem: why the order, QR code or link is not the one that was asked for
            (other reference, amount or currency), None when it is.
        is_settled: whether the header says it is paid in full, to the paisa.
        is_closed: whether the QR code or link takes no more payments.
        payments: every payment seen on it, in any state.
    """

    header_problem: str | None
    is_settled: bool
    is_closed: bool
    payments: tuple[PaymentFact, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """What follows from a sighting.

    Attributes:
        money: verified captured payments, oldest first; each is to be booked once.
        to_capture: authorised payments of the right amount that nobody has captured yet.
        failed: the newest failed payment, for the screen only: it never ends an attempt.
        problem: why money seen could not be believed; another look is needed.
    """

    money: tuple[PaymentFact, ...] = ()
    to_capture: tuple[PaymentFact, ...] = ()
    failed: PaymentFact | None = None
    problem: str | None = None


def verify(attempt: Attempt, payment: PaymentFact) -> str | None:
    """Say why a payment cannot be this attempt's money, or None when every fact fits."""
    if payment.currency != INR:
        return f"paid in {payment.currency}"
    if payment.amount_paise != attempt.amount.paise:
        return f"{payment.amount_paise} paise instead of {attempt.amount.paise}"
    if attempt.method is Method.UPI_INTENT and payment.order_id != attempt.order_id:
        return "the payment names another order"
    return None


def observe(attempt: Attempt, sighting: Sighting) -> Observation:
    """Work out what a sighting means for an attempt, in whatever state the attempt is.

    A captured payment counts only when the header is the one asked for and, unless it was
    refunded since, says that it is settled: an answer that contradicts itself proves nothing.
    """
    if sighting.header_problem:
        return Observation(problem=sighting.header_problem)
    money: list[PaymentFact] = []
    to_capture: list[PaymentFact] = []
    problem: str | None = None
    for payment in sorted(sighting.payments, key=lambda each: (each.created_at, each.payment_id)):
        doubt = verify(attempt, payment)
        if not payment.captured:
            if payment.status == "authorized" and doubt is None:
                to_capture.append(payment)
        elif doubt:
            problem = doubt
        elif not sighting.is_settled and payment.status == "captured":
            problem = "a payment is captured, but its order does not say paid"
        else:
            money.append(payment)
    failures = [each for each in sighting.payments if each.status == "failed"]
    newest = max(failures, key=lambda each: each.created_at, default=None)
    if sighting.is_settled and not money and problem is None:
        problem = "the order says paid, but its payment is not shown yet"
    return Observation(tuple(money), tuple(to_capture), newest, problem)


class Placement(StrEnum):
    """What a booked payment is for."""

    DUE = "due"
    """It pays the fee it was asked for."""
    SURPLUS = "surplus"
    """The fee was paid already: a refund is due."""
    NO_SEAT = "no_seat"
    """It came late and the course is full: staff decide."""
    RETURNED = "returned"
    """The gateway has refunded it in full already."""
    UNKNOWN = "unknown"
    """Its fee is not in this book; shown so in the inbox, never stored with a payment."""


def place(payment: PaymentFact, *, is_due_open: bool, has_seat: bool) -> Placement:
    """Decide what a verified captured payment is for.

    Args:
        payment: the payment, verified.
        is_due_open: whether the fee it was asked for is still unpaid.
        has_seat: whether the enrolment holds or can get a seat.
    """
    if payment.amount_refunded_paise >= payment.amount_paise:
        return Placement.RETURNED
    if not is_due_open:
        return Placement.SURPLUS
    return Placement.DUE if has_seat else Placement.NO_SEAT


def mask_vpa(vpa: str | None) -> str | None:
    """Keep of a VPA only what recognises it: `pa••••@okaxis`."""
    if not vpa or "@" not in vpa:
        return None
    name, _, handle = vpa.partition("@")
    return f"{name[:2]}••••@{handle}"
