"""References that a person types as evidence: normalised, of a known shape, with one key each.

An RRN of UPI or IMPS has 12 digits, a UTR of NEFT 16 and one of RTGS 22 letters and digits (trade
knowledge: no rule of the NPCI or the RBI was found that fixes them). Others are taken when a person
confirms them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.tender import ReferenceShape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_BETWEEN = re.compile(r"[\s./:_\-\u2010-\u2015]+")
_UNUSUAL = re.compile(r"[0-9A-Z]{6,30}")
_TERMINAL = re.compile(r"[0-9A-Z]{6,16}")


@dataclass(frozen=True, slots=True)
class _Shape:
    pattern: re.Pattern[str]
    words: str


_RRN = _Shape(
    re.compile(r"[0-9]{12}"), rule_text("Enter the 12 digits of the reference number (RRN).")
)
_SHAPES: Mapping[ReferenceShape, _Shape] = {
    ReferenceShape.RRN: _RRN,
    ReferenceShape.CARD_RRN: _Shape(
        _RRN.pattern, rule_text("Enter the 12 digits of the RRN on the card slip.")
    ),
    ReferenceShape.NEFT: _Shape(
        re.compile(r"[0-9A-Z]{16}"), rule_text("Enter the 16 letters and digits of the UTR.")
    ),
    ReferenceShape.RTGS: _Shape(
        re.compile(r"[0-9A-Z]{22}"), rule_text("Enter the 22 letters and digits of the UTR.")
    ),
}


@dataclass(frozen=True, slots=True)
class TypedReference:
    """A reference as it is kept.

    Attributes:
        text: normalised.
        key: what no other payment may have; RRNs of UPI and IMPS share theirs.
        rrn: the RRN, by which the gateway may know it too; None for other references.
    """

    text: str
    key: str
    rrn: str | None = None


def normalised(typed: str) -> str:
    """Return a reference without spaces and signs, in capitals and Latin digits."""
    wide = unicodedata.normalize("NFKC", typed)
    latin = "".join(
        str(unicodedata.digit(each)) if each.isdecimal() else each
        for each in wide
        if unicodedata.category(each) not in {"Cc", "Cf"} or each.isspace()
    )
    return _BETWEEN.sub("", latin).upper()


def parse_reference(
    shape: ReferenceShape, typed: str, *, terminal: str = "", is_confirmed: bool = False
) -> TypedReference:
    """Return a typed reference.

    Args:
        shape: what it should look like.
        typed: as typed, pasted or scanned.
        terminal: the terminal id of a card machine, normalised; its RRNs are its own.
        is_confirmed: whether a person confirmed a reference of another shape.

    Raises:
        InvalidInputError: it has another shape.
    """
    text = normalised(typed)
    if not text:
        raise InvalidInputError("reference", "Enter the reference number.")
    if _SHAPES[shape].pattern.fullmatch(text) is None and not (
        is_confirmed and _UNUSUAL.fullmatch(text)
    ):
        raise InvalidInputError("reference", _SHAPES[shape].words)
    is_rrn = _RRN.pattern.fullmatch(text) is not None
    if shape is ReferenceShape.CARD_RRN:
        return TypedReference(text, f"card:{terminal}:{text}", text if is_rrn else None)
    kind = "rrn" if is_rrn else "utr"
    return TypedReference(text, f"{kind}:{text}", text if is_rrn else None)


def is_unusual(shape: ReferenceShape, typed: str) -> bool:
    """Return whether a reference has another shape, but may be taken once a person confirms it."""
    text = normalised(typed)
    is_usual = _SHAPES[shape].pattern.fullmatch(text) is not None
    return not is_usual and _UNUSUAL.fullmatch(text) is not None


def parse_terminal(typed: str) -> str:
    """Return the terminal id of a card machine. Raises InvalidInputError."""
    text = normalised(typed)
    if _TERMINAL.fullmatch(text) is None:
        raise InvalidInputError("terminal", "Enter the terminal ID (TID) on the card slip.")
    return text


def parse_digits(field: str, words: str, typed: str, count: int) -> str:
    """Return exactly so many typed digits; empty where none were typed. Raises InvalidInputError.

    Args:
        field: the field.
        words: the sentence for another number of digits.
        typed: as typed.
        count: how many.
    """
    text = normalised(typed)
    if text and not (text.isascii() and text.isdecimal() and len(text) == count):
        raise InvalidInputError(field, words)
    return text


def is_of_another_year(rrn: str, day: date) -> bool:
    """Return whether the year in an RRN is not the day's; a hint only, since banks differ.

    An RRN begins with the last digit of the year (ISO 8583, field 37, as the networks use it).
    """
    return _RRN.pattern.fullmatch(rrn) is not None and rrn[0] != str(day.year)[-1]
