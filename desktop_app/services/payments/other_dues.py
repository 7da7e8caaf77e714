"""Other dues that the rest of a counter tender pays, where the payer wants that.

What they get is previewed, and written only as it was shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LateFeeOrder, OpenDue, allocate, in_order
from desktop_app.domain.bills import MOST_LINES
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import LAST, LATE_FEE, heads_by_code
from desktop_app.domain.money import total
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.posting.parts import have_seats

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from desktop_app.domain.money import Money
    from desktop_app.domain.tenders.base import TenderRules
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.posting.parts import Part
    from desktop_app.services.views.enrolment import DueRow


def dues_in_order(context: Context, dues: Sequence[DueRow]) -> tuple[DueRow, ...]:
    """Return dues in the order in which money that nobody tied to a line pays them."""
    with context.store.reading() as books:
        heads = heads_by_code(books.plans.heads())
    wanted = (
        OpenDue(
            uid=due.uid,
            due_on=due.due_on,
            priority=heads[due.head].priority if due.head in heads else LAST,
            instalment_no=due.instalment,
            balance=due.balance,
            is_late_fee=due.head == LATE_FEE,
        )
        for due in dues
    )
    order = LateFeeOrder(context.settings().texts["late_fees.order"])
    by_uid = {due.uid: due for due in dues}
    return tuple(by_uid[uid] for uid in in_order(wanted, order))


def other_dues(
    context: Context, students: Collection[str], chosen: Collection[str]
) -> tuple[DueRow, ...]:
    """Return the dues that the rest of a payment may pay, in the order in which it does.

    Those in another payment are not among them, nor those of courses without a seat.

    Args:
        context: the ports.
        students: the students of the payment.
        chosen: the dues that it is for.
    """
    today = day_in_india(context.now())
    found = [
        due
        for due in context.store.reader.dues.of_students(tuple(students), today)
        if due.uid not in chosen and not due.covered
    ]
    if not found:
        return ()
    with context.store.reading() as books:
        found = [due for due in found if _may_have_seat(books, due.uid)]
    return dues_in_order(context, found)[: max(0, MOST_LINES - max(1, len(chosen)))]


def _may_have_seat(books: Repositories, due_uid: str) -> bool:
    _, enrollment = books.enrollments.due_with_enrollment(due_uid)
    return enrollment.state is EnrollmentState.ACTIVE or have_seats(books, [enrollment])


def with_others(
    work: Repositories,
    rules: TenderRules,
    parts: tuple[Part, ...],
    others: tuple[Part, ...],
    amount: Money | None,
) -> tuple[Part, ...]:
    """Return the parts of a payment with those of other dues that its rest pays.

    Args:
        work: the books.
        rules: of the tender.
        parts: the dues that the payment is for.
        others: the other dues, with what was shown that each gets.
        amount: what is paid; None for what is asked.

    Raises:
        InvalidInputError: the tender has no rest, a due is of another student, or the rest does
            not pay the dues as it was shown.
    """
    if not rules.is_taken_at_desk:
        raise InvalidInputError(
            "amount", "Only a payment taken at the counter can also pay other fees."
        )
    if not {each.enrollment.student_uid for each in others} <= {
        each.enrollment.student_uid for each in parts
    }:
        raise InvalidInputError(
            "due", "The rest can only pay other fees of the students on this bill."
        )
    asked = total(each.amount for each in parts)
    chosen = {each.due.uid for each in parts}
    is_taken = any(each.due.uid in chosen or _is_in_payment(work, each.due.uid) for each in others)
    rest = (amount or asked) - asked
    if is_taken or not _is_as_shown(rest, others):
        raise InvalidInputError(
            "amount", "The other fees have changed. Check what the rest pays, and try again."
        )
    return (*parts, *others)


def _is_in_payment(work: Repositories, due_uid: str) -> bool:
    return any(attempt.is_live for attempt in work.attempts.of_due(due_uid))


def _is_as_shown(rest: Money, others: tuple[Part, ...]) -> bool:
    """Return whether a rest pays exactly these parts, the first due first."""
    shown = {each.due.uid: each.amount for each in others}
    return allocate(rest, {each.due.uid: each.due.balance for each in others}).parts == shown
