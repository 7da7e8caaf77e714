"""Opening balances from CSV: students are enrolled with the dues that they still owe.

The rows of one student and course make one enrolment, a due each. It has its seat, and no money
moves: what was paid before this desk began is in the centre's earlier books. The whole file is
checked first, seats included, then written in chunks like the other imports.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.enrollment import DueKind, DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import TUITION, Treatment, heads_by_code
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import ZERO, parse_rupees, total
from desktop_app.domain.students import parse_date
from desktop_app.domain.tax import Tax, tax_of_gross
from desktop_app.domain.text import clean_line
from desktop_app.services.errors import UnknownCourseError
from desktop_app.services.maintenance.import_sheet import (
    MOST_PROBLEMS,
    ImportSheet,
    check_width,
    lively,
    rows_of,
    watched,
    write_in_chunks,
)
from desktop_app.services.ports.records import DueRecord, EnrollmentRecord, ImportCounts
from desktop_app.services.views.maintenance import ImportReport, RowProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from desktop_app.domain.courses import Course
    from desktop_app.domain.fee_heads import FeeHead
    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.maintenance.import_sheet import Watch
    from desktop_app.services.ports.storage import EnrollmentRepository, UnitOfWork
    from desktop_app.services.views.enrolment import CourseRow


class OwedPart(NamedTuple):
    """A due as a row has it; without a day it is due when it is imported."""

    amount: Money
    due_on: date | None
    head_code: str


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """The fees of a course that a student still owes."""

    student_uid: str
    course_uid: str
    parts: tuple[OwedPart, ...]


def import_dues(
    context: Context, path: Path, watch: Watch | None, written: Watch | None
) -> ImportReport:
    """Import opening balances; with problems nothing is imported.

    A balance that was imported before stays as it is, whatever was paid of it since.

    Raises:
        InvalidInputError: the file cannot be read, or lacks a column.
        ImportCutOffError: some chunks are written, and the others are not.
    """
    rows, unknown = rows_of(context, path, "dues")
    reading = _Reading(context)
    with lively():
        for line, row in watched(rows, watch):
            reading.add(line, row)
            if len(reading.problems) >= MOST_PROBLEMS:
                break
        balances = reading.balances()
        if reading.problems:
            return ImportReport(0, 0, 0, tuple(reading.problems), unknown)

        def take(work: UnitOfWork, chunk: Sequence[OpeningBalance]) -> ImportCounts:
            return _write(context, work, chunk)

        packed = [(each.student_uid, each.course_uid, each.parts) for each in balances]
        sheet = ImportSheet("dues", OpeningBalance, ("student_uid", "course_uid", "parts"), take)
        counts = write_in_chunks(context, path.name, sheet, packed, written)
    return ImportReport(counts.added, counts.updated, counts.unchanged, (), unknown)


class _Reading:
    """Reads rows into balances, and collects what is wrong.

    Attributes:
        problems: what is wrong, by line.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.reading() as books:
            self._heads = heads_by_code(books.plans.heads())
        self._courses: dict[str, CourseRow] = {}
        self._by_uid: dict[str, CourseRow] = {}
        self._students: dict[str, str] = {}
        self._parts: dict[tuple[str, str], list[OwedPart]] = {}
        self._lines: dict[tuple[str, str], int] = {}
        self.problems: list[RowProblem] = []

    def add(self, line: int, row: dict[str, str]) -> None:
        """Read one row."""
        try:
            check_width(row)
            key = self._student(row.get("roll_no", "")), self._course(row.get("course", "")).uid
            part = OwedPart(
                _amount(row.get("amount", "")),
                parse_date(row.get("due_on", ""), "due_on", "Due date"),
                self._head(row.get("head", "")),
            )
        except InvalidInputError as error:
            self._complain(line, error)
        else:
            self._parts.setdefault(key, []).append(part)
            self._lines.setdefault(key, line)

    def balances(self) -> list[OpeningBalance]:
        """Return what was read, after a look at enrolments and seats."""
        found = [OpeningBalance(*key, tuple(parts)) for key, parts in self._parts.items()]
        wanted = Counter[str]()
        with self._context.store.reading() as books:
            for each in found:
                line = self._lines[each.student_uid, each.course_uid]
                try:
                    if _is_new(books.enrollments, each):
                        wanted[each.course_uid] += 1
                        self._check_seat(each.course_uid, wanted[each.course_uid])
                except InvalidInputError as error:
                    self._complain(line, error)
                if len(self.problems) >= MOST_PROBLEMS:
                    break
        return found

    def _complain(self, line: int, error: InvalidInputError) -> None:
        self.problems.append(RowProblem(line, f"{error.field}: {error.message}", error))

    def _student(self, typed: str) -> str:
        roll_no = clean_line(typed)
        uid = self._students.get(roll_no.casefold(), "")
        if not uid and roll_no:
            found = self._context.store.reader.students.exactly(roll_no, "")
            uid = found[0].uid if found else ""
        if not uid:
            raise InvalidInputError(
                "roll_no", "No student has the roll number “{roll_no}”.", roll_no=roll_no
            )
        self._students[roll_no.casefold()] = uid
        return uid

    def _course(self, typed: str) -> CourseRow:
        code = clean_line(typed)
        found = self._courses.get(code.casefold())
        if found is None and code:
            found = self._context.store.reader.courses.get(code=code)
        if found is None:
            raise InvalidInputError("course", "No course has the code “{code}”.", code=code)
        self._courses[code.casefold()] = self._by_uid[found.uid] = found
        return found

    def _check_seat(self, course_uid: str, wanted: int) -> None:
        left = self._by_uid[course_uid].seats_left
        if left is not None and wanted > left:
            code = self._by_uid[course_uid].course.code
            raise InvalidInputError("course", "{code} has no seats left.", code=code)

    def _head(self, typed: str) -> str:
        code = clean_line(typed).lower() or TUITION
        head = self._heads.get(code)
        if head is None:
            raise InvalidInputError(
                "head", "There's no fee head called “{head}”. Choose one of: {heads}.",
                head=clean_line(typed), heads=", ".join(self._heads),
            )  # fmt: skip
        return code


