"""Students and courses from CSV: the whole file is checked first, then written in chunks.

A file with a problem changes nothing. Between two chunks payments pass. What cuts an import off
leaves whole chunks, each with its entry in the audit trail; the same file again writes the rest.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING

from desktop_app.domain.courses import Course, make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.students import Student, make_student, parse_date
from desktop_app.services.maintenance.import_columns import COLUMNS, STUDENT_COLUMNS
from desktop_app.services.maintenance.import_sheet import (
    MOST_PROBLEMS,
    ImportSheet,
    check_width,
    lively,
    rows_of,
    watched,
    write_in_chunks,
)
from desktop_app.services.views.maintenance import ImportReport, RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.maintenance.import_sheet import Entry, Item, Watch
    from desktop_app.services.ports.records import ImportCounts
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.views.maintenance import ImportPreview

_YES = {"yes", "y", "true", "1", "हाँ", "हां"}
_NO = {"no", "n", "false", "0", "नहीं"}


class Imports:
    """Imports lists from CSV files. All local.

    Args of both methods:
        path: the file.
        watch: called with how many rows were checked; what it raises stops the import, and
            nothing is imported.
        written: called with how many rows are written, between two chunks.

    Raises:
        InvalidInputError: the file cannot be read, or lacks a column.
        ImportCutOffError: some chunks are written, and the others are not.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def preview(self, kind: str, path: Path) -> ImportPreview:
        """Return the first rows of a file of students or courses; nothing is imported."""
        from desktop_app.services.maintenance.import_preview import preview

        return preview(self._context, kind, path)

    def sample(self, kind: str, path: Path) -> Path:
        """Write a file that shows how one of students or courses looks. Raises OSError."""
        from desktop_app.services.maintenance.import_preview import write_sample

        return write_sample(self._context, kind, path)

    def students(
        self, path: Path, watch: Watch | None = None, written: Watch | None = None
    ) -> ImportReport:
        """Add or change students by roll number; with problems nothing is imported."""
        context = self._context

        def take(work: UnitOfWork, items: Sequence[Student]) -> ImportCounts:
            return work.students.upsert_all(items, context.now(), context.ids.new)

        sheet = ImportSheet("students", Student, _names_of(Student), take)
        return _import(context, path, sheet, student_of, watch, written)

    def courses(
        self, path: Path, watch: Watch | None = None, written: Watch | None = None
    ) -> ImportReport:
        """Add or change courses by code; with problems nothing is imported."""
        context = self._context

        def take(work: UnitOfWork, items: Sequence[Course]) -> ImportCounts:
            return work.courses.upsert_all(items, context.now(), context.ids.new)

        sheet = ImportSheet("courses", Course, _names_of(Course), take)
        return _import(context, path, sheet, course_of, watch, written)

    def dues(
        self, path: Path, watch: Watch | None = None, written: Watch | None = None
    ) -> ImportReport:
        """Enrol students with what they still owe; no money moves. See `importing_dues.py`."""
        from desktop_app.services.maintenance.importing_dues import import_dues

        return import_dues(self._context, path, watch, written)


def _names_of(kind: type[Student | Course]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _import(
    context: Context,
    path: Path,
    sheet: ImportSheet[Entry],
    read: Callable[[dict[str, str]], Entry],
    watch: Watch | None,
    written: Watch | None,
) -> ImportReport:
    rows, unknown = rows_of(context, path, sheet.kind)
    problems: list[RowProblem] = []
    # Plain tuples: each garbage collection would go through as many objects, and all would wait.
    pack = attrgetter(*sheet.fields)
    with lively():
        checked = _checked(watched(rows, watch), read, COLUMNS[sheet.kind][0], problems)
        packed = [pack(each) for each in checked]
        if problems:
            return ImportReport(0, 0, 0, tuple(problems), unknown)
        counts = write_in_chunks(context, path.name, sheet, packed, written)
    return ImportReport(counts.added, counts.updated, counts.unchanged, (), unknown)


def _checked(
    rows: Iterator[tuple[int, dict[str, str]]],
    read: Callable[[dict[str, str]], Item],
    key: str,
    problems: list[RowProblem],
) -> Iterator[Item]:
    """Hand on the good rows until one is bad; then only collect what is wrong."""
    lines: dict[str, int] = {}
    for line, row in rows:
        try:
            check_width(row)
            item = read(row)
        except InvalidInputError as error:
            problems.append(RowProblem(line, f"{error.field}: {error.message}", error))
        else:
            name = str(getattr(item, key)).casefold()
            first = lines.setdefault(name, line)
            if first != line:
                problems.append(
                    RowProblem(line, f"{key} {getattr(item, key)} is already in line {first}.")
                )
            elif not problems:
                yield item
        if len(problems) >= MOST_PROBLEMS:
            return


def student_of(row: dict[str, str]) -> Student:
    """Read a student of a CSV row. Raises InvalidInputError."""
    return make_student(**{name: row.get(name, "") for name in STUDENT_COLUMNS})


def course_of(row: dict[str, str]) -> Course:
    """Read a course of a CSV row. Raises InvalidInputError."""
    try:
        fee = parse_rupees(row.get("fee", ""), allow_zero=True)
    except InvalidInputError as error:
        raise error.about("fee") from error
    return make_course(
        code=row.get("code", ""),
        title=row.get("title", ""),
        batch=row.get("batch", ""),
        fee=fee,
        gst_bp=percent_to_bp(row.get("gst_rate", "")),
        tax_inclusive=_yes_or_no(row.get("tax_inclusive", "")),
        seats=_seats(row.get("seats", "")),
        starts_on=parse_date(row.get("starts_on", ""), "starts_on", "Start"),
        ends_on=parse_date(row.get("ends_on", ""), "ends_on", "End"),
    )


def percent_to_bp(text: str) -> int:
    """Read a percentage with at most two decimals as basis points; empty is zero."""
    typed = text.strip().removesuffix("%").strip()
    whole, _, decimals = typed.partition(".")
    if not typed:
        return 0
    if not (whole.isascii() and whole.isdecimal()) or len(decimals) > 2 or len(whole) > 3:  # noqa: PLR2004
        raise InvalidInputError("gst_rate", "Enter the GST rate in percent, e.g. 18 or 12.5.")
    if decimals and not (decimals.isascii() and decimals.isdecimal()):
        raise InvalidInputError("gst_rate", "Enter the GST rate in percent, e.g. 18 or 12.5.")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def _yes_or_no(text: str) -> bool:
    typed = text.strip().lower()
    if typed in _YES or not typed:
        return True
    if typed in _NO:
        return False
    raise InvalidInputError("tax_inclusive", "Enter yes or no.")


def _seats(text: str) -> int | None:
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 6:  # noqa: PLR2004
        raise InvalidInputError(
            "seats", "Enter a whole number of seats, or leave the cell empty for no limit."
        )
    return int(typed)
