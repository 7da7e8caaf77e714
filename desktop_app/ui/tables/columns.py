"""Columns of a table as records, shared by all table models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.core.i18n import N_

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a table: its word, its icon and its tone.

    Attributes:
        word: marked for translation, or made from data in the present language.
    """

    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        title: the heading, marked for translation.
        text: the plain text of a row's cell, in the present language.
        width: in pixels at 100 %; 0 takes the remaining width.
        is_number: right-aligned, digits under digits.
        tag: the look of a row's state, where the column shows one.
        spare: columns with a rank are hidden where there is no room for all, highest rank first;
            the details beside the table show the same.
    """

    title: N_
    text: Callable[[Row], str]
    width: int = 0
    is_number: bool = False
    tag: Callable[[Row], Tag | None] | None = None
    spare: int = 0
