"""Tables that map promises to tests: each named test exists, each promise has a row."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "resources" / "docs"
FINDINGS = "## Findings of the second look"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def named(page: str) -> list[tuple[str, str]]:
    return TEST.findall((DOCS / page).read_text(encoding="utf-8"))


@cache
def written_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", ["never-lost.md", "ux.md", "fee-rules.md"])
def test_every_test_named_in_a_table_exists(page: str) -> None:
    found = named(page)
    assert len(found) > 30
    missing = [f"{path}::{name}" for path, name in found if name not in written_in(path)]
    assert not missing


def test_every_defect_and_complaint_has_its_row() -> None:
    text = (DOCS / "never-lost.md").read_text(encoding="utf-8")
    defects = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert defects == list(range(1, 13))
    complaints: set[int] = set()
    for row in re.findall(r"^\| [ABCE] ([\d, ]+) \|", text, re.MULTILINE):
        complaints |= {int(number) for number in row.split(",")}
    assert complaints == {*range(1, 26), *range(32, 38)}


def test_every_test_of_the_peers_is_in_the_table() -> None:
    listed = {name for _path, name in named("never-lost.md")}
    written = {
        name
        for path in ("test_peers_defects.py", "test_peers_complaints.py")
        for name in written_in(f"tests/integration/{path}")
        if name.startswith("test_")
    }
    assert written <= listed


def test_every_item_of_the_counter_has_its_row() -> None:
    text = (DOCS / "ux.md").read_text(encoding="utf-8").partition(FINDINGS)[0]
    rows = re.findall(r"^\| (\d+) \|[^|]+\| (.+) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 49))
    for number, held_by in rows:
        assert TEST.search(held_by) or held_by == "later", number


def test_findings_are_sorted_and_each_has_its_test() -> None:
    text = (DOCS / "ux.md").read_text(encoding="utf-8").partition(FINDINGS)[2]
    rows = re.findall(r"^\| ([\da–]+) \|[^|]+\| (.+) \|$", text, re.MULTILINE)  # noqa: RUF001
    numbers = [int(number.rstrip("a")) for number, _ in rows if number[0].isdecimal()]
    assert numbers == sorted(numbers)
    for number, held_by in rows:
        assert TEST.search(held_by) or "later" in held_by, number


FEE_ROW = re.compile(r"^\| ([RV])(\d+)\.(\d+)(a?) \| ([^|]+) \| (.+) \|$", re.MULTILINE)


def test_the_rules_of_fees_are_sorted_and_each_has_its_test() -> None:
    text = (DOCS / "fee-rules.md").read_text(encoding="utf-8")
    rows = FEE_ROW.findall(text)
    assert len(rows) == text.count("\n| R") + text.count("\n| V"), "a row is not of this form"
    numbers = [(kind, int(chapter), int(number), a) for kind, chapter, number, a, *_ in rows]
    assert numbers == sorted(set(numbers)), "sort the rows by number, each once"
    for kind, chapter, number, a, _, held_by in rows:
        is_later = re.search(r"later: chapter \d+", held_by)
        assert TEST.search(held_by) or is_later, f"{kind}{chapter}.{number}{a}"


def test_every_place_on_the_map_of_the_house_exists() -> None:
    words = re.findall(
        r"`([a-z_]+(?:/[a-z_]+)*(?:/|\.py))`", (DOCS / "architecture.md").read_text("utf-8")
    )
    gone = [each for each in words if not (ROOT / "desktop_app" / each).exists()]
    assert len(words) > 40
    assert not gone
