"""Amounts in words, English or Hindi: lakh, crore, ending in "only"."""

from __future__ import annotations

from functools import lru_cache

from desktop_app.domain.money import PAISE_PER_RUPEE, Money

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred"))
_TWENTY = 20


def number_in_words(number: int) -> str:
    """Return a non-negative whole number in words, with lakh and crore.

    Raises:
        ValueError: the number is negative.
    """
    if number < 0:
        raise ValueError("words are for amounts that are not negative")
    if number < _TWENTY:
        return _ONES[number]
    for size, name in _SCALES:
        if number >= size:
            head, rest = divmod(number, size)
            tail = f" {number_in_words(rest)}" if rest else ""
            return f"{number_in_words(head)} {name}{tail}"
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


@lru_cache(maxsize=64)  # a centre has few prices
def amount_in_words(amount: Money, language: str = "en") -> str:
    """Return an amount in words as on a cheque: `Eleven thousand eight hundred rupees only`.

    Args:
        amount: not negative.
        language: `en`, or `hi` for `ग्यारह हज़ार आठ सौ रुपये मात्र`.

    Raises:
        ValueError: the amount is negative.
    """
    if amount.paise < 0:
        raise ValueError("words are for amounts that are not negative")
    if language != "hi":
        return _in_english(amount)
    from desktop_app.domain.words_hindi import amount_in_hindi_words  # a start does not need it

    return amount_in_hindi_words(amount)


def _in_english(amount: Money) -> str:
    rupees, paise = divmod(amount.paise, PAISE_PER_RUPEE)
    parts: list[str] = []
    if rupees or not paise:
        parts.append(f"{number_in_words(rupees)} {'rupee' if rupees == 1 else 'rupees'}")
    if paise:
        parts.append(f"{number_in_words(paise)} paise")
    text = f"{' and '.join(parts)} only"
    return text[0].upper() + text[1:]
