"""GSTIN validation: fifteen characters, the last of which is a check character."""

from __future__ import annotations

import re

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.students import STATES
from desktop_app.domain.text import clean_line

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_BASE = len(_ALPHABET)


def check_character(first_fourteen: str) -> str:
    """Return a GSTIN's fifteenth character (a Luhn sum modulo 36)."""
    summed = 0
    for place, letter in enumerate(first_fourteen):
        product = _ALPHABET.index(letter) * (2 if place % 2 else 1)
        summed += product // _BASE + product % _BASE
    return _ALPHABET[-summed % _BASE]


def normalise_gstin(text: str) -> str:
    """Return a GSTIN in normal form; empty means the centre is not registered.

    Raises:
        InvalidInputError: shape, State code or check character is wrong.
    """
    number = clean_line(text).replace(" ", "").upper()
    if not number:
        return ""
    if not _SHAPE.fullmatch(number):
        raise InvalidInputError(
            "centre.gstin", "Enter the 15 characters of the GSTIN, e.g. 29ABCDE1234F1ZW."
        )
    if number[:2] not in {*STATES.values(), "97", "99"}:
        raise InvalidInputError(
            "centre.gstin", "No state has the GST code {code}. Check the GSTIN.", code=number[:2]
        )
    if check_character(number[:14]) != number[14]:
        raise InvalidInputError(
            "centre.gstin", "This GSTIN has a typo. Compare it with the GST certificate."
        )
    return number
