"""Searches the manual's pages: which have a text, and the words around it. Touches no widget."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LEAST_LETTERS = 2
AROUND = 32
_MARKUP = re.compile(r"^\|[-|]+\|$|^#+ |[|*`]", re.MULTILINE)


class Match(NamedTuple):
    """A page that has the text, and its first words around it."""

    topic: str
    words: str


def find(text: str, topics: Iterable[str], page: Callable[[str], str]) -> tuple[Match, ...]:
    """Return the pages that have a text, in their order; none for a text of one letter.

    Args:
        text: what is searched for, in any capitals.
        topics: the names of the pages.
        page: returns the Markdown of a page.
    """
    wanted = text.strip().casefold()
    if len(wanted) < LEAST_LETTERS:
        return ()
    found = []
    for topic in topics:
        plain = " ".join(_MARKUP.sub(" ", page(topic)).split())
        at = plain.casefold().find(wanted)
        if at >= 0:
            found.append(Match(topic, _around(plain, at, len(wanted))))
    return tuple(found)


def _around(plain: str, at: int, length: int) -> str:
    """Cut whole words out around a place, with dots where something is left out."""
    start, end = max(0, at - AROUND), min(len(plain), at + length + AROUND)
    if start:
        start = plain.find(" ", start, at) + 1 or at
    if end < len(plain):
        end = plain.rfind(" ", at + length, end)
        end = at + length if end < 0 else end
    head, tail = "…" if start else "", "…" if end < len(plain) else ""
    return f"{head}{plain[start:end].strip()}{tail}"
