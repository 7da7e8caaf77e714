"""Parsing of Flask's request into a Call, from strict JSON or a form.

Must not know any resource. A broken, foreign or endless body is a refusal, never a crash. A body
that opens with a brace is JSON whatever its type says, as `curl -d` sends it.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

from .form_parsing import FORM, TooDeepError, read_form
from .scalars import are_strict
from .validation import Call

if TYPE_CHECKING:
    from flask import Request

MAX_DEPTH = 32
MAX_KEYS = 1000
TOO_DEEP = "The request body is nested too deeply."
TOO_MANY = "The request body has too many fields."


class UnreadableBodyError(Exception):
    """A body that is not a JSON object."""


def _no_constant(name: str) -> NoReturn:
    raise UnreadableBodyError(f"The request body is not valid JSON: {name} is no number.")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def read_object(request: Request) -> dict[str, Any]:
    """Return the body's object; an empty body, `null` and `[]` are empty objects."""
    raw = request.get_data().strip()
    if not raw:
        return {}
    if request.mimetype == FORM and raw[:1] not in b"{[" and raw != b"null" and not are_strict():
        return _read_form(raw)
    body = _read_json(raw)
    if body is None or body == []:
        return {}
    if not isinstance(body, dict):
        raise UnreadableBodyError("The request body must be a JSON object.")
    _check_size(body)
    return body


def _read_form(raw: bytes) -> dict[str, Any]:
    try:
        return read_form(raw.decode("utf-8"), MAX_KEYS, MAX_DEPTH)
    except TooDeepError:
        raise UnreadableBodyError(TOO_DEEP) from None
    except ValueError:
        too_many = raw.count(b"&") >= MAX_KEYS
        words = TOO_MANY if too_many else "The request body is not a valid form."
        raise UnreadableBodyError(words) from None


def _read_json(raw: bytes) -> Any:
    try:
        body = DECODER.decode(raw.decode("utf-8"))
        if b"\\u" in raw:  # half of a pair of characters cannot be written again
            json.dumps(body, ensure_ascii=False).encode()
    except RecursionError:
        raise UnreadableBodyError(TOO_DEEP) from None
    except ValueError:
        raise UnreadableBodyError("The request body is not valid JSON.") from None
    return body


def _check_size(value: Any) -> None:
    deepest, values, level = 0, -1, [value]
    while level:
        deepest, values = deepest + 1, values + len(level)
        if deepest > MAX_DEPTH:
            raise UnreadableBodyError(TOO_DEEP)
        if values > MAX_KEYS:
            raise UnreadableBodyError(TOO_MANY)
        level = [inner for outer in level for inner in _inside(outer)]


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def read_call(request: Request, path: dict[str, str]) -> Call:
    """Return the call of a request."""
    return Call(
        body=read_object(request) if request.method not in ("GET", "HEAD") else {},
        query=list(request.args.items(multi=True)) if request.query_string else [],
        path=path,
        headers=dict(request.headers.items()),
    )
