"""Plays the sound of a fee that was paid, where there is something to play it with.

It is never the only sign: the tick, the words and the screen reader are. A missing device, player
or file is no error; then the system's beep has to do.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
"""Programs of Linux and macOS that play a file, with their options."""


class Chime(QObject):
    """Rings once for each payment, unless it is muted.

    Args:
        play: plays a file and returns whether it could; by default with the system's player.
    """

    def __init__(
        self, parent: QObject | None = None, play: Callable[[Path], bool] | None = None
    ) -> None:
        super().__init__(parent)
        self.is_on = True
        self._play = play or play_file

    def ring(self) -> None:
        """Ring; never raises, never waits for the sound to end."""
        if not self.is_on:
            return
        from desktop_app.ui.sounds import PAID

        try:
            was_played = self._play(PAID)
        except (OSError, RuntimeError):  # no device: winsound says RuntimeError
            was_played = False
        if not was_played:
            QApplication.beep()


def play_file(path: Path) -> bool:
    """Play a file with the system's player, in another process; return whether there is one.

    Without a screen there is nobody to hear it: nothing is played.
    """
    if QApplication.platformName() in {"offscreen", "minimal"}:
        return True
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC)
        return True
    for program, *options in _PLAYERS:
        found = shutil.which(program)
        if found is not None:
            from PySide6.QtCore import QProcess  # a start makes eight enumerations for it

            return bool(QProcess.startDetached(found, [*options, str(path)]))
    return False
