"""Payment attempts: states, gateway facts, and the rules that connect them.

An attempt is paid only by an authenticated fetch that shows: captured, own order and reference,
exact paise, INR. No I/O; `observe` turns one snapshot into the next state and facts.
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
    """How a fee is collected; `auto` is resolved to a UPI channel before sending."""

    AUTO = "auto"
    UPI_INTENT = "upi_intent"
    QR_CODE = "qr_code"
    PAYMENT_LINK = "payment_link"
    CASH = "cash"


UPI_CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
"""The order in which `auto` tries the channels."""


class AttemptState(StrEnum):
    """The state of an attempt to collect a due."""

    INTENT = "intent"
    """Row committed; the gateway may or may not know."""
    UNKNOWN = "unknown"
    """A write's answer was lost; a look-up is in progress."""
    ORDERED = "ordered"
    """Order id known; nothing payable shown yet."""
    AWAITING = "awaiting"
    """A QR or link is payable."""
    EXPIRED = "expired"
    """Not shown any more, still watched."""
    CANCELLED = "cancelled"
    """Cancelled at the desk, still watched."""
    PAID = "paid"
    """Captured and verified; final. Refunds are separate rows."""
    REJECTED = "rejected"
    """The gateway refused to create it; nothing payable exists."""
    LAPSED = "lapsed"
    """Watched to the end; no payment came."""


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
"""States that hold a seat; there is at most one such attempt per due."""


@dataclass(frozen=True, slots=True)
class AttemptDue:
    """A due that an attempt covers, and with how much; fixed when the attempt is offered."""

    due_uid: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to collect one due, or several.

    Attributes:
        enrollment_uid: of the due; None where there are several.
        due_uid: the due; None where there are several.
        dues: the dues covered, where there are several; see `parts`.
        uid: internal id, UUIDv7 text.
        reference: our reference at the gateway, unique, at most 40 characters.
        key_id: the gateway key in use at creation; empty for cash.
        order_id: the gateway's order; several attempts may share one.
        order_receipt: the reference that the order was created with.
        remote_id: the payable resource: a payment (`pay_`), QR code (`qr_`) or link (`plink_`).
        qr_text: the content of the QR on screen, None if only its picture is known.
        gateway_created_at: Unix seconds by the gateway's clock, None until it answered.
        expires_at: when the desk stops showing it, aware UTC by the gateway's clock.
        sent: False only if certainly no request for it reached the gateway, or if it was copied
            from another book, which still follows it.
        is_remote_open: whether the QR code or link may still be open at the gateway.
    """

    uid: str
    enrollment_uid: str | None
    due_uid: str | None
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
    dues: tuple[AttemptDue, ...] = ()

    @property
    def parts(self) -> tuple[AttemptDue, ...]:
        """The dues covered, with what each gets."""
        return self.dues if self.due_uid is None else (AttemptDue(self.due_uid, self.amount),)

    @property
    def is_live(self) -> bool:
        """Whether the attempt holds its seat."""
        return self.state in LIVE_STATES


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment as reported by the gateway. Amounts in paise, instants in Unix seconds.

    Attributes:
        status: `created`, `authorized`, `captured`, `refunded` or `failed`.
        captured: whether it was ever captured; remains true after a refund.
        vpa: the payer's full VPA; masked before storing.
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
class GatewaySnapshot:
    """An authenticated snapshot of an attempt's payable resource.

    Attributes:
        header_problem: how the order, QR code or link differs from the requested one
            (reference, amount or currency), None if it matches.
        is_settled: whether the header reports full payment, to the paisa.
        is_closed: whether the QR code or link accepts no more payments.
        payments: every payment on it, in any state.
    """

    header_problem: str | None
    is_settled: bool
    is_closed: bool
    payments: tuple[PaymentFact, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """The conclusions from a snapshot.

    Attributes:
        money: verified captured payments, oldest first; each must be posted once.
        to_capture: authorised payments of the right amount, not captured yet.
        failed: the newest failed payment, for display only: it never ends an attempt.
        problem: why reported money cannot be trusted; another check is needed.
    """

    money: tuple[PaymentFact, ...] = ()
    to_capture: tuple[PaymentFact, ...] = ()
    failed: PaymentFact | None = None
    problem: str | None = None


def verify(attempt: Attempt, payment: PaymentFact) -> str | None:
    """Return why a payment cannot belong to this attempt, or None if every fact matches."""
    if payment.currency != INR:
        return f"paid in {payment.currency}"
    if payment.amount_paise != attempt.amount.paise:
        return f"{payment.amount_paise} paise instead of {attempt.amount.paise}"
    if attempt.method is Method.UPI_INTENT and payment.order_id != attempt.order_id:
        return "the payment names another order"
    return None


def observe(attempt: Attempt, snapshot: GatewaySnapshot) -> Observation:
    """Return the conclusions from a snapshot, whatever state the attempt is in.

    A captured payment counts only if the header matches and, unless the payment was refunded
    since, reports full payment: a contradictory answer proves nothing.
    """
    if snapshot.header_problem:
        return Observation(problem=snapshot.header_problem)
    money: list[PaymentFact] = []
    to_capture: list[PaymentFact] = []
    problem: str | None = None
    for payment in sorted(snapshot.payments, key=lambda each: (each.created_at, each.payment_id)):
        doubt = verify(attempt, payment)
        if not payment.captured:
            if payment.status == "authorized" and doubt is None:
                to_capture.append(payment)
        elif doubt:
            problem = doubt
        elif not snapshot.is_settled and payment.status == "captured":
            problem = "a payment is captured, but its order does not say paid"
        else:
            money.append(payment)
    failures = [each for each in snapshot.payments if each.status == "failed"]
    newest = max(failures, key=lambda each: each.created_at, default=None)
    if snapshot.is_settled and not money and problem is None:
        problem = "the order says paid, but its payment is not shown yet"
    return Observation(tuple(money), tuple(to_capture), newest, problem)


class Placement(StrEnum):
    """How a booked payment was applied."""

    APPLIED = "applied"
    """It pays its dues."""
    SURPLUS = "surplus"
    """The due was already paid: a refund is owed."""
    NO_SEAT = "no_seat"
    """It came late and the course is full: staff decide."""
    MISFIT = "misfit"
    """Its amount or currency is not what was asked: staff decide."""
    RETURNED = "returned"
    """The gateway already refunded it in full."""
    UNMATCHED = "unmatched"
    """Its due is not in this database; shown in the inbox, never stored with a payment."""


def place(payment: PaymentFact, *, is_due_open: bool, has_seat: bool) -> Placement:
    """Return how a verified captured payment is applied.

    Args:
        payment: the verified payment.
        is_due_open: whether its due is still unpaid.
        has_seat: whether the enrolment holds or can obtain a seat.
    """
    if payment.amount_refunded_paise >= payment.amount_paise:
        return Placement.RETURNED
    if not is_due_open:
        return Placement.SURPLUS
    return Placement.APPLIED if has_seat else Placement.NO_SEAT


def mask_vpa(vpa: str | None) -> str | None:
    """Return a VPA with all but a recognisable part masked: `pa••••@okaxis`."""
    if not vpa or "@" not in vpa:
        return None
    name, _, handle = vpa.partition("@")
    return f"{name[:2]}••••@{handle}"
