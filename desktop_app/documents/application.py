"""The Qt application that documents need, created on demand and without a display."""

from __future__ import annotations

import sys
from threading import Lock

from PySide6.QtGui import QFontDatabase, QGuiApplication

_made: list[QGuiApplication] = []
"""The application created here; it must outlive every document."""
_making = Lock()


def ensure_application() -> None:
    """Create an application unless one exists: printing a document without one aborts."""
    with _making:
        if QGuiApplication.instance() is None:
            quiet = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
            _made.append(QGuiApplication(["pravesh", *quiet]))


def hindi_fonts() -> list[str]:
    """Return the system's font families with Devanagari; without one, Hindi prints as boxes."""
    ensure_application()
    return QFontDatabase.families(QFontDatabase.WritingSystem.Devanagari)
