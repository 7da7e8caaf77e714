"""How well a student matches what was typed, and what follows from it for the counter.

What matched the child comes before what matched a guardian, a beginning before a later word, the
letters typed before another spelling.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[int, int]
"""The first letter of what matched, and the one after it."""


class Exactness(IntEnum):
    """How a word matched."""

    LETTERS = 0
    SPELLING = 1
    """The same name, spelled otherwise or in the other script."""
    SOUND = 2
    """A name that sounds alike, and may be another."""
    VOWEL = 3
    """A name that differs by one vowel from what sounds alike."""


class MatchKind(IntEnum):
    """Kinds of matches, the best first."""

    ROLL_NO = 0
    ROLL_NUMBER = 1
    """The digits at the end of the roll number, without its zeros: 7 for R007."""
    PHONE = 2
    ROLL_START = 3
    WHOLE_NAME = 4
    FIRST_WORDS = 5
    """Whole words at the beginning of the name."""
    NAME_START = 6
    NAME_WORD = 7
    ALIKE = 8
    GUARDIAN_PHONE = 9
    GUARDIAN = 10
    PART = 11
    """Letters or digits inside a word of the name, the roll number or the phone number."""
    OTHER = 12
    """Found by the index only, such as the inside of a guardian's phone number."""


_BY_DIGITS = frozenset({MatchKind.ROLL_NUMBER, MatchKind.PHONE, MatchKind.GUARDIAN_PHONE})


class StudentMatch(NamedTuple):
    """The part of a student that matched a text.

    Attributes:
        name: letters of the name that matched; so for the others.
        phone_digits: how many digits at the end of the student's phone number matched.
    """

    kind: MatchKind
    exactness: Exactness = Exactness.LETTERS
    name: tuple[Span, ...] = ()
    guardian: tuple[Span, ...] = ()
    roll_no: tuple[Span, ...] = ()
    phone_digits: int = 0
    guardian_phone_digits: int = 0

    @property
    def order(self) -> tuple[int, int]:
        """The place among matches, best first."""
        return self.kind, self.exactness

    def sort_key(self, roll_no: str) -> tuple[int, int, str]:
        """Return the key by which results are sorted: of equals, roll numbers typed in order."""
        return (*self.order, roll_no if self.kind is MatchKind.ROLL_START else "")

    @property
    def is_own(self) -> bool:
        """Whether the child itself matched: its name, its roll number or its own phone."""
        return self.kind < MatchKind.GUARDIAN_PHONE and self.exactness < Exactness.SOUND

    @property
    def is_similar_name(self) -> bool:
        """Whether the child may be the one whose name was typed in full."""
        return self.kind in (MatchKind.WHOLE_NAME, MatchKind.FIRST_WORDS, MatchKind.ALIKE)


def is_certain(matches: Sequence[StudentMatch]) -> bool:
    """Return whether the first match can be taken without looking.

    It is the child's own, and no other student has the same name, or fits the same digits.

    Args:
        matches: of all results, best first.
    """
    if not matches or not matches[0].is_own:
        return False
    if len(matches) == 1:
        return True
    first, second = matches[0], matches[1]
    if first.kind in _BY_DIGITS:
        return second.kind not in _BY_DIGITS
    return first.kind is not MatchKind.WHOLE_NAME or first.order != second.order
