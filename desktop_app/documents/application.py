"""The Qt application that documents need, created on demand and without a display."""

from __future__ import annotations

import sys
from threading import Lock

from PySide6.QtGui import QFontDatabase, QGuiApplication

from desktop_app import fonts

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
    """Return the font families with Devanagari; where the system has none, ours is added first."""
    ensure_application()
    with _making:
        found = QFontDatabase.families(QFontDatabase.WritingSystem.Devanagari)
        if not found:
            for path in fonts.files():
                QFontDatabase.addApplicationFont(str(path))
            found = QFontDatabase.families(QFontDatabase.WritingSystem.Devanagari)
    return found
