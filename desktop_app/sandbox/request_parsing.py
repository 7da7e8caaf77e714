"""Parsing of Flask's request into a Call, with strict JSON.

Must not know any resource. Broken, foreign or endless JSON is a refusal, never a crash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from .validation import Call

if TYPE_CHECKING:
    from flask import Request

MAX_DEPTH = 32


class UnreadableBodyError(Exception):
    """A body that is not a JSON object."""


def _no_constant(name: str) -> NoReturn:
    raise UnreadableBodyError(f"The request body is not valid JSON: {name} is no number.")


def read_object(request: Request) -> dict[str, Any]:
    """Return the body's JSON object; an empty body is an empty object."""
    raw = request.get_data()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise UnreadableBodyError("The request body is nested too deeply.") from None
    except ValueError:
        raise UnreadableBodyError("The request body is not valid JSON.") from None
    if body == []:
        return {}
    if not isinstance(body, dict):
        raise UnreadableBodyError("The request body must be a JSON object.")
    if _depth(body) > MAX_DEPTH:
        raise UnreadableBodyError("The request body is nested too deeply.")
    return body


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [inner for outer in level for inner in _inside(outer)]
    return deepest


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def read_call(request: Request, path: dict[str, str]) -> Call:
    """Return the call of a request."""
    return Call(
        body=read_object(request) if request.method not in ("GET", "HEAD") else {},
        query=list(request.args.items(multi=True)),
        path=path,
        headers=dict(request.headers.items()),
    )
