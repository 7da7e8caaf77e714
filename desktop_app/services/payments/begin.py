"""Begin to collect dues: their intent in one local transaction, before any call.

A course's fee is one due: its student is enrolled by the same transaction where need be.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import check_part
from desktop_app.domain.bills import MOST_LINES, OPEN_BILLS
from desktop_app.domain.capture import UNDER_WAY
from desktop_app.domain.cash_limits import CashLimitError
from desktop_app.domain.channels import takes_only_upi
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.key_mode import money_mode
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Attempt, AttemptDue, AttemptState, Method
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services import errors
from desktop_app.services.enrolment.quoting import ensure_enrolled, later_parts, standing, with_plan
from desktop_app.services.identity.book import reference_of
from desktop_app.services.payments.attempt_times import seconds_left
from desktop_app.services.payments.channels.base import choose_channel
from desktop_app.services.payments.counter_begin import refuse_covered_by_cheque, take_at_counter
from desktop_app.services.payments.counter_tenders import accept, check_cash_of
from desktop_app.services.posting.allocations import end_unsent
from desktop_app.services.posting.parts import Part, fee_label, full_course, parts_of
from desktop_app.services.posting.receipts import require_receipt_numbers
from desktop_app.services.views.evidence import NOTHING_TYPED, CashCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from desktop_app.domain.cash_limits import CashRoom
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.tenders.base import TenderRules
    from desktop_app.services.context import Context
    from desktop_app.services.enrolment.quoting import EnrolmentStanding
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.plans import LaterPart

    Agree = Callable[[UnitOfWork, str], object]

ENROLS = "enrols"
"""Note of a payment whose beginning enrolled the student."""


def begin(
    context: Context,
    student_uid: str,
    course_uid: str,
    method: Method,
    quoted: Money | None,
    plan_code: str | None = None,
    *,
    ahead: int = 0,
    is_kept: bool = False,
    typed: TypedEvidence = NOTHING_TYPED,
    agree: Agree | None = None,
    later: tuple[LaterPart, ...] | None = None,
) -> tuple[Attempt, bool]:
    """Enrol and write the intent; what the counter takes is written at once.

    Args:
        context: the ports.
        student_uid: the student.
        course_uid: the course.
        method: how.
        quoted: the total that was shown; None checks none.
        plan_code: the plan of a new enrolment; None for the default.
        ahead: how many instalments are collected besides what is due.
        is_kept: whether the enrolment stays where nothing can be sent.
        typed: what was typed about a counter tender.
        agree: writes in the same transaction what else was agreed, such as concessions.
        later: the instalments that were shown to follow; None checks none.

    Returns:
        The attempt, and whether it is new.

    Raises:
        AlreadyEnrolledError, PriceChangedError, PlanChangedError; see also `begin_dues`.
    """
    with context.store.writing() as work:
        today = day_in_india(context.now())
        found = standing(work, student_uid, course_uid, today, ahead)
        found = with_plan(work, found, today, plan_code, ahead)
        _check_fee(found, quoted if agree is None else found.to_pay)
        due_uids, agreed = ensure_enrolled(context, work, found), found
        if agree is not None:
            agree(work, work.enrollments.due(due_uids[0]).enrollment_uid)
            agreed = standing(work, student_uid, course_uid, today)
            due_uids = _due_as_agreed(agreed, quoted)
        if later is not None and later != later_parts(agreed, today):
            raise errors.PlanChangedError("the instalments that follow are others now")
        note = ENROLS if found.due_uid is None and not is_kept else ""
        parts = due_parts(work, dict.fromkeys(due_uids))
        return _written(work, *begin_parts(context, work, parts, method, note, typed=typed))


def _due_as_agreed(found: EnrolmentStanding, quoted: Money | None) -> tuple[str, ...]:
    """Return the dues that are collected next, after what was agreed."""
    if quoted is not None and quoted != found.to_pay:
        raise errors.PriceChangedError(quoted, found.to_pay)
    if not found.due_now:
        raise errors.NothingToCollectError("nothing is left to pay")
    return tuple(due.uid for due in found.due_now)


def undo_unsent(context: Context, attempt_uid: str) -> bool:
    """End the enrolment that a payment began with, where nothing of it reached the gateway.

    A fee that was asked for before stays open: only what this payment itself wrote is undone.

    Returns:
        Whether an enrolment was ended.
    """
    with context.store.writing() as work:
        attempt = work.attempts.get(attempt_uid)
        enrollment_uid = _only_enrollment(work, attempt)
        is_ended = attempt.state in (AttemptState.CANCELLED, AttemptState.REJECTED)
        may_exist = attempt.order_id is not None or attempt.remote_id is not None
        may_exist = may_exist or (attempt.sent and attempt.state is AttemptState.CANCELLED)
        is_undone = is_ended and not may_exist and work.attempts.has_note(attempt_uid, ENROLS)
        is_undone = is_undone and len(work.attempts.of_due(attempt.parts[0].due_uid)) == 1
        if not is_undone or enrollment_uid is None or not _is_pending(work, enrollment_uid):
            work.nothing_to_write()
            return False
        end_unsent(context, work, enrollment_uid)
        work.commit()
        return True


def begin_dues(
    context: Context,
    asked: Mapping[str, Money | None],
    method: Method,
    typed: TypedEvidence = NOTHING_TYPED,
) -> tuple[Attempt, bool]:
    """Write the intent of one payment for dues; what the counter takes is written at once.

    Args:
        context: the ports.
        asked: what to collect of each due, by uid, in the order offered; None for its balance.
        method: how.
        typed: what was typed about a counter tender.

    Returns:
        The attempt, and whether it is new: an old one may have reached the gateway before.

    Raises:
        UnknownDueError, DueClosedError, DueCoveredError, InvalidInputError, NoSeatError,
        OverLimitError, NothingToCollectError, AmountTooSmallError, OpenAttemptError,
        ReceiptSeriesFullError: nothing was written.
        CashLimitError, ReferenceUsedError: nothing was written.
        NoKeysError: nothing could be sent, so that nothing was written.
    """
    with context.store.writing() as work:
        parts = due_parts(work, asked)
        if tender_of(method).needs_gateway:  # the counter records whatever came
            _check_least(context, parts)
        return _written(work, *begin_parts(context, work, parts, method, typed=typed))


def _check_least(context: Context, parts: Sequence[Part]) -> None:
    """Refuse to ask for less of a due than the least part; a tender of a bill may be any sum."""
    from desktop_app.domain.bills import check_line_part

    least = Money(int(context.settings().texts["bill.least_part_paise"]))
    for part in parts:
        check_line_part(part.due.balance, part.amount, least)


def cash_check(context: Context, asked: Mapping[str, Money | None]) -> CashCheck:
    """Return how much cash may be taken for dues now, and which limits the whole comes near to."""
    with context.store.reading() as work:
        parts = due_parts(work, asked)
        amount = total(each.amount for each in parts)
        try:
            return CashCheck(amount, check_cash_of(context, work, amount, parts))
        except CashLimitError as error:
            return CashCheck(min(amount, error.room.most), (error.room,))


def cash_near(context: Context, attempt_uid: str) -> tuple[CashRoom, ...]:
    """Return the limits that the cash taken so far comes near to, for the dues of an attempt."""
    with context.store.reading() as work:
        parts = parts_of(work, work.attempts.get(attempt_uid))
        return check_cash_of(context, work, ZERO, tuple(replace(p, amount=ZERO) for p in parts))


def begin_again(context: Context, attempt_uid: str, method: Method) -> tuple[Attempt, bool]:
    """Begin another payment for the dues of an attempt, of the same bill while that is open.

    Raises:
        Like `begin_dues`.
    """
    with context.store.writing() as work:
        attempt = work.attempts.get(attempt_uid)
        parts = due_parts(work, {each.due_uid: each.amount for each in attempt.parts})
        bill = work.bills.of_attempt(attempt_uid) if attempt.dues else None
        bill_uid = bill.uid if bill is not None and bill.state in OPEN_BILLS else ""
        return _written(work, *begin_parts(context, work, parts, method, bill_uid=bill_uid))


def _written(work: UnitOfWork, attempt: Attempt, is_new: bool) -> tuple[Attempt, bool]:  # noqa: FBT001
    """Commit what was begun; nothing was, where an attempt is continued."""
    if is_new:
        work.commit()
    else:
        work.nothing_to_write()
    return attempt, is_new


def begin_parts(
    context: Context,
    work: UnitOfWork,
    parts: tuple[Part, ...],
    method: Method,
    note: str = "",
    *,
    bill_uid: str = "",
    typed: TypedEvidence = NOTHING_TYPED,
) -> tuple[Attempt, bool]:
    """Write the intent of one payment for parts of dues, in a unit of work that the caller commits.

    Args:
        context: the ports.
        work: the unit of work.
        parts: the dues, with what each gets.
        method: how.
        note: a note of the attempt.
        bill_uid: the bill that it is the next tender of; empty for none.
        typed: what was typed about a counter tender.

    Returns:
        The attempt, and whether it is new: an old one is continued, and nothing was written.

    Raises:
        Like `begin_dues`.
    """
    key_id, rules = _key_for(context, method), tender_of(method)
    parts = _with_others(work, rules, parts, typed)
    counter = None if rules.needs_gateway else accept(context, work, rules, parts, typed)
    parts = counter.parts if counter else parts
    _check_amount(context, parts, method, counter.money.amount if counter else None)
    continued = _end_or_keep_live(context, work, parts, method, bill_uid)
    if continued is not None:
        return continued, False
    _require_seats(work, parts)
    students = dict.fromkeys(each.enrollment.student_uid for each in parts)
    mode = money_mode(key_id, is_training=context.is_training)
    _require_numbers(context, work, _waiting(work, bill_uid) + Counter({mode: len(students)}))
    attempt = _intent(context, work, parts, method, key_id, is_single=not bill_uid)
    work.attempts.add(attempt, note)
    if bill_uid:
        work.bills.add_tender(bill_uid, attempt, context.ids.new())
    for student_uid in students:
        work.students.mark_served(student_uid, context.now())
    _audit_begun(context, work, attempt)
    if counter is not None:
        take_at_counter(context, work, attempt, counter, typed)
        attempt = work.attempts.get(attempt.uid)
    return attempt, True


def _with_others(
    work: UnitOfWork, rules: TenderRules, parts: tuple[Part, ...], typed: TypedEvidence
) -> tuple[Part, ...]:
    """Return the parts of a payment with those of the other dues that its rest pays."""
    if not typed.others:
        return parts
    from desktop_app.services.payments.other_dues import with_others

    others = due_parts(work, {each.due_uid: each.amount for each in typed.others})
    return with_others(work, rules, parts, others, typed.amount)


def _require_numbers(context: Context, work: UnitOfWork, needed: Counter[MoneyMode]) -> None:
    for mode, count in needed.items():
        require_receipt_numbers(context, work, mode, count)


def _waiting(work: UnitOfWork, bill_uid: str) -> Counter[MoneyMode]:
    """Return the most receipts that earlier tenders of a bill still need, by mode."""
    modes = {each.mode for each in work.bills.without_receipt(bill_uid)} if bill_uid else ()
    if not modes:
        return Counter()
    students = {line.student_uid for line in work.bills.lines(bill_uid)}
    return Counter(dict.fromkeys(modes, len(students)))


def _audit_begun(context: Context, work: UnitOfWork, attempt: Attempt) -> None:
    context.audit(
        work,
        "attempt.begun",
        attempt.uid,
        {"amount": attempt.amount.paise, "method": attempt.method.value},
    )


def _only_enrollment(work: UnitOfWork, attempt: Attempt) -> str | None:
    """Return the enrolment of an attempt's dues; None where they are of several."""
    if attempt.enrollment_uid is not None:
        return attempt.enrollment_uid
    found = {work.enrollments.due(part.due_uid).enrollment_uid for part in attempt.parts}
    return found.pop() if len(found) == 1 else None


