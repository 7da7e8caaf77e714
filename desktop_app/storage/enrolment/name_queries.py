"""Full-text queries for typed names, in the order of their results.

The letters as typed come first, then every other spelling of the words, then what sounds alike, at
last what differs by a vowel.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.domain.typed_text import TypedWord
    from desktop_app.storage.read_connections import ReadConnection

    _Alternatives = list[list[str]]

MOST_WORDS = 64
"""Words of names that one typed word may stand for, the shortest first."""
HIGHEST = "\U0010ffff"
_WORDS = """
    SELECT word FROM name_words WHERE {column} >= :low AND {column} < :high
    AND NOT (word >= :letters AND word < :letters_high)
    ORDER BY length(word), word LIMIT :most
"""
_SPELLED = _WORDS.format(column="spelling")
_SPELLED_SO = "SELECT word FROM name_words WHERE spelling = :low ORDER BY word LIMIT :most"
_SOUNDING = _WORDS.format(column="sound")
_SOUNDING_SO = "SELECT word FROM name_words WHERE sound = :low ORDER BY word LIMIT :most"
_NEAR = """
    SELECT word FROM (
        SELECT n.word FROM json_each(:sounds) AS t CROSS JOIN name_words AS n
        ON n.sound >= t.value AND n.sound < t.value || :after
        UNION
        SELECT n.word FROM json_each(:spellings) AS t CROSS JOIN name_words AS n
        ON n.spelling >= t.value AND n.spelling < t.value || :after)
    ORDER BY length(word), word LIMIT :most
"""
_NOTHING_AFTER = "\x01"
"""Sorts behind a word and before every longer one."""


class NameQueries:
    """Queries of names for some typed words; other spellings are read when they are needed."""

    def __init__(self, reading: ReadConnection, words: list[TypedWord]) -> None:
        self._reading, self._typed = reading, words
        self._whole: _Alternatives = [[f'"{word.letters}"'] for word in words]
        self._letters: _Alternatives = [[f'"{word.letters}" *'] for word in words]

    @cached_property
    def _spelled(self) -> _Alternatives:
        return self._or(self._letters, self._spelled_so)

    @cached_property
    def _alike(self) -> _Alternatives:
        return self._or(self._or(self._spelled, self._sounding), self._near)

    def everybody(self) -> str:
        """Return a query that finds all whom any of the others finds, guardians as well."""
        return _query(self._alike, column="")

    def children(self) -> str:
        """Return a query of the child's name that finds all whom `best_first` finds."""
        return _query(self._alike)

    def best_first(self) -> Iterator[str]:
        """Yield queries of the child's name: whole first words, beginnings, words."""
        yield _query(self._whole, is_start=True)
        whole = self._or(self._whole, lambda word: self._words(_SPELLED_SO, word, word.spelling))
        if whole != self._whole:
            yield _query(whole, is_start=True)
        for is_start in (True, False):
            yield _query(self._letters, is_start=is_start)
            if self._spelled != self._letters:
                yield _query(self._spelled, is_start=is_start)

    def _or(self, these: _Alternatives, others: Callable[[TypedWord], list[str]]) -> _Alternatives:
        """Return these alternatives of each word, and others of it."""
        pairs = zip(these, self._typed, strict=True)
        return [list(dict.fromkeys([*each, *others(word)])) for each, word in pairs]

    def _spelled_so(self, word: TypedWord) -> list[str]:
        """Return words that begin so in another spelling; for few letters there are too many."""
        return self._words(_SPELLED, word, word.spelling) if len(word.spelling) > 1 else []

    def _sounding(self, word: TypedWord) -> list[str]:
        if not word.is_heard:
            return []
        sql = _SOUNDING if word.is_heard_from_start else _SOUNDING_SO
        return self._words(sql, word, word.sound)

    def _near(self, word: TypedWord) -> list[str]:
        """Return words that differ by one vowel."""
        if not word.near_sounds and not word.near_spellings:
            return []
        values = {
            "sounds": json.dumps(word.near_sounds), "spellings": json.dumps(word.near_spellings),
            "after": HIGHEST if word.is_near_from_start else _NOTHING_AFTER, "most": MOST_WORDS,
        }  # fmt: skip
        return [f'"{row.word}"' for row in self._reading.execute(_NEAR, values)]

    def _words(self, sql: str, word: TypedWord, low: str) -> list[str]:
        values = {
            "low": low, "high": low + HIGHEST, "letters": word.letters,
            "letters_high": word.letters + HIGHEST, "most": MOST_WORDS,
        }  # fmt: skip
        return [f'"{row.word}"' for row in self._reading.execute(sql, values)]


def _query(alternatives: _Alternatives, *, is_start: bool = False, column: str = "name : ") -> str:
    """Return a query in which every typed word is found by one of its alternatives."""
    first, *others = alternatives
    begun = [f"^ {each}" for each in first] if is_start else first
    return f"{column}({' AND '.join(f'({_either(each)})' for each in (begun, *others))})"


def _either(words: list[str]) -> str:
    return " OR ".join(words)
