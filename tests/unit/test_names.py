"""Folding of names, and how students match what was typed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.name_folding import folded, romanised, sound, spelling, words_of
from desktop_app.domain.student_matching import Exactness, MatchKind, StudentMatch, is_certain
from desktop_app.domain.students import Student
from desktop_app.domain.typed_text import TypedText, whole_letters
from tests.name_pairs import ALIKE, FAR, NEAR, OTHERS, SAME_NAME, pairs


def match(typed: str, name: str, **facts: Any) -> StudentMatch:
    return TypedText(typed).match(replace(Student("R001", name), **facts))


def test_there_are_enough_pairs_to_mean_something() -> None:
    assert len({*pairs(SAME_NAME), *pairs(ALIKE), *pairs(NEAR)}) >= 150
    assert len(set(pairs(OTHERS))) >= 60


@pytest.mark.parametrize(("typed", "name"), pairs(SAME_NAME))
def test_one_name_in_another_spelling_or_script_is_taken(typed: str, name: str) -> None:
    for one, other in ((typed, name), (name, typed)):
        found = match(one, f"{other} Xyz")
        assert (found.kind, found.is_own) == (MatchKind.FIRST_WORDS, True), (one, other, found)
        assert is_certain([found])


@pytest.mark.parametrize(("typed", "name"), pairs(ALIKE))
def test_a_name_that_sounds_alike_is_found_but_not_taken(typed: str, name: str) -> None:
    found = match(typed, f"{name} Xyz")
    assert found.is_similar_name, found
    if found.exactness is Exactness.SOUND:
        assert not is_certain([found])


@pytest.mark.parametrize(("typed", "name"), pairs(NEAR))
def test_a_name_with_another_vowel_is_found_but_not_taken(typed: str, name: str) -> None:
    found = match(typed, f"{name} Xyz")
    assert (found.kind, found.exactness) == (MatchKind.ALIKE, Exactness.VOWEL)
    assert not is_certain([found])
    assert match(typed, f"{typed} Xyz").order < found.order


@pytest.mark.parametrize(("typed", "name"), pairs(FAR))
def test_a_name_that_only_looks_near_is_not_found(typed: str, name: str) -> None:
    assert match(typed, f"{name} Xyz").kind is MatchKind.OTHER


@pytest.mark.parametrize(("typed", "name"), pairs(OTHERS))
def test_another_name_comes_after_the_one_typed(typed: str, name: str) -> None:
    own = match(typed, f"{typed.title()} Xyz")
    assert own.order < match(typed, f"{name} Xyz").order


@pytest.mark.parametrize(
    ("typed", "facts", "kind"),
    [
        ("r001", {}, MatchKind.ROLL_NO),
        ("1", {}, MatchKind.ROLL_NUMBER),
        ("001", {}, MatchKind.ROLL_NUMBER),
        ("R0", {}, MatchKind.ROLL_START),
        ("2345", {"phone": "9845012345"}, MatchKind.PHONE),
        ("45", {"phone": "9845012345"}, MatchKind.PHONE),
        ("+91 98450 12345", {"phone": "9845012345"}, MatchKind.PHONE),
        ("2345", {"guardian_phone": "9845012345"}, MatchKind.GUARDIAN_PHONE),
        ("asha rao", {}, MatchKind.WHOLE_NAME),
        ("asha", {}, MatchKind.FIRST_WORDS),
        ("ash", {}, MatchKind.NAME_START),
        ("asha r", {}, MatchKind.NAME_START),
        ("rao", {}, MatchKind.NAME_WORD),
        ("rao asha", {}, MatchKind.NAME_WORD),
        ("meena", {"guardian_name": "Meena Rao"}, MatchKind.GUARDIAN),
        ("asha meena", {"guardian_name": "Meena Rao"}, MatchKind.GUARDIAN),
        ("sha", {}, MatchKind.PART),
        ("meena", {}, MatchKind.OTHER),
    ],
)
def test_what_matched(typed: str, facts: dict[str, str], kind: MatchKind) -> None:
    assert match(typed, "Asha Rao", **facts).kind is kind


def test_the_letters_that_matched_are_marked() -> None:
    assert match("asha ra", "Asha Rao").name == ((0, 4), (5, 7))
    assert match("kavita", "कविता यादव").name == ((0, 5),)
    assert match("क", "कविता").name == ((0, 1),)
    assert match("कव", "कविता").name == ((0, 3),), "a vowel sign stays with its letter"
    assert match("लक", "लक्ष्मी").name == ((0, 7),), "what is joined is one letter"
    assert match("jose", "José Paul").name == ((0, 4),)
    assert match("neha", "Sana", guardian_name="Smt Neha Kulkarni").guardian == ((4, 8),)
    assert match("1", "Asha").roll_no == ((3, 4),)
    assert match("345", "Asha", phone="9845012345").phone_digits == 3


@pytest.mark.parametrize(
    ("kinds", "certain"),
    [
        ([], False),
        ([MatchKind.ROLL_NO, MatchKind.PHONE], True),
        ([MatchKind.PHONE], True),
        ([MatchKind.PHONE, MatchKind.PHONE], False),
        ([MatchKind.PHONE, MatchKind.GUARDIAN_PHONE], False),
        ([MatchKind.ROLL_NUMBER, MatchKind.PHONE], False),
        ([MatchKind.WHOLE_NAME, MatchKind.WHOLE_NAME], False),
        ([MatchKind.WHOLE_NAME, MatchKind.NAME_START], True),
        ([MatchKind.FIRST_WORDS, MatchKind.FIRST_WORDS], True),
        ([MatchKind.GUARDIAN_PHONE], False),
        ([MatchKind.GUARDIAN], False),
        ([MatchKind.PART], False),
        ([MatchKind.OTHER], False),
    ],
)
def test_only_what_matched_the_child_is_taken_at_once(
    kinds: list[MatchKind], certain: bool
) -> None:
    assert is_certain([StudentMatch(kind) for kind in kinds]) is certain


@given(st.sampled_from(pairs(SAME_NAME)), st.integers(2))
def test_a_name_is_found_from_its_second_letter_on(pair: tuple[str, str], letters: int) -> None:
    name = pair[1]
    typed = name[: 2 + letters % max(1, len(name) - 1)]
    assert match(typed, f"{name} Xyz").order <= (MatchKind.NAME_START, Exactness.LETTERS)


@given(st.text())
def test_any_text_is_folded_and_matched(text: str) -> None:
    for word in words_of(text):
        assert text[word.start : word.end] == word.text
        assert {folded(word.text), romanised(word.text), spelling(word.text), sound(word.text)}
    found = match(text, f"{text} Asha")
    for start, end in found.name:
        assert 0 <= start <= end <= len(text) + 5
    assert whole_letters(text, len(text)) == len(text)


@given(st.text(alphabet="कखगजटतपमरलवशसहािीुेो्ंआइ", min_size=1))
def test_devanagari_becomes_latin_letters(word: str) -> None:
    assert unicodedata.normalize("NFKD", romanised(word)).isascii()
