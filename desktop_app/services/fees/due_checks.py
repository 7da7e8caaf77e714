"""Checks of a decision about a due, before it is previewed or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.enrollment import DueKind, DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import TUITION
from desktop_app.domain.money import ZERO
from desktop_app.services.errors import DueClosedError, DueCoveredError, UnknownDueError
from desktop_app.services.posting.late_fees import late_fee_on_day
from desktop_app.services.posting.parts import fee_label

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.ports.storage import Repositories


def find_due(books: Repositories, due_uid: str) -> DueRecord:
    """Return a due. Raises UnknownDueError."""
    try:
        return books.enrollments.due(due_uid)
    except (KeyError, AttributeError) as error:
        raise UnknownDueError(f"no due has the id “{due_uid}”") from error


def find_open(books: Repositories, due_uid: str) -> DueRecord:
    """Return a due that is open. Raises UnknownDueError, DueClosedError."""
    due = find_due(books, due_uid)
    if due.state is not DueState.OPEN:
        about = fee_label(books, due.enrollment_uid)
        raise DueClosedError(about, is_paid=due.state is DueState.PAID)
    return due


def refuse_live(books: Repositories, due: DueRecord) -> None:
    """Raise DueCoveredError while a payment of a due is under way."""
    for attempt in books.attempts.of_due(due.uid):
        if attempt.is_live:
            about = fee_label(books, due.enrollment_uid)
            raise DueCoveredError(about, about, attempt.amount)


def to_waive(
    books: Repositories, due_uid: str, amount: Money | None, on: date
) -> tuple[DueRecord, Money, Money]:
    """Return a due that is late, its late fee, and what of that is waived.

    Raises:
        InvalidInputError: there is no late fee, or less than the amount.
        UnknownDueError, DueClosedError, DueCoveredError: it cannot be waived.
    """
    due = find_open(books, due_uid)
    is_fee = due.kind is DueKind.LATE_FEE
    if is_fee:
        refuse_live(books, due)
    late = due.balance if is_fee else late_fee_on_day(books, due, on)
    part = late if amount is None else amount
    if not late:
        raise InvalidInputError("amount", "There's no late fee to waive.")
    if part <= ZERO:
        raise InvalidInputError("amount", "Enter an amount above ₹0.")
    if part > late:
        raise InvalidInputError(
            "amount", "The late fee is {late}. Enter that amount or less.", late=late
        )
    return due, late, part


def to_write_off(books: Repositories, due_uid: str) -> DueRecord:
    """Return a due that may be written off.

    Raises:
        UnknownDueError, DueClosedError, DueCoveredError: it cannot be.
    """
    due = find_open(books, due_uid)
    refuse_live(books, due)
    return due


def to_restore(books: Repositories, due_uid: str) -> tuple[DueRecord, Money]:
    """Return a due that was written off, and how much of it.

    Raises:
        UnknownDueError: there is no such due.
        InvalidInputError: it is not written off, or the student is enrolled again since, or the
            price of another course took its place.
    """
    due = find_due(books, due_uid)
    if due.state is not DueState.WRITTEN_OFF:
        raise InvalidInputError("due", "This fee isn't written off.")
    enrollment = books.enrollments.get(due.enrollment_uid)
    is_ended = enrollment.state is EnrollmentState.CANCELLED
    if is_ended and books.enrollments.current(enrollment.student_uid, enrollment.course_uid):
        raise InvalidInputError(
            "due", "The student has enrolled in this course again. Use the new enrolment."
        )
    if due.head_code == TUITION and books.families.has_new_course(due_uid):
        raise InvalidInputError(
            "due",
            "The course was changed after this fee was written off. Collect the new course's fee "
            "instead.",
        )
    return due, books.families.written_off(due_uid)


def to_move(books: Repositories, due_uid: str, to: date, today: date) -> DueRecord:
    """Return a due whose date may be moved.

    Raises:
        UnknownDueError, DueClosedError: it is not open.
        InvalidInputError: the date has passed.
    """
    if to < today:
        raise InvalidInputError("due_on", "This date has passed. Enter today or a later date.")
    return find_open(books, due_uid)


def to_charge(books: Repositories, due_uid: str, amount: Money, on: date) -> DueRecord:
    """Return a fee that is late, which a late fee may be added for.

    Raises:
        UnknownDueError, DueClosedError: it is not open.
        InvalidInputError: it is not late, or the amount is less than a due may be.
    """
    due = find_open(books, due_uid)
    is_late = due.payable_on is not None and due.payable_on < on
    if due.kind is not DueKind.FEE or not is_late:
        raise InvalidInputError(
            "due", "This fee isn't overdue. You can only add a late fee to an overdue fee."
        )
    if amount < LEAST_DUE:
        raise InvalidInputError("amount", "Enter at least ₹1.")
    return due


def is_uncollected(books: Repositories, due: DueRecord, state: DueState) -> bool:
    """Return whether a pending enrolment would have nothing left to collect after a write-off.

    Args:
        books: the books.
        due: a due of it.
        state: what the due becomes.
    """
    enrollment = books.enrollments.get(due.enrollment_uid)
    if enrollment.state is not EnrollmentState.PENDING:
        return False
    others = books.enrollments.dues_of(due.enrollment_uid)
    states = {state, *(each.state for each in others if each.uid != due.uid)}
    return DueState.WRITTEN_OFF in states and DueState.OPEN not in states
