"""The doctor's check for a font that writes Hindi."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from desktop_app.documents import application
from desktop_app.documents.fonts import probe_fonts
from desktop_app.services.views.maintenance import Health

if TYPE_CHECKING:
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
    assert "Couldn't get the list" not in found.finding
    assert (found.health is Health.GOOD) is bool(application.hindi_fonts())


def test_where_qt_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "desktop_app.documents.application", None)
    found = probe_fonts()
    assert found.health is Health.NOTE
    assert "Couldn't get the list" in found.finding
