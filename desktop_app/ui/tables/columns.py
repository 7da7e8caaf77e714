"""What the columns of a table say: one small record a column, shared by all table models."""

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
        word: marked for translation, or made from data in the language of now.
    """

    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        title: the heading, marked for translation.
        text: what a row says in it, plain text, in the language of now.
        width: in pixels at 100 %; nought takes what is left over.
        is_number: right-aligned, figures under figures.
        tag: how a row's state looks, where the column shows a state.
        spare: columns with a rank go when there is no room for all, the highest rank first; the
            details beside the table say the same.
    """

    title: N_
    text: Callable[[Row], str]
    width: int = 0
    is_number: bool = False
    tag: Callable[[Row], Tag | None] | None = None
    spare: int = 0
