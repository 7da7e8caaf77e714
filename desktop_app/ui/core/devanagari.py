"""Devanagari in the window, on systems that have no font for it."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase

from desktop_app import fonts


def ensure_devanagari() -> None:
    """Add the font that comes with the program, unless the system has one; may be called again.

    Qt then falls back to it for Devanagari in any face. A start in English calls this once the
    window is in use: reading the system's fonts takes a few milliseconds.
    """
    if not QFontDatabase.families(QFontDatabase.WritingSystem.Devanagari):
        for path in fonts.files():
            QFontDatabase.addApplicationFont(str(path))
