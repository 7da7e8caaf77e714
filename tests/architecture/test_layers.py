"""Checks of the code itself: layers, sizes, docstrings, imports at start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "desktop_app").rglob("*.py"))
LONGEST_FILE = 500
LONGEST_FUNCTION = 50
DOCSTRING = re.compile(r'(#.*\n|\s)*"""[^"\s]')
DEFINITION = re.compile(r"( *)(async def |def |class |@)")


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:]


def may_have_a_long_function(lines: list[str]) -> bool:
    """Return whether a function may have too many lines.

    It ends before the next definition that is not deeper than its own, if not sooner.
    """
    begun: list[tuple[int, int]] = []
    for at, line in enumerate([*lines, "def"]):
        found = DEFINITION.match(f"{line} ")
        while found and begun and begun[-1][0] >= len(found[1]):
            if at - begun.pop()[1] > LONGEST_FUNCTION:
                return True
        if found and "def" in found[2]:
            begun.append((len(found[1]), at))
    return False


def offences(path: Path) -> Iterator[str]:
    """Yield what a module lacks, or has too much of."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    if len(lines) > LONGEST_FILE and path.parent.name != "versions":
        yield f"{len(lines)} lines"
    if DOCSTRING.match(source) and not may_have_a_long_function(lines):
        return  # to parse it takes most of the time
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield "no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines"


def test_modules_have_docstrings_and_stay_small() -> None:
    found = [f"{path.relative_to(ROOT)}: {each}" for path in MODULES for each in offences(path)]
    assert len(MODULES) > 300
    assert not found, "\n".join(found)


A_DOCSTRING = '"""'.join(("", "A.", "\n"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1\n", ["no docstring"]),
        (A_DOCSTRING.replace("A.", " "), ["no docstring"]),
        (A_DOCSTRING + "x = 1\n" * 500, ["501 lines"]),
        (A_DOCSTRING + "def f():\n" + "    x = 1\n" * 50, ["f has 51 lines"]),
        (A_DOCSTRING + "def f():\n" + "    x = 1\n" * 49 + "\n" * 9 + "y = 2\n", []),
        (
            f"{A_DOCSTRING}class C:\n    async def f():\n        def g():\n"
            + "            x = 1\n" * 49,
            ["f has 51 lines"],
        ),
    ],
    ids=["bare", "empty", "long file", "long", "short", "long with one inside"],
)
def test_what_a_module_lacks_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    path = tmp_path / "example.py"
    path.write_text(text)
    assert list(offences(path)) == found


GATEWAY = "--gateway-url=http://127.0.0.1:9"


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


@pytest.mark.parametrize("asked", ["students.search('asha')", "payments.quote('u1', 'c1')"])
def test_reading_an_existing_desk_loads_no_heavy_library(tmp_path: Path, asked: str) -> None:
    open_desk(Options(data_dir=tmp_path, gateway_url="http://127.0.0.1:9")).close()
    opening = (
        "from contextlib import suppress; from pathlib import Path\n"
        "import desktop_app.bootstrap as b\n"
        "from desktop_app.services.errors import UnknownStudentError\n"
        f"o = b.open_desk(b.Options(data_dir=Path({str(tmp_path)!r}), "
        "gateway_url='http://127.0.0.1:9'))\n"
        f"with suppress(UnknownStudentError): o.desk.{asked}\n"
        "o.close()"
    )
    heavy = {"sqlalchemy", "alembic", "razorpay", "requests", "keyring", "flask", "openpyxl"}
    of_the_page = {"jinja2", "http.server", "desktop_app.checkout.server"}
    assert not loaded_by(opening) & (heavy | of_the_page)


def test_a_window_switches_off_what_slows_a_start(tmp_path: Path) -> None:
    statement = (
        f"from desktop_app.app import build; build(['--data-dir', {str(tmp_path)!r}])\n"
        "import builtins, gc\n"
        "assert builtins.__import__ is builtins.__orig_import__\n"
        "assert not gc.isenabled()"
    )
    not_shown_first = {"dataclasses", "socket", "sqlite3", "concurrent.futures", "json", "ctypes"}
    assert not loaded_by(statement) & {
        *not_shown_first,
        "desktop_app.ui.core.page",
        "desktop_app.ui.shell.composition",
    }


