"""Posts money: payment, ledger, enrolment, receipt and audit in one transaction, once.

Reports of a payment may come from anywhere, repeatedly and in any order: the same rows result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.key_mode import money_mode
from desktop_app.domain.ledger import MovementKind, in_currency, receiving
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import (
    CUSTOMER,
    AttemptState,
    Placement,
    less_customer_fee,
    mask_vpa,
    misfit,
    place,
)
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.errors import CaptureUnderWayError
from desktop_app.services.ports.records import Movement, PaymentRecord
from desktop_app.services.posting.allocations import allocate_parts
from desktop_app.services.posting.bills import note_paid
from desktop_app.services.posting.parts import have_seats, parts_of
from desktop_app.services.posting.receipt_content import Share
from desktop_app.services.posting.receipts import issue_receipts
from desktop_app.services.posting.refund_reading import NO_REFUNDS
from desktop_app.services.posting.refunds import post_refunds

if TYPE_CHECKING:
    from desktop_app.domain.ledger import Account
    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.domain.tender import Verification
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.ports.tender_records import EvidenceRecord
    from desktop_app.services.posting.parts import Part
    from desktop_app.services.posting.refund_reading import RefundReading


class PostedPayment(NamedTuple):
    """The changes of a posting; none when the payment was known already."""

    is_new: bool
    cancelled: tuple[str, ...] = ()


def post_payment(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    fact: PaymentFact,
    refunds: RefundReading = NO_REFUNDS,
) -> PostedPayment:
    """Post a verified captured payment for an attempt, by its state in this unit of work.

    One of another amount or currency waits for a decision: it pays nothing, gets no receipt yet,
    and leaves the attempt as it is.

    Args:
        context: the ports.
        work: the unit of work.
        attempt: the attempt that it was made for.
        fact: the payment.
        refunds: its refunds, as they were read before this unit of work was opened.
    """
    known = work.payments.by_payment_id(fact.payment_id)
    if known is not None:
        return PostedPayment(is_new=post_refunds(context, work, known, refunds))
    parts = parts_of(work, attempt)
    payment = PaymentRecord(
        uid=context.ids.new(),
        attempt_uid=attempt.uid,
        enrollment_uid=attempt.enrollment_uid,
        student_uid=parts[0].enrollment.student_uid,
        method=attempt.method,
        mode=money_mode(attempt.key_id, is_training=context.is_training),
        amount=Money(fact.amount_paise),
        received_at=datetime.fromtimestamp(fact.created_at, UTC),
        is_late=not attempt.is_live,
        placement=_placement(work, attempt, fact, parts),
        verification=tender_of(attempt.method).verification,
        payment_id=fact.payment_id,
        order_id=fact.order_id or attempt.order_id,
        rrn=fact.rrn,
        vpa_masked=mask_vpa(fact.vpa),
        fee_paise=fact.fee_paise,
        tax_paise=fact.tax_paise,
        currency=fact.currency,
        customer_fee_paise=fact.customer_fee_paise,
    )
    cancelled = _record(context, work, attempt, payment, parts)
    if refunds.facts:
        post_refunds(context, work, payment, refunds)
    return PostedPayment(is_new=True, cancelled=cancelled)


def own_share(context: Context, attempt: Attempt, payment: PaymentFact) -> PaymentFact:
    """Return a payment without the fee that its payer bore, where the account is set so."""
    if context.settings().fee_bearer != CUSTOMER:
        return payment
    return less_customer_fee(attempt, payment)


def placement_of(books: Repositories, attempt: Attempt, fact: PaymentFact) -> Placement:
    """Return how a payment for an attempt is applied by the state of these books."""
    return _placement(books, attempt, fact, parts_of(books, attempt))


def _placement(
    books: Repositories, attempt: Attempt, fact: PaymentFact, parts: tuple[Part, ...]
) -> Placement:
    is_open = all(each.is_open for each in parts)
    if is_open:
        is_strange = attempt.state is AttemptState.PAID  # of a part that was asked once
    else:
        is_strange = any(each.is_partly_paid for each in parts)
    return place(
        is_returned=fact.is_returned,
        is_due_open=is_open,
        has_seat=attempt.is_live or have_seats(books, [each.enrollment for each in parts]),
        fits=not (is_strange or misfit(attempt, fact)),
    )


def refuse_during_capture(context: Context, books: Repositories, due_uid: str) -> None:
    """Refuse to pay a due otherwise while a capture for it is under way.

    Raises:
        CaptureUnderWayError: its payment may be booked at any moment; nothing was written.
    """
    now = context.now()
    for note in books.attempts.capture_notes(due_uid).values():
        if note.is_under_way(now) and books.payments.by_payment_id(note.payment_id) is None:
            raise CaptureUnderWayError("a payment of this fee is being confirmed")


@dataclass(frozen=True, slots=True)
class CounterMoney:
    """Money that a person vouches for, as it is posted.

    Attributes:
        amount: all that came; what its dues do not take is credit of the first student.
        verification: how sure it is.
        account: where it is now.
        received_at: for bank transfers and cheques on the bank's day.
        came_at: when it counts as paid, which decides on late fees: a cheque on the day on which
            it was handed in; None for `received_at`.
        evidence: what was typed; its payment is set when it is posted.
        key: of a typed reference; None without one.
    """

    amount: Money
    verification: Verification
    account: Account
    received_at: datetime
    came_at: datetime | None = None
    evidence: EvidenceRecord | None = None
    key: str | None = None


def post_counter(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    parts: tuple[Part, ...],
    money: CounterMoney,
) -> PaymentRecord:
    """Post money taken at the counter; it needs no gateway. Raises CaptureUnderWayError.

    Args:
        context: the ports.
        work: the unit of work.
        attempt: the attempt that began it.
        parts: what of it is for which due; none where all of it is credit.
        money: the money.
    """
    for each in parts:
        refuse_during_capture(context, work, each.due.uid)
    evidence = money.evidence
    payment = PaymentRecord(
        uid=context.ids.new(),
        attempt_uid=attempt.uid,
        enrollment_uid=attempt.enrollment_uid,
        student_uid=(parts or parts_of(work, attempt))[0].enrollment.student_uid,
        method=attempt.method,
        mode=money_mode(attempt.key_id, is_training=context.is_training),
        amount=money.amount,
        received_at=money.received_at,
        is_late=False,
        placement=Placement.APPLIED,
        verification=money.verification,
        rrn=evidence.reference or None if evidence else None,
        typed_key=money.key,
    )
    _record(context, work, attempt, payment, parts, money)
    if evidence is not None:
        work.tenders.add_evidence(replace(evidence, payment_uid=payment.uid))
    return payment


def _record(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    payment: PaymentRecord,
    parts: tuple[Part, ...],
    counter: CounterMoney | None = None,
) -> tuple[str, ...]:
    """Write all rows of one payment; return the attempts that it made needless."""
    now = context.now()
    work.payments.add(payment, now)
    is_applied = payment.placement is Placement.APPLIED
    on_credit = payment.amount - total([each.amount for each in parts]) if is_applied else ZERO
    movement = _movement(context, payment, counter.account if counter else None, on_credit, now)
    work.ledger.add(movement)
    cancelled: tuple[str, ...] = ()
    if is_applied:
        came_at = (counter.came_at if counter else None) or payment.received_at
        parts = allocate_parts(context, work, movement, parts, came_at)
        if not attempt.is_live:  # a due has one live attempt, by an index of the database
            cancelled = _cancel_others(work, attempt)
    if on_credit:
        _put_on_credit(context, work, movement.uid, payment, on_credit)
    # the fee of one due alone is no bill
    has_bill = is_applied and bool(attempt.dues) and note_paid(context, work, attempt.uid, now)
    for student_uid in dict.fromkeys([each.enrollment.student_uid for each in parts]):
        work.students.mark_served(student_uid, now)
    if payment.placement not in {Placement.RETURNED, Placement.MISFIT}:
        if not has_bill:
            issue_receipts(context, work, [Share(payment, tuple(parts), on_credit)], now)
        if attempt.state is not AttemptState.PAID:
            work.attempts.mark_paid(attempt, payment.payment_id or payment.method.value)
    context.audit(
        work,
        f"payment.{'late' if payment.is_late else 'received'}",
        payment.uid,
        {
            "attempt": attempt.uid,
            "amount": payment.amount.paise,
            "payment_id": payment.payment_id,
            "placement": payment.placement,
        },
    )
    return cancelled


def _put_on_credit(
    context: Context, work: UnitOfWork, movement_uid: str, payment: PaymentRecord, amount: Money
) -> None:
    from desktop_app.services.posting.credits import OVERPAID, add_credit

    add_credit(context, work, movement_uid, payment.student_uid, amount, OVERPAID, payment.uid)


def _movement(
    context: Context,
    payment: PaymentRecord,
    account: Account | None,
    on_credit: Money,
    now: datetime,
) -> Movement:
    entries = receiving(
        payment.amount,
        account or tender_of(payment.method).account,
        owed_back=payment.placement is not Placement.APPLIED,
        on_credit=on_credit,
    )
    return Movement(
        uid=context.ids.new(),
        at=now,
        kind=MovementKind.PAYMENT,
        source_uid=payment.uid,
        payment_uid=payment.uid,
        entries=in_currency(entries, payment.currency),
    )


def _cancel_others(work: UnitOfWork, attempt: Attempt) -> tuple[str, ...]:
    """Cancel every other live attempt of dues that were just paid; they stay watched."""
    ended: dict[str, None] = {}
    for part in attempt.parts:
        for other in work.attempts.of_due(part.due_uid):
            if other.uid not in {attempt.uid, *ended} and other.is_live:
                work.attempts.save(
                    replace(other, state=AttemptState.CANCELLED), other.state, "paid otherwise"
                )
                ended[other.uid] = None
    return tuple(ended)
