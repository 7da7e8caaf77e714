"""Between rows and frozen records: a field is the column of its name. No SQL, no rules.

Money is the column `…_paise` in whole paise, instants are UTC text of fixed width, days ISO text,
members their value, flags 0 or 1. Fields of other types are left out and given by the caller.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from desktop_app.domain.compiled import compiled
from desktop_app.domain.enrollment import DueChangeKind, DueKind, DueState, EnrollmentState
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.promise_state import PromiseState
from desktop_app.domain.refund import RefundState
from desktop_app.domain.tender import Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


@lru_cache(maxsize=8)
def instant(at: datetime) -> str:
    """Return an aware instant as UTC text of fixed width, so that text sorts like time.

    A transaction writes the same one into many rows.
    """
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ" % (  # noqa: UP031 - in half the time of others
        utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond,
    )  # fmt: skip


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
_MEMBERS_OF = {kind.__name__: _Members(kind) for kind in _MEMBERS}
_CODECS: Mapping[str, tuple[str, str, str]] = {
    "str": ("", "{}", "{}"),
    "int": ("", "{}", "{}"),
    "bool": ("", "int({})", "bool({})"),
    "Money": ("_paise", "{}.paise", "Money({})"),
    "date": ("", "_day_text({})", "_day({})"),
    "datetime": ("", "_instant({})", "_read_instant({})"),
    **{name: ("", "{}._value_", f"{name}[{{}}]") for name in _MEMBERS_OF},
}
"""By a field's type: the end of its column's name, and what writes and what reads its value."""

_KNOWN: Mapping[str, Any] = {
    **_MEMBERS_OF,
    "Money": Money,
    "_day": date.fromisoformat,
    "_day_text": date.isoformat,
    "_instant": instant,
    "_read_instant": datetime.fromisoformat,
}
"""By name, all that these expressions use; no field has such a name."""


class _Field(NamedTuple):
    """A field that is a column.

    Attributes:
        column: the name of its column.
        write: the expression that writes a value, in place of `{}`.
        read: the one that reads it.
    """

    name: str
    column: str
    write: str
    read: str


@cache
def _plan(kind: type[DataclassInstance]) -> tuple[_Field, ...]:
    found = []
    for field in fields(kind):
        name = str(field.type).removesuffix(" | None")
        if name in _CODECS:
            ending, write, read = _CODECS[name]
            found.append(_Field(field.name, field.name + ending, write, read))
    return tuple(found)


def _changed(expression: str, value: str) -> str:
    """Return the expression for a value that may be None."""
    if expression == "{}":
        return value
    return f"None if (_v := {value}) is None else {expression.format('_v')}"


def columns_of(record: DataclassInstance) -> dict[str, str | int | None]:
    """Return the columns of a record."""
    columns, values = writing(type(record))
    return dict(zip(columns, values(record), strict=True))


@cache
def writing(
    kind: type[DataclassInstance], more: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], Callable[..., tuple[str | int | None, ...]]]:
    """Return the columns of a record, and what writes their values.

    Args:
        kind: the record.
        more: names of columns after these, whose values are given after the record.
    """
    plan = _plan(kind)
    values = [*(_changed(each.write, f"_record.{each.name}") for each in plan), *more]
    lines = [f"return ({', '.join(values)},)"]
    names = (*(each.column for each in plan), *more)
    return names, compiled(["_record", *more], lines, **_KNOWN)


@cache
def _reading(
    kind: type[DataclassInstance], of_row: Any, prefix: str, given: tuple[str, ...]
) -> Callable[..., Any]:
    """Return what makes a record of a row and the fields that are given."""
    places = {column: index for index, column in enumerate(of_row._fields)}
    values = {name: name for name in given}
    for each in _plan(kind):
        if each.name not in given:
            values[each.name] = _changed(each.read, f"_row[{places[prefix + each.column]}]")
    order = [field.name for field in fields(kind)]
    by_place = [values.pop(name) for name in takewhile(values.__contains__, order)]
    by_name = [f"{name}={value}" for name, value in values.items()]
    lines = [f"return _kind({', '.join([*by_place, *by_name])})"]
    return compiled(["_row", *given], lines, _kind=kind, **_KNOWN)


def record_of(kind: type[Record], row: Any, prefix: str = "", /, **given: Any) -> Record:
    """Return a row, a named tuple, as a record; the fields given are not read from it.

    Args:
        kind: the record.
        row: the row.
        prefix: what precedes the names of its columns, where the row holds several records.
        given: fields.
    """
    read: Callable[..., Record] = _reading(kind, row.__class__, prefix, tuple(given))
    return read(row, **given)
