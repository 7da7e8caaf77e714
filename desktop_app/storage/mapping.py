"""Between rows and frozen records: a field is the column of its name. No SQL, no rules.

Money is the column `…_paise` in whole paise, instants are UTC text of fixed width, days ISO text,
members their value, flags 0 or 1. Fields of other types are left out and given by the caller.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from desktop_app.domain.enrollment import DueChangeKind, DueKind, DueState, EnrollmentState
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.promise_state import PromiseState
from desktop_app.domain.refund import RefundState
from desktop_app.domain.tender import Verification

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

    Change = Callable[[Any], Any]

Record = TypeVar("Record", bound="DataclassInstance")


def instant(at: datetime) -> str:
    """Return an aware instant as UTC text of fixed width, so that text sorts like time."""
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='microseconds')[:26]}Z"


def read_instant(text: str) -> datetime:
    """Return the instant that `instant` wrote."""
    return datetime.fromisoformat(text)


def optional_instant(text: str | None) -> datetime | None:
    """Return an instant that may be missing."""
    return None if text is None else read_instant(text)


text_of = attrgetter("_value_")
"""Returns the text of a member; `value` is a property in Python, several times slower."""

_MEMBERS = (
    AttemptState, DueState, EnrollmentState, CommandKind, CommandState, Method, Placement,
    RefundState, DueChangeKind, DueKind, MoneyMode, Verification, PromiseState,
)  # fmt: skip
_CODECS: dict[str, tuple[str, Change | None, Change | None]] = {
    "str": ("", None, None),
    "int": ("", None, None),
    "bool": ("", int, bool),
    "Money": ("_paise", attrgetter("paise"), Money),
    "date": ("", date.isoformat, date.fromisoformat),
    "datetime": ("", instant, datetime.fromisoformat),
    **{kind.__name__: ("", text_of, kind) for kind in _MEMBERS},
}
"""By a field's type: the end of its column's name, how to write and how to read its value."""


@cache
def _plan(
    kind: type[DataclassInstance],
) -> tuple[tuple[str, str, Change | None, Change | None], ...]:
    found = []
    for field in fields(kind):
        codec = _CODECS.get(str(field.type).removesuffix(" | None"))
        if codec is not None:
            ending, write, read = codec
            found.append((field.name, field.name + ending, write, read))
    return tuple(found)


def columns_of(record: DataclassInstance) -> dict[str, str | int | None]:
    """Return the columns of a record."""
    columns: dict[str, str | int | None] = {}
    for name, column, write, _read in _plan(type(record)):
        value = getattr(record, name)
        columns[column] = value if value is None or write is None else write(value)
    return columns


@cache
def _places(
    kind: type[DataclassInstance], columns: tuple[str, ...], prefix: str, given: tuple[str, ...]
) -> tuple[tuple[str, int, Change | None], ...]:
    at = {column: index for index, column in enumerate(columns)}
    return tuple(
        (name, at[prefix + column], read)
        for name, column, _write, read in _plan(kind)
        if name not in given
    )


def record_of(kind: type[Record], row: Any, prefix: str = "", /, **given: Any) -> Record:
    """Return a row, a named tuple, as a record; the fields given are not read from it.

    Args:
        kind: the record.
        row: the row.
        prefix: what precedes the names of its columns, where the row holds several records.
        given: fields.
    """
    for name, index, read in _places(kind, row._fields, prefix, tuple(given)):
        value = row[index]
        given[name] = value if value is None or read is None else read(value)
    return kind(**given)
