"""Payment attempts: states, gateway facts, and the rules that connect them.

An attempt is paid only by an authenticated fetch that shows: captured, own order and reference,
exact paise, INR. No I/O; `observe` turns one snapshot into the next state and facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.channels import channel_of
from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.money import INR as INR  # noqa: PLC0414 - payments name their currency
from desktop_app.domain.tender import Method as Method  # noqa: PLC0414, TC001 - an attempt has one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.money import Money

CUSTOMER = "customer"
"""The `fee_bearer` of a payment whose payer bears the gateway's fee."""

_GONE_BACK = {"refunded", "failed"}


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


@quickly_made
@dataclass(frozen=True, slots=True)
class AttemptDue:
    """A due that an attempt covers, and with how much; fixed when the attempt is offered."""

    due_uid: str
    amount: Money


@quickly_made
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
        remote_id: the payable resource: a payment (`pay_`), QR code (`qr_`) or link (`plink_`), or
            the order itself, where its page may make any payment.
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

    @property
    def shares_order(self) -> bool:
        """Whether other attempts of its due may pay on the same order, once that is made."""
        channel = channel_of(self.method)
        return channel is not None and channel.shares_order


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment as reported by the gateway. Amounts in paise, instants in Unix seconds.

    Attributes:
        status: `created`, `authorized`, `captured`, `refunded` or `failed`.
        captured: whether it was ever captured; remains true after a refund.
        vpa: the payer's full VPA; masked before storing.
        fee_bearer: who bears the gateway's fee, `customer` or `platform`; None where not shown.
        customer_fee_paise: what the payer bore beyond the amount, which is the gateway's, not the
            centre's; see `less_customer_fee`.
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
    fee_bearer: str | None = None
    customer_fee_paise: int | None = None

    @property
    def is_returned(self) -> bool:
        """Whether all of it was refunded."""
        return self.amount_refunded_paise >= self.amount_paise


@dataclass(frozen=True, slots=True)
class GatewaySnapshot:
    """An authenticated snapshot of an attempt's payable resource.

    Attributes:
        header_problem: how the order, QR code or link differs from the requested one
            (reference, amount or currency), None if it matches.
        is_settled: whether the header reports full payment, to the paisa.
        is_closed: whether the QR code or link accepts no more payments.
        payments: every payment on it, in any state.
        sums_problem: how its sums contradict each other; nothing is settled then.
    """

    header_problem: str | None
    is_settled: bool
    is_closed: bool
    payments: tuple[PaymentFact, ...]
    sums_problem: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """The conclusions from a snapshot.

    Attributes:
        money: verified captured payments, oldest first; each must be posted once.
        misfits: captured payments of another amount or currency, oldest first. Each is believed
            only when the payment itself, fetched by its id, says the same.
        to_capture: authorised payments of the right amount, not captured yet.
        gone_back: payments that failed or went back without ever being captured.
        failed: the newest failed payment, for display only: it never ends an attempt.
        problem: why reported money cannot be trusted; another check is needed.
    """

    money: tuple[PaymentFact, ...] = ()
    misfits: tuple[PaymentFact, ...] = ()
    to_capture: tuple[PaymentFact, ...] = ()
    gone_back: tuple[PaymentFact, ...] = ()
    failed: PaymentFact | None = None
    problem: str | None = None


def misfit(attempt: Attempt, payment: PaymentFact) -> str | None:
    """Return how a payment's amount or currency is not what was asked for, None if it is."""
    if payment.currency != INR:
        return f"paid in {payment.currency}"
    if payment.amount_paise != attempt.amount.paise:
        return f"{payment.amount_paise} paise instead of {attempt.amount.paise}"
    return None


def is_elsewhere(attempt: Attempt, payment: PaymentFact) -> bool:
    """Return whether a payment names another order than the one this attempt shares."""
    return attempt.shares_order and payment.order_id != attempt.order_id


def verify(attempt: Attempt, payment: PaymentFact) -> str | None:
    """Return why a payment cannot pay this attempt, or None if every fact matches."""
    doubt = misfit(attempt, payment)
    if doubt is None and is_elsewhere(attempt, payment):
        return "the payment names another order"
    return doubt


