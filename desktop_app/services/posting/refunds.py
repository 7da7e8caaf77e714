"""Posts refunds: the row, the ledger, and the enrolment once everything went back.

One row for each refund, whether it was asked for here or on the dashboard, by the gateway's id.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.ledger import (
    Account,
    Entry,
    MovementKind,
    in_currency,
    returning,
    reversed_,
)
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.refund import REFUND_TABLE, RETURNED_STATES, RefundState
from desktop_app.domain.state_machine import may_advance
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.ports.records import Movement, RefundRecord
from desktop_app.services.posting.accounts import account_now
from desktop_app.services.posting.allocations import (
    allocated_of,
    ended_by_taking,
    give_again,
    standing_of,
    take_back,
)
from desktop_app.services.posting.bills import note_less_due
from desktop_app.services.posting.kept_enrolments import enrol_again, forget_kept, take_kept

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import RefundFact
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.posting.refund_reading import RefundReading


GATEWAY = "gateway"
"""The origin of a refund that was not asked for at a desk."""

ENDINGS = {
    "pending": RefundState.PENDING,
    "processed": RefundState.PROCESSED,
    "failed": RefundState.FAILED,
}
"""The state by the gateway's word for it."""


def settle_refund(
    context: Context,
    work: UnitOfWork,
    refund: RefundRecord,
    paid: PaymentRecord,
    state: RefundState,
    refund_id: str | None,
) -> RefundRecord:
    """Store the state of a refund; post the money when it is accepted, reverse it when it failed.

    An answer older than the stored one, from another window or a slow connection, changes nothing;
    nor does one about another refund of the gateway's.
    """
    is_another = refund.refund_id is not None and refund_id != refund.refund_id
    if is_another or not may_advance(REFUND_TABLE, refund.state, state):
        return refund
    settled = replace(refund, state=state, refund_id=refund_id)
    if not work.refunds.save(settled, refund.state):
        return settled
    was_booked = refund.state in RETURNED_STATES
    if state is RefundState.FAILED:
        forget_kept(work, refund.uid)
        if was_booked:
            post_failed_return(context, work, paid, refund)
    elif not was_booked:
        kept = take_kept(work, refund.uid)
        post_return(context, work, paid, refund)
        enrol_again(context, work, kept)
    context.audit(work, f"refund.{state.value}", refund.uid, {"amount": refund.amount.paise})
    return settled


def post_refunds(
    context: Context, work: UnitOfWork, payment: PaymentRecord, reading: RefundReading
) -> bool:
    """Post a payment's refunds as they were just read; return whether any row changed."""
    known = work.refunds.of_payment(payment.uid)
    by_id = {row.refund_id: row for row in known if row.refund_id is not None}
    asked = {row.uid: row for row in known if row.refund_id is None and row.origin == "desk"}
    changed = False
    unknown: list[RefundFact] = []
    for fact in sorted(reading.facts, key=lambda each: (each.created_at, each.refund_id)):
        row = by_id.get(fact.refund_id) or asked.pop(fact.reference or "", None)
        if row is None or row.state is RefundState.REJECTED:
            unknown.append(fact)
        elif _is_of(row, fact, payment):
            state = ENDINGS[fact.status]
            settled = settle_refund(context, work, row, payment, state, fact.refund_id)
            changed |= settled is not row
    sums = [
        row
        for row in known
        if row.refund_id is None and row.origin == GATEWAY and row.state in RETURNED_STATES
    ]
    if sums:
        changed |= _identify(context, work, payment, sums, unknown)
        if sums and not reading.is_even:
            return changed  # what they stand for is not certain yet
    for row in sums:
        changed |= settle_refund(context, work, row, payment, RefundState.FAILED, None) is not row
    added = [_add(context, work, payment, fact) for fact in unknown]
    return changed or any(added)


def _is_of(row: RefundRecord, fact: RefundFact, payment: PaymentRecord) -> bool:
    """Whether a row has the amount of a refund; less by no more than the fee the payer bore."""
    beside = fact.amount_paise - row.amount.paise
    return 0 <= beside <= (payment.customer_fee_paise or 0)


