"""The Qt application that documents need: made where there is none, without touching a display."""

from __future__ import annotations

import sys
from threading import Lock

from PySide6.QtGui import QFontDatabase, QGuiApplication

_made: list[QGuiApplication] = []
"""The application made here; it must outlive every document."""
_making = Lock()


def ensure_application() -> None:
    """Make an application where there is none: printing a document without one aborts."""
    with _making:
        if QGuiApplication.instance() is None:
            quiet = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
            _made.append(QGuiApplication(["pravesh", *quiet]))


def hindi_fonts() -> list[str]:
    """Return the system's font families with Devanagari; without one there are only boxes."""
    ensure_application()
    return QFontDatabase.families(QFontDatabase.WritingSystem.Devanagari)
