"""JSON Schemas of the shapes in `schemas/` and `requests.json`.

Requests use the rules of `schemas/` and four more: `paise` (an amount of money), `text 40` (a
string of that length), `pairs` (notes as they are sent) and `array of NAME`. The name of a route's
answer may also be `page of NAME`, or `any` for an object of any shape. Must not know the routes.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..account import MAX_AMOUNT_PAISE
from ..clock import EARLIEST, LATEST
from ..validation import MAX_NOTE_CHARACTERS, MAX_NOTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Schema = dict[str, Any]
Shape = dict[str, str]

HERE = files(__package__)
MIN_AMOUNT_PAISE = 100
SIMPLE: dict[str, Schema] = {
    "any": {"type": "object"},
    "object": {"type": "object"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "empty list": {"type": "array", "maxItems": 0},
    "strings": {"type": "array", "items": {"type": "string"}},
    "instant": {"type": "integer", "minimum": EARLIEST, "maximum": LATEST},
    "notes": {
        "anyOf": [{"type": "object", "minProperties": 1}, {"type": "array", "maxItems": 0}],
    },
    "payment_links": {
        "type": "object",
        "properties": {
            "payment_links": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/payment_link"},
            }
        },
        "required": ["payment_links"],
        "additionalProperties": False,
    },
    "paise": {"type": "integer", "minimum": MIN_AMOUNT_PAISE, "maximum": MAX_AMOUNT_PAISE},
    "pairs": {
        "type": "object",
        "maxProperties": MAX_NOTES,
        "additionalProperties": {"type": "string", "maxLength": MAX_NOTE_CHARACTERS},
    },
}


def answers() -> dict[str, Shape]:
    """Return the shapes of all objects in answers."""
    return {name: _read(f"schemas/{name}.json") for name in sorted(_names())}


def requests() -> dict[str, Shape]:
    """Return the shapes of all bodies and of the objects inside them."""
    found: dict[str, Shape] = _read("requests.json")
    return found


def operations() -> dict[str, str]:
    """Return the text of each route: `body -> answer ? query`."""
    found: dict[str, str] = _read("operations.json")
    return found


def _names() -> Iterator[str]:
    for path in (HERE / "schemas").iterdir():
        if path.name.endswith(".json"):
            yield path.name.removesuffix(".json")


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def schema_of(shape: Shape) -> Schema:
    """Return the JSON Schema of an object; other keys than those of the shape are wrong."""
    return {
        "type": "object",
        "properties": {name.rstrip("?"): rule_schema(rule) for name, rule in shape.items()},
        "required": [name for name in shape if not name.endswith("?")],
        "additionalProperties": False,
    }


def rule_schema(rule: str) -> Schema:
    """Return the JSON Schema of a rule."""
    parts = [_part_schema(part) for part in rule.split(" or ")]
    return parts[0] if len(parts) == 1 else {"anyOf": parts}


def _part_schema(rule: str) -> Schema:
    if rule in SIMPLE:
        return SIMPLE[rule]
    kind, _, rest = rule.partition(" ")
    return _MADE[kind](rest.removeprefix("of ")) if kind in _MADE else reference(rule)


def _page(name: str) -> Schema:
    items = {"type": "array", "items": reference(name)}
    return {
        "type": "object",
        "properties": {"entity": {"const": "collection"}, "count": SIMPLE["integer"]}
        | {"items": items},
        "required": ["entity", "count", "items"],
        "additionalProperties": False,
    }


def reference(name: str) -> Schema:
    """Return a reference to a named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str) -> Schema:
    """Return a list that is not empty, or a collection with it."""
    return {"anyOf": [{**_array(name), "minItems": 1}, _page(name)]}


def _array(name: str) -> Schema:
    return {"type": "array", "items": _part_schema(name)}


_MADE: dict[str, Callable[[str], Schema]] = {
    "=": lambda rest: {"type": "string", "enum": rest.split(" | ")},
    "id": lambda rest: {"type": "string", "pattern": f"^{rest}_[0-9A-Za-z]{{14}}$"},
    "text": lambda rest: {"type": "string", "maxLength": int(rest)},
    "page": _page,
    "array": _array,
    "list": _list,
}