def _identify(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    sums: list[RefundRecord],
    unknown: list[RefundFact],
) -> bool:
    """Tie refunds that earlier versions booked as sums to the gateway's of the same amount.

    Remove from both lists what is tied. Of the sums that are left the gateway has no such refund,
    or it has several in its place.
    """
    before = len(sums)
    for row in list(sums):
        same = (fact for fact in unknown if fact.amount_paise == row.amount.paise)
        fact = next(same, None)
        if fact is None:
            continue
        sums.remove(row)
        unknown.remove(fact)
        work.refunds.identify(row.uid, fact.refund_id)
        context.audit(work, "refund.identified", row.uid, {"refund_id": fact.refund_id})
        named = replace(row, refund_id=fact.refund_id)
        settle_refund(context, work, named, payment, ENDINGS[fact.status], fact.refund_id)
    return len(sums) < before


def _add(context: Context, work: UnitOfWork, payment: PaymentRecord, fact: RefundFact) -> bool:
    """Add a refund that was not asked for here; False where it is none of the centre's money.

    Beyond the amount of a payment goes back the gateway's fee, which the payer had borne.
    """
    amount = Money(fact.amount_paise)
    if payment.customer_fee_paise:
        amount = min(amount, work.refunds.refundable(payment))
    if not amount:
        return False
    refund = RefundRecord(
        uid=context.ids.new(),
        payment_uid=payment.uid,
        amount=amount,
        state=ENDINGS[fact.status],
        origin=GATEWAY,
        reason="",
        noticed_at=context.now(),
        refund_id=fact.refund_id,
    )
    work.refunds.add(refund)
    if refund.state in RETURNED_STATES:
        post_return(context, work, payment, refund)
    detail: dict[str, str | int | None] = {
        "payment": payment.uid,
        "amount": refund.amount.paise,
        "refund_id": fact.refund_id,
        "state": refund.state.value,
    }
    context.audit(work, "refund.noticed", refund.uid, detail)
    return True


def post_return(
    context: Context, work: UnitOfWork, payment: PaymentRecord, refund: RefundRecord
) -> None:
    """Post money that goes back; what is owed to the payer first, then what had paid dues.

    A fee returned in full ends its enrolment. A refund that was only asked for ends none: it may
    still be refused, and until it is accepted the money is a fee. One of the dashboard may take
    credit that was used since: what that paid is open again. One that takes more than the books
    have left follows one whose failure is not known yet: that gives it back.
    """
    of_credit = _of_credit(work, payment, refund.amount)
    of_dues = _of_dues(work, payment, refund.amount - of_credit)
    of_credit += _credit_again(context, work, payment, refund.amount - of_credit - of_dues)
    uid = _move(context, work, payment, refund, MovementKind.REFUND, of_dues, of_credit)
    take_back(context, work, uid, payment.uid, of_dues)
    if of_credit:
        from desktop_app.services.posting.credits import RETURNED, return_credit

        return_credit(context, work, uid, payment.uid, of_credit, RETURNED)
    _note_less_due(context, work, payment)


def take_back_used_credit(
    context: Context, work: UnitOfWork, payment: PaymentRecord, overdrawn: Money
) -> bool:
    """Remove credit that went back from the fees it has paid, where an earlier version left it.

    Returns:
        Whether anything was taken back.
    """
    again = min(overdrawn, _credit_left(work, payment))
    again += _credit_again(context, work, payment, overdrawn - again)
    if not again:
        return False
    from desktop_app.services.posting.credits import RETURNED, return_credit

    movement = Movement(
        uid=context.ids.new(),
        at=context.now(),
        kind=MovementKind.DECISION,
        source_uid=payment.uid,
        payment_uid=payment.uid,
        entries=(Entry(Account.CREDIT, again), Entry(Account.TO_RETURN, -again)),
    )
    work.ledger.add(movement)
    return_credit(context, work, movement.uid, payment.uid, again, RETURNED)
    context.audit(work, "credit.taken_back", payment.uid, {"amount": again.paise})
    return True


