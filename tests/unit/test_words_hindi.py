"""Amounts in Hindi words: every number to 99 has its own word, lakh and crore above."""

from __future__ import annotations

import unicodedata

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.words import amount_in_words
from desktop_app.domain.words_hindi import number_in_hindi

KNOWN = {
    0: "शून्य", 1: "एक", 6: "छह", 11: "ग्यारह", 18: "अठारह", 19: "उन्नीस", 21: "इक्कीस",
    25: "पच्चीस", 29: "उनतीस", 33: "तैंतीस", 36: "छत्तीस", 39: "उनतालीस", 44: "चौवालीस",
    48: "अड़तालीस", 49: "उनचास", 55: "पचपन", 59: "उनसठ", 66: "छियासठ", 69: "उनहत्तर",
    72: "बहत्तर", 75: "पचहत्तर", 79: "उनासी", 84: "चौरासी", 88: "अट्ठासी", 89: "नवासी",
    90: "नब्बे", 93: "तिरानबे", 97: "सत्तानबे", 99: "निन्यानबे",
    100: "एक सौ", 101: "एक सौ एक", 999: "नौ सौ निन्यानबे", 1_000: "एक हज़ार",
    1_001: "एक हज़ार एक", 11_800: "ग्यारह हज़ार आठ सौ", 99_999: "निन्यानबे हज़ार नौ सौ निन्यानबे",
    1_00_000: "एक लाख", 1_50_000: "एक लाख पचास हज़ार", 12_34_567:
    "बारह लाख चौंतीस हज़ार पाँच सौ सड़सठ", 1_00_00_000: "एक करोड़",
    1_00_00_001: "एक करोड़ एक",
    99_99_99_999: "निन्यानबे करोड़ निन्यानबे लाख निन्यानबे हज़ार नौ सौ निन्यानबे",
}  # fmt: skip


@pytest.mark.parametrize(("number", "words"), list(KNOWN.items()))
def test_numbers_have_their_common_words(number: int, words: str) -> None:
    assert number_in_hindi(number) == unicodedata.normalize("NFC", words)


def test_no_two_numbers_share_their_words() -> None:
    numbers = [*range(2_000), *range(99_000, 1_01_000), *range(99_99_000, 1_00_01_000)]
    words = {number_in_hindi(number) for number in numbers}
    assert len(words) == len(numbers)
    for each in words:
        assert unicodedata.is_normalized("NFC", each)
        assert set(each) <= {" "} | {chr(code) for code in range(0x0900, 0x0966)}


def test_every_word_ends_where_the_number_does() -> None:
    """The words of a larger number end with those of its last two digits."""
    for tail in range(1, 100):
        assert number_in_hindi(5_00_000 + tail) == f"पाँच लाख {number_in_hindi(tail)}"


@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (11_800_00, "ग्यारह हज़ार आठ सौ रुपये मात्र"),
        (1_00, "एक रुपया मात्र"),
        (0, "शून्य रुपये मात्र"),
        (1, "एक पैसा मात्र"),
        (50, "पचास पैसे मात्र"),
        (1_01, "एक रुपया और एक पैसा मात्र"),
        (2_25, "दो रुपये और पच्चीस पैसे मात्र"),
    ],
)
def test_amounts_in_hindi_are_as_on_a_cheque(paise: int, words: str) -> None:
    assert amount_in_words(Money(paise), "hi") == unicodedata.normalize("NFC", words)


def test_negative_amounts_have_no_words() -> None:
    for language in ("en", "hi"):
        with pytest.raises(ValueError, match="not negative"):
            amount_in_words(Money(-1), language)
    with pytest.raises(ValueError, match="not negative"):
        number_in_hindi(-1)
