"""Lenient reading of scalars: what Razorpay takes for an integer, a switch or a text.

Its own SDKs send amounts as text, switches as 0 and 1, and phone numbers as integers; a form sends
nothing but text. The fault `strict_types` switches the leniency off for a call. Anything else is
returned as it came, for the caller to refuse.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = re.compile(r"-?[0-9]{1,15}")
SWITCHES = {"1": True, "true": True, "0": False, "false": False}

_strict: ContextVar[bool] = ContextVar("strict_types", default=False)


@contextmanager
def strict_types(*, wanted: bool) -> Iterator[None]:
    """Read by the declared types only until the block ends."""
    token = _strict.set(wanted)
    try:
        yield
    finally:
        _strict.reset(token)


def are_strict() -> bool:
    """Return whether values are read by their declared types only."""
    return _strict.get()


def as_integer(value: object) -> object:
    """Return the integer of digits as text or of a whole float; an empty text is missing."""
    if _strict.get():
        return value
    if isinstance(value, str):
        if not value:
            return None
        return int(value) if DIGITS.fullmatch(value) else value
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if isinstance(value, float) and is_whole else value


def as_switch(value: object) -> object:
    """Return the boolean of 0, 1 and their texts; an empty text is missing."""
    if _strict.get() or isinstance(value, bool):
        return value
    if value == "":
        return None
    written = str(value).lower() if isinstance(value, int | str) else ""
    return SWITCHES.get(written, value)


def as_text(value: object) -> object:
    """Return an integer's digits as text."""
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_integer and not _strict.get() else value
