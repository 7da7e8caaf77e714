"""Payments that pay nothing: they came late and the course is full, or the fee was paid twice.

Staff decide, one of three ways, once: enrol, put against another due of the family, refund.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.capture import RETURNS_WITHIN
from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.ledger import Account, Entry, MovementKind
from desktop_app.domain.money import total
from desktop_app.domain.payment import AttemptState, Placement
from desktop_app.domain.refund import OPEN_REFUNDS
from desktop_app.services.errors import UnknownPaymentError
from desktop_app.services.ports.records import Movement
from desktop_app.services.posting.allocations import allocate
from desktop_app.services.posting.parts import Part, have_seats, parts_of
from desktop_app.services.posting.payments import refuse_during_capture
from desktop_app.services.refunds.earlier_decision import refusal_of_second
from desktop_app.services.unapplied import unmatched
from desktop_app.services.unapplied.due_check import require_open_due, require_open_dues
from desktop_app.services.views.unapplied import UnappliedPayment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import (
        PaymentRecord,
        RefundRecord,
        UnmatchedRecord,
    )
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.views.unapplied import FamilyDue, ReturningPayment

REASONS = {
    Placement.NO_SEAT: "Came late, and the course is full.",
    Placement.SURPLUS: "This fee was paid already.",
    Placement.APPLIED: "Its refund failed at the bank, and the enrolment has ended.",
    Placement.RETURNED: "Razorpay's refund failed at the bank. Refund it again.",
}


class UnappliedPayments:
    """The inbox of payments that wait for a decision. Local but for `refund`."""

    def __init__(self, context: Context, refunding: RefundService) -> None:
        self._context = context
        self._refunding = refunding

    def held(self) -> tuple[UnappliedPayment, ...]:
        """Return every payment that waits for a decision, oldest first."""
        if not self._context.store.reader.exceptions.may_hold_money():
            return ()  # asked at every start, which shall load nothing for it
        with self._context.store.reading() as work:
            held = [self._view(work, payment) for payment in work.unapplied.held()]
            held += [unmatched.held_view(each) for each in work.unmatched.held()]
        return tuple(sorted(held, key=lambda each: each.received_at))

    def returning(self) -> tuple[ReturningPayment, ...]:
        """Return payments that were not due and return to the parent by themselves, oldest first.

        Nobody has to decide about them: they were never captured.
        """
        return self._context.store.reader.exceptions.returning(self._context.now() - RETURNS_WITHIN)

    def _view(self, work: Repositories, payment: PaymentRecord) -> UnappliedPayment:
        _uid, name, roll_no, label = self._context.store.reader.attempts.names_of(
            payment.attempt_uid or ""
        )
        return UnappliedPayment(
            uid=payment.uid,
            mode=payment.mode,
            payment_id=payment.payment_id,
            student_name=name,
            roll_no=roll_no,
            course_label=label,
            amount=owed(work, payment),
            received_at=payment.received_at,
            reason=REASONS[payment.placement],
            can_enrol=self._can_enrol(work, payment),
            why=payment.placement,
        )

    def _can_enrol(self, work: Repositories, payment: PaymentRecord) -> bool:
        if payment.placement is Placement.RETURNED:
            return False
        parts = _asked_for(work, payment)
        is_whole = total(each.amount for each in parts) == owed(work, payment)
        is_open = is_whole and all(each.is_open for each in parts)
        return is_open and have_seats(work, [each.enrollment for each in parts])

    def enrol(self, payment_uid: str) -> None:
        """Apply a payment to the fee it was asked for, where a seat is free now.

        Raises:
            UnknownPaymentError: nothing is held under this id, or it was decided already.
            FeePaidError: another payment paid the fee.
            InvalidInputError: a part of the payment went back, or the enrolment has ended.
            NoSeatError: the course is full.
        """
        with self._context.store.writing() as work:
            payment = self._find(work, payment_uid)
            _require_unreturned(payment)
            parts = _asked_for(work, payment)
            if len(parts) == 1:
                require_open_due(work, parts[0].due, owed(work, payment))
            else:
                require_open_dues(work, parts, owed(work, payment))
            _require_seats(work, parts)
            self._pay(work, payment, parts, "enrolled")
            work.commit()

    def put_against(self, payment_uid: str, due_uid: str) -> None:
        """Apply a payment to another open due of exactly the same amount.

        Raises:
            UnknownPaymentError: nothing is held under this id, or it was decided already.
            FeePaidError: another payment paid the due.
            InvalidInputError: the due is of another amount, or a refund is on its way.
            NoSeatError: its course is full.
        """
        with self._context.store.writing() as work:
            stray = self._stray(work, payment_uid)
            if stray is not None:
                unmatched.put_against(self._context, work, stray, work.enrollments.due(due_uid))
                work.commit()
                return
            payment = self._find(work, payment_uid)
            _require_unreturned(payment)
            if any(each.state in OPEN_REFUNDS for each in work.refunds.of_payment(payment.uid)):
                raise InvalidInputError("due", "A part of this money is still on its way back.")
            due = work.enrollments.due(due_uid)
            amount = owed(work, payment)
            require_open_due(work, due, amount)
            parts = (Part(due, work.enrollments.get(due.enrollment_uid), amount),)
            _require_seats(work, parts)
            self._pay(work, payment, parts, "put against another due")
            work.commit()

    def family_dues(self, payment_uid: str) -> tuple[FamilyDue, ...]:
        """Return open dues of those who share a phone with the payer, where a seat is free.

        For a payment of an unknown payer: every open due of its amount.

        Raises:
            UnknownPaymentError: nothing is held under this id.
        """
        with self._context.store.reading() as work:
            stray = self._stray(work, payment_uid)
            if stray is not None:
                left, asked_for, student_uid = stray.amount, "", ""
            else:
                payment = self._find(work, payment_uid)
                if payment.placement is Placement.RETURNED:
                    return ()
                left, student_uid = owed(work, payment), payment.student_uid
                parts = _asked_for(work, payment)
                asked_for = parts[0].due.uid if len(parts) == 1 else ""
        reader = self._context.store.reader
        found = (
            reader.exceptions.family_dues(student_uid)
            if student_uid
            else reader.exceptions.dues_of(left)
        )
        return tuple(
            replace(each, fits=each.amount == left)
            for each in found
            if each.has_seat and each.due_uid != asked_for
        )

    def refund(self, payment_uid: str) -> RefundRecord:
        """Return a payment in full (gateway); should that be refused in the end, it is held again.

        Raises:
            UnknownPaymentError: nothing is held under this id.
            GatewayError: see `RefundService.refund`.
        """
        with self._context.store.reading() as work:
            stray = self._stray(work, payment_uid)
            payment = None if stray is not None else self._find(work, payment_uid)
            amount = None if payment is None else owed(work, payment)
        if stray is not None:
            return unmatched.give_back(self._context, self._refunding.outbox, stray)
        if payment is None:
            raise UnknownPaymentError("nothing is held under this id")
        reason = REASONS[payment.placement]
        return self._refunding.refund(
            payment.uid, amount, reason, lambda work: self._find(work, payment_uid)
        )

    @staticmethod
    def _stray(work: Repositories, uid: str) -> UnmatchedRecord | None:
        held = (each for each in work.unmatched.held() if uid in {each.uid, each.payment_id})
        return next(held, None)

    def _find(self, work: Repositories, payment_uid: str) -> PaymentRecord:
        for payment in work.unapplied.held():
            if payment_uid in {payment.uid, payment.payment_id}:
                return payment
        raise refusal_of_second(work, payment_uid)

    def _pay(
        self, work: UnitOfWork, payment: PaymentRecord, parts: Sequence[Part], how: str
    ) -> None:
        """Turn money owed back into fees received, in one transaction with the enrolments.

        Raises:
            CaptureUnderWayError: a payment of a due is being captured.
        """
        for each in parts:
            refuse_during_capture(self._context, work, each.due.uid)
            for attempt in work.attempts.of_due(each.due.uid):
                if attempt.is_live:
                    ended = replace(attempt, state=AttemptState.CANCELLED)
                    work.attempts.save(ended, attempt.state, how)
        now, first = self._context.now(), parts[0].due
        work.unapplied.decide(payment.uid, how, first.uid, now)
        amount = total(each.amount for each in parts)
        movement = Movement(
            uid=self._context.ids.new(),
            at=now,
            kind=MovementKind.DECISION,
            source_uid=payment.uid,
            payment_uid=payment.uid,
            entries=(Entry(Account.TO_RETURN, amount), Entry(Account.FEES, -amount)),
        )
        work.ledger.add(movement)
        for each in parts:
            allocate(self._context, work, movement.uid, payment.uid, each.due, each.amount)
        self._context.audit(
            work, "late.settled", payment.uid, {"how": how, "enrollment": first.enrollment_uid}
        )


def owed(work: Repositories, payment: PaymentRecord) -> Money:
    """Return how much of a payment is owed to the payer and not on its way back."""
    return min(work.ledger.held(payment.uid), work.refunds.refundable(payment))


def _asked_for(work: Repositories, payment: PaymentRecord) -> tuple[Part, ...]:
    """Return the dues that a payment was asked for."""
    return parts_of(work, work.attempts.get(payment.attempt_uid or ""))


def _require_seats(work: Repositories, parts: Sequence[Part]) -> None:
    if not have_seats(work, [each.enrollment for each in parts]):
        raise NoSeatError("the course has no free seat")


def _require_unreturned(payment: PaymentRecord) -> None:
    """Raise InvalidInputError for money that the gateway returned before it was ever seen.

    It never got a receipt; when its return fails it can only be returned again.
    """
    if payment.placement is Placement.RETURNED:
        raise InvalidInputError("payment", "Razorpay returned this payment. Refund it again.")
