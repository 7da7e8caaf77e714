"""Strict JSON: no duplicate keys, no NaN, no endless numbers or nesting; objects at the top."""

from __future__ import annotations

import json
from typing import Any

from desktop_app.gateway.errors import BrokenAnswerError, WireError


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        WireError: it is not an object, or not strictly well-formed.
    """
    try:
        found = json.loads(
            body.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant
        )
    except WireError:
        raise
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BrokenAnswerError("the answer is not JSON") from error
    except ValueError as error:
        raise WireError("the answer has a number of thousands of digits") from error
    except RecursionError as error:
        raise WireError("the answer is nested too deeply") from error
    if not isinstance(found, dict):
        raise WireError("the answer is not an object")
    return found


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WireError("the answer names a field twice")
    return found


def _no_constant(name: str) -> float:
    raise WireError(f"the answer has {name} for a number")
