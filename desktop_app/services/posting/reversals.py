"""Takes payments out of the books that never came after all, and notes when the bank shows one.

Rows are only added: a reversing movement, negative allocations, and how sure the money is now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.ledger import (
    Entry,
    MovementKind,
    banked,
    returning,
    reversed_,
    using_credit,
)
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.refund import RefundState
from desktop_app.domain.state_machine import advance, may_advance
from desktop_app.domain.tender import VERIFICATION_TABLE, Verification
from desktop_app.services.ports.records import Movement
from desktop_app.services.ports.tender_records import VerificationChange
from desktop_app.services.posting.accounts import account_now
from desktop_app.services.posting.allocations import reverse_all, reverse_one
from desktop_app.services.posting.credits import (
    TAKEN_BACK,
    add_credit,
    credit_brought,
    move_credit,
    return_credit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork

_GONE = {RefundState.FAILED, RefundState.REJECTED}


def bank_shows(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    verification: Verification,
    value_on: date,
    where: str,
) -> None:
    """Note that the bank has credited a payment that was claimed, or in clearing.

    Args:
        context: the ports.
        work: the unit of work.
        payment: the payment.
        verification: `matched` or `realised`.
        value_on: the bank's day.
        where: how a person found it there.

    Raises:
        InvalidInputError: it is not open any more.
    """
    before = account_now(work, payment)
    _advance(context, work, payment, verification, value_on, where)
    entries = banked(payment.amount, before)
    if entries:
        work.ledger.add(_movement(context, payment, MovementKind.BANKED, entries))


def reverse_payment(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    verification: Verification,
    reason: str,
    value_on: date | None = None,
) -> None:
    """Reverse a payment that never came; its dues are open again, with their old dates.

    Enrolments keep their seats: staff decide. Credit that it brought goes, and where that was used
    the dues that it paid are open again.

    Args:
        context: the ports.
        work: the unit of work.
        payment: the payment.
        verification: `reversed` or `bounced`.
        reason: why.
        value_on: the bank's day; None where there is none.

    Raises:
        InvalidInputError: it was taken back already, or money of it went back to the payer.
    """
    if any(each.state not in _GONE for each in work.refunds.of_payment(payment.uid)):
        raise InvalidInputError(
            "payment", "You can't remove this payment. You already refunded it."
        )
    account = account_now(work, payment)
    _advance(context, work, payment, verification, value_on, reason)
    on_credit = total(work.credits.of_payment(payment.uid).values())
    if on_credit:
        collect_credit(context, work, payment.uid, on_credit, reason)
    entries = returning(
        payment.amount, account, from_fees=payment.amount - on_credit, from_credit=on_credit
    )
    movement = _movement(context, payment, MovementKind.REVERSAL, entries)
    work.ledger.add(movement)
    back = reverse_all(context, work, movement.uid, payment.uid)
    if back != payment.amount - on_credit:
        raise ValueError("a payment pays what it brought, less its credit")
    if on_credit:
        return_credit(context, work, movement.uid, payment.uid, on_credit, TAKEN_BACK)


def _advance(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    verification: Verification,
    value_on: date | None,
    reason: str,
) -> None:
    now = work.tenders.verification(payment.uid)
    if now is verification or not may_advance(VERIFICATION_TABLE, now, verification):
        raise InvalidInputError("payment", _CLOSED[now])
    advance(VERIFICATION_TABLE, now, verification)
    work.tenders.change(
        VerificationChange(
            uid=context.ids.new(),
            payment_uid=payment.uid,
            verification=verification,
            created_at=context.now(),
            value_on=value_on,
            reason=reason,
        )
    )
    context.audit(
        work,
        f"payment.{verification.value}",
        payment.uid,
        {"amount": payment.amount.paise, "reason": reason},
    )


_CONFIRMED = rule_text("The bank has already confirmed this payment.")
_CLOSED = {
    Verification.VERIFIED: rule_text(
        "Razorpay confirmed this payment. You don't need to verify it."
    ),
    Verification.COUNTED: rule_text("This payment was in cash. You don't need to verify it."),
    Verification.CLAIMED: rule_text("The bank hasn't confirmed this payment yet."),
    Verification.MATCHED: _CONFIRMED,
    Verification.REALISED: _CONFIRMED,
    Verification.REVERSED: rule_text("You already removed this payment."),
    Verification.BOUNCED: rule_text("The bank has already returned this cheque."),
    Verification.IN_CLEARING: rule_text("The bank hasn't credited this cheque yet."),
    Verification.INTERNAL: rule_text("This payment used credit. You don't need to verify it."),
}


def collect_credit(
    context: Context, work: UnitOfWork, payment_uid: str, needed: Money, reason: str
) -> None:
    """Collect credit that a payment brought and that was used or moved, until there is enough.

    Args:
        context: the ports.
        work: the unit of work.
        payment_uid: the payment.
        needed: at most what it brought, to all its students.
        reason: why.
    """
    kept: dict[str, Money] = {}
    left = needed
    for student_uid, brought in credit_brought(work, payment_uid).items():
        part = min(left, brought)
        if part > ZERO:
            _collect(context, work, student_uid, part, reason, (), kept)
            kept[student_uid] = part
            left -= part


def _collect(
    context: Context,
    work: UnitOfWork,
    student_uid: str,
    needed: Money,
    reason: str,
    askers: tuple[str, ...],
    kept: Mapping[str, Money],
) -> None:
    """Collect credit that a student used or moved, the latest first, until there is enough of it.

    Dues that it paid are open again first; then brothers and sisters return what was moved to them,
    but for what is kept.
    """
    askers = (*askers, student_uid)
    _open_what_credit_paid(context, work, student_uid, needed + kept.get(student_uid, ZERO))
    for taker_uid, moved in work.credits.moved_from(student_uid):
        missing = needed - _free(work, student_uid, kept)
        if missing <= ZERO:
            return
        if taker_uid in askers:
            continue
        part = min(missing, moved)
        if _free(work, taker_uid, kept) < part:
            _collect(context, work, taker_uid, part, reason, askers, kept)
        part = min(part, _free(work, taker_uid, kept))
        if part > ZERO:
            move_credit(context, work, taker_uid, student_uid, part, reason)


def _free(work: UnitOfWork, student_uid: str, kept: Mapping[str, Money]) -> Money:
    return work.credits.balance(student_uid) - kept.get(student_uid, ZERO)


def _open_what_credit_paid(
    context: Context, work: UnitOfWork, student_uid: str, needed: Money
) -> None:
    """Reverse what a student's credit paid, the latest first, until there is enough of it."""
    for allocation in work.allocations.from_credit(student_uid):
        missing = needed - work.credits.balance(student_uid)
        if missing <= ZERO:
            return
        amount = allocation.amount
        movement = Movement(
            uid=context.ids.new(),
            at=context.now(),
            kind=MovementKind.CREDIT,
            source_uid=allocation.uid,
            payment_uid=None,
            entries=reversed_(using_credit(amount)),
        )
        work.ledger.add(movement)
        add_credit(context, work, movement.uid, student_uid, amount, TAKEN_BACK)
        reverse_one(context, work, movement.uid, allocation)


def _movement(
    context: Context, payment: PaymentRecord, kind: MovementKind, entries: tuple[Entry, ...]
) -> Movement:
    return Movement(
        uid=context.ids.new(),
        at=context.now(),
        kind=kind,
        source_uid=payment.uid,
        payment_uid=payment.uid,
        entries=entries,
    )