_NO_SEAT = "this course has no seats left"


def _key_for(context: Context, method: Method) -> str:
    """Return the key of a payment through the gateway; empty for another."""
    if not tender_of(method).needs_gateway:
        return ""
    key_id = context.gateway().key_id
    if not key_id:
        raise errors.NoKeysError("no keys are set up")
    return key_id


def _require_seats(work: UnitOfWork, parts: Sequence[Part]) -> None:
    full = full_course(work, [each.enrollment for each in parts])
    if full is not None:
        raise NoSeatError(f"{full} has no seats left" if len(parts) > 1 else _NO_SEAT)


def _is_pending(work: UnitOfWork, enrollment_uid: str) -> bool:
    return work.enrollments.get(enrollment_uid).state is EnrollmentState.PENDING


def _check_fee(found: EnrolmentStanding, quoted: Money | None) -> None:
    """Refuse a fee that is paid, or of another total; the rest of one is collected as quoted."""
    if found.is_enrolled and found.still_due and quoted == found.still_due:
        return
    found.refuse_enrolled()
    if quoted is not None and quoted != found.to_pay:
        raise errors.PriceChangedError(quoted, found.to_pay)


def due_parts(work: Repositories, asked: Mapping[str, Money | None]) -> tuple[Part, ...]:
    """Read the dues asked for, each with what it gets. Raises like `begin_dues`."""
    if len(asked) > MOST_LINES:
        raise InvalidInputError(
            "due", "You can collect at most {most} fees in one payment.", most=MOST_LINES
        )
    parts = []
    for due_uid, amount in asked.items():
        try:
            due, enrollment = work.enrollments.due_with_enrollment(due_uid)
        except KeyError as error:
            raise errors.UnknownDueError(f"no due has the id “{due_uid}”") from error
        if due.state is not DueState.OPEN or enrollment.state is EnrollmentState.CANCELLED:
            about = fee_label(work, enrollment.uid)
            raise errors.DueClosedError(about, is_paid=due.state is DueState.PAID)
        if amount is not None:
            check_part(due.balance, amount)
        parts.append(Part(due, enrollment, due.balance if amount is None else amount))
    return tuple(parts)


