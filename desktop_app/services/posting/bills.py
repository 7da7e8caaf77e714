"""The state of a bill, written with the money of its tenders, or when it ends; its receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.bills import OPEN_BILLS, BillState
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.errors import ReceiptSeriesFullError
from desktop_app.domain.money import ZERO, total
from desktop_app.domain.payment import AttemptState
from desktop_app.services.errors import OpenAttemptError
from desktop_app.services.posting.allocations import end_unsent
from desktop_app.services.posting.parts import Part
from desktop_app.services.posting.receipt_content import Share
from desktop_app.services.posting.receipts import (
    issue_receipts,
    receipts_needed,
    require_receipt_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.ports.bills import BillLine, BillRecord
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork


def note_paid(context: Context, work: UnitOfWork, attempt_uid: str, now: datetime) -> bool:
    """Advance the bill that an attempt was a tender of, once its money was allocated.

    The tenders of one sitting are on the same receipts, which are issued when it is over: nothing
    can be collected any more, the bill ends, or its time is over. A bill that has ended stays so:
    its late money pays its dues, or waits in the inbox.

    Returns:
        Whether the bill takes care of the receipts; False where the money gets its own at once.
    """
    bill = work.bills.of_attempt(attempt_uid)
    if bill is None or bill.state not in OPEN_BILLS:
        return False
    rests = [line for line in work.bills.lines(bill.uid) if line.rest]
    is_first = bill.state is BillState.OFFERED
    if not rests:
        _close(context, work, bill, BillState.PAID, now, is_first=is_first)
        return not is_first
    held = timedelta(minutes=int(context.settings().texts["bill.hold_minutes"]))
    work.bills.save(replace(bill, state=BillState.PART_PAID, hold_until=now + held), bill.state)
    _end_if_covered(context, work, bill.uid, rests, now)
    return True


def note_covered(context: Context, work: UnitOfWork, attempt_uid: str) -> None:
    """End the sitting of a bill whose last fees a cheque covers, which is a tender of it."""
    bill = work.bills.of_attempt(attempt_uid)
    if bill is not None:
        rests = [line for line in work.bills.lines(bill.uid) if line.rest]
        _end_if_covered(context, work, bill.uid, rests, context.now())


def note_less_due(
    context: Context, work: UnitOfWork, enrollment_uid: str, *, is_refund: bool = False
) -> None:
    """Close the part-paid bills of which nothing is due since less is asked of an enrolment.

    What was paid gets its receipts with that. Where cheques cover the rest, the sitting ends.

    Args:
        context: the ports.
        work: the unit of work.
        enrollment_uid: the enrolment.
        is_refund: whether money of it goes back, which is posted in any case: a bill whose
            receipts have no number left stays as it is until its time is over.

    Raises:
        ReceiptSeriesFullError: a receipt has no number left.
    """
    now = context.now()
    for bill in work.bills.part_paid_of(enrollment_uid):
        if is_refund and not _has_numbers(context, work, bill.uid):
            continue
        lines = work.bills.lines(bill.uid)
        rests = [line for line in lines if line.rest]
        if rests:
            _end_if_covered(context, work, bill.uid, rests, now)
        else:
            _close(context, work, bill, _ended_as(lines), now)


def _has_numbers(context: Context, work: UnitOfWork, bill_uid: str) -> bool:
    """Whether the receipts that a bill waits for have numbers left."""
    shares = _shares(work, work.bills.without_receipt(bill_uid))
    try:
        for mode, count in receipts_needed(context, shares).items():
            require_receipt_numbers(context, work, mode, count)
    except ReceiptSeriesFullError:
        return False
    return True


def _ended_as(lines: Iterable[BillLine]) -> BillState:
    """Return the state of a bill of which nothing is due; not paid where all of it went back."""
    is_paid = any(line.paid or line.is_settled for line in lines)
    return BillState.PAID if is_paid else BillState.ABANDONED


def _end_if_covered(
    context: Context, work: UnitOfWork, bill_uid: str, rests: Sequence[BillLine], now: datetime
) -> None:
    """End a sitting in which nothing more is paid: cheques cover the rest."""
    if all(line.is_covered for line in rests):
        end_sitting(context, work, bill_uid, now)


def end_sitting(context: Context, work: UnitOfWork, bill_uid: str, now: datetime) -> None:
    """Issue the receipts of what came for a bill since the last ones.

    Money that never came in the end gets none.
    """
    waiting = work.bills.without_receipt(bill_uid)
    if waiting:
        issue_receipts(context, work, _shares(work, waiting), now, ends_sitting=True)


def _shares(work: UnitOfWork, payments: Iterable[PaymentRecord]) -> list[Share]:
    """Return payments with the parts that they paid when they came."""
    allocated = {
        each.uid: [
            found for found in work.allocations.of_payment(each.uid) if not found.reverses_uid
        ]
        for each in payments
    }
    paid: dict[str, Money] = {}
    for found in allocated.values():
        for each in found:
            paid[each.due_uid] = paid.get(each.due_uid, ZERO) + each.amount
    before: dict[str, Part] = {}
    for uid, amount in paid.items():
        due, enrollment = work.enrollments.due_with_enrollment(uid)
        before[uid] = Part(replace(due, paid=due.paid - amount), enrollment, amount)
    shares = []
    for payment in payments:
        parts = tuple(
            replace(before[each.due_uid], amount=each.amount, tax=each.tax)
            for each in allocated[payment.uid]
        )
        on_credit = payment.amount - total(each.amount for each in parts)
        shares.append(Share(payment, parts, on_credit))
    return shares


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
    has_rest = any(line.rest for line in lines)
    for line in lines:
        if line.is_new and has_rest:
            _end_new(context, work, line)
    ended = BillState.ABANDONED if has_rest else _ended_as(lines)
    _close(context, work, bill, ended, context.now())
    return ended


def end_expired(context: Context, work: UnitOfWork) -> tuple[str, ...]:
    """End the part-paid bills whose time is over; return their uids.

    One whose receipts have no number left stays as it is, and stops nothing else.
    """
    expired = work.bills.expired(context.now())
    ended = [bill for bill in expired if _ended(context, work, bill)]
    return tuple(bill.uid for bill in ended)


def _ended(context: Context, work: UnitOfWork, bill: BillRecord) -> bool:
    if not _has_numbers(context, work, bill.uid):
        return False
    end_bill(context, work, bill)
    return True


def _close(
    context: Context,
    work: UnitOfWork,
    bill: BillRecord,
    state: BillState,
    now: datetime,
    *,
    is_first: bool = False,
) -> None:
    """Close a bill, with the receipts that are still to be issued unless its money has its own."""
    closed = replace(bill, state=state, hold_until=None, closed_at=now)
    work.bills.save(closed, bill.state)
    if not is_first:
        end_sitting(context, work, bill.uid, now)
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
