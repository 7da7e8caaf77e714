"""The OpenAPI 3.1 document: every call of the API and of the control plane.

The bodies are those of the strict reading; forms, digits as text and so on are taken too. Must not
answer anything itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .shapes import (
    SIMPLE,
    Schema,
    answers,
    operations,
    reference,
    requests,
    rule_schema,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..sandbox_context import Route

VERSION = "3.1.0"
PARAMETER = re.compile(r"<([a-z_]+)>")
CONTROL = "/_sandbox"
# A whole page of a list: its parameters and their bounds.
PAGE: dict[str, Schema] = {
    "from": SIMPLE["instant"],
    "to": SIMPLE["instant"],
    "count": {"type": "integer", "minimum": 1, "maximum": 100},
    "skip": {"type": "integer", "minimum": 0},
}
QUERY: dict[str, Schema] = {
    "authorized": {"type": "string", "enum": ["0", "1"]},
    "active": {"type": "string", "enum": ["0", "1"]},
    "expand[]": {"type": "array", "items": {"type": "string"}},
    "year": {"type": "integer", "minimum": 2000, "maximum": 2100},
    "month": {"type": "integer", "minimum": 1, "maximum": 12},
    "day": {"type": "integer", "minimum": 1, "maximum": 31},
    "limit": {"type": "integer", "minimum": 1},
    "since": {"type": "integer", "minimum": 0},
    "status": {"type": "integer", "minimum": 100, "maximum": 599},
    "type": {"type": "string", "enum": ["invoice"]},
}
REFUSALS = {"400": "Wrong input, an unknown id, or an unknown URL."}
API_REFUSALS = {**REFUSALS, "401": "A wrong key pair.", "429": "Too many requests."}
CONFLICT = {"409": "Another request with the same idempotency key."}


def document(routes: Iterable[Route], base_url: str) -> dict[str, Any]:
    """Return the document."""
    told, paths = operations(), dict[str, Schema]()
    for route in routes:
        path = PARAMETER.sub(r"{\1}", route.rule)
        known = told.get(f"{route.method} {route.rule}", "-> any")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, known)
    shapes = answers() | requests()
    return {
        "openapi": VERSION,
        "info": {"title": "Razorpay sandbox", "version": "1", "license": {"name": "MIT"}},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": {name: schema_of(shape) for name, shape in shapes.items()}
            | {"refusal": _refusal(), "control_refusal": _control_refusal()},
            "securitySchemes": {"keys": {"type": "http", "scheme": "basic"}},
        },
    }


def _operation(route: Route, known: str) -> Schema:
    """Return one call; `known` is its line in `operations.json`."""
    body, _, rest = known.partition("->")
    answer, _, query = rest.partition("?")
    is_control = route.rule.startswith(CONTROL)
    summary = (route.answer.__doc__ or "").partition("\n")[0]
    made: Schema = {
        "operationId": re.sub(r"\W+", "_", f"{route.method} {route.rule}").strip("_"),
        "summary": summary,
        "parameters": [*_path_parameters(route), *_query_parameters(query.split())],
        "responses": {
            "200": _content("The answer.", rule_schema(answer.strip())),
            **_refusals(route, is_control=is_control),
        },
    }
    if not is_control:
        made["security"] = [{"keys": []}]
    if body.strip():
        made["requestBody"] = {"content": _json(reference(body.strip())), "required": True}
    return made


def _refusals(route: Route, *, is_control: bool) -> Schema:
    if is_control:
        return {
            status: _content(words, reference("control_refusal"))
            for status, words in REFUSALS.items()
        }
    refunds = route.method == "POST" and route.rule.endswith(("/refund", "/refunds"))
    found = API_REFUSALS | (CONFLICT if refunds else {})
    return {status: _content(words, reference("refusal")) for status, words in found.items()}


def _path_parameters(route: Route) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in PARAMETER.findall(route.rule)
    ]


def _query_parameters(names: list[str]) -> list[Schema]:
    found: dict[str, Schema] = {}
    for name in names:
        key, _, rule = name.partition(":")
        schema = rule_schema(rule) if rule else QUERY.get(key, SIMPLE["string"])
        found |= PAGE if name == "page" else {key: schema}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in found.items()]


def _content(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": _json(schema)}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _refusal() -> Schema:
    error = {"error": reference("error")}
    return {"type": "object", "properties": error, "required": ["error"]}


def _control_refusal() -> Schema:
    """Return the control plane's refusal: a text, or Razorpay's error for what it refuses."""
    error = {"anyOf": [{"type": "string"}, reference("error")]}
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}
