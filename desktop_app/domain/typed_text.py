"""A text from a search box, compared with students that an index found."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple, Self

from desktop_app.domain.name_folding import (
    SHORT_FORMS,
    Word,
    folded,
    sound,
    spelling,
    words_of,
)
from desktop_app.domain.student_matching import Exactness, MatchKind, StudentMatch
from desktop_app.domain.text import clean_line

if TYPE_CHECKING:
    from desktop_app.domain.student_matching import Span
    from desktop_app.domain.students import Student

SHORTEST_PHONE_ENDING = 2
SHORTEST_ALIKE = 3
"""Letters typed, and letters that are heard, from which on a similar beginning is a match."""
SHORTEST_NEAR = 4
"""Letters typed from which on a word with another vowel is a match; one more for a beginning."""
_ROLL_PARTS = re.compile(r"(.*?)0*(\d+)")
_PHONE_SIGNS = re.compile(r"[\s().\-/+]")
_VIRAMA = "\u094d"
_JOINERS = "\u200c\u200d"


class TypedWord(NamedTuple):
    """A word that was typed, as letters, spelling and sound to compare."""

    letters: str
    spelling: str
    sound: str

    @classmethod
    def of(cls, word: str) -> Self:
        """Return a word prepared to be compared."""
        return cls(folded(word), spelling(word), sound(word))

    @property
    def near_sounds(self) -> tuple[str, ...]:
        """The sounds of words that differ by one vowel; none for few letters."""
        from desktop_app.domain.near_names import near_sounds  # nine expressions to compile

        return near_sounds(self.spelling) if len(self.letters) >= SHORTEST_NEAR else ()

    @property
    def near_spellings(self) -> tuple[str, ...]:
        """The spellings of such words, with one vowel less or another one before an h."""
        from desktop_app.domain.near_names import near_spellings

        return near_spellings(self.spelling) if len(self.letters) >= SHORTEST_NEAR else ()

    @property
    def is_near_from_start(self) -> bool:
        """Whether enough was typed for the beginning of a longer word with another vowel."""
        return len(self.letters) > SHORTEST_NEAR

    @property
    def is_heard(self) -> bool:
        """Whether enough was typed to look for what sounds alike."""
        return len(self.letters) >= SHORTEST_ALIKE or self.letters in SHORT_FORMS

    @property
    def is_heard_from_start(self) -> bool:
        """Whether enough is heard of it for the beginning of a longer word."""
        return len(self.sound) >= SHORTEST_ALIKE

    def matches(self, word: str, exactness: Exactness) -> bool:
        """Return whether a word of a name begins with this one, or sounds like it."""
        if exactness is Exactness.LETTERS:
            return folded(word).startswith(self.letters)
        if exactness is Exactness.SPELLING:
            return len(self.spelling) > 1 and spelling(word).startswith(self.spelling)
        return (
            self.sounds_like(sound(word)) if exactness is Exactness.SOUND else self._is_near(word)
        )

    def is_whole(self, word: str) -> bool:
        """Return whether a word is this one, in any spelling."""
        return self.letters == folded(word) or self.spelling == spelling(word)

    def sounds_like(self, other: str) -> bool:
        """Return whether a word that sounds so may be meant."""
        if not self.is_heard:
            return False
        return other.startswith(self.sound) if self.is_heard_from_start else self.sound == other

    def _is_near(self, word: str) -> bool:
        """Return whether a word differs by one vowel."""
        if self.is_near_from_start:
            is_one = sound(word).startswith(self.near_sounds)
            return is_one or spelling(word).startswith(self.near_spellings)
        return sound(word) in self.near_sounds or spelling(word) in self.near_spellings


class TypedText:
    """A text from a search box, prepared to be compared with many students.

    Attributes:
        line: the text without needless spaces.
        digits: the digits of a phone number or of its end; empty for other text.
        words: its words.
    """

    def __init__(self, typed: str) -> None:
        self.line = clean_line(typed)
        self.digits = phone_digits(self.line)
        self.words = [TypedWord.of(word.text) for word in words_of(self.line)]
        self._small = self.line.casefold()

    def match(self, student: Student) -> StudentMatch:
        """Return how a student matches."""
        found = (
            self._by_roll_no(student.roll_no),
            self._by_phone(student.phone, student.guardian_phone),
            self._by_name(student.name, student.guardian_name),
            self._by_part(student.roll_no, student.name, student.phone),
        )
        return min(
            (each for each in found if each is not None),
            key=lambda each: each.order,
            default=StudentMatch(MatchKind.OTHER),
        )

    def _by_roll_no(self, roll_no: str) -> StudentMatch | None:
        small = roll_no.casefold()
        if small == self._small:
            return StudentMatch(MatchKind.ROLL_NO, roll_no=((0, len(roll_no)),))
        number = _ROLL_PARTS.fullmatch(small)
        if number and number[2] == self._small.lstrip("0"):
            return StudentMatch(MatchKind.ROLL_NUMBER, roll_no=(number.span(2),))
        if small.startswith(self._small):
            return StudentMatch(MatchKind.ROLL_START, roll_no=((0, len(self.line)),))
        return None

    def _by_phone(self, phone: str, guardian_phone: str) -> StudentMatch | None:
        count = len(self.digits)
        if count and phone.endswith(self.digits):
            return StudentMatch(MatchKind.PHONE, phone_digits=count)
        if count and guardian_phone.endswith(self.digits):
            return StudentMatch(MatchKind.GUARDIAN_PHONE, guardian_phone_digits=count)
        return None

    def _by_name(self, name: str, guardian_name: str) -> StudentMatch | None:
        own, others = _Taken(words_of(name)), _Taken(words_of(guardian_name))
        if not self.words:
            return None
        for at, word in enumerate(self.words):
            if not own.take(word, at) and not others.take(word, at):
                return None
        exactness = max(own.exactness, others.exactness)
        if others.spans:
            kind = MatchKind.GUARDIAN
        elif exactness >= Exactness.SOUND:
            kind = MatchKind.ALIKE
        else:
            kind = own.kind(self.words)
        return StudentMatch(kind, exactness, tuple(own.spans), tuple(others.spans))

    def _by_part(self, roll_no: str, name: str, phone: str) -> StudentMatch | None:
        in_name, in_roll = [], []
        for part in (self.digits or self._small).split():
            at = name.casefold().find(part)
            if at >= 0:
                in_name.append((at, whole_letters(name, at + len(part))))
            elif (at := roll_no.casefold().find(part)) >= 0:
                in_roll.append((at, at + len(part)))
            elif part not in phone:
                return None
        return StudentMatch(MatchKind.PART, name=tuple(in_name), roll_no=tuple(in_roll))


class _Taken:
    """The words of a name, of which each is taken by one typed word."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._free = list(range(len(words)))
        self._places: list[int] = []
        self.exactness = Exactness.LETTERS
        self.spans: list[Span] = []

    def take(self, typed: TypedWord, at: int) -> bool:
        """Use up the word that matches best, of equals the one at this place, else the first."""
        for exactness in Exactness:
            fits = [p for p in self._free if typed.matches(self._words[p].text, exactness)]
            if fits:
                self._use(typed, at if at in fits else fits[0], exactness)
                return True
        return False

    def _use(self, typed: TypedWord, place: int, exactness: Exactness) -> None:
        self._free.remove(place)
        self._places.append(place)
        self.exactness = max(self.exactness, exactness)
        self.spans.append(_span(self._words[place], typed, exactness))

    def kind(self, typed: list[TypedWord]) -> MatchKind:
        """Return what the words that were taken are of the name."""
        if self._places != list(range(len(typed))):
            return MatchKind.NAME_WORD
        pairs = zip(typed, self._words, strict=False)
        if not all(each.is_whole(word.text) for each, word in pairs):
            return MatchKind.NAME_START
        return MatchKind.FIRST_WORDS if self._free else MatchKind.WHOLE_NAME


