"""Posts money: payment, ledger, enrolment, receipt and audit in one transaction, once.

Reports of a payment may come from anywhere, repeatedly and in any order: the same rows result.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.ledger import Account, receiving
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement, mask_vpa, place
from desktop_app.domain.refund import RefundState, newly_refunded
from desktop_app.services.errors import CaptureUnderWayError
from desktop_app.services.ports.records import Movement, PaymentRecord, RefundRecord
from desktop_app.services.posting.receipts import issue_receipt
from desktop_app.services.posting.refunds import post_return

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork


class PostedPayment(NamedTuple):
    """The changes of a posting; none when the payment was known already."""

    is_new: bool
    cancelled: tuple[str, ...] = ()


def post_payment(
    context: Context, work: UnitOfWork, attempt: Attempt, fact: PaymentFact
) -> PostedPayment:
    """Post a verified captured payment for an attempt, by its state in this unit of work."""
    known = work.payments.by_payment_id(fact.payment_id)
    if known is not None:
        return PostedPayment(is_new=_book_refund(context, work, known, fact))
    due = work.enrollments.due(attempt.due_uid)
    enrollment = work.enrollments.get(attempt.enrollment_uid)
    placement = _placement(work, attempt, fact, due, enrollment)
    payment = PaymentRecord(
        uid=context.ids.new(),
        attempt_uid=attempt.uid,
        enrollment_uid=attempt.enrollment_uid,
        student_uid=enrollment.student_uid,
        method=attempt.method,
        amount=Money(fact.amount_paise),
        received_at=datetime.fromtimestamp(fact.created_at, UTC),
        is_late=not attempt.is_live,
        placement=placement,
        payment_id=fact.payment_id,
        order_id=fact.order_id or attempt.order_id,
        rrn=fact.rrn,
        vpa_masked=mask_vpa(fact.vpa),
        fee_paise=fact.fee_paise,
        tax_paise=fact.tax_paise,
    )
    cancelled = _record(context, work, attempt, payment, due, enrollment)
    _book_refund(context, work, payment, fact)
    return PostedPayment(is_new=True, cancelled=cancelled)


def placement_of(books: Repositories, attempt: Attempt, fact: PaymentFact) -> Placement:
    """Return how a payment for an attempt is applied by the state of these books."""
    due = books.enrollments.due(attempt.due_uid)
    enrollment = books.enrollments.get(attempt.enrollment_uid)
    return _placement(books, attempt, fact, due, enrollment)


def _placement(
    books: Repositories,
    attempt: Attempt,
    fact: PaymentFact,
    due: DueRecord,
    enrollment: EnrollmentRecord,
) -> Placement:
    return place(
        fact,
        is_due_open=due.state is DueState.OPEN
        and enrollment.state is not EnrollmentState.CANCELLED,
        has_seat=attempt.is_live
        or books.courses.has_free_seat(enrollment.course_uid, besides=enrollment.uid),
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


def post_cash(context: Context, work: UnitOfWork, attempt: Attempt) -> PaymentRecord:
    """Post cash taken at the counter; it needs no gateway. Raises CaptureUnderWayError."""
    refuse_during_capture(context, work, attempt.due_uid)
    enrollment = work.enrollments.get(attempt.enrollment_uid)
    payment = PaymentRecord(
        uid=context.ids.new(),
        attempt_uid=attempt.uid,
        enrollment_uid=attempt.enrollment_uid,
        student_uid=enrollment.student_uid,
        method=Method.CASH,
        amount=attempt.amount,
        received_at=context.now(),
        is_late=False,
        placement=Placement.DUE,
    )
    due = work.enrollments.due(attempt.due_uid)
    _record(context, work, attempt, payment, due, enrollment)
    return payment


def _record(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    payment: PaymentRecord,
    due: DueRecord,
    enrollment: EnrollmentRecord,
) -> tuple[str, ...]:
    """Write all rows of one payment; return the attempts that it made needless."""
    now = context.now()
    work.payments.add(payment, now)
    work.ledger.add(
        Movement(
            uid=context.ids.new(),
            at=now,
            payment_uid=payment.uid,
            entries=receiving(
                payment.amount,
                Account.CASH if payment.method is Method.CASH else Account.GATEWAY,
                owed_back=payment.placement is not Placement.DUE,
            ),
        )
    )
    cancelled: tuple[str, ...] = ()
    if payment.placement is Placement.DUE:
        work.enrollments.advance_due(due.uid, DueState.OPEN, DueState.PAID)
        work.enrollments.advance(enrollment.uid, EnrollmentState.PENDING, EnrollmentState.ACTIVE)
        if not attempt.is_live:  # a due has one live attempt, by an index of the database
            cancelled = _cancel_others(work, attempt)
    if payment.placement is not Placement.RETURNED:
        issue_receipt(context, work, payment, enrollment, due)
        if attempt.state is not AttemptState.PAID:
            work.attempts.mark_paid(attempt, payment.payment_id or "cash")
    work.students.mark_served(enrollment.student_uid, now)
    context.audit(
        work,
        f"payment.{'late' if payment.is_late else 'received'}",
        payment.uid,
        {
            "attempt": attempt.uid,
            "amount": payment.amount.paise,
            "payment_id": payment.payment_id,
            "placement": payment.placement.value,
        },
    )
    return cancelled


def _cancel_others(work: UnitOfWork, attempt: Attempt) -> tuple[str, ...]:
    """Cancel every other live attempt of a due that was just paid; they stay watched."""
    ended: list[str] = []
    for other in work.attempts.of_due(attempt.due_uid):
        if other.uid != attempt.uid and other.is_live:
            work.attempts.save(
                replace(other, state=AttemptState.CANCELLED), other.state, "paid otherwise"
            )
            ended.append(other.uid)
    return tuple(ended)


def _book_refund(
    context: Context, work: UnitOfWork, payment: PaymentRecord, fact: PaymentFact
) -> bool:
    """Post what the gateway shows as refunded beyond the posted sum; False when nothing."""
    if not fact.amount_refunded_paise:
        return False
    amount = newly_refunded(fact, work.refunds.refunded(payment.uid))
    if not amount:
        return False
    refund = RefundRecord(
        uid=context.ids.new(),
        payment_uid=payment.uid,
        amount=amount,
        state=RefundState.PROCESSED,
        origin="gateway",
        reason="",
        noticed_at=context.now(),
    )
    work.refunds.add(refund)
    post_return(context, work, payment, amount)
    context.audit(
        work, "refund.noticed", refund.uid, {"payment": payment.uid, "amount": amount.paise}
    )
    return True
