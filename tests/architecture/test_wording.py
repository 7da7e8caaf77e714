"""Texts as the glossary has them: no forbidden word, no turn that a machine can see."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import pytest

from tests.architecture.wording import Text, all_texts, broken, glossary

SEE = "python -m tests.architecture.wording AREA shows the rules"


def test_no_text_breaks_a_rule() -> None:
    found = [f"{text.area}: {text.words}" for text in all_texts() if broken(text)]
    assert not found, "\n".join([SEE, *found])


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("The line is back", "glossary (The line)"),
        ("Keep ₹12,500 to collect", "glossary (Keep ₹12,500 to collect)"),
        ("Give this payment up", "glossary (Give this payment up)"),
        ("Withdrawn courses", "glossary (Withdrawn)"),
        ("Press F5; it helps.", "chain (;)"),
        ("Offline: the parent may pay now", "chain (: the parent may pay)"),
        ("It stands here.", "archaic turn (stands)"),
        ("The payment is not watched.", "nobody acts (is not watched)"),
        ("The picture cannot be read.", "nobody acts (cannot be read)"),
        ("The desk could not do that.", "the desk as a person (The desk could)"),
        ("like 98450 12345", "like (like)"),
        ("Type the date like 14-03-2007.", "like (Type the date like)"),
    ],
)
def test_rules_of_english(words: str, rule: str) -> None:
    assert broken(Text("", words)) == [rule]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("विद्यार्थियों की सूची", "glossary (विद्यार्थियों)"),
        ("भुगतान हो गया", "glossary (भुगतान)"),
        ("फ़ाइल सहेजें", "glossary (सहेजें)"),
        ("रुकें; फिर चलें", "chain (रुकें; फिर चलें)"),
    ],
)
def test_rules_of_hindi(words: str, rule: str) -> None:
    assert broken(Text("", words, is_hindi=True)) == [rule]


@pytest.mark.parametrize(
    "words",
    [
        "You're offline. If the parent pays, the payment will show here once you're back online.",
        "Fee due: ₹11,800",
        "Start with `--training` or run pravesh errands.",
        "Use this file: {name}",
        "You can't undo a refund.",
        "There is no QR yet.",
    ],
)
def test_plain_texts_pass(words: str) -> None:
    assert broken(Text("", words)) == []


def test_every_kind_of_text_is_read() -> None:
    areas = {text.area for text in all_texts()}
    kinds = {"ui.counter", "services", "cli", "documents", "domain", "app", "README"}
    pages = {"resources.help.counter", "desktop_app.ui.manual.hi.counter"}
    assert kinds | pages <= areas
    help_of_command = "Import students, courses or dues from the CSV FILE"
    assert any(text.words.startswith(help_of_command) for text in all_texts())
    assert any(text.is_hindi and text.area == "documents" for text in all_texts())
    assert glossary().english.search("offline") is None


def test_a_hindi_word_is_spelled_one_way() -> None:
    """One word is not written with a dot below (ज़) in one text and without in another."""
    spelled: defaultdict[str, set[str]] = defaultdict(set)
    for text in all_texts():
        for word in re.findall("[\u0900-\u097f]+", text.words if text.is_hindi else ""):
            letters = unicodedata.normalize("NFD", word)
            spelled[letters.replace("\u093c", "")].add(letters)
    twice = [" / ".join(sorted(ways)) for ways in spelled.values() if len(ways) > 1]
    assert not twice, "\n".join(twice)
