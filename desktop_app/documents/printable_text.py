"""Typed text made safe for paper: literal, on one line, with its direction isolated.

Returns HTML text; a name never becomes markup nor changes the direction of its neighbours.
"""

from __future__ import annotations

import unicodedata
from html import escape

from desktop_app.domain.text import clean_line

_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _END = "\u2068", "\u2069"


def printable(text: str) -> str:
    """Return a text cleaned and escaped, with right-to-left runs isolated."""
    line = clean_line(text)
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        line = f"{_ISOLATE}{line}{_END}"
    return escape(line)
