"""Form bodies by PHP's bracket rules: `notes[a]=b`, `a[]=x`, `a[0]=x`, `a[0][b]=x`.

Razorpay's PHP, Ruby and older Node SDKs send their calls like this. An array whose keys are 0, 1,
2, … is a list, as PHP's JSON has it; every value is a text. Must not know any field.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

Tree = dict[str, Any]

SUBSCRIPT = re.compile(r"\[([^\]]*)\]")
INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
FORM = "application/x-www-form-urlencoded"


class TooDeepError(ValueError):
    """A name with more brackets than are allowed."""


def read_form(text: str, most_keys: int, deepest: int) -> Tree:
    """Return the tree of a form.

    Raises:
        TooDeepError: A name has more brackets than `deepest`.
        ValueError: It has more than `most_keys` values, or is not UTF-8.
    """
    tree: Tree = {}
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=most_keys)
    for name, value in pairs:
        path = _path(name)
        if len(path) > deepest:
            raise TooDeepError
        if path:
            _put(tree, path, value)
    return {name: _listed(value) for name, value in tree.items()}


def _path(name: str) -> list[str]:
    """Return a name's keys; an empty one appends. Text behind the brackets is ignored."""
    name = name.lstrip(" ")
    stem, bracket, _ = name.partition("[")
    if not stem:
        return [_plain(name)] if name else []
    keys, at = [_plain(stem)], len(stem)
    while found := SUBSCRIPT.match(name, at):
        keys.append(found[1])
        at = found.end()
    return [_plain(name)] if bracket and len(keys) == 1 else keys


def _plain(stem: str) -> str:
    return re.sub(r"[ .\[]", "_", stem)


def _put(tree: Tree, path: list[str], value: str) -> None:
    for key in path[:-1]:
        inner = tree.get(named := key or _next(tree))
        if not isinstance(inner, dict):
            inner = tree[named] = {}
        tree = inner
    tree[path[-1] or _next(tree)] = value


def _next(tree: Tree) -> str:
    return str(max((int(key) + 1 for key in tree if INDEX.fullmatch(key)), default=0))


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(part) for key, part in value.items()}
    is_list = list(inner) == [str(at) for at in range(len(inner))]
    return list(inner.values()) if is_list else inner
