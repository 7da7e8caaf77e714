"""Changes of a family's fees: what each asks for, shows before it is written, and writes.

A new change is a row in `CHANGES`. Nothing here touches a widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.enrollment import DueKind, EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.reasons import ReasonKind
from desktop_app.domain.receipt import IST
from desktop_app.services.views.dues import Decision
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.dues import FamilyAccount, ListedDue
    from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow
    from desktop_app.services.views.enrolment_changes import ChangeQuote, DuesPreview
    from desktop_app.services.views.plans import LaterPart

    Values = dict[str, object]

USUAL_DAYS = 7
CREDIT = "credit"
_FEE = N_("&Fee")
AMOUNT, ON, DATES, COURSE, MODE, SHIFT = "amount", "on", "dates", "course", "mode", "shift"
"""The fields that a change may ask for, besides the fee and the reason."""
MODES: tuple[tuple[N_, str], ...] = (
    (N_("By days"), ChangeMode.PRORATE.value),
    (N_("By the difference in fees"), ChangeMode.DIFFERENCE.value),
)
SHIFTS: tuple[tuple[N_, str], ...] = (
    (N_("Keep the due dates"), "no"),
    (N_("Move the due dates with the batch"), "yes"),
)


class Subject(NamedTuple):
    """A fee, or an enrolment, that a change may be about.

    Attributes:
        amount: to begin with, where an amount is asked for.
        on: the date to begin with.
        parts: how many open instalments there are.
        courses: names and uids of the courses to move to.
    """

    uid: str
    name: str
    amount: Money
    on: date
    parts: int = 1
    courses: tuple[tuple[str, str], ...] = ()


class Given(NamedTuple):
    """The values that were entered for a change; those that it does not ask for are empty."""

    amount: Money = ZERO
    on: date | None = None
    dates: tuple[date, ...] = ()
    course: str = ""
    mode: str = ""
    shift: str = ""


class Result(NamedTuple):
    """The result of a change before it is written.

    Attributes:
        before, after: what is open, by date.
        late_before, late_after: the late fee by rule.
        amount: what the button names.
        said: what else happens, in sentences with their values.
        ends: whether an enrolment ends with it.
    """

    before: tuple[LaterPart, ...]
    after: tuple[LaterPart, ...]
    late_before: Money
    late_after: Money
    amount: Money
    said: tuple[tuple[N_, Values], ...]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a fee.

    Attributes:
        menu: its words in the menu, with their access key.
        title: of the form.
        action: on the button that writes; `{amount}` is that of the result.
        reason: the decision whose reasons are offered.
        fields: what it asks for, besides the reason.
        subjects: returns the fees or enrolments that it may be about.
        preview: returns the result of it for one of them.
        write: writes it for one of them, with a reason.
        done: the notice afterwards.
        nothing: the notice where it may be about nothing.
        about: the caption of what it is about.
    """

    menu: N_
    title: N_
    action: N_
    reason: ReasonKind
    fields: tuple[str, ...]
    subjects: Callable[[Desk, FamilyAccount], tuple[Subject, ...]]
    preview: Callable[[Desk, str, Given], Result]
    write: Callable[[Desk, str, Given, str], object]
    done: N_
    nothing: N_
    about: N_ = _FEE


def today() -> date:
    """Return the day in India."""
    return datetime.now(IST).date()


# --- decisions about a due


def _name_of(due: ListedDue) -> str:
    return f"{due.student_name} · {due.label} · {short_rupees(due.balance)}"


