"""The bill with the concessions that were chosen, before they are given. No widget."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.words import amount_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop_app.domain.payment import Method
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import Bill
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.fees import ConcededView, ConcessionWish
    from desktop_app.services.views.payments import AttemptView


class ConcededFee(NamedTuple):
    """A course for a student, by a plan; None for the default plan.

    Attributes:
        follows_sibling: whether the same bill enrols a brother or sister before.
    """

    student_uid: str
    course_uid: str
    plan_code: str | None
    who: str
    follows_sibling: bool = False


def quote(
    desk: Desk,
    student_uid: str,
    course_uid: str,
    plan_code: str | None,
    wishes: Sequence[ConcessionWish],
    ahead: int = 0,
) -> Bill:
    """Return the bill of a fee with concessions. Raises InvalidInputError for one it can't have."""
    bill = desk.payments.quote(student_uid, course_uid, plan_code, 0 if wishes else ahead)
    if not wishes or bill.is_paid:
        return bill
    found = desk.concessions.quote(student_uid, course_uid, wishes, plan_code)
    plan = bill.plan
    if plan is not None:
        plan = replace(plan, whole=found.listed - found.off, later=found.later, can_add=False)
    return bill._replace(
        lines=found.lines,
        total=found.now,
        words=amount_in_words(found.now),
        over_upi_limit=found.now > bill.upi_limit,
        plan=plan,
        is_free=not found.total,
    )


def begin(
    desk: Desk,
    bill: Bill,
    method: Method,
    wishes: Sequence[ConcessionWish],
    *,
    is_kept: bool,
) -> AttemptView | ConcededView:
    """Begin the payment of a bill, or enrol where nothing is left to pay."""
    if bill.is_free:
        return desk.concessions.enrol(bill.student_uid, bill.course_uid, wishes, _plan_code(bill))
    start = desk.payments.keep if is_kept else desk.payments.begin
    return _as_shown(start, desk, bill, method, wishes)


def take(
    bill: Bill, wishes: Sequence[ConcessionWish], desk: Desk, method: Method, typed: TypedEvidence
) -> AttemptView:
    """Record what the counter takes for a bill."""
    return _as_shown(partial(desk.payments.begin, typed=typed), desk, bill, method, wishes)


def _as_shown(
    start: Callable[..., AttemptView],
    desk: Desk,
    bill: Bill,
    method: Method,
    wishes: Sequence[ConcessionWish],
) -> AttemptView:
    """Begin the payment of a bill; it is refused where the bill is not as it was shown."""
    plan = bill.plan
    return start(
        bill.student_uid,
        bill.course_uid,
        method,
        bill.total,
        _plan_code(bill),
        agree=desk.concessions.agreed(wishes) if wishes else None,
        ahead=plan.ahead if plan is not None else 0,
        later=plan.later if plan is not None else (),
    )


def _plan_code(bill: Bill) -> str | None:
    chosen = bill.plan.chosen if bill.plan is not None else None
    return chosen.code if chosen is not None else None
