"""Columns of a table as records, shared by all table models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop_app.ui.core.i18n import N_

Row = TypeVar("Row")


class Tag(NamedTuple):
    """A state in a table: its word, its icon and its tone.

    Attributes:
        word: marked for translation, or made from data in the present language.
    """

    word: str
    icon: str
    tone: str


class Level(NamedTuple):
    """How full something is, as a bar before the words.

    Attributes:
        part: from 0 to 1.
        tone: the bar's colour; the words say the same.
    """

    part: float
    tone: str


class Order(NamedTuple):
    """The order of a list: by a column, from its least or its greatest value on."""

    at: int
    is_descending: bool


NAME_PX = 150
"""The least width of a column that names none."""


class Column(NamedTuple, Generic[Row]):
    """One column.

    Attributes:
        title: the heading, marked for translation.
        text: the plain text of a row's cell, in the present language.
        width: in pixels at 100 %, at the least; 0 is the width of a name.
        share: its part of the room that is left over; a column without a width has one.
        is_number: right-aligned, digits under digits.
        tag: the look of a row's state, where the column shows one.
        level: how full something is, where the column shows it as a bar.
        key: what the list can be ordered by, where a press on the heading orders it.
        spare: columns with a rank are hidden where there is no room for all, highest rank first;
            the details beside the table show the same.
    """

    title: N_
    text: Callable[[Row], str]
    width: int = 0
    share: int = 0
    is_number: bool = False
    tag: Callable[[Row], Tag | None] | None = None
    level: Callable[[Row], Level | None] | None = None
    key: Callable[[Row], Any] | None = None
    spare: int = 0

    @property
    def least(self) -> int:
        """The least width, in pixels at 100 %."""
        return self.width or NAME_PX

    @property
    def weight(self) -> int:
        """The part of the room that is left over."""
        return self.share or int(not self.width)


def ordered(rows: Sequence[Row], columns: Sequence[Column[Row]], order: Order | None) -> list[Row]:
    """Return rows in an order; as they are where none is given."""
    key = columns[order.at].key if order is not None else None
    if order is None or key is None:
        return list(rows)
    return sorted(rows, key=key, reverse=order.is_descending)
