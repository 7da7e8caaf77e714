"""Late fees that are asked for: by the payment that settles a due, or when a cart takes it.

Until then a late fee is a calculation. The day that counts is the one on which the money came, as
the gateway or the bank has it: money in time is never late because the desk learned of it late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.enrollment import DueChangeKind, DueKind, DueState
from desktop_app.domain.fee_heads import LATE_FEE
from desktop_app.domain.fees import Quote
from desktop_app.domain.late_fee import from_text, late_fee, late_fee_left
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.tax import tax_of_gross
from desktop_app.services.ports.records import DueChange, DueRecord

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

IN_TIME = "paid in time"
"""The reason of a late fee that is less, since the money came earlier than it was asked."""


def settle_late_fee(context: Context, work: UnitOfWork, due: DueRecord, paid_on: date) -> None:
    """Ask for the late fee of a due that a payment has just settled.

    Late fees that were asked for before the money was known are less, where it came earlier.

    Args:
        context: the ports.
        work: the unit of work, with the allocation.
        due: the due.
        paid_on: the day in India on which the money came.
    """
    if ask_late_fee(context, work, due, paid_on) is None:
        _lessen(context, work, due, paid_on)


def ask_late_fee(context: Context, work: UnitOfWork, due: DueRecord, on: date) -> DueRecord | None:
    """Write a due for the late fee of another; return None where nothing is left to ask.

    It carries the rate of the due it follows, and includes its tax.
    """
    fee = late_fee_on_day(work, due, on)
    return _write(context, work, due, fee, on, follows=due.uid) if fee else None


def charge_late_fee(
    context: Context, work: UnitOfWork, due: DueRecord, fee: Money, on: date
) -> DueRecord:
    """Write a due for a late fee that a person decided on.

    It does not follow the due, so that it is no part of the late fee by rule.
    """
    return _write(context, work, due, fee, on, follows=None)


def _write(
    context: Context,
    work: UnitOfWork,
    due: DueRecord,
    fee: Money,
    on: date,
    *,
    follows: str | None,
) -> DueRecord:
    agreed = due.quote.tax
    tax = tax_of_gross(fee, agreed.rate_bp, is_interstate=bool(agreed.igst))
    made = DueRecord(
        uid=context.ids.new(),
        enrollment_uid=due.enrollment_uid,
        state=DueState.OPEN,
        quote=Quote(f"Late fee · {due.quote.label}", tax, registered=due.quote.registered),
        sequence=work.enrollments.dues_of(due.enrollment_uid)[-1].sequence + 1,
        due_on=on,
        instalment_no=due.instalment_no,
        head_code=LATE_FEE,
        kind=DueKind.LATE_FEE,
        treatment=due.treatment,
        sac=due.sac,
        follows_due=follows,
    )
    work.enrollments.add_dues([made], context.now())
    context.audit(work, "late_fee.asked", made.uid, {"due": due.uid, "amount": fee.paise})
    return made


def late_fee_on_day(books: Repositories, due: DueRecord, on: date) -> Money:
    """Return what of the late fee of a due is not asked for yet, were it paid on a day."""
    days = _days_late(due, on)
    if days <= 0 or not due.late_rule:
        return ZERO
    basis = books.families.late_fee_basis(due.uid)
    return late_fee_left(
        from_text(due.late_rule), days, basis.balance, asked=basis.asked, waived=basis.waived
    )


def _days_late(due: DueRecord, on: date) -> int:
    """Return the days since the due date of a fee; zero for what has no late fee."""
    if due.kind is not DueKind.FEE or due.payable_on is None:
        return 0
    return (on - due.payable_on).days


def _lessen(context: Context, work: UnitOfWork, due: DueRecord, on: date) -> None:
    """Ask less of the open late fees of a due, where they count days that were not late."""
    if due.kind is not DueKind.FEE or not due.late_rule:
        return
    basis = work.families.late_fee_basis(due.uid)
    whole = late_fee(_days_late(due, on), basis.balance, from_text(due.late_rule))
    excess = basis.asked + basis.waived - max(whole, basis.waived)
    for uid in work.families.late_fees_of(due.uid):
        fee = work.enrollments.due(uid)
        is_free = not any(attempt.is_live for attempt in work.attempts.of_due(uid))
        if excess > ZERO and is_free:
            excess -= ask_less(context, work, fee, excess, DueChangeKind.REPRICE, IN_TIME)


def ask_less(
    context: Context,
    work: UnitOfWork,
    fee: DueRecord,
    amount: Money,
    kind: DueChangeKind,
    reason: str,
) -> Money:
    """Ask less of a late fee that is a due, at most its balance; return how much less.

    A rupee stays where less would, as of any due. One of which nothing stays ends.
    """
    balance = fee.balance
    part = balance if amount >= balance else min(amount, max(ZERO, balance - LEAST_DUE))
    if not part:
        return ZERO
    work.enrollments.change_due(
        DueChange(context.ids.new(), fee.uid, kind, -part, reason, context.now())
    )
    if part == balance:
        ended = DueState.PAID if fee.paid else DueState.CANCELLED
        work.enrollments.advance_due(fee.uid, DueState.OPEN, ended)
    return part