def _check_amount(
    context: Context, parts: Sequence[Part], method: Method, came: Money | None
) -> None:
    amount = came or total(each.amount for each in parts)
    if not all(each.amount for each in parts) or not amount:
        raise errors.NothingToCollectError("this course has no fee")
    if amount < tender_of(method).smallest:
        raise errors.AmountTooSmallError(tender_of(method).smallest)
    limit = Money(context.settings().upi_limit_paise)
    if amount > limit and takes_only_upi(method):
        raise errors.OverLimitError(amount, limit)


def _end_or_keep_live(
    context: Context, work: UnitOfWork, parts: Sequence[Part], method: Method, bill_uid: str
) -> Attempt | None:
    """Return the live attempt to continue with, or end it so that another may begin.

    An attempt that was payable stays watched; it is closed and checked before a new one is created.

    Raises:
        DueCoveredError: a live one covers a due together with others, or another part of it.
        ChequeCoversError: a cheque does that the bank has not credited or returned.
        OpenAttemptError: it is payable, and money of the counter was offered.
    """
    for part in parts:
        for attempt in work.attempts.of_due(part.due.uid):
            if not attempt.is_live:
                continue
            refuse_covered_by_cheque(work, part, attempt)
            left = seconds_left(context, attempt)
            is_over = attempt.state is AttemptState.AWAITING and left is not None and left <= 0
            is_same = _is_same(attempt, dues_of(parts)) and _is_of(work, attempt, bill_uid)
            if not (is_same or is_over or _is_abandoned(context, work, attempt)):
                raise _covered(work, part, attempt)
            if is_same and not is_over and method in {attempt.method, Method.AUTO}:
                return attempt
            is_shown = attempt.state is AttemptState.AWAITING
            if is_same and is_shown and not tender_of(method).needs_gateway:
                raise errors.OpenAttemptError(attempt.uid)
            ended = AttemptState.EXPIRED if is_over else AttemptState.CANCELLED
            work.attempts.save(replace(attempt, state=ended), attempt.state, "begun anew")
    return None


