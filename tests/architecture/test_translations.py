"""Translation catalogues: complete, with the same values and access keys in both languages."""

from __future__ import annotations

import json
import re

import pytest

from desktop_app.ui.core.i18n import HOME, LANGUAGES, catalogue
from tests.architecture.manual import stale, unlisted_settings
from tests.architecture.translations import missing

OTHERS = [each for each in LANGUAGES if each != "en"]
_VALUE = re.compile(r"\{[^{}]*\}|%\d")
_DEVANAGARI_DIGIT = re.compile("[\\u0966-\\u096f]")
_KEY_HERE = re.compile(r"&(?![& ])\w")
_KEY_THERE = re.compile(r"\(&[A-Z0-9]\)")


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code: str) -> None:
    assert missing(code) == {}


@pytest.mark.parametrize("code", OTHERS)
def test_values_are_in_both_languages(code: str) -> None:
    for source, translation in catalogue(code).items():
        assert sorted(_VALUE.findall(source)) == sorted(_VALUE.findall(translation)), source


@pytest.mark.parametrize("code", OTHERS)
def test_an_access_key_is_a_latin_letter_in_brackets(code: str) -> None:
    for source, translation in catalogue(code).items():
        has_key = bool(_KEY_HERE.search(source.replace("&&", "")))
        assert len(_KEY_THERE.findall(translation)) == int(has_key), source


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_empty_and_digits_stay_latin(code: str) -> None:
    for source, translation in catalogue(code).items():
        assert translation.strip(), source
        assert not _DEVANAGARI_DIGIT.search(translation), source


@pytest.mark.parametrize("code", OTHERS)
def test_no_catalogue_repeats_a_text(code: str) -> None:
    for path in sorted((HOME / code).glob("*.json")):
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), path.name


def test_the_package_carries_the_manual_as_it_was_written() -> None:
    assert stale() == (), "run python -m tests.architecture.manual"


def test_the_manual_lists_every_setting_and_its_default() -> None:
    assert unlisted_settings() == (), "add its row to resources/help/command-line.md"
