"""The English of docstrings and comments: their openings, and turns that may not come back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    r")\b",
    re.IGNORECASE,
)


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the strings that form a statement, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield node.lineno, text


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_docstrings_open_in_plain_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text.splitlines()[0]}"
        for path in FILES
        for line, text in docstrings(path.read_text(encoding="utf-8"))
        if OPENING.match(text.lstrip())
    ]
    assert not found, "\n".join(found)


def test_turns_that_do_not_come_back() -> None:
    found: list[str] = []
    for path in FILES:
        source = path.read_text(encoding="utf-8")
        for line, text in (*docstrings(source), *comments(source)):
            found += [
                f"{path.relative_to(ROOT)}:{line}: {turn[0]}"
                for turn in TURNS.finditer(" ".join(text.split()))
            ]
    assert not found, "\n".join(found)
