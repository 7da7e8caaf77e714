"""What the columns of a table say: one small record a column, shared by all table models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a table: its word, its icon and its tone."""

    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        title: the heading.
        text: what a row says in it, plain text.
        width: in pixels; nought takes what is left over.
        is_number: right-aligned, figures under figures.
        tag: how a row's state looks, where the column shows a state.
    """

    title: str
    text: Callable[[Row], str]
    width: int = 0
    is_number: bool = False
    tag: Callable[[Row], Tag | None] | None = None