NOT_FOR_THE_FIRST_SEARCH = {
    "html.entities", "logging.handlers", "pickle", "socket",
    "desktop_app.domain.ageing", "desktop_app.domain.bills", "desktop_app.domain.cash_limits",
    "desktop_app.domain.fees", "desktop_app.domain.plans",
    "desktop_app.domain.promises",
    "desktop_app.gateway.client", "desktop_app.gateway.rate_limiter",
    "desktop_app.services.enrolment.courses", "desktop_app.services.enrolment.quoting",
    "desktop_app.services.maintenance.backups", "desktop_app.services.payments.service",
    "desktop_app.services.ports.queries", "desktop_app.services.ports.records",
    "desktop_app.services.receipts.issuing", "desktop_app.services.settings.table",
    "desktop_app.services.views.bills", "desktop_app.services.views.maintenance",
    "desktop_app.services.views.payments", "desktop_app.services.views.plans",
    "desktop_app.services.views.receipts", "desktop_app.storage.payments.payment_queries",
    "desktop_app.storage.unit_of_work",
}  # fmt: skip
MOST_AT_THE_FIRST_SEARCH = 213
"""Modules of the program; each costs a start about a third of a millisecond."""


def test_the_first_search_is_answered_before_the_rest_is_loaded(tmp_path: Path) -> None:
    open_desk(Options(data_dir=tmp_path, gateway_url="http://127.0.0.1:9")).close()
    statement = (
        "import os, sys\n"
        "from desktop_app.app import build\n"
        f"app, window = build(['--data-dir', {str(tmp_path)!r}, {GATEWAY!r}])\n"
        "from desktop_app.ui.shell import composition\n"
        "composition.SETTLE_MS = composition.CALM_MS = 1_000_000\n"
        "def stop(answer):\n"
        "    print(' '.join(sys.modules))\n"
        "    sys.stdout.flush(); os._exit(0)\n"
        "window.parts.counter.presenter.students.answered.connect(stop)\n"
        "window.student_box.setText('asha')\n"
        "window.show()\n"
        "app.exec()"
    )
    loaded = loaded_by(statement)
    assert {"desktop_app.ui.counter.page", "desktop_app.domain.typed_text"} <= loaded
    assert not loaded & NOT_FOR_THE_FIRST_SEARCH
    ours = sorted(name for name in loaded if name.startswith("desktop_app"))
    assert len(ours) <= MOST_AT_THE_FIRST_SEARCH, f"{len(ours)}: {ours}"


def test_the_sdk_is_loaded_without_what_guesses_encodings() -> None:
    guessers = {"chardet", "charset_normalizer"}
    loaded = loaded_by("import desktop_app.gateway.client")
    assert {"requests", "razorpay"} <= loaded
    assert not loaded & guessers
    assert guessers & loaded_by("import requests")


def test_a_whole_window_makes_no_class_that_it_does_not_use(tmp_path: Path) -> None:
    """PySide makes all classes of widgets or styles to find that of one object."""
    statement = (
        "import enum\n"
        "made, make = [], enum.EnumType.__new__\n"
        "def count(kind, name, *given, **options):\n"
        "    made.append(name)\n"
        "    return make(kind, name, *given, **options)\n"
        "enum.EnumType.__new__ = staticmethod(count)\n"
        "from desktop_app.app import build\n"
        f"app, window = build(['--data-dir', {str(tmp_path)!r}, {GATEWAY!r}])\n"
        "window.show(); window.complete()\n"
        "for _ in range(5): app.processEvents()\n"
        "assert window.parts.counter.isVisible()\n"
        "enums_of_unused = {'WizardOption', 'FontDialogOption', 'PrimitiveElement'}\n"
        "assert 'EchoMode' in made, 'the search box is a line'\n"
        "assert not enums_of_unused & set(made), enums_of_unused & set(made)\n"
        "app.setStyleSheet('')\n"
        "assert app.style().name() == 'fusion'\n"
        "assert 'PrimitiveElement' in made, 'it counts nothing'\n"
        "import os; os._exit(0)"
    )
    loaded_by(statement)


def test_no_module_has_an_empty_name() -> None:
    empty = {"utils", "helpers", "manager", "data", "info", "common", "misc"}
    assert not {path.stem for path in MODULES} & empty
