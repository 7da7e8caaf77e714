"""The way of a list from a file into the database: columns, width, and writing in chunks.

What each kind of list reads and writes is in `importing.py` and beside it.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.errors import ImportCutOffError, StorageError
from desktop_app.services.maintenance.import_columns import COLUMNS, REQUIRED
from desktop_app.services.ports.records import ImportCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork

    Watch = Callable[[int], None]
    """Called with the number of rows read; what it raises ends the work, and nothing is kept."""

Item = TypeVar("Item")
Entry = TypeVar("Entry")
WATCHED_ROWS = 500
CHUNK = 500
"""Rows in a transaction: a payment waits for one chunk at most, about a tenth of a second."""

SWITCH_S = 0.0001
"""Seconds that a thread waits for the interpreter; Python's own 5 ms at each step add up."""

MOST_PROBLEMS = 200
SURPLUS = ""
"""The key under which a sheet's reader returns cells that have no column."""


@dataclass(frozen=True, slots=True)
class ImportSheet(Generic[Entry]):
    """One kind of file: the fields of its entries, and what writes them."""

    kind: str
    item: Callable[..., Entry]
    fields: tuple[str, ...]
    take: Callable[[UnitOfWork, Sequence[Entry]], ImportCounts]


def rows_of(
    context: Context, path: Path, kind: str
) -> tuple[Iterator[tuple[int, dict[str, str]]], tuple[str, ...]]:
    """Return the rows of a file with their line numbers, and the columns that are unknown.

    Raises:
        InvalidInputError: the file cannot be read, or lacks a column.
    """
    header, rows = context.documents.read_rows(path, REQUIRED[kind])
    missing = [name for name in REQUIRED[kind] if name not in header]
    if missing:
        raise InvalidInputError(
            "file",
            "The file has no column {missing}. Columns for {kind}: {columns}. We didn't "
            "import anything.",
            missing=", ".join(missing),
            kind=kind,
            columns=", ".join(COLUMNS[kind]),
        )
    return rows, tuple(name for name in header if name and name not in COLUMNS[kind])


@contextmanager
def lively() -> Iterator[None]:
    """Hand the interpreter to other threads sooner than usual inside the block."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def write_in_chunks(
    context: Context,
    name: str,
    sheet: ImportSheet[Entry],
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
    context: Context, name: str, sheet: ImportSheet[Entry], chunk: list[Entry], upto: int, of: int
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


def check_width(row: dict[str, str]) -> None:
    """Raise InvalidInputError where a row has cells without a column."""
    if row.get(SURPLUS):
        raise InvalidInputError(
            "row", "Remove the extra cells from this row: “{cells}”.", cells=row[SURPLUS][:40]
        )
