"""The sound of a payment: ours, short, mutable, and never an error."""

from __future__ import annotations

import shutil
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from desktop_app.ui.shell.chime import Chime, play_file
from desktop_app.ui.sounds import PAID, write

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk


class Player:
    """Plays nothing, and remembers what it was given."""

    def __init__(self) -> None:
        self.played: list[Path] = []

    def __call__(self, path: Path) -> bool:
        self.played.append(path)
        return True


def test_the_shipped_sound_is_what_its_script_writes(tmp_path: Path) -> None:
    write(tmp_path / "again.wav")
    assert (tmp_path / "again.wav").read_bytes() == PAID.read_bytes()


def test_it_is_short_and_small() -> None:
    with wave.open(str(PAID), "rb") as file:
        assert file.getnframes() / file.getframerate() < 0.6
        frames = file.readframes(file.getnframes())
    assert PAID.stat().st_size < 20_000
    assert max(frames) > 0


def test_it_rings_once_for_each_payment_on_screen_or_not(clerk: Clerk) -> None:
    player = Player()
    clerk.window.parts.chime._play = player
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    assert player.played == [PAID]
    clerk.bot.wait(150)
    assert player.played == [PAID]


def test_it_is_muted_by_the_setting(clerk: Clerk) -> None:
    player = Player()
    clerk.window.parts.chime._play = player
    clerk.desk.services.settings.put("display.sound", "off")
    clerk.window.parts.controller.read_settings()
    clerk.wait(lambda: not clerk.window.parts.chime.is_on)
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    assert player.played == []


@pytest.mark.parametrize("error", [OSError("no device"), RuntimeError("Failed to play sound")])
def test_a_missing_device_is_no_error_but_a_beep(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(1))

    def play(_path: Path) -> bool:
        raise error

    Chime(play=play).ring()
    Chime(play=lambda _path: False).ring()
    assert beeps == [1, 1]


def test_a_player_of_the_system_is_started_detached(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(QApplication, "platformName", lambda: "xcb")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/aplay" if name == "aplay" else None)

    def start(program: str, options: list[str]) -> bool:
        started.append((program, options))
        return True

    monkeypatch.setattr(QProcess, "startDetached", start)
    assert play_file(PAID)
    assert started == [("/usr/bin/aplay", ["-q", str(PAID)])]
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert not play_file(PAID)


def test_without_a_screen_nothing_is_played(qapp: QApplication) -> None:
    assert QApplication.platformName() in {"offscreen", "minimal"}
    assert play_file(Path("nowhere.wav"))
