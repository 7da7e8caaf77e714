"""No code asks for one method, tender or channel: it asks the rules and traits of each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import desktop_app

ROOT = Path(desktop_app.__file__).parent
NAMES = {"Method", "Tender", "Channel"}
NO_CHANNEL = "AUTO"
"""It names no channel and no tender: it says that one is chosen."""


def decisions(source: str) -> list[int]:
    """Return the lines that decide by a single member, as a comparison or as a pattern."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare | ast.MatchValue)
        and any(_is_member(inner) for inner in ast.walk(node))
    ]


def _is_member(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in NAMES
        and node.attr != NO_CHANNEL
    )


def test_nothing_decides_by_a_single_member() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in ROOT.rglob("*.py")
        for source in [path.read_text(encoding="utf-8")]
        if any(f"{name}." in source for name in NAMES)
        for line in decisions(source)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "is_cash = method is Method.CASH",
        "if view.method in {Method.AUTO, Method.QR_CODE}: pass",
        "words = 'drawer' if row.tender == Tender.CASH else 'bank'",
        "match channel:\n    case Channel.QR_CODE: pass",
    ],
)
def test_a_decision_by_a_member_shows(line: str) -> None:
    assert len(decisions(line)) == 1


def test_a_choice_of_a_member_is_none() -> None:
    assert not decisions("begin(student, Method.CASH)\nis_auto = method is Method.AUTO")
