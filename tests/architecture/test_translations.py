"""Translation catalogues: complete, with the same values and access keys in both languages."""

from __future__ import annotations

import re

import pytest

from desktop_app.services import languages
from tests.architecture.manual import stale, unlisted_settings
from tests.architecture.translations import all_forms, found_texts, missing

OTHERS = [each for each in languages.offered() if each != languages.SOURCE]
_VALUE = re.compile(r"\{[^{}]*\}|%\d")
_DEVANAGARI_DIGIT = re.compile("[\\u0966-\\u096f]")
_KEY_HERE = re.compile(r"&(?![& ])\w")
_KEY_THERE = re.compile(r"\(&[A-Z0-9]\)")


def pairs(code: str) -> list[tuple[str, str]]:
    """Return every text, its form for many too, with its translation in each form."""
    many = {text: plural for _, text, plural in found_texts() if plural}
    return [
        (text if at == 0 else many.get(text, text), form)
        for text, forms in all_forms(code).items()
        for at, form in enumerate(forms)
    ]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code: str) -> None:
    assert missing(code) == {}


@pytest.mark.parametrize("code", OTHERS)
def test_values_are_in_both_languages(code: str) -> None:
    for source, translation in pairs(code):
        assert sorted(_VALUE.findall(source)) == sorted(_VALUE.findall(translation)), source


@pytest.mark.parametrize("code", OTHERS)
def test_an_access_key_is_a_latin_letter_in_brackets(code: str) -> None:
    for source, translation in pairs(code):
        has_key = bool(_KEY_HERE.search(source.replace("&&", "")))
        assert len(_KEY_THERE.findall(translation)) == int(has_key), source


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_empty_and_digits_stay_latin(code: str) -> None:
    for source, translation in pairs(code):
        assert translation.strip(), source
        assert not _DEVANAGARI_DIGIT.search(translation), source


def test_the_package_carries_the_manual_as_it_was_written() -> None:
    assert stale() == (), "run python -m tests.architecture.manual"


def test_the_manual_lists_every_setting_and_its_default() -> None:
    assert unlisted_settings() == (), "add its row to resources/help/command-line.md"