def _dues(_desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    return tuple(
        Subject(due.uid, _name_of(due), due.balance, max(due.due_on, today()))
        for due in account.dues
    )


def _late(_desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    fees = [(due, due.balance if due.kind == DueKind.LATE_FEE.value else due.late_fee)
            for due in account.dues]  # fmt: skip
    return tuple(Subject(due.uid, _name_of(due), late, due.due_on) for due, late in fees if late)


def _overdue(_desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    return tuple(
        Subject(due.uid, _name_of(due), ZERO, due.due_on)
        for due in account.dues
        if due.days > 0 and due.kind == DueKind.FEE.value
    )


def _written_off(_desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    return tuple(
        Subject(
            due.uid, f"{due.student_name} · {due.label} · {short_rupees(due.amount)}", due.amount,
            due.due_on,
        )
        for due in account.written_off
    )  # fmt: skip


def _result(found: DuesPreview, amount: Money, *said: tuple[N_, Values]) -> Result:
    return Result(
        found.before, found.after, found.late_before, found.late_after, amount, said, found.ends
    )


def _preview_move(desk: Desk, uid: str, given: Given) -> Result:
    found = desk.dues.preview(uid, Decision.MOVE_DATE, to=given.on)
    return _result(found, ZERO, (N_("We count the late fee from the new date."), {}))


def _preview_waive(desk: Desk, uid: str, given: Given) -> Result:
    found = desk.dues.preview(uid, Decision.WAIVE, amount=given.amount)
    words = N_("We'll waive {amount} of the late fee.")
    return _result(found, given.amount, (words, {"amount": short_rupees(given.amount)}))


def _preview_late_fee(desk: Desk, uid: str, given: Given) -> Result:
    found = desk.dues.preview(uid, Decision.LATE_FEE, amount=given.amount)
    said: list[tuple[N_, Values]] = [(N_("This late fee is due today."), {})]
    if found.late_before:
        words = N_("We add the plan's late fee ({late} today) on top.")
        said.append((words, {"late": short_rupees(found.late_before)}))
    return _result(found, given.amount, *said)


def _preview_write_off(desk: Desk, uid: str, _given: Given) -> Result:
    found = desk.dues.preview(uid, Decision.WRITE_OFF)
    amount = total(part.amount for part in found.before)
    words = N_(
        "We'll write off {amount}. The amount stays in the statement, and the GST doesn't change."
    )
    said: list[tuple[N_, Values]] = [(words, {"amount": short_rupees(amount)})]
    if found.ends:
        ends = N_(
            "You haven't collected a fee for this course, so the enrolment ends too. To restart "
            "the enrolment, restore the fee."
        )
        said.append((ends, {}))
    return _result(found, amount, *said)


def _preview_restore(desk: Desk, uid: str, _given: Given) -> Result:
    found = desk.dues.preview(uid, Decision.RESTORE)
    amount = total(part.amount for part in found.after)
    words = N_("{amount} becomes due again, with its original due date.")
    return _result(found, amount, (words, {"amount": short_rupees(amount)}))


# --- credit


_TO = ">"


def _with_credit(desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    """Return every way in which credit may move between two students of the family."""
    found = []
    for giver in account.members:
        credit = desk.credits.spendable(giver.uid)
        found += [
            Subject(
                f"{giver.uid}{_TO}{taker.uid}",
                f"{giver.name} → {taker.name} · {short_rupees(credit)}", credit, today(),
            )
            for taker in account.members
            if credit and taker != giver
        ]  # fmt: skip
    return tuple(found)


def _both(uid: str) -> tuple[str, str]:
    giver, _, taker = uid.partition(_TO)
    return giver, taker


def _preview_credit(desk: Desk, uid: str, given: Given) -> Result:
    giver, taker = desk.credits.preview_move(*_both(uid), given.amount)
    words = N_("{giver} keeps {left} of credit. {taker} then has {credit} of credit.")
    values: Values = {
        "giver": giver.name,
        "left": short_rupees(giver.credit),
        "taker": taker.name,
        "credit": short_rupees(taker.credit),
    }
    return Result((), (), ZERO, ZERO, given.amount, ((words, values),))


# --- changes of an enrolment


def _enrolments(
    desk: Desk, account: FamilyAccount, states: tuple[EnrollmentState, ...]
) -> list[tuple[str, EnrollmentRow]]:
    return [
        (f"{member.name} · {row.course_label}", row)
        for member in account.members
        for row in desk.students.detail(member.uid).history
        if row.state in states
    ]


_CURRENT = (EnrollmentState.PENDING, EnrollmentState.ACTIVE)


def _with_open_fees(desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    found = []
    for name, row in _enrolments(desk, account, _CURRENT):
        dues = [
            due
            for due in account.dues
            if due.enrollment_uid == row.uid and due.kind == DueKind.FEE.value
        ]
        if dues:
            first = max(min(due.due_on for due in dues), today())
            found.append(Subject(row.uid, name, ZERO, first, len({due.due_on for due in dues})))
    return tuple(found)


def _moving(
    desk: Desk, account: FamilyAccount, states: tuple[EnrollmentState, ...], *, is_batch: bool
) -> tuple[Subject, ...]:
    found = []
    for name, row in _enrolments(desk, account, states):
        courses = desk.changes.courses_for(row.uid, is_batch=is_batch)
        if courses:
            named = tuple((_course_name(each), each.uid) for each in courses)
            found.append(Subject(row.uid, name, ZERO, today(), courses=named))
    return tuple(found)


def _course_name(row: CourseRow) -> str:
    course = row.course
    parts = (course.code, course.title, course.batch, short_rupees(row.total))
    return " · ".join(part for part in parts if part)


def _batches(desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    return _moving(desk, account, _CURRENT, is_batch=True)


def _courses(desk: Desk, account: FamilyAccount) -> tuple[Subject, ...]:
    return _moving(desk, account, (EnrollmentState.ACTIVE,), is_batch=False)


def _preview_replan(desk: Desk, uid: str, given: Given) -> Result:
    found = desk.changes.preview_replan(uid, given.dates)
    open_ = total(part.amount for part in found.before)
    words = N_("The total stays {amount}. Payments don't change.")
    return _result(found, open_, (words, {"amount": short_rupees(open_)}))


def _preview_transfer(desk: Desk, uid: str, given: Given) -> Result:
    found = desk.changes.preview_transfer(uid, _chosen(given), shifts_dates=given.shift == "yes")
    words = N_("The seat moves to the other batch. The fee and payments don't change.")
    return _result(found, ZERO, (words, {}))


def _preview_change(desk: Desk, uid: str, given: Given) -> Result:
    mode = ChangeMode(given.mode)
    found = desk.changes.quote(uid, _chosen(given), mode, given.on)
    return Result(found.before, found.parts, ZERO, ZERO, found.owed, _said_of(found, mode))


def _said_of(found: ChangeQuote, mode: ChangeMode) -> tuple[tuple[N_, Values], ...]:
    values: Values = {
        "keep": short_rupees(found.keep),
        "charge": short_rupees(found.charge),
        "paid": short_rupees(found.paid),
        "rest": short_rupees(found.owed),
        "credit": short_rupees(found.credit),
    }
    words = N_("Old course: {keep}. New course: {charge}. Paid so far: {paid}.")
    if mode is ChangeMode.DIFFERENCE:
        words = N_("Old fee: {keep}. Difference: {charge}. Paid so far: {paid}.")
    then = N_("Balance to pay: {rest}.")
    if found.credit:
        then = N_(
            "{credit} becomes credit. Use this credit for another fee, or refund it in Payments."
        )
    elif not found.owed:
        then = N_("Nothing is left to pay.")
    return (words, values), (then, values)


def _chosen(given: Given) -> str:
    if not given.course:
        raise InvalidInputError("course", "Select a course.")
    return given.course


CHANGES: dict[str, Change] = {
    "move": Change(
        N_("Change the &due date…"), N_("Change the due date"), N_("Change the due date"),
        ReasonKind.MOVE_DATE, (ON,), _dues, _preview_move,
        lambda desk, uid, given, why: desk.dues.move_date(uid, given.on or today(), why),
        N_("Due date changed: {about}."), N_("No fee is due."),
    ),
    "waive": Change(
        N_("Waive the &late fee…"), N_("Waive the late fee"), N_("Waive {amount}"),
        ReasonKind.WAIVE, (AMOUNT,), _late, _preview_waive,
        lambda desk, uid, given, why: desk.dues.waive(uid, given.amount, why),
        N_("Late fee waived: {amount} for {about}."), N_("There's no late fee to waive."),
    ),
    "late_fee": Change(
        N_("&Add a late fee…"), N_("Add a late fee"), N_("Add {amount}"), ReasonKind.LATE_FEE,
        (AMOUNT,), _overdue,
        _preview_late_fee,
        lambda desk, uid, given, why: desk.dues.add_late_fee(uid, given.amount, why),
        N_("Late fee added: {amount} for {about}."), N_("No fee is overdue."),
    ),
    "write_off": Change(
        N_("&Write off…"), N_("Write off a fee"), N_("Write off {amount}"), ReasonKind.WRITE_OFF,
        (), _dues,
        _preview_write_off,
        lambda desk, uid, _given, why: desk.dues.write_off(uid, why),
        N_("Written off: {amount} for {about}."), N_("No fee is due."),
    ),
    "restore": Change(
        N_("&Restore…"), N_("Restore a written-off fee"), N_("Restore {amount}"),
        ReasonKind.RESTORE, (),
        _written_off, _preview_restore,
        lambda desk, uid, _given, why: desk.dues.restore(uid, why),
        N_("Restored: {amount} for {about}."), N_("No fee was written off."),
    ),
    CREDIT: Change(
        N_("&Move credit…"), N_("Move credit"), N_("Move {amount}"),
        ReasonKind.CREDIT, (AMOUNT,), _with_credit, _preview_credit,
        lambda desk, uid, given, why: desk.credits.move(*_both(uid), given.amount, why),
        N_("Credit moved: {amount}, {about}."),
        N_("No brother or sister in this family has credit to move."), N_("&From and to"),
    ),
    "replan": Change(
        N_("Change the &instalments…"), N_("Change the instalments"),
        N_("Change the instalments"), ReasonKind.CHANGE, (DATES,), _with_open_fees, _preview_replan,
        lambda desk, uid, given, why: desk.changes.replan(uid, given.dates, why),
        N_("Instalments changed: {about}."), N_("No fee is due."),
    ),
    "transfer": Change(
        N_("Change the &batch…"), N_("Change the batch"), N_("Change the batch"), ReasonKind.CHANGE,
        (COURSE, SHIFT), _batches, _preview_transfer,
        lambda desk, uid, given, why: desk.changes.transfer(
            uid, given.course, why, shifts_dates=given.shift == "yes"
        ),
        N_("Batch changed: {about}."), N_("There's no other batch with the same fee."),
    ),
    "course": Change(
        N_("Change the &course…"), N_("Change the course"), N_("Change the course"),
        ReasonKind.CHANGE, (COURSE, MODE, ON), _courses, _preview_change,
        lambda desk, uid, given, why: desk.changes.change(
            uid, given.course, ChangeMode(given.mode), why, given.on
        ),
        N_("Course changed: {about}."), N_("To change the course, you need another course and "
                                           "at least one payment."),
    ),
}  # fmt: skip
"""By key, in the order of the menu."""
OF_ENROLMENT = "replan"
"""The first change that is about an enrolment, not about a due: a line in the menu precedes it."""


def read(desk: Desk, student_uid: str, change: Change) -> tuple[Subject, ...]:
    """Return what a change may be about in a student's family."""
    return change.subjects(desk, desk.dues.account(student_uid))


def done_about(subject: Subject, course_uid: str = "") -> str:
    """Return what a change was about: of a move, the course or batch that it led to.

    Args:
        subject: the fee or the enrolment.
        course_uid: the course that was chosen; empty where none was asked for.
    """
    name = subject.name.rsplit(" · ₹", 1)[0]
    new = next((title for title, uid in subject.courses if uid == course_uid), "")
    if not new:
        return name
    return f"{name.split(' · ', 1)[0]} · {new.rsplit(' · ₹', 1)[0]}"


def credited(written: object) -> tuple[N_ | str, Values]:
    """Return the sentence about what a change turned into credit; empty for nothing."""
    from desktop_app.services.views.enrolment_changes import ChangedEnrolment

    if not isinstance(written, ChangedEnrolment) or not written.credit:
        return "", {}
    words = N_("{credit} became credit. Use this credit for another fee, or refund it in Payments.")
    return words, {"credit": short_rupees(written.credit)}


def usual_day() -> date:
    """Return the day that a calendar opens at."""
    return today() + timedelta(days=USUAL_DAYS)
