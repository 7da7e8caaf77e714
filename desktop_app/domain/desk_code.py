"""Desk codes whose receipt series never meet."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"
"""Without O, I, L, 0 and 1, which are misread on paper."""
_COMPARED = 2
"""Training's series, and that of test keys, adds a T to the first two characters."""


def is_alike(one: str, other: str) -> bool:
    """Return whether two codes begin with the same two characters: their series would meet."""
    return one[:_COMPARED] == other[:_COMPARED]


def free_code(taken: Iterable[str]) -> str:
    """Return a desk code that is like none of those taken.

    At random: two copies made on two machines then hardly get the same one.
    """
    starts = {code[:_COMPARED] for code in taken}
    free = [f"{a}{b}" for a in _LETTERS for b in _DIGITS if f"{a}{b}" not in starts]
    return random.choice(free)  # noqa: S311 - not a secret
