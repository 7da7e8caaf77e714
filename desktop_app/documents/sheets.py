"""Spreadsheet files: CSV that Excel reads in Hindi, XLSX, and CSV from other programs.

Independent of students and courses; never writes or runs a formula.
"""

from __future__ import annotations

import csv
import stat
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop_app.documents.atomic import replacing
from desktop_app.documents.cell_escaping import csv_text, is_formula, sheet_value, unescape_formula
from desktop_app.documents.encodings import find_encoding
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from desktop_app.documents.cell_escaping import Cell

    Row = dict[str, str]

SURPLUS = ""
"""The key under which `read_rows` returns cells without a column."""

_SEPARATORS = ",;\t|"
_MOST_SHEET_ROWS = 1_048_576
_MONEY_FORMAT = "#,##0.00"
_MOST_ABOUT = 5
"""Rows above the column names at most: name, filter and moment of an exported list."""


def write_rows(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: Sequence[Sequence[Cell]] = (),
) -> int:
    """Write a table as `.csv` or `.xlsx`, atomically; return the number of rows.

    Args:
        path: the target; its suffix selects the format.
        header: the column names.
        rows: consumed once, never held in memory as a whole.
        about: what the list shows and since when, in rows before the column names.

    Raises:
        InvalidInputError: another suffix, or more rows than a sheet holds.
        OSError: the file cannot be written; an existing file is unchanged.
    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InvalidInputError("file", "Choose a file name that ends in .csv or .xlsx.")
    with replacing(path) as scratch:
        return writer(scratch, header, rows, [*about, ()] if about else [])


def _write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: Sequence[Sequence[Cell]],
) -> int:
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerows([csv_text(cell) for cell in row] for row in about)
        table.writerow(header)
        for row in rows:
            table.writerow([csv_text(cell) for cell in row])
            written += 1
    return written


def _write_xlsx(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: Sequence[Sequence[Cell]],
) -> int:
    from openpyxl import Workbook  # a quarter second, needed for Excel only

    book = Workbook(write_only=True)
    sheet: WriteOnlyWorksheet = book.create_sheet("Pravesh")
    sheet.freeze_panes = f"A{len(about) + 2}"
    written = 0
    try:
        for row in about:
            sheet.append([_sheet_cell(sheet, cell) for cell in row])
        sheet.append([_heading(sheet, name) for name in header])
        for row in _that_fit(rows, len(about) + 2):
            sheet.append([_sheet_cell(sheet, cell) for cell in row])
            written += 1
        book.save(path)
    except BaseException:
        sheet.close()
        raise
    return written


def _that_fit(rows: Iterable[Sequence[Cell]], first: int) -> Iterator[Sequence[Cell]]:
    for number, row in enumerate(rows, start=first):
        if number > _MOST_SHEET_ROWS:
            raise InvalidInputError(
                "file", "Excel allows up to 10,48,576 rows. Export as .csv instead."
            )
        yield row


def _heading(sheet: WriteOnlyWorksheet, name: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _sheet_cell(sheet: WriteOnlyWorksheet, cell: Cell) -> Any:
    """Return an Excel cell; text is marked as text, so that a leading `=` is not a formula."""
    from openpyxl.cell import WriteOnlyCell

    value: Any = sheet_value(cell)
    if isinstance(cell, Money):
        built = WriteOnlyCell(sheet, value=value)
        built.number_format = _MONEY_FORMAT
        return built
    if isinstance(value, str) and is_formula(value):
        built = WriteOnlyCell(sheet, value=value)
        built.data_type = "s"
        built.quotePrefix = True
        return built
    return value


class _Shape(NamedTuple):
    """The format of a CSV file, detected before reading."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    header_ends_at: int


