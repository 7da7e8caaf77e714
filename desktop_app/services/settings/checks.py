"""Checks of settings: each turns a value into the text that is kept, or raises InvalidInputError.

They know nothing about a setting but its value; the table names the setting in the error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import BASIS_POINTS, Money, parse_percent, parse_rupees
from desktop_app.domain.text import clean_line

if TYPE_CHECKING:
    Choices = tuple[tuple[str, str], ...]

UPI_LIMITS = (Money(1_00_000_00), Money(5_00_000_00))
"""₹1,00,000 for a merchant; ₹5,00,000 where the account is verified for education."""

LOGO_NAME = re.compile(r"logo-[0-9a-f]{16}\.png")
"""The name of the desk's own copy of a picture."""


def line(longest: int, value: str) -> str:
    """Return one line of text of at most so many characters."""
    cleaned = clean_line(value)
    if len(cleaned) > longest:
        raise InvalidInputError("value", "Enter at most {longest} characters.", longest=longest)
    return cleaned


def number(low: int, high: int, unit: str, value: str) -> str:
    """Return a whole number within limits; `unit` is what it counts."""
    typed = clean_line(value).replace(",", "")
    if not typed.isdecimal() or not low <= int(typed) <= high:
        raise InvalidInputError(
            "value", "Enter a whole number of {unit} from {low} to {high}.",
            unit=unit, low=low, high=high,
        )  # fmt: skip
    return str(int(typed))


def charge(high: int, value: str) -> str:
    """Return a charge in paise: none, or at least a rupee, as every due."""
    paise = number(0, high, "paise", value)
    if 0 < int(paise) < LEAST_DUE.paise:
        raise InvalidInputError("value", "Enter at least 100 paise (₹1), or 0 for no charge.")
    return paise


def one_of(choices: Choices, value: str) -> str:
    """Return the value of a choice, however it is capitalised."""
    typed = clean_line(value).lower()
    allowed = [each for _words, each in choices]
    if typed not in allowed:
        raise InvalidInputError("value", "Enter one of: {choices}.", choices=", ".join(allowed))
    return typed


def logo(value: str) -> str:
    """Return the name of a kept picture; empty for none."""
    name = clean_line(value)
    if name and not LOGO_NAME.fullmatch(name):
        raise InvalidInputError("value", "Choose a PNG, JPEG or SVG image.")
    return name


def upi_limit(typed: str) -> str:
    """Return rupees as typed in paise."""
    return str(parse_rupees(typed, limit=UPI_LIMITS[1]).paise)


def rupees_or_none(typed: str) -> str:
    """Return rupees as typed in paise; 0 for no limit."""
    return str(parse_rupees(typed, allow_zero=True).paise)


def rupees(low: int, high: int, typed: str) -> str:
    """Return rupees as typed in paise, within limits in paise."""
    paise = parse_rupees(typed, allow_zero=True, limit=Money(high)).paise
    if paise < low:
        raise InvalidInputError("value", "Enter {least} or more.", least=Money(low))
    return str(paise)


def percent(typed: str) -> str:
    """Return a percentage as typed in basis points."""
    bp = parse_percent("value", typed)
    if bp > BASIS_POINTS:
        raise InvalidInputError("value", "Enter a percentage between 0 and 100.")
    return str(bp)


def minutes(low: int, high: int, typed: str) -> str:
    """Return minutes as typed, within limits, in seconds."""
    return str(int(number(low, high, "minutes", typed)) * 60)
