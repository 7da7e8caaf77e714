"""Courses: one row is one batch of a course, with its fee, tax and seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.text import optional_line, require_line

if TYPE_CHECKING:
    from datetime import date

HIGHEST_GST_BP = 10_000
MOST_SEATS = 100_000
LARGEST_FEE = Money(10_00_00_000_00)
"""Ten crore rupees: a typing slip is more likely than such a fee."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course in one batch.

    Attributes:
        fee: what is charged, in paise; with or without tax as `tax_inclusive` says.
        gst_bp: GST rate in basis points (1,800 is 18 %); ignored without a GSTIN.
        seats: how many may be enrolled; None is without limit.
    """

    code: str
    title: str
    batch: str
    fee: Money
    gst_bp: int = 0
    tax_inclusive: bool = True
    seats: int | None = None
    starts_on: date | None = None


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
) -> Course:
    """Build a course from what was typed or imported.

    Raises:
        InvalidInputError: a field is missing or wrong; its `field` says which.
    """
    if fee.paise < 0:
        raise InvalidInputError("fee", "A fee cannot be negative.")
    if fee > LARGEST_FEE:
        raise InvalidInputError("fee", "A fee is at most {limit}.", limit=LARGEST_FEE)
    if not 0 <= gst_bp <= HIGHEST_GST_BP:
        raise InvalidInputError("gst_rate", "A GST rate is between 0 and 100 percent.")
    if seats is not None and not 0 <= seats <= MOST_SEATS:
        raise InvalidInputError("seats", "Seats are between 0 and {limit}.", limit=MOST_SEATS)
    return Course(
        code=require_line("code", "Course code", code, 40),
        title=require_line("title", "Title", title),
        batch=optional_line("batch", "Batch", batch, 80),
        fee=fee,
        gst_bp=gst_bp,
        tax_inclusive=tax_inclusive,
        seats=seats,
        starts_on=starts_on,
    )


def free_seats(seats: int | None, taken: int) -> int | None:
    """Tell how many seats are left; None is without limit, never below nought."""
    return None if seats is None else max(0, seats - taken)