def _is_of(work: UnitOfWork, attempt: Attempt, bill_uid: str) -> bool:
    """Whether an attempt is a tender of a bill; of none where the bill's uid is empty."""
    bill = work.bills.of_attempt(attempt.uid) if attempt.dues else None
    return (bill.uid if bill is not None else "") == bill_uid


def _is_abandoned(context: Context, work: UnitOfWork, attempt: Attempt) -> bool:
    """Whether an attempt was never shown, and nobody makes it payable now: a call takes 15 s."""
    idle = context.now() - work.attempts.updated_at(attempt.uid)
    return attempt.state is not AttemptState.AWAITING and idle > UNDER_WAY


def _covered(work: UnitOfWork, part: Part, attempt: Attempt) -> errors.DueCoveredError:
    enrollments = (each.enrollment.uid for each in parts_of(work, attempt))
    others = dict.fromkeys(fee_label(work, uid) for uid in enrollments)
    about = fee_label(work, part.enrollment.uid)
    bill = work.bills.of_attempt(attempt.uid)
    number = bill.number if bill is not None else None
    return errors.DueCoveredError(about, ", ".join(others), attempt.amount, number)


def dues_of(parts: Iterable[Part]) -> tuple[AttemptDue, ...]:
    """Return what an attempt for parts covers."""
    return tuple(AttemptDue(each.due.uid, each.amount) for each in parts)


