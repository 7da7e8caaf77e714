"""Check of an answer against the schema files in `openapi/schemas/` of the sandbox."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMAS = Path(__file__).parents[2] / "desktop_app/sandbox/openapi/schemas"
FIRST_INSTANT, LAST_INSTANT = 946_684_800, 4_765_046_400
SIMPLE: dict[str, Callable[[Any], bool]] = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: type(v) is int,
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "object": lambda v: isinstance(v, dict),
    "empty list": lambda v: v == [],
    "strings": lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v),
    "instant": lambda v: type(v) is int and FIRST_INSTANT <= v <= LAST_INSTANT,
    "notes": lambda v: v == [] or (isinstance(v, dict) and bool(v)),
}


@cache
def schema(name: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return read


def shape_errors(name: str, value: Any, path: str) -> Iterator[str]:
    """Yield the schema errors of an object of that kind."""
    if not isinstance(value, dict):
        yield f"{path}: not an object"
        return
    rules = {key.rstrip("?"): rule for key, rule in schema(name).items()}
    needed = {key for key in schema(name) if not key.endswith("?")}
    yield from (f"{path}.{key}: missing" for key in sorted(needed - value.keys()))
    yield from (f"{path}.{key}: unknown" for key in sorted(value.keys() - rules.keys()))
    for key in value.keys() & rules.keys():
        yield from _rule_errors(rules[key], value[key], f"{path}.{key}")


def _rule_errors(rule: str, value: Any, path: str) -> Iterator[str]:
    found: list[str] = []
    for part in rule.split(" or "):
        wrong = list(_part_errors(part, value, path))
        if not wrong:
            return
        found += wrong
    yield f"{path}: {value!r:.80} is not {rule} ({'; '.join(found)[:200]})"


def _part_errors(rule: str, value: Any, path: str) -> Iterator[str]:
    if rule in SIMPLE:
        if not SIMPLE[rule](value):
            yield f"not {rule}"
    elif rule.startswith("= "):
        if value not in rule[2:].split(" | "):
            yield f"not {rule}"
    elif rule.startswith("id "):
        if not isinstance(value, str) or not re.fullmatch(f"{rule[3:]}_[0-9A-Za-z]{{14}}", value):
            yield f"not {rule}"
    elif rule.startswith("list of "):
        yield from _list_errors(rule[8:], value, path)
    else:
        yield from shape_errors(rule, value, path)


def _list_errors(name: str, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value.get("entity") == "collection":
        if value.keys() != {"entity", "count", "items"} or value["count"] != len(value["items"]):
            yield f"{path}: not a collection"
        value = value.get("items")
    if not isinstance(value, list) or not value:
        yield f"{path}: not a list of {name}"
        return
    for item in value:
        yield from shape_errors(name, item, f"{path}[]")