def _span(word: Word, typed: TypedWord, exactness: Exactness) -> Span:
    """Return the letters typed; the whole word where it is spelled otherwise."""
    if exactness is not Exactness.LETTERS:
        return word.start, word.end
    end = 0
    while len(folded(word.text[:end])) < len(typed.letters):
        end += 1
    return word.start, word.start + whole_letters(word.text, end)


def whole_letters(text: str, end: int) -> int:
    """Return where the letter ends that has its last part at `end`: signs and what is joined."""
    while end < len(text) and (
        unicodedata.category(text[end]) in {"Mn", "Mc"}
        or text[end] in _JOINERS
        or (text[end - 1] in _VIRAMA + _JOINERS and text[end].isalpha())
    ):
        end += 1
    return end


def phone_digits(typed: str) -> str:
    """Return the digits of a phone number or its end, without +91 or 0; empty for other text."""
    bare = _PHONE_SIGNS.sub("", unicodedata.normalize("NFKC", typed))
    if not bare.isdecimal() or len(bare) < SHORTEST_PHONE_ENDING:
        return ""
    digits = "".join(str(unicodedata.digit(each)) for each in bare)
    if len(digits) == 12 and digits.startswith("91"):  # noqa: PLR2004 - 91 and ten digits
        return digits[2:]
    if len(digits) == 11 and digits.startswith("0"):  # noqa: PLR2004 - 0 and ten digits
        return digits[1:]
    return digits
