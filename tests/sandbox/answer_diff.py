"""Deep comparison of two answers: same keys, same types, same words where words are an enumeration.

Values of people and money may differ; values that a client branches on must not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Keys whose values a client branches on: the words must be equal.
WORDS = {
    "entity",
    "event",
    "status",
    "method",
    "currency",
    "usage",
    "type",
    "refund_status",
    "speed_requested",
    "speed_processed",
    "phase",
    "code",
    "description",
    "field",
    "source",
    "step",
    "reason",
    "error_code",
    "error_source",
    "error_step",
    "error_reason",
    "close_reason",
    "flow",
    "action",
    "contains",
    "success",
    "errors",
}
# Words only inside an error; elsewhere they are free text.
ERROR_WORDS = {"description", "source", "step", "reason", "code", "field"}
# Objects whose keys are the caller's own, or the bank's.
FREE = ("notes", "instrument", "acquirer_data", "customer")


def differences(wanted: Any, given: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Yield every difference as (path, description)."""
    if kind(wanted) != kind(given):
        yield path, f"{kind(wanted)} there, {kind(given)} here"
    elif isinstance(wanted, dict):
        yield from _objects(wanted, given, path)
    elif isinstance(wanted, list):
        yield from _lists(wanted, given, path)
    elif _is_word(path) and masked(wanted) != masked(given):
        yield path, f"{wanted!r} there, {given!r} here"


def _objects(wanted: dict[str, Any], given: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if path.rpartition(".")[2] in FREE:
        return
    for name in sorted(wanted.keys() - given.keys()):
        yield f"{path}.{name}", "only there"
    for name in sorted(given.keys() - wanted.keys()):
        yield f"{path}.{name}", "only here"
    for name in sorted(wanted.keys() & given.keys()):
        yield from differences(wanted[name], given[name], f"{path}.{name}")


def _lists(wanted: list[Any], given: list[Any], path: str) -> Iterator[tuple[str, str]]:
    if bool(wanted) != bool(given):
        yield path, f"{len(wanted)} items there, {len(given)} here"
    for there, here in zip(wanted, given, strict=False):
        yield from differences(there, here, f"{path}[]")


def _is_word(path: str) -> bool:
    name = path.replace("[]", "").rpartition(".")[2]
    if name in ERROR_WORDS:
        return ".error." in path
    return name in WORDS


def kind(value: Any) -> str:
    """Return the name of a JSON type."""
    if value is None:
        return "null"
    return {bool: "boolean", int: "integer", float: "number", str: "string"}.get(
        type(value), "object" if isinstance(value, dict) else "list"
    )


def masked(value: Any) -> Any:
    """Return a text with its ids masked, which always differ."""
    if not isinstance(value, str):
        return value
    return re.sub(r"\S*[0-9A-Z]\S* is not", "<id> is not", value)
