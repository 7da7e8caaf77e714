"""Between rows and frozen records: a field is the column of its name. No SQL, no rules.

Money is the column `…_paise` in whole paise, instants are UTC text of fixed width, days ISO text,
members their value, flags 0 or 1. Fields of other types are left out and given by the caller.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
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
    from collections.abc import Callable, Iterable, Sequence

    from _typeshed import DataclassInstance

    Change = Callable[[Any], Any]

Record = TypeVar("Record", bound="DataclassInstance")


@lru_cache(maxsize=8)
def instant(at: datetime) -> str:
    """Return an aware instant as UTC text of fixed width, so that text sorts like time.

    A transaction writes the same one into many rows.
    """
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


class _Members(dict[object, Enum]):
    """The members of an enumeration by value, found several times faster than by calling it.

    Raises:
        ValueError: no member has a value.
    """

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__((each.value, each) for each in kind)
        self._kind = kind

    def __missing__(self, value: object) -> Enum:
        return self._kind(value)


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
    **{kind.__name__: ("", text_of, _Members(kind).__getitem__) for kind in _MEMBERS},
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


def _several(make: Callable[..., Change], keys: Sequence[str | int]) -> Change:
    """Return what gets several values at once, always as a sequence."""
    if len(keys) > 1:
        return make(*keys)
    each = [make(key) for key in keys]
    return lambda found: tuple(get(found) for get in each)


def _changed(values: Iterable[Any], changes: Iterable[tuple[int, Change]]) -> list[Any]:
    """Return values with those changed that are there."""
    found = list(values)
    for at, change in changes:
        if found[at] is not None:
            found[at] = change(found[at])
    return found


@cache
def _writing(
    kind: type[DataclassInstance],
) -> tuple[tuple[str, ...], Change, tuple[tuple[int, Change], ...]]:
    """Return the columns of a record, what gets their fields, and how some of these change."""
    plan = _plan(kind)
    changes = tuple((at, write) for at, (_, _, write, _) in enumerate(plan) if write)
    names = [name for name, *_ in plan]
    return tuple(column for _, column, *_ in plan), _several(attrgetter, names), changes


def columns_of(record: DataclassInstance) -> dict[str, str | int | None]:
    """Return the columns of a record."""
    columns, get, changes = _writing(type(record))
    return dict(zip(columns, _changed(get(record), changes), strict=True))


@cache
def _reading(
    kind: type[DataclassInstance], of_row: Any, prefix: str, given: tuple[str, ...]
) -> tuple[tuple[str, ...], Change, tuple[tuple[int, Change], ...]]:
    """Return the fields that a row has, what gets their columns, and how some of these change."""
    columns = {column: index for index, column in enumerate(of_row._fields)}
    plan = [each for each in _plan(kind) if each[0] not in given]
    changes = tuple((at, read) for at, (_, _, _, read) in enumerate(plan) if read)
    places = [columns[prefix + column] for _, column, *_ in plan]
    return tuple(name for name, *_ in plan), _several(itemgetter, places), changes


def record_of(kind: type[Record], row: Any, prefix: str = "", /, **given: Any) -> Record:
    """Return a row, a named tuple, as a record; the fields given are not read from it.

    Args:
        kind: the record.
        row: the row.
        prefix: what precedes the names of its columns, where the row holds several records.
        given: fields.
    """
    names, get, changes = _reading(kind, row.__class__, prefix, tuple(given))
    return kind(**given, **dict(zip(names, _changed(get(row), changes), strict=True)))
