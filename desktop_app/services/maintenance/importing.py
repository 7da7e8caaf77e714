"""Students and courses from CSV: every row checked first, then all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from desktop_app.domain.courses import Course, make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.students import Student, make_student, parse_date
from desktop_app.services.views.maintenance import ImportReport, RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import ImportCounts
    from desktop_app.services.ports.storage import UnitOfWork

    Watch = Callable[[int], None]
    """Told how many rows were gone through; what it raises ends the work, and nothing is kept."""

Item = TypeVar("Item")
WATCHED_ROWS = 500

STUDENT_COLUMNS = (
    "roll_no", "name", "phone", "email", "guardian_name", "guardian_phone", "date_of_birth",
    "state",
)  # fmt: skip
COURSE_COLUMNS = (
    "code", "title", "batch", "fee", "gst_rate", "tax_inclusive", "seats", "starts_on",
)  # fmt: skip
MOST_PROBLEMS = 200
SURPLUS = ""
"""Under this key a sheet's reader hands on cells that have no column."""

_YES = {"yes", "y", "true", "1", "हाँ", "हां"}
_NO = {"no", "n", "false", "0", "नहीं"}


def import_students(context: Context, path: Path, watch: Watch | None = None) -> ImportReport:
    """Import students in one transaction; with problems nothing is imported."""

    def take(work: UnitOfWork, items: Iterator[Student]) -> ImportCounts:
        return work.students.take_all(items, context.now(), context.ids.new)

    return _import(
        context, path, STUDENT_COLUMNS, ("roll_no", "name"), student_of, take, "students", watch
    )


def import_courses(context: Context, path: Path, watch: Watch | None = None) -> ImportReport:
    """Import courses in one transaction; with problems nothing is imported."""

    def take(work: UnitOfWork, items: Iterator[Course]) -> ImportCounts:
        return work.courses.take_all(items, context.now(), context.ids.new)

    return _import(
        context, path, COURSE_COLUMNS, ("code", "title", "fee"), course_of, take, "courses", watch
    )


def _import(
    context: Context,
    path: Path,
    columns: tuple[str, ...],
    required: tuple[str, ...],
    read: Callable[[dict[str, str]], Item],
    take: Callable[[UnitOfWork, Iterator[Item]], ImportCounts],
    kind: str,
    watch: Watch | None,
) -> ImportReport:
    header, rows = context.documents.read_rows(path)
    missing = [name for name in required if name not in header]
    if missing:
        raise InvalidInputError(
            "file",
            "The file has no column {missing}. Columns for {kind}: {columns}. "
            "Nothing was imported.",
            missing=", ".join(missing),
            kind=kind,
            columns=", ".join(columns),
        )
    unknown = tuple(name for name in header if name and name not in columns)
    problems: list[RowProblem] = []
    checked = _checked(watched(rows, watch), read, columns[0], problems)
    with context.store.writing() as work:
        counts = take(work, checked)
        if problems:
            return ImportReport(0, 0, 0, tuple(problems), unknown)
        context.audit(
            work,
            f"{kind}.imported",
            path.name,
            {"added": counts.added, "updated": counts.updated},
        )
        work.commit()
    return ImportReport(counts.added, counts.updated, counts.unchanged, (), unknown)


def watched(rows: Iterable[Item], watch: Watch | None) -> Iterator[Item]:
    """Hand rows on and tell every few hundred how many there were; watching may raise to stop."""
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
                    RowProblem(line, f"{key}: {getattr(item, key)} stands in line {first} already.")
                )
            elif not problems:
                yield item
        if len(problems) >= MOST_PROBLEMS:
            return


def _check_width(row: dict[str, str]) -> None:
    if row.get(SURPLUS):
        raise InvalidInputError("row", "Too many cells: “{cells}”.", cells=row[SURPLUS][:40])


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
    )


def percent_to_bp(text: str) -> int:
    """Read a percentage with at most two decimals as basis points; empty is nought."""
    typed = text.strip().removesuffix("%").strip()
    whole, _, decimals = typed.partition(".")
    if not typed:
        return 0
    if not (whole.isascii() and whole.isdecimal()) or len(decimals) > 2 or len(whole) > 3:  # noqa: PLR2004
        raise InvalidInputError("gst_rate", "A GST rate is a percentage like 18 or 12.5.")
    if decimals and not (decimals.isascii() and decimals.isdecimal()):
        raise InvalidInputError("gst_rate", "A GST rate is a percentage like 18 or 12.5.")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def _yes_or_no(text: str) -> bool:
    typed = text.strip().lower()
    if typed in _YES or not typed:
        return True
    if typed in _NO:
        return False
    raise InvalidInputError("tax_inclusive", "This is yes or no.")


def _seats(text: str) -> int | None:
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 6:  # noqa: PLR2004
        raise InvalidInputError("seats", "Seats are a whole number, or empty for no limit.")
    return int(typed)