def _is_same(attempt: Attempt, dues: Sequence[AttemptDue]) -> bool:
    """Whether an attempt covers exactly these dues with exactly these amounts."""
    return set(attempt.parts) == set(dues)


def _intent(
    context: Context,
    work: UnitOfWork,
    parts: Sequence[Part],
    method: Method,
    key_id: str,
    *,
    is_single: bool,
) -> Attempt:
    """Return the intent; a new QR by UPI intent uses the unpaid order that its dues have."""
    uid = context.ids.new()
    channel = method
    if method is Method.AUTO:
        channel = choose_channel(work, key_id, has_phone=_has_phone(work, parts[0]))
    is_only = is_single and len(parts) == 1
    attempt = Attempt(
        uid=uid,
        enrollment_uid=parts[0].enrollment.uid if is_only else None,
        due_uid=parts[0].due.uid if is_only else None,
        method=channel,
        state=AttemptState.INTENT,
        amount=total(each.amount for each in parts),
        reference=reference_of(context, work, uid),
        key_id=key_id,
        created_at=context.now(),
        sent=tender_of(method).needs_gateway,
        chosen_by_auto=method is Method.AUTO,
        dues=() if is_only else dues_of(parts),
    )
    if not attempt.shares_order:
        return attempt
    for earlier in reversed(work.attempts.of_due(parts[0].due.uid)):
        if earlier.order_id is None or earlier.key_id != key_id or not earlier.sent:
            continue
        if not _is_same(earlier, attempt.parts):
            continue
        if not work.payments.is_on_order(earlier.order_id):  # a paid order takes no other payment
            return replace(
                attempt,
                order_id=earlier.order_id,
                order_receipt=earlier.order_receipt,
                gateway_created_at=earlier.gateway_created_at,
            )
    return attempt


def _has_phone(work: UnitOfWork, part: Part) -> bool:
    student = work.students.get(part.enrollment.student_uid)
    return student is not None and bool(student.guardian_phone or student.phone)
