"""Words of names, folded so that spellings and scripts of one name meet.

`spelling` joins what is the same name to every clerk: कविता and Kavita, Laxmi and Lakshmi. `sound`
is coarser: Choudhary and Chaudhari, Shrivastava and Srivastav, and now and then two names that
merely sound alike. A folded beginning of a word is the beginning of the folded word, with few
exceptions, so that both can be compared while somebody types.

Devanagari is written in Latin letters as Indian names are, not by a scholarly standard: without the
vowels that are not spoken (कुलकर्णी is Kulkarni) and without marks of length. Libraries that
transliterate keep both, and cost a quarter of a second to import.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0900-\u097f\u200c\u200d]+|[^\W_]+)*")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
REMEMBERED = 8_192

CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n p ph b bh m y r l l v sh sh s h".split(),
        strict=True,
    )
)
WITH_DOT = {"ज": "z", "फ": "f", "ड": "r", "ढ": "rh", "क": "q", "ग": "g"}
"""Consonants with the dot (nukta) below."""
VOWELS = dict(zip("अआइईउऊऋएऐओऔऍऑ", "a a i i u u ri e ai o au e o".split(), strict=True))
SIGNS = dict(zip("ािीुूृेैोौॅॉ", "a i i u u ri e ai o au e o".split(), strict=True))
_SILENT = "\u094d"
_LETTERS = re.compile(
    f"(?P<consonant>[{''.join(CONSONANTS)}])(?P<dot>\u093c?)(?P<sign>[{''.join(SIGNS)}{_SILENT}]?)"
    f"|(?P<vowel>[{''.join(VOWELS)}])|(?P<nasal>[ंँ])|(?P<other>\\w)"
)
_SPOKEN = ((re.compile("ज्ञ"), "ग्य"), (re.compile("(?<=ा)व$"), "ओ"))
"""Letters that are spoken otherwise than they are written; राव is Rao."""
_LIPS = frozenset("pbm")
_SPOKEN_AFTER_TWO = frozenset("yrvnm")
"""Consonants that keep their vowel at the end of a word, after another: Mishra, Aditya, Krishna."""


class Word(NamedTuple):
    """A word of a name, and where it is in it."""

    text: str
    start: int
    end: int


class _Syllable:
    """Consonants, the vowel after them (empty where silent), and a nasal after that."""

    def __init__(self, consonants: list[str], vowel: str, *, is_written: bool) -> None:
        self.consonants, self.vowel, self.is_written = consonants, vowel, is_written
        self.nasal = False

    @property
    def is_light(self) -> bool:
        """Whether the vowel is the unwritten one, which may not be spoken."""
        return bool(self.vowel) and not self.is_written and not self.nasal


def words_of(text: str) -> list[Word]:
    """Return the words of a text."""
    return [Word(each.group(), each.start(), each.end()) for each in _WORD.finditer(text)]


@lru_cache(maxsize=REMEMBERED)
def folded(word: str) -> str:
    """Return a word in small letters, without the accents of Latin letters."""
    small = word.casefold()
    if small.isascii() or _DEVANAGARI.search(small):
        return small
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", small)
        if not "\u0300" <= letter <= "\u036f"
    )
    return unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=REMEMBERED)
def romanised(word: str) -> str:
    """Return a word in Latin letters."""
    small = folded(word)
    return _latin(small) if _DEVANAGARI.search(small) else small


_SPELLINGS = [
    (re.compile(pattern), by)
    for pattern, by in (
        (r"w", "v"),
        (r"x|ksh", "ks"),
        (r"q|ck", "k"),
        (r"z", "j"),
        (r"ph", "f"),
        (r"chh", "ch"),
        (r"(.)\1+", r"\1\1"),
        (r"ee", "i"),
        (r"oo", "u"),
        (r"(.)\1", r"\1"),
        (r"ou", "au"),
        (r"ov(?![aeiou])", "au"),
        (r"(?<=[^aeiou])y$", "i"),
        (r"^verm", "varm"),
        (r"(?<=^chaudh)[aeu]?(?=r)", "a"),
    )
]
_SOUNDS = [
    (re.compile(pattern), by)
    for pattern, by in (
        (r"^hr", "r"),
        (r"(?<=[bcdgjkprst])h", ""),
        (r"(?:jn|dny|gny)", "gy"),
        (r"(?<=[kmgdps])ru(?=[^aeiou])|^ru(?=[st])", "ri"),
        (r"au", "o"),
        (r"[ae][iy]|(?<=[^aeiou])y(?=[^aeiouy])", "e"),
        (r"(?<=.)y", "i"),
        (r"(?<=.)a", ""),
        (r"n(?=[bpm])", "m"),
        (r"(.)\1+", r"\1"),
        (r"^muh", "moh"),
        (r"[ei]nd(?:er|r)$", "indr"),
        (r"med$", "md"),
        (r"(?<=[aeiou])se$", "s"),
    )
]
SHORT_FORMS = {
    **dict.fromkeys(("md", "mhd", "mohd"), "mohmd"),
    **dict.fromkeys(("sk", "shk", "skh"), "sek"),
    "kr": "kumr",
    "sinh": "sing",
    **dict.fromkeys(("aiyar", "aiyer", "ayyar", "ayar"), "ier"),
    **dict.fromkeys(("yusuf", "yausuf", "yusaf"), "yosuf"),
}
"""Spellings that no rule joins, and what they sound like."""


@lru_cache(maxsize=REMEMBERED)
def spelling(word: str) -> str:
    """Return the form that all spellings of one name in both scripts share."""
    return _replaced(romanised(word), _SPELLINGS)


@lru_cache(maxsize=REMEMBERED)
def sound(word: str) -> str:
    """Return what is heard of a word at a counter: consonants, and the vowels that differ."""
    spelled = spelling(word)
    return SHORT_FORMS.get(spelled) or _replaced(spelled, _SOUNDS)


def _replaced(text: str, rules: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, by in rules:
        text = pattern.sub(by, text)
    return text


def _latin(word: str) -> str:
    """Return a word of Devanagari, perhaps with other letters between, in Latin letters."""
    syllables = _syllables(word)
    for at in range(len(syllables) - 1, -1, -1):
        if _is_unspoken(syllables, at):
            syllables[at].vowel = ""
    return "".join(_written(syllables, at) for at in range(len(syllables)))


def _syllables(word: str) -> list[_Syllable]:
    text = unicodedata.normalize("NFD", word)
    for written, spoken in _SPOKEN:
        text = written.sub(spoken, text)
    found: list[_Syllable] = []
    waiting: list[str] = []
    for each in _LETTERS.finditer(text):
        if each["nasal"]:
            if found:
                found[-1].nasal = True
            continue
        waiting += _latin_letters(each)
        if each["sign"] != _SILENT:
            vowel = VOWELS.get(each["vowel"]) or SIGNS.get(each["sign"])
            is_light = each["sign"] == ""
            found.append(_Syllable(waiting, vowel or "a" * is_light, is_written=not is_light))
            waiting = []
    if waiting:
        found.append(_Syllable(waiting, "", is_written=True))
    return found


def _latin_letters(each: re.Match[str]) -> list[str]:
    """Return a consonant in Latin letters; none for a vowel without one."""
    consonant = each["consonant"]
    if consonant:
        return [(each["dot"] and WITH_DOT.get(consonant)) or CONSONANTS[consonant]]
    return [each["other"]] if each["other"] else []


def _is_unspoken(syllables: list[_Syllable], at: int) -> bool:
    """Return whether the unwritten vowel of a syllable is silent: at the end, or amid others."""
    this = syllables[at]
    if not this.is_light:
        return False
    if at == len(syllables) - 1:
        return len(this.consonants) < 2 or not _ends_in_vowel(this.consonants)  # noqa: PLR2004
    if at == 0 or len(this.consonants) != 1:
        return False
    before, after = syllables[at - 1], syllables[at + 1]
    return bool(before.vowel) and len(after.consonants) == 1 and bool(after.vowel)


def _ends_in_vowel(consonants: list[str]) -> bool:
    last, before = consonants[-1], consonants[-2]
    return last in _SPOKEN_AFTER_TWO and last != before and (before != "r" or last in "yv")


def _written(syllables: list[_Syllable], at: int) -> str:
    this = syllables[at]
    after = syllables[at + 1] if at + 1 < len(syllables) else None
    next_letter = after.consonants[0] if after is not None and after.consonants else ""
    nasal = ""
    if this.nasal:
        nasal = "m" if next_letter[:1] in _LIPS else "ng" if next_letter == "h" else "n"
    return "".join(this.consonants) + this.vowel + nasal