def less_customer_fee(attempt: Attempt, payment: PaymentFact) -> PaymentFact:
    """Return a payment without the fee that its payer bore; for accounts where payers bear it.

    Razorpay may show the fee inside the amount, or beside it; both leave what was asked for.
    """
    fee = payment.fee_paise or 0
    asked = attempt.amount.paise
    is_inside = fee > 0 and payment.amount_paise - fee == asked
    is_beside = payment.amount_paise == asked and payment.fee_bearer == CUSTOMER
    if payment.currency != INR or not (is_inside or is_beside):
        return payment
    return replace(
        payment,
        amount_paise=asked,
        customer_fee_paise=fee,
        fee_paise=None,
        tax_paise=None,
    )


def observe(attempt: Attempt, snapshot: GatewaySnapshot) -> Observation:
    """Return the conclusions from a snapshot, whatever state the attempt is in.

    A captured payment counts only if the header matches and, unless the payment was refunded
    since, reports full payment: a contradictory answer proves nothing.
    """
    gone_back = tuple(
        each for each in snapshot.payments if not each.captured and each.status in _GONE_BACK
    )
    if snapshot.header_problem:
        return Observation(problem=snapshot.header_problem, gone_back=gone_back)
    in_order = sorted(snapshot.payments, key=lambda each: (each.created_at, each.payment_id))
    captured = [each for each in in_order if each.captured]
    money = [each for each in captured if verify(attempt, each) is None]
    misfits = [
        each for each in captured if misfit(attempt, each) and not is_elsewhere(attempt, each)
    ]
    problem = snapshot.sums_problem if money or not misfits else None
    if len(money) + len(misfits) < len(captured):
        problem = "the payment names another order"
    elif not snapshot.is_settled and any(each.status == "captured" for each in money):
        problem = problem or "a payment is captured, but its order does not say paid"
        money = [each for each in money if each.status != "captured"]
    elif snapshot.is_settled and not captured:
        problem = "the order says paid, but its payment is not shown yet"
    open_ = [each for each in in_order if not each.captured]
    waiting = [each for each in open_ if each.status == "authorized"]
    return Observation(
        money=() if snapshot.sums_problem else tuple(money),
        misfits=tuple(misfits),
        to_capture=()
        if snapshot.sums_problem
        else tuple(each for each in waiting if verify(attempt, each) is None),
        gone_back=gone_back,
        failed=max(
            (each for each in open_ if each.status == "failed"),
            key=lambda each: each.created_at,
            default=None,
        ),
        problem=problem,
    )


def match_attempt(payment: PaymentFact, attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt that a payment belongs to.

    Several attempts may share one order (a new QR is a new payment on the same order). A payment
    belongs to the attempt that recorded its id; an unknown payment belongs to the newest attempt
    whose own payment id was lost, or is not known before it is paid, else to the newest attempt.

    Args:
        payment: a payment on the order that all attempts share.
        attempts: at least one attempt.

    Raises:
        ValueError: there are no attempts.
    """
    if not attempts:
        raise ValueError("a payment needs an attempt to belong to")
    for attempt in attempts:
        if attempt.remote_id == payment.payment_id:
            return attempt
    newest_first = sorted(attempts, key=lambda each: (each.created_at, each.uid), reverse=True)
    for attempt in newest_first:
        if attempt.remote_id in (None, attempt.order_id):
            return attempt
    return newest_first[0]


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


def place(*, is_returned: bool, is_due_open: bool, has_seat: bool, fits: bool = True) -> Placement:
    """Return how a verified captured payment is applied.

    Args:
        is_returned: whether the gateway has refunded it in full.
        is_due_open: whether its due is still unpaid.
        has_seat: whether the enrolment holds or can obtain a seat.
        fits: whether it is of the amount and currency that were asked for.
    """
    if is_returned:
        return Placement.RETURNED
    if not fits:
        return Placement.MISFIT
    if not is_due_open:
        return Placement.SURPLUS
    return Placement.APPLIED if has_seat else Placement.NO_SEAT


def mask_vpa(vpa: str | None) -> str | None:
    """Return a VPA with all but a recognisable part masked: `pa••••@okaxis`."""
    if not vpa or "@" not in vpa:
        return None
    name, _, handle = vpa.partition("@")
    return f"{name[:2]}••••@{handle}"
