"""The life of cheques after they were handed in: deposited, credited, returned. All local.

A cheque is money only when the bank has credited it: then its payment is posted, with receipt.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import allocate
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.instruments import (
    INSTRUMENT_TABLE,
    BounceReason,
    InstrumentState,
    stale_from,
)
from desktop_app.domain.ledger import Account
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import AttemptDue, AttemptState
from desktop_app.domain.receipt import IST, day_in_india
from desktop_app.domain.state_machine import may_advance
from desktop_app.domain.tender import Verification
from desktop_app.domain.text import require_reason
from desktop_app.services.errors import ChequeMovedError, UnknownPaymentError
from desktop_app.services.identity.book import reference_of
from desktop_app.services.payments.bounce_charge import charge_bounce
from desktop_app.services.payments.cheque_intake import evidence_of
from desktop_app.services.ports.tender_records import DepositSlip, InstrumentEvent
from desktop_app.services.posting.parts import Part, have_seats, parts_of
from desktop_app.services.posting.payments import CounterMoney, post_counter
from desktop_app.services.posting.reversals import bank_shows, reverse_payment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.ports.tender_records import InstrumentRecord
    from desktop_app.services.views.tenders import ChequeRow, DepositSlipView

_S = InstrumentState
_TOO_EARLY = {
    _S.CLEARED: rule_text("Deposit this cheque first."),
    _S.BOUNCED: rule_text("You haven't deposited this cheque yet."),
}
"""Refusals of the steps that a cheque in hand is not ready for."""


class ChequeService:
    """Cheques and demand drafts."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listed(self, states: Sequence[InstrumentState], text: str = "") -> tuple[ChequeRow, ...]:
        """Return cheques in some states, by their date."""
        return self._context.store.reader.tenders.cheques(states, self._today(), text)

    def one(self, reference: str) -> ChequeRow:
        """Return one by its uid, attempt or acknowledgement's number, or its own if unique.

        Raises:
            UnknownPaymentError: there is none, or several have this number.
        """
        found = self._context.store.reader.tenders.cheque(reference, self._today())
        if found is None:
            raise UnknownPaymentError("we found no cheque with this id. See `pravesh cheque list`")
        return found

    def slip(self, uid: str) -> DepositSlipView:
        """Return a deposit slip. Raises UnknownPaymentError."""
        found = self._context.store.reader.tenders.slip(uid, self._today())
        if found is None:
            raise UnknownPaymentError("we found no deposit slip with this id")
        return found

    def deposit(
        self, references: Sequence[str], account: str = "", on: date | None = None
    ) -> DepositSlipView:
        """Put cheques on a slip for one bank account; one slip is one line at the bank later.

        One that bounced covers its open dues again.

        Raises:
            UnknownPaymentError: one of them is not there.
            InvalidInputError: one is post-dated or too old; nothing was written.
            ChequeMovedError: one is not in hand any more; nothing was written.
        """
        day = self._day(on)
        with self._context.store.writing() as work:
            found = [_get(work, each) for each in dict.fromkeys(references)]
            if not found:
                raise InvalidInputError("cheque", "Choose the cheques to deposit.")
            slip = DepositSlip(
                uid=self._context.ids.new(),
                number=work.instruments.next_slip(),
                account=account.strip(),
                deposited_on=day,
                total=total(each.amount for each in found),
                pieces=len(found),
                created_at=self._context.now(),
            )
            work.instruments.add_slip(slip)
            for each in found:
                self._deposit(work, each, slip, day)
            work.commit()
        return self.slip(slip.uid)

    def _deposit(
        self, work: UnitOfWork, cheque: InstrumentRecord, slip: DepositSlip, day: date
    ) -> None:
        if cheque.dated_on > day:
            raise InvalidInputError(
                "cheque", "Cheque {number} is dated {day}. Deposit it on or after that day.",
                number=cheque.number, day=cheque.dated_on.strftime("%d %b %Y"),
            )  # fmt: skip
        if day >= stale_from(cheque.dated_on):
            raise InvalidInputError(
                "cheque", "Cheque {number} is older than 3 months. Return it to the parent.",
                number=cheque.number,
            )  # fmt: skip
        if cheque.state is _S.BOUNCED:
            cheque = replace(cheque, payment_uid=None)
            cheque = self._cover_again(work, cheque)
        placed = replace(cheque, deposit_slip_uid=slip.uid)
        self._step(work, placed, _S.DEPOSITED, day, "")

    def _cover_again(self, work: UnitOfWork, cheque: InstrumentRecord) -> InstrumentRecord:
        """Begin another attempt for what is still open of the dues of a cheque that bounced."""
        before = work.attempts.get(cheque.attempt_uid)
        parts = [
            each
            for each in _open_parts(work, before, cheque.amount)
            if not any(other.is_live for other in work.attempts.of_due(each.due.uid))
        ]
        if not parts:
            return cheque
        uid = self._context.ids.new()
        is_only = len(parts) == 1
        dues = tuple(AttemptDue(each.due.uid, each.amount) for each in parts)
        attempt = replace(
            before,
            uid=uid,
            enrollment_uid=parts[0].enrollment.uid if is_only else None,
            due_uid=parts[0].due.uid if is_only else None,
            state=AttemptState.AWAITING,
            amount=total(each.amount for each in parts),
            reference=reference_of(self._context, work, uid),
            created_at=self._context.now(),
            dues=() if is_only else dues,
        )
        work.attempts.add(attempt, "deposited again")
        return replace(cheque, attempt_uid=uid)

    def clear(self, reference: str, on: date | None = None) -> ChequeRow:
        """Note that the bank has credited a cheque: its payment is posted, with receipt.

        What its dues do not take any more becomes credit of the student.

        Args:
            reference: its uid or its acknowledgement's number.
            on: the bank's day; None for today.

        Raises:
            UnknownPaymentError, InvalidInputError, ChequeMovedError: nothing was written.
        """
        day = self._day(on)
        with self._context.store.writing() as work:
            cheque = _get(work, reference)
            _require(cheque, _S.CLEARED)
            if cheque.payment_uid is None:
                paid = self._post(work, cheque, day)
                cheque = replace(cheque, payment_uid=paid.uid)
            else:
                paid = _payment(work, cheque)
                bank_shows(self._context, work, paid, Verification.REALISED, day, "")
            self._step(work, cheque, _S.CLEARED, day, "")
            work.commit()
        return self.one(cheque.uid)

    def _post(self, work: UnitOfWork, cheque: InstrumentRecord, day: date) -> PaymentRecord:
        attempt = work.attempts.get(cheque.attempt_uid)
        money = CounterMoney(
            amount=cheque.amount,
            verification=Verification.REALISED,
            account=Account.BANK,
            received_at=self._noon(day),
            came_at=self._noon(cheque.received_on),
            evidence=evidence_of(cheque),
        )
        parts = _open_parts(work, attempt, cheque.amount)
        return post_counter(self._context, work, attempt, parts, money)

    def bounce(
        self,
        reference: str,
        reason: str,
        on: date | None = None,
        seen: InstrumentState | None = None,
    ) -> ChequeRow:
        """Note that the bank returned a cheque unpaid: its dues are open again, on their old dates.

        Args:
            reference: its uid or its acknowledgement's number.
            reason: the bank's; see `BounceReason`.
            on: the day of the bank's memo; None for today.
            seen: its state as it was shown, since one that was credited by then has a receipt;
                None for any.

        Raises:
            UnknownPaymentError, InvalidInputError, ChequeMovedError: nothing was written.
        """
        why = _bank_reason(reason)
        return self._end(reference, _S.BOUNCED, why, self._day(on), seen)

    def give_back(self, reference: str, reason: str) -> ChequeRow:
        """Return a cheque to its drawer: its dues are open again.

        Raises:
            UnknownPaymentError, InvalidInputError, ChequeMovedError: nothing was written.
        """
        why = require_reason(reason)
        return self._end(reference, _S.RETURNED, why, self._today())

    def lose(self, reference: str, reason: str) -> ChequeRow:
        """Note that a cheque was lost before it was deposited; otherwise like `give_back`."""
        why = require_reason(reason)
        return self._end(reference, _S.LOST, why, self._today())

    def expire(self, reference: str) -> ChequeRow:
        """Note that a cheque became too old; otherwise like `give_back`."""
        return self._end(reference, _S.STALE, BounceReason.STALE.value, self._today())

    def _end(
        self,
        reference: str,
        state: InstrumentState,
        reason: str,
        day: date,
        seen: InstrumentState | None = None,
    ) -> ChequeRow:
        with self._context.store.writing() as work:
            cheque = _get(work, reference)
            _require(cheque, state, seen)
            was_bounced = cheque.state is _S.BOUNCED
            if not was_bounced:
                self._uncover(work, cheque, reason, day)
            self._step(work, cheque, state, day, reason)
            if state is _S.BOUNCED:
                charge_bounce(self._context, work, cheque)
            work.commit()
        return self.one(cheque.uid)

    def _uncover(self, work: UnitOfWork, cheque: InstrumentRecord, reason: str, day: date) -> None:
        """Open the dues of a cheque again, taking back the payment that it is already."""
        attempt = work.attempts.get(cheque.attempt_uid)
        if attempt.is_live:
            ended = replace(attempt, state=AttemptState.CANCELLED)
            work.attempts.save(ended, attempt.state, reason)
        if cheque.payment_uid is not None:
            paid = _payment(work, cheque)
            reverse_payment(self._context, work, paid, Verification.BOUNCED, reason, day)

    def _step(
        self,
        work: UnitOfWork,
        cheque: InstrumentRecord,
        state: InstrumentState,
        day: date,
        reason: str,
    ) -> None:
        _require(cheque, state)
        event = InstrumentEvent(state, day, reason, self._context.now())
        work.instruments.save(cheque, event)
        self._context.audit(
            work,
            f"cheque.{state.value}",
            cheque.uid,
            {"amount": cheque.amount.paise, "slip": cheque.slip_no, "reason": reason},
        )

    def _today(self) -> date:
        return day_in_india(self._context.now())

    def _day(self, on: date | None) -> date:
        today = self._today()
        if on is not None and on > today:
            raise InvalidInputError(
                "on", "This date is in the future. Enter today or an earlier date."
            )
        return on or today

    def _noon(self, day: date) -> datetime:
        now = self._context.now()
        if day >= day_in_india(now):
            return now
        return datetime.combine(day, time(12), IST).astimezone(now.tzinfo)


