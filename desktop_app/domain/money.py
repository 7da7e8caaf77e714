"""Money in whole paise: grouping, parsing, percentages and splits. Never floats."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError, InvalidMoneyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INR = "INR"
PAISE_PER_RUPEE = 100
BASIS_POINTS = 10_000
LARGEST_PAISE = 10**13
"""Ten thousand crore rupees: far above any fee, far below a 64-bit column."""
_SMALLEST_PAISE = -LARGEST_PAISE

_DECIMALS = {
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"), 0),
}
"""Decimals of currencies that do not have two (ISO 4217)."""

_TYPED = re.compile(r"(\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.(\d*))?")


@dataclass(frozen=True, slots=True, order=True, init=False)
class Money:
    """An amount of Indian rupees.

    Args:
        paise: whole paise; negative only for differences and corrections.

    Raises:
        InvalidMoneyError: `paise` is not an int, or implausibly large.
    """

    paise: int

    def __init__(self, paise: int) -> None:
        if type(paise) is not int:
            raise InvalidMoneyError(
                "Enter a whole number of paise instead of {found!r}.", found=paise
            )
        if _SMALLEST_PAISE <= paise <= LARGEST_PAISE:
            _set_paise(self, paise)
        else:
            raise InvalidMoneyError("This amount is too large. Enter a smaller amount.")

    def __add__(self, other: Money) -> Money:
        return Money(self.paise + other.paise) if other.paise else self

    def __sub__(self, other: Money) -> Money:
        return Money(self.paise - other.paise) if other.paise else self

    def __eq__(self, other: object) -> bool:  # those of a dataclass compare tuples
        return self.paise == other.paise if other.__class__ is Money else NotImplemented

    def __hash__(self) -> int:
        return hash(self.paise)

    def __neg__(self) -> Money:
        return Money(-self.paise)

    def __bool__(self) -> bool:
        return self.paise != 0

    def __str__(self) -> str:
        return format_rupees(self)


_set_paise = vars(Money)["paise"].__set__
"""Writes the field of a new amount, faster than `object.__setattr__`: a payment makes sixty."""

ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts; zero for none."""
    paise = 0
    for amount in amounts:
        paise += amount.paise
    return Money(paise)


def group_digits(digits: str) -> str:
    """Return digits in Indian grouping: 1234567 becomes 12,34,567."""
    head, tail = digits[:-3], digits[-3:]
    if not head:
        return tail
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])


def format_plain(amount: Money) -> str:
    """Return an amount with two decimals and Indian grouping, without a currency sign."""
    rupees, paise = divmod(abs(amount.paise), PAISE_PER_RUPEE)
    sign = "-" if amount.paise < 0 else ""
    return f"{sign}{group_digits(str(rupees))}.{paise:02d}"


def format_rupees(amount: Money) -> str:
    """Return an amount as `₹12,34,567.00`; a negative one as `-₹1.00`."""
    text = format_plain(amount)
    return f"-₹{text[1:]}" if text.startswith("-") else f"₹{text}"


def format_in(amount: Money, currency: str) -> str:
    """Return an amount in its currency: rupees as `₹1,29,000.00`, others as `USD 1,290.00`.

    Args:
        amount: in the currency's smallest unit.
        currency: three letters, as ISO 4217 has them.
    """
    if currency == INR:
        return format_rupees(amount)
    decimals = _DECIMALS.get(currency, 2)
    whole, rest = divmod(abs(amount.paise), 10**decimals)
    sign = "-" if amount.paise < 0 else ""
    tail = f".{rest:0{decimals}d}" if decimals else ""
    return f"{currency} {sign}{whole:,}{tail}"


def format_decimal(amount: Money) -> str:
    """Return an amount for files: `1234567.00`, no grouping, no currency sign."""
    rupees, paise = divmod(abs(amount.paise), PAISE_PER_RUPEE)
    return f"{'-' if amount.paise < 0 else ''}{rupees}.{paise:02d}"


def parse_rupees(text: str, *, limit: Money | None = None, allow_zero: bool = False) -> Money:
    """Parse rupees typed by a person: `12,500`, `12500.5`, `₹ 12500`, Devanagari digits.

    Args:
        text: the typed text.
        limit: the largest amount allowed, inclusive.
        allow_zero: whether zero is valid (a course may be free, a payment may not).

    Raises:
        InvalidMoneyError: it is not an amount, negative, has three decimals or exceeds the limit.
    """
    bare = _bare_number(text)
    if bare.startswith("-"):
        raise InvalidMoneyError("The amount can't be negative.")
    matched = _TYPED.fullmatch(bare)
    if not matched:
        raise InvalidMoneyError("Enter the amount in rupees, e.g. 12,500 or 12500.50.")
    rupees, decimals = matched[1].replace(",", ""), matched[2] or ""
    if len(decimals) > 2:  # noqa: PLR2004 - a rupee has two decimals
        raise InvalidMoneyError("Enter at most 2 digits for paise.")
    if len(rupees) > len(str(LARGEST_PAISE)):
        raise InvalidMoneyError("This amount is too large. Enter a smaller amount.")
    amount = Money(int(rupees) * PAISE_PER_RUPEE + int(decimals.ljust(2, "0") or "0"))
    if not amount and not allow_zero:
        raise InvalidMoneyError("Enter an amount above ₹0.")
    if limit is not None and amount > limit:
        raise InvalidMoneyError("Enter {limit} or less.", limit=format_rupees(limit))
    return amount


def _bare_number(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).strip()
    for sign in ("₹", "Rs.", "Rs", "rs.", "rs", "INR"):
        kept = kept.removeprefix(sign).strip()
    kept = kept.removesuffix("/-").replace("\u2212", "-").strip()
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdecimal() else letter
        for letter in kept
        if letter not in " '\u00a0\u2009"
    )


def parse_percent(field: str, text: str) -> int:
    """Parse a typed percentage with at most two decimals into basis points.

    Raises:
        InvalidInputError: it is none.
    """
    whole, _, decimals = text.strip().removesuffix("%").strip().partition(".")
    if not whole.isdecimal() or not whole.isascii() or len(whole) > 3 or len(decimals) > 2:  # noqa: PLR2004
        raise InvalidInputError(field, "Enter a percentage, e.g. 12.5.")
    if decimals and not (decimals.isdecimal() and decimals.isascii()):
        raise InvalidInputError(field, "Enter a percentage, e.g. 12.5.")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def percent_text(bp: int) -> str:
    """Return basis points as percent without its sign: 1250 becomes `12.5`."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{f'{rest:02d}'.rstrip('0')}" if rest else str(whole)


def fraction_of(amount: Money, numerator: int, denominator: int) -> Money:
    """Return a fraction of an amount, half a paisa rounded away from zero.

    Args:
        amount: the whole.
        numerator: zero or more; 1,800 of `BASIS_POINTS` is 18 %.
        denominator: more than zero.
    """
    product = abs(amount.paise) * numerator
    magnitude = (2 * product + denominator) // (2 * denominator)
    return Money(magnitude if amount.paise >= 0 else -magnitude)


def split(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Split an amount by weights so that the parts sum exactly (largest remainder).

    Raises:
        ValueError: there are no weights, one is negative, or all are zero.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError("a split needs weights, none negative, not all zero")
    whole = sum(weights)
    sign = -1 if amount.paise < 0 else 1
    shares = [divmod(abs(amount.paise) * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    missing = abs(amount.paise) - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda at: (-shares[at][1], at))
    for at in by_remainder[:missing]:
        parts[at] += 1
    return tuple(Money(sign * part) for part in parts)
