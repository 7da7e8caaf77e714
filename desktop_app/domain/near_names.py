"""Names that differ by one vowel: the last and loosest kind of a match, for longer words."""

from __future__ import annotations

import re
from functools import lru_cache

from desktop_app.domain.name_folding import REMEMBERED, sound

_VOWEL = r"(?<![aeiou]){vowel}(?![aeiou])"
_SWAPS = [
    (re.compile(_VOWEL.format(vowel=vowel)), by)
    for vowel, by in (("e", "i"), ("i", "e"), ("o", "u"), ("u", "o"))
]
_GAP = re.compile(
    r"(?<=[aeiou][^aeiouy])(?=[^aeiouhy][aeiou])|(?<=[aeiou][^aeiouy]h)(?=[^aeiouhy])"
)
_SHORT_VOWEL = re.compile(r"(?<=[aeiou][^aeiouy])[eiou](?=[^aeiouhy][aeiou])")
_WITH_H = [
    (re.compile(r"(?<![aeiou])e(?=h[^aeiou])"), "a"),
    (re.compile(r"(?<![aeiou])a(?=h[^aeiou])"), "e"),
    (re.compile(r"(?<=a)h$"), ""),
]


@lru_cache(maxsize=REMEMBERED)
def near_sounds(spelled: str) -> tuple[str, ...]:
    """Return the sounds of a spelling with one vowel heard otherwise, or one more.

    E for i, o for u, and a short vowel between two consonants: Fatema and Fatma for Fatima.
    """
    swapped = [one for pattern, by in _SWAPS for one in _each_replaced(spelled, pattern, by)]
    longer = [one for by in "ieuo" for one in _each_replaced(spelled, _GAP, by)]
    return tuple(dict.fromkeys(sound(each) for each in (*swapped, *longer)))


@lru_cache(maxsize=REMEMBERED)
def near_spellings(spelled: str) -> tuple[str, ...]:
    """Return a spelling without one of its short vowels, or with another one before an h.

    Fatma for Fatima, Mahta for Mehta, and Fatima for Fatimah. The sound of these would join
    other names: it drops every a, so that Anita without its i sounds like Anant.
    """
    shorter = _each_replaced(spelled, _SHORT_VOWEL, "")
    with_h = [one for pattern, by in _WITH_H for one in _each_replaced(spelled, pattern, by)]
    return tuple(dict.fromkeys((*shorter, *with_h)))


def _each_replaced(text: str, pattern: re.Pattern[str], by: str) -> list[str]:
    """Return the text with one of what matches replaced, for each of them."""
    return [text[: at.start()] + by + text[at.end() :] for at in pattern.finditer(text)]
