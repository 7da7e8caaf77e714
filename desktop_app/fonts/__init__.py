"""A Devanagari font that comes with the program, for systems without one.

Noto Sans Devanagari, under the SIL Open Font License (`OFL.txt`), two weights, without the Latin
letters, which every system has. Files only: who draws text hands them to Qt.
"""

from __future__ import annotations

from pathlib import Path

HOME = Path(__file__).parent
FAMILY = "Noto Sans Devanagari"


def files() -> tuple[Path, ...]:
    """Return the files of the font, the regular one first."""
    return tuple(HOME / f"NotoSansDevanagari-{weight}.ttf" for weight in ("Regular", "Bold"))
