"""State machines: one table of allowed pairs, and one setter that checks it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from desktop_app.domain.errors import IllegalTransitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

State = TypeVar("State", bound=StrEnum)


def may_advance(table: Mapping[State, frozenset[State]], current: State, following: State) -> bool:
    """Tell whether a state may follow another; staying where one is always may."""
    return current == following or following in table[current]


def advance(table: Mapping[State, frozenset[State]], current: State, following: State) -> State:
    """Return the following state when the table allows it.

    Raises:
        IllegalTransitionError: the table does not allow it.
    """
    if not may_advance(table, current, following):
        raise IllegalTransitionError(f"{current.value} may not become {following.value}")
    return following
