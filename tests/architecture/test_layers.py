"""Checks of the code itself: layers, sizes, docstrings, imports at start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "desktop_app").rglob("*.py"))
LONGEST_FILE = 500
LONGEST_FUNCTION = 50


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_have_docstrings_and_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module opens with a docstring"
    assert len(source.splitlines()) <= LONGEST_FILE or path.parent.name == "versions"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def loaded_by(statement: str) -> set[str]:
    """Return the modules loaded by a statement in a fresh interpreter."""
    code = f"{statement}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "kept_out"),
    [
        ("import desktop_app.cli.main", {"PySide6", "sqlalchemy", "razorpay", "flask", "keyring"}),
        ("import desktop_app.cli.collect", {"PySide6", "sqlalchemy", "razorpay", "flask"}),
        ("import desktop_app.bootstrap", {"PySide6", "sqlalchemy", "razorpay", "flask", "alembic"}),
        ("import desktop_app.storage.store", {"sqlalchemy", "alembic", "PySide6"}),
        ("import desktop_app.sandbox.server", {"PySide6", "sqlalchemy", "razorpay", "requests"}),
        ("import desktop_app.app", {"sqlalchemy", "razorpay", "requests", "flask", "keyring"}),
    ],
)
def test_heavy_libraries_are_imported_late(statement: str, kept_out: set[str]) -> None:
    assert not loaded_by(statement) & kept_out


def test_a_search_in_an_existing_desk_loads_no_heavy_library(tmp_path: Path) -> None:
    opening = (
        "from pathlib import Path; import desktop_app.bootstrap as b; "
        f"o = b.open_desk(b.Options(data_dir=Path({str(tmp_path)!r}), "
        "gateway_url='http://127.0.0.1:9')); o.desk.students.search('asha'); o.close()"
    )
    loaded_by(opening)
    heavy = {"sqlalchemy", "alembic", "razorpay", "requests", "keyring", "flask", "openpyxl"}
    assert not loaded_by(opening) & heavy


def test_no_module_has_an_empty_name() -> None:
    empty = {"utils", "helpers", "manager", "data", "info", "common", "misc"}
    assert not {path.stem for path in MODULES} & empty