def read_rows(
    path: Path, required: Collection[str] = (), known: Collection[str] = ()
) -> tuple[tuple[str, ...], Iterator[tuple[int, Row]]]:
    """Open a CSV file of any separator, with or without BOM, in common encodings.

    Column names are lower-cased, with `_` for spaces. Short rows are padded with empty texts; cells
    without a column are joined under the key `SURPLUS`, for the caller to report. Empty rows are
    skipped. Rows are read lazily.

    Args:
        path: the file.
        required: mandatory columns.
        known: columns by which the row of names is found below the first rows of an exported list.

    Returns:
        The column names, and the rows with the file line on which each begins.

    Raises:
        InvalidInputError: the file is a folder or a device, is empty, not CSV, in an unknown
            encoding, or its first row lacks column names; during iteration, if a quotation mark is
            never closed.
        OSError: the file cannot be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe might never end
        raise InvalidInputError(
            "file", "{name} is a folder or a device. Choose a file.", name=path.name
        )
    encoding = find_encoding(path)
    shape = _find_shape(path, encoding, known)
    _check_header(shape.header, required)
    return shape.header, _rows(path, shape)


def _find_shape(path: Path, encoding: str, known: Collection[str]) -> _Shape:
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        while first and not first.strip():
            first = file.readline()
        named = first.strip().lower()
        if named.startswith("sep=") and len(named) == len("sep=;"):
            separator, first = first.strip()[4], file.readline()
        else:
            separator = _likeliest_separator(first)
    if not first.strip():
        raise InvalidInputError("file", "The file is empty.")
    with path.open(encoding=encoding, newline="") as file:
        table = csv.reader(file, delimiter=separator, strict=True)
        begun = (
            _Shape(encoding, separator, _column_names(cells), table.line_num)
            for cells in _guarded(table)
            if not (_is_blank(cells) or _is_separator_hint(cells, separator))
        )
        first_shape = next(begun, None)
        if first_shape is None:
            raise InvalidInputError("file", "The file is empty.")
        shapes = chain([first_shape], islice(begun, _MOST_ABOUT if known else 0))
        named_all = (shape for shape in shapes if known and set(known) <= set(shape.header))
        return next(named_all, first_shape)


def _likeliest_separator(line: str) -> str:
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)


def _is_separator_hint(cells: Sequence[str], separator: str) -> bool:
    return separator.join(cells).strip().lower() in {f"sep={separator}", "sep="}


def _column_names(cells: Sequence[str]) -> tuple[str, ...]:
    names = ["_".join(cell.replace("-", " ").split()).lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _check_header(header: Sequence[str], required: Collection[str]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise InvalidInputError(
            "file", f"Put the column names in the first row. Missing: {', '.join(missing)}."
        )
    if "" in header:
        raise InvalidInputError(
            "file", f"Column {header.index('') + 1} has no name in the first row."
        )
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    if twice:
        raise InvalidInputError("file", f"The file has the column {twice[0]} more than once.")
    if not required and not any(letter.isalpha() for name in header for letter in name):
        raise InvalidInputError("file", "Put the column names in the first row.")


def _rows(path: Path, shape: _Shape) -> Iterator[tuple[int, Row]]:
    with path.open(encoding=shape.encoding, newline="") as file:
        table = csv.reader(file, delimiter=shape.separator, strict=True)
        begins_at = 1
        for cells in _guarded(table):
            if begins_at > shape.header_ends_at and not _is_blank(cells):
                yield begins_at, _row(shape.header, cells)
            begins_at = table.line_num + 1


def _row(header: Sequence[str], cells: Sequence[str]) -> Row:
    texts = [unescape_formula(cell) for cell in cells]
    texts.extend([""] * (len(header) - len(texts)))
    row = dict(zip(header, texts, strict=False))
    surplus = [text for text in texts[len(header) :] if text.strip()]
    if surplus:
        row[SURPLUS] = ", ".join(surplus)
    return row


def _guarded(table: Any) -> Iterator[list[str]]:
    """Iterate over a csv reader, with its errors as sentences for people."""
    while True:
        begins_at = table.line_num + 1
        try:
            cells: list[str] = next(table)
        except StopIteration:
            return
        except csv.Error as problem:
            raise InvalidInputError(
                "file", f"We can't read line {begins_at}. A closing quotation mark may be missing."
            ) from problem
        yield cells


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells)
