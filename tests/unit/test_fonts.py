"""The doctor's check for a font that writes Hindi."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desktop_app import fonts
from desktop_app.documents import application
from desktop_app.documents.fonts import probe_fonts
from desktop_app.services.views.maintenance import Health

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication


@pytest.mark.parametrize(
    ("families", "health", "words"),
    [
        (["Noto Serif Devanagari", "Noto Sans Devanagari"], Health.GOOD, "Noto Sans Devanagari"),
        ([], Health.NOTE, "No Hindi font"),
    ],
)
def test_the_fonts_that_qt_sees(
    monkeypatch: pytest.MonkeyPatch, families: list[str], health: Health, words: str
) -> None:
    monkeypatch.setattr(application, "hindi_fonts", lambda: families)
    found = probe_fonts()
    assert found.health is health
    assert words in found.finding
    assert bool(found.advice) is (health is not Health.GOOD)


def test_no_program_of_the_system_is_needed(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    found = probe_fonts()
    assert "Couldn't load the fonts" not in found.finding
    assert (found.health is Health.GOOD) is bool(application.hindi_fonts())


NO_FONTS = """
import sys
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter

app = QGuiApplication(["x", "-platform", "offscreen"])
devanagari = QFontDatabase.WritingSystem.Devanagari


def painted(face):
    image = QImage(200, 60, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    face.setPixelSize(30)
    painter.setFont(face)
    painter.drawText(5, 40, "आशा क्षेत्र")
    painter.end()
    return image


assert QFontDatabase.families(devanagari) == []
boxes = painted(QFont(app.font()))
{load}
assert QFontDatabase.families(devanagari) == ["Noto Sans Devanagari"]
assert painted(QFont(app.font())) != boxes
assert painted(QFont(app.font())) == painted(QFont("Noto Sans Devanagari"))
{load}
"""
LOADS = {
    "window": "from desktop_app.ui.core.devanagari import ensure_devanagari as load; load()",
    "receipts": "from desktop_app.documents.application import hindi_fonts as load; load()",
}


@pytest.fixture
def without_fonts(tmp_path: Path) -> dict[str, str]:
    """The environment of a system that has no font at all."""
    listed = tmp_path / "fonts.conf"
    listed.write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{tmp_path}</dir>"
        f"<cachedir>{tmp_path}/cache</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return {**os.environ, "FONTCONFIG_FILE": str(listed), "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fontconfig lists the fonts")
@pytest.mark.parametrize("part", LOADS)
def test_a_system_without_devanagari_uses_the_font_that_comes_with_the_program(
    without_fonts: dict[str, str], part: str
) -> None:
    program = NO_FONTS.replace("{load}", LOADS[part])
    done = subprocess.run(
        [sys.executable, "-c", program], env=without_fonts, capture_output=True, text=True,
        timeout=50, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_font_may_be_shipped_and_is_small() -> None:
    licence = (fonts.HOME / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(path.is_file() for path in fonts.files())
    assert sum(path.stat().st_size for path in fonts.files()) < 400_000


def test_a_start_in_english_reads_no_font(tmp_path: Path) -> None:
    program = (
        "import sys; from desktop_app.app import build; "
        f"app, window = build(['--data-dir', {str(tmp_path)!r}]); "
        "assert 'desktop_app.ui.core.devanagari' not in sys.modules; "
        "assert 'desktop_app.fonts' not in sys.modules; sys.stdout.flush(); import os; os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_where_qt_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "desktop_app.documents.application", None)
    found = probe_fonts()
    assert found.health is Health.NOTE
    assert "Couldn't load the fonts" in found.finding
