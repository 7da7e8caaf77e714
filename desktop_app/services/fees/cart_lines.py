"""The lines of a cart as rows of a bill: checked, and its students enrolled, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.bills import check_line_count, check_line_part
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.receipt import day_in_india
from desktop_app.services import errors
from desktop_app.services.enrolment.quoting import ensure_enrolled, standing, with_plan
from desktop_app.services.fees.conceding import concede
from desktop_app.services.ports.bills import BillLine
from desktop_app.services.posting.parts import fee_label
from desktop_app.services.views.fees import wishes_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.bills import Cart, CartLine


FIRST_NAMES = 3
"""As many students as the name of a bill without a guardian has."""


def draft_lines(context: Context, cart: Cart) -> tuple[BillLine, ...]:
    """Return the lines of a cart as those of a draft."""
    return tuple(
        BillLine(
            uid=context.ids.new(),
            student_uid=line.student_uid,
            due_uid=line.due_uid,
            course_uid=line.course_uid,
            plan_code=line.plan_code,
            wishes=wishes_text(line.wishes),
            amount=line.amount,
        )
        for line in cart.lines
    )


def check_cart(work: Repositories, cart: Cart) -> str | None:
    """Check the lines of a cart together; return its family, None for a student without one.

    Raises:
        InvalidInputError: it is empty or too long, a fee is in it twice, or a student is of
            another family.
    """
    check_line_count(len(cart.lines))
    wanted = [(each.student_uid, each.due_uid or each.course_uid) for each in cart.lines]
    if len(set(wanted)) != len(wanted):
        raise InvalidInputError("due", "This fee is already on the bill.")
    families = work.bills.families_of(list(dict.fromkeys(each.student_uid for each in cart.lines)))
    kinds = set(families.values())
    if len(kinds) > 1 or (len(families) > 1 and None in kinds):
        raise InvalidInputError(
            "student",
            "A bill covers one family. To put these students on one bill, enter the same "
            "parent's phone number for both.",
        )
    return next(iter(kinds), None)


def offered_lines(
    context: Context, work: UnitOfWork, cart: Cart, bill_uid: str
) -> tuple[BillLine, ...]:
    """Enrol whom the cart enrols, and return a line for each due that is asked for.

    Raises:
        AlreadyEnrolledError, UnknownStudentError, UnknownCourseError, UnknownDueError,
        DueClosedError, InvalidInputError, PromoRefusedError: a line cannot be asked for.
        FullLineError: a course has too few seats for its lines.
    """
    found = [(wanted, *_dues_of(context, work, wanted)) for wanted in cart.lines]
    at_place = [
        (place, enrollment) for place, (_, _, dues) in enumerate(found) for _, enrollment in dues
    ]
    _require_seats(work, at_place)
    listed = total(
        due.balance if wanted.amount is None else wanted.amount
        for wanted, _, dues in found
        for due, _ in dues
    )
    lines: list[BillLine] = []
    for wanted, is_new, dues in found:
        left = dues
        if wanted.wishes:
            left = _conceded(context, work, wanted, dues, bill_uid, listed)
        lines += [_line(context, wanted, *each, is_new=is_new) for each in left]
    if len({line.due_uid for line in lines}) != len(lines):
        raise InvalidInputError("due", "This fee is already on the bill.")
    check_line_count(len(lines))
    return tuple(lines)


def _conceded(
    context: Context,
    work: UnitOfWork,
    line: CartLine,
    dues: Sequence[tuple[DueRecord, EnrollmentRecord]],
    bill_uid: str,
    listed: Money,
) -> list[tuple[DueRecord, EnrollmentRecord]]:
    """Write the concessions of a line; return those of its dues that are not free then."""
    concede(context, work, dues[0][1].uid, line.wishes, bill_uid=bill_uid, bill=listed)
    again = [work.enrollments.due_with_enrollment(due.uid) for due, _ in dues]
    return [(due, enrollment) for due, enrollment in again if due.balance]


def _line(
    context: Context,
    wanted: CartLine,
    due: DueRecord,
    enrollment: EnrollmentRecord,
    *,
    is_new: bool,
) -> BillLine:
    amount = due.balance if wanted.amount is None else wanted.amount
    least = Money(int(context.settings().texts["bill.least_part_paise"]))
    check_line_part(due.balance, amount, least)
    return BillLine(
        uid=context.ids.new(),
        student_uid=enrollment.student_uid,
        due_uid=due.uid,
        course_uid=enrollment.course_uid,
        enrollment_uid=enrollment.uid,
        plan_code=wanted.plan_code,
        amount=amount,
        is_new=is_new,
        balance=due.balance,
    )


def _dues_of(
    context: Context, work: UnitOfWork, line: CartLine
) -> tuple[bool, list[tuple[DueRecord, EnrollmentRecord]]]:
    """Return whether a line enrols its student, and the dues it asks for with their enrolment."""
    if line.due_uid is not None:
        return False, [open_due(work, line)]
    today = day_in_india(context.now())
    found = standing(work, line.student_uid, line.course_uid or "", today)
    found.refuse_enrolled()
    found = with_plan(work, found, today, line.plan_code or None)
    dues = [
        work.enrollments.due_with_enrollment(uid) for uid in ensure_enrolled(context, work, found)
    ]
    if not any(due.balance for due, _ in dues):
        raise errors.NothingToCollectError("this course has no fee")
    return found.enrollment is None, dues


def open_due(work: Repositories, line: CartLine) -> tuple[DueRecord, EnrollmentRecord]:
    """Return the open due of a line with its enrolment. Raises UnknownDueError, DueClosedError."""
    try:
        due, enrollment = work.enrollments.due_with_enrollment(line.due_uid or "")
    except KeyError as error:
        raise errors.UnknownDueError(f"no due has the id “{line.due_uid}”") from error
    is_over = enrollment.state is EnrollmentState.CANCELLED or due.balance <= ZERO
    if due.state is not DueState.OPEN or is_over:
        about = fee_label(work, enrollment.uid)
        raise errors.DueClosedError(about, is_paid=due.state is DueState.PAID)
    return due, enrollment


def _require_seats(work: Repositories, at_place: Sequence[tuple[int, EnrollmentRecord]]) -> None:
    """Check that every course has a seat for each of its lines, or for none of them."""
    for course_uid in dict.fromkeys(each.course_uid for _, each in at_place):
        waiting = {each.uid: place for place, each in at_place if _waits_in(each, course_uid)}
        if waiting and not work.courses.has_free_seats(course_uid, list(waiting)):
            label = next(each.course_label for _, each in at_place if each.uid in waiting)
            raise errors.FullLineError(label, sorted(waiting.values()))


def _waits_in(enrollment: EnrollmentRecord, course_uid: str) -> bool:
    return enrollment.course_uid == course_uid and enrollment.state is not EnrollmentState.ACTIVE


def payer_of(work: Repositories, cart: Cart) -> tuple[str, str]:
    """Return the name and the phone of who pays: the first student's guardian, else the student."""
    students = list(_students_of(work, cart))
    first = students[0]
    names = ", ".join(each.name.split()[0] for each in students[:FIRST_NAMES] if each.name.split())
    return first.guardian_name or names or first.name, first.guardian_phone or first.phone


def _students_of(work: Repositories, cart: Cart) -> Iterator[Student]:
    for uid in dict.fromkeys(each.student_uid for each in cart.lines):
        student = work.students.get(uid)
        if student is None:
            raise errors.UnknownStudentError("this student was archived")
        yield student
