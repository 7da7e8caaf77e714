"""The README: its commands are the ones that CI runs, and the files it names exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop_app.app import DISPLAY_LIBRARIES, LIBRARIES
from tests import display
from tests.screenshots import readme as pictures

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent
COARSE = (64, 36)
MOST_DIFFERENCE = 7
"""In 255 greys: the same window differs by 0.1, in other fonts by 6, a redesigned page by 9."""


def test_the_two_commands_come_first() -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line]
    run, test = lines[:2]
    set_up = "python3 -m venv .venv && .venv/bin/pip install -c resources/constraints.txt -e "
    assert run == f"{set_up}. && .venv/bin/pravesh --training"
    assert test == f'{set_up}".[dev]" && .venv/bin/pytest'
    before = README[: README.index("```")]
    assert "pravesh --training" not in before
    assert "pytest" not in before


def test_ci_runs_exactly_the_test_command() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_test_command" in ci
    program = re.search(r"awk '(.*)' README\.md", ci)
    assert program
    done = subprocess.run(
        ["awk", program[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == BLOCKS[0].splitlines()[1]


def test_every_file_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for name in re.findall(r"^\| `([^`]+)`", README, flags=re.MULTILINE):
        assert (ROOT / name).exists(), name


def test_the_commands_of_the_other_blocks_work(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text("roll_no,name,phone\nR001,Asha,9000000001\n")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    wanted = {"import": 0, "collect": 5, "reconcile": 4, "ledger": 0}
    found = [line for block in BLOCKS[1:] for line in block.splitlines() if "/pravesh " in line]
    assert {line.split()[1] for line in found} == set(wanted)
    for line in found:
        words = [str(BIN / "pravesh"), *shlex.split(line)[1:], "--data-dir", str(tmp_path / "d")]
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == wanted[words[1]], (line, done.stderr)
        assert "Traceback" not in done.stderr


def test_constraints_are_names_and_versions_only() -> None:
    lines = (ROOT / "resources" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+", line), line


def test_apt_line_and_ci_name_exactly_the_packages_the_start_up_check_wants() -> None:
    checked = {package for _library, package in (*LIBRARIES, *DISPLAY_LIBRARIES)}
    line = next(line for block in BLOCKS for line in block.splitlines() if "apt-get" in line)
    assert set(line.split()[3:]) == checked
    installed = re.search(r"wanted=\((.*?)\)", (ROOT / ".ci" / "run").read_text(), re.DOTALL)
    assert installed
    assert {name for name in installed[1].split() if name.startswith("lib")} == checked


def test_the_licence_is_in_the_repository_and_in_the_package() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License\n\nCopyright (c) 2026 The Pravesh developers\n")
    assert 'THE SOFTWARE IS PROVIDED "AS IS"' in text
    packaged = distribution("pravesh").metadata
    assert packaged["License-Expression"] == "MIT"
    assert packaged.get_all("License-File") == ["LICENSE"], (
        "install the package again: pip install -e ."
    )


def run_tool(*words: str) -> None:
    assert f"python -m {words[0]}" in README
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]


@pytest.mark.parametrize("tool", ["tests.bench", "tests.proofs", "tests.screenshots"])
def test_the_tools_it_names_explain_themselves(tool: str) -> None:
    run_tool(tool, "--help")


def coarse(path: Path) -> bytes:
    """Return the greys of a picture's layout, without its words and figures."""
    image = QImage(str(path)).scaled(*COARSE, mode=Qt.TransformationMode.SmoothTransformation)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(grey.constBits())


@pytest.mark.timeout(170)
@pytest.mark.skipif(
    not (display.HAS_SCREEN and display.MANAGER), reason="xvfb or openbox is not installed"
)
def test_its_pictures_show_the_program_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that is out of date is taken again by the tool itself."""
    for each in ("XDG_STATE_HOME", "RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET"):
        monkeypatch.setenv(each, "")  # the tool sets it, for the window that it starts
    assert "python -m tests.screenshots.readme" in README
    assert pictures.main([str(tmp_path)]) == 0
    shown = re.findall(r"images/([a-z0-9-]+)\.png", README)
    assert sorted(shown) == sorted(path.stem for path in tmp_path.glob("*.png"))
    for name in shown:
        old, new = (coarse(folder / f"{name}.png") for folder in (pictures.IMAGES, tmp_path))
        difference = sum(abs(a - b) for a, b in zip(old, new, strict=True)) / len(new)
        assert difference < MOST_DIFFERENCE, (name, difference)
