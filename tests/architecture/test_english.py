"""The English of docstrings and comments: their openings, and turns that may not come back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
FILES = sorted(path for home in ("desktop_app", "tests") for path in (ROOT / home).rglob("*.py"))
OPENING = re.compile(r"(What|Tell|Give|Say|Let|Take)\b")
TURNS = re.compile(
    r"\b("
    r"nought|meanwhile|at present|apart|all the same|given up|met with|whoever|whomever|one's"
    r"|reckon(s|ed|ing)?|mend(s|ed|ing)?|seldom|afresh|anew|lest|whereof|thereof|therein"
    r"|of (its|their|his|her|our|my) own|(is|are|was|were) (not )?to be|to be had"
    r"|(is|are|was|were|be|been) said|tells?|told|goes on"
    r"|of now|of before"
    r"|(came|come|comes|became|become|becomes) of"
    r"|(stands?(?! (for|in for)\b)|stood)"
    r"|(desk|window|page|row|screen|program|gateway|header|answer|code|list|receipt) says?"
    r")\b"
)
"""Looked for in small letters: to ignore the case takes three times as long."""
MAY_OPEN = re.compile(r"[\"']\s*(What|Tell|Give|Say|Let|Take)\b")
ESCAPE = re.compile(r"\\\w")


def statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield all statements of a body, those inside of others too."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(node, part, ()))


@cache
def docstrings(path: Path) -> tuple[tuple[int, str], ...]:
    """Return the strings that form a statement, with their lines."""
    return tuple(
        (node.lineno, node.value.value)
        for node in statements(ast.parse(path.read_text(encoding="utf-8")).body)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def turns(text: str) -> list[str]:
    """Return the turns in a text, however its lines are broken."""
    return [turn[0] for turn in TURNS.finditer(" ".join(text.lower().split()))]


def may_hold_a_turn(source: str) -> bool:
    """Return whether a turn is anywhere in a file: to parse it takes most of the time."""
    return bool(turns(ESCAPE.sub(" ", source)))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the comments with their lines, of a file in which one may hold a turn."""
    source = path.read_text(encoding="utf-8")
    lines = (line for line in source.splitlines() if "#" in line)
    if not any(turns(line) for line in lines):
        return  # telling comments from strings takes most of the time
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_docstrings_open_in_plain_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text.splitlines()[0]}"
        for path in FILES
        if MAY_OPEN.search(path.read_text(encoding="utf-8"))
        for line, text in docstrings(path)
        if OPENING.match(text.lstrip())
    ]
    assert not found, "\n".join(found)


def test_turns_that_do_not_come_back() -> None:
    found: list[str] = []
    for path in FILES:
        if not may_hold_a_turn(path.read_text(encoding="utf-8")):
            continue
        for line, text in (*docstrings(path), *comments(path)):
            found += [f"{path.relative_to(ROOT)}:{line}: {turn}" for turn in turns(text)]
    assert not found, "\n".join(found)


def test_turns_are_found_in_docstrings_and_comments_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(
        'def one():\n    """Return what the\n    desk says."""\n'
        "    if True:\n        'Take it.'\n"
        "    return '# nought'  # for nought\n"
    )
    assert docstrings(path) == ((2, "Return what the\n    desk says."), (5, "Take it."))
    assert list(comments(path)) == [(6, "# for nought")]
    assert turns("Return what the\n    desk says, for Nought.") == ["desk says", "nought"]
    assert MAY_OPEN.search(path.read_text())


def test_a_file_that_may_hold_a_turn_is_parsed() -> None:
    assert may_hold_a_turn("'Return what the\n    desk says.'")
    assert may_hold_a_turn(r"'Return\nnought.'")
    assert not may_hold_a_turn("'Return what the desk shows.'")
