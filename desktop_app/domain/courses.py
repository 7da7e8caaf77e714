"""Courses: one row is one batch of a course, with its fee, tax and seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.text import optional_line, require_line

if TYPE_CHECKING:
    from datetime import date

HIGHEST_GST_BP = 10_000
MOST_SEATS = 100_000
_CLASSES = {"VI": "6", "VII": "7", "VIII": "8", "IX": "9", "X": "10", "XI": "11", "XII": "12"}
"""School classes in Roman numerals, as titles name them."""
_STEM, _ACRONYM = 3, 5
LARGEST_FEE = Money(10_00_00_000_00)
"""Ten crore rupees: an entry above this is a typing error."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course in one batch.

    Attributes:
        fee: in paise; includes tax if `tax_inclusive`.
        gst_bp: GST rate in basis points (1,800 is 18 %); ignored without a GSTIN.
        seats: capacity; None means unlimited.
        ends_on: the last day; a change of course is prorated by it.
    """

    code: str
    title: str
    batch: str
    fee: Money
    gst_bp: int = 0
    tax_inclusive: bool = True
    seats: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def make_course(
    *,
    code: str,
    title: str,
    batch: str = "",
    fee: Money,
    gst_bp: int = 0,
    tax_inclusive: bool = True,
    seats: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Course:
    """Return a course from typed or imported values.

    Raises:
        InvalidInputError: a field is missing or invalid; `field` names it.
    """
    if fee.paise < 0:
        raise InvalidInputError("fee", "A fee can't be negative.")
    if ZERO < fee < LEAST_DUE:
        raise InvalidInputError("fee", "Enter a fee of at least ₹1, or 0 for a free course.")
    if fee > LARGEST_FEE:
        raise InvalidInputError("fee", "Enter a fee of at most {limit}.", limit=LARGEST_FEE)
    if not 0 <= gst_bp <= HIGHEST_GST_BP:
        raise InvalidInputError("gst_rate", "Enter a GST rate between 0 and 100 %.")
    if seats is not None and not 0 <= seats <= MOST_SEATS:
        raise InvalidInputError("seats", "Enter 0 to {limit} seats.", limit=MOST_SEATS)
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInputError("ends_on", "The last day can't be before the first day.")
    return Course(
        code=require_line("code", "Course code", code, 40),
        title=require_line("title", "Title", title),
        batch=optional_line("batch", "Batch", batch, 80),
        fee=fee,
        gst_bp=gst_bp,
        tax_inclusive=tax_inclusive,
        seats=seats,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def suggest_code(title: str) -> str:
    """Return a short code for a title, e.g. `PHY-11` for *Physics XI*; empty for no letters."""
    first, *rest = "".join(each if each.isalnum() else " " for each in title).split() or [""]
    if not first.isascii():
        return ""
    is_whole = len(first) <= _ACRONYM and first == first.upper()
    stem = first if is_whole else first[:_STEM]
    latin = [each for each in rest if each.isascii()]
    tail = "".join(
        _CLASSES.get(each.upper()) or (each if each.isdecimal() else each[0]) for each in latin
    )
    return f"{stem}-{tail}".upper().removesuffix("-")
