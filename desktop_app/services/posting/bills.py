"""The state of a bill, written with the money of its tenders, or when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.bills import OPEN_BILLS, BillState
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.payment import AttemptState
from desktop_app.services.errors import OpenAttemptError
from desktop_app.services.posting.allocations import end_unsent

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.ports.bills import BillLine, BillRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork


def note_paid(context: Context, work: UnitOfWork, attempt_uid: str) -> None:
    """Advance the bill that an attempt was a tender of, once its money was allocated.

    A bill that has ended stays so: its late money pays its dues, or waits in the inbox.
    """
    bill = work.bills.of_attempt(attempt_uid)
    if bill is None or bill.state not in OPEN_BILLS:
        return
    if not any(line.rest for line in work.bills.lines(bill.uid)):
        _close(context, work, bill, BillState.PAID)
        return
    held = timedelta(minutes=int(context.settings().texts["bill.hold_minutes"]))
    until = context.now() + held
    work.bills.save(replace(bill, state=BillState.PART_PAID, hold_until=until), bill.state)


def end_bill(context: Context, work: UnitOfWork, bill: BillRecord) -> BillState:
    """End an open bill: what was paid stays, and its seats are free again.

    Students that it enrolled, and of whom nothing was sent or paid, are not enrolled any more. The
    other fees stay due: late money can still pay them.

    Raises:
        OpenAttemptError: a tender of it is open, and must be cancelled first.
    """
    live = next((each for each in work.bills.attempts(bill.uid) if each.is_live), None)
    if live is not None:
        raise OpenAttemptError(live.uid)
    lines = work.bills.lines(bill.uid)
    is_paid = not any(line.rest for line in lines)
    for line in lines:
        if line.is_new and not is_paid:
            _end_new(context, work, line)
    ended = BillState.PAID if is_paid else BillState.ABANDONED
    _close(context, work, bill, ended)
    return ended


def end_expired(context: Context, work: UnitOfWork) -> tuple[str, ...]:
    """End the part-paid bills whose time is over; return their uids."""
    ended = work.bills.expired(context.now())
    for bill in ended:
        end_bill(context, work, bill)
    return tuple(bill.uid for bill in ended)


def _close(context: Context, work: UnitOfWork, bill: BillRecord, state: BillState) -> None:
    closed = replace(bill, state=state, hold_until=None, closed_at=context.now())
    work.bills.save(closed, bill.state)
    context.audit(work, f"bill.{state.value}", bill.uid, {"number": bill.number})


def _end_new(context: Context, work: UnitOfWork, line: BillLine) -> None:
    if line.enrollment_uid is None or _may_be_paid(work, line.enrollment_uid):
        return
    if work.enrollments.get(line.enrollment_uid).state is EnrollmentState.PENDING:
        end_unsent(context, work, line.enrollment_uid)


def _may_be_paid(books: Repositories, enrollment_uid: str) -> bool:
    """Whether something of an enrolment may have reached the gateway."""
    return any(
        _was_sent(attempt)
        for due in books.enrollments.dues_of(enrollment_uid)
        for attempt in books.attempts.of_due(due.uid)
    )


def _was_sent(attempt: Attempt) -> bool:
    is_refused = attempt.state is AttemptState.REJECTED
    has_resource = attempt.order_id is not None or attempt.remote_id is not None
    return has_resource or (attempt.sent and not is_refused)
