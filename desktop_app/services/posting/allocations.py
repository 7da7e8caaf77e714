"""Allocates money to dues with its share of the tax, takes it back, and allocates it again.

Rows are only added: what is taken back is a negative row that names the one it reverses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueChangeKind, DueState, EnrollmentState
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tax import sum_of_parts, tax_of_part
from desktop_app.services.ports.records import AllocationRecord, DueChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.tax import Tax
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, Movement
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.posting.parts import Part

NOT_SENT = "nothing was sent"


def allocate_parts(
    context: Context,
    work: UnitOfWork,
    movement: Movement,
    parts: Iterable[Part],
    received_at: datetime,
    *,
    from_credit: str | None = None,
) -> tuple[Part, ...]:
    """Pay dues, or parts of them, and give their students the seats; return their shares of tax.

    A payment pays them, or credit does. What settles a due asks for its late fee, by the day on
    which the money came.

    Args:
        context: the ports.
        work: the unit of work.
        movement: the movement of the money, with its payment unless credit pays.
        parts: how much of which due.
        received_at: when the money came.
        from_credit: the row of credit that pays.
    """
    given = (context, work, movement, received_at, from_credit)
    return tuple([each.taxed(_allocate(*given, each)) for each in parts])


def _allocate(
    context: Context,
    work: UnitOfWork,
    movement: Movement,
    received_at: datetime,
    from_credit: str | None,
    part: Part,
) -> Tax:
    due, amount = part.due, part.amount
    tax = share_of(work, due, amount)
    work.allocations.add(
        AllocationRecord(
            uid=context.ids.new(),
            movement_uid=movement.uid,
            payment_uid=movement.payment_uid,
            due_uid=due.uid,
            tax=tax,
            created_at=movement.at,
            from_credit=from_credit,
        )
    )
    if part.settles:
        work.enrollments.advance_due(due.uid, DueState.OPEN, DueState.PAID)
    work.enrollments.advance(due.enrollment_uid, EnrollmentState.PENDING, EnrollmentState.ACTIVE)
    if due.late_rule and part.settles:
        from desktop_app.services.posting.late_fees import settle_late_fee

        settle_late_fee(context, work, due, day_in_india(received_at))
    return tax


def share_of(books: Repositories, due: DueRecord, amount: Money) -> Tax:
    """Return the tax of a payment towards a due, after what was allocated to it before."""
    tax = due.tax
    if not due.paid and amount == tax.total:
        return tax
    before = sum_of_parts(tax, (each.tax for each in books.allocations.of_due(due.uid)))
    return tax_of_part(tax, before, amount)


def allocated_of(books: Repositories, payment_uid: str, amount: Money) -> Money:
    """Return how much of an amount the dues can give back that a payment pays."""
    return min(amount, total(each.amount for each in books.allocations.of_payment(payment_uid)))


def take_back(
    context: Context, work: UnitOfWork, movement_uid: str, payment_uid: str, amount: Money
) -> None:
    """Deallocate money from the dues that a payment pays: of exactly the amount first, else latest.

    The desk asks that much less for them. A due of which nothing is paid any more is cancelled,
    and with it an enrolment whose last payment it was.

    Args:
        context: the ports.
        work: the unit of work.
        movement_uid: the movement that takes it.
        payment_uid: the payment.
        amount: at most what `allocated_of` returns.
    """
    found = work.allocations.of_payment(payment_uid)
    taken = _to_take(found, amount)
    for allocation, part in taken:
        _take(context, work, movement_uid, allocation, found, part, "refunded")
    for due_uid in dict.fromkeys(each.due_uid for each, _ in taken):
        _end_unpaid(context, work, work.enrollments.due(due_uid))


def take_from_dues(
    context: Context,
    work: UnitOfWork,
    movement_uid: str,
    payment_uid: str,
    amounts: Mapping[str, Money],
    why: str,
) -> None:
    """Deallocate money of a payment from some dues; the desk asks that much less for them.

    A due of which nothing is paid any more is cancelled; its enrolment stays.

    Args:
        context: the ports.
        work: the unit of work.
        movement_uid: the movement that takes it.
        payment_uid: the payment.
        amounts: how much of each due, by uid; at most what the payment pays of it.
        why: the reason.
    """
    found = work.allocations.of_payment(payment_uid)
    for due_uid, amount in amounts.items():
        left = amount
        for allocation in reversed([each for each in found if each.due_uid == due_uid]):
            part = min(left, _left_of(allocation, found).total)
            if part > ZERO:
                _take(context, work, movement_uid, allocation, found, part, why)
                left -= part
        due = work.enrollments.due(due_uid)
        if due.paid == ZERO:
            _cancel(context, work, due, why)


def paid_by(books: Repositories, due_uid: str) -> dict[str, Money]:
    """Return what payments pay of a due, by payment, the latest first."""
    found: dict[str, Money] = {}
    for each in books.allocations.of_due(due_uid):
        if each.payment_uid is not None:
            found[each.payment_uid] = found.get(each.payment_uid, ZERO) + each.amount
    return {uid: amount for uid, amount in reversed(found.items()) if amount > ZERO}


def _take(
    context: Context,
    work: UnitOfWork,
    movement_uid: str,
    allocation: AllocationRecord,
    found: Iterable[AllocationRecord],
    part: Money,
    why: str,
) -> None:
    tax = tax_of_part(allocation.tax, _taken_from(allocation, found), part)
    _reverse(context, work, movement_uid, allocation, tax)
    _change(context, work, allocation.due_uid, DueChangeKind.REPRICE, -part, why)


def reverse_all(context: Context, work: UnitOfWork, movement_uid: str, payment_uid: str) -> Money:
    """Reverse all that a payment pays, because it never came; its dues are open again.

    The same is asked for them, on the same days. Enrolments keep their seats: staff decide.

    Returns:
        How much it had paid.
    """
    found = work.allocations.of_payment(payment_uid)
    back = ZERO
    for first in {each.due_uid: each for each in reversed(found)}.values():
        net = sum_of_parts(first.tax, (e.tax for e in found if e.due_uid == first.due_uid))
        if net.total <= ZERO:
            continue
        _reverse(context, work, movement_uid, first, net)
        back += net.total
        _open_again(work, first.due_uid)
    return back


def reverse_one(
    context: Context, work: UnitOfWork, movement_uid: str, allocation: AllocationRecord
) -> None:
    """Reverse what credit pays; its due is open again."""
    _reverse(context, work, movement_uid, allocation, allocation.tax)
    _open_again(work, allocation.due_uid)


def _open_again(work: UnitOfWork, due_uid: str) -> None:
    """Open a due of which something is owed again, even where its rest was written off."""
    due = work.enrollments.due(due_uid)
    if due.state in {DueState.PAID, DueState.WRITTEN_OFF} and due.balance > ZERO:
        work.enrollments.advance_due(due_uid, due.state, DueState.OPEN)


def ended_by_taking(books: Repositories, payment_uid: str, amount: Money) -> tuple[str, ...]:
    """Return the enrolments that `take_back` would end, by uid."""
    taken: dict[str, Money] = {}
    for allocation, part in _to_take(books.allocations.of_payment(payment_uid), amount):
        taken[allocation.due_uid] = taken.get(allocation.due_uid, ZERO) + part
    enrollments = dict.fromkeys(books.enrollments.due(uid).enrollment_uid for uid in taken)
    return tuple(
        uid
        for uid in enrollments
        if not any(due.paid > taken.get(due.uid, ZERO) for due in books.enrollments.dues_of(uid))
    )


def _to_take(
    found: Sequence[AllocationRecord], amount: Money
) -> list[tuple[AllocationRecord, Money]]:
    """Return what an amount is taken back of: what is exactly as much first, else the latest."""
    left, taken = amount, []
    ordered = list(reversed(found))
    ordered.sort(key=lambda each: _left_of(each, found).total != amount)
    for allocation in ordered:
        part = min(left, _left_of(allocation, found).total)
        if part > ZERO:
            taken.append((allocation, part))
            left -= part
    return taken


def standing_of(
    books: Repositories, payment_uid: str, amount: Money, taken_by: str | None
) -> Money:
    """Return how much of money that is back was taken from dues that are not cancelled.

    Args:
        books: the books.
        payment_uid: the payment.
        amount: how much is back; the most that is returned.
        taken_by: the movement that took it; None where the books do not say.
    """
    found = books.allocations.of_payment(payment_uid)
    gone = (-_left_of(each, found).total for each in _taken(books, found, taken_by))
    return min(amount, total(gone))


def give_again(
    context: Context,
    work: UnitOfWork,
    movement_uid: str,
    payment_uid: str,
    amount: Money,
    taken_by: str | None,
) -> None:
    """Allocate again what was taken back from dues that are not cancelled, the latest first.

    Args:
        context: the ports.
        work: the unit of work.
        movement_uid: the movement that brings the money back.
        payment_uid: the payment.
        amount: at most what `standing_of` returns.
        taken_by: the movement that took it; None where the books do not say.
    """
    left = amount
    found = work.allocations.of_payment(payment_uid)
    for allocation in _taken(work, found, taken_by):
        part = min(left, -_left_of(allocation, found).total)
        if part <= ZERO:
            continue
        back = tax_of_part(_negated(allocation.tax), _taken_from(allocation, found), part)
        _change(context, work, allocation.due_uid, DueChangeKind.REPRICE, part, "refund failed")
        _reverse(context, work, movement_uid, allocation, _negated(back))
        left -= part


def _taken(
    books: Repositories, found: Sequence[AllocationRecord], taken_by: str | None
) -> list[AllocationRecord]:
    """Return what was taken back of dues that are not cancelled, the latest first."""
    return [
        each
        for each in reversed(found)
        if each.amount < ZERO
        and taken_by in {None, each.movement_uid}
        and books.enrollments.due(each.due_uid).state is not DueState.CANCELLED
    ]


def _left_of(allocation: AllocationRecord, found: Iterable[AllocationRecord]) -> Tax:
    """Return what is left of an allocation; negative for one that took money back."""
    return sum_of_parts(
        allocation.tax,
        [allocation.tax, *(e.tax for e in found if e.reverses_uid == allocation.uid)],
    )


def _taken_from(allocation: AllocationRecord, found: Iterable[AllocationRecord]) -> Tax:
    """Return how much of an allocation was reversed, as a positive sum."""
    reversals = sum_of_parts(
        allocation.tax, (e.tax for e in found if e.reverses_uid == allocation.uid)
    )
    return _negated(reversals) if allocation.amount > ZERO else reversals


def _reverse(
    context: Context, work: UnitOfWork, movement_uid: str, allocation: AllocationRecord, tax: Tax
) -> None:
    work.allocations.add(
        replace(
            allocation,
            uid=context.ids.new(),
            movement_uid=movement_uid,
            tax=_negated(tax),
            created_at=context.now(),
            reverses_uid=allocation.uid,
        )
    )


def _negated(tax: Tax) -> Tax:
    return replace(tax, taxable=-tax.taxable, cgst=-tax.cgst, sgst=-tax.sgst, igst=-tax.igst)


def _change(
    context: Context,
    work: UnitOfWork,
    due_uid: str,
    kind: DueChangeKind,
    delta: Money,
    why: str = "refunded",
) -> None:
    work.enrollments.change_due(
        DueChange(context.ids.new(), due_uid, kind, delta, why, context.now())
    )


def end_unsent(context: Context, work: UnitOfWork, enrollment_uid: str) -> None:
    """Cancel a pending enrolment with its dues, where nothing was ever sent or paid for it."""
    for due in work.enrollments.dues_of(enrollment_uid):
        _cancel(context, work, due, NOT_SENT)
    pending, cancelled = EnrollmentState.PENDING, EnrollmentState.CANCELLED
    if work.enrollments.advance(enrollment_uid, pending, cancelled):
        context.audit(work, "enrollment.cancelled", enrollment_uid, {"why": NOT_SENT})


def _end_unpaid(context: Context, work: UnitOfWork, due: DueRecord) -> None:
    """Cancel a due of which nothing is paid, and its enrolment where no other due is paid."""
    if due.paid > ZERO:
        return
    dues = work.enrollments.dues_of(due.enrollment_uid)
    is_last = not any(each.paid > ZERO for each in dues)
    for each in dues if is_last else (due,):
        _cancel(context, work, each)
    if is_last and work.enrollments.advance(
        due.enrollment_uid, EnrollmentState.ACTIVE, EnrollmentState.CANCELLED
    ):
        context.audit(work, "enrollment.cancelled", due.enrollment_uid, {"why": "refunded"})


def _cancel(context: Context, work: UnitOfWork, due: DueRecord, why: str = "refunded") -> None:
    if due.state is DueState.CANCELLED:
        return
    if due.balance:
        _change(context, work, due.uid, DueChangeKind.CANCEL, -due.balance, why)
    work.enrollments.advance_due(due.uid, due.state, DueState.CANCELLED)
    for attempt in work.attempts.of_due(due.uid):
        if attempt.is_live:
            ended = replace(attempt, state=AttemptState.CANCELLED)
            work.attempts.save(ended, attempt.state, "the enrolment ended")
