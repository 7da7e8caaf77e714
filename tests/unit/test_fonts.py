"""The doctor's look for a font that writes Hindi."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from desktop_app.config import fonts
from desktop_app.services.views.maintenance import Health


@pytest.mark.parametrize(
    ("listed", "health", "words"),
    [
        ("Noto Serif Devanagari\nNoto Sans Devanagari,Noto\n", Health.GOOD, "Noto Sans Devanagari"),
        ("", Health.NOTE, "No font for Hindi"),
    ],
)
def test_the_fonts_of_linux(
    monkeypatch: pytest.MonkeyPatch, listed: str, health: Health, words: str
) -> None:
    done = subprocess.CompletedProcess((), 0, listed, "")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/fc-list")
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: done)
    found = fonts.probe_fonts()
    assert found.health is health
    assert words in found.finding
    assert bool(found.advice) is (health is not Health.GOOD)


def test_where_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert fonts.probe_fonts().health is Health.NOTE


def test_a_list_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_args: object, **_more: object) -> None:
        raise subprocess.TimeoutExpired("fc-list", fonts.TIMEOUT_S)

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/fc-list")
    monkeypatch.setattr(subprocess, "run", hang)
    assert fonts.probe_fonts().health is Health.NOTE


def test_other_systems_bring_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert fonts.probe_fonts().health is Health.GOOD