def _amount(typed: str) -> Money:
    try:
        amount = parse_rupees(typed)
    except InvalidInputError as error:
        raise error.about("amount") from error
    if amount < LEAST_DUE:
        raise InvalidInputError("amount", "Enter at least ₹1.")
    return amount


def _is_new(enrollments: EnrollmentRepository, balance: OpeningBalance) -> bool:
    """Return whether a balance is not imported yet.

    Raises:
        InvalidInputError: the student is enrolled otherwise.
    """
    there = enrollments.current(balance.student_uid, balance.course_uid)
    if there is None:
        return True
    asked = [
        OwedPart(due.quote.total, due.due_on, due.head_code)
        for due in enrollments.dues_of(there.uid)
        if due.kind is DueKind.FEE
    ]
    if asked != list(balance.parts):
        raise InvalidInputError(
            "course",
            "This student is already enrolled in {code}, with different fees.",
            code=there.course_code,
        )
    return False


def _write(context: Context, work: UnitOfWork, balances: Iterable[OpeningBalance]) -> ImportCounts:
    """Enrol students with their dues; what is there already stays as it is."""
    heads = heads_by_code(work.plans.heads())
    added = unchanged = 0
    for each in balances:
        if not _is_new(work.enrollments, each):
            unchanged += 1
            continue
        _enrol(context, work, each, heads)
        added += 1
    return ImportCounts(added, 0, unchanged)


def _enrol(
    context: Context, work: UnitOfWork, balance: OpeningBalance, heads: Mapping[str, FeeHead]
) -> None:
    found = work.courses.on_offer(balance.course_uid)
    if found is None or work.students.get(balance.student_uid) is None:
        raise UnknownCourseError("this student or course was archived")
    course, uid, at = found[0], context.ids.new(), context.now()
    registered = bool(work.setting("centre.gstin"))
    label = " · ".join(part for part in (course.title, course.batch) if part)
    dues = [
        DueRecord(
            uid=context.ids.new(),
            enrollment_uid=uid,
            state=DueState.OPEN,
            quote=_quote(part, heads[part.head_code], course, label, registered=registered),
            sequence=number,
            due_on=part.due_on,
            instalment_no=number,
            head_code=part.head_code,
            treatment=heads[part.head_code].treatment.value,
            sac=heads[part.head_code].sac,
        )
        for number, part in enumerate(balance.parts, start=1)
    ]
    enrollment = EnrollmentRecord(
        uid=uid,
        student_uid=balance.student_uid,
        course_uid=balance.course_uid,
        course_code=course.code,
        course_label=label,
        state=EnrollmentState.ACTIVE,
        amount=total(part.amount for part in balance.parts),
        created_at=at,
    )
    work.enrollments.add(enrollment, *dues)
    context.audit(
        work, "enrollment.made", uid, {"amount": enrollment.amount.paise, "why": "opening balance"}
    )


def _quote(part: OwedPart, head: FeeHead, course: Course, label: str, *, registered: bool) -> Quote:
    """Return what is owed as a quote: amounts of earlier books have their tax in them."""
    rate = course.gst_bp if head.code == TUITION else head.gst_bp
    if head.treatment is not Treatment.TAXABLE or not registered:
        rate = 0
    tax = tax_of_gross(part.amount, rate) if rate else Tax(part.amount, ZERO, ZERO, 0)
    named = label if head.code == TUITION else f"{head.title} · {label}"
    return Quote(named, tax, registered=registered)
