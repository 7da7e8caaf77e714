"""Money of another amount or currency than was asked for: which dues it can pay, and how much.

Staff decide about it. Rupees may pay the fee that they were asked for, as a part; the parts of one
link, once they make up what it asked for, pay it together. Other currencies are only refunded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE, allocate, leaves_enough
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import INR, ZERO, Money, total
from desktop_app.domain.payment import Placement
from desktop_app.services.errors import FeePaidError
from desktop_app.services.posting.parts import fee_label, have_seats, parts_of
from desktop_app.services.unapplied.due_check import TOO_LITTLE_DUE, require_rupees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.posting.parts import Part

APPLIED = "applied as a part"
"""The decision, as it is recorded."""


def owed(work: Repositories, payment: PaymentRecord) -> Money:
    """Return how much of a payment is owed to the payer and not on its way back.

    A refund that was asked for and is not posted yet takes what is owed first.
    """
    asked = work.refunds.refunded(payment.uid) - work.refunds.returned(payment.uid)
    left = max(ZERO, work.ledger.held(payment.uid) - asked)
    return min(left, work.refunds.refundable(payment))


def asked_for(work: Repositories, payment: PaymentRecord) -> tuple[Part, ...]:
    """Return the dues that a payment was asked for."""
    return parts_of(work, work.attempts.get(payment.attempt_uid or ""))


def is_foreign(payment: PaymentRecord) -> bool:
    """Return whether a payment is in another currency than rupees."""
    return payment.currency != INR


def take_together(work: Repositories, payment: PaymentRecord) -> tuple[PaymentRecord, ...]:
    """Return the payments that are applied with a misfit, itself among them, oldest first.

    Where parts of one link make up exactly what it asked for, these; otherwise it alone.
    """
    attempt = work.attempts.get(payment.attempt_uid or "")
    parts = [
        each
        for each in work.payments.of_attempt(attempt.uid)
        if each.placement is Placement.MISFIT
        and not is_foreign(each)
        and owed(work, each) == each.amount
    ]
    is_whole = total(each.amount for each in parts) == attempt.amount
    return tuple(parts) if is_whole and payment in parts else (payment,)


def applicable_parts(work: Repositories, payment: PaymentRecord, amount: Money) -> tuple[Part, ...]:
    """Return what an amount pays of the dues that a payment was asked for, in their order.

    Of several dues each gets at most what it was offered, together with what other payments for
    the same attempt pay of it. Less than a rupee of a due is never left open: what would leave it
    stays held.
    """
    dues = asked_for(work, payment)
    is_misfit = payment.placement is Placement.MISFIT
    if len(dues) == 1:
        is_part = is_misfit and _is_open(dues[0])
        return _shares(dues, {dues[0].due.uid: dues[0].due.balance}, amount) if is_part else ()
    paid = _paid_of(work, payment)
    if not is_misfit:
        return _open_parts(work, [each for each in dues if each.due.uid not in paid], amount)
    most = {each.due.uid: _most_of(each, paid) for each in dues if _is_open(each)}
    return _shares(dues, most, amount)


def _shares(dues: Sequence[Part], most: Mapping[str, Money], amount: Money) -> tuple[Part, ...]:
    """Return what an amount pays of dues of each of which it pays a sum at most."""
    found = {each.due.uid: each for each in dues}
    shares = allocate(amount, most).parts
    return tuple(replace(found[uid], amount=share) for uid, share in shares.items())


def _open_parts(work: Repositories, dues: Sequence[Part], amount: Money) -> tuple[Part, ...]:
    """Return the parts that are open as offered, with a seat, as far as an amount reaches."""
    found: list[Part] = []
    for part in dues:
        wanted = [each.enrollment for each in (*found, part)]
        if part.is_open and part.amount <= amount and have_seats(work, wanted):
            found.append(part)
            amount -= part.amount
    return tuple(found)


def _paid_of(work: Repositories, payment: PaymentRecord) -> Mapping[str, Money]:
    """Return what payments for the attempt of a payment pay of dues, by uid, where they do."""
    paid: dict[str, Money] = {}
    for each in work.payments.of_attempt(payment.attempt_uid or ""):
        for allocation in work.allocations.of_payment(each.uid):
            so_far = paid.get(allocation.due_uid, ZERO)
            paid[allocation.due_uid] = so_far + allocation.amount
    return {uid: sum_ for uid, sum_ in paid.items() if sum_}


def _most_of(part: Part, paid: Mapping[str, Money]) -> Money:
    """Return the most that can still be paid of a part's due, less what was paid of the part."""
    rest = max(ZERO, part.amount - paid.get(part.due.uid, ZERO))
    most = min(rest, part.due.balance)
    if leaves_enough(part.due.balance, most):
        return most
    return max(ZERO, part.due.balance - LEAST_DUE)


def offer(
    work: Repositories, payment: PaymentRecord, together: Sequence[PaymentRecord]
) -> tuple[Money, Money] | None:
    """Return how much a payment and those taken together would pay, and what stays due then.

    None where it can pay nothing as a part: in another currency, of a fee that is not due, without
    a seat, or where it pays one due whole, by enrolling.
    """
    if payment.placement is Placement.RETURNED or is_foreign(payment):
        return None
    parts = applicable_parts(work, payment, total(owed(work, each) for each in together))
    if not parts or not have_seats(work, [each.enrollment for each in parts]):
        return None
    paid = total(each.amount for each in parts)
    due = total(each.due.balance for each in asked_for(work, payment) if _is_open(each))
    return paid, due - paid


def require_applicable(work: Repositories, payment: PaymentRecord) -> None:
    """Check that a payment may pay, as a part, the fee that it was asked for.

    Raises:
        InvalidInputError: it is of the amount that was asked for, or in another currency, or its
            fee is not due any more.
        FeePaidError: another payment paid the fee.
    """
    if payment.placement is not Placement.MISFIT and not applicable_parts(
        work, payment, owed(work, payment)
    ):
        raise InvalidInputError(
            "payment", "The amount matches the fee. Enrol the student or refund the payment."
        )
    require_rupees(payment.currency)
    dues = asked_for(work, payment)
    if any(_is_open(each) for each in dues):
        return
    if any(each.due.state is DueState.PAID for each in dues):
        raise FeePaidError(fee_label(work, dues[0].due.enrollment_uid))
    raise InvalidInputError("due", "This fee isn't due any more. The enrolment has ended.")


def require_parts(parts: Sequence[Part]) -> None:
    """Check that an amount pays anything. Raises InvalidInputError where it is too little."""
    if not parts:
        raise InvalidInputError("amount", TOO_LITTLE_DUE)


def _is_open(part: Part) -> bool:
    return (
        part.due.state is DueState.OPEN and part.enrollment.state is not EnrollmentState.CANCELLED
    )
