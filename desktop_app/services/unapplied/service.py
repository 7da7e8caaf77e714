"""Payments that pay nothing: late for a full course, paid twice, or of another amount.

Staff decide, once: enrol or apply as a part, put against another due of the family, refund.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.capture import RETURNS_WITHIN
from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.key_mode import money_mode
from desktop_app.domain.ledger import Account, Entry, MovementKind
from desktop_app.domain.money import INR, total
from desktop_app.domain.payment import AttemptState, Placement
from desktop_app.domain.refund import OPEN_REFUNDS
from desktop_app.services.errors import UnknownPaymentError
from desktop_app.services.ports.records import Movement
from desktop_app.services.posting.allocations import allocate_parts
from desktop_app.services.posting.bills import note_paid
from desktop_app.services.posting.parts import Part, fee_label, have_seats, parts_of
from desktop_app.services.posting.payments import refuse_during_capture
from desktop_app.services.posting.receipt_content import Share
from desktop_app.services.posting.receipts import issue_receipts
from desktop_app.services.refunds.earlier_decision import refusal_of_second
from desktop_app.services.unapplied import misfits, unmatched
from desktop_app.services.unapplied.due_check import (
    require_open_due,
    require_open_dues,
    require_rupees,
)
from desktop_app.services.unapplied.misfits import asked_for, owed
from desktop_app.services.views.unapplied import AppliedMoney, OfferedFee, UnappliedPayment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.payment import Attempt
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
    Placement.NO_SEAT: "The payment arrived late and the course is full.",
    Placement.SURPLUS: "This fee was already paid.",
    Placement.MISFIT: "The amount doesn't match the fee.",
    Placement.APPLIED: "The bank couldn't refund this payment. The enrolment has ended.",
    Placement.RETURNED: "The bank couldn't refund this payment. Refund it again.",
}
FOREIGN = "This payment is in another currency. You can only refund it."
PARTLY_PAID = "Part of this fee was already paid."


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
            held += [unmatched.held_view(each, self._mode(each)) for each in work.unmatched.held()]
        return tuple(sorted(held, key=lambda each: each.received_at))

    def has_claims(self) -> bool:
        """Return whether anything was ever noted on a person's word; see `ClaimService`."""
        return self._context.store.reader.exceptions.has_claims()

    def returning(self) -> tuple[ReturningPayment, ...]:
        """Return payments that were not due and return to the parent by themselves, oldest first.

        Nobody has to decide about them: they were never captured.
        """
        return self._context.store.reader.exceptions.returning(self._context.now() - RETURNS_WITHIN)

    def _view(self, work: Repositories, payment: PaymentRecord) -> UnappliedPayment:
        attempt = work.attempts.get(payment.attempt_uid or "")
        _uid, name, roll_no, label = self._context.store.reader.attempts.names_of(attempt.uid)
        together = misfits.take_together(work, payment)
        offer = misfits.offer(work, payment, together)
        return UnappliedPayment(
            uid=payment.uid,
            mode=payment.mode,
            payment_id=payment.payment_id,
            student_name=name,
            roll_no=roll_no,
            course_label=label,
            amount=owed(work, payment),
            received_at=payment.received_at,
            reason=_reason(payment, attempt),
            can_enrol=self._can_enrol(work, payment),
            why=payment.placement,
            asked=attempt.amount,
            came=payment.amount,
            currency=payment.currency,
            applicable=offer and offer[0],
            due_after=offer and offer[1],
            parts=len(together),
            offered=_offered(work, attempt) if len(attempt.parts) > 1 else (),
        )

    def _mode(self, stray: UnmatchedRecord) -> MoneyMode:
        return money_mode(stray.key_id, is_training=self._context.is_training)

    def _can_enrol(self, work: Repositories, payment: PaymentRecord) -> bool:
        if payment.placement in {Placement.RETURNED, Placement.MISFIT}:
            return False
        parts = asked_for(work, payment)
        is_whole = total(each.amount for each in parts) == owed(work, payment)
        is_open = is_whole and all(each.is_open for each in parts)
        return is_open and have_seats(work, [each.enrollment for each in parts])

    def enrol(self, payment_uid: str) -> None:
        """Apply a payment to the fee it was asked for, where a seat is free now.

        Raises:
            UnknownPaymentError: nothing is held under this id, or it was decided already.
            FeePaidError: another payment paid the fee.
            InvalidInputError: a part of the payment went back, or the enrolment has ended, or it
                is of another amount.
            NoSeatError: the course is full.
        """
        with self._context.store.writing() as work:
            payment = self._find(work, payment_uid)
            _require_unreturned(payment)
            if payment.placement is Placement.MISFIT:
                raise InvalidInputError(
                    "payment", "The amount doesn't match the fee. Apply the payment or refund it."
                )
            parts = asked_for(work, payment)
            require_open_dues(work, parts, owed(work, payment))
            _require_seats(work, parts)
            self._pay(work, payment, parts, "enrolled")
            work.commit()

    def apply(self, payment_uid: str) -> AppliedMoney:
        """Apply money to what is still open of the fees it was asked for.

        Money of another amount pays a part of them; the parts of one link pay together once they
        make up what it asked for. Money for several dues pays those that are open, as offered.
        What they do not take stays held. Applying what was applied before changes nothing.

        Raises:
            UnknownPaymentError: nothing is held under this id, or it was decided otherwise.
            FeePaidError: another payment paid the fee.
            InvalidInputError: it is of the amount that was asked for, or in another currency, or
                its fee is not due any more.
            NoSeatError: the course is full.
        """
        with self._context.store.writing() as work:
            found = work.payments.find(payment_uid)
            if found is not None and _was_applied(work, found):
                work.nothing_to_write()
                return _applied(work, (found,))
            payment = self._find(work, payment_uid)
            misfits.require_applicable(work, payment)
            together = misfits.take_together(work, payment)
            for each in together:
                parts = misfits.applicable_parts(work, each, owed(work, each))
                misfits.require_parts(parts)
                _require_seats(work, parts)
                self._pay(work, each, parts, misfits.APPLIED)
            applied = _applied(work, together)
            work.commit()
        return applied

    def put_against(self, payment_uid: str, due_uid: str) -> None:
        """Apply a payment to another open due of exactly the same amount.

        Raises:
            UnknownPaymentError: nothing is held under this id, or it was decided already.
            FeePaidError: another payment paid the due.
            InvalidInputError: the due is of another amount, a refund is on its way, or the
                payment is in another currency.
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
            require_rupees(payment.currency)
            if any(each.state in OPEN_REFUNDS for each in work.refunds.of_payment(payment.uid)):
                raise InvalidInputError("due", "A refund of this payment is still on its way.")
            due, enrollment = work.enrollments.due_with_enrollment(due_uid)
            amount = owed(work, payment)
            require_open_due(work, due, amount)
            parts = (Part(due, enrollment, amount),)
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
            if stray is not None and stray.currency != INR:
                return ()
            if stray is not None:
                left, own_due, student_uid = stray.amount, "", ""
            else:
                payment = self._find(work, payment_uid)
                if payment.placement is Placement.RETURNED or misfits.is_foreign(payment):
                    return ()
                left, student_uid = owed(work, payment), payment.student_uid
                parts = asked_for(work, payment)
                own_due = parts[0].due.uid if len(parts) == 1 else ""
        reader = self._context.store.reader
        found = (
            reader.exceptions.family_dues(student_uid)
            if student_uid
            else reader.exceptions.dues_of(left)
        )
        return tuple(
            replace(each, fits=each.amount == left)
            for each in found
            if each.has_seat and each.due_uid != own_due
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
            raise UnknownPaymentError("the inbox has no payment with this id")
        reason = REASONS[payment.placement]

        def check(work: Repositories) -> None:
            if owed(work, self._find(work, payment_uid)) != amount:
                raise refusal_of_second(work, payment_uid)  # another window decided about a part

        return self._refunding.refund(payment.uid, amount, reason, check)

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
        paid = allocate_parts(self._context, work, movement, parts, payment.received_at)
        if payment.placement is Placement.MISFIT:  # it got none when it came
            is_first = not work.receipts.has_any(payment.uid)
            issue_receipts(
                self._context, work, [Share(payment, tuple(paid))], now, is_first=is_first
            )
        if payment.attempt_uid is not None:
            note_paid(self._context, work, payment.attempt_uid, now)
        self._context.audit(
            work, "late.settled", payment.uid, {"how": how, "enrollment": first.enrollment_uid}
        )


def _offered(work: Repositories, attempt: Attempt) -> tuple[OfferedFee, ...]:
    """Return the fees that an attempt covered, and whether each is still open."""
    return tuple(
        OfferedFee(fee_label(work, each.enrollment.uid), each.amount, each.is_open)
        for each in parts_of(work, attempt)
    )


def _reason(payment: PaymentRecord, attempt: Attempt) -> str:
    """Return why a payment pays nothing, or not all of it."""
    if misfits.is_foreign(payment):
        return FOREIGN
    if payment.placement is Placement.MISFIT and payment.amount == attempt.amount:
        return PARTLY_PAID
    return REASONS[payment.placement]


def _was_applied(work: Repositories, payment: PaymentRecord) -> bool:
    """Whether a misfit pays a due that it was asked for, and nothing of it is held."""
    if payment.placement is not Placement.MISFIT or owed(work, payment):
        return False
    pays = work.payments.due_paid_by(payment)
    return pays is not None and pays in {each.due.uid for each in asked_for(work, payment)}


def _applied(work: Repositories, payments: Sequence[PaymentRecord]) -> AppliedMoney:
    """Return what payments for the same dues pay now, and what is left."""
    return AppliedMoney(
        paid=total(a.amount for p in payments for a in work.allocations.of_payment(p.uid)),
        due=total(each.due.balance for each in asked_for(work, payments[0])),
        held=total(owed(work, each) for each in payments),
    )


def _require_seats(work: Repositories, parts: Sequence[Part]) -> None:
    if not have_seats(work, [each.enrollment for each in parts]):
        raise NoSeatError("this course has no seats left")


def _require_unreturned(payment: PaymentRecord) -> None:
    """Raise InvalidInputError for money that the gateway returned before it was ever seen.

    It never got a receipt; when its return fails it can only be returned again.
    """
    if payment.placement is Placement.RETURNED:
        raise InvalidInputError(
            "payment", "The bank couldn't refund this payment. Refund it again."
        )
