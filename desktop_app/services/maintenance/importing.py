"""Students and courses from CSV: the whole file is checked first, then written in chunks.

A file with a problem changes nothing. Between two chunks payments pass. What cuts an import off
leaves whole chunks, each with its entry in the audit trail; the same file again writes the rest.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from desktop_app.domain.courses import Course, make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.students import Student, make_student, parse_date
from desktop_app.services.errors import ImportCutOffError, StorageError
from desktop_app.services.maintenance.import_columns import (
    COURSE_COLUMNS,
    REQUIRED,
    STUDENT_COLUMNS,
)
from desktop_app.services.ports.records import ImportCounts
from desktop_app.services.views.maintenance import ImportReport, RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.views.maintenance import ImportPreview

    Watch = Callable[[int], None]
    """Called with the number of rows read; what it raises ends the work, and nothing is kept."""

Item = TypeVar("Item")
Entry = TypeVar("Entry", Student, Course)
WATCHED_ROWS = 500
CHUNK = 500
"""Rows in a transaction: a payment waits for one chunk at most, about a tenth of a second."""

SWITCH_S = 0.0001
"""Seconds that a thread waits for the interpreter; Python's own 5 ms at each step add up."""

MOST_PROBLEMS = 200
SURPLUS = ""
"""The key under which a sheet's reader returns cells that have no column."""

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

        sheet = _Sheet("students", Student, STUDENT_COLUMNS, REQUIRED["students"], student_of, take)
        return _import(context, path, sheet, watch, written)

    def courses(
        self, path: Path, watch: Watch | None = None, written: Watch | None = None
    ) -> ImportReport:
        """Add or change courses by code; with problems nothing is imported."""
        context = self._context

        def take(work: UnitOfWork, items: Sequence[Course]) -> ImportCounts:
            return work.courses.upsert_all(items, context.now(), context.ids.new)

        sheet = _Sheet("courses", Course, COURSE_COLUMNS, REQUIRED["courses"], course_of, take)
        return _import(context, path, sheet, watch, written)


@dataclass(frozen=True, slots=True)
class _Sheet(Generic[Entry]):
    """One kind of file: its columns, how a row is read, and what writes the rows."""

    kind: str
    item: type[Entry]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    read: Callable[[dict[str, str]], Entry]
    take: Callable[[UnitOfWork, Sequence[Entry]], ImportCounts]


def _import(
    context: Context, path: Path, sheet: _Sheet[Entry], watch: Watch | None, written: Watch | None
) -> ImportReport:
    header, rows = context.documents.read_rows(path)
    missing = [name for name in sheet.required if name not in header]
    if missing:
        raise InvalidInputError(
            "file",
            "The file has no column {missing}. Columns for {kind}: {columns}. "
            "Nothing was imported.",
            missing=", ".join(missing),
            kind=sheet.kind,
            columns=", ".join(sheet.columns),
        )
    unknown = tuple(name for name in header if name and name not in sheet.columns)
    problems: list[RowProblem] = []
    # Plain tuples: each garbage collection would go through as many objects, and all would wait.
    pack = attrgetter(*(each.name for each in fields(sheet.item)))
    with _lively():
        checked = _checked(watched(rows, watch), sheet.read, sheet.columns[0], problems)
        packed = [pack(each) for each in checked]
        if problems:
            return ImportReport(0, 0, 0, tuple(problems), unknown)
        counts = _write(context, path.name, sheet, packed, written)
    return ImportReport(counts.added, counts.updated, counts.unchanged, (), unknown)


@contextmanager
def _lively() -> Iterator[None]:
    """Hand the interpreter to other threads sooner than usual inside the block."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _write(
    context: Context,
    name: str,
    sheet: _Sheet[Entry],
    packed: list[tuple[Any, ...]],
    written: Watch | None,
) -> ImportCounts:
    """Write checked rows, a transaction for each chunk.

    Raises:
        ImportCutOffError: some chunks are written, and the others are not.
        StorageError: nothing is.
    """
    added = updated = unchanged = 0
    for start in range(0, max(1, len(packed)), CHUNK):
        if written is not None:
            written(start)
        chunk = [sheet.item(*each) for each in packed[start : start + CHUNK]]
        try:
            counts = _write_chunk(context, name, sheet, chunk, start + len(chunk), len(packed))
        except StorageError as error:
            if not (added or updated):
                raise
            raise ImportCutOffError(str(error)) from error
        added += counts.added
        updated += counts.updated
        unchanged += counts.unchanged
    return ImportCounts(added, updated, unchanged)


def _write_chunk(
    context: Context, name: str, sheet: _Sheet[Entry], chunk: list[Entry], upto: int, of: int
) -> ImportCounts:
    """Write one chunk with its audit entry; the last one has an entry even if nothing changed."""
    with context.store.writing() as work:
        counts = sheet.take(work, chunk)
        if not (counts.added or counts.updated or upto == of):
            work.nothing_to_write()
            return counts
        context.audit(
            work,
            f"{sheet.kind}.imported",
            name,
            {"added": counts.added, "updated": counts.updated, "upto": upto, "of": of},
        )
        work.commit()
    return counts


def watched(rows: Iterable[Item], watch: Watch | None) -> Iterator[Item]:
    """Yield rows and call `watch` with their count every few hundred; it may raise to stop."""
    for count, row in enumerate(rows):
        if watch is not None and count % WATCHED_ROWS == 0:
            watch(count)
        yield row


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
            _check_width(row)
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


def _check_width(row: dict[str, str]) -> None:
    if row.get(SURPLUS):
        raise InvalidInputError(
            "row", "This row has extra cells: “{cells}”.", cells=row[SURPLUS][:40]
        )


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
            "seats", "Enter a whole number of seats, or leave empty for no limit."
        )
    return int(typed)
