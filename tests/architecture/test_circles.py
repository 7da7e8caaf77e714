"""No file of the program imports itself through others, for typing or late either."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
IMPORT = re.compile(
    r"^[ \t]*((?:from +\S+ +import +(?:\([^()]*\)|[^\n(]+))|import +[^\n]+)", re.MULTILINE
)
"""A statement of imports: to parse only these takes a tenth of the time."""


def modules_under(folder: Path) -> dict[str, Path]:
    """Return the modules of a package by their names; a package is its `__init__`."""
    named = {
        ".".join(path.relative_to(folder.parent).with_suffix("").parts): path
        for path in folder.rglob("*.py")
    }
    return {name.removesuffix(".__init__"): path for name, path in named.items()}


def imported_by(name: str, modules: Mapping[str, Path]) -> Iterator[str]:
    """Yield what a module imports, anywhere in it; a package only for its own names."""
    path = modules[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    statements = IMPORT.findall(path.read_text(encoding="utf-8"))
    for node in ast.parse("\n".join(statements)).body:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for each in node.names:
                full = f"{base}.{each.name}"
                yield full if full in modules else base


def import_graph(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return which other modules each module imports by name."""
    return {name: set(imported_by(name, modules)) & modules.keys() - {name} for name in modules}


def circle_in(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of a circle, empty without one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_imports_between_files() -> None:
    modules = modules_under(ROOT / "desktop_app")
    assert len(modules) > 300
    assert circle_in(import_graph(modules)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import town.b",
        "from town.b import x",
        "from town import b",
        "from .b import x",
        "from . import b",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from town.b import x",
        "def late():\n    from town.b import x",
    ],
)
def test_a_circle_is_found_however_it_is_imported(tmp_path: Path, text: str) -> None:
    town = tmp_path / "town"
    town.mkdir()
    for name, source in (("__init__", ""), ("a", text), ("b", "from town.c import y"), ("c", "")):
        (town / f"{name}.py").write_text(source)
    assert circle_in(import_graph(modules_under(town))) == []
    (town / "c.py").write_text("from town.a import late")
    assert set(circle_in(import_graph(modules_under(town)))) == {"town.a", "town.b", "town.c"}
