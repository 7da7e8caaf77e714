"""Field checks of the control plane; each raises ControlError with the field's name.

Must not touch the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ControlError
from .scalars import as_integer, as_switch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .validation import Json


def check_known(body: Json, allowed: Iterable[str]) -> None:
    """Refuse fields that the call does not accept."""
    if unknown := sorted(set(body) - set(allowed)):
        raise ControlError(f"unknown field: {', '.join(unknown)[:200]}")


def text(body: Json, name: str, default: str = "", longest: int | None = None) -> str:
    """Return a text of 1 to `longest` characters."""
    value = body.get(name, default)
    if not isinstance(value, str) or not value or (longest and len(value) > longest):
        raise ControlError(f"{name} must be a text")
    return value


def path_text(body: Json) -> str:
    """Return the text of a path."""
    path = body.get("path")
    if not isinstance(path, str) or not path.startswith("/") or "?" in path:
        raise ControlError("path must begin with / and leave out the query")
    return path


def within(body: Json, name: str, default: int, low: int, high: int) -> int:
    """Return an integer of [low, high]."""
    value = as_integer(body.get(name, default))
    if type(value) is not int or not low <= value <= high:
        raise ControlError(f"{name} must be within {low} and {high}")
    return value


def one_of(body: Json, name: str, choices: Iterable[str], default: str | None = None) -> str:
    """Return one of the choices; not `in` a dict, which raises TypeError for a list."""
    value = body.get(name, default)
    if value not in tuple(choices):
        raise ControlError(f"{name} must be one of {', '.join(choices)}")
    return str(value)


def switch(body: Json, name: str, *, default: bool | None = None) -> bool:
    """Return true or false."""
    value = as_switch(body.get(name, default))
    if type(value) is not bool:
        raise ControlError(f"{name} must be true or false")
    return value