def _note_less_due(context: Context, work: UnitOfWork, payment: PaymentRecord) -> None:
    paid = (work.enrollments.due(each.due_uid) for each in work.allocations.of_payment(payment.uid))
    for enrollment_uid in dict.fromkeys([due.enrollment_uid for due in paid]):
        note_less_due(context, work, enrollment_uid, is_refund=True)


def ended_by(work: Repositories, payment: PaymentRecord, amount: Money) -> tuple[str, ...]:
    """Return the enrolments that returning an amount of a payment would end, by uid."""
    of_credit = _of_credit(work, payment, amount)
    return ended_by_taking(work, payment.uid, _of_dues(work, payment, amount - of_credit))


def credit_used(work: Repositories, payment: PaymentRecord) -> Money:
    """Return how much a payment brought as credit that has paid other dues since."""
    brought = total(work.credits.of_payment(payment.uid).values())
    return brought - _credit_left(work, payment) if brought else ZERO


def _of_credit(work: Repositories, payment: PaymentRecord, amount: Money) -> Money:
    """Return how much of what goes back is credit: it goes before what pays dues."""
    owed = max(ZERO, work.ledger.held(payment.uid))
    return min(amount - min(amount, owed), _credit_left(work, payment))


def _credit_left(work: Repositories, payment: PaymentRecord) -> Money:
    from desktop_app.services.posting.credits import credit_left

    return total(credit_left(work, payment.uid).values())


def _credit_again(
    context: Context, work: UnitOfWork, payment: PaymentRecord, amount: Money
) -> Money:
    """Return how much of an amount is credit that was used, after taking it back from its dues."""
    gone = amount - min(amount, max(ZERO, work.ledger.held(payment.uid)))
    again = min(gone, credit_used(work, payment)) if gone else ZERO
    if not again:
        return ZERO
    from desktop_app.services.posting.reversals import collect_credit

    left = _credit_left(work, payment)
    collect_credit(context, work, payment.uid, left + again, "refunded")
    return min(again, _credit_left(work, payment) - left)


def _of_dues(work: Repositories, payment: PaymentRecord, amount: Money) -> Money:
    """Return how much of what goes back had paid dues; what is owed to the payer goes first."""
    owed = max(ZERO, work.ledger.held(payment.uid))
    return allocated_of(work, payment.uid, amount - min(amount, owed))


def post_failed_return(
    context: Context, work: UnitOfWork, payment: PaymentRecord, refund: RefundRecord
) -> None:
    """Reverse a posted return: the gateway could not deliver it, the money is still here.

    Where it had ended an enrolment, the money is owed back again and waits for a decision.
    """
    taken_by = work.ledger.movement_of(refund.uid, MovementKind.REFUND)
    overdrawn = max(ZERO, -work.ledger.held(payment.uid))
    back = max(ZERO, refund.amount - overdrawn)
    to_fees = standing_of(work, payment.uid, back, taken_by)
    uid = _move(context, work, payment, refund, MovementKind.REFUND_FAILED, to_fees)
    give_again(context, work, uid, payment.uid, to_fees, taken_by)


def _move(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    refund: RefundRecord,
    kind: MovementKind,
    of_fees: Money,
    of_credit: Money = ZERO,
) -> str:
    """Add the movement of a refund, or of one that failed, and return its uid."""
    rules = tender_of(payment.method)
    account = rules.account if rules.settled is None else account_now(work, payment)
    entries = returning(refund.amount, account, from_fees=of_fees, from_credit=of_credit)
    if kind is MovementKind.REFUND_FAILED:
        entries = reversed_(entries)
    movement = Movement(
        uid=context.ids.new(),
        at=context.now(),
        kind=kind,
        source_uid=refund.uid,
        payment_uid=payment.uid,
        entries=in_currency(entries, payment.currency),
    )
    work.ledger.add(movement)
    return movement.uid
