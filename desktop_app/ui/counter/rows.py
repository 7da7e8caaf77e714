"""The cells of the counter's lists of students, courses and payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import format_in, format_rupees
from desktop_app.domain.student_matching import MatchKind, StudentMatch, is_certain
from desktop_app.domain.students import MASKED_TAIL
from desktop_app.domain.tender import AWAITING_BANK, NEVER_CAME
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import clean_line
from desktop_app.ui.core.formatting import METHODS, named_students, one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.days import short_date, time_or_day
from desktop_app.ui.tables.tags import REFUND_MARKS, course_note, course_of, payment_tag
from desktop_app.ui.widgets.result_list import Cell, Row

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.domain.student_matching import Span
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.ui.counter.presenter import SearchAnswer
    from desktop_app.ui.counter.student_fees import StudentFees

STUDENT_SHARES = (0.34, 0.10, 0.14, 0.42, 0.12)
STUDENT_SPARE = (3, 2)
COURSE_SHARES = (0.15, 0.36, 0.22, 0.14, 0.13)
COURSE_SPARE = (0, 3)
RECENT_SHARES = (0.10, 0.36, 0.18, 0.16, 0.20)
RECENT_SPARE = (4, 0, 3)
FEW_SEATS = 5
_RETURNED = {"refunded": N_("Refunded"), "partly refunded": N_("Partly refunded")}
_NOT_SEARCHED = StudentMatch(MatchKind.OTHER)


class AddStudent(NamedTuple):
    """The offer to add what was typed as a new student."""

    text: str


def student_rows(answer: SearchAnswer[StudentSummary]) -> tuple[Row, ...]:
    """Show students, and the offer to add one where nobody is what was typed."""
    matches = [hit.match for hit in answer.hits if hit.match is not None]
    is_sure = not answer.hits or is_certain(matches)
    rows = [Row(_student_cells(hit), hit, is_certain=is_sure) for hit in answer.hits]
    typed = clean_line(answer.query)
    is_name = any(letter.isalpha() for letter in typed)
    if typed and (is_name or not rows) and not any(match.is_own for match in matches):
        words = tr(N_("Add “{typed}” as a new student"), typed=typed)
        offer = Cell(words, "accent", is_bold=not rows)
        key = Cell(tr(N_("Enter")) if not rows else "Ctrl+N", "ink_2", is_right=True)
        cells = (offer, *_similar(answer.hits), key)
        rows.append(Row(cells, AddStudent(typed), icon="plus"))
    return tuple(rows)


def _similar(hits: tuple[StudentSummary, ...]) -> tuple[Cell, ...]:
    named = [hit for hit in hits if hit.match is not None and hit.match.is_similar_name]
    words = tr(N_("Similar: {names}"), names=named_students(named[:1]))
    return (Cell(words, "attention"),) if named else ()


def _student_cells(hit: StudentSummary) -> tuple[Cell, ...]:
    match = hit.match or _NOT_SEARCHED
    if match.guardian_phone_digits:
        phone, digits = hit.guardian_phone, match.guardian_phone_digits
    else:
        phone, digits = hit.phone or hit.guardian_phone, match.phone_digits
    ending = ((len(phone) - min(digits, MASKED_TAIL), len(phone)),) if digits else ()
    words, found = _told_apart(hit, match)
    return (
        Cell(hit.name, is_bold=hit.match is None, found=match.name),
        Cell(hit.roll_no, is_whole=True, found=match.roll_no),
        Cell(phone, "ink_2", is_whole=True, found=ending),
        Cell(words, "ink_2", found=found),
        _due_of(hit),
    )


def _due_of(hit: StudentSummary) -> Cell:
    """Return what a student owes, else what falls due next; an empty column takes no room."""
    if hit.due:
        return _due(hit.due)
    if hit.next_due is None:
        return Cell("", is_whole=True)
    day, amount = short_date(hit.next_due.on), short_rupees(hit.next_due.amount)
    words = tr(N_("{amount} due {day}"), amount=amount, day=day)
    return Cell(words, "paid" if hit.is_enrolled else "ink_2", is_right=True, is_whole=True)


def _due(amount: Money) -> Cell:
    words = tr(N_("{amount} due"), amount=short_rupees(amount))
    return Cell(words, "attention", is_right=True, is_whole=True, is_pill=True)


def _told_apart(hit: StudentSummary, match: StudentMatch) -> tuple[str, tuple[Span, ...]]:
    """Return what distinguishes students of one name, and where in it the guardian was found."""
    is_named = hit.due or hit.next_due  # beside it: who has instalments to come isn't paid
    note = course_of(hit.note) if is_named else course_note(hit.note)
    if not hit.guardian_name or hit.guardian_name.casefold() == hit.name.casefold():
        return note, ()
    guardian = tr(N_("c/o {name}"), name=hit.guardian_name)
    if not match.guardian:
        return " · ".join(part for part in (note, guardian) if part), ()
    before = guardian.index(hit.guardian_name)
    found = tuple((before + start, before + end) for start, end in match.guardian)
    return " · ".join(part for part in (guardian, note) if part), found


def course_rows(
    answer: SearchAnswer[CourseRow], fees: StudentFees | None = None
) -> tuple[Row, ...]:
    """Show courses with their seats and the fee; where nothing was typed, the student's first.

    Args:
        answer: the courses that were found.
        fees: what the picked student owes and has paid; None while nobody is picked.
    """
    due = {course.uid: amount for course, amount in fees.collectable()} if fees else {}
    paid = {course.uid: day for course, day in fees.paid_courses().items()} if fees else {}
    hits = answer.hits
    if fees is not None and not answer.query.strip():
        first = (*(course for course, _ in fees.collectable()), *fees.paid_courses())
        mine = {course.uid: course for course in first}
        hits = (*mine.values(), *(hit for hit in hits if hit.uid not in mine))
    is_only = len(hits) == 1 and hits[0].uid not in paid
    return tuple(
        Row(
            _course_cells(
                answer,
                hit,
                due.get(hit.uid),
                is_paid=hit.uid in paid,
                next_on=paid.get(hit.uid),
            ),
            hit,
            is_offered=is_only or hit.uid in due,
        )
        for hit in hits
    )


def _course_cells(
    answer: SearchAnswer[CourseRow],
    hit: CourseRow,
    due: Money | None,
    *,
    is_paid: bool,
    next_on: date | None,
) -> tuple[Cell, ...]:
    course = hit.course
    fee = Cell(format_rupees(hit.total), is_right=True, is_whole=True)
    if due is not None:
        fee = _due(due)
    elif next_on is not None:
        words = tr(N_("Next {day}"), day=short_date(next_on))
        fee = Cell(words, "paid", is_right=True, is_whole=True)
    elif is_paid:
        fee = Cell(tr(N_("Paid")), "paid", is_right=True, is_whole=True)
    return (
        Cell(course.code, is_bold=not answer.query, found=_found(answer, course.code)),
        Cell(_with_plans(hit), found=_found(answer, course.title)),
        Cell(course.batch, "ink_2", found=_found(answer, course.batch)),
        _seats(hit.seats_left),
        fee,
    )


def _with_plans(hit: CourseRow) -> str:
    """Return the title of a course, and the fee plan that is offered first."""
    if not hit.plans:
        return hit.course.title
    more = f" +{len(hit.plans) - 1}" if len(hit.plans) > 1 else ""
    return f"{hit.course.title} · {one_line(hit.plans[0])}{more}"


def _found(answer: SearchAnswer[CourseRow], text: str) -> tuple[Span, ...]:
    """Return where typed words are in a text, each at the start of a word if there is one."""
    small = text.lower()
    found = []
    for part in answer.query.lower().split():
        at = f" {small}".find(f" {part}")
        at = small.find(part) if at < 0 else at
        if at >= 0:
            found.append((at, at + len(part)))
    return tuple(found) if len(small) == len(text) else ()


def recent_rows(payments: tuple[PaymentRow, ...]) -> tuple[Row, ...]:
    """Show the newest payments: time or day, who, how much, how, and the receipt."""
    return tuple(
        Row(
            (
                Cell(time_or_day(payment.at), "ink_2", is_whole=True),
                Cell(payment.student_name, is_bold=True),
                Cell(
                    f"{format_in(payment.amount, payment.currency)}   ",
                    is_right=True,
                    is_whole=True,
                ),
                _how(payment),
                Cell(
                    payment.receipt_no or tr(N_("no receipt")),
                    "ink_2",
                    is_right=True,
                    is_whole=True,
                ),
            ),
            payment,
        )
        for payment in payments
    )


def _seats(left: int | None) -> Cell:
    if left is None:
        return Cell(tr(N_("open")), "ink_2", is_whole=True)
    if left == 0:
        return Cell(tr(N_("full")), "wrong", is_bold=True, is_whole=True, icon="cross")
    words = tr(N_("{count} seat", "{count} seats"), count=left)
    return Cell(words, "attention" if left <= FEW_SEATS else "ink_2", is_whole=True)


def _how(payment: PaymentRow) -> Cell:
    is_unsure = payment.verification in {*AWAITING_BANK, *NEVER_CAME}
    if payment.mode is MoneyMode.TEST or is_unsure:
        tag = payment_tag(payment)
        return Cell(tr(tag.word), "attention", is_whole=True, icon=tag.icon)
    if payment.refund_state:
        mark = REFUND_MARKS[payment.refund_state]
        return Cell(tr(mark.word), "attention", is_whole=True, icon="arrow")
    if payment.state != "captured":
        words = tr(_RETURNED[payment.state]) if payment.state in _RETURNED else payment.state
        return Cell(words, "attention", is_whole=True, icon="arrow")
    if payment.is_late:
        return Cell(tr(N_("Paid late")), "paid", is_whole=True, icon="check")
    named = METHODS[payment.method]
    if not tender_of(payment.method).needs_gateway:
        return Cell(tr(named.listed), "paid", is_whole=True, icon="check")
    words = tr(N_("Paid by {method}"), method=named.short)
    return Cell(words, "paid", is_whole=True, icon="check")
