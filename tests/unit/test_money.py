"""Money: whole paise, Indian grouping, typed amounts, words, shares and splits."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import (
    LARGEST_PAISE,
    Money,
    format_decimal,
    format_in,
    format_rupees,
    fraction_of,
    parse_rupees,
    split,
    total,
)
from desktop_app.domain.words import amount_in_words, number_in_words

AMOUNTS = st.integers(min_value=0, max_value=10**12)


@pytest.mark.parametrize(
    ("paise", "shown"),
    [
        (0, "₹0.00"),
        (7, "₹0.07"),
        (99_999, "₹999.99"),
        (100_000, "₹1,000.00"),
        (1_180_000, "₹11,800.00"),
        (10_000_000, "₹1,00,000.00"),
        (123_456_700, "₹12,34,567.00"),
        (10_000_000_00, "₹1,00,00,000.00"),
        (-118_050, "-₹1,180.50"),
    ],
)
def test_amounts_are_grouped_the_indian_way(paise: int, shown: str) -> None:
    assert format_rupees(Money(paise)) == shown


@pytest.mark.parametrize("wrong", [1.0, True, "5", None])
def test_money_is_made_of_whole_paise_only(wrong: object) -> None:
    with pytest.raises(InvalidMoneyError):
        Money(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "paise"),
    [
        ("12,500", 1_250_000),
        ("12500.5", 1_250_050),
        ("₹ 12500", 1_250_000),
        ("Rs. 12,34,567.89", 123_456_789),
        ("1,000,000", 100_000_000),
        (" 500/- ", 50_000),
        ("१२५००", 1_250_000),
        ("0.01", 1),
        ("11 800", 1_180_000),
        ("5.", 500),
    ],
)
def test_typed_amounts_are_parsed(typed: str, paise: int) -> None:
    assert parse_rupees(typed) == Money(paise)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the amount"),
        ("abc", "Enter the amount"),
        ("12.345", "2 digits"),
        ("-5", "negative"),
        ("\u22125", "negative"),
        ("0", "above ₹0"),
        ("0.00", "above ₹0"),
        ("1e5", "Enter the amount"),
        ("12,5", "Enter the amount"),
        ("1.2.3", "Enter the amount"),
        ("9" * 30, "too large"),
        ("NaN", "Enter the amount"),
    ],
)
def test_invalid_amounts_are_refused_with_a_reason(typed: str, words: str) -> None:
    with pytest.raises(InvalidMoneyError, match=words):
        parse_rupees(typed)


def test_an_amount_over_the_limit_is_refused_by_name() -> None:
    limit = Money(1_00_000_00)
    assert parse_rupees("1,00,000", limit=limit) == limit
    with pytest.raises(InvalidMoneyError, match=r"₹1,00,000\.00"):
        parse_rupees("1,00,000.01", limit=limit)


@given(AMOUNTS)
def test_formatted_amounts_parse_back(paise: int) -> None:
    amount = Money(paise)
    assert parse_rupees(format_rupees(amount), allow_zero=True) == amount
    assert parse_rupees(format_decimal(amount), allow_zero=True) == amount


@given(AMOUNTS, st.lists(st.integers(0, 1_000), min_size=1, max_size=12).filter(any))
def test_a_split_sums_to_the_paisa_and_is_fair(paise: int, weights: list[int]) -> None:
    parts = split(Money(paise), weights)
    assert total(parts) == Money(paise)
    for part, weight in zip(parts, weights, strict=True):
        exact = paise * weight / sum(weights)
        assert abs(part.paise - exact) <= 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_needs_sensible_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(Money(100), weights)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10_000), st.integers(1, 20_000))
def test_fractions_are_exact_and_half_a_paisa_is_away_from_zero(
    paise: int, numerator: int, denominator: int
) -> None:
    exact = Fraction(paise * numerator, denominator)
    if abs(exact) > LARGEST_PAISE - 1:
        return
    rounded = int(abs(exact) + Fraction(1, 2))
    found = fraction_of(Money(paise), numerator, denominator)
    assert found.paise == (rounded if exact >= 0 else -rounded)


def test_half_a_paisa_is_rounded_up() -> None:
    assert fraction_of(Money(25), 1_800, 10_000) == Money(5)  # 4.5
    assert fraction_of(Money(-25), 1_800, 10_000) == Money(-5)
    assert fraction_of(Money(999_999), 1_800, 10_000) == Money(180_000)  # 179999.82


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (21, "twenty-one"),
        (100, "one hundred"),
        (115, "one hundred fifteen"),
        (11_800, "eleven thousand eight hundred"),
        (1_00_000, "one lakh"),
        (12_34_567, "twelve lakh thirty-four thousand five hundred sixty-seven"),
        (3_00_00_000, "three crore"),
        (12_34_56_78_901, ("one thousand two hundred thirty-four crore fifty-six lakh "
         "seventy-eight thousand nine hundred one")),
    ],
)  # fmt: skip
def test_numbers_in_words_use_lakh_and_crore(number: int, words: str) -> None:
    assert number_in_words(number) == words


def test_amounts_in_words_are_as_on_a_cheque() -> None:
    assert amount_in_words(Money(1_180_000)) == "Eleven thousand eight hundred rupees only"
    assert amount_in_words(Money(100)) == "One rupee only"
    assert amount_in_words(Money(1_179_999)) == (
        "Eleven thousand seven hundred ninety-nine rupees and ninety-nine paise only"
    )
    assert amount_in_words(Money(50)) == "Fifty paise only"
    assert amount_in_words(Money(0)) == "Zero rupees only"


@pytest.mark.parametrize(
    ("paise", "currency", "text"),
    [
        (1_29_000_00, "INR", "₹1,29,000.00"),
        (129_000, "USD", "USD 1,290.00"),
        (-5, "EUR", "EUR -0.05"),
        (1_500, "JPY", "JPY 1,500"),
        (1_234_567, "KWD", "KWD 1,234.567"),
    ],
)
def test_an_amount_is_shown_in_its_currency(paise: int, currency: str, text: str) -> None:
    assert format_in(Money(paise), currency) == text
