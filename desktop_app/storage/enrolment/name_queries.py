"""Full-text queries for typed names, in the order of their results.

The letters as typed come first, then every other spelling of the words, then what sounds alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.typed_text import SHORTEST_ALIKE

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


def name_queries(reading: ReadConnection, words: list[TypedWord]) -> Iterator[str]:
    """Yield queries of the child's name, best first, and at last of the guardian's as well."""

    def found(sql: str, low: Callable[[TypedWord], str]) -> _Alternatives:
        return [_words(reading, sql, word, low(word)) for word in words]

    whole: _Alternatives = [[f'"{word.letters}"'] for word in words]
    yield _query(whole, is_start=True)
    spelled_so = _or(whole, found(_SPELLED_SO, lambda word: word.spelling))
    if spelled_so != whole:
        yield _query(spelled_so, is_start=True)
    letters: _Alternatives = [[f'"{word.letters}" *'] for word in words]
    spelled = _or(letters, found(_SPELLED, lambda word: word.spelling))
    for is_start in (True, False):
        yield _query(letters, is_start=is_start)
        if spelled != letters:
            yield _query(spelled, is_start=is_start)
    alike = _or(spelled, [_sounding(reading, word) for word in words])
    if alike != spelled:
        yield _query(alike)
    yield _query(alike, column="")


def _query(alternatives: _Alternatives, *, is_start: bool = False, column: str = "name : ") -> str:
    """Return a query in which every typed word is found by one of its alternatives."""
    first, *others = alternatives
    begun = [f"^ {each}" for each in first] if is_start else first
    return f"{column}({' AND '.join(f'({_either(each)})' for each in (begun, *others))})"


def _either(words: list[str]) -> str:
    return " OR ".join(words)


def _or(these: _Alternatives, others: _Alternatives) -> _Alternatives:
    return [list(dict.fromkeys([*one, *other])) for one, other in zip(these, others, strict=True)]


def _sounding(reading: ReadConnection, word: TypedWord) -> list[str]:
    if len(word.letters) < SHORTEST_ALIKE:
        return []
    sql = _SOUNDING if len(word.sound) >= SHORTEST_ALIKE else _SOUNDING_SO
    return _words(reading, sql, word, word.sound)


def _words(reading: ReadConnection, sql: str, word: TypedWord, low: str) -> list[str]:
    values = {
        "low": low, "high": low + HIGHEST, "letters": word.letters,
        "letters_high": word.letters + HIGHEST, "most": MOST_WORDS,
    }  # fmt: skip
    return [f'"{row.word}"' for row in reading.execute(sql, values)] if low else []
