"""Text that people typed, made fit for paper: literal, on one line, its direction kept to itself.

Writes HTML text only; it never lets a name become markup, nor turn its neighbours around.
"""

from __future__ import annotations

import unicodedata
from html import escape

from desktop_app.domain.text import clean_line

_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _END = "\u2068", "\u2069"


def printable(text: str) -> str:
    """Clean a text, keep its direction to itself where it runs from the right, and escape it."""
    line = clean_line(text)
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        line = f"{_ISOLATE}{line}{_END}"
    return escape(line)
