"""State machines: one table of allowed transitions, and one function that checks it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from desktop_app.domain.errors import IllegalTransitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

State = TypeVar("State", bound=StrEnum)


def may_advance(table: Mapping[State, frozenset[State]], current: State, following: State) -> bool:
    """Return whether a transition is allowed; staying in a state always is."""
    return current == following or following in table[current]


def advance(table: Mapping[State, frozenset[State]], current: State, following: State) -> State:
    """Return the following state if the table allows it.

    Raises:
        IllegalTransitionError: the table does not allow it.
    """
    if not may_advance(table, current, following):
        raise IllegalTransitionError(f"{current.value} may not become {following.value}")
    return following