def _get(work: Repositories, reference: str) -> InstrumentRecord:
    try:
        return work.instruments.get(reference)
    except KeyError as error:
        raise UnknownPaymentError(
            "we found no cheque with this id. See `pravesh cheque list`"
        ) from error


def _payment(work: Repositories, cheque: InstrumentRecord) -> PaymentRecord:
    paid = work.payments.find(cheque.payment_uid or "")
    if paid is None:
        raise UnknownPaymentError("the cheque's payment is gone")
    return paid


def _require(
    cheque: InstrumentRecord, state: InstrumentState, seen: InstrumentState | None = None
) -> None:
    """Refuse a step that the cheque's state does not allow, or that was meant for another one."""
    now = cheque.state
    if now is _S.IN_HAND and state in _TOO_EARLY:
        raise InvalidInputError("cheque", _TOO_EARLY[state])
    is_next = now is not state and may_advance(INSTRUMENT_TABLE, now, state)
    if not is_next or seen not in {None, now}:
        raise ChequeMovedError(cheque.number, now)


def _bank_reason(reason: str) -> str:
    """Return the bank's reason: one of the list, or other words. Raises InvalidInputError."""
    typed = require_reason(reason)
    found = (each.value for each in BounceReason if each.value == typed.casefold())
    return next(found, typed)


def _open_parts(work: Repositories, attempt: Attempt, amount: Money) -> tuple[Part, ...]:
    """Return what money of an attempt pays now of the dues it was for; the rest is credit."""
    parts = [
        each
        for each in parts_of(work, attempt)
        if each.due.state is DueState.OPEN
        and each.enrollment.state is not EnrollmentState.CANCELLED
        and have_seats(work, [each.enrollment])
    ]
    most = {each.due.uid: min(each.amount, each.due.balance) for each in parts}
    found = allocate(amount, most).parts
    return tuple(
        replace(each, amount=part)
        for each in parts
        if (part := _fitting(each, found.get(each.due.uid)))
    )


def _fitting(part: Part, amount: Money | None) -> Money | None:
    """Return what a due takes: so that nothing, or at least a rupee of it stays open."""
    if amount is None:
        return None
    return allocate(amount, {part.due.uid: part.due.balance}).parts.get(part.due.uid)
