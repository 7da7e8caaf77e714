"""The words of all names, with what they are folded to: a search looks other spellings up here.

A name that nobody has any more leaves its words behind, which then find nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.name_folding import folded, sound, spelling, words_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_ADD = "INSERT INTO name_words VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def add_name_words(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Add the words of names that no student had so far."""
    texts = {text for name in names for text in name.split()}
    words = {folded(word.text) for text in texts for word in words_of(text)}
    connection.executemany(_ADD, ((word, spelling(word), sound(word)) for word in sorted(words)))
